//! What rows need from events before their own.

use std::collections::HashMap;

use crate::event::{Envelope, Event, StepNo, Timestamp};

/// What the rows of measurements repeat from the run and the step; a store loads it where the
/// events that say so were delivered earlier.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RunContext {
    pub(crate) station_id: String,
    pub(crate) serial_number: Option<String>,
    pub(crate) started_at: Timestamp,
    /// Open steps that are iterations of a loop.
    pub(crate) iterations: HashMap<StepNo, u32>,
}

impl RunContext {
    /// Takes in what an event says.
    pub(super) fn observe(&mut self, envelope: &Envelope) {
        match &envelope.event {
            Event::RunStarted(started) => {
                self.started_at = envelope.time;
                self.station_id.clone_from(&started.station_id);
                self.serial_number.clone_from(&started.serial_number);
            }
            Event::StepStarted(started) => {
                if let Some(iteration) = started.iteration {
                    self.iterations.insert(started.step, iteration);
                }
            }
            _ => {}
        }
    }
}
