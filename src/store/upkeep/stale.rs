//! Ends runs whose station was never heard of again.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::audit::{Actor, Audit};
use super::database::{Database, UpkeepError, literal};
use crate::event::{RunId, Timestamp};
use crate::journal::recovery;
use crate::record::{History, Selector};
use crate::store::rows::{Cell, finished};
use crate::verdict::Verdict;

/// What `abort_reason` of such a run says; a later delivery of its journal replaces it.
pub(crate) const STATION_LOST: &str = "station lost";

/// A run that was ended, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Stale {
    pub(crate) run: RunId,
    pub(crate) station_id: String,
    pub(crate) serial_number: Option<String>,
    pub(crate) last_seen_at: String,
    pub(crate) verdict: Verdict,
}

/// The runs without an end that were last seen before `unseen_since`.
///
/// Those in `here` are left out: their journal is on this computer, and its delivery tells more.
pub(crate) fn find(
    database: &mut dyn Database,
    unseen_since: Timestamp,
    here: &BTreeSet<RunId>,
) -> Result<Vec<RunId>, UpkeepError> {
    let rows = database.rows(&format!(
        "SELECT id FROM test_executions WHERE status = 'Running' AND last_seen_at < '{}' \
         ORDER BY started_at, id",
        unseen_since.to_rfc3339()
    ))?;
    let runs = rows.into_iter().flatten().flatten();
    Ok(runs
        .filter_map(|id| id.parse().ok().map(RunId))
        .filter(|run| !here.contains(run))
        .collect())
}

/// Ends one of them as a recovery would: ABORTED, or worse where worse was recorded.
///
/// `None` where it was heard of meanwhile.
pub(crate) fn close(
    database: &mut dyn Database,
    history: &dyn History,
    run: RunId,
    unseen_since: Timestamp,
    actor: &Actor,
) -> Result<Option<Stale>, UpkeepError> {
    let stale = describe(history, run)?;
    let Some((stale, end, last_seen)) = stale else {
        return Ok(None);
    };
    let sets: Vec<_> = finished(&end, last_seen)
        .iter()
        .map(|(column, cell)| format!("{column} = {}", literal(cell)))
        .collect();
    database.begin_to_write()?;
    let changed = database.execute(&format!(
        "UPDATE test_executions SET {} WHERE id = {} AND status = 'Running' \
         AND last_seen_at < '{}'",
        sets.join(", "),
        literal(&Cell::Uuid(run.0)),
        unseen_since.to_rfc3339()
    ))?;
    if changed == 0 {
        database.roll_back();
        return Ok(None);
    }
    Audit {
        id: Uuid::now_v7(),
        actor,
        action: "db.close_stale",
        subject: &run.to_string(),
        detail: &json!(stale),
    }
    .write(database)?;
    database.commit()?;
    Ok(Some(stale))
}

/// What a run would be closed as.
pub(crate) fn preview(history: &dyn History, run: RunId) -> Result<Option<Stale>, UpkeepError> {
    Ok(describe(history, run)?.map(|(stale, _, _)| stale))
}

type Description = (Stale, crate::event::RunFinished, Timestamp);

fn describe(history: &dyn History, run: RunId) -> Result<Option<Description>, UpkeepError> {
    let record = history
        .run(&Selector::Id(run))
        .map_err(|error| UpkeepError::Database(error.to_string()))?;
    if record.finished.is_some() {
        return Ok(None);
    }
    let mut end = recovery::interrupted_end(&record);
    end.abort_reason = Some(STATION_LOST.to_owned());
    let stale = Stale {
        run,
        station_id: record.started.station_id.clone(),
        serial_number: record.started.serial_number.clone(),
        last_seen_at: record.last_seen_at.to_rfc3339(),
        verdict: end.verdict,
    };
    Ok(Some((stale, end, record.last_seen_at)))
}
