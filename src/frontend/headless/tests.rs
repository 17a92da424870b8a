//! A run with everything in it, as lines.

#![expect(
    clippy::needless_pass_by_value,
    reason = "a JSON literal reads better without an ampersand"
)]

use std::time::Duration;

use serde_json::json;

use super::layout::Layout;
use super::{Detail, Lines, Look, Paint, Script};
use crate::event::{Envelope, Event};

/// Writes a run event by event; each call adds what a real run would publish.
pub(super) struct Stage {
    seq: u64,
    step: u32,
    pub(super) events: Vec<Envelope>,
}

impl Stage {
    pub(super) fn new(planned: u32) -> Self {
        let mut stage = Self {
            seq: 0,
            step: 0,
            events: Vec::new(),
        };
        stage.push(json!({
            "type": "run_started", "run": "0198c0de-0000-7000-8000-000000000001",
            "test_name": "Power board", "test_version": "1.2.0",
            "packages": [{"name": "demo-board", "version": "1.0.0", "digest": "00"}],
            "definition_digest": "00", "definition_path": "tests/main.yaml",
            "serial_number": "DEMO-0001", "operator_id": "bob", "operator_source": "flag",
            "station_id": "bench-1", "slot": 1, "host": "bench-1", "mode": "production",
            "unattended": false, "steps_planned": planned, "engine_version": "0.1.0", "pid": 1,
        }));
        stage
    }

    pub(super) fn push(&mut self, event: serde_json::Value) {
        self.seq += 1;
        let mut line = json!({"v": 1, "seq": self.seq, "time": 1_700_000_000_000_000_i64});
        line.as_object_mut()
            .unwrap()
            .extend(event.as_object().unwrap().clone());
        self.events.push(serde_json::from_value(line).unwrap());
    }

    /// Starts a step; `more` overrides or adds fields.
    pub(super) fn start(&mut self, name: &str, more: serde_json::Value) -> u32 {
        self.step += 1;
        let mut event = json!({
            "type": "step_started", "step": self.step, "position": self.step, "path": name,
            "section": "steps", "name": name, "kind": "runner",
        });
        event
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        self.push(event);
        self.step
    }

    pub(super) fn finish(&mut self, step: u32, verdict: &str, more: serde_json::Value) {
        let mut event = json!({
            "type": "step_finished", "step": step, "verdict": verdict, "duration_us": 12_300,
            "attempts": 1,
        });
        event
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        self.push(event);
    }

    pub(super) fn end(&mut self, verdict: &str, more: serde_json::Value) {
        let mut event = json!({
            "type": "run_finished", "verdict": verdict, "status": "Completed",
            "cleanup": "complete", "forced": false, "unattended": false,
            "duration_us": 12_400_000, "counts": [1, 0, 0, 0, 0, 0],
        });
        event
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        self.push(event);
    }

    pub(super) fn text(&self, look: Look) -> String {
        let mut lines = Lines::new(look);
        let mut out = String::new();
        for envelope in &self.events {
            lines.render(envelope, &mut out);
        }
        out
    }
}

fn look(width: u16) -> Look {
    Look {
        script: Script::Unicode,
        paint: Paint::Plain,
        layout: Layout::new(Some(width)),
        detail: Detail::Normal,
    }
}

fn volts(name: &str, value: f64, low: f64, high: f64) -> serde_json::Value {
    let verdict = if value >= low && value <= high {
        "PASS"
    } else {
        "FAIL"
    };
    json!({
        "position": 0, "name": name, "kind": "numeric", "origin": "runner",
        "actual_value": value, "low_limit": low, "high_limit": high, "unit": "V",
        "verdict": verdict,
    })
}

/// One of each kind of line.
fn eventful() -> Stage {
    let mut stage = Stage::new(14);
    let step = stage.start("Connect to the bench", json!({"section": "setup"}));
    stage.finish(step, "PASS", json!({"duration_us": 1_204_000}));
    let step = stage.start("Measure 3V3 rail", json!({}));
    stage.finish(
        step,
        "PASS",
        json!({"measurements": [volts("VOUT_3V3", 3.301, 3.135, 3.465)]}),
    );
    let step = stage.start("Measure 5V rail", json!({}));
    stage.push(json!({
        "type": "attempt_finished", "step": step, "attempt": 1, "verdict": "FAIL",
        "started_at": 0, "duration_us": 9_000,
        "measurements": [volts("VOUT_5V", 5.52, 4.75, 5.25)],
    }));
    stage.push(json!({
        "type": "logged", "step": step, "level": "warning", "source": "python",
        "message": "the supply is in current limit",
    }));
    stage.push(json!({
        "type": "logged", "step": step, "level": "info", "source": "python", "message": "hidden",
    }));
    stage.finish(
        step,
        "FAIL",
        json!({
            "attempts": 2, "reason": "VOUT_5V: 5.412 V is above the high limit of 5.25 V",
            "measurements": [volts("VOUT_5V", 5.412, 4.75, 5.25)],
        }),
    );
    let sequence = stage.start("Load sweep", json!({"kind": "sequence"}));
    for iteration in 0..2 {
        let more = json!({"parent": sequence, "position": 5, "iteration": iteration});
        let step = stage.start("Set the load", more);
        stage.finish(step, "PASS", json!({}));
    }
    let step = stage.start("Read all rails", json!({"parent": sequence, "position": 6}));
    stage.finish(
        step,
        "FAIL",
        json!({
            "reason": "1 of 3 measurements failed",
            "measurements": [
                volts("RAIL_3V3", 3.3, 3.135, 3.465),
                volts("RAIL_5V", 5.0, 4.75, 5.25),
                volts("RAIL_12V", 12.9, 11.4, 12.6),
            ],
        }),
    );
    stage.finish(
        sequence,
        "FAIL",
        json!({"attempts": 0, "duration_us": 61_000_000}),
    );
    oddities(&mut stage);
    stage
}

/// Errors, skips, overrides and an abort.
fn oddities(stage: &mut Stage) {
    let step = stage.start("Ask the meter", json!({"position": 7}));
    stage.finish(
        step,
        "ERROR",
        json!({
            "reason": "ConnectionRefusedError: the meter at 127.0.0.1:5025 does not answer, \
                       although the bench says that it is switched on",
            "error": {"kind": "ConnectionRefusedError", "message": "the meter at 127.0.0.1:5025"},
        }),
    );
    let step = stage.start("Check the option board", json!({"position": 8}));
    stage.finish(
        step,
        "SKIPPED",
        json!({"skip_reason": "precondition", "attempts": 0}),
    );
    let step = stage.start("Known weak spot", json!({"position": 9}));
    stage.finish(step, "PASS", json!({"true_verdict": "FAIL"}));
    let step = stage.start("Look at the LED", json!({"position": 10, "kind": "manual"}));
    stage.finish(step, "PASS", json!({"unattended": true}));
    let step = stage.start(
        "A step with a name that is far longer than anybody would like to read",
        json!({"position": 11}),
    );
    stage.finish(
        step,
        "PASS",
        json!({"measurements": [volts("VOUT_1V8", 1.801, 1.71, 1.89)]}),
    );
    stage.push(json!({
        "type": "abort_began", "cause": "signal", "by": "SIGINT", "message": "Ctrl-C was pressed",
    }));
    let step = stage.start("Long soak", json!({"position": 12}));
    stage.finish(step, "ABORTED", json!({"reason": "stopped by SIGINT"}));
    let step = stage.start(
        "Switch everything off",
        json!({"section": "teardown", "position": 13}),
    );
    stage.finish(step, "PASS", json!({}));
    stage.end(
        "FAIL",
        json!({
            "status": "Aborted", "abort_cause": "signal", "abort_reason": "Ctrl-C was pressed",
            "aborted_by": "SIGINT", "cleanup": "incomplete", "forced": true, "unattended": true,
            "counts": [7, 2, 1, 1, 0, 1],
        }),
    );
}

#[test]
fn eventful_run_at_80_columns() {
    insta::assert_snapshot!(eventful().text(look(80)));
}

#[test]
fn eventful_run_at_120_columns() {
    insta::assert_snapshot!(eventful().text(look(120)));
}

#[test]
fn eventful_run_in_ascii_holds_nothing_else() {
    let text = eventful().text(Look {
        script: Script::Ascii,
        ..look(80)
    });
    assert!(text.is_ascii(), "{text}");
    assert!(text.contains("x  3/14 Measure 5V rail"), "{text}");
    assert!(text.contains("[3.135 .. 3.465]"));
}

#[test]
fn colours_surround_words_and_change_no_column() {
    let plain = eventful().text(look(80));
    let colored = eventful().text(Look {
        paint: Paint::Color,
        ..look(80)
    });
    assert!(colored.contains("\x1b[1;31mFAIL\x1b[0m"));
    let first = |text: &str| text.lines().nth(5).unwrap_or_default().to_owned();
    assert_eq!(strip(&first(&colored)), first(&plain));
}

fn strip(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\x1b') {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    plain + rest
}

#[test]
fn quiet_run_is_one_line() {
    let quiet = Look {
        detail: Detail::Closing,
        ..look(80)
    };
    assert_eq!(
        eventful().text(quiet),
        "FAIL (forced) (unattended)  DEMO-0001  Power board  12.40 s  \
         run 0198c0de-0000-7000-8000-000000000001  UNIT MAY BE LIVE\n"
    );
}

#[test]
fn verbose_run_shows_the_log_and_the_traceback() {
    let mut stage = Stage::new(1);
    let step = stage.start("Ask", json!({}));
    stage.push(json!({
        "type": "logged", "step": step, "level": "info", "source": "python", "message": "a\nb",
    }));
    stage.finish(
        step,
        "ERROR",
        json!({
            "reason": "ValueError: bad",
            "error": {"kind": "ValueError", "message": "bad", "traceback": "Traceback:\n  File x"},
        }),
    );
    let full = Look {
        detail: Detail::Full,
        ..look(80)
    };
    let text = stage.text(full);
    assert!(text.contains("python: a\n"), "{text}");
    assert!(text.contains("      File x\n"), "{text}");
}

#[test]
fn lost_journal_never_shows_a_verdict() {
    let mut stage = Stage::new(1);
    let step = stage.start("Ask", json!({}));
    stage.finish(step, "PASS", json!({}));
    stage.end("ERROR", json!({"error": "not-recorded: disk full"}));
    let text = stage.text(look(80));
    assert!(text.contains("NOT RECORDED: TEST AGAIN"), "{text}");
    assert!(!text.contains("PASS"), "{text}");
}

#[test]
fn twenty_thousand_events_take_little_time() {
    let mut stage = Stage::new(10_000);
    for _ in 0..10_000 {
        let step = stage.start("Measure 3V3 rail", json!({}));
        stage.finish(
            step,
            "PASS",
            json!({"measurements": [volts("VOUT_3V3", 3.301, 3.135, 3.465)]}),
        );
    }
    let cpu = || {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    };
    let before = cpu();
    let text = stage.text(look(100));
    let took = cpu().saturating_sub(before);
    assert_eq!(text.lines().count(), 10_004);
    // 100 ms is the limit of an optimised build; this one is not.
    assert!(took < Duration::from_secs(1), "{took:?}");
}
