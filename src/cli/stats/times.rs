//! `maestro stats times`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::answer::{Answer, Context, LeftOut, about};
use super::block::{Block, Cell, Column, Row, Table};
use super::number::{count, counted, percent};
use crate::cli::exit::Failure;
use crate::cli::results::View;
use crate::event::RunId;
use crate::frontend::text::{Tone, duration_text};
use crate::stats::survey::StepTook;
use crate::stats::{Summary, quantile, sorted};

/// Where the time goes: each step with its share.
pub(super) struct Times {
    about: String,
    top: usize,
    runs: usize,
    total_ms: f64,
    /// The most expensive first.
    steps: Vec<Step>,
    left_out: LeftOut,
}

/// A step over the runs in which it was executed; a loop counts as one with all its rounds.
struct Step {
    test: String,
    path: String,
    name: String,
    summary: Summary,
    p95_ms: f64,
    waited_ms: f64,
    total_ms: f64,
    executions: usize,
}

impl Times {
    pub(super) fn ask(
        context: &Context,
        newest: u32,
        top: usize,
        left_out: &LeftOut,
    ) -> Result<Self, Failure> {
        let took = context.survey.times(&context.scope, newest)?;
        let runs: BTreeSet<RunId> = took.iter().map(|one| one.run).collect();
        let mut groups: BTreeMap<(&str, &str, &str), Vec<&StepTook>> = BTreeMap::new();
        for one in &took {
            let key = (one.test.as_str(), one.path.as_str(), one.name.as_str());
            groups.entry(key).or_default().push(one);
        }
        let mut steps: Vec<Step> = groups.into_iter().filter_map(Step::of).collect();
        steps.sort_by(|one, other| other.total_ms.total_cmp(&one.total_ms));
        Ok(Self {
            about: about(&context.scope, context.view),
            top: if top == 0 { usize::MAX } else { top },
            runs: runs.len(),
            total_ms: steps.iter().map(|step| step.total_ms).sum(),
            steps,
            left_out: left_out.clone(),
        })
    }

    fn share(&self, step: &Step) -> Option<f64> {
        (self.total_ms > 0.0).then(|| step.total_ms / self.total_ms)
    }
}

impl Step {
    fn of(((test, path, name), took): ((&str, &str, &str), Vec<&StepTook>)) -> Option<Self> {
        let mut of_runs: BTreeMap<RunId, f64> = BTreeMap::new();
        for one in &took {
            *of_runs.entry(one.run).or_default() += one.duration_ms;
        }
        let order = sorted(&of_runs.values().copied().collect::<Vec<_>>());
        let waited: f64 = took.iter().map(|one| one.waited_ms).sum();
        Some(Self {
            test: test.to_owned(),
            path: path.to_owned(),
            name: name.to_owned(),
            summary: Summary::of_sorted(&order)?,
            p95_ms: quantile(&order, 0.95)?,
            waited_ms: waited / of_runs.len() as f64,
            total_ms: order.iter().sum(),
            executions: took.len(),
        })
    }
}

fn shown(millis: f64) -> String {
    duration_text((millis.max(0.0) * 1000.0).round() as u64)
}

impl Answer for Times {
    fn figure(&self) -> &'static str {
        "times"
    }

    fn json(&self) -> Value {
        let step = |step: &Step| {
            json!({
                "test": step.test,
                "step": step.name,
                "path": step.path,
                "runs": step.summary.count,
                "executions": step.executions,
                "mean_ms": step.summary.mean,
                "median_ms": step.summary.median,
                "p95_ms": step.p95_ms,
                "max_ms": step.summary.high,
                "mean_waiting_ms": step.waited_ms,
                "total_ms": step.total_ms,
                "share_percent": self.share(step).map(|share| share * 100.0),
            })
        };
        json!({
            "runs": self.runs,
            "total_ms": self.total_ms,
            "rows": self.steps.iter().take(self.top).map(step).collect::<Vec<_>>(),
        })
    }

    fn blocks(&self, _: &View) -> Vec<Block> {
        let title = "Where the time goes".to_owned();
        let mut blocks = vec![Block::Title(title, self.about.clone())];
        if self.runs == 0 {
            blocks.push(Block::Text(Tone::Plain, "No run matches.".to_owned()));
            blocks.extend(self.left_out.block());
            return blocks;
        }
        let most = self.steps.first().map_or(1.0, |step| step.total_ms);
        let row = |step: &Step| {
            Row::of([
                Cell::plain(&step.name),
                Cell::dim(count(step.summary.count as u64)),
                Cell::plain(shown(step.summary.median)),
                Cell::plain(shown(step.p95_ms)),
                if step.waited_ms > 0.0 {
                    Cell::plain(shown(step.waited_ms))
                } else {
                    Cell::Empty
                },
                Cell::Text(Tone::Strong, percent(self.share(step))),
                Cell::Bar(
                    Tone::Note,
                    if most > 0.0 {
                        step.total_ms / most
                    } else {
                        0.0
                    },
                ),
            ])
        };
        let mut rows: Vec<Row> = self.steps.iter().take(self.top).map(row).collect();
        let rest = self.steps.get(self.top..).unwrap_or_default();
        if !rest.is_empty() {
            let total: f64 = rest.iter().map(|step| step.total_ms).sum();
            rows.push(Row::of([
                Cell::dim(format!("{} more", count(rest.len() as u64))),
                Cell::Empty,
                Cell::Empty,
                Cell::Empty,
                Cell::Empty,
                Cell::dim(percent(Some(total / self.total_ms))),
            ]));
        }
        blocks.push(Block::Table(Table {
            title: String::new(),
            columns: vec![
                Column::words("STEP"),
                Column::number("RUNS"),
                Column::number("MEDIAN"),
                Column::number("95 %"),
                Column::number("OF IT WAITING"),
                Column::number("SHARE"),
                Column::bar(""),
            ],
            rows,
        }));
        blocks.push(Block::Text(Tone::Plain, String::new()));
        blocks.push(Block::Text(
            Tone::Dim,
            format!(
                "The newest {}; all steps of one take {} in the mean.",
                counted(self.runs as u64, "run", "runs"),
                shown(self.total_ms / self.runs as f64)
            ),
        ));
        blocks.extend(self.left_out.block());
        blocks
    }

    fn table(&self) -> Vec<Vec<String>> {
        let mut table = vec![
            [
                "test",
                "step",
                "path",
                "runs",
                "executions",
                "mean_ms",
                "median_ms",
                "p95_ms",
                "max_ms",
                "mean_waiting_ms",
                "total_ms",
                "share_percent",
            ]
            .map(str::to_owned)
            .to_vec(),
        ];
        for step in self.steps.iter().take(self.top) {
            table.push(vec![
                step.test.clone(),
                step.name.clone(),
                step.path.clone(),
                step.summary.count.to_string(),
                step.executions.to_string(),
                step.summary.mean.to_string(),
                step.summary.median.to_string(),
                step.p95_ms.to_string(),
                step.summary.high.to_string(),
                step.waited_ms.to_string(),
                step.total_ms.to_string(),
                super::csv::number(self.share(step).map(|share| share * 100.0)),
            ]);
        }
        table
    }
}
