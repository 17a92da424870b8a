//! Maintenance of stores: what they hold, what may go, and who did what to them.
//!
//! A [`Database`] runs statements; everything else is written once for both kinds of store. Each
//! change leaves a row in `audit_log`, in the transaction of the change.

#![allow(dead_code, unused_imports, reason = "its commands come next")]

mod audit;
pub(crate) mod csv;
mod database;

pub(crate) use audit::{Actor, Audit};
pub(crate) use database::{Column, Database, Dialect, Kind, UpkeepError, literal};
