//! Databases: each a sink and a history.
//!
//! [`rows`] says which rows an event makes and how a record is made of rows again, for every
//! database alike, [`choice`] which rows a filter means; [`sqlite`] is the embedded store, `postgres` the one that stations
//! share; [`upkeep`] says what they hold and removes what may go, [`archive`] keeps that in files. Names of tables and columns are a
//! contract: dashboards query them. Only `cli` names a concrete store.

pub(crate) mod archive;
pub(crate) mod choice;
#[cfg(test)]
mod choice_contract;
#[cfg(test)]
pub(crate) mod config_contract;
#[cfg(test)]
mod contract;
mod export;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
mod replaced;
pub(crate) mod rows;
pub(crate) mod sqlite;
mod survey;
pub(crate) mod upkeep;
