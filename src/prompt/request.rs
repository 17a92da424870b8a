//! A prompt as a runner asks it: the JSON of the `prompt` block of a package.

use serde_json::{Map, Value};

use crate::measure::{Number, Operand, read_written_boolean, spell};
use crate::prompt::{Action, Button, Input, InputMode, OnTimeout, Prompt};

impl Prompt {
    /// Reads the block; the error is for the runner. Keys that nobody knows are left out.
    pub(crate) fn from_request(id: &str, block: &Value) -> Result<Self, String> {
        let Value::Object(block) = block else {
            return Err("a prompt is a map".to_owned());
        };
        let message = text(block, "message").ok_or("message is required for prompt")?;
        let timeout_s = block
            .get("timeout_s")
            .or_else(|| block.get("timeout"))
            .and_then(|value| Number::read(value).ok()?.finite());
        let buttons = block.get("buttons").and_then(Value::as_array);
        let prompt = Self {
            id: id.to_owned(),
            title: text(block, "title"),
            message,
            image: text(block, "image"),
            picture: None,
            buttons: buttons
                .into_iter()
                .flatten()
                .map(button)
                .collect::<Result<_, _>>()?,
            default_button: text(block, "default_button"),
            input: block
                .get("input")
                .filter(|input| !input.is_null())
                .map(input)
                .transpose()?,
            timeout_s,
            on_timeout: text(block, "on_timeout")
                .map_or(OnTimeout::Abort, |text| OnTimeout::parse(&text)),
            manual: flag(block, "manual"),
        };
        Ok(prompt.normalized())
    }
}

fn button(block: &Value) -> Result<Button, String> {
    let name = match block {
        Value::String(name) => return Ok(Button::new(name.clone(), Action::Continue)),
        Value::Object(block) => text(block, "name"),
        _ => None,
    };
    let name = name.ok_or("a button needs a name")?;
    let action = match block.get("action").and_then(Value::as_str) {
        None => Action::Continue,
        Some(action) => Action::parse(action)
            .ok_or_else(|| format!("button '{name}': unknown action '{action}'"))?,
    };
    Ok(Button::new(name, action))
}

fn input(block: &Value) -> Result<Input, String> {
    let Value::Object(block) = block else {
        return Err("input is a map".to_owned());
    };
    let operand = |key: &str| {
        let value = block.get(key).filter(|value| !value.is_null())?;
        Some(Operand::literal(spell(value), value.clone()))
    };
    let options = ["options", "choices", "items", "values"]
        .into_iter()
        .find_map(|key| block.get(key)?.as_array());
    let (low_limit, high_limit) = (operand("low_limit"), operand("high_limit"));
    let mode = match text(block, "mode") {
        None => Input::implied_mode(
            low_limit.is_some() || high_limit.is_some(),
            options.is_some(),
        ),
        Some(mode) => {
            InputMode::parse(&mode).ok_or_else(|| format!("unknown input mode '{mode}'"))?
        }
    };
    Ok(Input {
        mode,
        variable: text(block, "variable"),
        low_limit,
        high_limit,
        unit: text(block, "unit"),
        expected: operand("expected"),
        options: options.cloned().unwrap_or_default(),
        pattern: text(block, "pattern"),
        default: block
            .get("default")
            .filter(|value| !value.is_null())
            .cloned(),
        prefill: flag(block, "prefill"),
        show_limits: flag(block, "show_limits"),
    })
}

fn text(block: &Map<String, Value>, key: &str) -> Option<String> {
    block.get(key).filter(|value| !value.is_null()).map(spell)
}

fn flag(block: &Map<String, Value>, key: &str) -> bool {
    block
        .get(key)
        .and_then(read_written_boolean)
        .unwrap_or(false)
}
