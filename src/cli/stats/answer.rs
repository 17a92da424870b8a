//! What every figure comes with: which results counted, and which did not.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::block::Block;
use super::number::counted;
use crate::cli::args::{IncludeName, StatsCommonArgs, StoreName};
use crate::cli::exit::Failure;
use crate::cli::results::View;
use crate::event::{Mode, Timestamp};
use crate::frontend::text::Tone;
use crate::measure::Origin;
use crate::record::{HistoryError, Voided};
use crate::stats::survey::{Scope, Survey};

/// The documents of `--format json`; a name is never changed within a version.
const DOCUMENT: &str = "maestro-stats-1";

/// Their JSON Schema.
pub(in crate::cli) const SCHEMA: &str = include_str!("maestro-stats-1.schema.json");

/// Figures, ready to be put out in any form.
pub(super) trait Answer {
    /// What `--format json` calls it.
    fn figure(&self) -> &'static str;

    /// The figures as a document.
    fn json(&self) -> Value;

    /// The figures as a page.
    fn blocks(&self, view: &View) -> Vec<Block>;

    /// The figures as one table: its heading, then its rows.
    fn table(&self) -> Vec<Vec<String>>;
}

/// Where figures come from and what counts.
pub(super) struct Context<'a> {
    pub(super) survey: &'a dyn Survey,
    pub(super) scope: Scope,
    pub(super) view: &'a View,
    pub(super) store: StoreName,
}

/// Runs that meet the filter and do not count, each for its first reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct LeftOut {
    /// Runs of other modes, by mode.
    pub(super) modes: Vec<(Mode, u64)>,
    pub(super) voided: u64,
    pub(super) unattended: u64,
}

/// What counts unasked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// Runs of this mode that are neither void nor unattended.
    Mode(Mode),
    Everything,
}

/// The scope that the arguments mean; `unasked` is what counts where no mode is named.
pub(super) fn scope(
    common: &StatsCommonArgs,
    view: &View,
    unasked: Counted,
) -> Result<Scope, Failure> {
    let mode = match unasked {
        Counted::Mode(mode) => Some(mode),
        Counted::Everything => None,
    };
    let mut filter = common.filter.filter(view.now, &view.zone, mode)?;
    let includes = |name| common.include.contains(&name);
    if mode.is_some() && !includes(IncludeName::Voided) {
        filter.voided = Voided::LeftOut;
    }
    Ok(Scope {
        filter,
        unattended: includes(IncludeName::Unattended),
        mock: includes(IncludeName::Mock),
        simulated: includes(IncludeName::Simulated),
        step: None,
    })
}

impl LeftOut {
    pub(super) fn of(survey: &dyn Survey, scope: &Scope) -> Result<Self, HistoryError> {
        let mut left_out = Self::default();
        for kind in survey.kinds(scope)? {
            if scope.filter.mode.is_some_and(|mode| mode != kind.mode) {
                match left_out
                    .modes
                    .iter_mut()
                    .find(|(mode, _)| *mode == kind.mode)
                {
                    Some((_, runs)) => *runs += kind.runs,
                    None => left_out.modes.push((kind.mode, kind.runs)),
                }
            } else if kind.voided && scope.filter.voided == Voided::LeftOut {
                left_out.voided += kind.runs;
            } else if kind.unattended && !scope.unattended {
                left_out.unattended += kind.runs;
            }
        }
        Ok(left_out)
    }

    /// In one line; `None` where nothing was left out.
    fn line(&self) -> Option<String> {
        let mut parts = Vec::new();
        let mut ways = Vec::new();
        let of_modes: u64 = self.modes.iter().map(|(_, runs)| runs).sum();
        if of_modes > 0 {
            let each: Vec<String> = self
                .modes
                .iter()
                .map(|(mode, runs)| format!("{} {}", super::number::count(*runs), mode.as_str()))
                .collect();
            let runs = counted(of_modes, "run", "runs");
            parts.push(format!("{runs} of other modes ({})", each.join(", ")));
            ways.push("--mode all".to_owned());
        }
        let mut included = Vec::new();
        for (runs, word) in [(self.voided, "voided"), (self.unattended, "unattended")] {
            if runs > 0 {
                parts.push(format!("{} {word}", super::number::count(runs)));
                included.push(word);
            }
        }
        if !included.is_empty() {
            ways.push(format!("--include {}", included.join(",")));
        }
        (!parts.is_empty()).then(|| {
            format!(
                "Left out: {}; {} counts them too.",
                parts.join(", "),
                ways.join(" ")
            )
        })
    }

    pub(super) fn block(&self) -> Option<Block> {
        self.line().map(|line| Block::Text(Tone::Dim, line))
    }

    fn json(&self) -> Value {
        let modes: Map<String, Value> = self
            .modes
            .iter()
            .map(|(mode, runs)| (mode.as_str().to_owned(), json!(runs)))
            .collect();
        json!({
            "runs_of_other_modes": modes,
            "voided_runs": self.voided,
            "unattended_runs": self.unattended,
        })
    }
}

/// The document around the figures.
pub(super) fn document(answer: &dyn Answer, context: &Context, left_out: &LeftOut) -> String {
    let document = json!({
        "schema": DOCUMENT,
        "figure": answer.figure(),
        "store": context.store.to_string(),
        "made_at": context.view.now.to_rfc3339(),
        "selection": selection(&context.scope),
        "left_out": left_out.json(),
        "result": answer.json(),
    });
    format!("{document:#}\n")
}

/// What was asked for; nothing stands for what excludes nothing.
fn selection(scope: &Scope) -> Value {
    let filter = &scope.filter;
    let mut selection = Map::new();
    let texts = [
        ("serial_number", &filter.serial_number),
        ("test", &filter.test),
        ("package", &filter.package),
        ("package_version", &filter.package_version),
        ("station", &filter.station),
        ("operator", &filter.operator),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            selection.insert(name.to_owned(), json!(text));
        }
    }
    for (name, time) in [("since", filter.since), ("until", filter.until)] {
        if let Some(time) = time {
            selection.insert(name.to_owned(), json!(time.to_rfc3339()));
        }
    }
    for (key, value) in &filter.tags {
        selection.insert(format!("tag.{key}"), json!(value));
    }
    if let Some(verdict) = filter.verdict {
        selection.insert("verdict".to_owned(), json!(verdict.as_str()));
    }
    let mode = filter.mode.map_or("all", Mode::as_str);
    selection.insert("mode".to_owned(), json!(mode));
    if let Some(step) = &scope.step {
        selection.insert("step".to_owned(), json!(step));
    }
    let origins: Vec<_> = scope.origins().into_iter().map(Origin::as_str).collect();
    selection.insert("origins".to_owned(), json!(origins));
    Value::Object(selection)
}

/// What the figures are about, for people.
pub(super) fn about(scope: &Scope, view: &View) -> String {
    let filter = &scope.filter;
    let mut parts = Vec::new();
    let mut add = |word: &str, text: Option<&str>| {
        if let Some(text) = text {
            parts.push(format!("{word}{text}"));
        }
    };
    add("", filter.test.as_deref());
    add("step ", scope.step.as_deref());
    add("unit ", filter.serial_number.as_deref());
    add("station ", filter.station.as_deref());
    add("operator ", filter.operator.as_deref());
    add("package ", filter.package.as_deref());
    add("version ", filter.package_version.as_deref());
    for (key, value) in &filter.tags {
        parts.push(format!("{key}={value}"));
    }
    if let Some(verdict) = filter.verdict {
        parts.push(format!("runs that ended {verdict}"));
    }
    let at = |time: Timestamp| crate::cli::results::local(time, &view.zone, "%Y-%m-%d %H:%M");
    match (filter.since, filter.until) {
        (Some(since), Some(until)) => parts.push(format!("{} to {}", at(since), at(until))),
        (Some(since), None) => parts.push(format!("since {}", at(since))),
        (None, Some(until)) => parts.push(format!("until {}", at(until))),
        (None, None) => parts.push("all time".to_owned()),
    }
    match filter.mode {
        None => parts.push("all modes".to_owned()),
        Some(Mode::Production) => {}
        Some(mode) => parts.push(format!("mode {}", mode.as_str())),
    }
    parts.join(" · ")
}
