//! Events of made-up runs, for the tests of journal, outbox, stores and reports.

mod stepped;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::event::{
    AbortCause, ArtifactRef, AttemptFinished, Cleanup, DefinitionPart, Envelope, Event,
    FORMAT_VERSION, Level, Mode, OperatorChanged, OperatorSource, PackageIdent, RunFinished, RunId,
    RunStarted, RunStatus, RunnerFacts, Section, StepError, StepFinished, StepKind, StepNo,
    StepStarted, Timestamp, VariableSet, VariableSource,
};
use crate::measure::{Comparator, Kind, LimitsSource, Measurement, Origin};
use crate::prompt::{Action, Answer, Button, Prompt};
use crate::verdict::Verdict;

pub(crate) use stepped::stepped_run;

/// When the made-up runs start: 2026-11-20, about noon.
pub(crate) const START: Timestamp = Timestamp(1_795_176_000_123_456);

/// A run id that depends on nothing but `number`.
pub(crate) fn run_id(number: u64) -> RunId {
    let millis = (START.0 / 1000) as u128 + u128::from(number);
    RunId(Uuid::from_u128(
        millis << 80 | 0x7 << 76 | 0x8 << 60 | u128::from(number),
    ))
}

/// Numbers events and gives each a time a millisecond after the one before.
pub(crate) fn envelopes(events: impl IntoIterator<Item = Event>) -> Vec<Envelope> {
    events
        .into_iter()
        .zip(1..)
        .map(|(event, seq)| Envelope {
            v: FORMAT_VERSION,
            seq,
            time: Timestamp(START.0 + (seq as i64 - 1) * 1000),
            event,
        })
        .collect()
}

/// A run with everything that a run can have, ended FAIL.
pub(crate) fn full_run(run: RunId) -> Vec<Envelope> {
    let mut events = head(run);
    events.extend(connect_step());
    events.extend(retried_step());
    events.extend(sequence_with_a_question());
    events.extend(tail());
    envelopes(events)
}

/// A run of `steps` mock steps with one measurement each, PASS.
pub(crate) fn long_run(run: RunId, steps: u32) -> Vec<Envelope> {
    let mut events = vec![started(run)];
    for no in 1..=steps {
        events.push(begin(no, None, "measure", Section::Steps, StepKind::Runner));
        events.push(end(StepFinished {
            measurements: vec![volts(0, 3.3, Verdict::Pass)],
            ..passed(no)
        }));
    }
    events.push(Event::RunFinished(Box::new(RunFinished {
        counts: [steps, 0, 0, 0, 0, 0],
        ..finished(Verdict::Pass)
    })));
    envelopes(events)
}

fn head(run: RunId) -> Vec<Event> {
    let part = |part, text: &str| {
        Event::DefinitionRecorded(DefinitionPart {
            digest: "d1".to_owned(),
            path: "test.yaml".to_owned(),
            package: Some("power-board".to_owned()),
            part,
            parts: 2,
            text: text.to_owned(),
        })
    };
    vec![
        started(run),
        part(1, "test:\n"),
        part(2, "  name: Prüfung\n"),
        Event::FactFound {
            name: "package_dirty".to_owned(),
            value: json!(true),
        },
        Event::VariableSet(Box::new(VariableSet {
            step: None,
            source: VariableSource::Start,
            values: Map::from_iter([("rail".to_owned(), json!("3v3"))]),
        })),
        Event::RunnerStarted(RunnerFacts {
            runner: "python".to_owned(),
            generation: 1,
            pid: 4711,
            name: "maestro-python".to_owned(),
            version: "1.0".to_owned(),
            runtime: "CPython 3.11.7".to_owned(),
            start_ms: 31,
        }),
    ]
}

fn connect_step() -> Vec<Event> {
    vec![
        begin(1, None, "connect", Section::Setup, StepKind::Runner),
        Event::Logged {
            step: Some(StepNo(1)),
            level: Level::Warning,
            source: "python".to_owned(),
            message: "slow link: 12 ms\n\"quoted\"".to_owned(),
        },
        end(passed(1)),
    ]
}

fn retried_step() -> Vec<Event> {
    let error = StepError {
        kind: "TimeoutError".to_owned(),
        message: "no answer".to_owned(),
        traceback: Some("line 1\nline 2".to_owned()),
    };
    let mut outputs = Map::new();
    outputs.insert("volts".to_owned(), json!(3.71));
    vec![
        begin(2, None, "rail", Section::Steps, StepKind::Runner),
        Event::AttemptFinished(Box::new(AttemptFinished {
            step: StepNo(2),
            attempt: 1,
            verdict: Verdict::Error,
            reason: Some("TimeoutError".to_owned()),
            error: Some(error),
            started_at: Timestamp(START.0 + 5),
            duration_us: 1500,
            outputs: Map::new(),
            unset: Vec::new(),
            measurements: vec![volts(0, 9.9, Verdict::Fail)],
        })),
        Event::ArtifactStored {
            step: StepNo(2),
            artifact: ArtifactRef {
                name: "scope.png".to_owned(),
                path: "ab/scope.png".to_owned(),
                media_type: "image/png".to_owned(),
                digest: "ab".to_owned(),
                size: 12345,
            },
        },
        end(StepFinished {
            verdict: Verdict::Fail,
            reason: Some("VOUT_3V3 is too high".to_owned()),
            attempts: 2,
            outputs: outputs.clone(),
            published: outputs,
            measurements: vec![volts(0, 3.71, Verdict::Fail), label(1)],
            ..passed(2)
        }),
    ]
}

fn sequence_with_a_question() -> Vec<Event> {
    let prompt = Prompt {
        id: "p1".to_owned(),
        message: "Is the LED green?".to_owned(),
        buttons: vec![Button {
            name: "Yes".to_owned(),
            action: Action::Pass,
            automatic: false,
        }],
        ..Prompt::default()
    };
    let withdrawn = Prompt {
        id: "p2".to_owned(),
        ..prompt.clone()
    };
    let answer = Answer {
        prompt_id: "p1".to_owned(),
        button: Some("Yes".to_owned()),
        action: Some(Action::Pass),
        raw: Some("3,3".to_owned()),
        value: Some(json!(3.3)),
        by: Some("ada".to_owned()),
        front_end: Some("headless".to_owned()),
        unattended: false,
        timed_out: false,
    };
    vec![
        begin(3, None, "look", Section::Steps, StepKind::Sequence),
        begin(4, Some(3), "led", Section::Steps, StepKind::Prompt),
        Event::PromptOpened {
            step: StepNo(4),
            prompt: Box::new(prompt),
        },
        Event::PromptAnswered {
            step: StepNo(4),
            answer: Box::new(answer),
        },
        Event::PromptOpened {
            step: StepNo(4),
            prompt: Box::new(withdrawn),
        },
        Event::PromptWithdrawn {
            step: StepNo(4),
            prompt: "p2".to_owned(),
            reason: "the step ended".to_owned(),
        },
        Event::Progressed {
            step: StepNo(4),
            fraction: 0.5,
            message: None,
        },
        end(StepFinished {
            prompt_ms: Some(812),
            timeout_ms: Some(5000),
            true_verdict: Some(Verdict::Fail),
            ..passed(4)
        }),
        end(passed(3)),
    ]
}

fn tail() -> Vec<Event> {
    vec![
        Event::SuspensionNoticed { gap_ms: 250 },
        Event::OperatorChanged(OperatorChanged {
            step: Some(StepNo(4)),
            from: Some("ada".to_owned()),
            to: "bob".to_owned(),
            source: OperatorSource::Scan,
            front_end: "tui".to_owned(),
        }),
        Event::AbortBegan {
            step: Some(StepNo(2)),
            cause: AbortCause::Operator,
            by: "ada".to_owned(),
            message: "wrong unit".to_owned(),
        },
        begin(5, None, "off", Section::Teardown, StepKind::Runner),
        end(passed(5)),
        Event::RunnerStopped {
            runner: "python".to_owned(),
            generation: 1,
            reason: "shut down".to_owned(),
        },
        Event::RunFinished(Box::new(RunFinished {
            status: RunStatus::Aborted,
            abort_cause: Some(AbortCause::Operator),
            abort_reason: Some("wrong unit".to_owned()),
            aborted_by: Some("ada".to_owned()),
            forced: true,
            error: Some("noted".to_owned()),
            counts: [4, 1, 0, 0, 0, 0],
            ..finished(Verdict::Fail)
        })),
    ]
}

/// The beginning of a run.
pub(crate) fn started(run: RunId) -> Event {
    let object = |name: &str, value: Value| Map::from_iter([(name.to_owned(), value)]);
    Event::RunStarted(Box::new(RunStarted {
        run,
        test_name: "Power board".to_owned(),
        test_version: "2.1".to_owned(),
        device: Some("PB-7".to_owned()),
        packages: vec![PackageIdent {
            name: "power-board".to_owned(),
            version: "2.1.0".to_owned(),
            lifecycle_status: Some("released".to_owned()),
            commit: Some("0123abc".to_owned()),
            digest: "aa".to_owned(),
        }],
        definition_digest: "dd".to_owned(),
        definition_path: "test.yaml".to_owned(),
        serial_number: Some("SN-0010".to_owned()),
        operator_id: Some("ada".to_owned()),
        operator_source: OperatorSource::Flag,
        station_id: "bench-1".to_owned(),
        slot: 0,
        host: "lab".to_owned(),
        fixture_id: None,
        mode: Mode::Production,
        overrides: object("limit", json!(5)),
        unattended: false,
        tags: object("lot", json!("A")),
        config_snapshot: object("gain", json!(1.5)),
        clock_suspect: false,
        steps_planned: 5,
        engine_version: "0.1.0".to_owned(),
        pid: 42,
    }))
}

/// A step begins; iteration 3 of a loop if it is called `rail`.
pub(crate) fn begin(
    no: u32,
    parent: Option<u32>,
    name: &str,
    section: Section,
    kind: StepKind,
) -> Event {
    Event::StepStarted(Box::new(StepStarted {
        step: StepNo(no),
        parent: parent.map(StepNo),
        position: Some(no),
        path: format!("{}/{name}", section.as_str()),
        section,
        name: name.to_owned(),
        name_declared: None,
        kind,
        runner: (kind == StepKind::Runner).then(|| "python".to_owned()),
        target: (kind == StepKind::Runner).then(|| json!({"module": "m", "function": name})),
        iteration: (name == "rail").then_some(3),
        execution_no: 1,
    }))
}

/// A step ends.
pub(crate) fn end(finished: StepFinished) -> Event {
    Event::StepFinished(Box::new(finished))
}

/// A step that passed, with nothing to tell.
pub(crate) fn passed(no: u32) -> StepFinished {
    StepFinished {
        step: StepNo(no),
        verdict: Verdict::Pass,
        true_verdict: None,
        reason: None,
        skip_reason: None,
        error: None,
        duration_us: 1234,
        prompt_ms: None,
        held_ms: None,
        attempts: 1,
        timeout_ms: None,
        parameters: Some(Map::from_iter([("channel".to_owned(), json!(1))])),
        outputs: Map::new(),
        published: Map::new(),
        unset: Vec::new(),
        measurements: Vec::new(),
        unattended: false,
        superseded: false,
    }
}

/// The end of a run that came to its own end.
pub(crate) fn finished(verdict: Verdict) -> RunFinished {
    RunFinished {
        verdict,
        status: RunStatus::Completed,
        abort_cause: None,
        abort_reason: None,
        aborted_by: None,
        cleanup: Cleanup::Complete,
        forced: false,
        unattended: false,
        duration_us: 98_765,
        held_ms: None,
        error: None,
        counts: [0; 6],
    }
}

/// A voltage with two limits.
pub(crate) fn volts(position: u32, value: f64, verdict: Verdict) -> Measurement {
    Measurement {
        position,
        name: "VOUT_3V3".to_owned(),
        kind: Kind::Numeric,
        origin: Origin::Runner,
        actual_value: Some(value),
        actual_text: None,
        raw_value: Some(format!("{}", value * 1000.0)),
        raw_unit: Some("mV".to_owned()),
        low_limit: Some(3.135),
        high_limit: Some(3.465),
        target: None,
        tolerance: None,
        low_limit_declared: Some("3.135".to_owned()),
        high_limit_declared: Some("{{ cfg.high }}".to_owned()),
        target_declared: None,
        tolerance_declared: None,
        expected: None,
        expected_declared: None,
        limits_source: Some(LimitsSource::Yaml),
        operator: Some(Comparator::Within),
        unit: Some("V".to_owned()),
        verdict,
        reason: (verdict != Verdict::Pass).then(|| format!("{value} V is above 3.465 V")),
        flags: vec!["unit-unverified".to_owned()],
    }
}

/// A text that matched.
fn label(position: u32) -> Measurement {
    Measurement {
        name: "FIRMWARE".to_owned(),
        kind: Kind::String,
        actual_value: None,
        actual_text: Some("v1.10".to_owned()),
        expected: Some("v1.10".to_owned()),
        low_limit: None,
        high_limit: None,
        unit: None,
        flags: Vec::new(),
        operator: None,
        ..volts(position, 0.0, Verdict::Pass)
    }
}
