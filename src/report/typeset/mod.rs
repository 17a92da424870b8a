//! The report set as PDF by a Typst that is installed on the machine, where there is no browser.
//!
//! Typst gets a document of ours, which is always the same, and beside it the run as JSON: no text
//! of a test is ever read as markup, and nothing outside the private folder is. User templates are
//! HTML and need a browser. Begin with [`Typesetter`]; `report.typ` is the layout.

mod sheet;
#[cfg(test)]
mod tests;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::pdf::{PdfError, Private, last_words};
use super::{Subject, pdf};
use crate::runner::{RunnerSpec, on_path, run_watched};

const LAYOUT: &str = include_str!("report.typ");

/// Time for a short report, and for each thousand steps of a long one.
const LIMIT: Duration = Duration::from_mins(1);
const LIMIT_PER_THOUSAND: Duration = Duration::from_secs(20);

/// A Typst.
#[derive(Debug, Clone)]
pub(crate) struct Typesetter {
    program: PathBuf,
}

impl Typesetter {
    /// Looks for `typst` on a `PATH`.
    pub(crate) fn find(path: &OsStr) -> Option<Self> {
        let program = on_path(&["typst"], path).into_iter().next()?;
        Some(Self { program })
    }

    /// Sets a report. A private folder below `home` holds what is needed meanwhile.
    pub(crate) fn set(
        &self,
        subject: &Subject<'_>,
        home: &Path,
        is_interrupted: &dyn Fn() -> bool,
    ) -> Result<Vec<u8>, PdfError> {
        let folder =
            Private::below(home).map_err(|(folder, error)| PdfError::Folder { folder, error })?;
        let failed = |error| PdfError::Folder {
            folder: folder.0.clone(),
            error,
        };
        let target = folder.0.join("report.pdf");
        fs::write(folder.0.join("report.typ"), LAYOUT).map_err(failed)?;
        fs::write(folder.0.join("report.json"), sheet::json(subject)).map_err(failed)?;
        let thousands = (subject.record.steps.len() / 1000) as u32;
        let limit = LIMIT + LIMIT_PER_THOUSAND * thousands;
        let reason = match run_watched(&self.spec(&folder.0), limit, Some(is_interrupted)) {
            Err(reason) => reason,
            Ok(ended) => match fs::read(&target) {
                Ok(set) if ended.is_success() && set.starts_with(pdf::MAGIC) => return Ok(set),
                _ => format!("{}{}", ended.status, last_words(&ended.stderr)),
            },
        };
        Err(PdfError::Program {
            program: self.program.clone(),
            reason,
        })
    }

    fn spec(&self, folder: &Path) -> RunnerSpec {
        let words = ["compile", "--root", ".", "report.typ", "report.pdf"];
        RunnerSpec {
            name: "pdf".to_owned(),
            program: self.program.clone(),
            args: words.map(OsString::from).to_vec(),
            env: vec![("HOME".into(), folder.into())],
            workdir: folder.to_owned(),
        }
    }
}
