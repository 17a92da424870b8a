//! `maestro sync --watch`: delivers whatever comes, and tells of what changes.

use std::path::Path;
use std::time::Duration;

use super::report::{Report, words};
use super::{Stop, not_delivered};
use crate::cli::args::OutputFormat;
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::outbox::{Delivery, SinkState, Wish};

/// How soon a signal is noticed.
const TICK: Duration = Duration::from_millis(200);

/// Delivers until a signal.
pub(super) fn watch(
    delivery: Delivery,
    folder: &Path,
    format: OutputFormat,
    stop: &Stop,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let mut told = delivery.states();
    let mut failure = None;
    delivery.watch(TICK, |states| {
        if states != told {
            let done = match format {
                OutputFormat::Human => {
                    tell_changes(&told, states, console);
                    Ok(())
                }
                OutputFormat::Json => tell_line(folder, &told, states, console),
            };
            failure = done.err();
            told = states.to_vec();
        }
        if stop.is_wanted() || failure.is_some() {
            Wish::Stop
        } else {
            Wish::GoOn
        }
    });
    failure.map_or(Ok(Exit::Done), Err)
}

/// What became of each store since it was last told.
fn tell_changes(before: &[SinkState], now: &[SinkState], console: &mut Console<'_>) {
    for (before, now) in before.iter().zip(now) {
        match (&before.problem, &now.problem) {
            (None, Some(problem)) => {
                console.warning(&format!("{}: {problem}; it is tried again", now.id));
            }
            (Some(_), None) => console.note(&format!("{}: {} is back", now.id, now.name)),
            _ => {}
        }
        let runs = now.journals - before.journals;
        if runs > 0 {
            let runs = words(runs, "run", "runs");
            console.note(&format!("{}: {runs} delivered to {}", now.id, now.name));
        }
        if now.rejected > before.rejected {
            let events = words(now.rejected - before.rejected, "event", "events");
            console.warning(&format!(
                "{}: {events} refused for their content, see its table delivery_rejects",
                now.id
            ));
        }
    }
}

/// A line of JSON where a store took a run, refused something, or went or came.
fn tell_line(
    folder: &Path,
    before: &[SinkState],
    now: &[SinkState],
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    let gist = |state: &SinkState| (state.journals, state.rejected, state.problem.is_some());
    if before.iter().map(gist).eq(now.iter().map(gist)) {
        return Ok(());
    }
    let report = Report::make(folder, now).map_err(|error| not_delivered(&error))?;
    console.result(&report.json())
}
