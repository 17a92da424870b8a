//! The loop that joins sources, engine, journal and subscribers.
