//! The conformance cases of the protocol, played against anybody's runner.
//!
//! Each case is one rule. A runner that wants to be tested beyond the bare conversation offers
//! targets of the form `{"conformance": NAME}`; `Target` lists them. This module starts processes
//! and reads a clock; it prints nothing. Begin with [`check()`].
//!
//! | module | what it owns |
//! |---|---|
//! | `cases` | the list of cases, and the section of the manual that each comes from |
//! | `check` | plays them, and tells what became of each |
//! | `rig` | a runner under test: starting it anew when a case broke it |
//! | `peer` | the conversation with one process, every wait with a deadline |
//! | `talk`, `calls`, `flood` | the cases of the conversation, of `execute`, of much at once |
//! | `ask`, `cancel`, `ends` | the cases of questions, of cancelling and of ending |

mod ask;
mod calls;
mod cancel;
mod cases;
mod check;
mod ends;
mod flood;
mod peer;
mod rig;
mod talk;
#[cfg(test)]
mod tests;

pub(crate) use check::{Outcome, Told, check, names};
