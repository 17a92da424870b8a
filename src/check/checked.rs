//! A package without error findings.

use crate::package::LoadedPackage;

/// A package in which `check` found no error; only `check` makes one.
#[derive(Debug, Clone)]
pub(crate) struct CheckedPackage {
    loaded: LoadedPackage,
}

impl CheckedPackage {
    /// Takes a package that has no error finding and at least one root.
    pub(super) fn new(loaded: LoadedPackage) -> Self {
        Self { loaded }
    }

    /// The package, to be looked at.
    pub(crate) const fn loaded(&self) -> &LoadedPackage {
        &self.loaded
    }

    /// The package, to be used up.
    pub(crate) fn into_loaded(self) -> LoadedPackage {
        self.loaded
    }
}
