//! One test binary for everything that is tested from outside: the executable, the shape of the
//! code, and what is generated from it. Begin with [`rig`], which runs the executable.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may panic, read the environment and look at the clock"
)]

mod architecture;
mod commands;
mod generated;
mod licences;
#[allow(dead_code, reason = "the harness offers more than each test needs")]
mod rig;
