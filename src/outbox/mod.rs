//! What is journaled, flushed and not yet delivered.
