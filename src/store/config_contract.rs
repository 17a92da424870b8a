//! What every store of the config must do; each store runs all cases against a database of its own.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::event::Timestamp;
use crate::station::config::{
    Author, Change, ConfigEntry, ConfigError, ConfigStore, ConfigValue, HistoryQuery, NewValue,
    Scope, Scopes, Secret, Setting, Target,
};

/// A text with everything in it that some encoding escapes.
pub(super) const TEXT: &str = "p\"a/s\\s wörd\u{1f511}'%{}";

/// A database that a case may fill.
pub(super) trait TestConfig {
    /// A new connection, as another process would make one.
    fn store(&self) -> Box<dyn ConfigStore>;
    /// Number of rows of a table.
    fn count(&self, table: &str) -> u64;
    /// Everything in these tables, as text.
    fn dump(&self, tables: &[&str]) -> String;
}

/// The tables that everybody may read.
const OPEN_TABLES: [&str; 3] = ["station_config", "station_config_history", "audit_log"];

pub(super) fn global(key: &str, value: Value) -> Change {
    set(Scope::Global, key, NewValue::Plain(value))
}

pub(super) fn set(scope: Scope, key: &str, value: NewValue) -> Change {
    Change {
        scope,
        key: key.to_owned(),
        to: Target::Set(Setting {
            value,
            category: None,
            description: None,
        }),
    }
}

pub(super) fn unset(scope: Scope, key: &str) -> Change {
    Change {
        scope,
        key: key.to_owned(),
        to: Target::Unset,
    }
}

pub(super) fn station(id: &str) -> Scope {
    Scope::Station(id.to_owned())
}

pub(super) fn secret(text: &str) -> NewValue {
    NewValue::Secret(Secret::stored(text.to_owned()))
}

/// The `n`th change, a second after the one before.
pub(super) fn author(n: u32) -> Author {
    Author {
        by: format!("person {n}"),
        at: Timestamp(1_700_000_000_000_000 + i64::from(n) * 1_000_000),
        station: "b-1".to_owned(),
        change: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + (u128::from(n) << 40)),
    }
}

fn history_of(store: &dyn TestConfig) -> Vec<(String, Option<ConfigValue>, String)> {
    let query = HistoryQuery {
        scopes: Scopes::All,
        key: None,
        limit: None,
    };
    let rows = store.store().history(&query).unwrap();
    rows.into_iter()
        .map(|row| (row.key, row.value, row.updated_by))
        .collect()
}

pub(super) fn what_was_set_is_listed_with_who_and_when(store: &dyn TestConfig) {
    assert_eq!(store.store().entries(&Scopes::All).unwrap(), []);
    let change = Change {
        scope: station("b-1"),
        key: "DMM".to_owned(),
        to: Target::Set(Setting {
            value: NewValue::Plain(json!({"host": "10.0.0.7", "port": 5025})),
            category: Some("instruments".to_owned()),
            description: Some("Messgerät".to_owned()),
        }),
    };
    store.store().change(&[change], &author(1)).unwrap();
    let expected = ConfigEntry {
        scope: station("b-1"),
        key: "DMM".to_owned(),
        value: ConfigValue::Plain(json!({"host": "10.0.0.7", "port": 5025})),
        category: Some("instruments".to_owned()),
        description: Some("Messgerät".to_owned()),
        updated_by: "person 1".to_owned(),
        updated_at: author(1).at,
    };
    assert_eq!(store.store().entries(&Scopes::All).unwrap(), [expected]);
}

pub(super) fn scopes_are_kept_apart(store: &dyn TestConfig) {
    let changes = [
        global("A", json!(1)),
        set(station("b-1"), "A", NewValue::Plain(json!(2))),
        set(station("global"), "A", NewValue::Plain(json!(3))),
    ];
    store.store().change(&changes, &author(1)).unwrap();
    let values = |scopes: Scopes| -> Vec<(Scope, Value)> {
        let entries = store.store().entries(&scopes).unwrap().into_iter();
        entries
            .map(|entry| (entry.scope, entry.value.shown()))
            .collect()
    };
    assert_eq!(
        values(Scopes::Only(Scope::Global)),
        [(Scope::Global, json!(1))]
    );
    assert_eq!(
        values(Scopes::SeenBy("b-1".to_owned())),
        [(Scope::Global, json!(1)), (station("b-1"), json!(2))]
    );
    assert_eq!(
        values(Scopes::Only(station("global"))),
        [(station("global"), json!(3))]
    );
    assert_eq!(values(Scopes::All).len(), 3);
}

pub(super) fn every_change_is_a_row_of_history_and_audit(store: &dyn TestConfig) {
    store
        .store()
        .change(&[global("A", json!(1))], &author(1))
        .unwrap();
    store
        .store()
        .change(&[global("A", json!("x"))], &author(2))
        .unwrap();
    let done = store
        .store()
        .change(&[unset(Scope::Global, "A")], &author(3))
        .unwrap();
    assert_eq!(done[0].before, Some(ConfigValue::Plain(json!("x"))));
    assert_eq!(done[0].after, None);
    let plain = |value: Value| Some(ConfigValue::Plain(value));
    assert_eq!(
        history_of(store),
        [
            ("A".to_owned(), None, "person 3".to_owned()),
            ("A".to_owned(), plain(json!("x")), "person 2".to_owned()),
            ("A".to_owned(), plain(json!(1)), "person 1".to_owned()),
        ]
    );
    assert_eq!(store.count("audit_log"), 3);
    assert_eq!(store.count("station_config"), 0);
    let newest = HistoryQuery {
        scopes: Scopes::Only(Scope::Global),
        key: Some("A".to_owned()),
        limit: Some(1),
    };
    assert_eq!(store.store().history(&newest).unwrap().len(), 1);
}

pub(super) fn what_changes_nothing_leaves_no_row(store: &dyn TestConfig) {
    let changes = [
        global("A", json!(1)),
        set(Scope::Global, "PW", secret(TEXT)),
    ];
    assert_eq!(store.store().change(&changes, &author(1)).unwrap().len(), 2);
    assert_eq!(store.store().change(&changes, &author(2)).unwrap(), []);
    assert_eq!(
        store
            .store()
            .change(&[unset(station("b-1"), "A")], &author(3))
            .unwrap(),
        []
    );
    assert_eq!(store.count("station_config_history"), 2);
    assert_eq!(store.count("audit_log"), 2);
}

pub(super) fn refused_change_takes_the_others_with_it(store: &dyn TestConfig) {
    let first = [set(Scope::Global, "PW", secret(TEXT))];
    store.store().change(&first, &author(1)).unwrap();
    let changes = [global("A", json!(1)), global("PW", json!("open"))];
    let refused = store.store().change(&changes, &author(2));
    assert!(
        matches!(refused, Err(ConfigError::IsSecret { .. })),
        "{refused:?}"
    );
    assert_eq!(store.count("station_config"), 1);
    assert_eq!(store.count("station_config_history"), 1);
}

pub(super) fn secret_is_in_the_snapshot_and_in_no_open_table(store: &dyn TestConfig) {
    let other = "another secret";
    let changes = [
        set(Scope::Global, "PW", secret(TEXT)),
        set(station("b-1"), "PW", secret(other)),
        set(station("b-2"), "PW", secret("not for b-1")),
    ];
    store.store().change(&changes, &author(1)).unwrap();
    let snapshot = store.store().snapshot("b-1").unwrap();
    assert_eq!(snapshot.entries.len(), 2);
    assert_eq!(
        snapshot.secret(&Scope::Global, "PW").unwrap().reveal(),
        TEXT
    );
    assert_eq!(
        snapshot.secret(&station("b-1"), "PW").unwrap().reveal(),
        other
    );
    assert_eq!(snapshot.secrets.len(), 2);
    let dump = store.dump(&OPEN_TABLES);
    for text in [TEXT, other, "rd\u{1f511}", "not for b-1"] {
        assert!(!dump.contains(text), "{text} in {dump}");
    }
    assert!(dump.contains("WriteOnly"), "{dump}");
}

pub(super) fn secret_is_replaced_described_and_forgotten(store: &dyn TestConfig) {
    let place = (Scope::Global, "PW".to_owned());
    let read = || store.store().snapshot("b-1").unwrap();
    store
        .store()
        .change(&[set(Scope::Global, "PW", secret(TEXT))], &author(1))
        .unwrap();
    store
        .store()
        .change(
            &[set(Scope::Global, "PW", secret("the new one"))],
            &author(2),
        )
        .unwrap();
    assert_eq!(read().secrets[&place].reveal(), "the new one");
    let described = Change {
        to: Target::Set(Setting {
            value: NewValue::Kept,
            category: Some("access".to_owned()),
            description: None,
        }),
        ..unset(Scope::Global, "PW")
    };
    store.store().change(&[described], &author(3)).unwrap();
    assert_eq!(read().secrets[&place].reveal(), "the new one");
    assert_eq!(read().entries[0].category.as_deref(), Some("access"));
    store
        .store()
        .change(&[unset(Scope::Global, "PW")], &author(4))
        .unwrap();
    assert_eq!(read(), crate::station::config::Snapshot::default());
    store
        .store()
        .change(&[global("PW", json!("plain now"))], &author(5))
        .unwrap();
    assert_eq!(
        read().entries[0].value,
        ConfigValue::Plain(json!("plain now"))
    );
}

pub(super) fn values_come_back_as_they_were(store: &dyn TestConfig) {
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1.5),
        json!(1.0),
        json!(1e16),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(5e-324),
        json!(1.797_693_134_862_315_7e308),
        json!(""),
        json!(" lines\nand\ttabs\r\n"),
        json!(TEXT),
        json!([1, [2, []], {}]),
        json!({"b": {"z": 1, "a": "no order but this"}, "a": null}),
    ];
    let changes: Vec<Change> = values
        .iter()
        .enumerate()
        .map(|(n, value)| global(&format!("K{n:02}"), value.clone()))
        .collect();
    store.store().change(&changes, &author(1)).unwrap();
    let entries = store.store().entries(&Scopes::All).unwrap();
    let back: Vec<String> = entries
        .iter()
        .map(|entry| entry.value.shown().to_string())
        .collect();
    let expected: Vec<String> = values.iter().map(Value::to_string).collect();
    assert_eq!(back, expected);
}

pub(super) fn two_writers_lose_nothing(store: &(dyn TestConfig + Sync)) {
    store
        .store()
        .change(&[global("first", json!(0))], &author(0))
        .unwrap();
    std::thread::scope(|scope| {
        for writer in 0..2_u32 {
            scope.spawn(move || {
                for n in 0..10 {
                    let key = format!("w{writer}_{n}");
                    let changes = [
                        set(Scope::Global, &key, secret(&format!("secret of {key}"))),
                        global("both", json!([writer, n])),
                    ];
                    store
                        .store()
                        .change(&changes, &author(1 + writer * 100 + n))
                        .unwrap();
                }
            });
        }
    });
    let snapshot = store.store().snapshot("b-1").unwrap();
    assert_eq!(snapshot.secrets.len(), 20);
    assert_eq!(store.count("station_config_history"), 1 + 40);
    for ((_, key), text) in &snapshot.secrets {
        assert_eq!(text.reveal(), format!("secret of {key}"));
    }
}
