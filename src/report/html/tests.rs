//! The document of a run.

use serde_json::json;

use super::*;
use crate::event::sample::{Stage, eventful};
use crate::record::RunRecord;
use crate::record::samples::{full_run, long_run, run_id, stepped_run};

fn document(events: &[crate::event::Envelope]) -> String {
    let record = RunRecord::from_events(events).unwrap();
    render(&Subject::of(&record))
}

#[test]
fn every_kind_of_run_fits_the_fragments() {
    for events in [
        full_run(run_id(1)),
        stepped_run(run_id(1)),
        eventful().events,
    ] {
        // A run that was cut off anywhere has a report, too.
        for length in 1..=events.len() {
            assert!(document(&events[..length]).ends_with("</html>\n"));
        }
    }
}

#[test]
fn each_failing_measurement_is_linked_first() {
    let text = document(&full_run(run_id(1)));
    let failures = text.find("id=\"failures\"").unwrap();
    let link = text.find("href=\"#m2-").unwrap();
    assert!(failures < link && link < text.find("id=\"steps\"").unwrap());
    let target = text[link + 7..].split('"').next().unwrap();
    assert!(text.contains(&format!("id=\"{target}\"")), "{target}");
}

#[test]
fn anchors_are_named_once() {
    let text = document(&full_run(run_id(1)));
    let mut names: Vec<_> = text
        .split(" id=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn long_run_comes_in_chunks() {
    let text = document(&long_run(run_id(1), 500));
    assert_eq!(text.matches("<div class=\"chunk\">").count(), 10);
    assert_eq!(text.matches("<div").count(), text.matches("</div>").count());
}

#[test]
fn void_run_says_so_beside_its_verdict_with_who_and_why() {
    let mut record = RunRecord::from_events(&full_run(run_id(1))).unwrap();
    record.annotations.push(crate::record::Annotation {
        id: uuid::Uuid::nil(),
        run: run_id(1),
        kind: crate::record::AnnotationKind::Void,
        disposition: None,
        reason: "the fixture was open".to_owned(),
        by: "eve".to_owned(),
        station: "bench-1".to_owned(),
        at: record.started_at,
    });
    let text = render(&Subject::of(&record));
    assert!(text.contains("<span class=\"tag\">VOID</span>"));
    assert!(text.contains("Declared void: the fixture was open (eve, 2026-11-20"));
}

#[test]
fn error_is_told_once_and_with_its_kind_once() {
    let mut stage = Stage::new(1);
    let step = stage.start("Ask", json!({}));
    let error = json!({"kind": "OSError", "message": "OSError: no answer", "traceback": null});
    let more = json!({"reason": "OSError: no answer", "error": error});
    stage.finish(step, "ERROR", more);
    stage.end("ERROR", json!({}));
    let text = document(&stage.events);
    let steps = &text[text.find("id=\"steps\"").unwrap()..];
    assert_eq!(steps.matches("no answer").count(), 1, "{steps}");
    assert_eq!(steps.matches("OSError").count(), 1, "{steps}");
}

#[test]
fn measurement_that_failed_in_a_forced_step_says_so_where_failures_are_listed() {
    let mut stage = Stage::new(1);
    let step = stage.start("Weak spot", json!({}));
    let point = json!({
        "position": 0, "name": "P", "kind": "numeric", "origin": "runner", "verdict": "FAIL",
        "actual_value": 5.0, "high_limit": 4.0,
    });
    let more = json!({"true_verdict": "FAIL", "measurements": [point]});
    stage.finish(step, "PASS", more);
    stage.end("PASS", json!({"forced": true}));
    let text = document(&stage.events);
    assert!(text.contains("Weak spot (forced to PASS)"), "{text}");
}

#[test]
fn long_array_is_marked_wherever_it_leaves_its_limits() {
    let mut stage = Stage::new(1);
    let step = stage.start("Wave", json!({}));
    // Every tenth element is too large: far more than there are marks.
    let elements: Vec<f64> = (0..5000)
        .map(|at| f64::from(u8::from(at % 10 == 0)))
        .collect();
    let point = json!({
        "position": 0, "name": "W", "kind": "array", "origin": "runner", "verdict": "FAIL",
        "actual_text": serde_json::to_string(&elements).unwrap(), "high_limit": 0.5,
    });
    stage.finish(step, "FAIL", json!({"measurements": [point]}));
    stage.end("FAIL", json!({}));
    let text = document(&stage.events);
    let marks: Vec<f64> = text
        .split("<path class=\"o\" d=\"M")
        .skip(1)
        .map(|mark| mark.split(' ').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(marks.len(), 200);
    assert!(
        marks[199] > 690.0,
        "the end of the picture has none: {marks:?}"
    );
    assert!(text.contains("500 of 5000 outside the limits"));
}
