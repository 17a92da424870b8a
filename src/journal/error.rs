//! What can go wrong with a journal.

use std::io;
use std::path::{Path, PathBuf};

/// A journal that cannot be made, written or read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JournalError {
    #[error("no space left for the journal {}", .path.display())]
    Full { path: PathBuf, source: io::Error },
    #[error("cannot {action} {}", .path.display())]
    Io {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    /// Final for the run: what was appended since the last flush may be lost.
    #[error("the disk refused to keep the journal {}", .path.display())]
    NotFlushed { path: PathBuf },
    /// Nobody will find the record: final for the run.
    #[error("the journal {} was removed while the run went on", .path.display())]
    Removed { path: PathBuf },
    #[error(
        "{} is on a network file system ({file_system}), where a power cut can lose what was \
         written; set `home` to a folder on a local disk", .path.display()
    )]
    NetworkFileSystem {
        path: PathBuf,
        file_system: &'static str,
    },
    #[error("a journal of run {run} exists already at {}", .path.display())]
    Exists { run: String, path: PathBuf },
    #[error("event {seq} cannot be written as JSON")]
    Encode { seq: u64, source: serde_json::Error },
}

impl JournalError {
    /// Wraps an error of the operating system; a full disk or quota has a variant of its own.
    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Self::Full { path, source },
            _ => Self::Io {
                action,
                path,
                source,
            },
        }
    }
}
