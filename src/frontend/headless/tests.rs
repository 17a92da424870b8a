//! A run with everything in it, as lines.

use std::time::Duration;

use serde_json::json;

use super::layout::Layout;
use super::lines::Lines;
use super::{Detail, Look};
use crate::event::Event;
use crate::event::sample::{Stage, eventful, volts};
use crate::frontend::text::{Paint, Script};

fn text(stage: &Stage, look: Look) -> String {
    closed(stage, look, None)
}

/// The run as text; `lost` says why its record is not certain.
fn closed(stage: &Stage, look: Look, lost: Option<&str>) -> String {
    let mut lines = Lines::new(look);
    let mut out = String::new();
    let rows = [("Stored", "/var/lib/maestro".to_owned())];
    for envelope in &stage.events {
        lines.render(envelope, &mut out);
        if let Event::RunFinished(finished) = &envelope.event {
            lines.close(finished, lost, &rows, &mut out);
        }
    }
    out
}

fn look(width: u16) -> Look {
    Look {
        script: Script::Unicode,
        paint: Paint::Plain,
        layout: Layout::new(Some(width)),
        detail: Detail::Normal,
    }
}

#[test]
fn eventful_run_at_80_columns() {
    insta::assert_snapshot!(text(&eventful(), look(80)));
}

#[test]
fn eventful_run_at_120_columns() {
    insta::assert_snapshot!(text(&eventful(), look(120)));
}

#[test]
fn eventful_run_in_ascii_holds_nothing_else() {
    let text = text(
        &eventful(),
        Look {
            script: Script::Ascii,
            ..look(80)
        },
    );
    assert!(text.is_ascii(), "{text}");
    assert!(text.contains("x  3/14 Measure 5V rail"), "{text}");
    assert!(text.contains("[3.135 .. 3.465]"));
}

#[test]
fn colours_surround_words_and_change_no_column() {
    let plain = text(&eventful(), look(80));
    let colored = text(
        &eventful(),
        Look {
            paint: Paint::Color,
            ..look(80)
        },
    );
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
        text(&eventful(), quiet),
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
    let text = text(&stage, full);
    assert!(text.contains("python: a\n"), "{text}");
    assert!(text.contains("      File x\n"), "{text}");
}

#[test]
fn lost_journal_never_shows_a_verdict() {
    let mut stage = Stage::new(1);
    let step = stage.start("Ask", json!({}));
    stage.finish(step, "PASS", json!({}));
    stage.end("PASS", json!({}));
    let text = closed(&stage, look(80), Some("no space left on device"));
    assert!(text.contains("no space left on device"), "{text}");
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
    let text = text(&stage, look(100));
    let took = cpu().saturating_sub(before);
    assert_eq!(text.lines().count(), 10_004);
    // 100 ms is the limit of an optimised build; this one is not.
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[test]
fn sequence_does_not_repeat_what_its_steps_told() {
    let mut stage = Stage::new(2);
    let sequence = stage.start("Rail", json!({"kind": "sequence"}));
    let step = stage.start("Measure", json!({"parent": sequence}));
    let measured = json!({"measurements": [volts("VOUT", 4.0, 3.1, 3.5)]});
    stage.finish(step, "FAIL", measured);
    stage.finish(sequence, "FAIL", json!({"reason": "a step of it is FAIL"}));
    let alone = stage.start("Alone", json!({"kind": "sequence"}));
    stage.finish(alone, "ABORTED", json!({"reason": "its time ran out"}));
    stage.end("FAIL", json!({}));
    let text = text(&stage, look(80));
    let block = &text[text.find('━').unwrap()..];
    assert!(block.contains("VOUT"), "{block}");
    assert!(!block.contains("Rail "), "{block}");
    assert!(block.contains("its time ran out"), "{block}");
}
