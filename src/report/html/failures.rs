//! What failed, before anything else, with links to where it stands.

use serde::Serialize;

use super::head::class;
use super::measurement::short;
use super::place;
use crate::event::StepNo;
use crate::record::{RunRecord, StepRecord, name_of, shape};
use crate::report::Subject;
use crate::verdict::Verdict;

/// Failures that are listed; the tree has them all.
const LISTED: usize = 250;

/// View of `failures.html.j2`.
#[derive(Debug, Serialize)]
pub(in crate::report) struct Failures {
    pub(in crate::report) list: Vec<Failure>,
    /// Those beyond the list.
    pub(in crate::report) more: usize,
    /// Whether anything was judged at all.
    is_pass: bool,
}

#[derive(Debug, Serialize)]
pub(in crate::report) struct Failure {
    class: &'static str,
    pub(in crate::report) shape: &'static str,
    pub(in crate::report) verdict: &'static str,
    /// Name of the anchor.
    target: String,
    pub(in crate::report) name: String,
    pub(in crate::report) value: String,
    pub(in crate::report) limits: String,
    place: String,
    pub(in crate::report) reason: Option<String>,
    /// The sequences and the step around it.
    pub(in crate::report) step: String,
}

impl Failures {
    pub(in crate::report) fn new(subject: &Subject<'_>) -> Self {
        let record = subject.record;
        let mut list = Vec::new();
        let mut more = 0;
        let mut told = std::collections::HashSet::new();
        // From the end, so that a sequence knows whether a step within it was told.
        for step in record.steps.iter().rev() {
            let is_told = told.contains(&step.no());
            let found = failures_of(step, is_told, record);
            if found.is_empty() && !is_told {
                continue;
            }
            told.extend(step.started.parent);
            list.extend(found.into_iter().rev());
        }
        list.reverse();
        if list.len() > LISTED {
            more = list.len() - LISTED;
            list.truncate(LISTED);
        }
        Self {
            list,
            more,
            is_pass: record.verdict() == Some(Verdict::Pass),
        }
    }
}

fn failures_of(step: &StepRecord, is_told: bool, record: &RunRecord) -> Vec<Failure> {
    let Some(finished) = step.finished.as_ref().filter(|_| step.is_counted()) else {
        return Vec::new();
    };
    let no = step.no().0;
    let around = around(step, record);
    // What failed did not make the step fail, which must not be missed here.
    let forced = match finished.true_verdict {
        Some(_) => format!(" (forced to {})", finished.verdict),
        None => String::new(),
    };
    let points = finished.measurements.iter().enumerate();
    let mut found: Vec<_> = points
        .filter(|(_, point)| point.verdict.is_failing())
        .map(|(place, point)| Failure {
            class: class(Some(point.verdict)),
            shape: shape(point.verdict),
            verdict: point.verdict.as_str(),
            target: format!("m{no}-{place}"),
            name: point.name.clone(),
            value: short(point.value_text()),
            limits: short(point.limits_text()),
            place: place::draw(point),
            reason: point.reason.clone(),
            step: format!("{around}{}{forced}", name_of(&step.started)),
        })
        .collect();
    if finished.verdict.is_failing() && found.is_empty() && !is_told {
        found.push(Failure {
            class: class(Some(finished.verdict)),
            shape: shape(finished.verdict),
            verdict: finished.verdict.as_str(),
            target: format!("s{no}"),
            name: name_of(&step.started),
            value: String::new(),
            limits: String::new(),
            place: String::new(),
            reason: finished.reason.clone(),
            step: around,
        });
    }
    found
}

/// The names of the sequences around a step, each followed by a sign.
fn around(step: &StepRecord, record: &RunRecord) -> String {
    let mut names = Vec::new();
    let mut parent: Option<StepNo> = step.started.parent;
    while let Some(around) = parent.and_then(|no| record.step(no))
        && names.len() < 64
    {
        names.push(name_of(&around.started));
        parent = around.started.parent;
    }
    names.reverse();
    // A step at the root has nothing around it, and no sign.
    names.push(String::new());
    names.join(" › ")
}
