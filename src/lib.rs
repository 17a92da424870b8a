//! `maestro`: a terminal-first test executor for factory floors and lab benches.
//!
//! This file is the map. Layers go from plain words at the top to assembly at the bottom; a module
//! may import any layer above its own, and inside its layer only what the table allows.
//!
//! | layer | module | what it owns |
//! |---|---|---|
//! | 1 words | [`source`] | source files, spans, `Spanned<T>` |
//! | 1 | [`diagnostic`] | findings, their codes, and one renderer per output form |
//! | 1 | [`verdict`] | the verdict and its order |
//! | 1 | [`measure`] | values, units, limits, measurements and their evaluation |
//! | 1 | [`prompt`] | questions to the operator and the check of an answer |
//! | 1 | [`event`] | the events of a run and their envelope |
//! | 1 | [`record`] | what a run looks like, folded from its events; the history query trait |
//! | 2 documents | [`expr`] | variables, templates, preconditions |
//! | 2 | [`station`] | the station's bootstrap configuration |
//! | 2 | [`package`] | YAML to a typed model in which every field keeps its span |
//! | 2 | [`check`] | the rules that find mistakes; facts of the world are handed in |
//! | 2 | [`plan`] | a checked package compiled into ordered steps |
//! | 2 | [`stats`] | figures from results: yield, failures, capability, control charts, gauge studies |
//! | 3 run | [`engine`] | the state machine: inputs in, effects out |
//! | 3 | [`runner`] | spawns, feeds, watches and stops runner processes |
//! | 3 | [`journal`] | the append-only log of a run, and its recovery |
//! | 3 | [`outbox`] | what is journaled and not yet delivered |
//! | 3 | [`session`] | the loop that joins sources, engine, journal and subscribers |
//! | 4 outside | [`store`] | databases: each a sink and a history |
//! | 4 | [`mirror`] | Redis: a live copy of variables and events, at most once |
//! | 4 | [`report`] | a record in the forms that others read: HTML, PDF, JSON, JUnit, CSV, ATML |
//! | 5 front ends | [`frontend`] | shows events, sends commands |
//! | 6 assembly | [`cli`] | arguments, settings, subcommands, exit codes |
//!
//! Imports inside a layer (read by `tests/it/architecture.rs`):
//!
//! ```text
//! diagnostic: source
//! measure: verdict
//! prompt: measure verdict
//! event: measure prompt verdict
//! record: event measure prompt verdict
//! station: package
//! package: expr
//! check: expr package station
//! plan: check expr package station
//! outbox: journal
//! session: engine journal outbox runner
//! ```
//!
//! Tighter still: `journal` imports layer 1 only; a front end never imports `engine`, `runner`,
//! `journal` or `store`; only `cli` names concrete stores.

#![allow(
    rustdoc::private_intra_doc_links,
    reason = "the map is for those who read the code, and links to all of it"
)]

use std::ffi::OsString;
use std::process::ExitCode;

pub(crate) mod check;
pub(crate) mod cli;
pub(crate) mod diagnostic;
pub(crate) mod engine;
pub(crate) mod event;
pub(crate) mod expr;
pub(crate) mod frontend;
pub(crate) mod journal;
pub(crate) mod measure;
#[cfg(feature = "redis")]
pub(crate) mod mirror;
pub(crate) mod outbox;
pub(crate) mod package;
pub(crate) mod plan;
pub(crate) mod prompt;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod runner;
#[cfg(test)]
#[path = "../tests/servers/mod.rs"]
pub(crate) mod servers;
pub(crate) mod session;
pub(crate) mod source;
pub(crate) mod station;
pub(crate) mod stats;
pub(crate) mod store;
pub(crate) mod verdict;

/// Runs the command line `args` (program name first) and returns the exit code to end with.
///
/// The codes are those of the manual page `maestro(1)`.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    cli::run(args)
}
