//! One question, from its text to its answer, line by line. Pure: it reads and writes nothing.

use serde_json::Value;

use crate::frontend::text::{Paint, Script, Tone, wrap};
use crate::measure::spell;
use crate::prompt::{Action, Answer, Button, InputMode, OnTimeout, Prompt};

/// Columns of a question; longer lines are hard to read.
pub(super) const WIDTH: usize = 78;

/// A question that is being asked.
#[derive(Debug)]
pub(in super::super) struct Dialogue {
    prompt: Prompt,
    stage: Stage,
}

/// What the next line answers.
#[derive(Debug)]
enum Stage {
    /// The field.
    Entry,
    /// Whether a value outside its limits is kept.
    Keep { raw: String, value: Value },
    /// The buttons; the field is filled in, where there is one.
    Button { entry: Option<(String, Value)> },
}

/// What a line led to.
#[derive(Debug, PartialEq)]
pub(in super::super) enum Reply {
    /// Say this and go on asking.
    Again(String),
    /// Go on with what [`Dialogue::hint`] says now.
    Next,
    Done(Box<Answer>),
}

impl Dialogue {
    pub(in super::super) fn new(prompt: Prompt) -> Self {
        let stage = if prompt.input.is_some() {
            Stage::Entry
        } else {
            Stage::Button { entry: None }
        };
        Self { prompt, stage }
    }

    /// Whether this is the question with that id.
    pub(in super::super) fn is(&self, id: &str) -> bool {
        self.prompt.id == id
    }

    /// The question: title, message, picture, time limit.
    pub(in super::super) fn text(&self, script: Script, paint: Paint) -> String {
        let prompt = &self.prompt;
        let mut out = String::from("\n");
        let mut line = |tone: Tone, text: &str| {
            for line in wrap(&script.clean(text), WIDTH) {
                out.push_str("  ");
                paint.push(&mut out, tone, &line);
                out.push('\n');
            }
        };
        if let Some(title) = &prompt.title {
            line(Tone::Strong, title);
        }
        for paragraph in prompt.message.lines() {
            line(Tone::Plain, paragraph);
        }
        if let Some(image) = &prompt.image {
            let path = prompt.picture.as_ref().map_or(image, |it| &it.path);
            line(Tone::Note, &format!("picture: {path}"));
        }
        if let Some(seconds) = prompt.timeout_s {
            let then = match &prompt.on_timeout {
                OnTimeout::Abort => "the run is aborted".to_owned(),
                OnTimeout::Fail => "the step fails".to_owned(),
                OnTimeout::Continue => "the run goes on".to_owned(),
                OnTimeout::Button(name) => format!("{name} is pressed"),
            };
            line(Tone::Warn, &format!("within {seconds} s, else {then}"));
        }
        out
    }

    /// What can be typed now, ending where it is typed.
    pub(in super::super) fn hint(&self, script: Script, paint: Paint) -> String {
        let mut out = String::new();
        let text = match &self.stage {
            Stage::Entry => self.entry_hint(),
            Stage::Keep { .. } => "Enter keeps it; or type another value".to_owned(),
            Stage::Button { .. } => self.button_hint(),
        };
        out.push_str("  ");
        paint.push(&mut out, Tone::Dim, &script.clean(&text));
        out.push('\n');
        paint.push(&mut out, Tone::Note, &script.sign("▸"));
        out.push(' ');
        out
    }

    /// Takes a line that was typed.
    pub(in super::super) fn take(&mut self, line: &str, by: Option<&str>) -> Reply {
        let stage = std::mem::replace(&mut self.stage, Stage::Entry);
        match stage {
            Stage::Keep { raw, value } if line.trim().is_empty() => self.accept(raw, value, by),
            // Another value, or a button.
            Stage::Entry | Stage::Keep { .. } => self.take_entry(line, by),
            Stage::Button { entry } => self.take_button(line, entry, by),
        }
    }

    fn entry_hint(&self) -> String {
        let input = self.prompt.input.clone().unwrap_or_default();
        let mut text = match input.mode {
            InputMode::Number => "Number".to_owned(),
            InputMode::Text => "Text".to_owned(),
            InputMode::Boolean => "yes or no".to_owned(),
            InputMode::List => input
                .options
                .iter()
                .enumerate()
                .map(|(i, option)| format!("{}) {}", i + 1, spell(option)))
                .collect::<Vec<_>>()
                .join("   "),
        };
        if let Some(unit) = &input.unit {
            text = format!("{text} in {unit}");
        }
        if let Some(limits) = input.shown_limits() {
            text = format!("{text} [{limits}]");
        }
        if let Some(default) = self.prompt.prefilled() {
            text = format!("{text}, Enter for {default}");
        }
        let others = self.buttons_beside_entry();
        if !others.is_empty() {
            text = format!("{text}   ({others})");
        }
        text
    }

    /// The buttons that can be pressed instead of filling in the field.
    fn buttons_beside_entry(&self) -> String {
        self.numbered()
            .filter(|(_, button)| button.action == Action::Abort)
            .map(|(number, button)| format!("/{number} {}", label(button)))
            .collect::<Vec<_>>()
            .join("   ")
    }

    fn button_hint(&self) -> String {
        let enter = self.prompt.enter_button();
        self.numbered()
            .map(|(number, button)| {
                let mark = if enter == Some(button) {
                    " (Enter)"
                } else {
                    ""
                };
                format!("{number} {}{mark}", label(button))
            })
            .collect::<Vec<_>>()
            .join("   ")
    }

    fn numbered(&self) -> impl Iterator<Item = (usize, &Button)> {
        self.prompt
            .buttons
            .iter()
            .enumerate()
            .map(|(i, button)| (i + 1, button))
    }

    fn take_entry(&mut self, line: &str, by: Option<&str>) -> Reply {
        if let Some(name) = line.trim().strip_prefix('/')
            && let Some(button) = self.find(name)
        {
            let button = button.clone();
            return self.done(&button, None, by);
        }
        let raw = self.raw_of(line);
        match self.prompt.check_entry(&raw) {
            Err(message) => {
                self.stage = Stage::Entry;
                Reply::Again(message)
            }
            Ok(value) => match self.prompt.outside(&value) {
                Some(message) => {
                    self.stage = Stage::Keep { raw, value };
                    Reply::Again(message)
                }
                None => self.accept(raw, value, by),
            },
        }
    }

    /// The line as the field takes it: an empty one stands for the default that is shown, and a
    /// number for an option of a list that has no such option itself.
    fn raw_of(&self, line: &str) -> String {
        if line.trim().is_empty()
            && let Some(default) = self.prompt.prefilled()
        {
            return default;
        }
        if let Some(input) = &self.prompt.input
            && input.mode == InputMode::List
            && let Ok(number) = line.trim().parse::<usize>()
            && !input
                .options
                .iter()
                .any(|option| spell(option) == line.trim())
            && let Some(option) = number.checked_sub(1).and_then(|i| input.options.get(i))
        {
            return spell(option);
        }
        line.to_owned()
    }

    /// Takes the entry. Where only one button goes on, it needs no second question.
    fn accept(&mut self, raw: String, value: Value, by: Option<&str>) -> Reply {
        let mut onward = self
            .prompt
            .buttons
            .iter()
            .filter(|button| button.action != Action::Abort);
        if let (Some(only), None) = (onward.next(), onward.next()) {
            let only = only.clone();
            return self.done(&only, Some((raw, value)), by);
        }
        self.stage = Stage::Button {
            entry: Some((raw, value)),
        };
        Reply::Next
    }

    fn take_button(
        &mut self,
        line: &str,
        entry: Option<(String, Value)>,
        by: Option<&str>,
    ) -> Reply {
        let text = line.trim();
        let button = if text.is_empty() {
            self.prompt.enter_button()
        } else {
            self.find(text.trim_start_matches('/'))
        };
        if let Some(button) = button.cloned() {
            return self.done(&button, entry, by);
        }
        self.stage = Stage::Button { entry };
        Reply::Again(if text.is_empty() {
            "Enter alone presses nothing here".to_owned()
        } else {
            format!("there is no button {text}")
        })
    }

    /// A button by its number, its name, or the beginning of it.
    fn find(&self, text: &str) -> Option<&Button> {
        let text = text.trim();
        if let Some(button) = self.prompt.button(text) {
            return Some(button);
        }
        if let Ok(number) = text.parse::<usize>() {
            return self.prompt.buttons.get(number.checked_sub(1)?);
        }
        let text = text.to_lowercase();
        let mut alike = self
            .prompt
            .buttons
            .iter()
            .filter(|button| !text.is_empty() && button.name.to_lowercase().starts_with(&text));
        match (alike.next(), alike.next()) {
            (Some(button), None) => Some(button),
            _ => None,
        }
    }

    fn done(&self, button: &Button, entry: Option<(String, Value)>, by: Option<&str>) -> Reply {
        let (raw, value) = entry.unzip();
        Reply::Done(Box::new(Answer {
            prompt_id: self.prompt.id.clone(),
            button: Some(button.name.clone()),
            action: Some(button.action),
            raw,
            value,
            by: by.map(str::to_owned),
            front_end: Some("headless".to_owned()),
            unattended: false,
            timed_out: false,
        }))
    }
}

/// The name of a button, and what it does where the name does not tell.
fn label(button: &Button) -> String {
    if button.action == Action::Abort {
        format!("{} (aborts the run)", button.name)
    } else {
        button.name.clone()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[expect(
        clippy::needless_pass_by_value,
        reason = "a JSON literal reads better without an ampersand"
    )]
    fn dialogue(prompt: Value) -> Dialogue {
        let mut full = json!({"id": "p1", "message": "Well?"});
        full.as_object_mut()
            .unwrap()
            .extend(prompt.as_object().unwrap().clone());
        let prompt: Prompt = serde_json::from_value(full).unwrap();
        Dialogue::new(prompt.normalized())
    }

    #[track_caller]
    fn pressed(reply: Reply) -> String {
        match reply {
            Reply::Done(answer) => answer.button.unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn refused(reply: Reply) -> String {
        match reply {
            Reply::Again(message) => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn button_is_pressed_by_number_name_or_beginning() {
        for line in ["2", "fail", "f", " FAIL ", "/2"] {
            assert_eq!(
                pressed(dialogue(json!({"manual": true})).take(line, None)),
                "FAIL"
            );
        }
        assert!(refused(dialogue(json!({"manual": true})).take("9", None)).contains('9'));
    }

    #[test]
    fn enter_presses_the_default_and_nothing_in_a_manual_prompt() {
        assert_eq!(pressed(dialogue(json!({})).take("", None)), "OK");
        let mut manual = dialogue(json!({"manual": true}));
        refused(manual.take("", None));
        assert_eq!(pressed(manual.take("p", None)), "PASS");
    }

    #[test]
    fn number_is_checked_before_it_is_taken() {
        let mut dialogue = dialogue(json!({"input": {"mode": "number", "unit": "V"}}));
        refused(dialogue.take("three", None));
        let Reply::Done(answer) = dialogue.take("3,3", Some("bob")) else {
            panic!("3,3 is a number at a prompt");
        };
        assert_eq!(answer.raw.as_deref(), Some("3,3"));
        assert_eq!(answer.value, Some(json!(3.3)));
        assert_eq!(answer.by.as_deref(), Some("bob"));
        assert_eq!(answer.button.as_deref(), Some("OK"));
    }

    #[test]
    fn value_outside_its_limits_is_asked_about_once() {
        let input = json!({"mode": "number", "low_limit": limit("1"), "high_limit": limit("2")});
        let mut kept = dialogue(json!({ "input": input }));
        refused(kept.take("5", None));
        assert_eq!(pressed(kept.take("", None)), "OK");

        let mut corrected = dialogue(json!({ "input": input }));
        refused(corrected.take("5", None));
        let Reply::Done(answer) = corrected.take("1.5", None) else {
            panic!("a value within the limits needs no question");
        };
        assert_eq!(answer.value, Some(json!(1.5)));
    }

    fn limit(number: &str) -> Value {
        let value: Value = serde_json::from_str(number).unwrap();
        serde_json::to_value(crate::measure::Operand::literal(number, value)).unwrap()
    }

    #[test]
    fn limits_are_shown_only_where_the_prompt_says_so() {
        let hint = |show: bool| {
            let input = json!({
                "mode": "number", "unit": "Nm", "low_limit": limit("1"), "high_limit": limit("2"),
                "show_limits": show,
            });
            dialogue(json!({ "input": input })).hint(Script::Unicode, Paint::Plain)
        };
        assert!(
            hint(true).contains("Number in Nm [1 … 2]"),
            "{}",
            hint(true)
        );
        assert!(!hint(false).contains('…'), "{}", hint(false));
    }

    #[test]
    fn list_takes_the_number_or_the_text_of_an_option() {
        let list = json!({"input": {"mode": "list", "options": ["red", "green", 7]}});
        for (line, value) in [
            ("2", json!("green")),
            ("red", json!("red")),
            ("7", json!(7)),
        ] {
            let Reply::Done(answer) = dialogue(list.clone()).take(line, None) else {
                panic!("{line}");
            };
            assert_eq!(answer.value, Some(value));
        }
    }

    #[test]
    fn prefilled_default_is_taken_by_enter_and_another_default_is_not() {
        let input = json!({"mode": "number", "default": 1.2, "prefill": true});
        assert_eq!(
            pressed(dialogue(json!({ "input": input })).take("", None)),
            "OK"
        );
        let input = json!({"mode": "number", "default": 1.2});
        refused(dialogue(json!({ "input": input })).take("", None));
    }

    #[test]
    fn several_buttons_are_asked_for_after_the_entry() {
        let buttons = json!([
            {"name": "Good", "action": "pass"}, {"name": "Bad", "action": "fail"},
        ]);
        let mut dialogue = dialogue(json!({"buttons": buttons, "input": {"mode": "text"}}));
        assert_eq!(dialogue.take("a note", None), Reply::Next);
        let Reply::Done(answer) = dialogue.take("bad", None) else {
            panic!("`bad` is a button");
        };
        assert_eq!(answer.raw.as_deref(), Some("a note"));
        assert_eq!(answer.action, Some(Action::Fail));
    }

    #[test]
    fn cancel_needs_no_entry() {
        let mut dialogue = dialogue(json!({"input": {"mode": "number"}}));
        assert_eq!(pressed(dialogue.take("/cancel", None)), "Cancel");
    }

    #[test]
    fn question_shows_everything_that_it_has() {
        let dialogue = dialogue(json!({
            "title": "Inspection", "message": "Compare with the picture.\nTake your time.",
            "image": "images/led.png", "picture": {"path": "/pkg/images/led.png"}, "timeout_s": 30.0, "on_timeout": "fail", "manual": true,
        }));
        let text = dialogue.text(Script::Unicode, Paint::Plain);
        let hint = dialogue.hint(Script::Unicode, Paint::Plain);
        assert_eq!(
            text + &hint,
            "\n  Inspection\n  Compare with the picture.\n  Take your time.\n  \
             picture: /pkg/images/led.png\n  within 30 s, else the step fails\n  \
             1 PASS   2 FAIL   3 Cancel (aborts the run)\n▸ "
        );
    }
}
