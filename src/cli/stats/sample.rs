//! The values of one measurement that count, and what is odd about them.

use serde_json::{Value, json};

use super::answer::Context;
use super::number::{count, counted};
use crate::cli::exit::{Exit, Failure};
use crate::measure::{Bridge, Origin};
use crate::stats::Limits;
use crate::stats::survey::{Axis, Condition, Place, Series};

/// Values of one measurement, the oldest first, and what they are held against.
pub(super) struct Sample {
    pub(super) name: String,
    pub(super) unit: Option<String>,
    /// Those of the newest value.
    pub(super) limits: Limits,
    pub(super) target: Option<f64>,
    pub(super) points: Vec<Point>,
    pub(super) places: Vec<Place>,
    pub(super) oddities: Oddities,
}

/// A value that counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) time: crate::event::Timestamp,
    pub(super) value: f64,
    /// Its number among the places.
    pub(super) place: usize,
}

/// What was left out of a sample, and what makes it less than one population.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Oddities {
    unattended: u64,
    mock: u64,
    simulated: u64,
    non_finite: u64,
    /// Values in a unit that does not become that of the newest one.
    other_unit: u64,
    /// Values that were converted to the unit of the newest one.
    converted: u64,
    /// Different pairs of limits among the values that count.
    limit_sets: u64,
    tests: Vec<String>,
}

impl Sample {
    /// Asks for the values of a measurement. Without any the failure says what there is instead.
    pub(super) fn ask(context: &Context, name: &str, axis: Axis) -> Result<Self, Failure> {
        let series = context.survey.series(&context.scope, name, axis)?;
        let origins = context.scope.origins();
        let newest = series
            .values
            .iter()
            .rev()
            .map(|one| &series.conditions[one.condition]);
        let mut counting = newest.filter(|one| origins.contains(&one.origin) && one.is_numeric);
        let Some(newest) = counting.next() else {
            return Err(nothing(context, name, &series)?);
        };
        let mut sample = Self {
            name: name.to_owned(),
            unit: newest.unit.clone(),
            limits: newest.limits,
            target: newest.target,
            points: Vec::with_capacity(series.values.len()),
            places: series.places.clone(),
            oddities: Oddities::default(),
        };
        let mut is_used = vec![false; series.conditions.len()];
        let bridge = |one: &Condition| Bridge::between(one.unit.as_deref(), sample.unit.as_deref());
        let bridges: Vec<Option<Bridge>> = series.conditions.iter().map(bridge).collect();
        for one in &series.values {
            let condition = &series.conditions[one.condition];
            let oddities = &mut sample.oddities;
            match (one.value, condition.origin) {
                (_, Origin::Unattended) if !origins.contains(&Origin::Unattended) => {
                    oddities.unattended += 1;
                }
                (_, Origin::Mock) if !origins.contains(&Origin::Mock) => oddities.mock += 1,
                (_, Origin::Simulated) if !origins.contains(&Origin::Simulated) => {
                    oddities.simulated += 1;
                }
                (None, _) => oddities.non_finite += 1,
                (Some(value), _) => {
                    let Some(bridge) = bridges[one.condition] else {
                        oddities.other_unit += 1;
                        continue;
                    };
                    oddities.converted += u64::from(bridge != Bridge::Same);
                    is_used[one.condition] = true;
                    sample.points.push(Point {
                        time: one.time,
                        value: bridge.apply(value),
                        place: one.place,
                    });
                }
            }
        }
        let used = series
            .conditions
            .iter()
            .zip(bridges)
            .zip(is_used)
            .filter(|(_, is_used)| *is_used);
        let mut limits: Vec<Limits> = Vec::new();
        for ((condition, bridge), _) in used {
            let own = condition.limits.over(bridge.unwrap_or(Bridge::Same));
            if !limits.contains(&own) {
                limits.push(own);
            }
            if !sample.oddities.tests.contains(&condition.test) {
                sample.oddities.tests.push(condition.test.clone());
            }
        }
        sample.oddities.limit_sets = limits.len() as u64;
        if sample.points.is_empty() {
            return Err(nothing(context, name, &series)?);
        }
        Ok(sample)
    }

    pub(super) fn values(&self) -> Vec<f64> {
        self.points.iter().map(|point| point.value).collect()
    }
}

impl Oddities {
    /// Each thing that a person must know, as a sentence.
    pub(super) fn lines(&self) -> (Vec<String>, Vec<String>) {
        let mut warnings = Vec::new();
        if self.limit_sets > 1 {
            warnings.push(format!(
                "The limits changed: {} different ones; those of the newest value are taken.",
                count(self.limit_sets)
            ));
        }
        if self.tests.len() > 1 {
            warnings.push(format!(
                "The name occurs in {} tests ({}); --test takes one of them.",
                self.tests.len(),
                self.tests.join(", ")
            ));
        }
        if self.other_unit > 0 {
            let values = counted(self.other_unit, "value is", "values are");
            warnings.push(format!(
                "{values} in a unit that does not become that of the newest, and left out."
            ));
        }
        if self.converted > 0 {
            let values = counted(self.converted, "value was", "values were");
            warnings.push(format!("{values} converted to the unit of the newest."));
        }
        if self.non_finite > 0 {
            let values = counted(self.non_finite, "value is", "values are");
            warnings.push(format!("{values} no finite number, and left out."));
        }
        let mut left_out = Vec::new();
        let words = [
            (self.unattended, "unattended"),
            (self.mock, "mock"),
            (self.simulated, "simulated"),
        ];
        let words: Vec<_> = words
            .into_iter()
            .filter(|(values, _)| *values > 0)
            .collect();
        if !words.is_empty() {
            let parts: Vec<String> = words
                .iter()
                .map(|(values, word)| format!("{} {word}", count(*values)))
                .collect();
            let names: Vec<&str> = words.iter().map(|(_, word)| *word).collect();
            left_out.push(format!(
                "Values left out: {}; --include {} counts them too.",
                parts.join(", "),
                names.join(",")
            ));
        }
        (warnings, left_out)
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "unattended_values": self.unattended,
            "mock_values": self.mock,
            "simulated_values": self.simulated,
            "non_finite_values": self.non_finite,
            "other_unit_values": self.other_unit,
        })
    }

    pub(super) fn converted(&self) -> u64 {
        self.converted
    }

    pub(super) fn limit_sets(&self) -> u64 {
        self.limit_sets
    }

    pub(super) fn tests(&self) -> &[String] {
        &self.tests
    }
}

/// There is no value: of that name, or none that counts.
fn nothing(context: &Context, name: &str, series: &Series) -> Result<Failure, Failure> {
    let none = |message: String| Failure::new(Exit::Negative, message);
    if !series.values.is_empty() {
        let values = counted(series.values.len() as u64, "value", "values");
        let numeric = series.conditions.iter().any(|one| one.is_numeric);
        return Ok(if numeric {
            none(format!("none of the {values} of `{name}` counts"))
                .help("they are mock, simulated, unattended or no finite numbers; --include takes the first three in")
        } else {
            none(format!(
                "`{name}` is no number: there is nothing to compute of its {values}"
            ))
        });
    }
    if let Some(step) = &context.scope.step {
        let message = format!("no run that is selected measured `{name}` in a step `{step}`");
        let help = "--step takes the name or the path of a step, as `maestro plan` shows them";
        return Ok(none(message).help(help));
    }
    let names = context.survey.names(&context.scope)?;
    let failure = none(format!("no run that is selected measured `{name}`"));
    let near = names
        .iter()
        .map(|other| {
            (
                strsim::jaro_winkler(&other.to_lowercase(), &name.to_lowercase()),
                other,
            )
        })
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    Ok(match near {
        Some((_, other)) => failure.help(format!("there is `{other}`")),
        None if names.is_empty() => failure
            .help("no run is selected that measured anything; see --mode, --since and --test"),
        None => failure.help(format!("newest runs measured {}", some(&names))),
    })
}

/// The first names of a list.
fn some(names: &[String]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(8)
        .map(|name| format!("`{name}`"))
        .collect();
    let more = names.len().saturating_sub(8);
    if more > 0 {
        format!("{} and {more} more", shown.join(", "))
    } else {
        shown.join(", ")
    }
}
