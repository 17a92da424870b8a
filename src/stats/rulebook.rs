//! By what a test judges each measurement: its name alone, where all of its steps agree, else its name
//! and its step.

use std::collections::BTreeMap;

use crate::measure::Spec;

/// What one step of a test says of one measurement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rule {
    /// Path of the step, as the record has it.
    pub(crate) step: String,
    pub(crate) name: String,
    /// The limits, or why they cannot be known.
    pub(crate) spec: Result<Spec, String>,
}

/// The rules of a test.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rulebook {
    /// By name, then by the path of the step.
    names: BTreeMap<String, BTreeMap<String, Result<Spec, String>>>,
}

/// What holds for a measurement of a past run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Ruling<'a> {
    By(&'a Spec),
    /// Why the file does not say it.
    Unknown(&'a str),
    /// The file does not name it.
    Nothing,
}

impl<'a> Ruling<'a> {
    pub(crate) const fn spec(self) -> Option<&'a Spec> {
        match self {
            Ruling::By(spec) => Some(spec),
            Ruling::Unknown(_) | Ruling::Nothing => None,
        }
    }
}

const SAME_PATH: &str = "steps of the same name judge it by different limits";
const NO_SUCH_STEP: &str =
    "the file has no such step, and several steps judge it by different limits";

impl Rulebook {
    pub(crate) fn of(rules: impl IntoIterator<Item = Rule>) -> Self {
        let mut names: BTreeMap<String, BTreeMap<String, Result<Spec, String>>> = BTreeMap::new();
        for rule in rules {
            let steps = names.entry(rule.name).or_default();
            match steps.get_mut(&rule.step) {
                Some(known) if *known != rule.spec => *known = Err(SAME_PATH.to_owned()),
                Some(_) => {}
                None => {
                    steps.insert(rule.step, rule.spec);
                }
            }
        }
        Self { names }
    }

    /// What holds for `name` in the step of this path. A step that was renamed or moved is judged as
    /// all steps that measure the name agree.
    pub(crate) fn ruling(&self, name: &str, step: Option<&str>) -> Ruling<'_> {
        let Some(steps) = self.names.get(name) else {
            return Ruling::Nothing;
        };
        let exact = step.and_then(|step| steps.get(step));
        match exact.or_else(|| agreed(steps)) {
            Some(Ok(spec)) => Ruling::By(spec),
            Some(Err(why)) => Ruling::Unknown(why),
            None => Ruling::Unknown(NO_SUCH_STEP),
        }
    }

    /// The names that several steps judge differently: of these a record's step matters.
    pub(crate) fn varied(&self) -> Vec<&str> {
        let varied = self
            .names
            .iter()
            .filter(|(_, steps)| agreed(steps).is_none());
        varied.map(|(name, _)| name.as_str()).collect()
    }

    pub(crate) fn is_varied(&self, name: &str) -> bool {
        self.names
            .get(name)
            .is_some_and(|steps| agreed(steps).is_none())
    }

    /// Every measurement with what holds for it, one by one: with its step where steps differ.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&str, Option<&str>, &Result<Spec, String>)> {
        self.names.iter().flat_map(|(name, steps)| {
            let is_one = agreed(steps).is_some();
            let shown = steps.iter().take(if is_one { 1 } else { usize::MAX });
            shown.map(move |(step, spec)| {
                let step = (!is_one).then_some(step.as_str());
                (name.as_str(), step, spec)
            })
        })
    }
}

/// What all steps say.
fn agreed(steps: &BTreeMap<String, Result<Spec, String>>) -> Option<&Result<Spec, String>> {
    let mut specs = steps.values();
    let first = specs.next()?;
    specs.all(|spec| spec == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::measure::Operand;

    fn rule(step: &str, name: &str, high: f64) -> Rule {
        let spec = Spec {
            name: name.to_owned(),
            high_limit: Some(Operand::literal(high.to_string(), Value::from(high))),
            ..Spec::default()
        };
        Rule {
            step: step.to_owned(),
            name: name.to_owned(),
            spec: Ok(spec),
        }
    }

    fn high(ruling: Ruling<'_>) -> Option<f64> {
        match ruling {
            Ruling::By(spec) => crate::stats::rejudge::limits_of(spec).high,
            _ => None,
        }
    }

    #[test]
    fn steps_that_agree_are_one_and_a_renamed_step_is_judged_as_they() {
        let book = Rulebook::of([rule("steps/A", "V", 4.0), rule("steps/B", "V", 4.0)]);
        assert!(book.varied().is_empty());
        for step in [None, Some("steps/A"), Some("steps/Gone")] {
            assert_eq!(high(book.ruling("V", step)), Some(4.0), "{step:?}");
        }
        assert_eq!(book.ruling("I", None), Ruling::Nothing);
        assert_eq!(book.each().count(), 1);
    }

    #[test]
    fn steps_that_differ_judge_their_own_values_and_nobody_elses() {
        let book = Rulebook::of([rule("steps/A", "V", 4.0), rule("steps/B", "V", 5.0)]);
        assert_eq!(book.varied(), ["V"]);
        assert_eq!(high(book.ruling("V", Some("steps/A"))), Some(4.0));
        assert_eq!(high(book.ruling("V", Some("steps/B"))), Some(5.0));
        let gone = book.ruling("V", Some("steps/Gone"));
        assert_eq!(gone, Ruling::Unknown(NO_SUCH_STEP));
        let steps: Vec<_> = book.each().map(|(_, step, _)| step).collect();
        assert_eq!(steps, [Some("steps/A"), Some("steps/B")]);
    }

    #[test]
    fn two_steps_of_one_path_that_differ_are_not_told_apart() {
        let book = Rulebook::of([rule("steps/A", "V", 4.0), rule("steps/A", "V", 5.0)]);
        assert_eq!(
            book.ruling("V", Some("steps/A")),
            Ruling::Unknown(SAME_PATH)
        );
    }
}
