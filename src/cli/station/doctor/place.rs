//! Where things lie: the home folder, its disk, who may write there, the locks.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use super::Patient;
use super::page::Check;
use crate::cli::db::text::size;
use crate::cli::run::lock_folder;
use crate::journal::network_file_system;

/// Less free space than this is too little for a day.
const LITTLE: u64 = 1 << 30;

/// Less than this is as good as none.
const NONE: u64 = 64 << 20;

/// Fewer files than this are as good as none.
const FEW: u64 = 1000;

/// What lies below the home folder.
const BELOW: [&str; 7] = [
    "journal",
    "journal/open",
    "journal/done",
    "artifacts",
    "maestro.sqlite3",
    "maestro.sqlite3-wal",
    "secrets.json",
];

pub(super) fn home(patient: &Patient<'_>) -> Vec<Check> {
    let home = &patient.home;
    let shown = home.display();
    let there = nearest(home);
    if there.exists() && !there.is_dir() {
        return vec![Check::fail(
            "home",
            format!("{} is no folder", there.display()),
            "name another one with `home` or MAESTRO_HOME",
        )];
    }
    if access(&there, Access::WRITE_OK | Access::EXEC_OK).is_err() {
        return vec![Check::fail(
            "home",
            format!(
                "{shown}: {} may not be written by this user",
                there.display()
            ),
            format!(
                "as administrator: install -d -o {} {shown}; or set `home` to another folder",
                patient.settings.actor()
            ),
        )];
    }
    if let Some(kind) = network_file_system(&there) {
        return vec![Check::fail(
            "home",
            format!("{shown} lies on a network file system ({kind})"),
            "set `home` to a folder on a local disk: what a server holds may be lost in a power \
             cut, and locks do not hold there",
        )];
    }
    vec![if home.is_dir() {
        Check::ok("home", shown.to_string())
    } else {
        Check::ok("home", format!("{shown}, which the first run makes"))
    }]
}

pub(super) fn disk(patient: &Patient<'_>) -> Vec<Check> {
    let Ok(stat) = rustix::fs::statvfs(nearest(&patient.home)) else {
        return Vec::new();
    };
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    let whole = stat.f_blocks.saturating_mul(stat.f_frsize);
    // A file system that counts no files has room for any number.
    let files = (stat.f_files > 0).then_some(stat.f_favail);
    vec![room(free, whole, files)]
}

fn room(free: u64, whole: u64, files: Option<u64>) -> Check {
    let says = format!("{} of {} free", size(free), size(whole));
    let mend = "make room: old results go with `maestro db archive` and `maestro db prune`, old \
                journals by `retention_days`";
    if free < NONE {
        Check::fail("disk", says, mend)
    } else if files.is_some_and(|files| files < FEW) {
        Check::fail("disk", format!("{says}, and no room for more files"), mend)
    } else if free < LITTLE {
        Check::warn("disk", says, mend)
    } else {
        Check::ok("disk", says)
    }
}

/// What another user has left in the home folder, and what others can read.
pub(super) fn rights(patient: &Patient<'_>) -> Vec<Check> {
    let home = &patient.home;
    let paths = BELOW.iter().map(|name| home.join(name));
    let there: Vec<PathBuf> = paths.filter(|path| path.exists()).collect();
    let closed = there
        .iter()
        .find(|path| access(path.as_path(), Access::READ_OK | Access::WRITE_OK).is_err());
    if let Some(path) = closed {
        return vec![Check::fail(
            "permissions",
            format!("{} may not be written by this user", path.display()),
            format!(
                "as administrator: chown -R {} {}",
                patient.settings.actor(),
                home.display()
            ),
        )];
    }
    let secrets = home.join("secrets.json");
    let is_open = std::fs::metadata(&secrets)
        .is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0);
    vec![if is_open {
        Check::fail(
            "permissions",
            format!("others can read the secrets in {}", secrets.display()),
            format!("chmod 600 {}, and choose new secrets", secrets.display()),
        )
    } else if there.is_empty() {
        Check::ok("permissions", "nothing is there yet")
    } else {
        Check::ok(
            "permissions",
            "all of the home folder is this user's to write",
        )
    }]
}

pub(super) fn locks(patient: &Patient<'_>) -> Vec<Check> {
    let folder = lock_folder(patient.settings, &patient.found.station);
    let shown = folder.display();
    let there = nearest(&folder);
    if access(&there, Access::WRITE_OK | Access::EXEC_OK).is_err() || !there.is_dir() {
        return vec![Check::fail(
            "locks",
            format!(
                "{shown}: {} may not be written by this user",
                there.display()
            ),
            format!(
                "as administrator: install -d -m 1777 {shown}; or set `lock_dir` to a folder \
                 that all users of the bench may write to"
            ),
        )];
    }
    let mode = std::fs::metadata(&folder).map(|metadata| metadata.permissions().mode());
    vec![match mode {
        Ok(mode) if mode & 0o002 == 0 => Check::ok(
            "locks",
            format!("{shown}, which only this user or group can write"),
        ),
        _ => Check::ok("locks", shown.to_string()),
    }]
}

/// The path itself, or what stands nearest above it.
fn nearest(path: &Path) -> PathBuf {
    let there = path.ancestors().find(|path| path.exists());
    there.unwrap_or(Path::new("/")).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::station::doctor::page::State;

    #[test]
    fn full_disk_fails_and_one_that_fills_up_warns() {
        let table = [
            (100 << 30, None, State::Ok),
            (100 << 30, Some(1_000_000), State::Ok),
            (500 << 20, None, State::Warn),
            (1 << 20, None, State::Fail),
            (100 << 30, Some(3), State::Fail),
        ];
        for (free, files, state) in table {
            assert_eq!(
                room(free, 200 << 30, files).state,
                state,
                "{free} {files:?}"
            );
        }
    }
}
