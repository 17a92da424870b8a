//! What a home folder holds after a fault: journals and the embedded store, compared row by row.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use crate::live::eventually;
use crate::rig::Rig;

/// The journals and the store below one home folder.
pub(super) struct Records {
    home: PathBuf,
    pub(super) store: Connection,
}

impl Records {
    /// Opens what lies below the home of `rig`, closing first what a crash left.
    #[track_caller]
    pub(super) fn recovered(rig: &Rig) -> Self {
        rig.run(["recover"]).passes();
        Self::delivered(rig)
    }

    /// Opens what lies below the home of `rig` once everything is delivered.
    #[track_caller]
    pub(super) fn delivered(rig: &Rig) -> Self {
        let home = rig.home();
        let open = home.join("journal/open");
        eventually("every journal is delivered", || {
            let is_empty = fs::read_dir(&open).unwrap().next().is_none();
            if !is_empty {
                rig.run(["recover"]).passes();
            }
            is_empty
        });
        let store = Connection::open_with_flags(home.join("maestro.sqlite3"), OpenFlags::default())
            .unwrap();
        Self { home, store }
    }

    /// Every run in the store.
    pub(super) fn runs(&self) -> Vec<String> {
        self.list::<String>("SELECT id FROM test_executions ORDER BY id", "")
            .into_iter()
            .collect()
    }

    /// Verdict and status of a run.
    pub(super) fn end_of(&self, run: &str) -> (String, String) {
        self.store
            .query_row(
                "SELECT verdict, status FROM test_executions WHERE id = ?1",
                [run],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .unwrap()
    }

    /// The events of a run, from its journal.
    pub(super) fn journal(&self, run: &str) -> Vec<Value> {
        let path = files(&self.home.join("journal"))
            .into_iter()
            .find(|path| path.ends_with(format!("{run}.jsonl")))
            .unwrap_or_else(|| panic!("no journal of run {run}"));
        let text = fs::read_to_string(path).unwrap();
        text.lines()
            .map(|line| line.rsplit_once('\t').unwrap().0)
            .map(|json| serde_json::from_str(json).unwrap())
            .collect()
    }

    /// No record says that its run goes on.
    #[track_caller]
    pub(super) fn nothing_runs(&self) {
        let running = "SELECT id FROM test_executions WHERE status = 'Running' OR verdict IS NULL";
        assert!(self.list::<String>(running, "").is_empty());
    }

    /// What was printed is in the journal, and so in the store.
    #[track_caller]
    pub(super) fn holds(&self, printed: &[Value]) {
        let Some(first) = printed.first() else { return };
        let journal = self.journal(first["run"].as_str().unwrap());
        for event in printed {
            assert!(journal.contains(event), "printed and not kept: {event}");
        }
    }

    /// The run is closed, has each event of its journal exactly once in the store, and has left no
    /// process.
    #[track_caller]
    pub(super) fn audit(&self, run: &str) {
        assert_no_process(run);
        let journal = self.journal(run);
        let seqs: Vec<i64> = journal.iter().map(seq).collect();
        let numbered: Vec<i64> = (1..=journal.len() as i64).collect();
        assert_eq!(seqs, numbered, "gaps or doubles in the journal of {run}");
        for (kind, table) in [
            ("logged", "execution_logs"),
            ("definition_recorded", "execution_definitions"),
            ("runner_started", "execution_runners"),
            ("prompt_opened", "prompt_answers"),
            ("artifact_stored", "artifacts"),
        ] {
            let rows = format!("SELECT seq FROM {table} WHERE execution_id = ?1 ORDER BY seq");
            let wanted: Vec<i64> = of_kind(&journal, kind).map(seq).collect();
            assert_eq!(self.list::<i64>(&rows, run), wanted, "{table} of {run}");
        }
        self.audit_steps(run, &journal);
        let (verdict, status) = self.end_of(run);
        let ends: Vec<&Value> = of_kind(&journal, "run_finished").collect();
        let end = ends.last().unwrap_or_else(|| panic!("no end of {run}"));
        // An end that the disk did not keep for certain is taken back by a second one.
        let is_taken_back = word(end, "error").starts_with("not-recorded");
        assert!(
            ends.len() == 1 || (ends.len() == 2 && is_taken_back),
            "{ends:?}"
        );
        let wanted = (word(end, "verdict"), word(end, "status"));
        assert_eq!((verdict, status), wanted, "end of {run}");
        let cursor = "SELECT last_seq FROM delivery_cursor WHERE run_id = ?1";
        assert_eq!(self.list::<i64>(cursor, run), [journal.len() as i64]);
    }

    #[track_caller]
    fn audit_steps(&self, run: &str, journal: &[Value]) {
        let rows = "SELECT sequence_no || ' ' || verdict FROM step_results
                    WHERE execution_id = ?1 ORDER BY sequence_no";
        let started: BTreeSet<i64> = of_kind(journal, "step_started").map(step).collect();
        let wanted: Vec<String> = started
            .iter()
            .map(|&no| {
                let end = of_kind(journal, "step_finished").filter(|event| step(event) == no);
                let ends: Vec<String> = end.map(|event| word(event, "verdict")).collect();
                assert_eq!(ends.len(), 1, "ends of step {no} of {run}");
                format!("{no} {}", ends[0])
            })
            .collect();
        assert_eq!(self.list::<String>(rows, run), wanted, "steps of {run}");
        let points: i64 = of_kind(journal, "step_finished")
            .filter_map(|event| event["measurements"].as_array())
            .map(|points| points.len() as i64)
            .sum();
        let count = "SELECT COUNT(*) FROM measurements WHERE execution_id = ?1";
        assert_eq!(
            self.list::<i64>(count, run),
            [points],
            "measurements of {run}"
        );
    }

    fn list<T: rusqlite::types::FromSql>(&self, sql: &str, run: &str) -> Vec<T> {
        let mut statement = self.store.prepare(sql).unwrap();
        let count = statement.parameter_count();
        let rows = statement
            .query_map(
                rusqlite::params_from_iter([run].iter().take(count)),
                |row| row.get(0),
            )
            .unwrap();
        rows.map(Result::unwrap).collect()
    }
}

/// The first event of a kind, or a panic.
#[track_caller]
pub(crate) fn only<'a>(events: &'a [Value], kind: &'a str) -> &'a Value {
    of_kind(events, kind)
        .next()
        .unwrap_or_else(|| panic!("no {kind} among {events:#?}"))
}

pub(crate) fn of_kind<'a>(events: &'a [Value], kind: &'a str) -> impl Iterator<Item = &'a Value> {
    events.iter().filter(move |event| event["type"] == kind)
}

/// The end of the step of that name.
#[track_caller]
pub(crate) fn end_of_step(events: &[Value], name: &str) -> Value {
    let start = of_kind(events, "step_started")
        .find(|event| event["name"] == name)
        .unwrap_or_else(|| panic!("no step '{name}' among {events:#?}"));
    of_kind(events, "step_finished")
        .find(|event| event["step"] == start["step"])
        .unwrap_or_else(|| panic!("no end of step '{name}' among {events:#?}"))
        .clone()
}

/// Processes that carry the marker of a run's runners.
pub(crate) fn processes_of(run: &str) -> Vec<i32> {
    let marker = format!("MAESTRO_RUNNER={run}/");
    fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
        .filter(|pid| {
            fs::read(format!("/proc/{pid}/environ")).is_ok_and(|environ| {
                environ
                    .split(|&byte| byte == 0)
                    .any(|variable| variable.starts_with(marker.as_bytes()))
            })
        })
        .collect()
}

#[track_caller]
pub(crate) fn assert_no_process(run: &str) {
    let left = processes_of(run);
    assert!(left.is_empty(), "run {run} has left processes {left:?}");
}

fn seq(event: &Value) -> i64 {
    event["seq"].as_i64().unwrap()
}

fn step(event: &Value) -> i64 {
    event["step"].as_i64().unwrap()
}

/// A text of an event.
pub(crate) fn word(event: &Value, key: &str) -> String {
    event[key].as_str().unwrap_or_default().to_owned()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}
