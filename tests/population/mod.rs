//! The past of a fleet, made up: as many measurements as one wants, in the shape that they have
//! where boards are made, written straight into the tables of both kinds of store.
//!
//! Three tests of fifty measurements, six stations, twelve operators, eighteen months. A unit goes
//! through the tests one after the other; three runs in a hundred fail, most of those units are
//! tested again; limits are met with a Cpk between 1 and 2, some values drift, stations differ. A
//! few runs are none of production, a few values nobody measured, a few runs were declared void.
//!
//! The same seed gives the same rows in either store. The schema is the caller's to make, with the
//! program itself: what is measured on these rows holds for the indexes that stations have.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may panic; not every binary that holds this module uses all of it"
)]

mod chance;
mod fleet;
#[cfg(feature = "postgres")]
mod postgres;
mod product;
mod row;
mod sqlite;

pub(crate) use fleet::Population;
#[cfg(feature = "postgres")]
pub(crate) use postgres::fill_postgres;
pub(crate) use product::MEASUREMENTS;
pub(crate) use sqlite::fill_sqlite;
