//! Databases: each a sink and a history.
