//! Variables, templates and preconditions: parse and evaluate.
//!
//! [`Variables`] is the scope that a run shares over all its sequences. A [`Template`] is a text
//! with `{{ }}` in it, rendered once: only what the package says is ever a template, never what a
//! runner or an operator returned. A [`Condition`] is a C#-like boolean expression.
//!
//! Everything here is pure and bounded: hostile text gives an [`ExprError`], never a panic, a hang
//! or a stack that overflows.

mod condition;
mod csharp;
mod error;
mod evaluate;
mod function;
mod jinja;
mod lex;
mod scan;
mod template;
mod variables;

#[cfg(test)]
mod tests;

pub(crate) use condition::Condition;
pub(crate) use error::{ExprError, NameUse};
pub(crate) use template::Template;
pub(crate) use variables::{Counters, Variables, nearest, typed};

pub(crate) use crate::measure::{spell, spell_into};
