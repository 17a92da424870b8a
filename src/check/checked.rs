//! A package without error findings.

use crate::package::{FileIndex, LoadedPackage, LoadedTest, PackageFolder};
use crate::source::Sources;

/// A package in which `check` found no error; only `check` makes one.
#[derive(Debug, Clone)]
pub(crate) struct CheckedPackage {
    loaded: LoadedPackage,
    root: FileIndex,
}

impl CheckedPackage {
    /// Takes a package that has no error finding and at least one root.
    pub(super) fn new(loaded: LoadedPackage, root: FileIndex) -> Self {
        Self { loaded, root }
    }

    /// The test to run.
    pub(crate) fn root(&self) -> &LoadedTest {
        self.loaded.file(self.root)
    }

    pub(crate) fn root_index(&self) -> FileIndex {
        self.root
    }

    pub(crate) fn file(&self, index: FileIndex) -> &LoadedTest {
        self.loaded.file(index)
    }

    pub(crate) fn files(&self) -> &[LoadedTest] {
        &self.loaded.files
    }

    /// The package that the root belongs to.
    pub(crate) fn package(&self) -> &PackageFolder {
        self.loaded.package(self.root().package)
    }

    /// Every package that takes part.
    pub(crate) fn packages(&self) -> &[PackageFolder] {
        &self.loaded.packages
    }

    pub(crate) fn loaded(&self) -> &LoadedPackage {
        &self.loaded
    }

    pub(crate) fn sources(&self) -> &Sources {
        &self.loaded.sources
    }
}
