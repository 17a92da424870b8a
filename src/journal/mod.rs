//! The append-only log of a run, and its recovery.
//!
//! One file per run, `<journal folder>/open/<run-id>.jsonl`. Each line is
//!
//! ```text
//! {"v":1,"seq":17,"time":1700000000123456,"type":"step_started",…}\t1a2b3c4d\n
//! ```
//!
//! the event as JSON without line breaks, a tab, the CRC32C of the JSON's bytes as eight lower-case
//! hexadecimal digits, and a newline. JSON escapes tabs and newlines, so both separators are
//! unambiguous. A line that fails its sum is skipped and reported; bytes after the last newline
//! (and a run of zero bytes at the end, as a power cut leaves them) are a torn tail.
//!
//! **Two promises.** What [`Journal::append`] took survives `kill -9`; what [`Journal::flush_now`]
//! or the flusher thread passed survives a power cut. [`Positions`] says how far each got; durable
//! sinks read only what is flushed.
//!
//! **Locks.** The writer holds `flock` on the file for its whole life, and only the holder of that
//! lock cuts the file. The file gets its final name after it is locked, so that a recovery that
//! runs beside never finds an unlocked file of a run that lives.
//!
//! **Reserve.** `open/<run-id>.reserve` occupies 1 MiB; [`Journal::release_reserve`] frees it, so
//! that the closing records fit on a full disk.
//!
//! A finished journal that every sink has moves to `done/YYYY-MM/` ([`archive`]). A file from which
//! no run can be told moves to `damaged/`; nothing is thrown away.
//!
//! Begin at `writer.rs`. This module never reads the wall clock or the environment and never talks
//! to a database.

pub(crate) mod archive;
mod error;
mod fail_points;
mod file_system;
mod flusher;
mod line;
mod positions;
mod reader;
pub(crate) mod recovery;
mod reserve;
#[cfg(test)]
mod tests;
mod writer;

pub(crate) use error::JournalError;
pub(crate) use fail_points::{FailPoint, FailPoints};
pub(crate) use file_system::network_file_system;
pub(crate) use positions::Positions;
pub(crate) use reader::{BadLine, Batch, Item, Reader, Until};
pub(crate) use writer::Journal;

/// The largest event, in bytes of JSON, that a writer may hand in; the session shrinks before.
pub(crate) const MAX_EVENT_BYTES: usize = 256 * 1024;
