//! `undeclared-variable`, `variable-not-certain` and `cfg-key-unknown`.
//!
//! The steps of a test are walked in the order in which they run, through its sub-sequences, with
//! the names that exist by then: parent and child share one scope. What code returns is not known
//! before it runs; a name that the code does not even mention is doubtful, though.

mod produce;
mod scope;
mod uses;
mod walk;

use std::collections::BTreeSet;

use crate::check::Facts;
use crate::diagnostic::Diagnostic;
use crate::package::load::in_parallel;
use crate::package::{FileIndex, LoadedPackage};

/// Who else may call the files that are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::check) enum Callers {
    /// The root is run as it is.
    None,
    /// A file under `sub-sequences` that nobody here includes has a caller elsewhere.
    Elsewhere,
}

/// Walks every test that can be started.
pub(in crate::check) fn check(
    package: &LoadedPackage,
    facts: &Facts,
    callers: Callers,
    threads: usize,
) -> Vec<Diagnostic> {
    let starts = starts(package, callers);
    let found = in_parallel(starts.len(), threads, |index| {
        walk::walk(package, facts, callers, starts[index])
    });
    found.into_iter().flatten().collect()
}

/// The root of a run, else the files that no other file includes.
fn starts(package: &LoadedPackage, callers: Callers) -> Vec<FileIndex> {
    if callers == Callers::None {
        return package.roots.first().copied().into_iter().collect();
    }
    let includes = package.files.iter().flat_map(|file| &file.includes);
    let called: BTreeSet<FileIndex> = includes.map(|include| include.target).collect();
    let all = (0..package.files.len()).map(FileIndex);
    all.filter(|file| !called.contains(file)).collect()
}

#[cfg(test)]
mod tests;
