//! Maintenance of stores: what they hold, what may go, and who did what to them.
//!
//! A [`Database`] runs statements; everything else is written once for both kinds of store. Each
//! change leaves a row in `audit_log`, in the transaction of the change.

mod audit;
pub(crate) mod csv;
mod database;
mod removal;
pub(crate) mod stale;
mod status;
mod tables;

pub(crate) use audit::{Actor, Audit};
pub(crate) use database::{Column, Database, Dialect, Kind, Purpose, UpkeepError};
pub(crate) use removal::{Going, Removed, Selection, choose, look, prune, remove};
pub(crate) use status::{StoreStatus, TableStatus, schema, status};
pub(crate) use tables::{RUN_TABLES, RunTable};
