//! One file per output form. Each makes text from findings and writes nothing itself.

mod github;
mod human;
mod json;
mod place;
mod sarif;

pub(crate) use github::github;
pub(crate) use human::{HumanStyle, human};
pub(crate) use json::json;
pub(crate) use sarif::sarif;

#[cfg(test)]
mod tests;
