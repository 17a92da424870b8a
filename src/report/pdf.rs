//! A page printed to PDF by a Chromium that is installed on the machine; [`super::typeset`] is what
//! makes a PDF without one.
//!
//! No PDF engine is part of this program: those that lay out tables over pages are many times its
//! size. The browser gets the page as a file in a private folder, a profile of its own in the same
//! folder, and a deadline; nothing of it is left behind.

use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::runner::{RunnerSpec, on_path, run_watched};

/// The names of browsers that print, the first that is there is taken.
const NAMES: [&str; 7] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
];

/// Time for the start of the browser and a short report, and for each megabyte of a long one.
const LIMIT: Duration = Duration::from_mins(1);
const LIMIT_PER_MEGABYTE: Duration = Duration::from_secs(20);
/// Longer pages are printed without the marks for screen readers, which take a third of the time.
const TAGGED_AT_MOST: usize = 1 << 20;

/// How every PDF begins.
pub(super) const MAGIC: &[u8] = b"%PDF";

/// Tells the folders of one process apart.
static STARTED: AtomicU32 = AtomicU32::new(0);

/// A browser that prints.
#[derive(Debug, Clone)]
pub(crate) struct Printer {
    program: PathBuf,
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PdfError {
    #[error("the folder {} cannot be used: {error}", .folder.display())]
    Folder { folder: PathBuf, error: io::Error },
    #[error("{} did not print: {reason}", .program.display())]
    Program { program: PathBuf, reason: String },
}

impl Printer {
    /// Looks for a browser on a `PATH`.
    pub(crate) fn find(path: &OsStr) -> Option<Self> {
        let program = on_path(&NAMES, path).into_iter().next()?;
        Some(Self { program })
    }

    /// Prints a page. A private folder below `home` holds what the browser needs meanwhile.
    pub(crate) fn print(
        &self,
        page: &str,
        home: &Path,
        is_interrupted: &dyn Fn() -> bool,
    ) -> Result<Vec<u8>, PdfError> {
        let folder =
            Private::below(home).map_err(|(folder, error)| PdfError::Folder { folder, error })?;
        let source = folder.0.join("report.html");
        let target = folder.0.join("report.pdf");
        let failed = |error| PdfError::Folder {
            folder: folder.0.clone(),
            error,
        };
        fs::write(&source, page).map_err(failed)?;
        let megabytes = (page.len() >> 20) as u32;
        let limit = LIMIT + LIMIT_PER_MEGABYTE * megabytes;
        let spec = self.spec(&folder.0, &source, &target, page.len() <= TAGGED_AT_MOST);
        let ended = run_watched(&spec, limit, Some(is_interrupted));
        let reason = match ended {
            Err(reason) => reason,
            Ok(ended) => match fs::read(&target) {
                Ok(printed) if ended.is_success() && printed.starts_with(MAGIC) => {
                    return Ok(printed);
                }
                _ => format!("{}{}", ended.status, last_words(&ended.stderr)),
            },
        };
        Err(PdfError::Program {
            program: self.program.clone(),
            reason,
        })
    }

    fn spec(&self, folder: &Path, source: &Path, target: &Path, is_tagged: bool) -> RunnerSpec {
        let mut args: Vec<OsString> = [
            "--headless",
            "--disable-gpu",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--disable-breakpad",
            "--no-first-run",
            "--no-pdf-header-footer",
        ]
        .map(OsString::from)
        .to_vec();
        if !is_tagged {
            args.push("--disable-pdf-tagging".into());
        }
        if rustix::process::geteuid().is_root() {
            // The browser refuses to start its sandbox as root.
            args.push("--no-sandbox".into());
        }
        let with = |flag: &str, path: &Path| {
            let mut argument = OsString::from(flag);
            argument.push(path);
            argument
        };
        args.push(with("--user-data-dir=", &folder.join("profile")));
        args.push(with("--print-to-pdf=", target));
        args.push(with("file://", source));
        RunnerSpec {
            name: "pdf".to_owned(),
            program: self.program.clone(),
            args,
            env: vec![("HOME".into(), folder.into())],
            workdir: folder.to_owned(),
        }
    }
}

/// The last line that a program said of an error.
pub(super) fn last_words(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let is_about_us =
        |line: &&str| line.contains("ERROR") || line.contains("error:") || line.contains("FATAL");
    let line = text.lines().rev().find(is_about_us);
    line.map_or_else(String::new, |line| format!(": {}", line.trim()))
}

/// A folder that nobody else reads and that goes with this value.
pub(super) struct Private(pub(super) PathBuf);

impl Private {
    pub(super) fn below(home: &Path) -> Result<Self, (PathBuf, io::Error)> {
        let cache = home.join("cache");
        let count = STARTED.fetch_add(1, Ordering::Relaxed);
        let folder = cache.join(format!("pdf-{}-{count}", std::process::id()));
        let made =
            fs::create_dir_all(&cache).and_then(|()| DirBuilder::new().mode(0o700).create(&folder));
        match made {
            Ok(()) => Ok(Self(folder)),
            Err(error) => Err((folder, error)),
        }
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
