//! Ids of rows.

use uuid::Uuid;

use crate::event::{RunId, StepNo};

/// The id of a step's row: the same wherever and however often the journal is delivered.
pub(super) fn step_id(run: RunId, step: StepNo) -> Uuid {
    derived(run, b's', u64::from(step.0))
}

/// The id of a row that an event of its own made.
pub(super) fn event_id(run: RunId, seq: u64) -> Uuid {
    derived(run, b'e', seq)
}

fn derived(run: RunId, kind: u8, number: u64) -> Uuid {
    let mut name = [0; 9];
    name[0] = kind;
    name[1..].copy_from_slice(&number.to_be_bytes());
    Uuid::new_v5(&run.0, &name)
}
