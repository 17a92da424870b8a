//! Spawns, feeds, watches and stops runner processes.
//!
//! A [`Fleet`] holds every runner of one run and is polled by the thread that owns it. It trusts no
//! runner: whatever one sends, keeps back or leaves behind becomes a [`FleetEvent`], in bounded
//! memory and without a wait. It never decides what an event means for a step, and never reads a
//! package. Begin reading at [`Fleet`], then `link`, which is the life of one process.
//!
//! | module | what it owns |
//! |---|---|
//! | `spec`, `event` | the words of the interface |
//! | `fleet`, `wait` | all runners: what can be asked for; the one wait |
//! | `link`, `link::ending` | one process from start to end |
//! | `talk` | the conversation: ids, open calls, violations |
//! | `process` | pipes that never block |
//! | `log` | stderr and `log` messages, bounded |
//! | `conformance` | the rules of the protocol, played against anybody's runner |
//! | `embedded` | the Python runner inside the executable |
//! | `remote` | runners on another machine, over TCP |
//! | `dotnet` | the .NET runner: its source inside the executable, compiled on the machine |
//! | `install`, `search`, `tool` | folders put in place whole, programs on `PATH`, programs run to their end |
//! | `recording` | what runners answered, kept and played again |
//! | `interpreter` | which Python a runner is started with |
//! | `environment` | what packages want installed for it, built once |
//! | `os` | sessions, descriptors of processes, `/proc`, memory; every `unsafe` block |

mod clock;
pub(crate) mod conformance;
mod dotnet;
pub(crate) mod embedded;
pub(crate) mod environment;
mod event;
mod fleet;
mod install;
mod interpreter;
mod link;
mod log;
mod os;
mod process;
pub(crate) mod recording;
pub(crate) mod remote;
mod search;
mod spec;
mod talk;
#[cfg(test)]
mod tests;
mod tool;
mod wait;

pub(crate) use dotnet::{Dotnet, DotnetError, DotnetQuery, Recipe, find_dotnet};
pub(crate) use event::{FleetEvent, Piece, Stop, Stream};
pub(crate) use fleet::{Fleet, kill_run, kill_runs};
pub(crate) use interpreter::{
    Python, PythonError, PythonQuery, find_python, numbers as version_numbers,
};
pub(crate) use os::{Waker, give_back_memory};
pub(crate) use search::on_path;
pub(crate) use spec::{CallId, FleetOptions, Generation, RunnerId, RunnerSpec};
pub(crate) use tool::run_watched;
