//! Ids of rows.
//!
//! An id is the run's own with a number in its last four bytes, marked as a UUID of version 8: the
//! same wherever and however often the journal is delivered, and in the order of the run, so that
//! the rows of a run lie together in the index of their key.

use uuid::Uuid;

use crate::event::{RunId, StepNo};

/// The id of a step's row.
pub(super) fn step_id(run: RunId, step: StepNo) -> Uuid {
    numbered(run, step.0)
}

/// The id of a row that an event of its own made; its table holds no other ids of that run.
pub(super) fn event_id(run: RunId, seq: u64) -> Uuid {
    // Invariant: a journal of four billion events does not fit a disk.
    numbered(run, seq as u32)
}

fn numbered(run: RunId, number: u32) -> Uuid {
    let mut bytes = *run.0.as_bytes();
    bytes[6] = bytes[6] & 0x0F | 0x80;
    bytes[12..].copy_from_slice(&number.to_be_bytes());
    Uuid::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_as_the_run_went_and_differ_from_the_run() {
        let run = RunId("01a1f8d3-ea7c-7abc-8def-0123456789ab".parse().unwrap());
        let ids: Vec<_> = [1, 2, 300, u32::MAX]
            .map(|no| step_id(run, StepNo(no)))
            .to_vec();
        assert!(ids.is_sorted());
        assert_eq!(ids[1].to_string(), "01a1f8d3-ea7c-8abc-8def-012300000002");
        assert!(!ids.contains(&run.0));
    }
}
