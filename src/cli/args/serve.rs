//! Arguments of `runner serve`, which maestro gives to itself: no help, completion or page tells it.

use std::path::PathBuf;

use clap::{Args, Parser};

use crate::runner::recording::Fault;

/// The runners that are part of maestro.
#[derive(Debug, Parser)]
#[command(name = "maestro runner serve", no_binary_name = true)]
pub(crate) enum Served {
    /// Instruments as steps
    Scpi,
    /// Programs as steps
    Command,
    /// Stands for a runner on another machine, given as host:port
    Remote { address: String },
    /// Answers from a recording
    Recording(RecordingArgs),
}

/// What is played.
#[derive(Debug, Args)]
pub(crate) struct RecordingArgs {
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// The recorded runner to play
    #[arg(long, value_name = "NAME")]
    pub(crate) runner: String,

    /// What goes wrong at which path
    #[arg(long = "fault", value_name = "PATH=EFFECT")]
    pub(crate) faults: Vec<Fault>,
}
