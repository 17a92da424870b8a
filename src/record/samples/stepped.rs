//! A made-up run that was held: steps run again, skipped, and a variable set by hand.

use serde_json::{Map, Value, json};

use super::{begin, end, envelopes, finished, passed, started, volts};
use crate::event::{
    Envelope, Event, ExecutionReplaced, HoldCause, HoldCommand, HoldCommanded, Mode, RunFinished,
    RunHeld, RunId, Section, SkipReason, StepFinished, StepKind, StepNo, Upcoming, VariableSet,
    VariableSource, by_hand,
};
use crate::verdict::Verdict;

/// A run that was held before and after its steps, ended PASS: step 1 was replaced by step 2, and
/// the sequence 4 with its step 5 by 6 with 7. Each measured a voltage.
pub(crate) fn stepped_run(run: RunId) -> Vec<Envelope> {
    let mut events = vec![begun(run)];
    events.extend(hold(1, None, "rail", HoldCommand::Run, None));
    events.extend(step_again());
    events.extend(variable_and_skip());
    events.extend(sequence_again());
    events.push(Event::RunFinished(Box::new(RunFinished {
        held_ms: Some(80),
        counts: [2, 0, 0, 0, 0, 1],
        ..finished(Verdict::Pass)
    })));
    envelopes(events)
}

fn begun(run: RunId) -> Event {
    let mut event = started(run);
    if let Event::RunStarted(started) = &mut event {
        started.mode = Mode::Debug;
        started.overrides = object(&json!({"--step": true}));
    }
    event
}

fn step_again() -> Vec<Event> {
    let overrides = json!({"--step": true, by_hand::AGAIN: ["steps/rail"]});
    let mut events = vec![
        begin(1, None, "rail", Section::Steps, StepKind::Runner),
        end(StepFinished {
            verdict: Verdict::Fail,
            measurements: vec![volts(0, 3.9, Verdict::Fail)],
            ..passed(1)
        }),
    ];
    events.extend(hold(
        2,
        Some(1),
        "load",
        HoldCommand::Again,
        Some(&overrides),
    ));
    events.extend([
        replaced(1, 1),
        execution(2, begin(2, None, "rail", Section::Steps, StepKind::Runner)),
        end(StepFinished {
            measurements: vec![volts(0, 3.3, Verdict::Pass)],
            ..passed(2)
        }),
    ]);
    events
}

fn variable_and_skip() -> Vec<Event> {
    let mut overrides = json!({
        "--step": true, by_hand::AGAIN: ["steps/rail"], by_hand::SET: {"limit": 4},
    });
    let mut events = hold(3, Some(2), "load", HoldCommand::Set, Some(&overrides));
    events.push(Event::VariableSet(Box::new(VariableSet {
        step: None,
        source: VariableSource::Hand,
        values: object(&json!({"limit": 4})),
    })));
    overrides[by_hand::SKIPPED] = json!(["steps/load"]);
    let skip = hold(4, Some(2), "load", HoldCommand::Skip, Some(&overrides));
    events.extend(skip);
    events.extend([
        begin(3, None, "load", Section::Steps, StepKind::Runner),
        end(StepFinished {
            verdict: Verdict::Skipped,
            skip_reason: Some(SkipReason::ByHand),
            attempts: 0,
            ..passed(3)
        }),
    ]);
    events
}

fn sequence_again() -> Vec<Event> {
    let overrides = json!({
        "--step": true, by_hand::AGAIN: ["steps/rail", "steps/all"], by_hand::SET: {"limit": 4},
        by_hand::SKIPPED: ["steps/load"],
    });
    let mut events = hold(5, None, "all", HoldCommand::Over, None);
    events.extend(sequence(4, Verdict::Fail));
    events.extend(hold(
        6,
        Some(4),
        "off",
        HoldCommand::Again,
        Some(&overrides),
    ));
    events.push(replaced(4, 5));
    let mut again = sequence(6, Verdict::Pass);
    again[0] = execution(2, again[0].clone());
    events.extend(again);
    events.extend(hold(7, Some(6), "off", HoldCommand::GoOn, None));
    events
}

fn sequence(no: u32, verdict: Verdict) -> Vec<Event> {
    vec![
        begin(no, None, "all", Section::Steps, StepKind::Sequence),
        begin(no + 1, Some(no), "one", Section::Steps, StepKind::Runner),
        end(StepFinished {
            verdict,
            measurements: vec![volts(0, 3.0, verdict)],
            ..passed(no + 1)
        }),
        end(StepFinished {
            verdict,
            held_ms: Some(7),
            ..passed(no)
        }),
    ]
}

/// A hold before the step of that name, and what ended it.
fn hold(
    hold: u32,
    after: Option<u32>,
    next: &str,
    command: HoldCommand,
    overrides: Option<&Value>,
) -> Vec<Event> {
    vec![
        Event::RunHeld(Box::new(RunHeld {
            hold,
            because: HoldCause::Step,
            after: after.map(StepNo),
            next: Upcoming::Step {
                position: Some(9),
                path: format!("steps/{next}"),
                name: next.to_owned(),
                kind: StepKind::Runner,
            },
        })),
        Event::HoldCommanded(Box::new(HoldCommanded {
            hold,
            command,
            by: Some("ada".to_owned()),
            front_end: Some("tui".to_owned()),
            held_us: 11_500,
            overrides: overrides.map(object),
        })),
    ]
}

fn replaced(first: u32, last: u32) -> Event {
    Event::ExecutionReplaced(ExecutionReplaced {
        first: StepNo(first),
        last: StepNo(last),
    })
}

fn execution(number: u32, mut event: Event) -> Event {
    if let Event::StepStarted(started) = &mut event {
        started.execution_no = number;
    }
    event
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}
