//! One file from the disk, with care for what is no ordinary file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;

/// Definitions and manifests are smaller by far.
pub(crate) const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Why a file could not be read as text.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadFailure {
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Holds what it is instead, with its article.
    #[error("is {0} and no file")]
    NotAFile(&'static str),
    #[error("has {bytes} bytes, and {MAX_BYTES} is the limit")]
    TooLarge { bytes: u64 },
    /// The text with replacement characters, right up to `valid_up_to` bytes.
    #[error("is not UTF-8 from byte {valid_up_to} on")]
    NotUtf8 { lossy: String, valid_up_to: usize },
}

/// Reads a whole file of at most [`MAX_BYTES`]. A folder, pipe or device is refused unopened.
pub(crate) fn read_text(path: &Path) -> Result<String, ReadFailure> {
    // A pipe would block an open, and opening a device can do things: look first.
    regular(&fs::metadata(path)?)?;
    // Should the file be swapped for a pipe now, this still does not block.
    let mut options = OpenOptions::new();
    let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits();
    let file = options
        .read(true)
        .custom_flags(flags.cast_signed())
        .open(path)?;
    let metadata = file.metadata()?;
    regular(&metadata)?;
    if metadata.len() > MAX_BYTES {
        let bytes = metadata.len();
        return Err(ReadFailure::TooLarge { bytes });
    }
    into_text(read_limited(file, metadata.len())?)
}

fn regular(metadata: &fs::Metadata) -> Result<(), ReadFailure> {
    let kind = metadata.file_type();
    let name = if kind.is_file() {
        return Ok(());
    } else if kind.is_dir() {
        "a folder"
    } else if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    };
    Err(ReadFailure::NotAFile(name))
}

/// A file can grow while it is read, and special file systems tell sizes that are not true.
fn read_limited(file: File, expected: u64) -> Result<Vec<u8>, ReadFailure> {
    let mut bytes = Vec::with_capacity(expected as usize + 1);
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        let bytes = bytes.len() as u64;
        return Err(ReadFailure::TooLarge { bytes });
    }
    Ok(bytes)
}

fn into_text(bytes: Vec<u8>) -> Result<String, ReadFailure> {
    String::from_utf8(bytes).map_err(|error| ReadFailure::NotUtf8 {
        valid_up_to: error.utf8_error().valid_up_to(),
        lossy: String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}
