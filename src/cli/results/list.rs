//! `maestro results list`: past runs as a table that fits the terminal, or as JSON.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Form, View, is_lost, local};
use crate::cli::exit::Failure;
use crate::event::{Mode, RunId, RunStatus};
use crate::frontend::headless::Look;
use crate::frontend::text::{Tone, columns, duration_text, shape};
use crate::record::{Filter, History, HistoryError, RunSummary};
use crate::verdict::Verdict;

/// Digits of an id that are enough to name a run.
const SHORT_ID: usize = 8;

/// Columns that a list has between two of its columns.
const GAP: &str = "  ";

/// Where remarks begin that do not fit beside their run.
const INDENT: &str = "    ";

/// What `maestro results list` puts out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) text: String,
    /// The last run of the list, where older ones follow that its limit left out.
    pub(crate) followed: Option<String>,
}

/// `maestro results list`. No run that matches is no failure: the text says so.
pub(crate) fn list(
    history: &dyn History,
    filter: &Filter,
    form: Form,
    view: &View,
) -> Result<Listed, Failure> {
    // One more than is wanted tells whether there are more.
    let asked = Filter {
        limit: filter.limit.map(|limit| limit.saturating_add(1)),
        ..filter.clone()
    };
    let mut runs = match history.list(&asked) {
        Err(HistoryError::Empty) => Vec::new(),
        other => other?,
    };
    let wanted = filter.limit.map_or(usize::MAX, |limit| limit as usize);
    let is_cut = runs.len() > wanted;
    runs.truncate(wanted);
    let followed = runs.last().filter(|_| is_cut);
    Ok(Listed {
        followed: followed.map(|run| short(run.run)),
        text: match form {
            Form::Json => json_lines(&runs),
            Form::Human if runs.is_empty() => "No run matches.\n".to_owned(),
            Form::Human => Table::new(&runs, view).render(view),
        },
    })
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
        Self {
            verdict: run.verdict,
            cells: [
                verdict_text(run, view),
                local(run.started_at, &view.zone, "%Y-%m-%d %H:%M"),
                clean(serial),
                clean(format!("{} {}", run.test_name, run.test_version).trim()),
                took,
            ],
            id: short(run.run),
            remarks: remarks(run),
        }
    }
}

/// The end of an id: ids of the same time share their beginning.
fn short(run: RunId) -> String {
    let id = run.to_string();
    id[id.len() - SHORT_ID..].to_owned()
}

fn verdict_text(run: &RunSummary, view: &View) -> String {
    match run.verdict {
        Some(verdict) => verdict.to_string(),
        None if is_lost(run.last_seen_at, view) => "station lost".to_owned(),
        None => "running".to_owned(),
    }
}

fn remarks(run: &RunSummary) -> String {
    let mut remarks = Vec::new();
    if !run.failing.is_empty() {
        remarks.push(run.failing.join(", "));
    }
    if run.voided {
        remarks.push("void".to_owned());
    }
    remarks.extend(run.disposition.clone());
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

/// One object per run; names are those of the columns in the store.
#[derive(Serialize)]
struct JsonRun<'a> {
    id: RunId,
    test_name: &'a str,
    test_version: &'a str,
    package_name: Option<&'a str>,
    package_version: Option<&'a str>,
    serial_number: Option<&'a str>,
    operator_id: Option<&'a str>,
    station_id: &'a str,
    tags: &'a Map<String, Value>,
    mode: Mode,
    status: RunStatus,
    verdict: Option<Verdict>,
    forced: bool,
    unattended: bool,
    damaged: bool,
    voided: bool,
    disposition: Option<&'a str>,
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
            package_name: run.package_name.as_deref(),
            package_version: run.package_version.as_deref(),
            serial_number: run.serial_number.as_deref(),
            operator_id: run.operator_id.as_deref(),
            station_id: &run.station_id,
            tags: &run.tags,
            mode: run.mode,
            status: run.status,
            verdict: run.verdict,
            forced: run.forced,
            unattended: run.unattended,
            damaged: run.damaged,
            voided: run.voided,
            disposition: run.disposition.as_deref(),
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
