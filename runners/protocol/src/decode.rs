//! One line to one message, from either side's point of view.

use std::borrow::Cow;
use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::{
    CancelParams, DescribeParams, ErrorObject, ExecuteParams, Holds, InitializeParams, Log,
    Progress, PromptParams, Rule, Violation, method,
};

/// A message as the engine receives it.
#[derive(Debug)]
pub enum Incoming<'line> {
    /// Answer to a request of the engine.
    Response {
        /// Id of that request.
        id: u64,
        /// What was answered.
        outcome: Outcome<'line>,
    },
    /// Text for the run log.
    Log(Log),
    /// How far the running `execute` is.
    Progress(Progress),
    /// What the runner keeps open until `shutdown`.
    Holds(Holds),
    /// A question to the operator, which the engine must answer under the same id.
    Prompt {
        /// Id that the runner chose.
        id: RequestId,
        /// The question; boxed since it is large and rare.
        params: Box<PromptParams>,
    },
    /// A notification that this version does not know; to be logged and ignored.
    UnknownNotification(String),
    /// A request that this version does not know; to be answered with [`crate::error::NOT_FOUND`].
    UnknownRequest {
        /// Id that the runner chose.
        id: RequestId,
        /// The method.
        method: String,
    },
}

/// A message as a runner receives it.
#[derive(Debug)]
pub enum FromEngine<'line> {
    /// `initialize`.
    Initialize(u64, InitializeParams),
    /// `describe`.
    Describe(u64, DescribeParams),
    /// `execute`.
    Execute(u64, Box<ExecuteParams>),
    /// `shutdown`.
    Shutdown(u64),
    /// `cancel`.
    Cancel(CancelParams),
    /// Answer to a prompt of the runner.
    Answer(RequestId, Outcome<'line>),
    /// A method that this version does not know, with the id if it was a request.
    Unknown(Option<u64>, String),
}

/// What an answer carries.
#[derive(Debug)]
pub enum Outcome<'line> {
    /// The result, unread until its type is known.
    Result(&'line RawValue),
    /// The error.
    Error(ErrorObject),
}

impl Outcome<'_> {
    /// Reads the result as `T`, whose method the caller knows from the id.
    pub fn read<T: DeserializeOwned>(self) -> Result<Result<T, ErrorObject>, Violation> {
        match self {
            Self::Error(error) => Ok(Err(error)),
            // Derived types would read a list as their members in order.
            Self::Result(raw) if !raw.get().starts_with('{') => {
                Err(broken("result: not an object", raw))
            }
            Self::Result(raw) => serde_json::from_str(raw.get())
                .map(Ok)
                .map_err(|error| broken(&format!("result: {}", fragment(&error)), raw)),
        }
    }
}

/// Id of a request: a number for the engine's, anything of the two for a runner's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RequestId {
    /// A number.
    Number(u64),
    /// Text.
    Text(String),
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(formatter, "{number}"),
            Self::Text(text) => write!(formatter, "{text:?}"),
        }
    }
}

/// Any message, its parts unread. `null` and absence differ only for `result`.
#[derive(Deserialize)]
#[serde(expecting = "a JSON object")]
struct Envelope<'line> {
    #[serde(borrow, default)]
    jsonrpc: Option<Cow<'line, str>>,
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'line RawValue>,
    #[serde(borrow, default)]
    method: Option<Cow<'line, str>>,
    #[serde(borrow, default, deserialize_with = "present")]
    params: Option<&'line RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    result: Option<&'line RawValue>,
    #[serde(default)]
    error: Option<ErrorObject>,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// Reads a line that a runner sent, its line end removed or not.
pub fn decode(line: &[u8]) -> Result<Incoming<'_>, Violation> {
    let envelope = open(line)?;
    let Some(name) = envelope.method.as_deref() else {
        let (id, outcome) = answer(&envelope, line)?;
        let RequestId::Number(id) = id else {
            return Err(schema(
                format!("answer to id {id}, which the engine never used"),
                line,
            ));
        };
        return Ok(Incoming::Response { id, outcome });
    };
    let id = request_id(&envelope, line)?;
    match (name, id) {
        (method::LOG, None) => Ok(Incoming::Log(params(&envelope, line)?)),
        (method::PROGRESS, None) => Ok(Incoming::Progress(params(&envelope, line)?)),
        (method::HOLDS, None) => Ok(Incoming::Holds(params(&envelope, line)?)),
        (method::PROMPT, Some(id)) => Ok(Incoming::Prompt {
            id,
            params: Box::new(params(&envelope, line)?),
        }),
        (method::LOG | method::PROGRESS | method::HOLDS, Some(_)) => Err(schema(
            format!("`{name}` is a notification and has no id"),
            line,
        )),
        (method::PROMPT, None) => Err(schema("`prompt` is a request and needs an id", line)),
        (other, None) => Ok(Incoming::UnknownNotification(other.to_owned())),
        (other, Some(id)) => Ok(Incoming::UnknownRequest {
            id,
            method: other.to_owned(),
        }),
    }
}

/// Reads a line that the engine sent, its line end removed or not.
pub fn decode_from_engine(line: &[u8]) -> Result<FromEngine<'_>, Violation> {
    let envelope = open(line)?;
    let Some(name) = envelope.method.as_deref() else {
        let (id, outcome) = answer(&envelope, line)?;
        return Ok(FromEngine::Answer(id, outcome));
    };
    let id = match request_id(&envelope, line)? {
        None => None,
        Some(RequestId::Number(id)) => Some(id),
        Some(RequestId::Text(_)) => return Err(schema("the engine's ids are numbers", line)),
    };
    match (name, id) {
        (method::INITIALIZE, Some(id)) => Ok(FromEngine::Initialize(id, params(&envelope, line)?)),
        (method::DESCRIBE, Some(id)) => Ok(FromEngine::Describe(id, params(&envelope, line)?)),
        (method::EXECUTE, Some(id)) => {
            Ok(FromEngine::Execute(id, Box::new(params(&envelope, line)?)))
        }
        (method::SHUTDOWN, Some(id)) => Ok(FromEngine::Shutdown(id)),
        (method::CANCEL, None) => Ok(FromEngine::Cancel(params(&envelope, line)?)),
        (other, id) => Ok(FromEngine::Unknown(id, other.to_owned())),
    }
}

fn open(line: &[u8]) -> Result<Envelope<'_>, Violation> {
    if line
        .trim_ascii_start()
        .first()
        .is_some_and(|byte| matches!(byte, b'[' | b'"'))
    {
        return Err(schema("not a JSON object", line));
    }
    let envelope: Envelope<'_> = serde_json::from_slice(line).map_err(|error| {
        if error.is_data() {
            schema(fragment(&error), line)
        } else {
            Violation::new(Rule::Json, format!("not JSON ({})", fragment(&error)), line)
        }
    })?;
    if envelope.jsonrpc.as_deref() != Some("2.0") {
        return Err(schema(
            r#"not JSON-RPC 2.0: member `jsonrpc` is not "2.0""#,
            line,
        ));
    }
    Ok(envelope)
}

fn request_id(envelope: &Envelope<'_>, line: &[u8]) -> Result<Option<RequestId>, Violation> {
    let Some(raw) = envelope.id else {
        return Ok(None);
    };
    // The common case, spared the detour of an untagged enum.
    if let Ok(number) = raw.get().parse() {
        return Ok(Some(RequestId::Number(number)));
    }
    serde_json::from_str(raw.get())
        .map(Some)
        .map_err(|_| schema("`id` is neither a number nor text", line))
}

fn answer<'line>(
    envelope: &Envelope<'line>,
    line: &[u8],
) -> Result<(RequestId, Outcome<'line>), Violation> {
    let outcome = match (envelope.result, &envelope.error) {
        (Some(raw), None) => Outcome::Result(raw),
        (None, Some(error)) => Outcome::Error(error.clone()),
        (None, None) => {
            return Err(schema("neither `method` nor `result` nor `error`", line));
        }
        (Some(_), Some(_)) => return Err(schema("both `result` and `error`", line)),
    };
    match request_id(envelope, line) {
        Ok(Some(id)) => Ok((id, outcome)),
        _ => Err(schema("answer without the id of a request", line)),
    }
}

fn params<T: DeserializeOwned>(envelope: &Envelope<'_>, line: &[u8]) -> Result<T, Violation> {
    let name = envelope.method.as_deref().unwrap_or_default();
    let text = envelope.params.map_or("{}", RawValue::get);
    if !text.starts_with('{') {
        return Err(schema(format!("params of `{name}`: not an object"), line));
    }
    serde_json::from_str(text)
        .map_err(|error| schema(format!("params of `{name}`: {}", fragment(&error)), line))
}

fn schema(detail: impl Into<String>, line: &[u8]) -> Violation {
    Violation::new(Rule::Schema, detail, line)
}

fn broken(detail: &str, raw: &RawValue) -> Violation {
    schema(detail, raw.get().as_bytes())
}

/// Names the mistake without `line 1`, which every message of one line would say.
fn fragment(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.split_once(" at line ") {
        Some((what, _)) if error.column() > 0 => format!("{what}, column {}", error.column()),
        _ => text,
    }
}

#[cfg(test)]
mod tests;
