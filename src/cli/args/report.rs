//! `maestro report`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::StoreName;
use crate::report::Form;

/// Write a report of one past run
///
/// The run is taken from the history, as `maestro results show` does. `maestro run --report` writes
/// the same reports at the end of a run.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro report last -o run.html               the newest run, to read and to print
  maestro report last -o run.pdf                the same, made by an installed Chromium or Typst
  maestro report acb82ba9 --format junit -o run.xml
  maestro report last --format json | jq .run.verdict
  maestro report last --template certificate -o certificate.pdf")]
pub(crate) struct ReportArgs {
    /// Run id, its beginning or its end; or `last`
    #[arg(value_name = "RUN", default_value = "last")]
    pub(crate) run: String,

    /// Form of the report: html, pdf (the same, printed), json (as `maestro schema report` describes),
    /// junit, csv (a row per measurement), markdown, or atml (IEEE 1636.1); unasked as the ending of
    /// the file says, html without one
    #[arg(
        long,
        value_name = "FORMAT",
        value_parser = PossibleValuesParser::new(words()),
        hide_possible_values = true
    )]
    pub(crate) format: Option<String>,

    /// Template to lay the report out with: a file, or the name of one in the folder `reports` of the
    /// package or beside the station file; maestro-package(5) tells how it is written
    #[arg(long, value_name = "NAME", conflicts_with = "format")]
    pub(crate) template: Option<String>,

    /// File to write; standard output where it is missing or `-`
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Store to read; unasked, the shared one where it is configured and can be reached
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<StoreName>,
}

/// A report as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    Form(Form),
    /// HTML, printed.
    Pdf,
    /// The name of a template, or its file.
    Template(String),
}

impl ReportArgs {
    /// What is to be written; gives the ending of the file where that says nothing we know.
    pub(crate) fn wanted(&self) -> Result<Wanted, String> {
        if let Some(template) = &self.template {
            return Ok(Wanted::Template(template.clone()));
        }
        match &self.format {
            Some(word) => Ok(Wanted::of_word(word)),
            None => self.wanted_by_ending(),
        }
    }

    fn wanted_by_ending(&self) -> Result<Wanted, String> {
        let ending = self
            .output
            .as_deref()
            .and_then(|file| file.extension()?.to_str());
        Ok(match ending.map(str::to_lowercase).as_deref() {
            Some("pdf") => Wanted::Pdf,
            Some("json") => Wanted::Form(Form::Json),
            Some("csv") => Wanted::Form(Form::Csv),
            Some("md") => Wanted::Form(Form::Markdown),
            None | Some("html" | "htm") => Wanted::Form(Form::Html),
            Some(other) => return Err(other.to_owned()),
        })
    }
}

fn words() -> Vec<&'static str> {
    let mut words = Form::ALL.map(Form::as_str).to_vec();
    words.insert(1, "pdf");
    words
}
