//! `maestro stats pareto`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::{Answer, Context, LeftOut, about};
use super::block::{Block, Cell, Column, Row, Table};
use super::group::{Grouping, shown};
use super::number::{count, counted, percent};
use crate::cli::exit::Failure;
use crate::cli::results::View;
use crate::frontend::text::Tone;
use crate::stats::survey::{Axis, Failing};
use crate::stats::{Cause, pareto};
use crate::verdict::Verdict;

/// What fails, by place.
pub(super) struct Failures {
    grouping: Grouping,
    about: String,
    top: usize,
    groups: BTreeMap<Option<String>, Group>,
    /// Ended runs, and those that did not pass.
    runs: u64,
    bad_runs: u64,
    left_out: LeftOut,
}

/// Runs, and those that ended FAIL in it, by name and path.
type Sums = BTreeMap<(String, String), (u64, u64)>;

#[derive(Default)]
struct Group {
    steps: Vec<Cause<Named>>,
    measurements: Vec<Cause<Named>>,
}

/// What a step or a measurement is called, and in how many runs it ended FAIL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    name: String,
    path: String,
    failed: u64,
}

impl Failures {
    pub(super) fn ask(
        context: &Context,
        grouping: Grouping,
        top: usize,
        left_out: &LeftOut,
    ) -> Result<Self, Failure> {
        let axis = grouping.axis(context.view);
        let steps = context.survey.failing_steps(&context.scope, axis)?;
        let measurements = context.survey.failing_measurements(&context.scope, axis)?;
        let mut groups: BTreeMap<Option<String>, Group> = BTreeMap::new();
        for (name, causes) in grouped(&steps, grouping, context.view) {
            groups.entry(name).or_default().steps = causes;
        }
        for (name, causes) in grouped(&measurements, grouping, context.view) {
            groups.entry(name).or_default().measurements = causes;
        }
        let ended = context.survey.runs(&context.scope, Axis::Whole)?;
        let runs = ended.iter().map(|one| one.runs).sum();
        let good: u64 = ended
            .iter()
            .filter(|one| one.verdict == Verdict::Pass)
            .map(|one| one.runs)
            .sum();
        Ok(Self {
            grouping,
            about: about(&context.scope, context.view),
            top: if top == 0 { usize::MAX } else { top },
            groups,
            runs,
            bad_runs: runs - good,
            left_out: left_out.clone(),
        })
    }

    fn list(&self, causes: &[Cause<Named>], title: &str) -> Block {
        let most = causes.first().map_or(1.0, |cause| cause.share);
        let numbered = causes.iter().take(self.top).enumerate();
        let mut rows: Vec<Row> = numbered.map(|one| row(one, most)).collect();
        let rest = causes.get(self.top..).unwrap_or_default();
        if !rest.is_empty() {
            let runs: u64 = rest.iter().map(|cause| cause.count).sum();
            let share: f64 = rest.iter().map(|cause| cause.share).sum();
            rows.push(Row::of([
                Cell::Empty,
                Cell::dim(format!("{} more", count(rest.len() as u64))),
                Cell::dim(count(runs)),
                Cell::dim(percent(Some(share))),
                Cell::Empty,
                Cell::dim(percent(Some(1.0))),
            ]));
        }
        Block::Table(Table {
            title: title.to_owned(),
            columns: vec![
                Column::number(""),
                Column::words("NAME"),
                Column::number("RUNS"),
                Column::number("SHARE"),
                Column::bar(""),
                Column::number("TOGETHER"),
            ],
            rows,
        })
    }
}

/// The longest bar is that of the first.
fn row((place, cause): (usize, &Cause<Named>), most: f64) -> Row {
    // What is not FAIL is the station's or the test's.
    let tone = if cause.what.failed * 2 >= cause.count {
        Tone::Bad
    } else {
        Tone::Warn
    };
    Row::of([
        Cell::dim((place + 1).to_string()),
        Cell::plain(&cause.what.name),
        Cell::plain(count(cause.count)),
        Cell::plain(percent(Some(cause.share))),
        Cell::Bar(tone, cause.share / most),
        Cell::plain(percent(Some(cause.cumulative))),
    ])
}

/// Counts of one row added up, and ordered.
fn grouped(
    found: &[Failing],
    grouping: Grouping,
    view: &View,
) -> BTreeMap<Option<String>, Vec<Cause<Named>>> {
    let mut sums: BTreeMap<Option<String>, Sums> = BTreeMap::new();
    for one in found {
        let group = sums.entry(grouping.name(&one.place, view)).or_default();
        let key = (one.name.clone(), one.path.clone());
        let (runs, failed) = group.entry(key).or_default();
        *runs += one.runs;
        *failed += one.failed;
    }
    let causes = |group: Sums| {
        pareto(
            group
                .into_iter()
                .map(|((name, path), (runs, failed))| (Named { name, path, failed }, runs)),
        )
    };
    sums.into_iter()
        .map(|(name, group)| (name, causes(group)))
        .collect()
}

fn cause_json(cause: &Cause<Named>) -> Value {
    let path = Some(&cause.what.path).filter(|path| !path.is_empty());
    json!({
        "name": cause.what.name,
        "path": path,
        "runs": cause.count,
        "fail_runs": cause.what.failed,
        "share_percent": cause.share * 100.0,
        "cumulative_percent": cause.cumulative * 100.0,
    })
}

impl Answer for Failures {
    fn figure(&self) -> &'static str {
        "pareto"
    }

    fn json(&self) -> Value {
        let rows: Vec<Value> = self
            .groups
            .iter()
            .map(|(name, group)| {
                let list = |causes: &[Cause<Named>]| -> Vec<Value> {
                    causes.iter().take(self.top).map(cause_json).collect()
                };
                let mut row = json!({
                    "measurements": list(&group.measurements),
                    "steps": list(&group.steps),
                });
                if self.grouping != Grouping::Whole {
                    row[self.grouping.word()] = json!(name);
                }
                row
            })
            .collect();
        json!({
            "by": self.grouping.json(),
            "runs": self.runs,
            "runs_not_passed": self.bad_runs,
            "rows": rows,
        })
    }

    fn blocks(&self, _: &View) -> Vec<Block> {
        let title = "What fails most".to_owned();
        let mut blocks = vec![Block::Title(title, self.about.clone())];
        let told = if self.runs == 0 {
            "No run matches.".to_owned()
        } else if self.bad_runs == 0 {
            format!("{} passed, every one.", counted(self.runs, "run", "runs"))
        } else {
            format!(
                "{} of {} did not pass.",
                count(self.bad_runs),
                counted(self.runs, "run", "runs")
            )
        };
        blocks.push(Block::Text(Tone::Plain, told));
        for (name, group) in &self.groups {
            let of = match self.grouping {
                Grouping::Whole => String::new(),
                _ => format!(" · {}", shown(name.as_deref())),
            };
            if !group.measurements.is_empty() {
                let title = format!("Measurements{of}");
                blocks.push(self.list(&group.measurements, &title));
            }
            if !group.steps.is_empty() {
                blocks.push(self.list(&group.steps, &format!("Steps{of}")));
            }
        }
        if let Some(left_out) = self.left_out.block() {
            blocks.push(Block::Text(Tone::Plain, String::new()));
            blocks.push(left_out);
        }
        blocks
    }

    fn table(&self) -> Vec<Vec<String>> {
        let heading = [
            self.grouping.word(),
            "kind",
            "rank",
            "name",
            "path",
            "runs",
            "fail_runs",
            "share_percent",
            "cumulative_percent",
        ];
        let mut table = vec![heading.map(str::to_owned).to_vec()];
        for (group, causes) in &self.groups {
            let kinds = [
                ("measurement", &causes.measurements),
                ("step", &causes.steps),
            ];
            for (kind, causes) in kinds {
                for (place, cause) in causes.iter().take(self.top).enumerate() {
                    table.push(vec![
                        group.clone().unwrap_or_default(),
                        kind.to_owned(),
                        (place + 1).to_string(),
                        cause.what.name.clone(),
                        cause.what.path.clone(),
                        cause.count.to_string(),
                        cause.what.failed.to_string(),
                        (cause.share * 100.0).to_string(),
                        (cause.cumulative * 100.0).to_string(),
                    ]);
                }
            }
        }
        self.grouping.table(table)
    }
}
