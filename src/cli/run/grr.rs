//! `--grr`: runs that belong to a gauge study, and what that study still lacks.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::cli::args::{RunArgs, StoreName};
use crate::cli::exit::Failure;
use crate::cli::settings::Settings;
use crate::cli::stores::Stores;
use crate::event::{Mode, RunId};
use crate::plan::Plan;
use crate::record::{
    Filter, HistoryError, RunSummary, SIZE_TAG, STUDY_TAG, Study, StudySize, TRIAL_TAG,
};
use crate::session::wall_clock;
use crate::verdict::Verdict;

/// A study that the command line names, as far as it is recorded.
pub(super) struct Gauge {
    pub(super) name: String,
    pub(super) study: Study,
}

impl Gauge {
    /// The study that is asked for, with its runs so far; `None` without `--grr`.
    pub(super) fn of(
        args: &RunArgs,
        plan: &Plan,
        stores: &Stores,
    ) -> Result<Option<Self>, Failure> {
        let Some(size) = args.grr else {
            return Ok(None);
        };
        let name = args.study.clone().unwrap_or_else(today);
        let mut study = Study::new(size);
        for run in runs(stores, &plan.test_name, &name)?.values() {
            let begun_as = run.tags.get(SIZE_TAG).and_then(|size| size.as_str());
            if let Some(other) = begun_as.filter(|begun| *begun != size.to_string()) {
                return Err(Failure::usage(format!(
                    "the study '{name}' was begun as {other}, not {size}"
                ))
                .help(format!(
                    "go on with --grr {other}, or begin another one with --study"
                )));
            }
            if let (Some(operator), Some(serial)) = (&run.operator_id, &run.serial_number)
                && run.verdict.is_some_and(counts)
            {
                study.measured(operator, serial);
            }
        }
        Ok(Some(Self { name, study }))
    }

    /// The command line of a single run with the tags of its study; refused where the study does not
    /// take the unit from this operator now.
    pub(super) fn single(&self, args: &RunArgs, settings: &Settings) -> Result<RunArgs, Failure> {
        let Some(serial) = &args.serial else {
            return Err(Failure::usage("--grr needs a serial number here").help(
                "give --serial and --operator, or run it on a terminal, which asks for them",
            ));
        };
        let operator = args.operator.clone().or_else(|| settings.account());
        let operator = operator.unwrap_or_default();
        let trial = self.study.admit(&operator, serial);
        let trial = trial.map_err(|refused| Failure::usage(refused.to_string()))?;
        Ok(tagged(args, &self.name, self.study.size(), trial))
    }
}

/// The command line with the tags by which `maestro stats grr` finds the run.
pub(super) fn tagged(args: &RunArgs, name: &str, size: StudySize, trial: u32) -> RunArgs {
    let mut args = args.clone();
    args.tags.extend([
        (STUDY_TAG.to_owned(), name.to_owned()),
        (SIZE_TAG.to_owned(), size.to_string()),
        (TRIAL_TAG.to_owned(), trial.to_string()),
    ]);
    args
}

/// Whether a run measured what it should: a unit beyond its limits is as good for a study as any.
pub(super) const fn counts(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Pass | Verdict::Fail)
}

/// What is recorded of a study, here and in the shared store: either may lack what the other has.
fn runs(stores: &Stores, test: &str, name: &str) -> Result<BTreeMap<RunId, RunSummary>, Failure> {
    let filter = Filter {
        test: Some(test.to_owned()),
        mode: Some(Mode::Grr),
        tags: vec![(STUDY_TAG.to_owned(), name.to_owned())],
        voided: crate::record::Voided::LeftOut,
        ..Filter::default()
    };
    let mut found = BTreeMap::new();
    for store in [StoreName::Shared, StoreName::Local] {
        let listed = match stores.history(Some(store)) {
            Ok(opened) => opened.history.and_then(|history| history.list(&filter)),
            // Not configured.
            Err(_) => continue,
        };
        match listed {
            Ok(listed) => found.extend(listed.into_iter().map(|run| (run.run, run))),
            Err(HistoryError::Empty) => {}
            // The study goes on with what is known here.
            Err(_) if store == StoreName::Shared => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(found)
}

/// The date here and now: a study that is not named is that of the day.
fn today() -> String {
    let now = jiff::Timestamp::from_microsecond(wall_clock().0).unwrap_or_default();
    now.to_zoned(TimeZone::system()).date().to_string()
}
