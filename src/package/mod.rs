//! YAML to a typed model in which every field keeps its span.
//!
//! Owns the spanned YAML tree, the typed model of FORMAT sections 1 to 5, and the loader that
//! follows `sequence:` from file to file. Mistakes become findings and never stop the reading.
//! Never judges what a package means (that is `check`). Begin with [`model::TestDefinition`] and
//! [`LoadedPackage`].

pub(crate) mod load;
mod loaded;
pub(crate) mod model;
pub(crate) mod read;
pub(crate) mod yaml;

pub(crate) use loaded::{
    FileIndex, Include, LoadedPackage, LoadedTest, PackageFolder, PackageIndex,
};
