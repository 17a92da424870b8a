//! Messages between the engine and its runners.
