//! A run that is held, on the screen.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::app::{Screen, Wish};
use super::super::key::Key;
use super::Bench;
use crate::event::sample::Stage;
use crate::session::HoldWish;

/// A run that is held behind a step that failed, before one more; or before its first step.
fn held(after: bool, next: &Value) -> Bench {
    let mut stage = Stage::new(3);
    stage.set(json!({"mode": "debug", "overrides": {"--step": true}}));
    stage.push(json!({
        "type": "variable_set", "source": "start",
        "values": {"rail": "3V3", "tolerance_percent": 5, "golden": {"a": 3.3, "b": [1, 2]}},
    }));
    let mut step = stage.start("Measure 3V3 rail", json!({}));
    let volts = crate::event::sample::volts("VOUT_3V3", 3.7, 3.135, 3.465);
    let fail = json!({"measurements": [volts], "reason": "VOUT_3V3 is FAIL"});
    stage.finish(step, "FAIL", fail.clone());
    if after {
        stage.push(hold_event(1, Some(step), next));
        stage.push(json!({
            "type": "hold_commanded", "hold": 1, "command": "again", "held_us": 5_000_000,
        }));
        stage.push(json!({"type": "execution_replaced", "first": step, "last": step}));
        step = stage.start(
            "Measure 3V3 rail",
            json!({"position": 1, "execution_no": 2}),
        );
        stage.finish(step, "FAIL", fail);
    }
    stage.push(hold_event(2, after.then_some(step), next));
    let count = stage.events.len();
    Bench::new(&stage, count)
}

fn hold_event(hold: u32, after: Option<u32>, next: &Value) -> Value {
    let mut event = json!({"type": "run_held", "hold": hold, "because": "break", "next": next});
    if let Some(step) = after {
        event["after"] = step.into();
    }
    event
}

fn next_step() -> Value {
    json!({
        "what": "step", "position": 2, "path": "steps/Power up/steps/Sweep load",
        "name": "Sweep load", "kind": "sequence",
    })
}

/// What the run is told.
#[track_caller]
fn ordered(wish: Option<Wish>) -> HoldWish {
    match wish {
        Some(Wish::Hold(order)) => {
            assert_eq!(order.hold, 2);
            assert_eq!(order.by.as_deref(), Some("bob"));
            order.wants
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn held_run() {
    let mut bench = held(true, &next_step());
    insta::assert_snapshot!(bench.frames());
}

#[test]
fn held_before_the_run_is_aborted() {
    let message = "step 'Measure 3V3 rail' is FAIL and terminates the run";
    let mut bench = held(true, &json!({"what": "abort", "message": message}));
    insta::assert_snapshot!(bench.frames());
}

#[test]
fn variables_of_a_held_run() {
    let mut bench = held(false, &next_step());
    bench.press("vtol");
    insta::assert_snapshot!(bench.frames());
    assert_eq!(bench.press("<enter>"), None);
    let text = bench.frame((80, 24));
    assert!(text.contains("write it as NAME=VALUE"), "{text}");
    let wish = ordered(bench.press("erance_percent=4.5<enter>"));
    let wanted = HoldWish::Set {
        name: "tolerance_percent".to_owned(),
        value: json!(4.5),
    };
    assert_eq!(wish, wanted);
    bench.press("v<esc>");
    assert!(matches!(bench.app.screen, Screen::Held));
}

#[test]
fn help_of_a_held_run() {
    let mut bench = held(true, &next_step());
    bench.press("?");
    insta::assert_snapshot!(bench.frames());
}

#[test]
fn keys_say_how_the_held_run_goes_on() {
    for (key, wish) in [
        ("<enter>", HoldWish::Run),
        ("n", HoldWish::Run),
        ("o", HoldWish::Over),
        ("s", HoldWish::Skip),
        ("r", HoldWish::Again),
        ("c", HoldWish::GoOn),
    ] {
        assert_eq!(ordered(held(true, &next_step()).press(key)), wish, "{key}");
    }
}

#[test]
fn every_key_that_a_held_run_shows_does_what_it_says() {
    let mut bench = held(true, &next_step());
    let text = bench.frame((80, 24));
    for key in ["Enter", "o", "s", "r", "v", "c", "Ctrl-C", "Ctrl-Z"] {
        assert!(text.contains(&format!("{key} ")), "{key}: {text}");
    }
    assert_eq!(bench.key(&Key::Ctrl('z')), Some(Wish::Suspend));
    bench.press("<up>l");
    assert!(bench.frame((80, 24)).contains("does not count"));
    bench.press("<esc>");
    assert!(matches!(bench.app.screen, Screen::Held));
    bench.press("<c-c>");
    assert_eq!(bench.press("n"), None);
    assert!(matches!(bench.app.screen, Screen::Held));
    bench.press("<c-c>");
    assert_eq!(bench.press("y"), Some(Wish::Abort));
}

#[test]
fn scan_while_the_run_is_held_does_nothing() {
    let mut bench = held(true, &next_step());
    assert_eq!(bench.scan("scron-0815\r"), None);
    assert_eq!(bench.scan("\r\r\r\r"), None);
}

#[test]
fn scan_that_a_busy_screen_reads_in_parts_does_nothing() {
    let mut bench = held(true, &next_step());
    bench.wait(100);
    assert_eq!(bench.key(&Key::Char('s')), None);
    // It drew for so long; the next key was there long before it is read.
    bench.now = bench.now.after(Duration::from_millis(100));
    assert_eq!(bench.key(&Key::Char('c')), None);
    assert_eq!(bench.wait(150), None);
}

#[test]
fn failure_that_is_replaced_is_none_and_took_no_time() {
    let bench = held(true, &next_step());
    assert_eq!(bench.app.run.failing.len(), 1);
    let node = bench.app.run.tree.selected().unwrap();
    assert_eq!(node.failures, 1);
    let record = bench.app.run.record.as_ref().unwrap();
    let counted = record.step(node.step.unwrap()).unwrap();
    let counted = counted.finished.as_ref().unwrap().worked_us();
    assert_eq!(node.duration_us, counted);
}

#[test]
fn verdict_of_a_debug_run_says_so() {
    let mut stage = Stage::new(1);
    stage.set(json!({"mode": "debug"}));
    let step = stage.start("Measure 3V3 rail", json!({}));
    stage.finish(step, "PASS", json!({}));
    stage.end("PASS", json!({}));
    let mut bench = Bench::new(&stage, stage.events.len());
    insta::assert_snapshot!(bench.frames());
}
