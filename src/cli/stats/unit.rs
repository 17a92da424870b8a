//! `maestro stats unit`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::{Answer, Context};
use super::block::{Block, Cell, Column, Row, Table};
use super::csv;
use super::number::{NONE, count, counted, exact, significant};
use crate::cli::exit::{Exit, Failure};
use crate::cli::results::{View, local};
use crate::event::{Mode, RunId, Timestamp};
use crate::frontend::text::{Tone, duration_text, shape};
use crate::record::RunSummary;
use crate::stats::survey::{Life, LifeValue};
use crate::verdict::Verdict;

/// Digits of an id that are enough to name a run.
const SHORT_ID: usize = 8;

/// Runs whose values are drawn beside each other at most: the newest.
const COURSE: usize = 16;

/// All of a unit's life.
pub(super) struct Unit {
    serial: String,
    life: Life,
}

impl Unit {
    pub(super) fn ask(context: &Context, serial: &str) -> Result<Self, Failure> {
        let life = context.survey.life(&context.scope, serial)?;
        if life.runs.is_empty() {
            return Err(Failure::new(
                Exit::Negative,
                format!("no run of unit `{serial}` is recorded, or none that is selected"),
            )
            .help(
                "serial numbers count with upper and lower case; `maestro results list` shows some",
            ));
        }
        Ok(Self {
            serial: serial.to_owned(),
            life,
        })
    }

    fn runs(&self, view: &View) -> Table {
        let row = |run: &RunSummary| {
            let verdict = match run.verdict {
                Some(verdict) => {
                    let forced = if run.forced { " (forced)" } else { "" };
                    Cell::Text(
                        Tone::of(verdict),
                        format!("{} {verdict}{forced}", shape(verdict)),
                    )
                }
                None => Cell::dim("going on"),
            };
            let took = run
                .duration_ms
                .map_or_else(String::new, |ms| duration_text(ms * 1000));
            Row::of([
                Cell::plain(at(run.started_at, view)),
                verdict,
                Cell::plain(&run.test_name),
                Cell::plain(&run.station_id),
                Cell::plain(run.operator_id.clone().unwrap_or_default()),
                Cell::plain(took),
                Cell::dim(short(run.run)),
            ])
        };
        Table {
            title: "Runs".to_owned(),
            columns: vec![
                Column::words("STARTED"),
                Column::words("VERDICT"),
                Column::words("TEST"),
                Column::words("STATION"),
                Column::words("OPERATOR"),
                Column::number("TOOK"),
                Column::words("RUN"),
            ],
            rows: self.life.runs.iter().map(row).collect(),
        }
    }

    /// What failed and what was said of it, run by run.
    fn notes(&self, view: &View) -> Vec<Block> {
        let mut blocks = Vec::new();
        for run in &self.life.runs {
            let mut lines = Vec::new();
            if run.mode != Mode::Production {
                lines.push((Tone::Warn, format!("mode {}", run.mode.as_str())));
            }
            let of_run = self.life.values.iter().filter(|value| value.run == run.run);
            let failing = of_run.filter(|value| value.verdict.is_failing());
            lines.extend(failing.map(|value| (Tone::of(value.verdict), failure(value))));
            let remarks = self
                .life
                .remarks
                .iter()
                .filter(|remark| remark.run == run.run);
            lines.extend(remarks.map(|remark| {
                let what = match &remark.disposition {
                    Some(disposition) => format!("{}: {disposition}", remark.kind),
                    None => remark.kind.clone(),
                };
                let when = at(remark.at, view);
                (
                    Tone::Note,
                    format!("{what} ({}), by {}, {when}", remark.reason, remark.by),
                )
            }));
            if !lines.is_empty() {
                let place = format!("{} · run {}", at(run.started_at, view), short(run.run));
                blocks.push(Block::Text(Tone::Plain, String::new()));
                blocks.push(Block::Text(Tone::Strong, place));
                blocks.extend(
                    lines
                        .into_iter()
                        .map(|(tone, line)| Block::Text(tone, line)),
                );
            }
        }
        blocks
    }

    /// Measurements with their values, in the order in which they first appear.
    fn measurements(&self) -> Vec<(&str, Vec<&LifeValue>)> {
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let mut found: Vec<(&str, Vec<&LifeValue>)> = Vec::new();
        for value in &self.life.values {
            let place = *places.entry(&value.name).or_insert_with(|| {
                found.push((&value.name, Vec::new()));
                found.len() - 1
            });
            found[place].1.push(value);
        }
        found
    }

    /// The course of what was measured more than once, or ever failed.
    fn course(&self) -> Vec<Block> {
        let all = self.measurements();
        let is_shown = |values: &[&LifeValue]| {
            values.len() > 1 || values.iter().any(|value| value.verdict.is_failing())
        };
        let shown: Vec<_> = all.iter().filter(|(_, values)| is_shown(values)).collect();
        let hidden = all.len() - shown.len();
        let mut blocks = Vec::new();
        if !shown.is_empty() {
            blocks.push(Block::Table(Table {
                title: "Course of the measurements".to_owned(),
                columns: vec![
                    Column::words("MEASUREMENT"),
                    Column::number("TIMES"),
                    Column::number("FIRST"),
                    Column::number("LAST"),
                    Column::words("UNIT"),
                    Column::number("LOW"),
                    Column::words("COURSE"),
                    Column::number("HIGH"),
                ],
                rows: shown
                    .into_iter()
                    .map(|(name, values)| course_row(name, values))
                    .collect(),
            }));
        }
        if hidden > 0 {
            let names = counted(hidden as u64, "measurement was", "measurements were");
            let text = format!("{names} taken once and passed; --format csv and json have all.");
            blocks.push(Block::Text(Tone::Dim, text));
        }
        blocks
    }
}

fn course_row(name: &str, values: &[&LifeValue]) -> Row {
    let last = values[values.len() - 1];
    let tone = |value: &LifeValue| {
        if value.verdict.is_failing() {
            Tone::of(value.verdict)
        } else {
            Tone::Plain
        }
    };
    let limit = |limit: Option<f64>| limit.map_or_else(String::new, exact);
    Row::of([
        Cell::Text(tone(last), name.to_owned()),
        Cell::dim(count(values.len() as u64)),
        Cell::Text(tone(values[0]), reading(values[0])),
        Cell::Text(tone(last), reading(last)),
        Cell::plain(last.unit.clone().unwrap_or_default()),
        Cell::dim(limit(last.limits.low)),
        Cell::Course(steps(values, last)),
        Cell::dim(limit(last.limits.high)),
    ])
}

/// The places of the newest values between the limits, or between the least and the greatest of
/// them where there are none; `true` stands for one that failed.
fn steps(values: &[&LifeValue], last: &LifeValue) -> Vec<(f64, bool)> {
    let newest = &values[values.len().saturating_sub(COURSE)..];
    let numbers = newest
        .iter()
        .filter_map(|value| Some((value.value?, value.verdict.is_failing())));
    let numbers: Vec<(f64, bool)> = numbers.collect();
    let lowest = numbers
        .iter()
        .map(|one| one.0)
        .fold(f64::INFINITY, f64::min);
    let highest = numbers
        .iter()
        .map(|one| one.0)
        .fold(f64::NEG_INFINITY, f64::max);
    let low = last.limits.low.unwrap_or(lowest);
    let high = last.limits.high.unwrap_or(highest);
    let place = |value: f64| {
        let share = (value - low) / (high - low);
        if share.is_finite() {
            share.clamp(0.0, 1.0)
        } else {
            0.5
        }
    };
    numbers
        .into_iter()
        .map(|(value, failed)| (place(value), failed))
        .collect()
}

fn reading(value: &LifeValue) -> String {
    match (value.value, &value.text) {
        (Some(number), _) => significant(number, 5),
        (None, Some(text)) => text.clone(),
        (None, None) => NONE.to_owned(),
    }
}

fn failure(value: &LifeValue) -> String {
    let unit = value
        .unit
        .as_deref()
        .map_or_else(String::new, |unit| format!(" {unit}"));
    let limit = |limit: Option<f64>| limit.map_or_else(String::new, exact);
    let limits = if value.limits.are_none() {
        String::new()
    } else {
        format!(
            "  [{} … {}]",
            limit(value.limits.low),
            limit(value.limits.high)
        )
    };
    format!(
        "{} {}  {}{unit}{limits}  {}",
        shape(value.verdict),
        value.name,
        reading(value),
        value.verdict
    )
}

fn at(time: Timestamp, view: &View) -> String {
    local(time, &view.zone, "%Y-%m-%d %H:%M")
}

/// Ids begin with the time: the end is the shorter name.
fn short(run: RunId) -> String {
    let digits = run.to_string().replace('-', "");
    digits[digits.len().saturating_sub(SHORT_ID)..].to_owned()
}

impl Answer for Unit {
    fn figure(&self) -> &'static str {
        "unit"
    }

    fn json(&self) -> Value {
        let run = |run: &RunSummary| {
            json!({
                "run": run.run.to_string(),
                "started_at": run.started_at.to_rfc3339(),
                "duration_ms": run.duration_ms,
                "test": run.test_name,
                "test_version": run.test_version,
                "package": run.package_name,
                "package_version": run.package_version,
                "station": run.station_id,
                "operator": run.operator_id,
                "mode": run.mode,
                "status": run.status.as_str(),
                "verdict": run.verdict.map(Verdict::as_str),
                "is_forced": run.forced,
                "is_unattended": run.unattended,
                "failing": self.life.values.iter()
                    .filter(|value| value.run == run.run && value.verdict.is_failing())
                    .map(|value| value.name.as_str()).collect::<Vec<_>>(),
                "annotations": self.life.remarks.iter()
                    .filter(|remark| remark.run == run.run)
                    .map(|remark| json!({
                        "kind": remark.kind,
                        "disposition": remark.disposition,
                        "reason": remark.reason,
                        "by": remark.by,
                        "at": remark.at.to_rfc3339(),
                    })).collect::<Vec<_>>(),
            })
        };
        let value = |value: &&LifeValue| {
            json!({
                "run": value.run.to_string(),
                "at": value.time.to_rfc3339(),
                "value": value.value,
                "text": value.text,
                "unit": value.unit,
                "low_limit": value.limits.low,
                "high_limit": value.limits.high,
                "verdict": value.verdict.as_str(),
                "origin": value.origin.as_str(),
            })
        };
        let measurements: Vec<Value> = self
            .measurements()
            .iter()
            .map(|(name, values)| {
                json!({ "name": name, "values": values.iter().map(value).collect::<Vec<_>>() })
            })
            .collect();
        json!({
            "serial_number": self.serial,
            "runs": self.life.runs.iter().map(run).collect::<Vec<_>>(),
            "measurements": measurements,
        })
    }

    fn blocks(&self, view: &View) -> Vec<Block> {
        let runs = counted(self.life.runs.len() as u64, "run", "runs");
        let newest = &self.life.runs[self.life.runs.len() - 1];
        let ended = newest.verdict.map_or("is going on".to_owned(), |verdict| {
            format!("ended {verdict}")
        });
        let about = format!(
            "{runs}; the newest, {}, {ended}",
            at(newest.started_at, view)
        );
        let mut blocks = vec![
            Block::Title(format!("Unit {}", self.serial), about),
            Block::Table(self.runs(view)),
        ];
        blocks.extend(self.notes(view));
        blocks.extend(self.course());
        blocks
    }

    fn table(&self) -> Vec<Vec<String>> {
        let heading = [
            "serial_number",
            "run",
            "started_at",
            "test",
            "station",
            "operator",
            "mode",
            "run_verdict",
            "measurement",
            "at",
            "value",
            "text",
            "unit",
            "low_limit",
            "high_limit",
            "verdict",
            "origin",
        ];
        let mut table = vec![heading.map(str::to_owned).to_vec()];
        let runs: BTreeMap<RunId, &RunSummary> =
            self.life.runs.iter().map(|run| (run.run, run)).collect();
        for value in &self.life.values {
            let Some(run) = runs.get(&value.run) else {
                continue;
            };
            table.push(vec![
                self.serial.clone(),
                run.run.to_string(),
                run.started_at.to_rfc3339(),
                run.test_name.clone(),
                run.station_id.clone(),
                run.operator_id.clone().unwrap_or_default(),
                run.mode.as_str().to_owned(),
                run.verdict.map_or("", Verdict::as_str).to_owned(),
                value.name.clone(),
                value.time.to_rfc3339(),
                csv::number(value.value),
                value.text.clone().unwrap_or_default(),
                value.unit.clone().unwrap_or_default(),
                csv::number(value.limits.low),
                csv::number(value.limits.high),
                value.verdict.as_str().to_owned(),
                value.origin.as_str().to_owned(),
            ]);
        }
        table
    }
}
