//! A sink by name, and how to make it.

use std::fmt;

use super::Sink;

/// One of the sinks that a station delivers to.
///
/// The sink itself is made by the thread that owns it, and made anew where a thread is stuck in
/// the old one.
pub(crate) struct Outlet {
    /// The name in the journal folder, which must not change: `local`, `shared`.
    pub(crate) id: &'static str,
    make: Box<dyn Fn() -> Box<dyn Sink> + Send + Sync>,
}

impl Outlet {
    /// An outlet whose sink `make` makes. Making one costs nothing: it connects on first use.
    pub(crate) fn new(
        id: &'static str,
        make: impl Fn() -> Box<dyn Sink> + Send + Sync + 'static,
    ) -> Self {
        Self {
            id,
            make: Box::new(make),
        }
    }

    /// A new sink.
    pub(crate) fn sink(&self) -> Box<dyn Sink> {
        (self.make)()
    }
}

impl fmt::Debug for Outlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outlet")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
