//! The document of a run.

use super::*;
use crate::event::sample::eventful;
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
