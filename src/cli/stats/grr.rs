//! `maestro stats grr`.

use serde_json::{Value, json};

use super::answer::{Answer, Context};
use super::block::{Block, Cell, Column, Row, Table};
use super::csv;
use super::number::{NONE, count, counted, exact, significant, with_unit};
use crate::cli::exit::{Exit, Failure};
use crate::cli::results::View;
use crate::frontend::text::Tone;
use crate::measure::Bridge;
use crate::stats::Limits;
use crate::stats::grr::{Anova, Components, POOLING_ALPHA, Ranges, Reading, Source, Study};
use crate::stats::survey::GaugeReading;

/// What a gauge study says of its gauge.
pub(super) struct Gauge {
    measurement: String,
    name: Option<String>,
    unit: Option<String>,
    limits: Limits,
    study: Study,
    anova: Anova,
    ranges: Option<Ranges>,
}

impl Gauge {
    pub(super) fn ask(
        context: &Context,
        measurement: &str,
        study: Option<&str>,
    ) -> Result<Self, Failure> {
        let all = context.survey.readings(&context.scope, measurement)?;
        let name = match study {
            Some(name) => Some(name.to_owned()),
            None => all.last().and_then(|newest| newest.study.clone()),
        };
        let of_study: Vec<GaugeReading> = all.into_iter().filter(|one| one.study == name).collect();
        let Some(newest) = of_study.last().cloned() else {
            return Err(nothing(measurement, study));
        };
        let readings = readings(&of_study, measurement, newest.unit.as_deref())?;
        let study = Study::of(&readings).map_err(|error| {
            Failure::new(Exit::Negative, format!("these are no gauge study: {error}")).help(
                "`maestro run TEST --grr OPERATORSxUNITSxTRIALS` leads through the runs that lack; \
                 --study, --since and --test choose among several studies",
            )
        })?;
        Ok(Self {
            measurement: measurement.to_owned(),
            name,
            unit: newest.unit,
            limits: newest.limits,
            anova: Anova::of(&study),
            ranges: Ranges::of(&study),
            study,
        })
    }

    fn title(&self) -> Block {
        let study = self
            .name
            .as_deref()
            .map_or_else(String::new, |name| format!("study {name}: "));
        let left = if self.study.surplus > 0 {
            let surplus = counted(self.study.surplus as u64, "reading", "readings");
            format!("; {surplus} beyond that left out")
        } else {
            String::new()
        };
        Block::Title(
            format!("Gauge R&R of {}", self.measurement),
            format!(
                "{study}{}, {}, {}{left}",
                counted(self.study.appraisers.len() as u64, "operator", "operators"),
                counted(self.study.parts.len() as u64, "unit", "units"),
                counted(self.study.trials as u64, "trial", "trials"),
            ),
        )
    }

    /// Names of the components, as AIAG MSA has them.
    fn components(found: &Components) -> [(&'static str, &'static str, Option<f64>); 6] {
        [
            ("Repeatability", "EV", Some(found.equipment)),
            ("Reproducibility", "AV", Some(found.appraiser)),
            ("Interaction", "INT", found.interaction),
            ("Gauge R&R", "GRR", Some(found.grr)),
            ("Part to part", "PV", Some(found.part)),
            ("Total", "TV", Some(found.total)),
        ]
    }

    fn component_table(&self) -> Table {
        let found = &self.anova.components;
        let width = self.limits.width();
        let percent = |value: Option<f64>| {
            value.map_or_else(|| NONE.to_owned(), |value| format!("{value:.1} %"))
        };
        let row = |(name, short, sigma): (&str, &str, Option<f64>)| {
            let sigma = sigma?;
            let study = found.percent_of_study(sigma);
            let tone = if short == "GRR" {
                judged(study).0
            } else {
                Tone::Plain
            };
            Some(Row::of([
                Cell::Text(tone, name.to_owned()),
                Cell::dim(short),
                Cell::plain(with_unit(&significant(sigma, 4), self.unit.as_deref())),
                Cell::plain(percent(found.percent_contribution(sigma))),
                Cell::Text(tone, percent(study)),
                Cell::plain(percent(Components::percent_of_tolerance(sigma, width))),
                Cell::Bar(tone, study.unwrap_or(0.0) / 100.0),
            ]))
        };
        Table {
            title: String::new(),
            columns: vec![
                Column::words("SOURCE"),
                Column::words(""),
                Column::number("SIGMA"),
                Column::number("OF VARIANCE"),
                Column::number("OF STUDY"),
                Column::number("OF TOLERANCE"),
                Column::bar(""),
            ],
            rows: Self::components(found)
                .into_iter()
                .filter_map(row)
                .collect(),
        }
    }

    /// Rows of the table of variances; those that were not tested have no ratio.
    fn sources(&self) -> Vec<(&'static str, Source)> {
        let anova = &self.anova;
        let mut sources = vec![
            ("Operator", anova.appraiser),
            ("Part", anova.part),
            ("Operator x part", anova.interaction),
            ("Equipment", anova.equipment),
        ];
        sources.extend(anova.pooled.map(|pooled| ("Equipment, pooled", pooled)));
        sources.push(("Total", anova.total));
        sources
    }

    fn variances(&self) -> Table {
        let row = |(name, source): (&'static str, Source)| {
            let p = source.p.map_or_else(String::new, |p| {
                if p < 0.001 {
                    "< 0.001".to_owned()
                } else {
                    format!("{p:.3}")
                }
            });
            let is_total = name == "Total";
            let square = if is_total {
                String::new()
            } else {
                significant(source.mean_square, 5)
            };
            Row::of([
                Cell::plain(name),
                Cell::plain(source.freedom.to_string()),
                Cell::plain(significant(source.sum_of_squares, 6)),
                Cell::plain(square),
                Cell::plain(
                    source
                        .ratio
                        .map_or_else(String::new, |ratio| significant(ratio, 4)),
                ),
                Cell::plain(p),
            ])
        };
        Table {
            title: "Analysis of variance".to_owned(),
            columns: vec![
                Column::words("SOURCE"),
                Column::number("DF"),
                Column::number("SS"),
                Column::number("MS"),
                Column::number("F"),
                Column::number("P"),
            ],
            rows: self.sources().into_iter().map(row).collect(),
        }
    }

    fn remarks(&self) -> Vec<Block> {
        let found = &self.anova.components;
        let mut blocks = vec![Block::Text(Tone::Plain, String::new())];
        let grr = found.percent_of_study(found.grr);
        let (tone, word) = judged(grr);
        blocks.push(Block::Text(tone, word.to_owned()));
        match found.distinct_categories() {
            Some(classes) => {
                let tone = if classes >= 5 { Tone::Good } else { Tone::Warn };
                blocks.push(Block::Text(tone, format!("ndc {}: so many classes of parts the gauge tells apart; 5 are wanted.", count(classes))));
            }
            None => blocks.push(Block::Text(Tone::Warn, "All readings of a part are alike: ndc cannot be told. Is the resolution fine enough?".to_owned())),
        }
        let kept = match self.anova.interaction.p {
            Some(p) if self.anova.pooled.is_none() => {
                format!("The interaction counts (p = {p:.3}, below {POOLING_ALPHA}).")
            }
            Some(p) => format!(
                "The interaction was pooled with the equipment (p = {p:.3}, at least {POOLING_ALPHA})."
            ),
            None => "There is no interaction to test.".to_owned(),
        };
        blocks.push(Block::Text(Tone::Dim, kept));
        if self.limits.width().is_none() {
            blocks.push(Block::Text(
                Tone::Dim,
                "Without two limits there is no tolerance to compare with.".to_owned(),
            ));
        } else {
            let limit = |limit: Option<f64>| limit.map_or_else(String::new, exact);
            let limits = format!("{} … {}", limit(self.limits.low), limit(self.limits.high));
            blocks.push(Block::Text(
                Tone::Dim,
                format!(
                    "Tolerance: {}, as six sigma.",
                    with_unit(&limits, self.unit.as_deref())
                ),
            ));
        }
        if let Some(ranges) = &self.ranges {
            let other = &ranges.components;
            let percent = |sigma| {
                other
                    .percent_of_study(sigma)
                    .map_or_else(|| NONE.to_owned(), |value| format!("{value:.1} %"))
            };
            blocks.push(Block::Text(
                Tone::Dim,
                format!(
                    "By average and range, for comparison: EV {}, AV {}, GRR {}, PV {} of the study{}.",
                    percent(other.equipment),
                    percent(other.appraiser),
                    percent(other.grr),
                    percent(other.part),
                    other.distinct_categories().map_or_else(String::new, |classes| format!(", ndc {classes}")),
                ),
            ));
        }
        blocks
    }

    fn components_json(&self, found: &Components) -> Value {
        let width = self.limits.width();
        let rows: Vec<Value> = Self::components(found)
            .into_iter()
            .filter_map(|(_, short, sigma)| {
                let sigma = sigma?;
                Some(json!({
                    "source": short,
                    "sigma": sigma,
                    "contribution_percent": found.percent_contribution(sigma),
                    "study_variation_percent": found.percent_of_study(sigma),
                    "tolerance_percent": Components::percent_of_tolerance(sigma, width),
                }))
            })
            .collect();
        json!({ "components": rows, "ndc": found.distinct_categories() })
    }
}

/// One reading of each run, in the unit of the newest: the last one, where a loop made several.
fn readings(
    found: &[GaugeReading],
    measurement: &str,
    unit: Option<&str>,
) -> Result<Vec<Reading>, Failure> {
    let mut readings = Vec::new();
    for (place, one) in found.iter().enumerate() {
        let is_last = found[place + 1..].iter().all(|other| other.run != one.run);
        let Some(value) = one.value.filter(|_| is_last) else {
            continue;
        };
        let missing = |what: &str| {
            let run = one.run;
            Failure::new(
                Exit::Negative,
                format!("run {run} measured `{measurement}` without {what}"),
            )
            .help("a gauge study needs both for each run; declare the run void to leave it out")
        };
        let Some(bridge) = Bridge::between(one.unit.as_deref(), unit) else {
            let (run, own) = (one.run, one.unit.as_deref().unwrap_or("no unit"));
            let message = format!(
                "run {run} measured `{measurement}` in {own}, the newest one in {}",
                unit.unwrap_or("no unit")
            );
            return Err(Failure::new(Exit::Negative, message)
                .help("declare the run void to leave it out, or choose another --study"));
        };
        readings.push(Reading {
            part: one.part.clone().ok_or_else(|| missing("a serial number"))?,
            appraiser: one
                .appraiser
                .clone()
                .ok_or_else(|| missing("an operator"))?,
            value: bridge.apply(value),
        });
    }
    Ok(readings)
}

fn nothing(measurement: &str, study: Option<&str>) -> Failure {
    let of = study.map_or_else(String::new, |name| format!(" of the study `{name}`"));
    Failure::new(
        Exit::Negative,
        format!("no run of a gauge study{of} measured `{measurement}`"),
    )
    .help("`maestro run TEST --grr OPERATORSxUNITSxTRIALS` makes such runs")
}

/// The reading of AIAG MSA: under 10 % is good, over 30 % is not.
fn judged(percent: Option<f64>) -> (Tone, &'static str) {
    match percent {
        None => (
            Tone::Warn,
            "The readings do not vary: nothing can be said of the gauge.",
        ),
        Some(percent) if percent < 10.0 => (
            Tone::Good,
            "GRR below 10 % of the study: the gauge is acceptable.",
        ),
        Some(percent) if percent <= 30.0 => (
            Tone::Warn,
            "GRR from 10 to 30 % of the study: the gauge may do, depending on what it is for.",
        ),
        Some(_) => (
            Tone::Bad,
            "GRR above 30 % of the study: the gauge is not acceptable.",
        ),
    }
}

impl Answer for Gauge {
    fn figure(&self) -> &'static str {
        "grr"
    }

    fn json(&self) -> Value {
        let source = |(name, source): (&'static str, Source)| {
            json!({
                "source": name,
                "degrees_of_freedom": source.freedom,
                "sum_of_squares": source.sum_of_squares,
                "mean_square": source.mean_square,
                "f": source.ratio,
                "p": source.p,
            })
        };
        json!({
            "measurement": self.measurement,
            "study": self.name,
            "unit": self.unit,
            "low_limit": self.limits.low,
            "high_limit": self.limits.high,
            "operators": self.study.appraisers,
            "units": self.study.parts,
            "trials": self.study.trials,
            "surplus_readings": self.study.surplus,
            "values_by_unit_operator_trial": self.study.values,
            "anova": self.sources().into_iter().map(source).collect::<Vec<_>>(),
            "is_interaction_pooled": self.anova.pooled.is_some(),
            "pooling_alpha": POOLING_ALPHA,
            "by_anova": self.components_json(&self.anova.components),
            "by_average_and_range": self.ranges.map(|one| self.components_json(&one.components)),
        })
    }

    fn blocks(&self, _: &View) -> Vec<Block> {
        let mut blocks = vec![
            self.title(),
            Block::Table(self.component_table()),
            Block::Table(self.variances()),
        ];
        blocks.extend(self.remarks());
        blocks
    }

    fn table(&self) -> Vec<Vec<String>> {
        let heading = [
            "measurement",
            "method",
            "source",
            "sigma",
            "contribution_percent",
            "study_variation_percent",
            "tolerance_percent",
        ];
        let mut table = vec![heading.map(str::to_owned).to_vec()];
        let methods = [
            ("anova", Some(self.anova.components)),
            ("average_and_range", self.ranges.map(|one| one.components)),
        ];
        for (method, found) in methods {
            let Some(found) = found else { continue };
            for (_, short, sigma) in Self::components(&found) {
                let Some(sigma) = sigma else { continue };
                table.push(vec![
                    self.measurement.clone(),
                    method.to_owned(),
                    short.to_owned(),
                    sigma.to_string(),
                    csv::number(found.percent_contribution(sigma)),
                    csv::number(found.percent_of_study(sigma)),
                    csv::number(Components::percent_of_tolerance(sigma, self.limits.width())),
                ]);
            }
        }
        table
    }
}
