//! Files for answers that are too large for a message; gone when the runner has ended.
//!
//! The engine copies an artifact when it reads the answer that names it.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;

use maestro_protocol::ErrorObject;

use crate::failure::internal;

/// The variable that names the engine's folder for such files.
const VARIABLE: &str = "MAESTRO_ARTIFACTS";

/// The folder of one runner, made when it is first needed.
#[derive(Debug, Default)]
pub(crate) struct Files {
    folder: Option<PathBuf>,
    count: u32,
}

impl Files {
    /// Makes a file whose name ends with `name`.
    pub(crate) fn create(&mut self, name: &str) -> Result<(PathBuf, File), ErrorObject> {
        let folder = match &self.folder {
            Some(folder) => folder,
            None => self.folder.insert(make_folder()?),
        };
        self.count += 1;
        let path = folder.join(format!("{:04}-{}", self.count, safe(name)));
        let file = File::create_new(&path)
            .map_err(|error| internal(format!("cannot create {}: {error}", path.display())))?;
        Ok((path, file))
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            // What cannot be removed now goes with the engine's folder.
            fs::remove_dir_all(folder).ok();
        }
    }
}

/// Makes a folder that only this account can read, below the engine's or among temporary files.
fn make_folder() -> Result<PathBuf, ErrorObject> {
    let base = std::env::var_os(VARIABLE).map_or_else(std::env::temp_dir, PathBuf::from);
    let me = std::process::id();
    let names = (0..1000).map(|turn| base.join(format!("maestro-files-{me}-{turn}")));
    let mut trouble = None;
    for folder in names {
        match DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) => {
                let is_taken = error.kind() == std::io::ErrorKind::AlreadyExists;
                trouble = Some(error);
                if !is_taken {
                    break;
                }
            }
        }
    }
    let why = trouble.map_or_else(String::new, |error| error.to_string());
    let base = base.display();
    Err(internal(format!("cannot make a folder in {base}: {why}")))
}

/// The name without what a file name should not hold.
fn safe(name: &str) -> String {
    name.chars()
        .map(|c| match c {
            c if c.is_ascii_alphanumeric() => c,
            '.' | '-' | '_' => c,
            _ => '_',
        })
        .take(80)
        .collect()
}
