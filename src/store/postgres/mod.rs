//! The shared store: one PostgreSQL database for many stations.
//!
//! [`session::Session`] is a connection whose every wait has a deadline, [`PostgresSink`] writes events as
//! rows, [`PostgresHistory`] reads them back. Like `store::sqlite` it only binds what
//! `store::rows` says; which rows an event makes is decided there.
//!
//! **Deadlines.** A blocking client would wait for ever on a server that accepts and never answers.
//! So a session owns an asynchronous client and a runtime of its own that runs on the calling
//! thread only while a call lasts. A call that runs out of time drops the connection, which closes
//! its socket; nothing is left behind.
//!
//! **Schema.** `schema_1.sql`; an empty database gets it by itself, under an advisory lock. A schema
//! that this program may not write pauses the sink. `measurements` has one partition a month, which
//! is made before the first row that needs it.
//!
//! Never prints, and never shows a password: messages name server and database only.

mod address;
mod annotations;
mod batch;
mod columns;
mod config;
#[cfg(test)]
mod config_tests;
#[cfg(test)]
mod connection_tests;
mod copy;
mod error;
mod history;
mod link;
mod migrate;
mod parameters;
mod partition;
mod record_rows;
#[cfg(test)]
mod schema_tests;
mod session;
mod sink;
mod survey;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod throughput;
mod tls;
mod upkeep;
mod values;

pub(crate) use address::PostgresOptions;
pub(crate) use annotations::PostgresAnnotations;
pub(crate) use config::PostgresConfig;
pub(crate) use history::PostgresHistory;
pub(crate) use sink::PostgresSink;
pub(crate) use upkeep::PostgresDatabase;
