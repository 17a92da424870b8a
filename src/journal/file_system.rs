//! Folders of the journal: made, made durable, and refused where a journal is worth nothing.

use std::fs::{self, File};
use std::path::Path;

use super::JournalError;

/// Magic numbers (statfs(2)) of file systems whose server may lose or reorder what was flushed, or
/// whose `flock` other machines do not see.
const NETWORK: [(u32, &str); 9] = [
    (0x6969, "nfs"),
    (0x517B, "smb"),
    (0xFF53_4D42, "cifs"),
    (0xFE53_4D42, "smb2"),
    (0x0102_1997, "9p"),
    (0x00C3_6400, "ceph"),
    (0x5346_414F, "afs"),
    (0x7375_7245, "coda"),
    (0x564C, "ncp"),
];

/// Makes a folder with its parents, and refuses one on a network file system.
pub(super) fn prepare_folder(path: &Path) -> Result<(), JournalError> {
    fs::create_dir_all(path).map_err(|source| JournalError::io("make the folder", path, source))?;
    let stat = rustix::fs::statfs(path)
        .map_err(|errno| JournalError::io("examine", path, errno.into()))?;
    match network_name(stat.f_type as u32) {
        None => Ok(()),
        Some(file_system) => Err(JournalError::NetworkFileSystem {
            path: path.to_owned(),
            file_system,
        }),
    }
}

/// Makes new and renamed entries of a folder survive a power cut.
pub(super) fn flush_folder(path: &Path) -> Result<(), JournalError> {
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .map_err(|source| JournalError::io("flush the folder", path, source))
}

/// The name of the network file system on which a path lies.
pub(crate) fn network_file_system(path: &Path) -> Option<&'static str> {
    let stat = rustix::fs::statfs(path).ok()?;
    network_name(stat.f_type as u32)
}

fn network_name(magic: u32) -> Option<&'static str> {
    NETWORK
        .iter()
        .find(|(number, _)| *number == magic)
        .map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_file_systems_are_told_by_their_magic_number() {
        assert_eq!(network_name(0x6969), Some("nfs"));
        assert_eq!(network_name(0xFF53_4D42), Some("cifs"));
        assert_eq!(network_name(0xEF53), None, "ext4");
        assert_eq!(network_name(0x0102_1994), None, "tmpfs");
    }
}
