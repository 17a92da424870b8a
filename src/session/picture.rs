//! Which picture was shown with a question.

use std::fs::File;
use std::io::{self, Read as _};

use sha2::{Digest as _, Sha256};

use crate::event::hex;
use crate::prompt::Picture;

/// Notes what the file holds now. One that is missing, no file or too large is not shown either.
pub(super) fn identify(picture: &mut Picture) {
    picture.digest = digest(&picture.path).ok();
}

fn digest(path: &str) -> io::Result<String> {
    let is_fit = |size: u64| size <= Picture::BYTES_AT_MOST;
    // Looked at before it is opened: opening a pipe would wait for a writer.
    let about = std::fs::metadata(path)?;
    if !about.is_file() || !is_fit(about.len()) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut bytes = Vec::new();
    let mut file = File::open(path)?.take(Picture::BYTES_AT_MOST + 1);
    file.read_to_end(&mut bytes)?;
    if !is_fit(bytes.len() as u64) {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(hex(&Sha256::digest(&bytes)))
}
