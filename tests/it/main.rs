//! One test binary for everything that is tested from outside: the executable, the shape of the
//! code, and what is generated from it. Begin with [`rig`], which runs the executable.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may panic, read the environment, look at the clock and say what it skipped"
)]

mod architecture;
mod asking;
mod commands;
mod config;
mod conformance;
mod coverage;
mod dotnet;
mod faults;
mod generated;
mod good_packages;
mod headless;
mod held;
#[cfg(feature = "postgres")]
mod history;
mod idle;
mod instrument;
#[path = "../journals/mod.rs"]
mod journals;
mod licences;
mod limits;
mod line;
mod live;
#[cfg(feature = "redis")]
mod mirror;
mod mixed;
mod oracle;
mod pre_commit;
mod pty;
mod python;
#[cfg(all(feature = "postgres", feature = "redis"))]
mod real_servers;
mod remote;
mod reports;
mod rig;
mod rows;
mod safe_state;
mod safety;
mod screen;
mod seat;
mod secrets;
#[path = "../servers/mod.rs"]
mod servers;
mod simulate;
mod station;
#[cfg(feature = "postgres")]
mod stores;
mod study;
mod terminal;
