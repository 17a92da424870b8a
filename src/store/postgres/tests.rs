//! The shared store against the contract of all stores, and what is its own.

use super::session::Session;
use super::{PostgresAnnotations, PostgresHistory, PostgresOptions, PostgresSink};
use crate::outbox::Sink;
use crate::record::{Annotations, History};
use crate::servers::TestDatabase;
use crate::stats::survey::Survey;
use crate::store::choice_contract as choice;
use crate::store::contract::{self, TestStore};
use crate::store::survey::contract as survey;
use crate::store::survey::contract::SurveyStore;

/// A store in a database of its own.
pub(super) struct Database(TestDatabase);

impl Database {
    pub(super) fn new() -> Self {
        Self(TestDatabase::new())
    }

    pub(super) fn url(&self) -> String {
        self.0.url()
    }

    pub(super) fn name(&self) -> String {
        self.url().rsplit_once('/').unwrap().1.to_owned()
    }

    pub(super) fn options(&self) -> PostgresOptions {
        options(&self.url())
    }

    pub(super) fn session(&self) -> Session {
        Session::new(&self.options())
    }

    /// A connection that is not that of the store.
    pub(super) fn client(&self) -> ::postgres::Client {
        self.0.client()
    }

    pub(super) fn execute(&self, sql: &str) {
        self.client().batch_execute(sql).unwrap();
    }
}

pub(super) fn options(url: &str) -> PostgresOptions {
    PostgresOptions {
        url: url.to_owned(),
        station: "bench-1".to_owned(),
    }
}

impl TestStore for Database {
    fn sink(&self) -> Box<dyn Sink> {
        Box::new(PostgresSink::new(&self.options(), None))
    }

    fn history(&self) -> Box<dyn History> {
        Box::new(PostgresHistory::open(&self.options()).unwrap())
    }

    fn annotations(&self) -> Box<dyn Annotations> {
        Box::new(PostgresAnnotations::new(&self.options()))
    }

    fn count(&self, table: &str) -> u64 {
        let query = format!("SELECT count(*) FROM {table} AS counted");
        let row = self.client().query_one(&query, &[]).unwrap();
        row.get::<_, i64>(0) as u64
    }

    fn text(&self, query: &str) -> String {
        let row = self.client().query_one(query, &[]).unwrap();
        row.get(0)
    }
}

impl SurveyStore for Database {
    fn survey(&self) -> Box<dyn Survey> {
        Box::new(PostgresHistory::open(&self.options()).unwrap())
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
