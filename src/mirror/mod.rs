//! Redis: a live copy of a run's variables and events, at most once.
//!
//! A mirror, not a sink: it holds up nothing, keeps no cursor, and a run does not notice when it is
//! gone, stopped or slow (STORAGE section 4).
