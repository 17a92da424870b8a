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
