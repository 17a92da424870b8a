//! `maestro runner serve`: the runners that are part of this executable, each a process of its own.
//!
//! The supervisor starts them like any other runner and speaks to them over stdin and stdout. What
//! is wrong is said on stderr, which goes to the log of the run.

use std::ffi::OsString;
use std::io::Write;

use clap::Parser;
use maestro_instrument::Kind;

use super::args::{RecordingArgs, Served};
use super::exit::Exit;
use crate::runner::recording::{Recording, Simulated};
use crate::runner::remote;

/// Serves until stdin ends or `shutdown` comes.
pub(crate) fn run(args: &[OsString]) -> Exit {
    let served = match Served::try_parse_from(args) {
        Ok(Served::Scpi) => own(Kind::Scpi),
        Ok(Served::Command) => own(Kind::Command),
        Ok(Served::Remote { address }) => remote::bridge(&address),
        Ok(Served::Recording(args)) => recording(args),
        Err(error) => Err(error.to_string()),
    };
    let Err(reason) = served else {
        return Exit::Done;
    };
    // Whoever closed stderr does not want to know.
    let _: std::io::Result<()> = writeln!(std::io::stderr(), "{reason}");
    Exit::Trouble
}

/// Nothing catches a panic here: a vendor's library that brings one about ends this process and is
/// told in the log of the run.
fn own(kind: Kind) -> Result<(), String> {
    maestro_instrument::serve(kind)
        .map_err(|error| format!("the engine cannot be answered: {error}"))
}

fn recording(args: RecordingArgs) -> Result<(), String> {
    let recording =
        Recording::read(&args.file).map_err(|error| format!("{}: {error}", args.file.display()))?;
    let mut runner = Simulated::new(recording, &args.runner, args.faults);
    maestro_protocol::serve_stdio(&mut runner)
        .map_err(|error| format!("the engine cannot be answered: {error}"))
}
