//! The embedded store of the config against the contract of all, and what is its own.

use std::os::unix::fs::PermissionsExt as _;

use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::event::Timestamp;
use crate::station::config::{ConfigStore, Scope, Snapshot};
use crate::store::config_contract::{
    self as contract, TEXT, TestConfig, author, secret, set, unset,
};
use crate::store::sqlite::database_path;

struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn config(&self) -> SqliteConfig {
        SqliteConfig::new(database_path(self.0.path()))
    }

    fn secrets(&self) -> String {
        std::fs::read_to_string(self.0.path().join("secrets.json")).unwrap()
    }

    fn connect(&self) -> Connection {
        Connection::open(database_path(self.0.path())).unwrap()
    }
}

impl TestConfig for Home {
    fn store(&self) -> Box<dyn ConfigStore> {
        Box::new(self.config())
    }

    fn count(&self, table: &str) -> u64 {
        let query = format!("SELECT count(*) FROM {table}");
        let count: i64 = self
            .connect()
            .query_row(&query, [], |row| row.get(0))
            .unwrap();
        count as u64
    }

    fn dump(&self, tables: &[&str]) -> String {
        let mut text = String::new();
        for table in tables {
            let connection = self.connect();
            let mut statement = connection
                .prepare(&format!("SELECT * FROM {table}"))
                .unwrap();
            let columns = statement.column_count();
            let mut rows = statement.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                for column in 0..columns {
                    let value: Option<String> = row.get(column).unwrap();
                    text.push_str(&value.unwrap_or_default());
                    text.push('\n');
                }
            }
        }
        text
    }
}

#[test]
fn what_was_set_is_listed_with_who_and_when() {
    contract::what_was_set_is_listed_with_who_and_when(&Home::new());
}

#[test]
fn scopes_are_kept_apart() {
    contract::scopes_are_kept_apart(&Home::new());
}

#[test]
fn every_change_is_a_row_of_history_and_audit() {
    contract::every_change_is_a_row_of_history_and_audit(&Home::new());
}

#[test]
fn what_changes_nothing_leaves_no_row() {
    contract::what_changes_nothing_leaves_no_row(&Home::new());
}

#[test]
fn refused_change_takes_the_others_with_it() {
    contract::refused_change_takes_the_others_with_it(&Home::new());
}

#[test]
fn secret_is_in_the_snapshot_and_in_no_open_table() {
    contract::secret_is_in_the_snapshot_and_in_no_open_table(&Home::new());
}

#[test]
fn secret_is_replaced_described_and_forgotten() {
    contract::secret_is_replaced_described_and_forgotten(&Home::new());
}

#[test]
fn values_come_back_as_they_were() {
    contract::values_come_back_as_they_were(&Home::new());
}

#[test]
fn two_writers_lose_nothing() {
    contract::two_writers_lose_nothing(&Home::new());
}

#[test]
fn secrets_lie_in_a_file_for_the_owner_and_not_in_the_database() {
    let home = Home::new();
    let change = set(Scope::Global, "PW", secret(TEXT));
    home.store().change(&[change], &author(1)).unwrap();
    let path = home.0.path().join("secrets.json");
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let marker = "rd\u{1f511}".as_bytes();
    for entry in std::fs::read_dir(home.0.path()).unwrap() {
        let entry = entry.unwrap().path();
        let bytes = std::fs::read(&entry).unwrap();
        let has_text = bytes.windows(marker.len()).any(|window| window == marker);
        assert_eq!(has_text, entry == path, "{}", entry.display());
    }
    assert_eq!(home.config().exposed(), None);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(home.config().exposed().unwrap().contains("chmod 600"));
}

#[test]
fn text_of_an_old_secret_leaves_the_file() {
    let home = Home::new();
    let change = |text| [set(Scope::Global, "PW", secret(text))];
    home.store()
        .change(&change("the first one"), &author(1))
        .unwrap();
    home.store()
        .change(&change("the second one"), &author(2))
        .unwrap();
    assert!(!home.secrets().contains("the first one"));
    home.store()
        .change(&[unset(Scope::Global, "PW")], &author(3))
        .unwrap();
    assert!(!home.secrets().contains("the second one"));
}

#[test]
fn secrets_that_cannot_be_read_are_told_and_stop_nobody() {
    let home = Home::new();
    let change = set(Scope::Global, "PW", secret(TEXT));
    home.store().change(&[change], &author(1)).unwrap();
    std::fs::write(home.0.path().join("secrets.json"), "{").unwrap();
    let snapshot = home.store().snapshot("b-1").unwrap();
    assert_eq!(snapshot.entries.len(), 1);
    assert!(snapshot.secrets.is_empty());
    assert!(snapshot.trouble.unwrap().contains("secrets.json"));
    let plain = contract::global("A", json!(1));
    home.store().change(&[plain], &author(2)).unwrap();
}

#[test]
fn reading_makes_no_database() {
    let home = Home::new();
    assert_eq!(home.store().snapshot("b-1").unwrap(), Snapshot::default());
    assert_eq!(
        home.config().copy("db", "b-1").unwrap(),
        ConfigCopy::default()
    );
    assert_eq!(std::fs::read_dir(home.0.path()).unwrap().count(), 0);
}

#[test]
fn newer_database_is_not_changed() {
    let home = Home::new();
    home.store()
        .change(&[contract::global("A", json!(1))], &author(1))
        .unwrap();
    home.connect()
        .execute("UPDATE schema_version SET version = 99", [])
        .unwrap();
    let refused = home
        .store()
        .change(&[contract::global("A", json!(2))], &author(2));
    assert!(refused.unwrap_err().to_string().contains("newer maestro"));
    assert_eq!(home.store().snapshot("b-1").unwrap().entries.len(), 1);
}

/// A snapshot as a shared database would give it.
fn shared(text: &str) -> Snapshot {
    let home = Home::new();
    let changes = [
        contract::global("A", json!({"b": 1.5})),
        contract::global("NOTHING", json!(null)),
        set(Scope::Global, "PW", secret(text)),
    ];
    home.store().change(&changes, &author(1)).unwrap();
    home.store().snapshot("b-1").unwrap()
}

#[test]
fn copy_comes_back_with_its_secrets_and_its_time() {
    let home = Home::new();
    let config = home.config();
    let at = Timestamp(1_700_000_000_000_000);
    for (n, text) in [TEXT, TEXT, "a text that is new"].into_iter().enumerate() {
        let at = at.after(std::time::Duration::from_secs(n as u64));
        let id = Uuid::from_u128(n as u128);
        config
            .keep_copy("db", "b-1", &shared(text), at, id)
            .unwrap();
        let copy = config.copy("db", "b-1").unwrap();
        assert_eq!(copy.taken, Some((shared(text), at)));
    }
    assert!(!home.secrets().contains("a/s"), "{}", home.secrets());
    assert_eq!(config.copy("other", "b-1").unwrap(), ConfigCopy::default());
    // The station's own secrets and the copied ones do not sweep each other away.
    let change = set(Scope::Global, "OWN", secret("a text of its own"));
    home.store().change(&[change], &author(2)).unwrap();
    let copy = config.copy("db", "b-1").unwrap().taken.unwrap().0;
    assert_eq!(copy, shared("a text that is new"));
    assert!(home.secrets().contains("a text of its own"));
}

#[test]
fn failure_is_noted_beside_the_copy_and_forgotten_with_the_next_answer() {
    let home = Home::new();
    let config = home.config();
    let at = Timestamp(1_700_000_000_000_000);
    config.note_failure("db", "b-1", at).unwrap();
    let copy = config.copy("db", "b-1").unwrap();
    assert_eq!((copy.taken, copy.failed_at), (None, Some(at)));
    config
        .keep_copy("db", "b-1", &shared(TEXT), at, Uuid::nil())
        .unwrap();
    assert_eq!(config.copy("db", "b-1").unwrap().failed_at, None);
    config.note_failure("db", "b-1", at).unwrap();
    let copy = config.copy("db", "b-1").unwrap();
    assert_eq!((copy.taken.is_some(), copy.failed_at), (true, Some(at)));
}
