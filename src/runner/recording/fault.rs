//! Faults to inject into a simulation.

use std::str::FromStr;

use serde_json::Value;

/// What goes wrong at which step.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault {
    /// As people write it: a step's name or path. As a runner is told: its path.
    pub(crate) step: String,
    pub(crate) effect: Effect,
}

/// What goes wrong, at every call of the step.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Effect {
    /// No answer.
    Timeout,
    /// The test code raises an exception.
    Error,
    /// The runner ends.
    Crash,
    /// Another value in place of every value that was returned, or of the one that is named.
    Value { name: Option<String>, value: Value },
}

impl Fault {
    /// The form that [`str::parse`] reads, which records hold too.
    pub(crate) fn spelled(&self) -> String {
        let effect = match &self.effect {
            Effect::Timeout => "timeout".to_owned(),
            Effect::Error => "error".to_owned(),
            Effect::Crash => "crash".to_owned(),
            Effect::Value { name: None, value } => format!("value:{value}"),
            Effect::Value {
                name: Some(name),
                value,
            } => format!("value:{name}={value}"),
        };
        format!("{}={effect}", self.step)
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || "write it as STEP=timeout, STEP=error, STEP=crash or STEP=value:X".to_owned();
        // The step's name may hold a `=`; a value, too: the first kind of fault that fits ends it.
        let mut places = text.match_indices('=').map(|(at, _)| at);
        let (at, effect) = places
            .find_map(|at| Some((at, effect(&text[at + 1..])?)))
            .ok_or_else(wrong)?;
        match text[..at].trim() {
            "" => Err(wrong()),
            step => Ok(Self {
                step: step.to_owned(),
                effect,
            }),
        }
    }
}

fn effect(text: &str) -> Option<Effect> {
    match text.trim() {
        "timeout" => return Some(Effect::Timeout),
        "error" => return Some(Effect::Error),
        "crash" => return Some(Effect::Crash),
        _ => {}
    }
    let given = text.trim_start().strip_prefix("value:")?;
    let (name, value) = match given.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => (Some(name.trim().to_owned()), value),
        _ => (None, given),
    };
    Some(Effect::Value {
        name,
        value: typed(value),
    })
}

/// What JSON reads as a value is one; anything else is a text.
fn typed(text: &str) -> Value {
    serde_json::from_str(text.trim()).unwrap_or_else(|_| Value::from(text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fault_names_its_step_and_its_effect() {
        let fault: Fault = "Measure = rail=value:3.1".parse().unwrap();
        assert_eq!(fault.step, "Measure = rail");
        let value = json!(3.1);
        assert_eq!(fault.effect, Effect::Value { name: None, value });
        for (text, effect) in [
            ("a=timeout", Effect::Timeout),
            ("a=error", Effect::Error),
            ("a=crash", Effect::Crash),
        ] {
            assert_eq!(text.parse::<Fault>().unwrap().effect, effect);
        }
        let fault: Fault = "a=value:vout=low".parse().unwrap();
        let (name, value) = (Some("vout".to_owned()), json!("low"));
        assert_eq!(fault.effect, Effect::Value { name, value });
        for wrong in ["", "a", "=crash", "a=explode", "a=value"] {
            assert!(wrong.parse::<Fault>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn spelled_fault_reads_back() {
        for text in ["a/b=value:\"x=1\"", "a=value:n=[1,2]", "a=crash"] {
            let fault: Fault = text.parse().unwrap();
            assert_eq!(fault.spelled().parse(), Ok(fault));
        }
    }
}
