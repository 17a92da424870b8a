//! What goes wrong on a factory floor, end to end: crashes, hung and rude test code, full disks,
//! busy stations, interrupts and lost terminals, databases that are killed, silent, full or refuse.
//! Each test starts the executable itself. [`shared`] compares both stores row by row.

#[cfg(all(feature = "postgres", feature = "redis"))]
mod both;
mod chance;
mod crash;
#[cfg(all(feature = "postgres", feature = "redis"))]
mod crash_shared;
#[cfg(feature = "postgres")]
mod damaged;
mod disk;
mod entry;
mod hang;
#[cfg(feature = "postgres")]
mod postgres_away;
pub(crate) mod records;
mod rude;
mod sample;
#[cfg(feature = "postgres")]
mod shared;
#[cfg(feature = "postgres")]
mod stations;
mod terminal;

pub(crate) use records::processes_of;
