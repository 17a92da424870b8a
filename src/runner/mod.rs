//! Spawns, feeds, watches and stops runner processes.
