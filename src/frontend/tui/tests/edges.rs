//! Scans where no field waits, loops whose end is known, and texts that are too long.

use jiff::tz::TimeZone;
use serde_json::json;

use super::super::app::{App, Screen, Wish};
use super::super::key::Key;
use super::super::outline::Outline;
use super::Bench;
use crate::event::sample::{Stage, eventful};
use crate::record::RunRecord;

#[test]
fn scan_aborts_no_run() {
    let mut bench = Bench::new(&eventful(), 12);
    bench.press("<c-c>");
    for label in ["AY-0815\r", "NY-0815\r", "SN-Y\r"] {
        assert_eq!(bench.scan(label), None, "{label}");
        assert!(matches!(bench.app.screen, Screen::AskAbort(_)), "{label}");
    }
    bench.press("n<c-c>");
    bench.key(&Key::Char('y'));
    assert_eq!(
        bench.wait(60),
        Some(Wish::Abort),
        "right behind another key"
    );
    bench.press("<c-c>");
    assert_eq!(bench.press("y"), Some(Wish::Abort));
}

#[test]
fn loop_that_goes_on_shows_how_far_it_is() {
    let mut bench = Bench::new(&eventful(), 12);
    assert!(bench.frame((80, 24)).contains("Set the load  pass 1"));
    let mut outline = Outline::of_record(&RunRecord::from_events(&eventful().events).unwrap());
    for planned in &mut outline.steps {
        planned.iterations = Some(5);
    }
    let theme = bench.app.theme;
    bench.app = App::new(&outline, theme, TimeZone::UTC, bench.now);
    bench.app.events(eventful().events[..12].to_vec());
    assert!(bench.frame((80, 24)).contains("Set the load  1/5"));
}

#[test]
fn what_does_not_fit_ends_with_a_sign() {
    let mut stage = Stage::new(1);
    let step = stage.start("Look", json!({}));
    let message = "Hold the probe to the test point, then read on. ".repeat(60);
    stage.push(json!({
        "type": "prompt_opened", "step": step,
        "prompt": {"id": "1", "message": message, "buttons": [{"name": "OK", "action": "continue"}]},
    }));
    let count = stage.events.len();
    let mut bench = Bench::new(&stage, count);
    let text = bench.frame((80, 24));
    assert!(text.contains("1 OK") && text.contains("│ …"), "{text}");
    bench.app.note = Some("no step is called ".to_owned() + &"so ".repeat(40));
    let text = bench.frame((80, 24));
    let foot = text.lines().last().unwrap();
    assert!(foot.trim_end_matches(['"', ' ']).ends_with('…'), "{foot}");
}
