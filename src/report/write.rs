//! Puts a report into a file so that no reader ever sees half of it.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Writes `bytes` to `path` through a file beside it, which is then renamed.
///
/// A device or a pipe, such as `/dev/stderr`, is written directly.
pub(crate) fn write(path: &Path, bytes: impl AsRef<[u8]>) -> io::Result<()> {
    write_with(path, |file| file.write_all(bytes.as_ref()))
}

/// The same for what is too large to be made first. Whatever error `work` returns, nothing is left
/// behind.
pub(crate) fn write_with<T, E: From<io::Error>>(
    path: &Path,
    work: impl FnOnce(&mut dyn Write) -> Result<T, E>,
) -> Result<T, E> {
    if fs::metadata(path).is_ok_and(|file| !file.is_file()) {
        return work(&mut fs::OpenOptions::new().write(true).open(path)?);
    }
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::create_dir_all(folder)?;
    }
    let beside = beside(path);
    let written = write_whole(&beside, work).and_then(|done| {
        fs::rename(&beside, path)?;
        Ok(done)
    });
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

fn write_whole<T, E: From<io::Error>>(
    path: &Path,
    work: impl FnOnce(&mut dyn Write) -> Result<T, E>,
) -> Result<T, E> {
    let mut file = fs::File::create(path)?;
    let done = work(&mut file)?;
    file.sync_data()?;
    Ok(done)
}

/// A hidden name in the same folder, so that the rename stays within one file system.
fn beside(path: &Path) -> std::path::PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_replaces_an_older_one_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reports/run.xml");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn report_that_cannot_be_written_is_an_error_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write(folder.path(), b"text").is_err());
        fs::write(folder.path().join("file"), "").unwrap();
        assert!(write(&folder.path().join("file/run.xml"), b"text").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn device_is_written_directly() {
        write(Path::new("/dev/null"), b"text").unwrap();
    }
}
