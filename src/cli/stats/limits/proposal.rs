//! `maestro limits suggest`.

use serde_json::{Value, json};

use super::super::answer::{Answer, Context, LeftOut, about};
use super::super::block::{Block, Cell, Column, Row, Table};
use super::super::number::{NONE, count, counted, significant, with_unit};
use super::Subject;
use super::past::{called, limits_text, turned};
use super::write::{self, Wish};
use crate::cli::exit::{Exit, Failure};
use crate::cli::results::View;
use crate::diagnostic::nearest;
use crate::frontend::text::Tone;
use crate::measure::{Bridge, Kind, Spec};
use crate::stats::propose::{FEWEST, Method, Proposal, Sides, propose};
use crate::stats::rejudge::limits_of;
use crate::stats::rulebook::Rulebook;
use crate::stats::survey::{Axis, Series};
use crate::stats::{Limits, Summary};

/// Names that are told in place of one that is not there.
const NEAREST: usize = 3;

/// Limits that the past proposes, one measurement after the other.
pub(super) struct Proposals {
    about: String,
    ppk: f64,
    rows: Vec<One>,
    /// What became of the file.
    told: Vec<(Tone, String)>,
    left_out: LeftOut,
}

/// A measurement and what is proposed for it.
struct One {
    name: String,
    /// Path of the step, where steps judge that name differently.
    step: Option<String>,
    unit: Option<String>,
    summary: Option<Summary>,
    now: Limits,
    proposal: Option<Proposal>,
    outside_now: u64,
    outside_proposed: u64,
    /// Values in other units, which are left out.
    foreign: u64,
}

impl Proposals {
    pub(super) fn ask(
        context: &Context<'_>,
        subject: &Subject,
        names: &[String],
        ppk: f64,
        left_out: &LeftOut,
    ) -> Result<Self, Failure> {
        let rules = &subject.rules;
        if let Some(name) = names.iter().find(|name| !knows(rules, name)) {
            return Err(unknown(name, subject));
        }
        let mut rows = Vec::new();
        for (name, step, spec) in rules.each() {
            let is_named = names.is_empty() || names.iter().any(|wanted| wanted == name);
            let Ok(spec) = spec else { continue };
            if !is_named || spec.kind != Kind::Numeric || spec.judges_nothing() {
                continue;
            }
            let mut scope = context.scope.clone();
            scope.step = step.map(str::to_owned);
            let series = context.survey.series(&scope, name, Axis::Whole)?;
            let one = One::of(spec, &series, context, ppk);
            rows.push(One {
                step: scope.step,
                ..one
            });
        }
        Ok(Self {
            about: about(&context.scope, context.view),
            ppk,
            rows,
            told: Vec::new(),
            left_out: left_out.clone(),
        })
    }

    /// Puts the proposals into the files that hold the limits.
    pub(super) fn write(&mut self, subject: &Subject) -> Result<(), Failure> {
        let wishes: Vec<Wish<'_>> = self
            .rows
            .iter()
            .filter_map(|one| {
                let limits = one.proposal?.limits;
                let places = subject.places.get(&one.name);
                Some(Wish {
                    name: &one.name,
                    step: one.step.as_deref(),
                    limits,
                    places,
                })
            })
            .collect();
        self.told = write::write(&wishes)?;
        Ok(())
    }
}

impl One {
    fn of(spec: &Spec, series: &Series, context: &Context<'_>, ppk: f64) -> Self {
        let origins = context.scope.origins();
        let mut values = Vec::new();
        let mut foreign = 0;
        for one in &series.values {
            let condition = &series.conditions[one.condition];
            if !condition.is_numeric || !origins.contains(&condition.origin) {
                continue;
            }
            let bridge = Bridge::between(condition.unit.as_deref(), spec.unit.as_deref());
            match (one.value, bridge) {
                (Some(value), Some(bridge)) => values.push(bridge.apply(value)),
                (Some(_), None) => foreign += 1,
                (None, _) => {}
            }
        }
        let now = limits_of(spec);
        let sides = Sides {
            low: now.low.is_some(),
            high: now.high.is_some(),
        };
        let proposal = propose(&values, sides, ppk);
        let outside = |limits: Limits| {
            let beyond = values.iter().filter(|value| limits.exclude(**value));
            beyond.count() as u64
        };
        Self {
            name: spec.name.clone(),
            step: None,
            unit: spec.unit.clone(),
            summary: Summary::of(&values),
            now,
            outside_now: outside(now),
            outside_proposed: proposal.map_or(0, |proposal| outside(proposal.limits)),
            proposal,
            foreign,
        }
    }

    fn called(&self) -> String {
        called(&self.name, self.step.as_deref())
    }

    /// Why there is no proposal, or what is to be thought of.
    fn remark(&self) -> Option<String> {
        let values = self.summary.map_or(0, |summary| summary.count);
        let of_units = (self.foreign > 0).then(|| {
            let values = counted(self.foreign, "value", "values");
            format!("{values} in other units left out")
        });
        let of_proposal = match self.proposal {
            None if values < FEWEST => Some(format!("needs {FEWEST} values, has {values}")),
            None => Some("all values are alike".to_owned()),
            Some(proposal) if proposal.is_doubtful => {
                Some("does not look normal: look at `maestro stats capability`".to_owned())
            }
            Some(proposal) if proposal.method == Method::Percentiles => {
                Some("by percentiles, does not look normal".to_owned())
            }
            Some(_) => None,
        };
        let remarks: Vec<String> = of_proposal.into_iter().chain(of_units).collect();
        (!remarks.is_empty()).then(|| remarks.join("; "))
    }

    fn row(&self) -> Row {
        let digits = |value: Option<f64>| {
            value.map_or_else(|| NONE.to_owned(), |value| significant(value, 4))
        };
        let proposed = self.proposal.map_or_else(
            || NONE.to_owned(),
            |proposal| with_unit(&limits_text(proposal.limits), self.unit.as_deref()),
        );
        let outside = turned(&count(self.outside_now), &count(self.outside_proposed));
        Row::of([
            Cell::plain(self.called()),
            Cell::plain(count(
                self.summary.map_or(0, |summary| summary.count as u64),
            )),
            Cell::plain(digits(self.summary.map(|summary| summary.mean))),
            Cell::plain(digits(self.summary.and_then(|summary| summary.sigma))),
            Cell::dim(limits_text(self.now)),
            Cell::Text(Tone::Strong, proposed),
            Cell::plain(if self.proposal.is_some() {
                outside
            } else {
                NONE.to_owned()
            }),
        ])
    }

    fn json(&self) -> Value {
        let side = |limit: fn(Limits) -> Option<f64>| {
            self.proposal.and_then(|proposal| limit(proposal.limits))
        };
        json!({
            "measurement": self.name,
            "step": self.step,
            "unit": self.unit,
            "values": self.summary.map_or(0, |summary| summary.count),
            "mean": self.summary.map(|summary| summary.mean),
            "sigma_overall": self.summary.and_then(|summary| summary.sigma),
            "low_limit_now": self.now.low,
            "high_limit_now": self.now.high,
            "low_limit_proposed": side(|limits| limits.low),
            "high_limit_proposed": side(|limits| limits.high),
            "outside_now": self.outside_now,
            "outside_proposed": self.proposal.map(|_| self.outside_proposed),
            "method": self.proposal.map(|proposal| match proposal.method {
                Method::Normal => "normal",
                Method::Percentiles => "percentiles",
            }),
            "remark": self.remark(),
        })
    }
}

impl Answer for Proposals {
    fn figure(&self) -> &'static str {
        "limits_suggest"
    }

    fn json(&self) -> Value {
        json!({
            "ppk": self.ppk,
            "rows": self.rows.iter().map(One::json).collect::<Vec<_>>(),
        })
    }

    fn blocks(&self, _: &View) -> Vec<Block> {
        let title = format!("Limits for a Ppk of {}", self.ppk);
        let mut blocks = vec![Block::Title(title, self.about.clone())];
        if self.rows.is_empty() {
            let none = "The file judges no number by limits that are known without a run.";
            blocks.push(Block::Text(Tone::Warn, none.to_owned()));
        } else {
            blocks.push(Block::Table(Table {
                title: String::new(),
                columns: vec![
                    Column::words("NAME"),
                    Column::number("VALUES"),
                    Column::number("MEAN"),
                    Column::number("SIGMA"),
                    Column::words("NOW"),
                    Column::words("PROPOSED"),
                    Column::number("OUTSIDE"),
                ],
                rows: self.rows.iter().map(One::row).collect(),
            }));
            blocks.push(Block::Text(Tone::Plain, String::new()));
        }
        for one in &self.rows {
            if let Some(remark) = one.remark() {
                blocks.push(Block::Text(
                    Tone::Warn,
                    format!("{}: {remark}.", one.called()),
                ));
            }
        }
        for (tone, text) in &self.told {
            blocks.push(Block::Text(*tone, text.clone()));
        }
        if self.told.is_empty() && self.rows.iter().any(|one| one.proposal.is_some()) {
            let way = "Nothing was written; --write puts them into the file.".to_owned();
            blocks.push(Block::Text(Tone::Dim, way));
        }
        blocks.extend(self.left_out.block());
        blocks
    }

    fn table(&self) -> Vec<Vec<String>> {
        let heading = [
            "measurement",
            "step",
            "unit",
            "values",
            "mean",
            "sigma_overall",
            "low_limit_now",
            "high_limit_now",
            "low_limit_proposed",
            "high_limit_proposed",
            "outside_now",
            "outside_proposed",
        ];
        let mut table = vec![heading.map(str::to_owned).to_vec()];
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        for one in &self.rows {
            let proposed = one
                .proposal
                .map(|proposal| proposal.limits)
                .unwrap_or_default();
            table.push(vec![
                one.name.clone(),
                one.step.clone().unwrap_or_default(),
                one.unit.clone().unwrap_or_default(),
                one.summary.map_or(0, |summary| summary.count).to_string(),
                number(one.summary.map(|summary| summary.mean)),
                number(one.summary.and_then(|summary| summary.sigma)),
                number(one.now.low),
                number(one.now.high),
                number(proposed.low),
                number(proposed.high),
                one.outside_now.to_string(),
                one.proposal
                    .map_or_else(String::new, |_| one.outside_proposed.to_string()),
            ]);
        }
        table
    }
}

/// Whether limits of a measurement are known in some step.
fn knows(rules: &Rulebook, name: &str) -> bool {
    let is_known =
        |spec: &Result<Spec, String>| spec.as_ref().is_ok_and(|spec| !spec.judges_nothing());
    rules
        .each()
        .any(|(known, _, spec)| known == name && is_known(spec))
}

fn unknown(name: &str, subject: &Subject) -> Failure {
    let mut rules = subject.rules.each();
    let why = rules.find_map(|(known, _, spec)| spec.as_ref().err().filter(|_| known == name));
    if let Some(why) = why {
        return Failure::new(
            Exit::Negative,
            format!("the limits of {name} cannot be known without a run: {why}"),
        );
    }
    let known = subject.rules.each().map(|(known, _, _)| known);
    let near = nearest(name, known.filter(|known| *known != name), NEAREST);
    let help = if near.is_empty() {
        "`maestro plan` shows the measurements of a test".to_owned()
    } else {
        format!("did you mean {}?", near.join(" or "))
    };
    let message = format!(
        "'{}' has no limits for a measurement '{name}'",
        subject.name
    );
    Failure::new(Exit::Negative, message).help(help)
}
