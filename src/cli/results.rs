//! `maestro results list` and `maestro results show`: past runs for a person in a hurry, or as
//! JSON.
//!
//! A run is shown exactly as the headless front end shows it while it goes on. Where the history
//! comes from is the caller's to say.

use std::time::Duration;

use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;

use super::exit::{Exit, Failure};
use crate::event::{Mode, RunId, RunStatus, Timestamp, by_hand};
use crate::frontend::headless::{Lines, Look};
use crate::frontend::text::{Tone, columns, duration_text, shape};
use crate::measure::spell;
use crate::record::{
    Filter, History, HistoryError, HoldRecord, RunRecord, RunSummary, Selector, replay,
};
use crate::report;
use crate::verdict::Verdict;

/// A run that has not been heard of for so long shows as "station lost".
pub(super) const STALE_AFTER: Duration = Duration::from_hours(24);

/// Digits of an id that are enough to name a run.
const SHORT_ID: usize = 8;

/// Columns that a list has between two of its columns.
const GAP: &str = "  ";

/// Where remarks begin that do not fit beside their run.
const INDENT: &str = "    ";

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

/// The text of `maestro results list`. No run that matches is no failure: the text says so.
pub(crate) fn list(
    history: &dyn History,
    filter: &Filter,
    form: Form,
    view: &View,
) -> Result<String, Failure> {
    let runs = match history.list(filter) {
        Err(HistoryError::Empty) => Vec::new(),
        other => other?,
    };
    Ok(match form {
        Form::Json => json_lines(&runs),
        Form::Human if runs.is_empty() => "No run matches.\n".to_owned(),
        Form::Human => Table::new(&runs, view).render(view),
    })
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

/// The rows of a list, as text.
struct Table {
    rows: Vec<Row>,
    widths: [usize; 5],
}

struct Row {
    verdict: Option<Verdict>,
    /// Verdict, start, serial number, test, duration: columns of their own width.
    cells: [String; 5],
    id: String,
    /// Failing measurements and whatever else is odd.
    remarks: String,
}

const HEADINGS: [&str; 5] = ["VERDICT", "STARTED", "SERIAL", "TEST", "TOOK"];

impl Table {
    fn new(runs: &[RunSummary], view: &View) -> Self {
        let rows: Vec<_> = runs.iter().map(|run| Row::new(run, view)).collect();
        let mut widths = HEADINGS.map(str::len);
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(&row.cells) {
                *width = (*width).max(columns(cell));
            }
        }
        Self { rows, widths }
    }

    fn render(&self, view: &View) -> String {
        let mut text = String::new();
        let mut heading = GAP.to_owned();
        for (name, width) in HEADINGS.iter().zip(self.widths) {
            pad(&mut heading, name, width);
        }
        heading.push_str("RUN");
        view.look.paint.push(&mut text, Tone::Dim, &heading);
        text.push('\n');
        for row in &self.rows {
            self.render_row(row, view, &mut text);
        }
        text
    }

    fn render_row(&self, row: &Row, view: &View, text: &mut String) {
        let Look { paint, script, .. } = view.look;
        let tone = row.verdict.map_or(Tone::Note, Tone::of);
        let sign = script.sign(row.verdict.map_or("·", shape));
        let mut used = columns(&sign) + 1 + SHORT_ID;
        paint.push(text, tone, &sign);
        text.push(' ');
        for (i, (cell, width)) in row.cells.iter().zip(self.widths).enumerate() {
            let mut padded = String::new();
            pad(&mut padded, cell, width);
            used += columns(&padded);
            let tone = if i == 0 { tone } else { Tone::Plain };
            paint.push(text, tone, &padded);
        }
        paint.push(text, Tone::Dim, &row.id);
        let remarks = script.clean(&row.remarks);
        let width = view.width.map_or(usize::MAX, usize::from);
        if used + GAP.len() + columns(&remarks) <= width {
            text.push_str(if remarks.is_empty() { "" } else { GAP });
            paint.push(text, tone, &remarks);
        } else {
            // What failed is why somebody looks: a line of its own rather than two letters.
            text.push('\n');
            text.push_str(INDENT);
            paint.push(
                text,
                tone,
                &cut(&remarks, width.saturating_sub(INDENT.len())),
            );
        }
        text.push('\n');
    }
}

impl Row {
    fn new(run: &RunSummary, view: &View) -> Self {
        let clean = |text: &str| view.look.script.clean(text).into_owned();
        let serial = run.serial_number.as_deref().unwrap_or("-");
        let took = run
            .duration_ms
            .map(|millis| duration_text(millis.saturating_mul(1000)))
            .unwrap_or_default();
        let id = run.run.to_string();
        Self {
            verdict: run.verdict,
            cells: [
                verdict_text(run, view),
                local(run.started_at, &view.zone, "%Y-%m-%d %H:%M"),
                clean(serial),
                clean(format!("{} {}", run.test_name, run.test_version).trim()),
                took,
            ],
            id: id[id.len() - SHORT_ID..].to_owned(),
            remarks: remarks(run),
        }
    }
}

fn verdict_text(run: &RunSummary, view: &View) -> String {
    match run.verdict {
        Some(verdict) => verdict.to_string(),
        None if is_lost(run.last_seen_at, view) => "station lost".to_owned(),
        None => "running".to_owned(),
    }
}

fn is_lost(last_seen: Timestamp, view: &View) -> bool {
    view.now.since(last_seen) > STALE_AFTER
}

fn remarks(run: &RunSummary) -> String {
    let mut remarks = Vec::new();
    if !run.failing.is_empty() {
        remarks.push(run.failing.join(", "));
    }
    if run.forced {
        remarks.push("forced".to_owned());
    }
    if run.unattended {
        remarks.push("unattended".to_owned());
    }
    if run.mode != Mode::Production {
        remarks.push(run.mode.as_str().to_owned());
    }
    if run.damaged {
        remarks.push("damaged".to_owned());
    }
    remarks.join(" · ")
}

/// Adds a cell, filled up to its width, and a gap.
fn pad(text: &mut String, cell: &str, width: usize) {
    text.push_str(cell);
    for _ in columns(cell)..width {
        text.push(' ');
    }
    text.push_str(GAP);
}

/// As much of a text as fits, with a sign that something is missing.
fn cut(text: &str, room: usize) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let mut short = String::new();
    for letter in text.chars() {
        short.push(letter);
        if columns(&short) >= room {
            short.pop();
            break;
        }
    }
    if !short.is_empty() {
        short.push('…');
    }
    short
}

/// Date and time of day in the zone of the person who looks.
fn local(time: Timestamp, zone: &TimeZone, form: &str) -> String {
    jiff::Timestamp::from_microsecond(time.0).map_or_else(
        |_| time.to_rfc3339(),
        |time| time.to_zoned(zone.clone()).strftime(form).to_string(),
    )
}

const TO_THE_SECOND: &str = "%Y-%m-%d %H:%M:%S";

/// One object per run; names are those of the columns in the store.
#[derive(Serialize)]
struct JsonRun<'a> {
    id: RunId,
    test_name: &'a str,
    test_version: &'a str,
    serial_number: Option<&'a str>,
    station_id: &'a str,
    mode: Mode,
    status: RunStatus,
    verdict: Option<Verdict>,
    forced: bool,
    unattended: bool,
    damaged: bool,
    started_at: String,
    duration_ms: Option<u64>,
    last_seen_at: String,
    failing_measurements: &'a [String],
}

fn json_lines(runs: &[RunSummary]) -> String {
    let runs: Vec<_> = runs
        .iter()
        .map(|run| JsonRun {
            id: run.run,
            test_name: &run.test_name,
            test_version: &run.test_version,
            serial_number: run.serial_number.as_deref(),
            station_id: &run.station_id,
            mode: run.mode,
            status: run.status,
            verdict: run.verdict,
            forced: run.forced,
            unattended: run.unattended,
            damaged: run.damaged,
            started_at: run.started_at.to_rfc3339(),
            duration_ms: run.duration_ms,
            last_seen_at: run.last_seen_at.to_rfc3339(),
            failing_measurements: &run.failing,
        })
        .collect();
    // Every key is text and every number finite, so that nothing can fail here.
    let mut text = serde_json::to_string_pretty(&runs).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::frontend::headless::{Detail, Layout};
    use crate::frontend::text::{Paint, Script};
    use crate::outbox::{Parcel, Sink as _};
    use crate::record::samples::{START, full_run, long_run, run_id, stepped_run};
    use crate::store::sqlite::{SqliteHistory, SqliteSink};

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
        list(&history(&folder), &Filter::default(), Form::Human, &view).unwrap()
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
        let text = list(&history(&folder), &filter, Form::Human, &view).unwrap();
        assert_eq!(text, "No run matches.\n");
        let json = list(&history(&folder), &filter, Form::Json, &view).unwrap();
        assert_eq!(json, "[]\n");
    }

    #[test]
    fn colour_comes_only_where_it_was_asked_for() {
        let folder = TempDir::new().unwrap();
        let history = history(&folder);
        for (paint, has_color) in [(Paint::Plain, false), (Paint::Color, true)] {
            let view = view(None, paint);
            let listed = list(&history, &Filter::default(), Form::Human, &view).unwrap();
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
        let text = list(&history(&folder), &Filter::default(), Form::Json, &view).unwrap();
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
