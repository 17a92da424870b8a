//! `maestro results annotate`: what is said of past runs afterwards.

use uuid::Uuid;

use crate::cli::args::{ResultsAnnotateArgs, StoreName};
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::settings::Settings;
use crate::cli::stores::Stores;
use crate::event::Timestamp;
use crate::record::{Annotation, AnnotationKind, HistoryError, RunRecord, Selector, is_void};

/// Who says something, where and when.
pub(crate) struct Speaker<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) station: &'a str,
    pub(crate) now: Timestamp,
}

/// `maestro results annotate`.
pub(crate) fn annotate(
    args: &ResultsAnnotateArgs,
    stores: &Stores,
    speaker: &Speaker<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let runs = args
        .runs
        .iter()
        .map(|run| find(run, stores))
        .collect::<Result<Vec<_>, _>>()?;
    if args.valid
        && let Some(run) = runs.iter().find(|run| !is_void(&run.annotations))
    {
        return Err(Failure::new(
            Exit::Negative,
            format!("{} is not void: it counts", run.id()),
        ));
    }
    let by = args.by.clone().unwrap_or_else(|| speaker.settings.actor());
    let mut annotations = Vec::new();
    for run in &runs {
        for (kind, disposition) in said(args) {
            annotations.push(Annotation {
                id: Uuid::now_v7(),
                run: run.id(),
                kind,
                disposition,
                reason: args.reason.clone(),
                by: by.clone(),
                station: speaker.station.to_owned(),
                at: speaker.now,
            });
        }
    }
    let arrived = stores.annotate(&annotations)?;
    for (annotation, run) in annotations.iter().map(|one| (one, record_of(one, &runs))) {
        console.note(&format!("{}: {}", name(run), words(annotation)));
    }
    if let Err(withheld) = arrived {
        console.warning(&format!(
            "it is kept on this computer, and goes to the shared store with the next run or \
             `maestro sync`: {}",
            withheld.reason
        ));
    }
    Ok(Exit::Done)
}

/// What the person says of each run.
fn said(args: &ResultsAnnotateArgs) -> Vec<(AnnotationKind, Option<String>)> {
    let mut said = Vec::new();
    if args.void {
        said.push((AnnotationKind::Void, None));
    }
    if args.valid {
        said.push((AnnotationKind::Valid, None));
    }
    if let Some(text) = &args.disposition {
        said.push((AnnotationKind::Disposition, Some(text.clone())));
    }
    said
}

/// The run, wherever it is known: it may not have arrived in the shared store yet, and that store
/// may be away.
fn find(run: &str, stores: &Stores) -> Result<RunRecord, Failure> {
    let selector = Selector::parse(run);
    let opened = stores.history(None)?;
    let found = opened.history.and_then(|history| history.run(&selector));
    match found {
        Err(HistoryError::NotFound(_) | HistoryError::Empty)
            if opened.store == StoreName::Shared =>
        {
            let local = stores.history(Some(StoreName::Local))?;
            Ok(local.history.and_then(|history| history.run(&selector))?)
        }
        Err(error @ HistoryError::NotFound(_)) => {
            let failure = Failure::from(error);
            Err(match opened.instead {
                Some(reason) => failure.help(format!(
                    "it may be a run of another station; the shared store cannot be read: {reason}"
                )),
                None => failure,
            })
        }
        found => Ok(found?),
    }
}

fn record_of<'a>(annotation: &Annotation, runs: &'a [RunRecord]) -> &'a RunRecord {
    runs.iter()
        .find(|run| run.id() == annotation.run)
        .expect("annotations are made of these runs")
}

/// A run as a person knows it.
fn name(run: &RunRecord) -> String {
    let serial = run.started.serial_number.as_deref().unwrap_or("-");
    let verdict = run.verdict().map_or("running", |verdict| verdict.as_str());
    format!("{} {serial} {} {verdict}", run.id(), run.started.test_name)
}

fn words(annotation: &Annotation) -> String {
    match (&annotation.kind, &annotation.disposition) {
        (AnnotationKind::Void, _) => "void, counts in no statistics".to_owned(),
        (AnnotationKind::Valid, _) => "counts again".to_owned(),
        (AnnotationKind::Disposition, text) => text.clone().unwrap_or_default(),
    }
}
