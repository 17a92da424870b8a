//! The document of a run, and its way through odd text.

#![expect(
    clippy::needless_pass_by_value,
    reason = "a JSON literal reads better without an ampersand"
)]

use serde_json::json;

use super::*;
use crate::event::sample::{Stage, eventful};
use crate::record::AnnotationKind;

fn report(stage: &Stage) -> String {
    render(&RunRecord::from_events(&stage.events).unwrap())
}

fn measured(point: serde_json::Value) -> String {
    let mut stage = Stage::new(1);
    let step = stage.start("Measure", json!({}));
    let mut whole = json!({
        "position": 0, "name": "P", "kind": "numeric", "origin": "runner", "verdict": "PASS",
    });
    whole
        .as_object_mut()
        .unwrap()
        .extend(point.as_object().unwrap().clone());
    stage.finish(step, "PASS", json!({"measurements": [whole]}));
    stage.end("PASS", json!({}));
    let text = report(&stage);
    let from = text.find("<tr:TestData>").unwrap();
    let lines = text[from..]
        .lines()
        .take_while(|line| !line.contains("</tr:TestResult>"));
    lines.map(str::trim).collect()
}

#[test]
fn eventful_run_as_atml() {
    insta::assert_snapshot!(report(&eventful()));
}

#[test]
fn each_kind_of_limit_has_the_comparator_of_the_standard() {
    let table = [
        (
            json!({"low_limit": 1.0, "high_limit": 2.0}),
            r#"<c:LimitPair operator="AND"><c:Limit comparator="GE">"#,
        ),
        (
            json!({"low_limit": 1.0}),
            r#"<c:SingleLimit comparator="GE">"#,
        ),
        (
            json!({"high_limit": 1.0, "operator": "lessthan"}),
            r#"<c:SingleLimit comparator="LT">"#,
        ),
        (
            json!({"low_limit": 1.0, "operator": "greaterthan"}),
            r#"<c:SingleLimit comparator="GT">"#,
        ),
        (
            json!({"target": 1.0, "operator": "equal"}),
            r#"<c:Expected comparator="EQ"><c:Datum xsi:type="c:double" value="1""#,
        ),
        (
            json!({"target": 1.0, "operator": "notequal"}),
            r#"<c:Expected comparator="NE">"#,
        ),
        (
            json!({"kind": "string", "expected": "ok", "actual_text": "ok"}),
            r#"<c:Expected comparator="EQ"><c:Datum xsi:type="c:string"><c:Value>ok</c:Value>"#,
        ),
        (
            json!({"kind": "array", "actual_text": "[1.5, 2]", "low_limit": 1.0}),
            r#"<c:IndexedArray xsi:type="c:doubleArray" dimensions="[2]"><c:Element position="[0]" value="1.5"/>"#,
        ),
        (
            json!({"kind": "boolean", "actual_text": "True"}),
            r#"<c:Datum xsi:type="c:boolean" value="true"/>"#,
        ),
    ];
    for (mut point, expected) in table {
        if point.get("kind").is_none() {
            point["actual_value"] = json!(1.5);
        }
        let text = measured(point.clone());
        assert!(text.contains(expected), "{point}: {text}");
    }
}

#[test]
fn what_is_only_logged_has_no_limits() {
    let text = measured(json!({"actual_value": 1.5, "target": 1.0, "operator": "log"}));
    assert!(!text.contains("TestLimits"), "{text}");
}

#[test]
fn text_that_no_document_may_hold_is_replaced() {
    let text = measured(json!({"kind": "string", "actual_text": "a\u{1}<&>\"b"}));
    assert!(text.contains("a\u{fffd}&lt;&amp;&gt;"), "{text}");
}

#[test]
fn numbers_without_an_end_are_written_as_xml_schema_writes_them() {
    let text = measured(json!({"kind": "array", "actual_text": "[1]", "low_limit": 1.0}));
    assert!(text.contains(r#"value="1""#), "{text}");
    let written = [f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 2.5e-7].map(data::double);
    assert_eq!(written, ["INF", "-INF", "NaN", "0.00000025"]);
}

#[test]
fn what_people_said_afterwards_stands_beside_the_result() {
    let mut record = RunRecord::from_events(&eventful().events).unwrap();
    let said = |kind, disposition: Option<&str>, reason: &str| Annotation {
        id: uuid::Uuid::nil(),
        run: record.started.run,
        kind,
        disposition: disposition.map(str::to_owned),
        reason: reason.to_owned(),
        by: "eve".to_owned(),
        station: "bench-1".to_owned(),
        at: record.started_at,
    };
    let void = said(AnnotationKind::Void, None, "the <fixture> was open");
    let scrapped = said(AnnotationKind::Disposition, Some("scrap"), "burnt");
    record.annotations = vec![void, scrapped];
    let text = render(&record);
    for part in [
        r#"reason="Ctrl-C was pressed" void="true"/>"#,
        r#"<m:Annotation kind="void" reason="the &lt;fixture&gt; was open" by="eve" station="bench-1""#,
        r#"<m:Annotation kind="disposition" reason="burnt" by="eve""#,
        r#" disposition="scrap"/>"#,
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}
