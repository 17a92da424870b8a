//! Which VISA library is loaded, and what to say when there is none.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use visa_sys::load_visa_library_from_path;

/// The variable that names the library of a station.
pub const VISA_LIBRARY: &str = "MAESTRO_VISA_LIBRARY";

/// Names under which vendors install theirs: NI and others, Keysight twice, Rohde & Schwarz.
const NAMES: [&str; 4] = [
    "libvisa.so",
    "libktvisa32.so",
    "libiovisa.so",
    "librsvisa.so",
];
/// Where the system's loader looks, as a rule.
const FOLDERS: [&str; 6] = [
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
    "/usr/local/lib",
    "/opt/keysight/iolibs",
];

/// Loads the library; once it is loaded it stays for the life of this process.
pub(super) fn load() -> Result<(), String> {
    if let Some(named) = std::env::var_os(VISA_LIBRARY).filter(|name| !name.is_empty()) {
        return try_to_load(&named).map_err(|why| {
            format!("the VISA library that {VISA_LIBRARY} names cannot be loaded: {why}")
        });
    }
    let mut broken = None;
    for name in NAMES {
        match try_to_load(OsStr::new(name)) {
            Ok(()) => return Ok(()),
            Err(why) if why.contains("No such file") => {}
            Err(why) => broken = Some(format!("the VISA library cannot be loaded: {why}")),
        }
    }
    Err(broken.unwrap_or_else(|| {
        format!(
            "this machine has no VISA library (tried {}): install NI-VISA, Keysight IO Libraries \
             or R&S VISA, or name one with `runners: {{scpi: {{env: {{{VISA_LIBRARY}: PATH}}}}}}` \
             in station.yaml. TCPIP::host::port::SOCKET and serial lines (ASRL) need none",
            NAMES.join(", ")
        )
    }))
}

fn try_to_load(name: &OsStr) -> Result<(), String> {
    load_visa_library_from_path(name).map_err(|error| error.to_string())
}

/// Where the library seems to be, without loading it: the file that the station names, else one of
/// the usual names in one of the usual folders.
pub fn find_visa_library(named: Option<&str>) -> Option<PathBuf> {
    if let Some(named) = named {
        return Some(PathBuf::from(named)).filter(|path| path.is_file());
    }
    let paths = FOLDERS
        .iter()
        .flat_map(|folder| NAMES.iter().map(move |name| Path::new(folder).join(name)));
    paths.into_iter().find(|path| path.is_file())
}
