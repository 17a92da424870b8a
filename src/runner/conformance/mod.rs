//! The conformance cases of the protocol, played against anybody's runner.
//!
//! Each case is one rule. A runner that wants to be tested beyond the bare conversation offers
//! targets of the form `{"conformance": NAME}`; `Target` lists them. This module starts processes
//! and reads a clock; it prints nothing. Begin with [`check()`].
//!
//! | module | what it owns |
//! |---|---|
//! | `check` | the list of cases, and what became of each |
//! | `rig` | a runner under test: starting it anew when a case broke it |
//! | `peer` | the conversation with one process, every wait with a deadline |
//! | `talk`, `calls`, `ends` | the cases: conversation; `execute`; cancelling and ending |

mod calls;
mod check;
mod ends;
mod peer;
mod rig;
mod talk;
#[cfg(test)]
mod tests;

pub(crate) use check::{Outcome, check};
