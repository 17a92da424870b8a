//! Files from the disk to a [`LoadedPackage`](crate::package::LoadedPackage).
//!
//! Owns the reading of files (regular ones only, never blocking, never more than the limit), the
//! finding of package roots and of other packages, and the following of `sequence:`. A file that
//! cannot be read is a finding, and the others are still read. Begin with [`load`].

mod catalog;
mod graph;
mod include;
mod loader;
mod manifest;
mod read;
mod walk;

pub(crate) use loader::{LoadOptions, Loaded, Origin, RootFile, in_parallel, load};
pub(crate) use read::read_text;
pub(crate) use walk::walk;

#[cfg(test)]
mod tests;
