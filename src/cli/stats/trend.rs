//! `maestro stats trend`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::answer::{Answer, Context, LeftOut, about};
use super::block::{Block, Cell, ChartPlot, Column, Line, Row, Table};
use super::capability::digits;
use super::csv;
use super::group::Grouping;
use super::number::{NONE, count, counted, significant, with_unit};
use super::sample::{Point, Sample};
use crate::cli::exit::Failure;
use crate::cli::results::{View, local};
use crate::frontend::text::Tone;
use crate::stats::{Capability, ControlChart, Side, Summary, Violation};

/// Violations that a person is shown; a document has them all.
const SHOWN: usize = 12;

/// Means over time, and the chart of the newest values.
pub(super) struct Trend {
    about: String,
    grouping: Grouping,
    sample: Sample,
    periods: Vec<Period>,
    /// The values of the chart: the newest.
    newest: Vec<Point>,
    chart: Option<ControlChart>,
    left_out: LeftOut,
}

struct Period {
    name: String,
    summary: Summary,
    capability: Capability,
}

impl Trend {
    pub(super) fn ask(
        context: &Context,
        name: &str,
        grouping: Grouping,
        last: usize,
        left_out: &LeftOut,
    ) -> Result<Self, Failure> {
        let sample = Sample::ask(context, name, grouping.axis(context.view))?;
        let names: Vec<_> = sample
            .places
            .iter()
            .map(|place| grouping.name(place, context.view))
            .collect();
        let mut groups: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for point in &sample.points {
            let name = names[point.place].clone().unwrap_or_default();
            groups.entry(name).or_default().push(point.value);
        }
        let period = |(name, values): (String, Vec<f64>)| {
            Some(Period {
                name,
                summary: Summary::of(&values)?,
                capability: Capability::of(&values, sample.limits),
            })
        };
        let periods = groups.into_iter().filter_map(period).collect();
        let from = sample
            .points
            .len()
            .saturating_sub(if last == 0 { usize::MAX } else { last });
        let newest = sample.points[from..].to_vec();
        let values: Vec<f64> = newest.iter().map(|point| point.value).collect();
        Ok(Self {
            about: about(&context.scope, context.view),
            grouping,
            periods,
            chart: ControlChart::of(&values),
            newest,
            sample,
            left_out: left_out.clone(),
        })
    }

    fn periods(&self) -> Table {
        let lows = self.periods.iter().map(|one| one.summary.mean);
        let (low, high) = lows.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), mean| {
            (low.min(mean), high.max(mean))
        });
        let row = |one: &Period| {
            let digits = digits(&one.summary);
            let share = if high > low {
                (one.summary.mean - low) / (high - low)
            } else {
                0.5
            };
            let cpk = one.capability.within.minimum;
            Row::of([
                Cell::plain(&one.name),
                Cell::plain(count(one.summary.count as u64)),
                Cell::plain(significant(one.summary.mean, digits)),
                Cell::Dot(Tone::Note, share),
                Cell::plain(
                    one.summary
                        .sigma
                        .map_or_else(|| NONE.to_owned(), |sigma| significant(sigma, 3)),
                ),
                Cell::plain(cpk.map_or_else(|| NONE.to_owned(), |cpk| format!("{cpk:.2}"))),
                Cell::plain(count(one.capability.outside)),
            ])
        };
        Table {
            title: String::new(),
            columns: vec![
                Column::words(self.grouping.heading()),
                Column::number("VALUES"),
                Column::number("MEAN"),
                Column::bar("LOWEST TO HIGHEST"),
                Column::number("SIGMA"),
                Column::number("CPK"),
                Column::number("OUTSIDE"),
            ],
            rows: self.periods.iter().map(row).collect(),
        }
    }

    fn plot(&self, chart: &ControlChart) -> ChartPlot {
        let line = |name: &str, value, tone| Line {
            name: name.to_owned(),
            value,
            tone,
        };
        let flagged: BTreeSet<usize> = chart
            .violations
            .iter()
            .flat_map(|one| one.points.iter().copied())
            .collect();
        let values: Vec<f64> = self.newest.iter().map(|point| point.value).collect();
        ChartPlot {
            lines: vec![
                line("+3s", chart.at(3.0), Tone::Warn),
                line("mean", chart.centre, Tone::Good),
                line("-3s", chart.at(-3.0), Tone::Warn),
            ],
            flagged,
            digits: Summary::of(&values).map_or(4, |summary| digits(&summary)),
            values,
        }
    }

    fn violation(&self, one: &Violation, view: &View) -> String {
        let side = match one.side {
            Side::Above => "above",
            Side::Below => "below",
        };
        let at = |place: usize| local(self.newest[place].time, &view.zone, "%Y-%m-%d %H:%M");
        let place = |place: &usize| (place + 1).to_string();
        let points: Vec<String> = one.points.iter().take(8).map(place).collect();
        let more = if one.points.len() > 8 { " …" } else { "" };
        let when = match one.points.as_slice() {
            [only] => at(*only),
            [first, .., last] => format!("{} to {}", at(*first), at(*last)),
            [] => String::new(),
        };
        format!(
            "rule {} ({}), {side}: {} {}{more}, {when}",
            one.rule.number(),
            one.rule.text(),
            if one.points.len() == 1 {
                "value"
            } else {
                "values"
            },
            points.join(" "),
        )
    }

    fn violations(&self, chart: &ControlChart, view: &View) -> Vec<Block> {
        let mut blocks = Vec::new();
        if chart.violations.is_empty() {
            blocks.push(Block::Text(
                Tone::Good,
                "No value breaks a Western Electric rule.".to_owned(),
            ));
        }
        for one in chart.violations.iter().take(SHOWN) {
            blocks.push(Block::Text(Tone::Bad, self.violation(one, view)));
        }
        if let Some(more) = chart
            .violations
            .len()
            .checked_sub(SHOWN)
            .filter(|more| *more > 0)
        {
            blocks.push(Block::Text(
                Tone::Dim,
                format!("and {more} more; --format json has them all"),
            ));
        }
        if !chart.ranges_beyond.is_empty() {
            let points: Vec<String> = chart
                .ranges_beyond
                .iter()
                .take(8)
                .map(|place| (place + 1).to_string())
                .collect();
            let more = if chart.ranges_beyond.len() > 8 {
                " …"
            } else {
                ""
            };
            blocks.push(Block::Text(
                Tone::Warn,
                format!(
                    "moving range beyond its limit of {} at values {}{more}",
                    significant(chart.range_limit, 3),
                    points.join(" ")
                ),
            ));
        }
        blocks
    }
}

impl Answer for Trend {
    fn figure(&self) -> &'static str {
        "trend"
    }

    fn json(&self) -> Value {
        let period = |one: &Period| {
            json!({
                self.grouping.word(): one.name,
                "values": one.summary.count,
                "mean": one.summary.mean,
                "sigma_overall": one.summary.sigma,
                "min": one.summary.low,
                "max": one.summary.high,
                "cpk": one.capability.within.minimum,
                "ppk": one.capability.overall.minimum,
                "outside_limits_values": one.capability.outside,
            })
        };
        let chart = self.chart.as_ref().map(|chart| {
            let violation = |one: &Violation| {
                json!({
                    "rule": one.rule.number(),
                    "text": one.rule.text(),
                    "side": if one.side == Side::Above { "above" } else { "below" },
                    "points": one.points,
                })
            };
            json!({
                "centre": chart.centre,
                "sigma_within": chart.sigma,
                "upper_control_limit": chart.at(3.0),
                "lower_control_limit": chart.at(-3.0),
                "mean_moving_range": chart.mean_range,
                "upper_range_limit": chart.range_limit,
                "violations": chart.violations.iter().map(violation).collect::<Vec<_>>(),
                "ranges_beyond_points": chart.ranges_beyond,
                "points": self.newest.iter().map(|point| json!({
                    "at": point.time.to_rfc3339(), "value": point.value,
                })).collect::<Vec<_>>(),
            })
        });
        json!({
            "measurement": self.sample.name,
            "tests": self.sample.oddities.tests(),
            "unit": self.sample.unit,
            "low_limit": self.sample.limits.low,
            "high_limit": self.sample.limits.high,
            "limit_sets": self.sample.oddities.limit_sets(),
            "by": self.grouping.json(),
            "rows": self.periods.iter().map(period).collect::<Vec<_>>(),
            "chart": chart,
            "left_out": self.sample.oddities.json(),
        })
    }

    fn blocks(&self, view: &View) -> Vec<Block> {
        let title = format!(
            "Trend of {}",
            with_unit(
                &self.sample.name,
                self.sample
                    .unit
                    .as_deref()
                    .map(|unit| format!("in {unit}"))
                    .as_deref()
            )
        );
        let mut blocks = vec![
            Block::Title(title, self.about.clone()),
            Block::Table(self.periods()),
        ];
        match &self.chart {
            Some(chart) => {
                let values = counted(self.newest.len() as u64, "value", "values");
                blocks.push(Block::Text(Tone::Plain, String::new()));
                blocks.push(Block::Text(
                    Tone::Strong,
                    format!("Control chart of the newest {values}"),
                ));
                blocks.push(Block::Chart(self.plot(chart)));
                blocks.push(Block::Text(Tone::Plain, String::new()));
                blocks.extend(self.violations(chart, view));
            }
            None => blocks.push(Block::Text(
                Tone::Warn,
                "One value makes no control chart.".to_owned(),
            )),
        }
        let (warnings, left_out) = self.sample.oddities.lines();
        blocks.extend(
            warnings
                .into_iter()
                .map(|line| Block::Text(Tone::Warn, line)),
        );
        blocks.extend(
            left_out
                .into_iter()
                .map(|line| Block::Text(Tone::Dim, line)),
        );
        blocks.extend(self.left_out.block());
        blocks
    }

    fn table(&self) -> Vec<Vec<String>> {
        let heading = [
            self.grouping.word(),
            "measurement",
            "unit",
            "values",
            "mean",
            "sigma_overall",
            "min",
            "max",
            "cpk",
            "ppk",
            "outside_limits_values",
        ];
        let mut table = vec![heading.map(str::to_owned).to_vec()];
        for one in &self.periods {
            table.push(vec![
                one.name.clone(),
                self.sample.name.clone(),
                self.sample.unit.clone().unwrap_or_default(),
                one.summary.count.to_string(),
                one.summary.mean.to_string(),
                csv::number(one.summary.sigma),
                one.summary.low.to_string(),
                one.summary.high.to_string(),
                csv::number(one.capability.within.minimum),
                csv::number(one.capability.overall.minimum),
                one.capability.outside.to_string(),
            ]);
        }
        table
    }
}
