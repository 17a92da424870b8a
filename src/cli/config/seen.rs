//! What a run sees of the config, also while the shared database is away.
//!
//! The database has one second to answer; then the last copy counts, with a warning that says how
//! old it is. A database that has just kept somebody waiting is not waited for again: it is asked
//! beside the run, and its answer is there for the next one.

use std::collections::BTreeSet;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use uuid::Uuid;

use crate::cli::stores::{SharedConfig, Stores};
use crate::event::Timestamp;
use crate::session::wall_clock;
use crate::station::Station;
use crate::station::config::{ConfigError, ConfigStore as _, Merged, Snapshot, merged};
use crate::store::sqlite::{ConfigCopy, SqliteConfig};

/// How long a run waits for the shared database before it starts with the copy.
const PATIENCE: Duration = Duration::from_secs(1);

/// After a wait in vain nobody waits again for so long.
const NO_WAIT: Duration = Duration::from_mins(2);

/// What an age is told in.
const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")];

/// The merged config of a station, with what its operator should know about it.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) merged: Merged,
    pub(crate) warnings: Vec<String>,
}

impl Seen {
    /// Asks the stores of a station.
    pub(crate) fn by(station: &Station, stores: &Stores) -> Self {
        let local = stores.local_config();
        let mut warnings: Vec<String> = local.exposed().into_iter().collect();
        let found = match stores.shared_config() {
            Some(shared) => of_shared(shared, &local, &station.id, &mut warnings),
            None => of_local(local, &station.id, &mut warnings),
        };
        let snapshot = found.unwrap_or_default();
        let merged = merged(&station.cfg, &snapshot, &station.id);
        if !merged.missing().is_empty() {
            let why = snapshot
                .trouble
                .as_deref()
                .unwrap_or("their texts are not there");
            warnings.push(format!(
                "the run goes without these secrets of the station config: {} ({why})",
                merged.missing().join(", ")
            ));
        }
        Self { merged, warnings }
    }
}

/// The keys that are known on this computer, without asking anybody else: for `validate`, which
/// runs in editors and hooks. `None` where there is no copy of the shared ones.
pub(crate) fn known_keys(station: &Station, stores: &Stores) -> Option<BTreeSet<String>> {
    let mut local = stores.local_config();
    let found = match stores.shared_config() {
        Some(shared) => local
            .copy(&shared.name, &station.id)
            .map(|copy| copy.taken.map(|(snapshot, _)| snapshot)),
        None => local.snapshot(&station.id).map(Some),
    };
    let snapshot = found.ok().flatten()?;
    let merged = merged(&station.cfg, &snapshot, &station.id);
    Some(merged.entries.into_keys().collect())
}

fn of_local(
    mut local: SqliteConfig,
    station: &str,
    warnings: &mut Vec<String>,
) -> Option<Snapshot> {
    local
        .snapshot(station)
        .inspect_err(|error| warnings.push(only_the_file(error)))
        .ok()
}

fn of_shared(
    shared: SharedConfig,
    local: &SqliteConfig,
    station: &str,
    warnings: &mut Vec<String>,
) -> Option<Snapshot> {
    let name = shared.name.clone();
    let copy = local.copy(&name, station).unwrap_or_else(|error| {
        warnings.push(error.to_string());
        ConfigCopy::default()
    });
    let now = wall_clock();
    let is_waited_for = !copy.failed_at.is_some_and(|at| is_recent(at, now));
    let patience = if is_waited_for {
        PATIENCE
    } else {
        Duration::ZERO
    };
    let reason = match ask(shared, local, station).recv_timeout(patience) {
        Ok(Ok(snapshot)) => return Some(snapshot),
        Ok(Err(error)) => error.to_string(),
        Err(RecvTimeoutError::Disconnected) => format!("{name} could not be asked"),
        Err(RecvTimeoutError::Timeout) if is_waited_for => {
            if let Err(error) = local.note_failure(&name, station, now) {
                warnings.push(error.to_string());
            }
            format!("{name} gave no answer within {PATIENCE:?}")
        }
        Err(RecvTimeoutError::Timeout) => format!("{name} gave no answer a moment ago"),
    };
    let Some((snapshot, at)) = copy.taken else {
        warnings.push(only_the_file(&reason));
        return None;
    };
    warnings.push(format!(
        "{reason}; the station config is the copy that was taken {} ago",
        age(now, at)
    ));
    Some(snapshot)
}

/// Asks on a thread that may outlive the wait: what comes too late for this run is in the copy for
/// the next.
fn ask(
    mut shared: SharedConfig,
    local: &SqliteConfig,
    station: &str,
) -> mpsc::Receiver<Result<Snapshot, ConfigError>> {
    let (sender, receiver) = mpsc::channel();
    let (local, station) = (local.clone(), station.to_owned());
    let work = move || {
        let answer = shared.store.snapshot(&station);
        if let Ok(snapshot) = &answer {
            // A copy that cannot be kept is told when it is missed.
            let _ = local.keep_copy(
                &shared.name,
                &station,
                snapshot,
                wall_clock(),
                Uuid::now_v7(),
            );
        }
        let _ = sender.send(answer);
    };
    let spawned = thread::Builder::new().name("config".to_owned()).spawn(work);
    // Without a thread nobody sends, which is told as no answer.
    drop(spawned);
    receiver
}

fn only_the_file(reason: &dyn std::fmt::Display) -> String {
    format!("{reason}; of the station config only `cfg` of station.yaml counts")
}

/// Whether somebody waited in vain a moment ago. A time that lies ahead was told by another clock.
fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    at <= now && now.since(at) < NO_WAIT
}

/// How long ago something was, in its largest unit.
pub(super) fn age(now: Timestamp, at: Timestamp) -> String {
    let seconds = now.since(at).as_secs();
    let unit = UNITS.iter().find(|(length, _)| seconds >= *length);
    unit.map_or_else(
        || "0 s".to_owned(),
        |(length, name)| format!("{} {name}", seconds / length),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_is_told_in_its_largest_unit() {
        let now = Timestamp(1_700_000_000_000_000);
        let before = |seconds: i64| Timestamp(now.0 - seconds * 1_000_000);
        for (seconds, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (125, "2 min"),
            (7300, "2 h"),
            (200_000, "2 d"),
        ] {
            assert_eq!(age(now, before(seconds)), text);
        }
        assert_eq!(age(now, before(-5)), "0 s");
    }

    #[test]
    fn failure_counts_for_a_while_and_not_from_the_future() {
        let now = Timestamp(1_700_000_000_000_000);
        assert!(is_recent(now, now));
        assert!(!is_recent(now.after(Duration::from_secs(1)), now));
        assert!(!is_recent(now, now.after(NO_WAIT)));
    }
}
