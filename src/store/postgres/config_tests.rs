//! The shared config against the contract of all stores, and what is its own.

use std::time::{Duration, Instant};

use postgres::Client;
use serde_json::json;

use super::{PostgresConfig, PostgresOptions};
use crate::servers::{PostgresServer, TestDatabase};
use crate::station::config::{ConfigStore, Scope, Snapshot};
use crate::store::config_contract::{
    self as contract, TEXT, TestConfig, author, global, secret, set,
};

fn options(url: &str) -> PostgresOptions {
    PostgresOptions {
        url: url.to_owned(),
        station: "b-1".to_owned(),
    }
}

fn config(url: &str) -> PostgresConfig {
    PostgresConfig::new(&options(url))
}

impl TestConfig for TestDatabase {
    fn store(&self) -> Box<dyn ConfigStore> {
        Box::new(config(&self.url()))
    }

    fn count(&self, table: &str) -> u64 {
        let row = self
            .client()
            .query_one(&format!("SELECT count(*) FROM {table}"), &[]);
        row.unwrap().get::<_, i64>(0) as u64
    }

    fn dump(&self, tables: &[&str]) -> String {
        tables
            .iter()
            .map(|table| dump_of(&mut self.client(), table))
            .collect()
    }
}

fn dump_of(client: &mut Client, table: &str) -> String {
    let rows = client
        .query(&format!("SELECT t::text FROM {table} t"), &[])
        .unwrap();
    rows.iter()
        .map(|row| row.get::<_, String>(0) + "\n")
        .collect()
}

#[test]
fn what_was_set_is_listed_with_who_and_when() {
    contract::what_was_set_is_listed_with_who_and_when(&TestDatabase::new());
}

#[test]
fn scopes_are_kept_apart() {
    contract::scopes_are_kept_apart(&TestDatabase::new());
}

#[test]
fn every_change_is_a_row_of_history_and_audit() {
    contract::every_change_is_a_row_of_history_and_audit(&TestDatabase::new());
}

#[test]
fn what_changes_nothing_leaves_no_row() {
    contract::what_changes_nothing_leaves_no_row(&TestDatabase::new());
}

#[test]
fn refused_change_takes_the_others_with_it() {
    contract::refused_change_takes_the_others_with_it(&TestDatabase::new());
}

#[test]
fn secret_is_in_the_snapshot_and_in_no_open_table() {
    contract::secret_is_in_the_snapshot_and_in_no_open_table(&TestDatabase::new());
}

#[test]
fn secret_is_replaced_described_and_forgotten() {
    contract::secret_is_replaced_described_and_forgotten(&TestDatabase::new());
}

#[test]
fn values_come_back_as_they_were() {
    contract::values_come_back_as_they_were(&TestDatabase::new());
}

#[test]
fn two_writers_lose_nothing() {
    contract::two_writers_lose_nothing(&TestDatabase::new());
}

#[test]
fn database_without_tables_is_read_as_empty_and_stays_so() {
    let database = TestDatabase::new();
    assert_eq!(
        database.store().snapshot("b-1").unwrap(),
        Snapshot::default()
    );
    assert_eq!(database.count("pg_tables WHERE schemaname = 'public'"), 0);
}

#[test]
fn role_without_rights_on_secrets_sees_the_rest() {
    let database = TestDatabase::new();
    let changes = [
        global("A", json!(1)),
        set(Scope::Global, "PW", secret(TEXT)),
    ];
    database.store().change(&changes, &author(1)).unwrap();
    let role = format!("reader_{}", std::process::id());
    database
        .client()
        .batch_execute(&format!(
            "CREATE ROLE {role} LOGIN; \
             GRANT SELECT ON station_config, schema_version TO {role}"
        ))
        .unwrap();
    let url = database.url().replacen("postgres@", &format!("{role}@"), 1);
    let snapshot = config(&url).snapshot("b-1").unwrap();
    database
        .client()
        .batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"))
        .unwrap();
    assert_eq!(snapshot.entries.len(), 2);
    assert!(snapshot.secrets.is_empty());
    let trouble = snapshot.trouble.unwrap();
    assert!(trouble.contains("station_secrets"), "{trouble}");
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test measures how long it took"
)]
fn server_that_is_away_is_told_at_once() {
    let mut server = PostgresServer::start();
    let url = server.create_database();
    server.stop_immediate();
    let started = Instant::now();
    let error = config(&url).snapshot("b-1").unwrap_err().to_string();
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
    assert!(error.contains(&server.port().to_string()), "{error}");
}
