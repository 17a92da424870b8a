//! The embedded store as the store of a station's config, and as the keeper of the last copy of a
//! shared one.

mod copy;
mod store;
#[cfg(test)]
mod tests;

pub(crate) use copy::ConfigCopy;
pub(crate) use store::SqliteConfig;
