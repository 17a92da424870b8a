//! Gathers what the rules of `check` want to know of the world: files and Python modules, read and
//! never imported, and what the station says.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use crate::check::{Facts, ModuleFile, PythonModule, Wanted};
use crate::package::LoadedPackage;
use crate::package::load::read_text;
use crate::station::Station;

use super::runners;

/// The endings of what Python can import.
const MODULE_ENDINGS: [&str; 3] = ["py", "so", "pyd"];

/// Looks at the files that the package names. What only a station knows is left open.
pub(crate) fn of_files(package: &LoadedPackage) -> Facts {
    let wanted = Wanted::by(package);
    let existing = wanted.files.into_iter().filter(|path| path.is_file());
    let modules = wanted.modules.into_iter().filter_map(|path| {
        let text = read_text(&path).ok()?;
        Some((path, PythonModule::read(&text)))
    });
    // Only packages that meet can have modules of one name.
    let folders = wanted.module_folders.into_iter();
    let module_files: BTreeMap<PathBuf, Vec<ModuleFile>> = folders
        .map(|folder| (folder.clone(), modules_in(&folder)))
        .collect();
    let roots = package.packages.iter().map(|folder| &folder.root);
    let wheels = roots.filter(|root| root.join("wheels").is_dir());
    Facts {
        wheels: wheels.cloned().collect(),
        existing: Some(existing.collect()),
        modules: Some(modules.collect()),
        module_files: Some(module_files),
        ..Facts::default()
    }
}

/// Adds what a station knows: its config keys and runners.
pub(crate) fn add_station(
    facts: &mut Facts,
    station: &Station,
    cfg_keys: Option<&BTreeSet<String>>,
) {
    let named = station.runners.keys().cloned();
    let built_in = runners::built_in().map(str::to_owned);
    facts.runners = Some(named.chain(built_in).collect());
    facts.cfg_keys = cfg_keys.cloned();
    facts.has_default_timeout = station.default_timeout_ms.is_some();
}

/// The top-level modules of a folder. One that cannot be listed has none.
fn modules_in(folder: &Path) -> Vec<ModuleFile> {
    let mut found: BTreeMap<String, DefaultHasher> = BTreeMap::new();
    for path in sorted_entries(folder) {
        let Some(file_name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        let name = file_name.split('.').next().unwrap_or(file_name).to_owned();
        if name.is_empty() || name.starts_with("__") {
            continue;
        }
        if path.is_dir() {
            let mut hasher = DefaultHasher::new();
            if hash_folder(&path, &mut hasher, 0) {
                found.entry(name).or_insert(hasher);
            }
        } else if is_module(&path) {
            let mut hasher = DefaultHasher::new();
            hash_file(&path, &mut hasher);
            found.insert(name, hasher);
        }
    }
    let modules = found.into_iter();
    modules
        .map(|(name, hasher)| ModuleFile {
            name,
            digest: hasher.finish(),
        })
        .collect()
}

/// Adds every module of a folder; whether there is one.
fn hash_folder(folder: &Path, hasher: &mut DefaultHasher, level: usize) -> bool {
    // Deeper is no module that a test would call.
    if level > 16 {
        return false;
    }
    let mut has_module = false;
    for path in sorted_entries(folder) {
        let name = path.file_name().unwrap_or_default();
        if path.is_symlink() || name == "__pycache__" {
            continue;
        }
        if path.is_dir() {
            has_module |= hash_folder(&path, hasher, level + 1);
        } else if is_module(&path) {
            hasher.write(name.as_encoded_bytes());
            hash_file(&path, hasher);
            has_module = true;
        }
    }
    has_module
}

fn hash_file(path: &Path, hasher: &mut DefaultHasher) {
    // A compiled module is compared by its size: it is no text and may be large.
    match read_text(path) {
        Ok(text) => hasher.write(text.as_bytes()),
        Err(_) => hasher.write_u64(path.metadata().map_or(0, |metadata| metadata.len())),
    }
}

fn is_module(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| MODULE_ENDINGS.contains(&ending))
}

fn sorted_entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}
