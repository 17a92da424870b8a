//! `maestro limits try`.

use serde_json::{Value, json};

use super::super::answer::{Answer, Context, LeftOut, about};
use super::super::block::{Block, Cell, Column, Row, Table};
use super::super::number::{NONE, count, counted, percent, with_unit};
use super::Subject as Tried;
use super::past::{called, limits_text, turned};
use crate::cli::exit::Failure;
use crate::cli::results::View;
use crate::frontend::text::Tone;
use crate::stats::Limits;
use crate::stats::rejudge::{
    AsRecorded, Change, MeasurementTrial, Rejudging, Subject, Trial, UnitTrial,
};
use crate::verdict::Verdict;

/// Past results under the limits of a file.
pub(super) struct LimitsTrial {
    about: String,
    trial: Trial,
    top: usize,
    left_out: LeftOut,
}

impl LimitsTrial {
    pub(super) fn ask(
        context: &Context<'_>,
        subject: &Tried,
        top: usize,
        left_out: &LeftOut,
    ) -> Result<Self, Failure> {
        let runs = context.survey.past_runs(&context.scope)?;
        let mut rejudging = Rejudging::new(subject.rules.clone(), runs);
        let mut take = |value| rejudging.take(&value);
        let varied = subject.rules.varied();
        context
            .survey
            .past_values(&context.scope, &varied, &mut take)?;
        Ok(Self {
            about: about(&context.scope, context.view),
            trial: rejudging.end(),
            top: if top == 0 { usize::MAX } else { top },
            left_out: left_out.clone(),
        })
    }

    /// Measurements about which the file says something new.
    fn changed(&self) -> impl Iterator<Item = &MeasurementTrial> {
        let changed = |one: &&MeasurementTrial| {
            !same(one.limits_before, one.limits_after) || one.failed_before != one.failed_after
        };
        self.trial.measurements.iter().filter(changed)
    }

    fn measurements(&self) -> Option<Block> {
        let rows: Vec<Row> = self.changed().map(measurement_row).collect();
        (!rows.is_empty()).then(|| {
            Block::Table(Table {
                title: "Measurements with other limits".to_owned(),
                columns: vec![
                    Column::words("NAME"),
                    Column::words("LIMITS"),
                    Column::number("VALUES"),
                    Column::number("FAIL"),
                    Column::number("CPK"),
                ],
                rows,
            })
        })
    }

    fn units(&self) -> Option<Block> {
        let mut rows: Vec<Row> = self
            .trial
            .units
            .iter()
            .take(self.top)
            .map(unit_row)
            .collect();
        let rest = self.trial.units.len().saturating_sub(self.top);
        if rest > 0 {
            let more = Cell::dim(format!("{} more", count(rest as u64)));
            rows.push(Row::of([more, Cell::Empty, Cell::Empty, Cell::Empty]));
        }
        (!rows.is_empty()).then(|| {
            Block::Table(Table {
                title: "Units that would end otherwise".to_owned(),
                columns: vec![
                    Column::words("UNIT"),
                    Column::words("RUN"),
                    Column::words("VERDICT"),
                    Column::words("BECAUSE OF"),
                ],
                rows,
            })
        })
    }

    /// What it comes to, in sentences.
    fn sum(&self) -> Vec<Block> {
        let trial = &self.trial;
        let text = |tone, text: String| Block::Text(tone, text);
        if trial.judged == 0 {
            return vec![text(
                Tone::Warn,
                "No run that ended PASS or FAIL matches.".to_owned(),
            )];
        }
        let yields = turned(
            &self.share(trial.passed_before),
            &self.share(trial.passed_after),
        );
        let mut blocks = vec![text(
            Tone::Strong,
            format!(
                "Yield of {}: {yields}; {} would end otherwise.",
                counted(trial.judged, "run", "runs"),
                counted(trial.units.len() as u64, "unit", "units"),
            ),
        )];
        if trial.unknown_after > 0 {
            let runs = counted(trial.unknown_after, "failed run", "failed runs");
            let why =
                "would not fail by what was measured, and ended before the rest was: not known";
            blocks.push(text(Tone::Warn, format!("{runs} {why}.")));
        }
        if trial.not_judged > 0 {
            let runs = counted(trial.not_judged, "run", "runs");
            let why = "ended with neither PASS nor FAIL, or by force, and would again";
            blocks.push(text(Tone::Dim, format!("{runs} {why}.")));
        }
        for (subject, kept) in &trial.as_recorded {
            let name = name(subject);
            let why = &kept.why;
            blocks.push(text(
                Tone::Warn,
                format!("{name} stays as recorded: {why}."),
            ));
        }
        blocks
    }

    fn share(&self, passed: u64) -> String {
        percent(Some(passed as f64 / self.trial.judged as f64))
    }
}

impl Answer for LimitsTrial {
    fn figure(&self) -> &'static str {
        "limits_try"
    }

    fn json(&self) -> Value {
        let trial = &self.trial;
        json!({
            "runs_judged": trial.judged,
            "runs_not_judged": trial.not_judged,
            "passed_before": trial.passed_before,
            "passed_after": trial.passed_after,
            "not_known_after": trial.unknown_after,
            "measurements": trial.measurements.iter().map(measurement_json).collect::<Vec<_>>(),
            "units": trial.units.iter().map(unit_json).collect::<Vec<_>>(),
            "as_recorded": trial.as_recorded.iter().map(kept_json).collect::<Vec<_>>(),
        })
    }

    fn blocks(&self, _: &View) -> Vec<Block> {
        let title = "Limits against history".to_owned();
        let mut blocks = vec![Block::Title(title, self.about.clone())];
        let measurements = self.measurements();
        if measurements.is_none() && self.trial.judged > 0 {
            let same = "The limits are those of the newest runs.".to_owned();
            blocks.push(Block::Text(Tone::Plain, same));
        }
        blocks.extend(measurements);
        blocks.extend(self.units());
        blocks.push(Block::Text(Tone::Plain, String::new()));
        blocks.extend(self.sum());
        blocks.extend(self.left_out.block());
        blocks
    }

    fn table(&self) -> Vec<Vec<String>> {
        let heading = [
            "serial_number",
            "run",
            "started_at",
            "from",
            "to",
            "measurement",
            "step",
            "value",
            "unit",
            "reason",
        ];
        let mut rows = vec![heading.map(str::to_owned).to_vec()];
        for unit in &self.trial.units {
            let changed = unit.changed.iter().map(Some);
            let none = unit.changed.is_empty().then_some(None);
            rows.extend(changed.chain(none).map(|change| table_row(unit, change)));
        }
        rows
    }
}

fn same(one: Limits, other: Limits) -> bool {
    (one.low, one.high) == (other.low, other.high)
}

fn measurement_row(one: &MeasurementTrial) -> Row {
    let limits = turned(
        &limits_text(one.limits_before),
        &limits_text(one.limits_after),
    );
    let index =
        |index: Option<f64>| index.map_or_else(|| NONE.to_owned(), |index| format!("{index:.2}"));
    let cpk = turned(
        &index(one.before.within.minimum),
        &index(one.after.within.minimum),
    );
    let tone = match one.failed_after.cmp(&one.failed_before) {
        std::cmp::Ordering::Greater => Tone::Bad,
        std::cmp::Ordering::Less => Tone::Good,
        std::cmp::Ordering::Equal => Tone::Plain,
    };
    let failed = turned(&count(one.failed_before), &count(one.failed_after));
    Row::of([
        Cell::plain(name(&one.subject)),
        Cell::plain(with_unit(&limits, one.unit.as_deref())),
        Cell::plain(count(one.count)),
        Cell::Text(tone, failed),
        Cell::plain(cpk),
    ])
}

fn unit_row(unit: &UnitTrial) -> Row {
    let serial = unit.run.serial_number.as_deref().unwrap_or(NONE);
    let run = unit.run.run.to_string();
    let short = run.get(run.len().saturating_sub(8)..).unwrap_or_default();
    let to = unit.to.map_or("not known", Verdict::as_str);
    let tone = unit.to.map_or(Tone::Warn, Tone::of);
    let because: Vec<String> = unit.changed.iter().map(because).collect();
    Row::of([
        Cell::plain(serial),
        Cell::dim(short),
        Cell::Text(tone, format!("{} → {to}", unit.run.verdict)),
        Cell::plain(because.join(", ")),
    ])
}

fn because(change: &Change) -> String {
    with_unit(
        &format!("{} {}", name(&change.subject), change.value),
        change.unit.as_deref(),
    )
}

fn name(subject: &Subject) -> String {
    called(&subject.name, subject.step.as_deref())
}

fn kept_json((subject, kept): (&Subject, &AsRecorded)) -> Value {
    json!({
        "measurement": subject.name,
        "step": subject.step,
        "values": kept.values,
        "why": kept.why,
    })
}

fn measurement_json(one: &MeasurementTrial) -> Value {
    json!({
        "measurement": one.subject.name,
        "step": one.subject.step,
        "unit": one.unit,
        "values": one.count,
        "low_limit_before": one.limits_before.low,
        "high_limit_before": one.limits_before.high,
        "different_limits_before": one.limits_were,
        "low_limit_after": one.limits_after.low,
        "high_limit_after": one.limits_after.high,
        "failed_before": one.failed_before,
        "failed_after": one.failed_after,
        "cpk_before": one.before.within.minimum,
        "cpk_after": one.after.within.minimum,
        "ppk_before": one.before.overall.minimum,
        "ppk_after": one.after.overall.minimum,
    })
}

fn unit_json(unit: &UnitTrial) -> Value {
    let changed = unit.changed.iter().map(|change| {
        json!({
            "measurement": change.subject.name,
            "step": change.subject.step,
            "value": change.value,
            "unit": change.unit,
            "from": change.from.as_str(),
            "to": change.to.as_str(),
            "reason": change.reason,
        })
    });
    json!({
        "run": unit.run.run.to_string(),
        "serial_number": unit.run.serial_number,
        "started_at": unit.run.started_at.to_rfc3339(),
        "from": unit.run.verdict.as_str(),
        "to": unit.to.map(Verdict::as_str),
        "changed": changed.collect::<Vec<_>>(),
    })
}

fn table_row(unit: &UnitTrial, change: Option<&Change>) -> Vec<String> {
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    let mut row = vec![
        text(unit.run.serial_number.as_ref()),
        unit.run.run.to_string(),
        unit.run.started_at.to_rfc3339(),
        unit.run.verdict.to_string(),
        unit.to.map_or_else(String::new, |to| to.to_string()),
    ];
    row.extend([
        text(change.map(|change| &change.subject.name)),
        text(change.and_then(|change| change.subject.step.as_ref())),
        text(change.map(|change| &change.value)),
        text(change.and_then(|change| change.unit.as_ref())),
        text(change.and_then(|change| change.reason.as_ref())),
    ]);
    row
}
