//! `maestro stats trend`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::{Answer, Context, LeftOut, about};
use super::block::{Block, Cell, ChartPlot, Column, Height, Line, Row, Table};
use super::capability::digits;
use super::csv;
use super::group::Grouping;
use super::number::{NONE, count, counted, significant, with_unit};
use super::sample::{Point, Sample};
use crate::cli::args::TrendArgs;
use crate::cli::exit::Failure;
use crate::cli::results::{View, local};
use crate::event::Timestamp;
use crate::frontend::text::Tone;
use crate::stats::{Capability, ChartKind, ControlChart, Side, Summary, Violation};

/// Violations that a person is shown; a document has them all.
const SHOWN: usize = 12;

/// Means over time, and the chart of the newest values.
pub(super) struct Trend {
    about: String,
    grouping: Grouping,
    sample: Sample,
    periods: Vec<Period>,
    /// Values of one point of the chart.
    size: usize,
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
        args: &TrendArgs,
        left_out: &LeftOut,
    ) -> Result<Self, Failure> {
        let grouping = Grouping::of(Some(args.by.into()));
        let sample = Sample::ask(context, &args.measurement, grouping.axis(context.view))?;
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
        let size = args.subgroup.map_or(1, usize::from);
        let newest = newest(&sample.points, size, args.last).to_vec();
        let values: Vec<f64> = newest.iter().map(|point| point.value).collect();
        let chart = match size {
            1 => ControlChart::of(&values),
            size => ControlChart::of_subgroups(&values, size),
        };
        Ok(Self {
            about: about(&context.scope, context.view),
            grouping,
            periods,
            size,
            chart,
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
        let flagged = chart.violations.iter();
        ChartPlot {
            name: "control chart",
            points: chart.points.iter().copied().map(Some).collect(),
            lines: vec![
                line("UCL", chart.at(3.0), Tone::Warn),
                line("mean", chart.centre, Tone::Good),
                line("LCL", chart.at(-3.0), Tone::Warn),
            ],
            flagged: flagged.flat_map(|one| one.points.iter().copied()).collect(),
            digits: self.digits(),
            height: Height::Full,
        }
    }

    fn spread_plot(chart: &ControlChart) -> ChartPlot {
        let spread = &chart.spread;
        ChartPlot {
            name: "chart of the spread",
            points: spread.points.clone(),
            lines: vec![
                line("UCL", spread.high, Tone::Warn),
                line("mean", spread.centre, Tone::Good),
                line("LCL", spread.low, Tone::Warn),
            ],
            flagged: spread.beyond.iter().copied().collect(),
            digits: 3,
            height: Height::Half,
        }
    }

    fn digits(&self) -> usize {
        let values: Vec<f64> = self.newest.iter().map(|point| point.value).collect();
        Summary::of(&values).map_or(4, |summary| digits(&summary))
    }

    /// When the values of a point were measured: the last of them.
    fn time_of(&self, point: usize) -> Timestamp {
        self.newest[(point + 1) * self.size - 1].time
    }

    fn charts(&self, chart: &ControlChart, view: &View) -> Vec<Block> {
        let heading = |text: String| Block::Text(Tone::Strong, text);
        let gap = || Block::Text(Tone::Plain, String::new());
        let (kind, spread) = match chart.kind {
            ChartKind::Individuals => ("values".to_owned(), "Moving ranges of two"),
            ChartKind::Ranges(size) => (format!("means of {size}"), "Ranges of the subgroups"),
            ChartKind::Deviations(size) => (
                format!("means of {size}"),
                "Standard deviations of the subgroups",
            ),
        };
        let points = count(chart.points.len() as u64);
        let mut blocks = vec![
            gap(),
            heading(format!("Control chart of the newest {points} {kind}")),
            Block::Chart(self.plot(chart)),
            gap(),
            heading(spread.to_owned()),
            Block::Chart(Self::spread_plot(chart)),
            gap(),
        ];
        blocks.extend(self.violations(chart, view));
        blocks
    }

    /// Why there is no chart.
    fn no_chart(&self) -> Block {
        let values = counted(self.newest.len() as u64, "value", "values");
        let text = if self.chart.is_none() && self.size > 1 {
            format!(
                "{values} make no control chart: two subgroups of {} are needed.",
                self.size
            )
        } else if self.newest.len() < 2 {
            "One value makes no control chart.".to_owned()
        } else if self.chart.is_some() {
            let none = "Neighbouring values never differ: there is nothing to chart.";
            format!("{none} Is the resolution fine enough?")
        } else {
            "The values are too large for a control chart.".to_owned()
        };
        Block::Text(Tone::Warn, text)
    }

    fn violation(&self, one: &Violation, view: &View) -> String {
        let side = match one.side {
            Side::Above => "above",
            Side::Below => "below",
        };
        let at = |place: usize| local(self.time_of(place), &view.zone, "%Y-%m-%d %H:%M");
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
                "point"
            } else {
                "points"
            },
            points.join(" "),
        )
    }

    fn chart_json(&self, chart: &ControlChart) -> Value {
        let violation = |one: &Violation| {
            json!({
                "rule": one.rule.number(),
                "text": one.rule.text(),
                "side": if one.side == Side::Above { "above" } else { "below" },
                "points": one.points,
            })
        };
        let (kind, statistic) = match chart.kind {
            ChartKind::Individuals => ("individuals", "moving_range"),
            ChartKind::Ranges(_) => ("means", "range"),
            ChartKind::Deviations(_) => ("means", "standard_deviation"),
        };
        let spread = &chart.spread;
        let point = |(place, value): (usize, &f64)| {
            json!({
                "at": self.time_of(place).to_rfc3339(),
                "value": value,
                "spread": spread.points[place],
            })
        };
        json!({
            "kind": kind,
            "subgroup_size": chart.kind.size(),
            "centre": chart.centre,
            "sigma_within": chart.sigma,
            "upper_control_limit": chart.at(3.0),
            "lower_control_limit": chart.at(-3.0),
            "violations": chart.violations.iter().map(violation).collect::<Vec<_>>(),
            "spread": {
                "statistic": statistic,
                "centre": spread.centre,
                "upper_control_limit": spread.high,
                "lower_control_limit": spread.low,
                "beyond_points": spread.beyond,
            },
            "points": chart.points.iter().enumerate().map(point).collect::<Vec<_>>(),
        })
    }

    fn violations(&self, chart: &ControlChart, view: &View) -> Vec<Block> {
        let mut blocks = Vec::new();
        if chart.violations.is_empty() {
            blocks.push(Block::Text(
                Tone::Good,
                "No point breaks a Western Electric rule.".to_owned(),
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
        let beyond = &chart.spread.beyond;
        if !beyond.is_empty() {
            let points: Vec<String> = beyond
                .iter()
                .take(8)
                .map(|place| (place + 1).to_string())
                .collect();
            let more = if beyond.len() > 8 { " …" } else { "" };
            let what = match chart.kind {
                ChartKind::Individuals => "moving range",
                ChartKind::Ranges(_) => "range",
                ChartKind::Deviations(_) => "standard deviation",
            };
            blocks.push(Block::Text(
                Tone::Bad,
                format!(
                    "{what} beyond its limits at {} {}{more}",
                    if beyond.len() == 1 { "point" } else { "points" },
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
        let chart = self.chart.as_ref().map(|chart| self.chart_json(chart));
        json!({
            "measurement": self.sample.name,
            "tests": self.sample.oddities.tests(),
            "unit": self.sample.unit,
            "low_limit": self.sample.limits.low,
            "high_limit": self.sample.limits.high,
            "limit_sets": self.sample.oddities.limit_sets(),
            "converted_values": self.sample.oddities.converted(),
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
            Some(chart) if chart.sigma > 0.0 => blocks.extend(self.charts(chart, view)),
            _ => {
                blocks.push(Block::Text(Tone::Plain, String::new()));
                blocks.push(self.no_chart());
            }
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

fn line(name: &str, value: f64, tone: Tone) -> Line {
    Line {
        name: name.to_owned(),
        value,
        tone,
    }
}

/// The values of the newest points. Subgroups begin with the oldest value, so that a new value does
/// not make others of them; a subgroup that is not full yet is left out.
fn newest(points: &[Point], size: usize, last: usize) -> &[Point] {
    let full = &points[..points.len() / size * size];
    let wanted = if last == 0 { usize::MAX } else { last };
    &full[full.len().saturating_sub(wanted.saturating_mul(size))..]
}
