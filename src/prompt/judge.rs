//! The verdict on an answer, and the variables that it sets.

use serde_json::Value;

use crate::measure::{Measurement, Origin};
use crate::prompt::{Action, Answer, Input, InputMode, Prompt};
use crate::verdict::Verdict;

/// What an answer comes to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    /// Why the verdict is not PASS.
    pub(crate) reason: Option<String>,
    /// The answer as a measurement, where its field has limits and was looked at.
    pub(crate) measurement: Option<Measurement>,
    /// Full names and values, to be assigned as they stand.
    pub(crate) variables: Vec<(String, Value)>,
}

/// Judges an answer: abort and fail buttons decide by themselves, pass and continue leave it to the
/// check of the entry.
pub(crate) fn judge(prompt: &Prompt, answer: &Answer) -> Outcome {
    let action = prompt.action_of(answer);
    let value = prompt.value_of(answer);
    let variables = variables(prompt, answer, action, value.as_ref());
    let (verdict, reason, measurement) = match action {
        Action::Abort => (Verdict::Aborted, Some(pressed(answer, "aborted")), None),
        Action::Fail => (Verdict::Fail, Some(pressed(answer, "failed")), None),
        Action::Pass | Action::Continue => match &prompt.input {
            Some(input) => judge_entry(input, answer, value.as_ref()),
            None => (Verdict::Pass, None, None),
        },
    };
    Outcome {
        verdict,
        reason,
        measurement,
        variables,
    }
}

impl Prompt {
    /// What the answer does. An answer that says nothing understandable aborts.
    fn action_of(&self, answer: &Answer) -> Action {
        let of_button = || Some(self.button(answer.button.as_deref()?)?.action);
        answer.action.or_else(of_button).unwrap_or(Action::Abort)
    }

    /// The entry as it reads; unreadable text stays text, so that the check names it.
    fn value_of(&self, answer: &Answer) -> Option<Value> {
        let input = self.input.as_ref()?;
        let read = || {
            let raw = answer.raw.as_deref()?;
            Some(self.check_entry(raw).unwrap_or_else(|_| raw.into()))
        };
        let nothing = || (input.mode == InputMode::Text && !answer.timed_out).then(|| "".into());
        answer.value.clone().or_else(read).or_else(nothing)
    }
}

/// Verdict, reason and measurement of an entry.
fn judge_entry(
    input: &Input,
    answer: &Answer,
    value: Option<&Value>,
) -> (Verdict, Option<String>, Option<Measurement>) {
    let is_invented = answer.unattended || answer.timed_out;
    let origin = if is_invented {
        Origin::Unattended
    } else {
        Origin::Operator
    };
    if let Some(measurement) = input.measure(value, origin) {
        return (
            measurement.verdict,
            measurement.reason.clone(),
            Some(measurement),
        );
    }
    match value {
        None if !is_invented => {
            let reason = "no-value: nothing was entered".to_owned();
            (Verdict::Undetermined, Some(reason), None)
        }
        _ => (Verdict::Pass, None, None),
    }
}

fn pressed(answer: &Answer, what: &str) -> String {
    match (&answer.button, answer.timed_out) {
        (_, true) => format!("{what}: nobody answered in time"),
        (Some(button), false) => format!("{what} with the button '{button}'"),
        (None, false) => format!("{what} by the answer"),
    }
}

/// The variables of FORMAT section 5. An aborted prompt leaves those of its field alone.
fn variables(
    prompt: &Prompt,
    answer: &Answer,
    action: Action,
    value: Option<&Value>,
) -> Vec<(String, Value)> {
    let response = Value::from(answer.button.clone().unwrap_or_default());
    let spelled = Value::from(action.as_str());
    let mut variables = vec![
        ("Response".to_owned(), response.clone()),
        ("exec.prompt.response".to_owned(), response),
        ("Action".to_owned(), spelled.clone()),
        ("exec.prompt.action".to_owned(), spelled),
        ("TimedOut".to_owned(), answer.timed_out.into()),
    ];
    if action == Action::Abort {
        return variables;
    }
    if let Some(input) = &prompt.input {
        let value = value.cloned().unwrap_or(Value::Null);
        if let Some(variable) = &input.variable {
            variables.push((variable.clone(), value.clone()));
        }
        variables.push(("InputValue".to_owned(), value));
    }
    variables
}
