//! The head of a report: the verdict, the unit, and who tested it where, when and with what.

use serde::Serialize;
use serde_json::Value;

use crate::event::{Cleanup, Mode};
use crate::record::{AnnotationKind, OPERATOR_CHANGED, RunRecord, duration_text, is_void, shape};
use crate::report::Subject;
use crate::verdict::Verdict;

/// Digits of a commit that people read.
const COMMIT: usize = 12;

/// View of `head.html.j2`.
#[derive(Debug, Serialize)]
pub(in crate::report) struct Head {
    /// Class of the verdict, such as `pass`.
    class: &'static str,
    pub(in crate::report) shape: &'static str,
    pub(in crate::report) word: String,
    /// Words beside the verdict, such as `forced`.
    pub(in crate::report) flags: Vec<String>,
    is_long: bool,
    pub(in crate::report) serial: Option<String>,
    pub(in crate::report) test: String,
    pub(in crate::report) line: String,
    /// Why the unit may be live.
    pub(in crate::report) live: Option<String>,
    /// What ended the run early, what went wrong beside its steps, and what is not certain.
    pub(in crate::report) notes: Vec<Note>,
    pub(in crate::report) facts: Vec<(&'static str, String)>,
}

/// A sentence that qualifies the verdict.
#[derive(Debug, Serialize)]
pub(in crate::report) struct Note {
    class: &'static str,
    pub(in crate::report) text: String,
}

/// The title of the document.
pub(in crate::report) fn title(subject: &Subject<'_>) -> String {
    let started = &subject.record.started;
    let (_, word) = verdict(subject);
    let serial = started
        .serial_number
        .as_deref()
        .unwrap_or("no serial number");
    format!("{word} · {serial} · {}", started.test_name)
}

/// What identifies each printed page.
pub(in crate::report) fn foot(subject: &Subject<'_>) -> String {
    let started = &subject.record.started;
    format!(
        "{} · {} · run {}",
        title(subject),
        started.test_version,
        started.run
    )
}

/// The class and the word of the run's verdict.
pub(crate) fn verdict(subject: &Subject<'_>) -> (Option<Verdict>, &'static str) {
    if subject.not_recorded.is_some() {
        return (Some(Verdict::Error), "NOT RECORDED");
    }
    let verdict = subject.record.verdict();
    (verdict, verdict.map_or("NOT FINISHED", Verdict::as_str))
}

/// The class of a verdict in the style sheet.
pub(super) const fn class(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        Some(Verdict::Pass) => "pass",
        Some(Verdict::Fail) => "fail",
        Some(Verdict::Error) => "error",
        Some(Verdict::Aborted) => "aborted",
        Some(Verdict::Undetermined) => "undetermined",
        Some(Verdict::Skipped) => "skipped",
        None => "open",
    }
}

impl Head {
    pub(in crate::report) fn new(subject: &Subject<'_>) -> Self {
        let record = subject.record;
        let started = &record.started;
        let (verdict, word) = verdict(subject);
        let mut line = vec![subject.time(record.started_at)];
        if let Some(finished) = &record.finished {
            line.push(duration_text(finished.duration_us));
        }
        line.push(started.station_id.clone());
        Self {
            class: class(verdict),
            shape: verdict.map_or("…", shape),
            word: word.to_owned(),
            flags: flags(record),
            is_long: word.len() > 7,
            serial: started.serial_number.clone(),
            test: format!("{} {}", started.test_name, started.test_version)
                .trim_end()
                .to_owned(),
            line: line.join(" · "),
            live: live(record),
            notes: notes(subject),
            facts: facts(subject),
        }
    }
}

/// What must be read together with the verdict.
fn flags(record: &RunRecord) -> Vec<String> {
    let started = &record.started;
    let finished = record.finished.as_deref();
    let mut flags = Vec::new();
    if is_void(&record.annotations) {
        flags.push("VOID".to_owned());
    }
    if finished.is_some_and(|finished| finished.forced) {
        flags.push("(forced)".to_owned());
    }
    if finished.map_or(started.unattended, |finished| finished.unattended) {
        flags.push("(unattended)".to_owned());
    }
    if started.is_simulated() {
        flags.push("SIMULATED".to_owned());
    }
    if !matches!(started.mode, Mode::Production | Mode::Simulation) {
        flags.push(format!("{} run", started.mode.as_str()));
    }
    if record.is_damaged() {
        flags.push("DAMAGED RECORD".to_owned());
    }
    flags
}

/// Why the unit may be live; a run without an end has not cleaned up.
fn live(record: &RunRecord) -> Option<String> {
    let why = match record.finished.as_deref().map(|finished| finished.cleanup) {
        Some(Cleanup::Complete) => return None,
        Some(Cleanup::Incomplete) => "the cleanup did not finish",
        Some(Cleanup::NotRun) => "the cleanup did not run",
        None => "the run has not ended",
    };
    let serial = &record.started.serial_number;
    let unit = serial.as_deref().unwrap_or("without a serial number");
    Some(format!(
        "Unit {unit}: {why}. Make it safe before you touch it."
    ))
}

fn notes(subject: &Subject<'_>) -> Vec<Note> {
    let record = subject.record;
    let mut notes = Vec::new();
    let mut note = |class, text| notes.push(Note { class, text });
    if let Some(why) = subject.not_recorded {
        note(
            "error",
            format!("TEST AGAIN: the result could not be written ({why})."),
        );
    }
    if let Some(finished) = &record.finished {
        if let Some(reason) = &finished.abort_reason {
            let by = finished.aborted_by.as_deref();
            let by = by.map_or_else(String::new, |by| format!(" (by {by})"));
            note("aborted", format!("Ended early: {reason}{by}"));
        }
        if let Some(error) = &finished.error {
            note("error", error.clone());
        }
    }
    for said in &record.annotations {
        let disposition = said.disposition.as_deref();
        let words = disposition.map_or_else(String::new, |words| format!(" {words}"));
        let at = subject.time(said.at);
        let text = format!(
            "{}{words}: {} ({}, {at})",
            capital(said.kind),
            said.reason,
            said.by
        );
        note("aborted", text);
    }
    if record.is_damaged() {
        let text = "A part of the journal could not be read; this record may lack something.";
        note("error", text.to_owned());
    }
    if record.started.clock_suspect {
        let text = "The station's clock was behind its newest journal; the times are not certain.";
        note("aborted", text.to_owned());
    }
    if !record.started.overrides.is_empty() {
        let names: Vec<_> = record
            .started
            .overrides
            .keys()
            .map(String::as_str)
            .collect();
        let text = format!(
            "Not as the package has it, given by hand: {}.",
            names.join(", ")
        );
        note("aborted", text);
    }
    notes
}

/// What was said of the run afterwards, as a sentence begins.
const fn capital(kind: AnnotationKind) -> &'static str {
    match kind {
        AnnotationKind::Void => "Declared void",
        AnnotationKind::Valid => "Declared valid",
        AnnotationKind::Disposition => "Disposition:",
    }
}

fn facts(subject: &Subject<'_>) -> Vec<(&'static str, String)> {
    let record = subject.record;
    let started = &record.started;
    let mut facts = Vec::new();
    let mut fact = |name, text: Option<String>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            facts.push((name, text));
        }
    };
    let serial = started.serial_number.clone();
    fact(
        "Serial number",
        Some(serial.unwrap_or_else(|| "none".to_owned())),
    );
    fact("Device", started.device.clone());
    fact(
        "Test",
        Some(format!("{} {}", started.test_name, started.test_version)),
    );
    fact("Package", package(record));
    fact("Commit", commit(record));
    fact("Operator", Some(operator(record)));
    fact("Station", Some(station(record)));
    fact("Fixture", started.fixture_id.clone());
    fact("Mode", Some(started.mode.as_str().to_owned()));
    fact("Started", Some(subject.time(record.started_at)));
    fact("Ended", record.ended_at.map(|time| subject.time(time)));
    let finished = record.finished.as_deref();
    fact(
        "Duration",
        finished.map(|end| duration(end.duration_us, end.held_ms)),
    );
    fact("Steps", Some(counts(record)));
    fact("Run", Some(started.run.to_string()));
    facts
}

fn package(record: &RunRecord) -> Option<String> {
    let package = record.started.packages.first()?;
    let status = package.lifecycle_status.as_deref();
    let status = status.map_or_else(String::new, |status| format!(" ({status})"));
    Some(format!("{} {}{status}", package.name, package.version))
}

fn commit(record: &RunRecord) -> Option<String> {
    let commit = record.started.packages.first()?.commit.as_deref()?;
    let mut facts = record.facts.iter();
    let is_dirty =
        facts.any(|(name, value)| name == "package_dirty" && *value == Value::Bool(true));
    let short = commit.get(..COMMIT).unwrap_or(commit);
    let dirty = if is_dirty {
        ", and changes that were not committed"
    } else {
        ""
    };
    Some(format!("{short}{dirty}"))
}

fn operator(record: &RunRecord) -> String {
    let name = |text: Option<&str>| text.unwrap_or("unknown").to_owned();
    let mut people = vec![name(record.started.operator_id.as_deref())];
    for (fact, value) in &record.facts {
        if fact == OPERATOR_CHANGED {
            people.push(name(value.get("to").and_then(Value::as_str)));
        }
    }
    people.dedup();
    people.join(", then ")
}

fn station(record: &RunRecord) -> String {
    let started = &record.started;
    let mut text = started.station_id.clone();
    if started.slot > 1 {
        text = format!("{text}, slot {}", started.slot);
    }
    if started.host != started.station_id {
        text = format!("{text} (host {})", started.host);
    }
    text
}

pub(super) fn duration(micros: u64, held_ms: Option<u64>) -> String {
    let text = duration_text(micros);
    match held_ms {
        Some(held) => format!("{text}, of which held {}", duration_text(held * 1000)),
        None => text,
    }
}

/// Counted steps by verdict, the worst first.
fn counts(record: &RunRecord) -> String {
    let order = [
        Verdict::Fail,
        Verdict::Error,
        Verdict::Aborted,
        Verdict::Undetermined,
        Verdict::Pass,
        Verdict::Skipped,
    ];
    let Some(finished) = &record.finished else {
        return format!("{} so far", record.steps.len());
    };
    let place = [1, 2, 3, 4, 0, 5];
    let counted = order.iter().zip(place).filter_map(|(verdict, place)| {
        let count = finished.counts[place];
        (count > 0).then(|| format!("{count} {verdict}"))
    });
    let text = counted.collect::<Vec<_>>().join(", ");
    if text.is_empty() {
        "none".to_owned()
    } else {
        text
    }
}
