//! The embedded store against the contract of all stores, and what is its own.

use std::time::{Duration, Instant};

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::event::Timestamp;
use crate::journal::{Journal, archive};
use crate::outbox::{Delivery, DeliveryOptions, Outlet, Parcel, Sink, SinkError, Waiting};
use crate::record::samples::{full_run, long_run, run_id};
use crate::record::{Annotations, History, HistoryError, Selector};
use crate::stats::survey::Survey;
use crate::store::choice_contract as choice;
use crate::store::contract::{self, TestStore, deliver};
use crate::store::survey::contract as survey;
use crate::store::survey::contract::SurveyStore;

struct Database {
    folder: TempDir,
}

impl Database {
    fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        database_path(self.folder.path())
    }

    fn connect(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }
}

impl TestStore for Database {
    fn sink(&self) -> Box<dyn Sink> {
        Box::new(SqliteSink::new(self.path(), None))
    }

    fn history(&self) -> Box<dyn History> {
        Box::new(SqliteHistory::open(&self.path()).unwrap())
    }

    fn annotations(&self) -> Box<dyn Annotations> {
        Box::new(SqliteAnnotations::new(self.path()))
    }

    fn count(&self, table: &str) -> u64 {
        let query = format!("SELECT count(*) FROM {table}");
        self.connect()
            .query_row(&query, [], |row| row.get::<_, i64>(0))
            .unwrap() as u64
    }

    fn text(&self, query: &str) -> String {
        self.connect()
            .query_row(query, [], |row| row.get(0))
            .unwrap()
    }
}

impl SurveyStore for Database {
    fn survey(&self) -> Box<dyn Survey> {
        Box::new(SqliteHistory::open(&self.path()).unwrap())
    }
}

#[test]
fn names_of_the_contract_exist() {
    contract::names_of_the_contract_exist(&Database::new());
}

#[test]
fn record_comes_back_as_it_was_folded() {
    contract::record_comes_back_as_it_was_folded(&Database::new());
}

#[test]
fn batches_of_any_size_give_the_same_record() {
    contract::batches_of_any_size_give_the_same_record(&Database::new());
}

#[test]
fn batch_that_comes_again_is_kept_once() {
    contract::batch_that_comes_again_is_kept_once(&Database::new());
}

#[test]
fn measurements_repeat_run_and_iteration_across_connections() {
    contract::measurements_repeat_run_and_iteration_across_connections(&Database::new());
}

#[test]
fn replaced_iteration_leaves_a_trace_and_no_result() {
    contract::replaced_iteration_leaves_a_trace_and_no_result(&Database::new());
}

#[test]
fn replaced_execution_leaves_a_trace_and_no_result() {
    contract::replaced_execution_leaves_a_trace_and_no_result(&Database::new());
}

#[test]
fn same_definition_of_two_runs_is_kept_once() {
    contract::same_definition_of_two_runs_is_kept_once(&Database::new());
}

#[test]
fn refused_event_is_noted_and_passed_over() {
    contract::refused_event_is_noted_and_passed_over(&Database::new());
}

#[test]
fn run_without_an_end_is_running_and_seen() {
    contract::run_without_an_end_is_running_and_seen(&Database::new());
}

#[test]
fn list_filters_and_names_failing_measurements() {
    contract::list_filters_and_names_failing_measurements(&Database::new());
}

#[test]
fn run_is_found_by_a_part_of_its_id() {
    contract::run_is_found_by_a_part_of_its_id(&Database::new());
}

#[test]
fn every_condition_of_a_filter_counts() {
    choice::every_condition_of_a_filter_counts(&Database::new());
}

#[test]
fn condition_that_no_run_meets_excludes_all() {
    choice::condition_that_no_run_meets_excludes_all(&Database::new());
}

#[test]
fn pages_name_every_run_once() {
    choice::pages_name_every_run_once(&Database::new());
}

#[test]
fn run_that_is_not_there_is_not_found() {
    choice::run_that_is_not_there_is_not_found(&Database::new());
}

#[test]
fn voided_runs_are_left_out_where_that_is_asked() {
    choice::voided_runs_are_left_out_where_that_is_asked(&Database::new());
}

#[test]
fn what_is_said_of_a_run_is_kept_once_and_shown() {
    choice::what_is_said_of_a_run_is_kept_once_and_shown(&Database::new());
}

#[test]
fn what_follows_a_rejected_event_arrives() {
    contract::what_follows_a_rejected_event_arrives(&Database::new());
}

#[test]
fn values_at_their_extremes_come_back() {
    contract::values_at_their_extremes_come_back(&Database::new());
}

#[test]
fn clock_of_another_age_loses_nothing() {
    contract::clock_of_another_age_loses_nothing(&Database::new());
}

#[test]
fn question_that_is_asked_again_keeps_every_answer() {
    contract::question_that_is_asked_again_keeps_every_answer(&Database::new());
}

#[test]
fn list_names_the_first_failing_measurements_once() {
    contract::list_names_the_first_failing_measurements_once(&Database::new());
}

#[test]
fn many_connections_deliver_runs_of_the_same_test() {
    contract::many_connections_deliver_runs_of_the_same_test(&Database::new());
}

#[test]
fn newer_schema_pauses_the_sink_and_stays_readable_if_it_says_so() {
    let database = Database::new();
    deliver(&mut *database.sink(), run_id(1), &full_run(run_id(1)));
    database
        .connect()
        .execute("UPDATE schema_version SET version = 99", [])
        .unwrap();
    let paused = database.sink().cursor(run_id(2));
    assert!(
        matches!(&paused, Err(SinkError::Paused(text)) if text.contains("schema 99")),
        "{paused:?}"
    );
    assert!(database.history().run(&Selector::Last).is_ok());
    database
        .connect()
        .execute("UPDATE schema_version SET min_reader = 99", [])
        .unwrap();
    let refused = SqliteHistory::open(&database.path());
    assert!(matches!(refused, Err(HistoryError::Unavailable(_))));
}

#[test]
fn history_of_a_station_without_runs_is_empty() {
    let database = Database::new();
    let missing = SqliteHistory::open(&database.path());
    assert!(matches!(missing, Err(HistoryError::Empty)));
    database.sink().cursor(run_id(1)).unwrap();
    let history = database.history();
    assert!(matches!(
        history.run(&Selector::Last),
        Err(HistoryError::Empty)
    ));
}

#[test]
fn database_that_is_none_is_unavailable_and_named() {
    let database = Database::new();
    std::fs::write(database.path(), "this is a text, not a database at all").unwrap();
    let broken = database.sink().cursor(run_id(1));
    assert!(
        matches!(&broken, Err(SinkError::Unavailable(text)) if text.contains("maestro.sqlite3")),
        "{broken:?}"
    );
}

#[test]
fn two_processes_may_make_the_schema_at_once() {
    let database = Database::new();
    std::thread::scope(|scope| {
        for number in 0..4 {
            let database = &database;
            scope.spawn(move || {
                deliver(
                    &mut *database.sink(),
                    run_id(number),
                    &long_run(run_id(number), 20),
                );
            });
        }
    });
    assert_eq!(database.count("test_executions"), 4);
    assert_eq!(database.count("schema_version"), 1);
}

#[test]
fn two_processes_deliver_the_same_backlog_once() {
    let database = Database::new();
    let folder = database.folder.path();
    for number in 1..=10 {
        let mut journal = Journal::create(folder, run_id(number), None).unwrap();
        journal.append(&full_run(run_id(number))).unwrap();
    }
    std::thread::scope(|scope| {
        for seed in 1..=2 {
            let database = &database;
            scope.spawn(move || {
                let options = DeliveryOptions {
                    folder: folder.to_owned(),
                    now,
                    seed,
                    retention: Duration::from_hours(24),
                    waiting: Waiting::Undelivered,
                    round: DeliveryOptions::ROUND,
                };
                let path = database.path();
                let outlet = Outlet::new("local", move || {
                    Box::new(SqliteSink::new(path.clone(), None))
                });
                Delivery::start(&options, vec![outlet])
                    .unwrap()
                    .finish(Some(Duration::from_secs(20)))
            });
        }
    });
    assert!(archive::list_open(folder).unwrap().is_empty());
    assert_eq!(database.count("test_executions"), 10);
    assert_eq!(database.count("measurements"), 20);
}

fn now() -> Timestamp {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    Timestamp(since.as_micros() as i64)
}

/// A floor far below what an idle machine does, so that a slip of an order of magnitude shows.
#[test]
#[expect(clippy::disallowed_methods, reason = "a speed is measured")]
fn thousands_of_rows_are_written_in_a_second() {
    let database = Database::new();
    let events = long_run(run_id(1), 5000);
    let mut sink = database.sink();
    let start = Instant::now();
    for chunk in events.chunks(500) {
        sink.deliver(&Parcel {
            run: run_id(1),
            events: chunk,
            is_last: false,
        })
        .unwrap();
    }
    let elapsed = start.elapsed();
    assert_eq!(database.count("measurements"), 5000);
    assert!(elapsed < Duration::from_secs(5), "{elapsed:?}");
}

#[test]
fn counts_are_those_of_pandas() {
    survey::counts_are_those_of_pandas(&Database::new());
}

#[test]
fn what_is_left_out_is_counted() {
    survey::what_is_left_out_is_counted(&Database::new());
}

#[test]
fn readings_of_one_step_stay_in_their_order() {
    survey::readings_of_one_step_stay_in_their_order(&Database::new());
}

#[test]
fn series_holds_every_value_in_order() {
    survey::series_holds_every_value_in_order(&Database::new());
}

#[test]
fn times_are_those_of_the_newest_runs() {
    survey::times_are_those_of_the_newest_runs(&Database::new());
}

#[test]
fn life_of_a_unit_is_whole() {
    survey::life_of_a_unit_is_whole(&Database::new());
}

#[test]
fn past_runs_tell_what_kept_them_from_passing() {
    survey::past_runs_tell_what_kept_them_from_passing(&Database::new());
}

#[test]
fn readings_of_a_gauge_study_name_part_and_appraiser() {
    survey::readings_of_a_gauge_study_name_part_and_appraiser(&Database::new());
}
