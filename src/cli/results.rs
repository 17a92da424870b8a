//! `maestro results …`: past runs for a person in a hurry, or as JSON.
//!
//! A run is shown exactly as the headless front end shows it while it goes on. Where the history
//! comes from is the caller's to say.

mod annotate;
mod export;
mod list;

pub(super) use annotate::{Speaker, annotate};
pub(super) use export::export;
pub(super) use list::list;

use std::time::Duration;

use jiff::tz::TimeZone;
use serde_json::Value;

use super::exit::{Exit, Failure};
use crate::event::{RunStatus, Timestamp, by_hand};
use crate::frontend::headless::{Lines, Look};
use crate::frontend::text::{Tone, duration_text};
use crate::measure::spell;
use crate::record::{
    AnnotationKind, History, HistoryError, HoldRecord, RunRecord, Selector, replay,
};
use crate::report;

/// A run that has not been heard of for so long shows as "station lost".
pub(super) const STALE_AFTER: Duration = Duration::from_hours(24);

/// How past runs are put out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Human,
    Json,
}

/// What a person sees it with.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) look: Look,
    /// Columns of the terminal; `None` for a file, where nothing is cut.
    pub(crate) width: Option<u16>,
    /// The zone in which times are shown.
    pub(crate) zone: TimeZone,
    pub(crate) now: Timestamp,
}

/// The text of `maestro results show`.
pub(crate) fn show(
    history: &dyn History,
    selector: &Selector,
    form: Form,
    view: &View,
) -> Result<String, Failure> {
    let record = history.run(selector)?;
    Ok(match form {
        Form::Json => report::json::render(&record),
        Form::Human => shown(&record, view),
    })
}

impl From<HistoryError> for Failure {
    fn from(error: HistoryError) -> Self {
        let message = error.to_string();
        match error {
            HistoryError::NotFound(_) => Self::new(Exit::Negative, message)
                .help("`maestro results list` shows the runs with their ids"),
            HistoryError::Ambiguous { .. } => {
                Self::new(Exit::Negative, message).help("give more of the id")
            }
            HistoryError::Empty => Self::new(Exit::Negative, message),
            HistoryError::Unavailable(_) => Self::trouble(message),
        }
    }
}

fn shown(record: &RunRecord, view: &View) -> String {
    let mut text = String::new();
    let mut lines = Lines::new(view.look);
    for envelope in replay(record) {
        lines.render(&envelope, &mut text);
    }
    if let Some(finished) = &record.finished {
        lines.close(finished, None, &[], &mut text);
    }
    let at = |time| local(time, &view.zone, TO_THE_SECOND);
    let mut row = |label: &str, said: &str| {
        text.push_str("  ");
        view.look
            .paint
            .push(&mut text, Tone::Dim, &format!("{label:<8}"));
        text.push_str(said);
        text.push('\n');
    };
    row("Started", &at(record.started_at));
    if record.status() == RunStatus::Running {
        row("Running", &running_text(record.last_seen_at, view));
    }
    if let Some(held) = held_text(record) {
        row("Held", &held);
    }
    for annotation in &record.annotations {
        let said = match &annotation.disposition {
            Some(disposition) => format!("{disposition}: {}", annotation.reason),
            None => annotation.reason.clone(),
        };
        let label = match annotation.kind {
            AnnotationKind::Void => "Void",
            AnnotationKind::Valid => "Valid",
            AnnotationKind::Disposition => "Unit",
        };
        let said = view.look.script.clean(&said);
        let by = view.look.script.clean(&annotation.by);
        row(label, &format!("{said} ({by}, {})", at(annotation.at)));
    }
    if record.is_damaged() {
        row(
            "Damaged",
            "a part of the journal could not be read; this record may lack something",
        );
    }
    if record.started.clock_suspect {
        row(
            "Clock",
            "the station's clock was behind its newest journal; the times are not certain",
        );
    }
    text
}

/// How often and how long a run was held, and what was done by hand meanwhile.
fn held_text(record: &RunRecord) -> Option<String> {
    let times = match record.holds.len() {
        0 => return None,
        1 => "once".to_owned(),
        more => format!("{more} times"),
    };
    let held_us = record.holds.iter().map(HoldRecord::held_us).sum();
    let mut parts = vec![format!("{times}, {} in all", duration_text(held_us))];
    let done = [
        (by_hand::AGAIN, "run again"),
        (by_hand::SKIPPED, "skipped"),
        (by_hand::SET, "set"),
    ];
    for (key, what) in done {
        let list = match record.started.overrides.get(key) {
            Some(Value::Array(paths)) => paths.iter().map(spell).collect(),
            Some(Value::Object(set)) => set
                .iter()
                .map(|(name, value)| format!("{name} = {}", spell(value)))
                .collect(),
            _ => Vec::new(),
        };
        if !list.is_empty() {
            parts.push(format!("{what}: {}", list.join(", ")));
        }
    }
    Some(parts.join("; "))
}

/// What is known of a run without an end.
fn running_text(last_seen: Timestamp, view: &View) -> String {
    let when = local(last_seen, &view.zone, TO_THE_SECOND);
    if is_lost(last_seen, view) {
        format!("station lost: last seen {when}")
    } else {
        format!("still going on: last seen {when}")
    }
}

fn is_lost(last_seen: Timestamp, view: &View) -> bool {
    view.now.since(last_seen) > STALE_AFTER
}

/// Date and time of day in the zone of the person who looks.
pub(super) fn local(time: Timestamp, zone: &TimeZone, form: &str) -> String {
    jiff::Timestamp::from_microsecond(time.0).map_or_else(
        |_| time.to_rfc3339(),
        |time| time.to_zoned(zone.clone()).strftime(form).to_string(),
    )
}

const TO_THE_SECOND: &str = "%Y-%m-%d %H:%M:%S";

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::frontend::headless::{Detail, Layout};
    use crate::frontend::text::columns;
    use crate::frontend::text::{Paint, Script};
    use crate::outbox::{Parcel, Sink as _};
    use crate::record::Filter;
    use crate::record::samples::{START, full_run, long_run, run_id, stepped_run};
    use crate::store::sqlite::{SqliteHistory, SqliteSink};
    use crate::verdict::Verdict;

    fn view(width: Option<u16>, paint: Paint) -> View {
        View {
            look: Look {
                script: Script::Unicode,
                paint,
                layout: Layout::new(width),
                detail: Detail::Normal,
            },
            width,
            zone: TimeZone::UTC,
            now: START.after(Duration::from_hours(25)),
        }
    }

    /// A store with a failed run, one that passed, and one whose station was never heard of again.
    fn history(folder: &TempDir) -> SqliteHistory {
        let path = folder.path().join("store.sqlite3");
        let mut sink = SqliteSink::new(path.clone(), None);
        let lost = full_run(run_id(3))[..9].to_vec();
        for (number, events) in [
            (1, full_run(run_id(1))),
            (2, long_run(run_id(2), 3)),
            (3, lost),
        ] {
            let parcel = Parcel {
                run: run_id(number),
                events: &events,
                is_last: number != 3,
            };
            sink.deliver(&parcel).unwrap();
        }
        SqliteHistory::open(&path).unwrap()
    }

    fn listed(width: Option<u16>) -> String {
        let folder = TempDir::new().unwrap();
        let view = view(width, Paint::Plain);
        let filter = Filter::default();
        list(&history(&folder), &filter, Form::Human, &view)
            .unwrap()
            .text
    }

    #[test]
    fn list_is_aligned_and_names_what_failed() {
        insta::assert_snapshot!(listed(None));
    }

    #[test]
    fn list_fits_a_terminal_of_80_columns() {
        let text = listed(Some(80));
        assert!(text.lines().all(|line| columns(line) <= 80), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn list_without_a_match_says_so() {
        let folder = TempDir::new().unwrap();
        let filter = Filter {
            verdict: Some(Verdict::Error),
            ..Filter::default()
        };
        let view = view(None, Paint::Plain);
        let of = |form| list(&history(&folder), &filter, form, &view).unwrap().text;
        assert_eq!(of(Form::Human), "No run matches.\n");
        assert_eq!(of(Form::Json), "[]\n");
    }

    #[test]
    fn list_tells_where_the_next_page_begins() {
        let folder = TempDir::new().unwrap();
        let history = history(&folder);
        let view = view(None, Paint::Plain);
        let mut filter = Filter {
            limit: Some(2),
            ..Filter::default()
        };
        let first = list(&history, &filter, Form::Human, &view).unwrap();
        assert_eq!(first.text.lines().count(), 3, "{}", first.text);
        let last = first.followed.unwrap();
        assert!(first.text.lines().last().unwrap().contains(&last));
        filter.before = Some(history.find(&Selector::parse(&last)).unwrap());
        let second = list(&history, &filter, Form::Human, &view).unwrap();
        assert_eq!(second.followed, None);
        assert_eq!(second.text.lines().count(), 2, "{}", second.text);
    }

    #[test]
    fn colour_comes_only_where_it_was_asked_for() {
        let folder = TempDir::new().unwrap();
        let history = history(&folder);
        for (paint, has_color) in [(Paint::Plain, false), (Paint::Color, true)] {
            let view = view(None, paint);
            let filter = Filter::default();
            let listed = list(&history, &filter, Form::Human, &view).unwrap().text;
            let shown = show(&history, &Selector::Id(run_id(1)), Form::Human, &view).unwrap();
            assert_eq!(listed.contains('\x1b'), has_color);
            assert_eq!(shown.contains('\x1b'), has_color);
        }
    }

    #[test]
    fn shown_run_looks_as_it_did_when_it_ran() {
        let folder = TempDir::new().unwrap();
        let view = view(Some(100), Paint::Plain);
        let failed = Selector::parse(&run_id(1).to_string());
        insta::assert_snapshot!(show(&history(&folder), &failed, Form::Human, &view).unwrap());
    }

    #[test]
    fn held_run_says_what_was_done_by_hand() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("store.sqlite3");
        let events = stepped_run(run_id(1));
        let parcel = Parcel {
            run: run_id(1),
            events: &events,
            is_last: true,
        };
        SqliteSink::new(path.clone(), None)
            .deliver(&parcel)
            .unwrap();
        let history = SqliteHistory::open(&path).unwrap();
        let view = view(Some(100), Paint::Plain);
        insta::assert_snapshot!(show(&history, &Selector::Last, Form::Human, &view).unwrap());
    }

    #[test]
    fn run_without_an_end_says_that_its_station_is_lost() {
        let folder = TempDir::new().unwrap();
        let view = view(None, Paint::Plain);
        let selector = Selector::Id(run_id(3));
        let text = show(&history(&folder), &selector, Form::Human, &view).unwrap();
        assert!(
            text.contains("station lost: last seen 2026-11-20"),
            "{text}"
        );
    }

    #[test]
    fn json_of_a_list_has_the_names_of_the_store() {
        let folder = TempDir::new().unwrap();
        let view = view(None, Paint::Plain);
        let filter = Filter::default();
        let text = list(&history(&folder), &filter, Form::Json, &view)
            .unwrap()
            .text;
        let runs: serde_json::Value = serde_json::from_str(&text).unwrap();
        let failed = runs
            .as_array()
            .unwrap()
            .iter()
            .find(|run| run["verdict"] == "FAIL")
            .unwrap();
        assert_eq!(failed["failing_measurements"][0], "VOUT_3V3");
        assert_eq!(failed["started_at"], START.to_rfc3339());
    }

    #[test]
    fn unknown_run_is_a_negative_answer_with_a_way_out() {
        let folder = TempDir::new().unwrap();
        let view = view(None, Paint::Plain);
        let nothing = Selector::parse("fedcba98");
        let failure = show(&history(&folder), &nothing, Form::Human, &view).unwrap_err();
        assert_eq!(failure.exit, Exit::Negative);
        assert!(failure.help.unwrap().contains("results list"));
    }
}
