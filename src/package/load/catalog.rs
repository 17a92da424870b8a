//! Where other packages are found by their name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::package::load::manifest::{MANIFEST, name_in};

/// The packages of every place, each place read once and only when it is asked for.
#[derive(Debug, Default)]
pub(super) struct Catalog {
    /// `package_path` of the station, then the installed packages.
    places: Vec<PathBuf>,
    read: BTreeMap<PathBuf, Place>,
}

/// Package names and their folders in one place.
type Place = BTreeMap<String, Vec<PathBuf>>;

/// What a name stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    One(PathBuf),
    /// Several in one place.
    Several(Vec<PathBuf>),
    None,
}

impl Catalog {
    pub(super) fn new(places: Vec<PathBuf>) -> Self {
        Self {
            places,
            read: BTreeMap::new(),
        }
    }

    /// Finds a package by name: in the places in their order, then beside `root`.
    pub(super) fn find(&mut self, name: &str, root: &Path) -> Found {
        for place in self.places_for(root) {
            match self.place(&place).get(name).map(Vec::as_slice) {
                Some([one]) => return Found::One(one.clone()),
                Some(several) => return Found::Several(several.to_vec()),
                None => {}
            }
        }
        Found::None
    }

    /// Every name that can be found from `root`, for "did you mean".
    pub(super) fn names(&mut self, root: &Path) -> Vec<String> {
        let places = self.places_for(root).into_iter();
        places
            .flat_map(|place| self.place(&place).keys().cloned().collect::<Vec<_>>())
            .collect()
    }

    fn places_for(&self, root: &Path) -> Vec<PathBuf> {
        let beside = root.parent().map(Path::to_path_buf);
        self.places.iter().cloned().chain(beside).collect()
    }

    fn place(&mut self, folder: &Path) -> &Place {
        self.read
            .entry(folder.to_path_buf())
            .or_insert_with(|| packages_in(folder))
    }
}

/// The packages right below a folder, and the folder itself if it is one.
fn packages_in(folder: &Path) -> Place {
    let mut place = Place::new();
    let below = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = below.map(|entry| entry.path()).collect();
    folders.push(folder.to_path_buf());
    folders.sort();
    for candidate in folders {
        if candidate.join(MANIFEST).is_file()
            && let Some(name) = name_in(&candidate)
        {
            place.entry(name).or_default().push(candidate);
        }
    }
    place
}
