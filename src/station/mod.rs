//! The bootstrap configuration of a station.
