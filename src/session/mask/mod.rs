//! Secrets never reach a record: every event passes a [`Masker`] before the journal sees it.
//!
//! [`forms`] says how a text looks when it was escaped or encoded on its way, [`Masker`] finds all of
//! that in one pass and puts `***` in its place, [`Masked`] is the event that a recorder takes, and
//! [`Pieces`] and [`FileMask`] do the same for what comes in pieces. The engine and the runners keep
//! the clear text; numbers, ids and serial numbers are never touched.
//!
//! What was compressed, encrypted, split by the test code itself or encoded in a way that is not
//! listed in [`forms`] is not found.

mod event;
mod file;
mod forms;
mod masker;
mod pieces;
#[cfg(test)]
mod tests;

pub(in crate::session) use event::Masked;
pub(in crate::session) use file::FileMask;
pub(crate) use masker::Masker;
pub(in crate::session) use pieces::Pieces;
