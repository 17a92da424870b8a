//! What loading gives: files, their packages and the includes between them.

use std::path::{Path, PathBuf};

use crate::package::model::{Manifest, TestDefinition};
use crate::source::{SourceId, Sources, Span};

/// The position of a file in [`LoadedPackage::files`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FileIndex(pub(crate) usize);

/// The position of a package in [`LoadedPackage::packages`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PackageIndex(pub(crate) usize);

/// One or several tests with everything that they include, each file once.
#[derive(Debug, Clone, Default)]
pub(crate) struct LoadedPackage {
    pub(crate) sources: Sources,
    /// The packages that take part, the running one first.
    pub(crate) packages: Vec<PackageFolder>,
    pub(crate) files: Vec<LoadedTest>,
    /// The files that were asked for; a run has one.
    pub(crate) roots: Vec<FileIndex>,
}

/// A package root.
#[derive(Debug, Clone)]
pub(crate) struct PackageFolder {
    /// Absolute.
    pub(crate) root: PathBuf,
    /// Absent for a lone YAML file, or where the manifest could not be read.
    pub(crate) manifest: Option<Manifest>,
}

/// A definition file.
#[derive(Debug, Clone)]
pub(crate) struct LoadedTest {
    pub(crate) source: SourceId,
    pub(crate) package: PackageIndex,
    pub(crate) definition: TestDefinition,
    pub(crate) includes: Vec<Include>,
}

/// A `sequence:` that was found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Include {
    /// The span of the path in the calling file.
    pub(crate) at: Span,
    pub(crate) target: FileIndex,
}

impl LoadedPackage {
    pub(crate) fn file(&self, index: FileIndex) -> &LoadedTest {
        &self.files[index.0]
    }

    pub(crate) fn package(&self, index: PackageIndex) -> &PackageFolder {
        &self.packages[index.0]
    }

    /// The package root of a file.
    pub(crate) fn root_of(&self, file: &LoadedTest) -> &Path {
        &self.package(file.package).root
    }
}

impl LoadedTest {
    /// The file that the `sequence:` path at `span` names.
    pub(crate) fn include_at(&self, span: Span) -> Option<FileIndex> {
        let include = self.includes.iter().find(|include| include.at == span);
        include.map(|include| include.target)
    }
}

impl PackageFolder {
    pub(crate) fn name(&self) -> Option<&str> {
        self.manifest
            .as_ref()
            .map(|manifest| manifest.name.as_str())
    }
}
