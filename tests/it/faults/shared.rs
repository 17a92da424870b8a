//! What PostgreSQL holds after a fault, compared with the journals and, row by row and column by
//! column, with the embedded store.

use std::collections::BTreeMap;

use postgres::{Client, NoTls};
use rusqlite::types::ValueRef;
use serde_json::Value;

use super::records::Records;
use crate::rig::Rig;

/// Every table that deliveries fill, with what names a run in it.
const TABLES: [(&str, &str); 15] = [
    ("test_executions", "id"),
    ("step_results", "execution_id"),
    ("measurements", "execution_id"),
    ("step_attempts", "execution_id"),
    ("measurement_attempts", "execution_id"),
    ("prompt_answers", "execution_id"),
    ("execution_definitions", "execution_id"),
    ("execution_packages", "execution_id"),
    ("execution_runners", "execution_id"),
    ("execution_instruments", "execution_id"),
    ("execution_facts", "execution_id"),
    ("execution_logs", "execution_id"),
    ("artifacts", "execution_id"),
    ("delivery_cursor", "run_id"),
    ("delivery_rejects", "run_id"),
];

/// Signs of life are renewed by the clock, in each store for itself.
const BY_THE_CLOCK: [&str; 2] = ["last_seen_at", "rejected_at"];

/// The rows of a table, with the columns by name; equal tables are equal values.
type Rows = Vec<BTreeMap<String, Value>>;

/// A PostgreSQL that runs were delivered to.
pub(super) struct Shared {
    client: Client,
}

impl Shared {
    #[track_caller]
    pub(super) fn open(url: &str) -> Self {
        let mut client = Client::connect(url, NoTls).unwrap();
        client.batch_execute("SET TIME ZONE 'UTC'").unwrap();
        Self { client }
    }

    /// Every run, oldest first; none where there is no schema yet.
    #[track_caller]
    pub(super) fn runs(&mut self) -> Vec<String> {
        let has_schema = "SELECT to_regclass('test_executions') IS NOT NULL";
        if !self
            .client
            .query_one(has_schema, &[])
            .unwrap()
            .get::<_, bool>(0)
        {
            return Vec::new();
        }
        let rows = "SELECT id::text FROM test_executions ORDER BY id";
        let rows = self.client.query(rows, &[]).unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// A single number.
    #[track_caller]
    pub(super) fn number(&mut self, sql: &str) -> i64 {
        self.client.query_one(sql, &[]).unwrap().get(0)
    }

    /// No record says that its run goes on.
    #[track_caller]
    pub(super) fn nothing_runs(&mut self) {
        let running = "SELECT count(*) FROM test_executions
                       WHERE status = 'Running' OR verdict IS NULL";
        assert_eq!(self.number(running), 0);
    }

    /// Both stores have exactly the same runs.
    #[track_caller]
    pub(super) fn has_the_runs_of(&mut self, records: &Records) {
        assert_eq!(self.runs(), records.runs());
    }

    /// Every row of the run is here as it is in the embedded store, and no other.
    #[track_caller]
    pub(super) fn equals(&mut self, records: &Records, run: &str) {
        for (table, key) in TABLES {
            let types = self.types(table);
            let mut shared = self.rows(table, key, run);
            let mut local = records.rows(table, key, run, &types);
            for rows in [&mut shared, &mut local] {
                rows.sort_by_cached_key(|row| serde_json::to_string(row).unwrap());
            }
            assert_eq!(shared.len(), local.len(), "rows of {table} of {run}");
            for (shared, local) in shared.iter().zip(&local) {
                assert_eq!(shared, local, "a row of {table} of {run}: shared, local");
            }
        }
    }

    /// The types of a table's columns.
    fn types(&mut self, table: &str) -> BTreeMap<String, String> {
        let sql = "SELECT column_name::text, data_type::text FROM information_schema.columns
                   WHERE table_name = $1 AND table_schema = current_schema()";
        let rows = self.client.query(sql, &[&table]).unwrap();
        let types: BTreeMap<_, _> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        assert!(!types.is_empty(), "there is no table {table}");
        types
    }

    fn rows(&mut self, table: &str, key: &str, run: &str) -> Rows {
        let types = self.types(table);
        let sql = format!("SELECT to_jsonb(t) FROM {table} t WHERE {key}::text = $1");
        let rows = self.client.query(&sql, &[&run]).unwrap();
        rows.iter()
            .map(|row| match row.get::<_, Value>(0) {
                Value::Object(columns) => columns
                    .into_iter()
                    .filter(|(name, _)| !BY_THE_CLOCK.contains(&name.as_str()))
                    .map(|(name, value)| {
                        let value = canonical(value, &types[&name]);
                        (name, value)
                    })
                    .collect(),
                other => panic!("{other}"),
            })
            .collect()
    }
}

impl Records {
    /// Rows of the embedded store, in the types of PostgreSQL's columns.
    fn rows(&self, table: &str, key: &str, run: &str, types: &BTreeMap<String, String>) -> Rows {
        let sql = format!("SELECT * FROM {table} WHERE {key} = ?1");
        let mut statement = self.store.prepare(&sql).unwrap();
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let rows = statement.query_map([run], |row| {
            let mut columns = BTreeMap::new();
            for (place, name) in names.iter().enumerate() {
                if BY_THE_CLOCK.contains(&name.as_str()) {
                    continue;
                }
                let kind = types
                    .get(name)
                    .unwrap_or_else(|| panic!("PostgreSQL's {table} has no {name}"));
                columns.insert(
                    name.clone(),
                    canonical(read(row.get_ref(place)?, kind), kind),
                );
            }
            Ok(columns)
        });
        rows.unwrap().map(Result::unwrap).collect()
    }
}

/// A value of SQLite as PostgreSQL would give it.
fn read(value: ValueRef<'_>, kind: &str) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) if kind == "boolean" => Value::Bool(number != 0),
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) if kind == "jsonb" => serde_json::from_slice(text).unwrap(),
        ValueRef::Text(text) => String::from_utf8(text.to_vec()).unwrap().into(),
        ValueRef::Blob(blob) => panic!("a blob of {} bytes", blob.len()),
    }
}

/// One spelling for each time and number.
fn canonical(value: Value, kind: &str) -> Value {
    match value {
        Value::String(time) if kind == "timestamp with time zone" => {
            let time: jiff::Timestamp = time.parse().unwrap_or_else(|error| panic!("{error}"));
            time.as_microsecond().into()
        }
        Value::Number(number) => number.as_f64().unwrap().into(),
        Value::Array(items) => items.into_iter().map(|item| canonical(item, "")).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, field)| (name, canonical(field, "")))
            .collect::<BTreeMap<_, _>>()
            .into_iter()
            .collect(),
        other => other,
    }
}

/// Compares everything: journals with the embedded store, and both stores with each other.
/// Gives the number of runs.
#[track_caller]
pub(super) fn audit_all(rig: &Rig, url: &str) -> usize {
    let records = Records::delivered(rig);
    let mut shared = Shared::open(url);
    shared.has_the_runs_of(&records);
    shared.nothing_runs();
    let runs = records.runs();
    for run in &runs {
        records.audit(run);
        shared.equals(&records, run);
    }
    runs.len()
}
