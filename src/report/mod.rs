//! A record rendered for people and for other programs: HTML and PDF, JSON for scripts, JUnit XML for
//! CI servers, CSV, Markdown, ATML, and whatever a template says.
//!
//! A report is a function of its [`Subject`]: nothing here looks at a store, a clock or the
//! environment, and files are read through the subject; only templates are read here, and only a
//! printer is started. Each form is a contract with its own types.
//! Begin with [`Form`]; [`write()`] puts a report into its place in one step.

mod atml;
mod csv;
mod form;
mod html;
pub(crate) mod json;
mod junit;
mod markdown;
pub(crate) mod page;
mod pdf;
mod subject;
mod template;
mod tree;
mod typeset;
mod write;

pub(crate) use form::Form;
pub(crate) use pdf::{PdfError, Printer};
pub(crate) use subject::{Paper, Subject};
pub(crate) use template::{ENDING as TEMPLATE_ENDING, Template, TemplateError};
pub(crate) use typeset::Typesetter;
pub(crate) use write::{write, write_with};
