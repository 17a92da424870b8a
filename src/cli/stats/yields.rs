//! `maestro stats yield`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::{Answer, Context, LeftOut, about};
use super::block::{Block, Cell, Column, Row, Table};
use super::group::{Grouping, shown};
use super::number::{count, counted, interval, percent};
use crate::cli::exit::Failure;
use crate::cli::results::View;
use crate::frontend::text::Tone;
use crate::stats::Interval;
use crate::stats::survey::Turn;
use crate::verdict::Verdict;

/// Yields of all rows, and of all of them together.
pub(super) struct Yields {
    grouping: Grouping,
    about: String,
    rows: Vec<(Option<String>, Tally)>,
    total: Tally,
    left_out: LeftOut,
}

/// What was counted in one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Tally {
    /// Units whose last judged run was here, and those of them that passed in it.
    units: u64,
    passed: u64,
    /// The same of their first judged run.
    first_units: u64,
    first_passed: u64,
    /// Ended runs, by verdict.
    runs: BTreeMap<Verdict, u64>,
}

impl Yields {
    pub(super) fn ask(
        context: &Context,
        grouping: Grouping,
        left_out: &LeftOut,
    ) -> Result<Self, Failure> {
        if let Some(verdict) = context.scope.filter.verdict {
            return Err(Failure::usage(format!(
                "the yield of runs that all ended {verdict} says nothing"
            ))
            .help("leave --verdict out; `maestro stats pareto` says what fails"));
        }
        let axis = grouping.axis(context.view);
        let mut rows: BTreeMap<Option<String>, Tally> = BTreeMap::new();
        let mut total = Tally::default();
        for found in context.survey.units(&context.scope, axis)? {
            let row = rows
                .entry(grouping.name(&found.place, context.view))
                .or_default();
            for tally in [row, &mut total] {
                tally.add_units(found.turn, found.passed, found.units);
            }
        }
        for found in context.survey.runs(&context.scope, axis)? {
            let row = rows
                .entry(grouping.name(&found.place, context.view))
                .or_default();
            for tally in [row, &mut total] {
                *tally.runs.entry(found.verdict).or_default() += found.runs;
            }
        }
        let rows = match grouping {
            Grouping::Whole => Vec::new(),
            _ => rows.into_iter().collect(),
        };
        Ok(Self {
            grouping,
            about: about(&context.scope, context.view),
            rows,
            total,
            left_out: left_out.clone(),
        })
    }

    fn cells(&self, name: String, tally: &Tally) -> Vec<Cell> {
        let rate = tally.rate();
        vec![
            Cell::plain(name),
            Cell::plain(count(tally.units)),
            Cell::Text(Tone::Strong, percent(rate)),
            Cell::dim(interval(tally.confidence())),
            Cell::plain(percent(tally.first_rate())),
            self.lost(tally),
        ]
    }

    /// Rows differ in what they lose, which is little of the whole: the worst one fills its column.
    fn lost(&self, tally: &Tally) -> Cell {
        let worst = self
            .rows
            .iter()
            .filter_map(|(_, row)| row.first_lost())
            .fold(0.0, f64::max);
        match tally.first_lost() {
            Some(lost) if worst > 0.0 => Cell::Bar(Tone::Bad, lost / worst),
            _ => Cell::Empty,
        }
    }

    fn lost_heading(&self) -> &'static str {
        if self.rows.is_empty() {
            ""
        } else {
            "LOST AT FIRST"
        }
    }
}

impl Tally {
    fn add_units(&mut self, turn: Turn, passed: bool, units: u64) {
        let (all, good) = match turn {
            Turn::First => (&mut self.first_units, &mut self.first_passed),
            Turn::Last => (&mut self.units, &mut self.passed),
        };
        *all += units;
        *good += if passed { units } else { 0 };
    }

    fn rate(&self) -> Option<f64> {
        (self.units > 0).then(|| self.passed as f64 / self.units as f64)
    }

    fn first_rate(&self) -> Option<f64> {
        (self.first_units > 0).then(|| self.first_passed as f64 / self.first_units as f64)
    }

    fn first_lost(&self) -> Option<f64> {
        self.first_rate().map(|rate| 1.0 - rate)
    }

    fn confidence(&self) -> Option<Interval> {
        Interval::of_share(self.passed, self.units)
    }

    fn ended(&self, verdict: Verdict) -> u64 {
        self.runs.get(&verdict).copied().unwrap_or(0)
    }

    fn judged(&self) -> u64 {
        self.ended(Verdict::Pass) + self.ended(Verdict::Fail)
    }

    fn json(&self) -> Value {
        let percent = |share: Option<f64>| share.map(|share| share * 100.0);
        let sure = self.confidence();
        let first = Interval::of_share(self.first_passed, self.first_units);
        json!({
            "units": self.units,
            "passed_units": self.passed,
            "yield_percent": percent(self.rate()),
            "yield_low_percent": percent(sure.map(|one| one.low)),
            "yield_high_percent": percent(sure.map(|one| one.high)),
            "first_pass_units": self.first_units,
            "first_pass_passed_units": self.first_passed,
            "first_pass_yield_percent": percent(self.first_rate()),
            "first_pass_yield_low_percent": percent(first.map(|one| one.low)),
            "first_pass_yield_high_percent": percent(first.map(|one| one.high)),
            "runs": self.runs.values().sum::<u64>(),
            "pass_runs": self.ended(Verdict::Pass),
            "fail_runs": self.ended(Verdict::Fail),
            "error_runs": self.ended(Verdict::Error),
            "aborted_runs": self.ended(Verdict::Aborted),
            "undetermined_runs": self.ended(Verdict::Undetermined),
        })
    }

    /// Runs that judged nothing, by verdict.
    fn unjudged(&self) -> Option<String> {
        let parts: Vec<String> = [Verdict::Error, Verdict::Aborted, Verdict::Undetermined]
            .into_iter()
            .filter(|verdict| self.ended(*verdict) > 0)
            .map(|verdict| format!("{} {verdict}", count(self.ended(verdict))))
            .collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

impl Answer for Yields {
    fn figure(&self) -> &'static str {
        "yield"
    }

    fn json(&self) -> Value {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|(name, tally)| {
                let mut row = json!({ self.grouping.word(): name });
                if let (Value::Object(row), Value::Object(tally)) = (&mut row, tally.json()) {
                    row.extend(tally);
                }
                row
            })
            .collect();
        json!({
            "confidence_level_percent": 95.0,
            "confidence_method": "wilson",
            "by": self.grouping.json(),
            "rows": rows,
            "total": self.total.json(),
        })
    }

    fn blocks(&self, _: &View) -> Vec<Block> {
        let mut blocks = vec![Block::Title("Yield".to_owned(), self.about.clone())];
        if self.total.runs.is_empty() {
            blocks.push(Block::Text(Tone::Plain, "No run matches.".to_owned()));
            blocks.extend(self.left_out.block());
            return blocks;
        }
        let mut rows: Vec<Row> = self
            .rows
            .iter()
            .map(|(name, tally)| Row::of(self.cells(shown(name.as_deref()), tally)))
            .collect();
        rows.push(Row {
            cells: self.cells("all".to_owned(), &self.total),
            is_total: !self.rows.is_empty(),
        });
        blocks.push(Block::Table(Table {
            title: String::new(),
            columns: vec![
                Column::words(self.grouping.heading()),
                Column::number("UNITS"),
                Column::number("YIELD"),
                Column::number("95 % SURE"),
                Column::number("FIRST PASS"),
                Column::bar(self.lost_heading()),
            ],
            rows,
        }));
        let judged = self.total.judged();
        let retests = judged.saturating_sub(self.total.units);
        let mut told = format!(
            "{} judged {}: {} of them {}.",
            counted(judged, "run", "runs"),
            counted(self.total.units, "unit", "units"),
            count(retests),
            if retests == 1 { "a retest" } else { "retests" },
        );
        if let Some(unjudged) = self.total.unjudged() {
            told = format!("{told} Without a judgement: {unjudged}.");
        }
        blocks.push(Block::Text(Tone::Plain, String::new()));
        blocks.push(Block::Text(Tone::Dim, told));
        blocks.extend(self.left_out.block());
        blocks
    }

    fn table(&self) -> Vec<Vec<String>> {
        let mut heading = vec![self.grouping.word().to_owned()];
        if let Value::Object(columns) = self.total.json() {
            heading.extend(columns.keys().cloned());
        }
        let row = |name: Option<&str>, tally: &Tally| {
            let mut row = vec![name.unwrap_or_default().to_owned()];
            if let Value::Object(columns) = tally.json() {
                row.extend(columns.values().map(super::csv::cell));
            }
            row
        };
        let mut table = vec![heading];
        if self.grouping == Grouping::Whole {
            table.push(row(None, &self.total));
        }
        table.extend(
            self.rows
                .iter()
                .map(|(name, tally)| row(name.as_deref(), tally)),
        );
        self.grouping.table(table)
    }
}
