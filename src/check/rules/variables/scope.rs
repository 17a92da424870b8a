//! The names that exist at one moment of a walk.

use std::collections::BTreeSet;

use crate::check::PythonModule;
use crate::expr::Variables;

/// What is known about a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Knowledge {
    /// Declared, or set by a step whatever happens.
    Certain,
    /// Some step before may have returned it.
    Possible,
    /// Nothing can have produced it.
    Never,
}

#[derive(Debug, Default)]
pub(super) struct Scope<'a> {
    names: BTreeSet<String>,
    /// Whether a step before may have returned any key at all.
    is_open: bool,
    /// The Python modules that were called.
    modules: Vec<&'a PythonModule>,
}

impl<'a> Scope<'a> {
    pub(super) fn add(&mut self, name: &str) {
        if !Variables::is_reserved(name) {
            self.names.insert(name.to_owned());
        }
    }

    /// A step may return any key.
    pub(super) fn open(&mut self) {
        self.is_open = true;
    }

    /// A step calls code whose text is known: a key that it mentions is believed.
    pub(super) fn call(&mut self, module: &'a PythonModule) {
        self.is_open = true;
        let is_known = self
            .modules
            .iter()
            .any(|known| std::ptr::eq(*known, module));
        if !is_known {
            self.modules.push(module);
        }
    }

    /// Looks for a bare name, then for what it may be a path into (`pins.tx`).
    pub(super) fn knows(&self, name: &str) -> Knowledge {
        if Variables::is_counter(name) {
            return Knowledge::Certain;
        }
        let dots = name.match_indices('.').map(|(at, _)| &name[..at]);
        let paths = std::iter::once(name).chain(dots);
        let is_known = |path: &str| {
            self.names.contains(path)
                || self
                    .modules
                    .iter()
                    .any(|module| module.words.contains(path))
        };
        if paths.into_iter().any(is_known) {
            Knowledge::Certain
        } else if self.is_open {
            Knowledge::Possible
        } else {
            Knowledge::Never
        }
    }

    /// The names for "did you mean".
    pub(super) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.names.iter().map(String::as_str)
    }
}
