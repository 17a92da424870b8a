//! Sample runs for the tests of those who read events.

#![expect(
    clippy::needless_pass_by_value,
    reason = "a JSON literal reads better without an ampersand"
)]

use serde_json::json;

use super::Envelope;

/// Writes a run event by event; each call adds what a real run would publish.
#[derive(Debug)]
pub(crate) struct Stage {
    seq: u64,
    step: u32,
    pub(crate) events: Vec<Envelope>,
}

impl Stage {
    pub(crate) fn new(planned: u32) -> Self {
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

    /// Makes the beginning of the run say something else.
    pub(crate) fn set(&mut self, more: serde_json::Value) {
        let mut line = serde_json::to_value(&self.events[0]).unwrap();
        line.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        self.events[0] = serde_json::from_value(line).unwrap();
    }

    pub(crate) fn push(&mut self, event: serde_json::Value) {
        self.seq += 1;
        let mut line = json!({"v": 1, "seq": self.seq, "time": 1_700_000_000_000_000_i64});
        line.as_object_mut()
            .unwrap()
            .extend(event.as_object().unwrap().clone());
        self.events.push(serde_json::from_value(line).unwrap());
    }

    /// Starts a step; `more` overrides or adds fields.
    pub(crate) fn start(&mut self, name: &str, more: serde_json::Value) -> u32 {
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

    pub(crate) fn finish(&mut self, step: u32, verdict: &str, more: serde_json::Value) {
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

    pub(crate) fn end(&mut self, verdict: &str, more: serde_json::Value) {
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
}

/// A measurement in volts, judged.
pub(crate) fn volts(name: &str, value: f64, low: f64, high: f64) -> serde_json::Value {
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
pub(crate) fn eventful() -> Stage {
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
