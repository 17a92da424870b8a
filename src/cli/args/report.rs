//! `maestro report`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};

use super::StoreName;
use crate::report::Form;

/// Write a report of one past run
///
/// The run is taken from the history, as `maestro results show` does. `maestro run --report` writes
/// the same reports at the end of a run.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro report last -o run.html                  the newest run, to read and to print
  maestro report acb82ba9 --format junit -o run.xml
  maestro report last --format json | jq .run.verdict")]
pub(crate) struct ReportArgs {
    /// Run id, its beginning or its end; or `last`
    #[arg(value_name = "RUN", default_value = "last")]
    pub(crate) run: String,

    /// Form of the report
    #[arg(long, value_name = "FORMAT", default_value = "html", value_parser = form())]
    pub(crate) format: Form,

    /// File to write; standard output where it is missing or `-`
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Store to read; unasked, the shared one where it is configured and can be reached
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<StoreName>,
}

fn form() -> impl clap::builder::TypedValueParser<Value = Form> {
    PossibleValuesParser::new(Form::ALL.map(Form::as_str))
        .map(|word| Form::parse(&word).unwrap_or(Form::Html))
}
