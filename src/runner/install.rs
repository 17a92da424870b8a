//! Puts a folder of finished files in place, by one rename: several processes may do so at once,
//! and whoever looks sees nothing or all of it.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Tells the threads of one process apart.
static MADE: AtomicU32 = AtomicU32::new(0);

/// Makes sure that the folder `name` lies in `place` and is whole, and returns it.
///
/// `fill` writes it: into a folder that is nobody else's, since whoever comes at the same time does
/// the same. The first one wins.
pub(super) fn install<E: From<io::Error>>(
    place: &Path,
    name: &str,
    is_whole: impl Fn(&Path) -> bool,
    fill: impl FnOnce(&Path) -> Result<(), E>,
) -> Result<PathBuf, E> {
    let folder = place.join(name);
    if is_whole(&folder) {
        return Ok(folder);
    }
    fs::create_dir_all(place)?;
    let count = MADE.fetch_add(1, Ordering::Relaxed);
    let fresh = place.join(format!(".{name}-{}-{count}.new", std::process::id()));
    remove(&fresh)?;
    fs::create_dir(&fresh)?;
    let done = fill(&fresh).and_then(|()| Ok(put_in_place(&fresh, &folder, is_whole)?));
    if done.is_err() {
        remove(&fresh)?;
    }
    done.map(|()| folder)
}

fn put_in_place(fresh: &Path, folder: &Path, is_whole: impl Fn(&Path) -> bool) -> io::Result<()> {
    match fs::rename(fresh, folder) {
        // Somebody else was faster, or the folder lost a file: a power cut, a tool that cleans up.
        Err(_) if is_whole(folder) => remove(fresh),
        Err(error) if folder.exists() => {
            remove(folder)?;
            fs::rename(fresh, folder).map_err(|_| error)
        }
        other => other,
    }
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
