//! What a delivery came to, store by store.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;

use crate::cli::stores::Stores;
use crate::event::RunId;
use crate::journal::{JournalError, archive, recovery};
use crate::outbox::{Registry, SinkState};

/// How every store of the station is doing.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// Every store has everything.
    complete: bool,
    stores: Vec<StoreReport>,
}

/// How one store is doing.
#[derive(Debug, Serialize)]
struct StoreReport {
    /// The name in the registry.
    store: String,
    /// The name for people; `null` where the store is not configured for this command.
    name: Option<String>,
    /// Runs and events that this command delivered.
    runs: u64,
    events: u64,
    rejected_events: u64,
    /// Runs that it lacks.
    outstanding: usize,
    /// Runs that go on, or that another process delivers.
    in_other_hands: usize,
    problem: Option<String>,
    /// It has what there was, as far as it could be asked.
    #[serde(skip)]
    is_done: bool,
}

impl Report {
    /// Looks at the journals in `folder` after a delivery that ended with `states`.
    pub(super) fn make(folder: &Path, states: &[SinkState]) -> Result<Self, JournalError> {
        let outstanding = Registry::of(folder).outstanding()?;
        let lacking: BTreeSet<_> = outstanding.iter().flat_map(|one| &one.runs).collect();
        let busy: BTreeSet<_> = lacking
            .into_iter()
            .filter(|run| is_in_other_hands(folder, **run))
            .copied()
            .collect();
        let stores: Vec<_> = outstanding
            .into_iter()
            .map(|one| {
                let state = states.iter().find(|state| state.id == one.sink);
                let in_other_hands = one.runs.iter().filter(|run| busy.contains(run)).count();
                StoreReport {
                    store: one.sink,
                    name: state.map(|state| state.name.clone()),
                    runs: state.map_or(0, |state| state.journals),
                    events: state.map_or(0, |state| state.delivered),
                    rejected_events: state.map_or(0, |state| state.rejected),
                    outstanding: one.runs.len() - in_other_hands,
                    in_other_hands,
                    problem: state.and_then(|state| state.problem.clone()),
                    is_done: state.is_none_or(|state| state.is_done),
                }
            })
            .collect();
        let complete = stores.iter().all(StoreReport::is_complete);
        Ok(Self { complete, stores })
    }

    pub(super) const fn is_complete(&self) -> bool {
        self.complete
    }

    /// One object on one line.
    pub(super) fn json(&self) -> String {
        let text = serde_json::to_string(self).unwrap_or_default();
        text + "\n"
    }

    /// One line per store.
    pub(super) fn text(&self, stores: &Stores) -> String {
        let line = |report: &StoreReport| report.line(stores.shown(&report.store));
        self.stores.iter().map(line).collect()
    }

    /// What a person has to know of stores that lack something or refused something.
    pub(super) fn problems(&self) -> Vec<String> {
        self.stores
            .iter()
            .filter_map(StoreReport::problem)
            .collect()
    }
}

impl StoreReport {
    const fn is_complete(&self) -> bool {
        self.is_done && self.outstanding == 0
    }

    /// `place` is where the store is; `None` where it is not configured.
    fn line(&self, place: Option<String>) -> String {
        let mut parts = vec![if self.runs == 0 {
            "nothing to deliver".to_owned()
        } else {
            format!(
                "{} delivered ({})",
                words(self.runs, "run", "runs"),
                words(self.events, "event", "events")
            )
        }];
        if self.rejected_events > 0 {
            let events = words(self.rejected_events, "event", "events");
            parts.push(format!("{events} rejected"));
        }
        if !self.is_complete() {
            if self.runs == 0 {
                parts.clear();
            }
            parts.push(if self.outstanding == 0 {
                "not asked in full".to_owned()
            } else {
                let runs = words(self.outstanding as u64, "run", "runs");
                format!("{runs} outstanding")
            });
        }
        if self.in_other_hands > 0 {
            let runs = words(self.in_other_hands as u64, "run", "runs");
            parts.push(format!("{runs} in the hands of another process"));
        }
        let place = place.unwrap_or_else(|| "not configured".to_owned());
        format!("{} ({place}): {}\n", self.store, parts.join(", "))
    }

    fn problem(&self) -> Option<String> {
        if self.rejected_events > 0 {
            return Some(format!(
                "{} refused events for their content; they are in its table delivery_rejects, and \
                 whole in the journal",
                self.store
            ));
        }
        if self.is_complete() {
            return None;
        }
        if self.name.is_none() {
            return Some(format!(
                "runs wait for `{0}`, which is not configured; set its `database_url`, or give it \
                 up with `maestro sync --forget {0}`",
                self.store
            ));
        }
        Some(match &self.problem {
            Some(problem) => format!("{}: {problem}", self.store),
            None => format!("{} did not get everything in time", self.store),
        })
    }
}

/// Whether another process writes or delivers a journal.
fn is_in_other_hands(folder: &Path, run: RunId) -> bool {
    let path = archive::open_path(folder, run);
    path.exists() && matches!(recovery::lock(&path), Ok(None))
}

/// A number with its noun.
pub(super) fn words(number: u64, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    }
}
