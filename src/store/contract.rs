//! What every store must do; each store runs all cases against a database of its own.

use crate::event::{DefinitionPart, Envelope, Event, RunId, RunStatus, Timestamp};
use crate::outbox::{Parcel, Sink, SinkError};
use crate::record::samples::{self, full_run, long_run, run_id, stepped_run};
use crate::record::{Annotations, Filter, History, HistoryError, RunRecord, Selector};
use crate::verdict::Verdict;

/// Tables and columns that dashboards may query (STORAGE section 3). Others may be added.
const NAMES: &[(&str, &str)] = &[
    (
        "test_executions",
        "id test_name test_version device package_name package_version package_commit \
         package_dirty lifecycle_status definition_digest serial_number operator_id \
         operator_source station_id slot host fixture_id mode overrides forced unattended status \
         verdict abort_reason aborted_by cleanup started_at ended_at duration_ms last_seen_at \
         clock_suspect damaged config_snapshot tags error engine_version held_ms",
    ),
    (
        "step_results",
        "id execution_id sequence_no parent_id path section name name_declared kind runner target \
         parameters iteration execution_no attempts verdict verdict_forced true_verdict reason \
         skip_reason started_at ended_at duration_ms prompt_ms held_ms timeout_ms error outputs \
         superseded",
    ),
    (
        "measurements",
        "step_result_id execution_id position measurement_name kind origin actual_value \
         actual_text raw_value raw_unit low_limit high_limit target tolerance low_limit_declared \
         high_limit_declared target_declared expected expected_declared limits_source operator \
         unit verdict reason timestamp station_id serial_number iteration",
    ),
    ("step_attempts", "step_result_id attempt verdict"),
    (
        "measurement_attempts",
        "step_result_id attempt measurement_name",
    ),
    ("prompt_answers", "execution_id button raw_value"),
    ("definitions", "digest path text"),
    ("execution_packages", "execution_id name version"),
    ("execution_runners", "execution_id name version runtime"),
    ("execution_instruments", "execution_id resource identity"),
    ("execution_logs", "execution_id level message"),
    ("artifacts", "execution_id digest path"),
    (
        "annotations",
        "execution_id kind disposition reason annotated_by station_id annotated_at",
    ),
    ("voided_executions", "execution_id"),
    (
        "station_config",
        "key value category description display_mode updated_by updated_at scope",
    ),
    (
        "station_config_history",
        "key value updated_by updated_at scope",
    ),
    ("audit_log", "at actor action"),
    ("packages", "name version digest"),
    ("mes_result_queue", "execution_id payload state"),
    ("delivery_cursor", "run_id last_seq"),
    ("delivery_rejects", "run_id seq event reason"),
    ("schema_version", "version min_reader"),
];

/// A database that a case may fill.
pub(super) trait TestStore {
    /// A new connection, as another process would make one.
    fn sink(&self) -> Box<dyn Sink>;
    fn history(&self) -> Box<dyn History>;
    fn annotations(&self) -> Box<dyn Annotations>;
    /// Number of rows of a table.
    fn count(&self, table: &str) -> u64;
    /// The text of one column of the only row that a query gives.
    fn text(&self, query: &str) -> String;
}

pub(super) fn names_of_the_contract_exist(store: &dyn TestStore) {
    store.sink().cursor(run_id(1)).unwrap();
    for (table, columns) in NAMES {
        let columns: Vec<_> = columns.split_whitespace().collect();
        // A name that does not exist is an error of the query.
        let query = format!("(SELECT {} FROM {table})", columns.join(", "));
        let expected = u64::from(*table == "schema_version");
        assert_eq!(store.count(&query), expected, "{table}");
    }
}

pub(super) fn record_comes_back_as_it_was_folded(store: &dyn TestStore) {
    let events = full_run(run_id(1));
    deliver(&mut *store.sink(), run_id(1), &events);
    let stored = store.history().run(&Selector::Id(run_id(1))).unwrap();
    let folded = RunRecord::from_events(&events).unwrap();
    assert_eq!(stored, folded);
}

pub(super) fn batches_of_any_size_give_the_same_record(store: &dyn TestStore) {
    for size in 1..8 {
        let run = run_id(size);
        let events = full_run(run);
        // A connection per batch: nothing is kept in memory between them.
        for chunk in events.chunks(size as usize) {
            deliver(&mut *store.sink(), run, chunk);
        }
        let stored = store.history().run(&Selector::Id(run)).unwrap();
        let folded = RunRecord::from_events(&events).unwrap();
        assert_eq!(stored, folded, "batches of {size}");
    }
}

pub(super) fn batch_that_comes_again_is_kept_once(store: &dyn TestStore) {
    let run = run_id(1);
    let events = full_run(run);
    let mut first = store.sink();
    let mut second = store.sink();
    for end in 1..=events.len() {
        deliver(&mut *first, run, &events[..end]);
        deliver(&mut *second, run, &events[end / 2..end]);
        assert_eq!(second.cursor(run).unwrap(), end as u64);
    }
    let folded = RunRecord::from_events(&events).unwrap();
    assert_eq!(store.history().run(&Selector::Id(run)).unwrap(), folded);
    assert_eq!(store.count("measurements"), 2);
    assert_eq!(store.count("measurement_attempts"), 1);
    assert_eq!(store.count("execution_logs"), 1);
}

pub(super) fn measurements_repeat_run_and_iteration_across_connections(store: &dyn TestStore) {
    let run = run_id(1);
    let events = full_run(run);
    let at = events
        .iter()
        .position(|envelope| matches!(&envelope.event, Event::StepFinished(end) if end.step.0 == 2))
        .unwrap();
    deliver(&mut *store.sink(), run, &events[..at]);
    deliver(&mut *store.sink(), run, &events[at..]);
    assert_eq!(
        store.text(
            "SELECT station_id || ' ' || serial_number || ' ' || iteration FROM measurements \
             WHERE measurement_name = 'VOUT_3V3'"
        ),
        "bench-1 SN-0010 3"
    );
}

pub(super) fn replaced_iteration_leaves_a_trace_and_no_result(store: &dyn TestStore) {
    let run = run_id(1);
    let mut events = full_run(run);
    for envelope in &mut events {
        if let Event::StepFinished(end) = &mut envelope.event {
            end.superseded = end.step.0 == 2;
        }
    }
    deliver(&mut *store.sink(), run, &events);
    assert_eq!(store.count("measurements"), 0);
    assert_eq!(store.count("measurement_attempts"), 3);
    let stored = store.history().run(&Selector::Last).unwrap();
    assert_eq!(stored, RunRecord::from_events(&events).unwrap());
}

pub(super) fn replaced_execution_leaves_a_trace_and_no_result(store: &dyn TestStore) {
    for size in 1..8 {
        let run = run_id(size);
        let events = stepped_run(run);
        // A connection per batch: what is replaced was delivered before, or comes with it.
        for chunk in events.chunks(size as usize) {
            deliver(&mut *store.sink(), run, chunk);
        }
        let stored = store.history().run(&Selector::Id(run)).unwrap();
        let folded = RunRecord::from_events(&events).unwrap();
        assert_eq!(stored, folded, "batches of {size}");
        assert_eq!(store.count("measurements"), 2 * size);
        assert_eq!(store.count("measurement_attempts"), 2 * size);
    }
    let whole = run_id(8);
    let events = stepped_run(whole);
    deliver(&mut *store.sink(), whole, &events);
    let stored = store.history().run(&Selector::Id(whole)).unwrap();
    assert_eq!(stored, RunRecord::from_events(&events).unwrap());
    let of_run = |query: &str| store.text(&format!("{query} = '{whole}'"));
    assert_eq!(
        of_run("SELECT mode || ' ' || CAST(held_ms AS text) FROM test_executions WHERE id"),
        "debug 80"
    );
    let held = "SELECT CAST(sum(held_ms) AS text) FROM step_results WHERE execution_id";
    assert_eq!(of_run(held), "14");
    let overrides = of_run("SELECT CAST(overrides AS text) FROM test_executions WHERE id");
    let overrides: serde_json::Value = serde_json::from_str(&overrides).unwrap();
    assert_eq!(overrides["held.again"][1], "steps/all");
    assert_eq!(overrides["held.set"]["limit"], 4);
}

pub(super) fn same_definition_of_two_runs_is_kept_once(store: &dyn TestStore) {
    for number in 1..=2 {
        deliver(
            &mut *store.sink(),
            run_id(number),
            &full_run(run_id(number)),
        );
    }
    assert_eq!(store.count("definitions"), 1);
    assert_eq!(store.count("definition_parts"), 0);
    assert_eq!(store.count("execution_definitions"), 2);
    assert_eq!(
        store.text("SELECT text FROM definitions"),
        "test:\n  name: Prüfung\n"
    );
}

pub(super) fn refused_event_is_noted_and_passed_over(store: &dyn TestStore) {
    let run = run_id(1);
    let mut events = full_run(run);
    // A second step under the number of the first: refused by the key of the table.
    let first = events
        .iter()
        .find(|envelope| matches!(envelope.event, Event::StepStarted(_)))
        .unwrap();
    let doubled = Envelope {
        seq: events.len() as u64 + 1,
        ..first.clone()
    };
    events.push(doubled.clone());
    let mut sink = store.sink();
    let refused = sink.deliver(&Parcel {
        run,
        events: &events,
        is_last: false,
    });
    assert!(matches!(refused, Err(SinkError::Refused(_))), "{refused:?}");
    assert_eq!(sink.cursor(run).unwrap(), 0, "nothing of it is kept");
    deliver(&mut *sink, run, &events[..events.len() - 1]);
    sink.reject(run, &doubled, "twice").unwrap();
    sink.reject(run, &doubled, "twice").unwrap();
    assert_eq!(sink.cursor(run).unwrap(), doubled.seq);
    assert_eq!(store.count("delivery_rejects"), 1);
}

pub(super) fn run_without_an_end_is_running_and_seen(store: &dyn TestStore) {
    let run = run_id(1);
    let events = long_run(run, 3);
    let mut sink = store.sink();
    deliver(&mut *sink, run, &events[..4]);
    let later = samples::START.after(std::time::Duration::from_mins(1));
    sink.touch(run, later).unwrap();
    let record = store.history().run(&Selector::Last).unwrap();
    assert_eq!(record.status(), RunStatus::Running);
    assert_eq!(record.verdict(), None);
    assert_eq!(record.last_seen_at, later);
    assert_eq!(record.steps.len(), 2);
}

pub(super) fn list_filters_and_names_failing_measurements(store: &dyn TestStore) {
    deliver(&mut *store.sink(), run_id(1), &full_run(run_id(1)));
    deliver(&mut *store.sink(), run_id(2), &long_run(run_id(2), 2));
    let history = store.history();
    let all = history.list(&Filter::default()).unwrap();
    assert_eq!(all.len(), 2);
    let failed = history
        .list(&Filter {
            verdict: Some(Verdict::Fail),
            serial_number: Some("SN-0010".to_owned()),
            since: Some(samples::START),
            limit: Some(5),
            ..Filter::default()
        })
        .unwrap();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].run, run_id(1));
    assert_eq!(failed[0].failing, ["VOUT_3V3"]);
    let none = Filter {
        test: Some("other".to_owned()),
        ..Filter::default()
    };
    assert_eq!(history.list(&none).unwrap(), []);
}

pub(super) fn run_is_found_by_a_part_of_its_id(store: &dyn TestStore) {
    for number in 1..=2 {
        deliver(
            &mut *store.sink(),
            run_id(number),
            &long_run(run_id(number), 1),
        );
    }
    let history = store.history();
    let text = run_id(2).to_string();
    for part in [&text[text.len() - 6..], &text, "LAST", &text[..13]] {
        let found = history.run(&Selector::parse(part)).unwrap();
        assert_eq!(found.id(), run_id(2), "{part}");
    }
    let of_both = history.run(&Selector::parse(&text[..8]));
    assert!(
        matches!(of_both, Err(HistoryError::Ambiguous { candidates, .. }) if candidates.len() == 2)
    );
    for part in ["ffff", "*", "", "[a-f]"] {
        let nothing = history.run(&Selector::parse(part));
        assert!(matches!(nothing, Err(HistoryError::NotFound(_))), "{part}");
    }
}

pub(super) fn what_follows_a_rejected_event_arrives(store: &dyn TestStore) {
    let run = run_id(1);
    let events = full_run(run);
    let mut sink = store.sink();
    deliver(&mut *sink, run, &events[..8]);
    sink.reject(run, &events[8], "as a test").unwrap();
    // Whoever did not hear that it was noted hands it over again.
    deliver(&mut *sink, run, &events[6..]);
    assert_eq!(sink.cursor(run).unwrap(), events.len() as u64);
    let kept: Vec<_> = events.iter().filter(|one| one.seq != 9).cloned().collect();
    let stored = store.history().run(&Selector::Last).unwrap();
    assert_eq!(stored, RunRecord::from_events(&kept).unwrap());
}

pub(super) fn values_at_their_extremes_come_back(store: &dyn TestStore) {
    let run = run_id(1);
    let mut events = long_run(run, 12);
    let numbers = [f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 0.1, 1e16];
    let texts = [
        "",
        " ",
        "\\u0000 \\ \"quoted\" 'quoted' \r\n\t\u{1}\u{7f}",
        "Prüfling \u{1F6D1} \u{202E} \u{FEFF}\u{FFFF}",
        "NULL",
        &"Ω".repeat(100_000),
    ];
    let mut place = 0;
    for envelope in &mut events {
        if let Event::StepFinished(end) = &mut envelope.event {
            let (number, text) = (numbers[place % 6], texts[place % 6]);
            end.measurements[0].actual_value = Some(number);
            end.measurements[0].high_limit = Some(-number);
            end.measurements[0].actual_text = Some(text.to_owned());
            end.measurements[0]
                .name
                .push_str(&text[..text.len().min(30)]);
            end.duration_us = u64::from(u32::MAX);
            end.timeout_ms = Some(i64::MAX as u64);
            end.outputs.insert(text.to_owned(), nested(text, 100));
            end.outputs.insert("large".to_owned(), u64::MAX.into());
            end.outputs.insert("small".to_owned(), i64::MIN.into());
            place += 1;
        }
    }
    deliver(&mut *store.sink(), run, &events);
    let stored = store.history().run(&Selector::Last).unwrap();
    assert_eq!(stored, RunRecord::from_events(&events).unwrap());
}

/// A value in so many lists.
fn nested(text: &str, depth: usize) -> serde_json::Value {
    let inner = serde_json::json!({ "text": text, "half": 0.5, "none": null });
    (0..depth).fold(inner, |value, _| vec![value].into())
}

pub(super) fn clock_of_another_age_loses_nothing(store: &dyn TestStore) {
    let times = [0, 951_782_400_000_000, 4_102_444_799_999_999];
    for (number, start) in times.into_iter().enumerate() {
        let run = run_id(number as u64);
        let mut events = full_run(run);
        for envelope in &mut events {
            envelope.time = Timestamp(start + envelope.seq as i64);
        }
        deliver(&mut *store.sink(), run, &events);
        let stored = store.history().run(&Selector::Id(run)).unwrap();
        assert_eq!(stored, RunRecord::from_events(&events).unwrap());
    }
    let since = Some(Timestamp(times[1]));
    let filter = Filter {
        since,
        ..Filter::default()
    };
    let runs = store.history().list(&filter).unwrap();
    assert_eq!(runs.len(), 2);
    assert_eq!(runs[0].run, run_id(2), "the newest comes first");
    assert_eq!(runs[1].failing, ["VOUT_3V3"]);
}

pub(super) fn question_that_is_asked_again_keeps_every_answer(store: &dyn TestStore) {
    let run = run_id(1);
    let mut events: Vec<_> = full_run(run).into_iter().map(|one| one.event).collect();
    let is_answer = |event: &Event| matches!(event, Event::PromptAnswered { .. });
    let at = events.iter().position(is_answer).unwrap();
    // The same question under the same number, as each attempt asks it.
    for raw in ["4,4", "5,5"] {
        let (asked, mut answered) = (events[at - 1].clone(), events[at].clone());
        if let Event::PromptAnswered { answer, .. } = &mut answered {
            answer.raw = Some(raw.to_owned());
        }
        events.splice(at + 1..=at, [asked, answered]);
    }
    let events = samples::envelopes(events);
    for (number, size) in (1..).zip([events.len(), 1, 2, 3]) {
        let run = run_id(number);
        let mut events = events.clone();
        if let Event::RunStarted(started) = &mut events[0].event {
            started.run = run;
        }
        for chunk in events.chunks(size) {
            deliver(&mut *store.sink(), run, chunk);
        }
        let stored = store.history().run(&Selector::Id(run)).unwrap();
        let folded = RunRecord::from_events(&events).unwrap();
        assert_eq!(stored, folded, "batches of {size}");
    }
}

pub(super) fn list_names_the_first_failing_measurements_once(store: &dyn TestStore) {
    let run = run_id(1);
    let mut events = long_run(run, 10);
    let names = ["A", "A", "B", "B", "A", "C", "D", "E", "F", "G"].into_iter();
    let ends = events.iter_mut().filter_map(|one| match &mut one.event {
        Event::StepFinished(end) => Some(end),
        _ => None,
    });
    for (end, name) in ends.zip(names) {
        end.measurements[0].name = name.to_owned();
        end.measurements[0].verdict = Verdict::Fail;
    }
    if let Some(Event::RunFinished(end)) = events.last_mut().map(|last| &mut last.event) {
        end.verdict = Verdict::Fail;
    }
    deliver(&mut *store.sink(), run, &events);
    let runs = store.history().list(&Filter::default()).unwrap();
    assert_eq!(runs[0].failing, ["A", "B", "A"]);
}

pub(super) fn many_connections_deliver_runs_of_the_same_test(store: &(dyn TestStore + Sync)) {
    const PARTS: u32 = 8;
    std::thread::scope(|scope| {
        for number in 0..8 {
            scope.spawn(move || {
                let run = run_id(u64::from(number));
                let mut events: Vec<_> = full_run(run).into_iter().map(|one| one.event).collect();
                // The same texts, in another order everywhere.
                for place in 0..PARTS {
                    let digest = (place * 5 + number) % PARTS;
                    events.insert(1, Event::DefinitionRecorded(part(digest)));
                }
                let events = samples::envelopes(events);
                let mut sink = store.sink();
                for chunk in events.chunks(3 + number as usize) {
                    deliver(&mut *sink, run, chunk);
                }
            });
        }
    });
    assert_eq!(store.count("test_executions"), 8);
    assert_eq!(store.count("measurements"), 16);
    assert_eq!(store.count("definitions"), u64::from(PARTS) + 1);
    assert_eq!(store.count("definition_parts"), 0);
}

fn part(digest: u32) -> DefinitionPart {
    DefinitionPart {
        digest: format!("many-{digest}"),
        path: "test.yaml".to_owned(),
        package: None,
        part: 1,
        parts: 1,
        text: "steps: []".repeat(1000),
    }
}

/// Hands events over as the outbox does.
pub(super) fn deliver(sink: &mut dyn Sink, run: RunId, events: &[Envelope]) {
    let is_last = events
        .last()
        .is_some_and(|last| matches!(last.event, Event::RunFinished(_)));
    sink.deliver(&Parcel {
        run,
        events,
        is_last,
    })
    .unwrap();
}
