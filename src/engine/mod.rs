//! The state machine of a run: inputs in, effects out; no clock, no I/O, no threads.
