//! What a runner step calls.

use crate::package::model::{Named, Templated, Value};
use crate::source::Spanned;

/// The runner of a step and what it is asked to do.
#[derive(Debug, Clone)]
pub(crate) struct RunnerCall {
    /// `python`, `dotnet`, `scpi`, `command` (these four in lower case) or a name from the station.
    pub(crate) runner: Spanned<String>,
    /// The runtime, such as `python3.11` or `net48`.
    pub(crate) runner_type: Option<Spanned<String>>,
    pub(crate) target: Target,
}

#[derive(Debug, Clone)]
pub(crate) enum Target {
    Python(PythonTarget),
    Dotnet(DotnetTarget),
    Scpi(Box<ScpiTarget>),
    Command(Box<CommandTarget>),
    /// Handed over as it is to a runner that the station knows.
    Other(Option<Value>),
}

#[derive(Debug, Clone)]
pub(crate) struct PythonTarget {
    pub(crate) module: Spanned<String>,
    pub(crate) function: Spanned<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct DotnetTarget {
    pub(crate) assembly: Spanned<String>,
    pub(crate) class: Spanned<String>,
    pub(crate) method: Spanned<String>,
}

/// One exchange with an instrument; the texts may hold templates.
#[derive(Debug, Clone)]
pub(crate) struct ScpiTarget {
    pub(crate) resource: Spanned<String>,
    pub(crate) exchange: ScpiExchange,
    pub(crate) parse: Option<Spanned<ParseAs>>,
    pub(crate) terminator: Option<Spanned<String>>,
    /// Wait for `*OPC?` after the exchange.
    pub(crate) opc: Option<Spanned<Templated<bool>>>,
    /// Read the instrument's error queue after the exchange.
    pub(crate) check_errors: Option<Spanned<Templated<bool>>>,
}

#[derive(Debug, Clone)]
pub(crate) enum ScpiExchange {
    Write(Spanned<String>),
    Query(Spanned<String>),
    /// Reads what the instrument has to say without asking.
    Read,
}

/// One program without a shell; texts and arguments may hold templates.
#[derive(Debug, Clone)]
pub(crate) struct CommandTarget {
    pub(crate) program: Spanned<String>,
    pub(crate) args: Vec<Value>,
    pub(crate) env: Vec<Named<Value>>,
    pub(crate) stdin: Option<Spanned<String>>,
    pub(crate) expect_exit: Option<Spanned<Templated<i64>>>,
    pub(crate) parse: Option<Spanned<ParseAs>>,
}

/// How an answer becomes outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ParseAs {
    Number,
    List,
    Text,
    Binary,
    Json,
    /// Named groups become outputs.
    Regex(String),
}
