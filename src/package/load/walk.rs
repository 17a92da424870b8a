//! The definition files in a folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::package::load::loader::{Origin, RootFile};
use crate::package::load::manifest::MANIFEST;

/// What a walk found.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// In the order of their paths.
    pub(crate) files: Vec<RootFile>,
    /// Folders that could not be listed.
    pub(crate) failures: Vec<(PathBuf, io::Error)>,
}

/// Finds every YAML file below `folder`, and the manifest of `folder` itself.
///
/// Hidden folders and those that programs fill (`target`, `node_modules`, `__pycache__`) are left
/// out, and links to folders are not followed, so a walk ends.
pub(crate) fn walk(folder: &Path) -> Walked {
    let mut walked = Walked::default();
    let manifest = folder.join(MANIFEST);
    if manifest.is_file() {
        walked.files.push(RootFile {
            path: manifest,
            origin: Origin::Named,
        });
    }
    let mut folders = vec![folder.to_path_buf()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        match fs::read_dir(&folder) {
            Ok(entries) => entries.flatten().for_each(|entry| {
                sort_in(&entry, &mut folders, &mut found);
            }),
            Err(error) => walked.failures.push((folder, error)),
        }
    }
    found.sort();
    let files = found.into_iter().map(|path| RootFile {
        path,
        origin: Origin::Walked,
    });
    walked.files.extend(files);
    walked
}

fn sort_in(entry: &fs::DirEntry, folders: &mut Vec<PathBuf>, found: &mut Vec<PathBuf>) {
    let Ok(kind) = entry.file_type() else {
        return;
    };
    let path = entry.path();
    if kind.is_dir() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let skipped =
            name.starts_with('.') || matches!(&*name, "target" | "node_modules" | "__pycache__");
        if !skipped {
            folders.push(path);
        }
    } else if path.extension().is_some_and(|e| e == "yaml" || e == "yml") && !is_special(&path) {
        found.push(path);
    }
}

/// A pipe or device that has the right name is passed over.
fn is_special(path: &Path) -> bool {
    !fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}
