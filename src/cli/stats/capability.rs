//! `maestro stats capability`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::{Answer, Context, LeftOut, about};
use super::block::{Block, Cell, Column, HistogramPlot, Mark, Row, Table};
use super::csv;
use super::group::{Grouping, shown};
use super::number::{NONE, count, counted, exact, significant, with_unit};
use super::sample::Sample;
use crate::cli::exit::Failure;
use crate::cli::results::View;
use crate::frontend::text::Tone;
use crate::stats::propose::FEWEST;
use crate::stats::{Capability, Histogram, Indices, Limits, Normality, Summary, sorted};

/// Classes of a drawn histogram at most: they stand among each other.
const CLASSES: usize = 24;

/// Capability of one measurement, as a whole and by place.
pub(super) struct Capable {
    about: String,
    grouping: Grouping,
    sample: Sample,
    whole: Figures,
    normality: Option<Normality>,
    histogram: Histogram,
    rows: Vec<(Option<String>, Figures)>,
    left_out: LeftOut,
}

/// The figures of some of the values.
struct Figures {
    summary: Summary,
    capability: Capability,
}

impl Figures {
    fn of(values: &[f64], limits: Limits) -> Option<Self> {
        Some(Self {
            summary: Summary::of(values)?,
            capability: Capability::of(values, limits),
        })
    }

    fn json(&self) -> Value {
        let Summary {
            count,
            mean,
            sigma,
            median,
            low,
            high,
        } = self.summary;
        let one = &self.capability;
        json!({
            "values": count,
            "mean": mean,
            "median": median,
            "sigma_overall": sigma,
            "sigma_within": one.sigma_within,
            "min": low,
            "max": high,
            "cp": one.within.potential,
            "cpk": one.within.minimum,
            "cpk_lower": one.within.lower,
            "cpk_upper": one.within.upper,
            "pp": one.overall.potential,
            "ppk": one.overall.minimum,
            "ppk_lower": one.overall.lower,
            "ppk_upper": one.overall.upper,
            "ppk_low_95_percent": one.ppk_range.map(|(low, _)| low),
            "ppk_high_95_percent": one.ppk_range.map(|(_, high)| high),
            "k": one.bias,
            "outside_limits_values": one.outside,
            "expected_outside_ppm": one.expected_ppm,
        })
    }
}

impl Capable {
    pub(super) fn ask(
        context: &Context,
        name: &str,
        grouping: Grouping,
        left_out: &LeftOut,
    ) -> Result<Self, Failure> {
        let sample = Sample::ask(context, name, grouping.axis(context.view))?;
        let values = sample.values();
        let order = sorted(&values);
        let none = || Failure::usage(format!("`{name}` has no values"));
        let whole = Figures::of(&values, sample.limits).ok_or_else(none)?;
        let histogram = Histogram::of_sorted(&order, CLASSES).ok_or_else(none)?;
        let mut groups: BTreeMap<Option<String>, Vec<f64>> = BTreeMap::new();
        if grouping != Grouping::Whole {
            let names: Vec<_> = sample
                .places
                .iter()
                .map(|place| grouping.name(place, context.view))
                .collect();
            for point in &sample.points {
                groups
                    .entry(names[point.place].clone())
                    .or_default()
                    .push(point.value);
            }
        }
        let rows = groups
            .into_iter()
            .filter_map(|(name, values)| Some((name, Figures::of(&values, sample.limits)?)))
            .collect();
        Ok(Self {
            about: about(&context.scope, context.view),
            grouping,
            normality: Normality::of_sorted(&order),
            whole,
            histogram,
            rows,
            sample,
            left_out: left_out.clone(),
        })
    }

    /// Digits that show a sigma to three.
    fn digits(&self) -> usize {
        digits(&self.whole.summary)
    }

    fn facts(&self) -> Table {
        let unit = self.sample.unit.as_deref();
        let digits = self.digits();
        let value = |value: f64| with_unit(&significant(value, digits), unit);
        let spread = |sigma: Option<f64>| {
            sigma.map_or_else(
                || NONE.to_owned(),
                |sigma| with_unit(&significant(sigma, 3), unit),
            )
        };
        let Summary {
            count: number,
            mean,
            sigma,
            median,
            low,
            high,
        } = self.whole.summary;
        let one = &self.whole.capability;
        let cell = |label: &str, text: String| [Cell::dim(label), Cell::plain(text)];
        let index = |label: &str, index: Option<f64>| {
            let text = index.map_or_else(|| NONE.to_owned(), |index| format!("{index:.2}"));
            [Cell::dim(label), Cell::Text(tone(index), text)]
        };
        let limit = |limit: Option<f64>| {
            limit.map_or_else(|| NONE.to_owned(), |limit| with_unit(&exact(limit), unit))
        };
        let limits = self.sample.limits;
        let rows = [
            [
                cell("values", count(number as u64)),
                cell("low limit", limit(limits.low)),
                index("Cpk", one.within.minimum),
            ],
            [
                cell("mean", value(mean)),
                cell("high limit", limit(limits.high)),
                index("Cp", one.within.potential),
            ],
            [
                cell("median", value(median)),
                cell("sigma within", spread(one.sigma_within)),
                index("Ppk", one.overall.minimum),
            ],
            [
                cell("min", value(low)),
                cell("sigma overall", spread(sigma)),
                index("Pp", one.overall.potential),
            ],
            [
                cell("max", value(high)),
                cell("outside", count(one.outside)),
                cell(
                    "k",
                    one.bias
                        .map_or_else(|| NONE.to_owned(), |k| format!("{k:.2}")),
                ),
            ],
        ];
        let column = [Column::words(""), Column::number("")];
        Table {
            title: String::new(),
            columns: [column, column, column].concat(),
            rows: rows
                .into_iter()
                .map(|row| Row::of(row.into_iter().flatten()))
                .collect(),
        }
    }

    fn plot(&self) -> HistogramPlot {
        let mut marks = Vec::new();
        let limits = self.sample.limits;
        for (name, limit) in [("low limit", limits.low), ("high limit", limits.high)] {
            marks.extend(limit.map(|value| Mark {
                name: name.to_owned(),
                value,
                is_limit: true,
            }));
        }
        let mean = self.whole.summary.mean;
        marks.push(Mark {
            name: "mean".to_owned(),
            value: mean,
            is_limit: false,
        });
        if let Some(sigma) = self.whole.summary.sigma.filter(|sigma| *sigma > 0.0) {
            for (name, times) in [("-3s", -3.0), ("+3s", 3.0)] {
                marks.push(Mark {
                    name: name.to_owned(),
                    value: mean + times * sigma,
                    is_limit: false,
                });
            }
        }
        HistogramPlot {
            edges: self.histogram.edges.clone(),
            counts: self.histogram.counts.clone(),
            limits,
            marks,
            digits: self.digits(),
        }
    }

    /// What the figures mean, and why one is absent.
    fn remarks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let one = &self.whole.capability;
        let mut say = |tone, text: String| blocks.push(Block::Text(tone, text));
        if self.whole.summary.count < 2 {
            say(
                Tone::Warn,
                "One value has no spread: there is no index.".to_owned(),
            );
        } else if self.whole.summary.sigma == Some(0.0) {
            say(Tone::Warn, "All values are alike: without a spread there is no index. Is the resolution fine enough?".to_owned());
        } else if self.sample.limits.are_none() {
            say(
                Tone::Warn,
                "The newest value has no limits: there is no index.".to_owned(),
            );
        } else if self.sample.limits.width().is_none() {
            say(
                Tone::Dim,
                "One limit: Cpk and Ppk are those of its side, Cp, Pp and k need both.".to_owned(),
            );
        }
        if let Some((low, high)) = one.ppk_range {
            let values = self.whole.summary.count;
            let range = format!("{low:.2} … {high:.2} with 95 % confidence (Bissell)");
            if values < FEWEST {
                let values = counted(values as u64, "value", "values");
                say(Tone::Warn, format!("{values} say little: Ppk is {range}."));
            } else {
                say(Tone::Dim, format!("Ppk is {range}."));
            }
        }
        if let Some(ppm) = one.expected_ppm {
            say(
                Tone::Dim,
                format!(
                    "Outside the limits: {} of {}; {} ppm are expected of a normal distribution.",
                    count(one.outside),
                    counted(self.whole.summary.count as u64, "value", "values"),
                    match ppm {
                        ppm if ppm < 0.1 => "less than 0.1".to_owned(),
                        ppm if ppm >= 1000.0 => count(ppm.round() as u64),
                        ppm => significant(ppm, 3),
                    },
                ),
            );
        }
        match &self.normality {
            Some(found) if found.is_plausible() => say(
                Tone::Dim,
                format!(
                    "The values look normal (Anderson-Darling A² = {:.3}, p = {:.3}).",
                    found.statistic, found.p
                ),
            ),
            Some(found) => {
                let p = if found.p < 0.001 {
                    "p < 0.001".to_owned()
                } else {
                    format!("p = {:.3}", found.p)
                };
                say(
                    Tone::Warn,
                    format!(
                        "The values do not look normal (Anderson-Darling A² = {:.3}, {p}): indices and ppm promise less than they seem to.",
                        found.statistic
                    ),
                );
            }
            None => {}
        }
        let (warnings, left_out) = self.sample.oddities.lines();
        for line in warnings {
            say(Tone::Warn, line);
        }
        for line in left_out {
            say(Tone::Dim, line);
        }
        blocks.extend(self.left_out.block());
        blocks
    }
}

/// Digits of values whose sigma shall show three.
pub(super) fn digits(summary: &Summary) -> usize {
    let size = summary.low.abs().max(summary.high.abs());
    let spread = summary
        .sigma
        .filter(|sigma| *sigma > 0.0)
        .unwrap_or(size / 1e4);
    if size <= 0.0 || !size.is_finite() {
        return 4;
    }
    let apart = size.log10().floor() - spread.log10().floor();
    (apart as i64 + 2).clamp(3, 9) as usize
}

/// The usual reading: 1.33 is wanted, below 1 the limits are wider than the process.
fn tone(index: Option<f64>) -> Tone {
    match index {
        None => Tone::Plain,
        Some(index) if index >= 1.33 => Tone::Good,
        Some(index) if index >= 1.0 => Tone::Warn,
        Some(_) => Tone::Bad,
    }
}

fn index_cell(index: Option<f64>) -> Cell {
    let text = index.map_or_else(|| NONE.to_owned(), |index| format!("{index:.2}"));
    Cell::Text(tone(index), text)
}

impl Answer for Capable {
    fn figure(&self) -> &'static str {
        "capability"
    }

    fn json(&self) -> Value {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|(name, figures)| {
                let mut row = json!({ self.grouping.word(): name });
                if let (Value::Object(row), Value::Object(figures)) = (&mut row, figures.json()) {
                    row.extend(figures);
                }
                row
            })
            .collect();
        json!({
            "measurement": self.sample.name,
            "tests": self.sample.oddities.tests(),
            "unit": self.sample.unit,
            "low_limit": self.sample.limits.low,
            "high_limit": self.sample.limits.high,
            "target": self.sample.target,
            "limit_sets": self.sample.oddities.limit_sets(),
            "converted_values": self.sample.oddities.converted(),
            "total": self.whole.json(),
            "anderson_darling": self.normality.map(|one| json!({
                "a_squared": one.statistic,
                "p": one.p,
                "is_normal": one.is_plausible(),
            })),
            "histogram": { "edges": self.histogram.edges, "counts": self.histogram.counts },
            "by": self.grouping.json(),
            "rows": rows,
            "left_out": self.sample.oddities.json(),
        })
    }

    fn blocks(&self, _: &View) -> Vec<Block> {
        let title = format!("Capability of {}", self.sample.name);
        let mut blocks = vec![
            Block::Title(title, self.about.clone()),
            Block::Table(self.facts()),
            Block::Histogram(self.plot()),
        ];
        if !self.rows.is_empty() {
            let row = |(name, figures): &(Option<String>, Figures)| {
                let Indices { minimum: cpk, .. } = figures.capability.within;
                let Indices { minimum: ppk, .. } = figures.capability.overall;
                let summary = &figures.summary;
                Row::of([
                    Cell::plain(shown(name.as_deref())),
                    Cell::plain(count(summary.count as u64)),
                    Cell::plain(significant(summary.mean, self.digits())),
                    Cell::plain(
                        summary
                            .sigma
                            .map_or_else(|| NONE.to_owned(), |sigma| significant(sigma, 3)),
                    ),
                    index_cell(cpk),
                    index_cell(ppk),
                    Cell::plain(count(figures.capability.outside)),
                ])
            };
            blocks.push(Block::Table(Table {
                title: String::new(),
                columns: vec![
                    Column::words(self.grouping.heading()),
                    Column::number("VALUES"),
                    Column::number("MEAN"),
                    Column::number("SIGMA"),
                    Column::number("CPK"),
                    Column::number("PPK"),
                    Column::number("OUTSIDE"),
                ],
                rows: self.rows.iter().map(row).collect(),
            }));
        }
        blocks.push(Block::Text(Tone::Plain, String::new()));
        blocks.extend(self.remarks());
        blocks
    }

    fn table(&self) -> Vec<Vec<String>> {
        let word = self.grouping.word();
        let mut heading: Vec<String> = vec![
            word.to_owned(),
            "measurement".to_owned(),
            "unit".to_owned(),
            "low_limit".to_owned(),
            "high_limit".to_owned(),
        ];
        if let Value::Object(figures) = self.whole.json() {
            heading.extend(figures.keys().cloned());
        }
        let row = |name: Option<&str>, figures: &Figures| {
            let mut row = vec![
                name.unwrap_or_default().to_owned(),
                self.sample.name.clone(),
                self.sample.unit.clone().unwrap_or_default(),
                csv::number(self.sample.limits.low),
                csv::number(self.sample.limits.high),
            ];
            if let Value::Object(figures) = figures.json() {
                row.extend(figures.values().map(csv::cell));
            }
            row
        };
        let mut table = vec![heading];
        if self.grouping == Grouping::Whole {
            table.push(row(None, &self.whole));
        }
        table.extend(
            self.rows
                .iter()
                .map(|(name, figures)| row(name.as_deref(), figures)),
        );
        self.grouping.table(table)
    }
}
