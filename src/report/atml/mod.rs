//! ATML 6 test results: IEEE Std 1636.1-2013 with the common types of IEEE Std 1671-2010.
//!
//! One `TestResults` in a `TestResultsCollection`. Sequences and gathered loops are `TestGroup`s,
//! other steps `Test`s, measurements `TestResult`s with typed data and limits. The standard knows
//! the outcomes Passed, Failed, Aborted and `NotStarted`, which is what SKIPPED becomes; ERROR and
//! UNDETERMINED are `UserDefined` with their word as the qualifier. What the standard has no place
//! for (reasons, paths, flags, units before conversion, annotations) stands in `Extension` elements
//! of our own namespace. `fixtures/atml/` states the part of the schemas that this keeps to.

mod data;
#[cfg(test)]
mod tests;
mod write;

use crate::event::StepKind;
use crate::measure::Measurement;
use crate::record::{Annotation, RunRecord, StepRecord, is_void};
use crate::verdict::Verdict;

use super::tree::Children;
use data::measurement;
use write::Xml;

/// Namespaces by prefix.
const NAMESPACES: [(&str, &str); 5] = [
    ("xmlns:trc", "urn:IEEE-1636.1:2013:TestResultsCollection"),
    ("xmlns:tr", "urn:IEEE-1636.1:2013:TestResults"),
    ("xmlns:c", "urn:IEEE-1671:2010:Common"),
    ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
    ("xmlns:m", "urn:maestro:atml:1"),
];

/// Renders one run.
pub(crate) fn render(record: &RunRecord) -> String {
    let mut xml = Xml::new();
    xml.element("trc:TestResultsCollection", &NAMESPACES, |xml| {
        let uuid = record.started.run.to_string();
        xml.element("trc:TestResults", &[("uuid", &uuid)], |xml| {
            personnel(record, xml);
            result_set(record, xml);
            test_program(record, xml);
            station(record, xml);
            unit(record, xml);
        });
    });
    xml.finish()
}

fn personnel(record: &RunRecord, xml: &mut Xml) {
    let name = record.started.operator_id.as_deref().unwrap_or("unknown");
    xml.element("tr:Personnel", &[], |xml| {
        xml.empty("tr:SystemOperator", &[("ID", name), ("name", name)]);
    });
}

fn result_set(record: &RunRecord, xml: &mut Xml) {
    let started = &record.started;
    let id = format!("run-{}", started.run);
    let begin = record.started_at.to_rfc3339();
    let end = record.ended_at.map(crate::event::Timestamp::to_rfc3339);
    let mut attributes = vec![
        ("ID", id.as_str()),
        ("name", &started.test_name),
        ("startDateTime", &begin),
    ];
    attributes.extend(end.as_deref().map(|end| ("endDateTime", end)));
    xml.element("tr:ResultSet", &attributes, |xml| {
        extension_of_run(record, xml);
        let finished = record.finished.as_deref();
        let reason = finished.and_then(|end| end.abort_reason.as_deref());
        outcome(record.verdict(), reason, xml);
        let mut children = Children::of(record);
        steps(&children.take(None), &mut children, xml);
    });
}

/// What the standard has no place for.
fn extension_of_run(record: &RunRecord, xml: &mut Xml) {
    let started = &record.started;
    let finished = record.finished.as_deref();
    let flag = |flag: bool| if flag { "true" } else { "false" };
    let unattended = finished.map_or(started.unattended, |end| end.unattended);
    let mut attributes = vec![
        ("status", record.status().as_str()),
        ("mode", started.mode.as_str()),
        ("forced", flag(finished.is_some_and(|end| end.forced))),
        ("unattended", flag(unattended)),
        ("damaged", flag(record.is_damaged())),
    ];
    attributes.extend(finished.map(|end| ("cleanup", end.cleanup.as_str())));
    let reason = finished.and_then(|end| end.abort_reason.as_deref());
    attributes.extend(reason.map(|reason| ("reason", reason)));
    if !record.annotations.is_empty() {
        attributes.push(("void", flag(is_void(&record.annotations))));
    }
    xml.element("tr:Extension", &[], |xml| {
        xml.empty("m:Run", &attributes);
        for one in &record.annotations {
            annotation(one, xml);
        }
    });
}

/// What somebody said of the run afterwards, in the order in which it was said.
fn annotation(one: &Annotation, xml: &mut Xml) {
    let at = one.at.to_rfc3339();
    let mut attributes = vec![
        ("kind", one.kind.as_str()),
        ("reason", &one.reason),
        ("by", &one.by),
        ("station", &one.station),
        ("at", &at),
    ];
    let disposition = one.disposition.as_deref();
    attributes.extend(disposition.map(|text| ("disposition", text)));
    xml.empty("m:Annotation", &attributes);
}

fn steps(list: &[&StepRecord], children: &mut Children<'_>, xml: &mut Xml) {
    for step in list {
        let own = children.take(Some(step.no()));
        let is_group = step.started.kind == StepKind::Sequence;
        let name = if is_group { "tr:TestGroup" } else { "tr:Test" };
        let id = format!("step-{}", step.no().0);
        let begin = step.started_at.to_rfc3339();
        let end = step.ended_at.map(crate::event::Timestamp::to_rfc3339);
        let mut attributes = vec![
            ("ID", id.as_str()),
            ("name", &step.started.name),
            ("startDateTime", &begin),
        ];
        attributes.extend(end.as_deref().map(|end| ("endDateTime", end)));
        xml.element(name, &attributes, |xml| {
            extension_of_step(step, xml);
            let finished = step.finished.as_ref();
            let reason = finished.and_then(|end| end.reason.as_deref());
            outcome(step.verdict(), reason, xml);
            for (place, point) in step.measurements().iter().enumerate() {
                test_result(&id, place, point, xml);
            }
            if is_group {
                steps(&own, children, xml);
            }
        });
        if !is_group {
            // Resets between attempts belong to a step that is no group: they follow it.
            steps(&own, children, xml);
        }
    }
}

fn extension_of_step(step: &StepRecord, xml: &mut Xml) {
    let started = &step.started;
    let iteration = started.iteration.map(|iteration| iteration.to_string());
    let finished = step.finished.as_ref();
    let attempts = finished.map(|end| end.attempts.to_string());
    let mut attributes = vec![
        ("path", started.path.as_str()),
        ("section", started.section.as_str()),
        ("kind", started.kind.as_str()),
        ("counted", if step.is_counted() { "true" } else { "false" }),
    ];
    attributes.extend(iteration.as_deref().map(|text| ("iteration", text)));
    attributes.extend(attempts.as_deref().map(|text| ("attempts", text)));
    let reason = finished.and_then(|end| end.reason.as_deref());
    attributes.extend(reason.map(|text| ("reason", text)));
    let forced = finished.and_then(|end| end.true_verdict);
    attributes.extend(forced.map(|verdict| ("trueVerdict", verdict.as_str())));
    xml.element("tr:Extension", &[], |xml| xml.empty("m:Step", &attributes));
}

/// The word of the standard, and ours where it has none. What was aborted says why.
fn outcome(verdict: Option<Verdict>, reason: Option<&str>, xml: &mut Xml) {
    let reason = reason.filter(|reason| !reason.trim().is_empty());
    let (value, qualifier) = match verdict {
        Some(Verdict::Pass) => ("Passed", None),
        Some(Verdict::Fail) => ("Failed", None),
        Some(Verdict::Aborted) => ("Aborted", Some(reason.unwrap_or("Aborted"))),
        Some(Verdict::Error) => ("UserDefined", Some("Error")),
        Some(Verdict::Undetermined) => ("UserDefined", Some("Undetermined")),
        Some(Verdict::Skipped) => ("NotStarted", Some("Skipped")),
        // It began, and no more is known of it.
        None => ("UserDefined", Some("Running")),
    };
    let mut attributes = vec![("value", value)];
    attributes.extend(qualifier.map(|qualifier| ("qualifier", qualifier)));
    xml.empty("tr:Outcome", &attributes);
}

fn test_result(step: &str, place: usize, point: &Measurement, xml: &mut Xml) {
    let id = format!("{step}.{place}");
    let attributes = [("ID", id.as_str()), ("name", &point.name)];
    xml.element("tr:TestResult", &attributes, |xml| {
        let mut extension = vec![
            ("kind", point.kind.as_str()),
            ("origin", point.origin.as_str()),
        ];
        let optional = [
            ("rawValue", &point.raw_value),
            ("rawUnit", &point.raw_unit),
            ("reason", &point.reason),
        ];
        let optional = optional.into_iter();
        extension.extend(optional.filter_map(|(name, text)| Some((name, text.as_deref()?))));
        xml.element("tr:Extension", &[], |xml| {
            xml.empty("m:Measurement", &extension);
        });
        outcome(Some(point.verdict), point.reason.as_deref(), xml);
        measurement(point, xml);
    });
}

fn test_program(record: &RunRecord, xml: &mut Xml) {
    let started = &record.started;
    let name = format!("{} {}", started.test_name, started.test_version);
    xml.element("tr:TestProgram", &[], |xml| {
        definition(&name, Some(&started.test_name), None, xml);
        xml.text("c:SerialNumber", &started.definition_digest);
    });
}

fn station(record: &RunRecord, xml: &mut Xml) {
    let started = &record.started;
    xml.element("tr:TestStation", &[], |xml| {
        definition(&started.station_id, Some(&started.host), None, xml);
        xml.text("c:SerialNumber", &started.station_id);
    });
}

fn unit(record: &RunRecord, xml: &mut Xml) {
    let started = &record.started;
    let tag = |key: &str| started.tags.get(key).and_then(serde_json::Value::as_str);
    let number = tag("ProductId").or(started.device.as_deref());
    let device = started.device.as_deref().or(number);
    xml.element("tr:UUT", &[("UutType", "Hardware")], |xml| {
        definition(device.unwrap_or(&started.test_name), device, number, xml);
        let serial = started.serial_number.as_deref();
        xml.text("c:SerialNumber", serial.unwrap_or("none"));
    });
}

/// What an item is: its model and its part number.
fn definition(name: &str, model: Option<&str>, number: Option<&str>, xml: &mut Xml) {
    xml.element("c:Definition", &[("name", name)], |xml| {
        xml.element("c:Identification", &[], |xml| {
            if let Some(number) = number {
                xml.element("c:IdentificationNumbers", &[], |xml| {
                    let attributes = [
                        ("xsi:type", "c:UserDefinedIdentificationNumber"),
                        ("number", number),
                        ("type", "Part"),
                        ("qualifier", "part number"),
                    ];
                    xml.empty("c:IdentificationNumber", &attributes);
                });
            }
            xml.text("c:ModelName", model.unwrap_or(name));
        });
    });
}
