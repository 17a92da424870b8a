//! The document that the layout is filled with.

use serde_json::Value;

use super::sheet;
use crate::event::sample::eventful;
use crate::record::RunRecord;
use crate::report::Subject;

#[test]
fn long_words_may_be_broken_and_short_texts_stay_as_they_are() {
    let mut stage = eventful();
    let step = stage.start(&"x".repeat(60), serde_json::json!({}));
    stage.finish(step, "PASS", serde_json::json!({}));
    let record = RunRecord::from_events(&stage.events).unwrap();
    let document: Value = serde_json::from_str(&sheet::json(&Subject::of(&record))).unwrap();
    let steps = document["steps"].as_array().unwrap();
    let name = steps.last().unwrap()["step"]["name"].as_str().unwrap();
    assert_eq!(name.matches('\u{200b}').count(), 2, "{name}");
    assert_eq!(steps[0]["step"]["name"], "Connect to the bench");
    assert_eq!(steps[0]["heading"], "Setup");
    assert!(steps[1]["step"]["measurements"][0]["strip"]["mark"].is_number());
}
