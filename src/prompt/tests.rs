//! One row per rule of FORMAT section 5.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::measure::Origin;
use crate::prompt::judge::Outcome;
use crate::prompt::{Action, Answer, InputMode, Prompt, judge};
use crate::verdict::Verdict;

/// A prompt from its block, as in a package.
fn prompt(mut block: Value) -> Prompt {
    if block.get("message").is_none() {
        block["message"] = json!("Look");
    }
    Prompt::from_request("p1", &block).unwrap()
}

fn names(prompt: &Prompt) -> Vec<&str> {
    prompt
        .buttons
        .iter()
        .map(|button| button.name.as_str())
        .collect()
}

fn answer(button: &str, raw: Option<&str>) -> Answer {
    Answer {
        prompt_id: "p1".to_owned(),
        button: Some(button.to_owned()),
        raw: raw.map(str::to_owned),
        ..Answer::default()
    }
}

fn press(prompt: &Prompt, button: &str, raw: Option<&str>) -> Outcome {
    judge(prompt, &answer(button, raw))
}

fn variable<'a>(outcome: &'a Outcome, name: &str) -> Option<&'a Value> {
    outcome
        .variables
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "blocks are written with json!"
)]
fn number(limits: Value) -> Prompt {
    let mut input = json!({"mode": "number", "variable": "v"});
    input
        .as_object_mut()
        .unwrap()
        .extend(limits.as_object().unwrap().clone());
    prompt(json!({"input": input}))
}

#[test]
fn buttons_that_are_left_out_are_added() {
    let table = [
        (json!({}), vec!["OK", "Cancel"]),
        (json!({"manual": true}), vec!["PASS", "FAIL", "Cancel"]),
        (
            json!({"buttons": [{"name": "Go", "action": "Continue"}]}),
            vec!["Go", "Cancel"],
        ),
        (
            json!({"buttons": [{"name": "Go"}, {"name": "Stop", "action": "ABORT"}]}),
            vec!["Go", "Stop"],
        ),
        (json!({"buttons": []}), vec!["OK", "Cancel"]),
    ];
    for (block, expected) in table {
        let prompt = prompt(block.clone());
        assert_eq!(names(&prompt), expected, "{block}");
        assert_eq!(prompt.clone().normalized(), prompt);
        let cancel = prompt.buttons.last().unwrap();
        assert_eq!(cancel.action, Action::Abort);
        assert_eq!(cancel.automatic, cancel.name == "Cancel");
    }
}

#[test]
fn enter_presses_the_default_or_the_first_that_does_not_abort() {
    let stop_go =
        json!([{"name": "Stop", "action": "abort"}, {"name": "Go", "action": "continue"}]);
    let table = [
        (json!({}), Some("OK")),
        (json!({"buttons": stop_go}), Some("Go")),
        (
            json!({"buttons": stop_go, "default_button": "stop"}),
            Some("Stop"),
        ),
        (
            json!({"buttons": stop_go, "default_button": "none such"}),
            Some("Go"),
        ),
        (
            json!({"buttons": [{"name": "Stop", "action": "abort"}]}),
            None,
        ),
        (json!({"manual": true}), None),
        (json!({"manual": true, "default_button": "PASS"}), None),
    ];
    for (block, expected) in table {
        let prompt = prompt(block.clone());
        assert_eq!(
            prompt.enter_button().map(|button| button.name.as_str()),
            expected,
            "{block}"
        );
    }
}

#[test]
fn button_decides_before_the_entry() {
    let block = json!({
        "buttons": [
            {"name": "Good", "action": "pass"}, {"name": "Bad", "action": "fail"},
            {"name": "Next", "action": "continue"}, {"name": "Stop", "action": "abort"},
        ],
        "input": {"mode": "number", "low_limit": 3, "high_limit": 4},
    });
    let prompt = prompt(block);
    let table = [
        ("Good", Some("3.5"), Verdict::Pass, true),
        ("Good", Some("9"), Verdict::Fail, true),
        ("Next", Some("3,5"), Verdict::Pass, true),
        ("Next", Some("9"), Verdict::Fail, true),
        ("Next", Some("abc"), Verdict::Undetermined, true),
        ("Next", None, Verdict::Undetermined, true),
        ("Bad", Some("3.5"), Verdict::Fail, false),
        ("Stop", Some("9"), Verdict::Aborted, false),
        ("Unheard of", Some("3.5"), Verdict::Aborted, false),
    ];
    for (button, raw, verdict, is_measured) in table {
        let outcome = press(&prompt, button, raw);
        assert_eq!(outcome.verdict, verdict, "{button} {raw:?}");
        assert_eq!(
            outcome.measurement.is_some(),
            is_measured,
            "{button} {raw:?}"
        );
        assert_eq!(
            outcome.reason.is_none(),
            verdict == Verdict::Pass,
            "{button} {raw:?}"
        );
    }
}

#[test]
fn prompt_without_input_passes_on_pass_and_continue() {
    let manual = prompt(json!({"manual": true}));
    assert_eq!(press(&manual, "PASS", None).verdict, Verdict::Pass);
    assert_eq!(press(&manual, "FAIL", None).verdict, Verdict::Fail);
    assert_eq!(press(&manual, "Cancel", None).verdict, Verdict::Aborted);
    assert_eq!(press(&prompt(json!({})), "OK", None).verdict, Verdict::Pass);
    let reason = press(&manual, "FAIL", None).reason.unwrap();
    assert_eq!(reason, "failed with the button 'FAIL'");
}

#[test]
fn answer_sets_its_variables() {
    let outcome = press(&number(json!({})), "OK", Some("3,5"));
    let expected = [
        ("v", json!(3.5)),
        ("InputValue", json!(3.5)),
        ("Response", json!("OK")),
        ("exec.prompt.response", json!("OK")),
        ("Action", json!("continue")),
        ("exec.prompt.action", json!("continue")),
        ("TimedOut", json!(false)),
    ];
    for (name, value) in expected {
        assert_eq!(variable(&outcome, name), Some(&value), "{name}");
    }
    assert_eq!(outcome.variables.len(), 7);
    let aborted = press(&number(json!({})), "Cancel", Some("3"));
    assert_eq!(variable(&aborted, "v"), None);
    assert_eq!(variable(&aborted, "Action"), Some(&json!("abort")));
}

#[test]
fn entry_is_read_by_its_mode() {
    let field = |input: Value| prompt(json!({ "input": input }));
    let text = json!({"mode": "text", "pattern": "[A-Z]{2}[0-9]+"});
    let list = json!({"mode": "list", "options": ["Red", "Green", 3, 1.5]});
    let table = [
        (json!({"mode": "number"}), "3.30", Ok(json!(3.3))),
        (json!({"mode": "number"}), " 3,3 ", Ok(json!(3.3))),
        (json!({"mode": "number"}), "-7", Ok(json!(-7))),
        (json!({"mode": "number"}), "1e3", Ok(json!(1000.0))),
        (
            json!({"mode": "number"}),
            "1,234.5",
            Err("'1,234.5' is not a number"),
        ),
        (
            json!({"mode": "number"}),
            "1,2,3",
            Err("'1,2,3' is not a number"),
        ),
        (json!({"mode": "number"}), "", Err("a number is needed")),
        (
            json!({"mode": "number"}),
            "3 V",
            Err("'3 V' is not a number"),
        ),
        (
            json!({"mode": "number"}),
            "1e999",
            Err("'1e999' is not a number"),
        ),
        (json!({"mode": "text"}), " a b \n", Ok(json!(" a b "))),
        (json!({"mode": "text"}), "", Ok(json!(""))),
        (text.clone(), "AB12", Ok(json!("AB12"))),
        (
            text.clone(),
            "AB",
            Err("'AB' does not have the form [A-Z]{2}[0-9]+"),
        ),
        (
            text,
            "xAB12x",
            Err("'xAB12x' does not have the form [A-Z]{2}[0-9]+"),
        ),
        (json!({"mode": "boolean"}), "yes", Ok(json!(true))),
        (json!({"mode": "boolean"}), "N", Ok(json!(false))),
        (json!({"mode": "boolean"}), "True", Ok(json!(true))),
        (json!({"mode": "boolean"}), "0", Ok(json!(false))),
        (
            json!({"mode": "boolean"}),
            "",
            Err("'' is neither yes nor no"),
        ),
        (list.clone(), "Red", Ok(json!("Red"))),
        (list.clone(), "green", Ok(json!("Green"))),
        (list.clone(), "3", Ok(json!(3))),
        (list, "Blue", Err("'Blue' is none of: Red, Green, 3, 1.5")),
        (
            json!({"mode": "list", "choices": ["a"]}),
            "a",
            Ok(json!("a")),
        ),
        (json!({"mode": "list", "items": ["a"]}), "a", Ok(json!("a"))),
        (
            json!({"mode": "list", "values": ["a"]}),
            "a",
            Ok(json!("a")),
        ),
    ];
    for (input, raw, expected) in table {
        let expected = expected.map_err(str::to_owned);
        assert_eq!(
            field(input.clone()).check_entry(raw),
            expected,
            "{input} {raw:?}"
        );
    }
}

#[test]
fn limits_and_expected_make_a_measurement_of_the_answer() {
    let outcome = press(
        &number(json!({"high_limit": 4, "unit": "Volt"})),
        "OK",
        Some("4.5"),
    );
    let measurement = outcome.measurement.unwrap();
    assert_eq!(measurement.name, "v");
    assert_eq!(measurement.origin, Origin::Operator);
    assert_eq!(measurement.actual_value, Some(4.5));
    assert_eq!(measurement.unit.as_deref(), Some("V"));
    assert_eq!(
        outcome.reason.as_deref(),
        Some("4.5 V is above high_limit 4 V")
    );

    let expected = prompt(json!({"input": {"mode": "text", "expected": "A1"}}));
    assert_eq!(press(&expected, "OK", Some("A1")).verdict, Verdict::Pass);
    assert_eq!(press(&expected, "OK", Some("a1")).verdict, Verdict::Fail);
    assert_eq!(press(&expected, "OK", None).verdict, Verdict::Fail);
    let name = press(&expected, "OK", Some("A1")).measurement.unwrap().name;
    assert_eq!(name, "InputValue");

    let lamp = prompt(json!({"input": {"mode": "boolean", "expected": true}}));
    assert_eq!(press(&lamp, "OK", Some("y")).verdict, Verdict::Pass);
    assert_eq!(press(&lamp, "OK", Some("n")).verdict, Verdict::Fail);

    let list = prompt(json!({"input": {"mode": "list", "options": [1, 2], "high_limit": 1}}));
    assert_eq!(press(&list, "OK", Some("2")).verdict, Verdict::Fail);
    assert!(
        press(&number(json!({})), "OK", Some("9"))
            .measurement
            .is_none()
    );
}

#[test]
fn value_outside_is_asked_for_once_without_telling_the_limits() {
    let hidden = number(json!({"high_limit": 4, "unit": "V"}));
    assert_eq!(hidden.outside(&json!(3)), None);
    assert_eq!(
        hidden.outside(&json!(5)).unwrap(),
        "5 V is not what is expected here"
    );
    let shown = number(json!({"high_limit": 4, "unit": "V", "show_limits": true}));
    assert_eq!(
        shown.outside(&json!(5)).unwrap(),
        "5 V is above high_limit 4 V"
    );
    assert_eq!(prompt(json!({})).outside(&json!(5)), None);
}

#[test]
fn default_fills_the_field_only_with_prefill() {
    assert_eq!(number(json!({"default": 3.0})).prefilled(), None);
    assert_eq!(
        number(json!({"default": 3.0, "prefill": true}))
            .prefilled()
            .as_deref(),
        Some("3.0")
    );
}

#[test]
fn unattended_run_presses_the_highest_action_in_the_order_of_the_package() {
    let buttons = |list: &[(&str, &str)]| {
        let list: Vec<Value> = list
            .iter()
            .map(|(n, a)| json!({"name": n, "action": a}))
            .collect();
        prompt(json!({ "buttons": list }))
    };
    let table: [(&[(&str, &str)], &str); 6] = [
        (
            &[
                ("F", "fail"),
                ("P", "pass"),
                ("C1", "continue"),
                ("C2", "continue"),
            ],
            "C1",
        ),
        (&[("F", "fail"), ("P1", "pass"), ("P2", "pass")], "P1"),
        (&[("A", "abort"), ("F", "fail")], "F"),
        (&[("A", "abort"), ("B", "abort")], "A"),
        (&[("F", "fail")], "F"),
        (&[], "OK"),
    ];
    for (list, expected) in table {
        let answer = buttons(list).unattended_answer();
        assert_eq!(answer.button.as_deref(), Some(expected));
        assert!(answer.unattended && !answer.timed_out);
    }
    let manual = prompt(json!({"manual": true}));
    assert_eq!(
        judge(&manual, &manual.unattended_answer()).verdict,
        Verdict::Pass
    );
}

#[test]
fn unattended_entry_is_default_expected_middle_or_what_the_mode_offers() {
    let table = [
        (
            json!({"mode": "number", "default": 7, "expected": 8, "low_limit": 1}),
            json!(7),
        ),
        (
            json!({"mode": "number", "expected": 8, "low_limit": 1}),
            json!(8),
        ),
        (
            json!({"mode": "number", "low_limit": 1, "high_limit": 4}),
            json!(2.5),
        ),
        (json!({"mode": "number", "low_limit": 1}), json!(1.0)),
        (json!({"mode": "number", "high_limit": 4}), json!(4.0)),
        (json!({"mode": "number"}), json!(0)),
        (json!({"mode": "text"}), json!("")),
        (json!({"mode": "text", "expected": "x"}), json!("x")),
        (json!({"mode": "boolean"}), json!(false)),
        (json!({"mode": "boolean", "expected": true}), json!(true)),
        (json!({"mode": "list", "options": ["a", "b"]}), json!("a")),
        (json!({"mode": "list"}), json!("")),
    ];
    for (input, expected) in table {
        let prompt = prompt(json!({ "input": input }));
        assert_eq!(prompt.unattended_answer().value, Some(expected), "{input}");
    }
}

#[test]
fn invented_answer_is_measured_as_unattended_without_a_value() {
    let prompt = number(json!({"low_limit": 1, "high_limit": 4}));
    let answer = prompt.unattended_answer();
    let outcome = judge(&prompt, &answer);
    let measurement = outcome.measurement.as_ref().unwrap();
    assert_eq!(outcome.verdict, Verdict::Pass);
    assert_eq!(
        (measurement.origin, measurement.actual_value),
        (Origin::Unattended, None)
    );
    assert_eq!(variable(&outcome, "v"), Some(&json!(2.5)));
    assert_eq!(
        prompt.unattended_warning(&answer),
        "[UNATTENDED] prompt 'Look': pressed 'OK' and entered '2.5', nobody was asked"
    );
    let plain = super::Prompt {
        title: Some("Lamp".to_owned()),
        input: None,
        ..prompt
    };
    assert_eq!(
        plain.unattended_warning(&plain.unattended_answer()),
        "[UNATTENDED] prompt 'Lamp': pressed 'OK', nobody was asked"
    );
}

#[test]
fn timeout_does_what_on_timeout_says() {
    let table = [
        (json!({}), Verdict::Aborted, "abort", ""),
        (
            json!({"on_timeout": "Abort"}),
            Verdict::Aborted,
            "abort",
            "",
        ),
        (json!({"on_timeout": "fail"}), Verdict::Fail, "fail", ""),
        (
            json!({"on_timeout": "continue"}),
            Verdict::Pass,
            "continue",
            "",
        ),
        (
            json!({"on_timeout": "bad", "buttons": [{"name": "Bad", "action": "fail"}]}),
            Verdict::Fail,
            "fail",
            "Bad",
        ),
        (
            json!({"on_timeout": "none such"}),
            Verdict::Aborted,
            "abort",
            "",
        ),
    ];
    for (block, verdict, action, response) in table {
        let prompt = prompt(block.clone());
        let outcome = judge(&prompt, &prompt.timeout_answer());
        assert_eq!(outcome.verdict, verdict, "{block}");
        assert_eq!(
            variable(&outcome, "Action"),
            Some(&json!(action)),
            "{block}"
        );
        assert_eq!(
            variable(&outcome, "Response"),
            Some(&json!(response)),
            "{block}"
        );
        assert_eq!(
            variable(&outcome, "TimedOut"),
            Some(&json!(true)),
            "{block}"
        );
    }
}

#[test]
fn timeout_that_goes_on_enters_the_default_or_nothing() {
    let limits = json!({"low_limit": 1, "high_limit": 4});
    let field = |mut input: Value| {
        input["mode"] = json!("number");
        input["variable"] = json!("v");
        prompt(json!({"on_timeout": "continue", "input": input}))
    };
    let timed_out = |prompt: &Prompt| judge(prompt, &prompt.timeout_answer());
    assert_eq!(
        timed_out(&field(limits.clone())).verdict,
        Verdict::Undetermined
    );
    let mut with_default = limits;
    with_default["default"] = json!(2);
    let outcome = timed_out(&field(with_default));
    assert_eq!(outcome.verdict, Verdict::Pass);
    assert_eq!(
        outcome.measurement.as_ref().unwrap().origin,
        Origin::Unattended
    );
    assert_eq!(variable(&outcome, "v"), Some(&json!(2)));
    let outcome = timed_out(&field(json!({})));
    assert_eq!(outcome.verdict, Verdict::Pass);
    assert_eq!(variable(&outcome, "v"), Some(&Value::Null));
}

#[test]
fn request_that_is_no_prompt_is_refused() {
    for (block, message) in [
        (json!(3), "a prompt is a map"),
        (json!({"title": "x"}), "message is required for prompt"),
        (
            json!({"message": "m", "buttons": [{"action": "pass"}]}),
            "a button needs a name",
        ),
        (
            json!({"message": "m", "buttons": [{"name": "X", "action": "explode"}]}),
            "button 'X': unknown action 'explode'",
        ),
        (
            json!({"message": "m", "input": {"mode": "voice"}}),
            "unknown input mode 'voice'",
        ),
        (json!({"message": "m", "input": 3}), "input is a map"),
    ] {
        assert_eq!(
            Prompt::from_request("p", &block),
            Err(message.to_owned()),
            "{block}"
        );
    }
    let prompt = Prompt::from_request("p", &json!({"message": "m", "timeout": "2.5"})).unwrap();
    assert_eq!(prompt.timeout_s, Some(2.5));
    for (input, mode) in [
        (json!({}), InputMode::Text),
        (json!({"low_limit": 1}), InputMode::Number),
        (json!({"choices": [1], "high_limit": 2}), InputMode::List),
    ] {
        let prompt = Prompt::from_request("p", &json!({"message": "m", "input": input})).unwrap();
        assert_eq!(prompt.input.unwrap().mode, mode);
    }
}

#[test]
fn questions_and_answers_go_through_json_unchanged() {
    let prompt = prompt(json!({
        "title": "T", "image": "a.png", "default_button": "OK", "timeout_s": 3, "on_timeout": "OK",
        "input": {"mode": "list", "options": [1, "b"], "expected": 1, "default": "b", "unit": "V"},
    }));
    let text = serde_json::to_string(&prompt).unwrap();
    assert_eq!(serde_json::from_str::<Prompt>(&text).unwrap(), prompt);
    let answer = prompt.unattended_answer();
    let text = serde_json::to_string(&answer).unwrap();
    assert_eq!(serde_json::from_str::<Answer>(&text).unwrap(), answer);
}

proptest! {
    #[test]
    fn no_entry_panics_and_numbers_are_finite(raw in "\\PC{0,20}", mode in 0..4_usize) {
        let mode = InputMode::ALL[mode].as_str();
        let prompt = prompt(json!({"input": {"mode": mode, "low_limit": 1, "options": ["a"]}}));
        let entry = prompt.check_entry(&raw);
        if let Ok(value) = &entry {
            let _ = prompt.outside(value);
        }
        let _ = press(&prompt, "OK", Some(&raw));
    }

    #[test]
    fn unattended_answer_always_presses_a_button_of_the_prompt(actions in proptest::collection::vec(0..4_usize, 0..5)) {
        let list: Vec<Value> = actions
            .iter()
            .enumerate()
            .map(|(i, action)| json!({"name": format!("b{i}"), "action": Action::ALL[*action].as_str()}))
            .collect();
        let prompt = prompt(json!({ "buttons": list }));
        let answer = prompt.unattended_answer();
        let button = prompt.button(answer.button.as_deref().unwrap()).unwrap();
        prop_assert_eq!(Some(button.action), answer.action);
        let goes_on = prompt.buttons.iter().any(|b| b.action == Action::Continue);
        prop_assert_eq!(goes_on, button.action == Action::Continue);
    }
}
