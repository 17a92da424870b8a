//! Migrations, months, and what only PostgreSQL refuses.

use std::sync::Barrier;

use super::PostgresHistory;
use super::error::{DatabaseError, Trouble};
use super::migrate::{self, Mode, Schema, Standing, Step, Steps};
use super::partition::{self, Month};
use super::tests::Database;
use crate::event::{Envelope, Event, Timestamp};
use crate::outbox::{Parcel, SinkError};
use crate::record::samples::{START, full_run, long_run, run_id};
use crate::record::{Filter, History as _, HistoryError, Selector};
use crate::store::contract::{TestStore as _, deliver};

const fn step(version: i64, revision: i64, min_reader: i64, sql: &'static str) -> Step {
    Step {
        makes: Schema {
            version,
            revision,
            min_reader,
        },
        sql,
    }
}

const VERSION: &str = "SELECT version || '.' || revision FROM schema_version";

const ONE: Step = step(
    1,
    0,
    1,
    "CREATE TABLE schema_version (version bigint, revision bigint, min_reader bigint); CREATE TABLE measurements (timestamp timestamptz) PARTITION BY RANGE (timestamp)",
);
const ADDITIVE: Step = step(1, 1, 1, "ALTER TABLE measurements ADD note text");
const BREAKING: Step = step(2, 0, 2, "ALTER TABLE measurements DROP COLUMN note");

/// A program of that many steps.
fn program(steps: usize) -> Steps<'static> {
    const ALL: &[Step] = &[ONE, ADDITIVE, BREAKING];
    Steps(&ALL[..steps])
}

#[track_caller]
fn is_paused(outcome: Result<migrate::Report, DatabaseError>, word: &str) {
    let error = outcome.unwrap_err();
    assert_eq!(error.trouble, Trouble::Schema);
    assert!(error.to_string().contains(word), "{error}");
}

#[test]
fn additive_change_is_made_by_the_first_that_comes_and_stops_nobody() {
    let database = Database::new();
    let mut session = database.session();
    let made = program(1).migrate(&mut session, Mode::ByItself).unwrap();
    assert_eq!((made.before, made.after), (None, ONE.makes));
    assert_eq!(made.months, 2, "this month and the next");
    let report = program(2).migrate(&mut session, Mode::ByItself).unwrap();
    assert_eq!(report.before, Some(ONE.makes));
    assert_eq!(report.after, ADDITIVE.makes);
    let older = program(1).migrate(&mut session, Mode::ByItself).unwrap();
    assert_eq!(
        older.after, ADDITIVE.makes,
        "it writes on beside the new one"
    );
}

#[test]
fn breaking_change_waits_until_somebody_asks_and_pauses_those_of_before() {
    let database = Database::new();
    let mut session = database.session();
    program(2).migrate(&mut session, Mode::ByItself).unwrap();
    let waits = program(3).migrate(&mut session, Mode::ByItself);
    is_paused(waits, "`maestro db migrate`");
    assert_eq!(database.text(VERSION), "1.1");
    let report = program(3).migrate(&mut session, Mode::Asked).unwrap();
    assert_eq!(report.before, Some(ADDITIVE.makes));
    assert_eq!(report.after, BREAKING.makes);
    assert_eq!(report.months, 11, "two of the next year were there");
    is_paused(
        program(2).migrate(&mut session, Mode::ByItself),
        "a newer maestro made it (schema 2, this one writes schema 1.1)",
    );
    is_paused(program(2).migrate(&mut session, Mode::Asked), "newer");
}

#[test]
fn step_that_fails_leaves_the_schema_as_it_was() {
    let database = Database::new();
    let mut session = database.session();
    program(2).migrate(&mut session, Mode::ByItself).unwrap();
    let steps = [ONE, ADDITIVE, BREAKING, step(3, 0, 3, "SELECT 1 / 0")];
    Steps(&steps)
        .migrate(&mut session, Mode::Asked)
        .unwrap_err();
    assert_eq!(database.text(VERSION), "1.1");
    assert_eq!(
        database.text(
            "SELECT min(note) || 'there' FROM measurements HAVING false \
         UNION ALL SELECT 'note is there'"
        ),
        "note is there"
    );
}

#[test]
fn many_stations_may_make_the_schema_at_once() {
    let database = Database::new();
    let barrier = Barrier::new(12);
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                let mut sink = database.sink();
                barrier.wait();
                assert_eq!(sink.cursor(run_id(1)), Ok(0));
            });
        }
    });
    assert_eq!(database.count("schema_version"), 1);
    let (schema, standing) = migrate::status(&mut database.session()).unwrap();
    assert_eq!(
        (schema, standing),
        (Some(migrate::newest()), Standing::Writable)
    );
}

#[test]
fn newer_schema_pauses_the_sink_and_stays_readable_if_it_says_so() {
    let database = Database::new();
    let mut sink = database.sink();
    deliver(&mut *sink, run_id(1), &full_run(run_id(1)));
    database.execute("UPDATE schema_version SET version = 99");
    let paused = database.sink().cursor(run_id(2));
    assert!(
        matches!(&paused, Err(SinkError::Paused(text)) if text.contains("schema 99")),
        "{paused:?}"
    );
    assert!(database.history().run(&Selector::Last).is_ok());
    database.execute("UPDATE schema_version SET min_reader = 99");
    let refused = PostgresHistory::open(&database.options());
    assert!(matches!(refused, Err(HistoryError::Unavailable(_))));
    database.execute("UPDATE schema_version SET version = 1, min_reader = 1");
    assert_eq!(database.sink().cursor(run_id(2)), Ok(0));
}

#[test]
fn tables_of_something_else_are_left_alone() {
    let database = Database::new();
    database.execute("CREATE TABLE step_results (mine text)");
    let paused = database.sink().cursor(run_id(1));
    assert!(
        matches!(&paused, Err(SinkError::Paused(text)) if text.contains("one of its own")),
        "{paused:?}"
    );
    assert_eq!(database.count("step_results"), 0);
}

#[test]
fn history_of_an_empty_database_is_empty() {
    let database = Database::new();
    let missing = PostgresHistory::open(&database.options());
    assert!(matches!(missing, Err(HistoryError::Empty)));
    database.sink().cursor(run_id(1)).unwrap();
    let history = database.history();
    assert!(matches!(
        history.run(&Selector::Last),
        Err(HistoryError::Empty)
    ));
    assert_eq!(history.list(&Filter::default()).unwrap(), []);
}

/// Events of a run, moved to another time.
fn at(start: &str, events: Vec<Envelope>) -> Vec<Envelope> {
    let start: jiff::Timestamp = start.parse().unwrap();
    let shift = start.as_microsecond() - START.0;
    let moved = |envelope: Envelope| Envelope {
        time: Timestamp(envelope.time.0 + shift),
        ..envelope
    };
    events.into_iter().map(moved).collect()
}

#[test]
fn many_stations_make_the_same_months_at_once() {
    let database = Database::new();
    database.sink().cursor(run_id(0)).unwrap();
    let starts = [
        "1970-01-01T00:00:00Z",
        "2099-12-31T23:59:59Z",
        "2031-05-31T23:59:59.999Z",
    ];
    let barrier = Barrier::new(12);
    std::thread::scope(|scope| {
        for number in 0..12 {
            let (database, barrier) = (&database, &barrier);
            scope.spawn(move || {
                let run = run_id(number);
                let events = at(starts[number as usize % 3], long_run(run, 5));
                let mut sink = database.sink();
                sink.cursor(run).unwrap();
                barrier.wait();
                deliver(&mut *sink, run, &events);
            });
        }
    });
    let months = partition::months(&mut database.session()).unwrap();
    for (table, rows) in [
        ("measurements_1970_01", 20),
        ("measurements_1970_02", 0),
        ("measurements_2099_12", 20),
        ("measurements_2100_01", 0),
        ("measurements_2031_06", 20),
        ("measurements_2031_07", 0),
    ] {
        assert_eq!(database.count(table), rows, "{table}");
        assert!(months.iter().any(|month| month.table() == table), "{table}");
    }
    assert_eq!(database.count("measurements"), 60);
    // Every month has the indexes that the whole has.
    let indexes = "SELECT string_agg(n::text, ' ') FROM (SELECT DISTINCT count(*) AS n \
                   FROM pg_indexes WHERE tablename LIKE 'measurements\\_%' GROUP BY tablename) AS x";
    assert_eq!(database.text(indexes), "5");
}

#[test]
fn month_that_an_archive_takes_away_is_made_again() {
    let database = Database::new();
    let (run, events) = (run_id(1), long_run(run_id(1), 4));
    let mut sink = database.sink();
    deliver(&mut *sink, run, &events[..5]);
    let month = Month::of(START).unwrap().table();
    assert_eq!(database.count(&month), 2);
    database.execute(&format!("DROP TABLE {month}"));
    deliver(&mut *sink, run, &events);
    assert_eq!(database.count(&month), 2, "the others went with the month");
    // One that was taken out and not dropped is taken in again.
    database.execute(&format!(
        "ALTER TABLE measurements DETACH PARTITION {month}"
    ));
    deliver(&mut *sink, run_id(2), &long_run(run_id(2), 3));
    assert_eq!(database.count("measurements"), 5);
}

#[test]
fn database_that_was_restored_in_the_middle_of_a_run_gets_what_it_lacks() {
    let database = Database::new();
    let (run, events) = (run_id(1), full_run(run_id(1)));
    let mut sink = database.sink();
    deliver(&mut *sink, run, &events[..9]);
    database.execute("TRUNCATE test_executions, step_results, delivery_cursor");
    let parcel = Parcel {
        run,
        events: &events[9..],
        is_last: true,
    };
    let short = sink.deliver(&parcel);
    assert!(
        matches!(&short, Err(SinkError::Unavailable(text)) if text.contains("restore")),
        "{short:?}"
    );
    assert_eq!(sink.cursor(run), Ok(0));
    assert_eq!(database.count("delivery_cursor"), 0, "nothing was kept");
}

#[test]
fn months_that_somebody_keeps_in_larger_tables_are_used() {
    let database = Database::new();
    database.sink().cursor(run_id(1)).unwrap();
    database.execute(
        "CREATE TABLE measurements_old PARTITION OF measurements \
         FOR VALUES FROM ('1960-01-01') TO ('1980-01-01')",
    );
    let events = at("1970-01-01T00:00:00Z", long_run(run_id(1), 5));
    deliver(&mut *database.sink(), run_id(1), &events);
    assert_eq!(database.count("measurements_old"), 5);
}

/// A parcel of one measurement, changed by `change`.
fn refused(database: &Database, change: impl FnOnce(&mut Envelope)) -> String {
    let mut events = long_run(run_id(1), 1);
    change(&mut events[2]);
    let refused = database.sink().deliver(&Parcel {
        run: run_id(1),
        events: &events,
        is_last: true,
    });
    match refused {
        Err(SinkError::Refused(text)) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn event_that_postgresql_cannot_keep_is_refused_for_its_content() {
    let database = Database::new();
    // No compression makes it fit into a page of an index.
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from_u32(0x4E00 + (state >> 16) % 20_000).unwrap()
    };
    let name: String = (0..5000).map(|_| next()).collect();
    let text = refused(&database, |envelope| {
        if let Event::StepFinished(end) = &mut envelope.event {
            end.measurements[0].name = name;
        }
    });
    assert!(text.contains("54000"), "{text}");
    let year = refused(&database, |envelope| envelope.time = Timestamp(i64::MAX));
    assert!(year.contains("9998"), "{year}");
    let text = refused(&database, |envelope| {
        envelope.time = Timestamp(i64::MIN);
        if let Event::StepFinished(end) = &mut envelope.event {
            end.measurements.clear();
        }
    });
    assert!(text.contains("22008"), "{text}");
    assert_eq!(database.count("test_executions"), 0);
}

#[test]
fn statements_of_the_handbook_work_as_they_stand() {
    const MEAN: &str = "\
SELECT measurement_name, ROUND(AVG(actual_value)::numeric, 4) AS mean, ROUND(STDDEV(actual_value)::numeric, 4) AS stddev
FROM measurements WHERE measurement_name = 'VOUT_3V3' AND timestamp > NOW() - INTERVAL '7 days' GROUP BY measurement_name;";
    const PARETO: &str = "\
SELECT measurement_name, COUNT(*) AS fail_count FROM measurements
WHERE verdict = 'FAIL' AND timestamp > NOW() - INTERVAL '24 hours' GROUP BY measurement_name ORDER BY fail_count DESC LIMIT 10;";
    let database = Database::new();
    let start = jiff::Timestamp::from_microsecond(now().0 - 60_000_000).unwrap();
    let old = jiff::Timestamp::from_microsecond(now().0 - 8 * 86_400_000_000).unwrap();
    for (number, start) in [(1, start), (2, start), (3, old)] {
        let run = run_id(number);
        deliver(
            &mut *database.sink(),
            run,
            &at(&start.to_string(), full_run(run)),
        );
    }
    let mut client = database.client();
    let texts = |messages: Vec<::postgres::SimpleQueryMessage>| -> Vec<String> {
        let text = |message| match message {
            ::postgres::SimpleQueryMessage::Row(row) => Some(
                (0..row.len())
                    .filter_map(|i| row.get(i))
                    .collect::<Vec<_>>()
                    .join(" "),
            ),
            _ => None,
        };
        messages.into_iter().filter_map(text).collect()
    };
    let mean = texts(client.simple_query(MEAN).unwrap());
    assert_eq!(mean, ["VOUT_3V3 3.7100 0.0000"]);
    let pareto = texts(client.simple_query(PARETO).unwrap());
    assert_eq!(pareto, ["VOUT_3V3 2"]);
}

fn now() -> Timestamp {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    Timestamp(since.as_micros() as i64)
}

#[test]
fn every_question_is_answered_by_an_index() {
    let database = Database::new();
    for number in 1..=20 {
        let run = run_id(number);
        deliver(&mut *database.sink(), run, &full_run(run));
    }
    // Making an index counts as reading the table.
    database.execute("SELECT pg_stat_reset()");
    // Without another way a whole table is read all the same, and counted.
    let url = format!("{}?options=-c%20enable_seqscan%3Doff", database.url());
    let history = PostgresHistory::open(&super::tests::options(&url)).unwrap();
    let filter = Filter {
        serial_number: Some("SN-0010".to_owned()),
        limit: Some(5),
        ..Filter::default()
    };
    assert_eq!(history.list(&filter).unwrap().len(), 5);
    let since = Filter {
        since: Some(START),
        test: Some("Power board".to_owned()),
        ..Filter::default()
    };
    assert_eq!(history.list(&since).unwrap().len(), 20);
    assert_eq!(history.list(&Filter::default()).unwrap().len(), 20);
    let id = run_id(7).to_string();
    for part in ["last", &id, &id[..13], &id[id.len() - 4..]] {
        history.run(&Selector::parse(part)).unwrap();
    }
    drop(history);
    let counted = "SELECT coalesce(sum(idx_scan), 0)::text FROM pg_stat_user_tables \
                   WHERE relname LIKE 'measurements_%'";
    for _ in 0..1000 {
        // Counts arrive a moment after the connection is closed.
        if database.text(counted) != "0" {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert_ne!(database.text(counted), "0");
    let whole = "SELECT coalesce(string_agg(relname, ' '), '') FROM pg_stat_user_tables \
                 WHERE seq_scan > 0 AND relname <> 'schema_version'";
    assert_eq!(database.text(whole), "");
}
