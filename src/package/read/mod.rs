//! The YAML tree to the typed model.
//!
//! One file per part of the format. Every mistake is a finding and reading goes on with what is
//! there; keys that stay over are unknown. Never looks at other files. Begin with [`read_test`].

mod control;
mod fields;
mod kind;
mod manifest;
mod measurement;
mod prompt;
mod reader;
mod scalar;
mod step;
mod test;
mod value;

pub(crate) use fields::Fields;
pub(crate) use manifest::read_manifest;
pub(crate) use reader::{ReadOptions, Reader, UnknownKeys};
pub(crate) use scalar::{decimal_comma, parse_number};
pub(crate) use step::read_steps;
pub(crate) use test::read_test;

#[cfg(test)]
mod tests;
