//! One message to one line, appended to a buffer that the caller keeps.

use std::io::Write as _;

use serde::Serialize;

use crate::{ErrorObject, RequestId};

/// Why a value had no line: a map whose keys are not text, or a `Serialize` that gave up.
type Refusal = serde_json::Error;

/// Appends a request of the engine.
pub fn encode_request(
    line: &mut Vec<u8>,
    id: u64,
    method: &str,
    params: &impl Serialize,
) -> Result<(), Refusal> {
    encode_request_with(line, &RequestId::Number(id), method, params)
}

/// Appends a request whose id may be text, as runners use for their prompts.
pub fn encode_request_with(
    line: &mut Vec<u8>,
    id: &RequestId,
    method: &str,
    params: &impl Serialize,
) -> Result<(), Refusal> {
    whole(line, |line| {
        line.extend_from_slice(br#"{"jsonrpc":"2.0","id":"#);
        write_id(line, id)?;
        line.extend_from_slice(br#","method":"#);
        serde_json::to_writer(&mut *line, method)?;
        line.extend_from_slice(br#","params":"#);
        serde_json::to_writer(&mut *line, params)
    })
}

/// Appends a notification.
pub fn encode_notification(
    line: &mut Vec<u8>,
    method: &str,
    params: &impl Serialize,
) -> Result<(), Refusal> {
    whole(line, |line| {
        line.extend_from_slice(br#"{"jsonrpc":"2.0","method":"#);
        serde_json::to_writer(&mut *line, method)?;
        line.extend_from_slice(br#","params":"#);
        serde_json::to_writer(&mut *line, params)
    })
}

/// Appends an answer that carries a result.
pub fn encode_result(
    line: &mut Vec<u8>,
    id: &RequestId,
    result: &impl Serialize,
) -> Result<(), Refusal> {
    whole(line, |line| {
        line.extend_from_slice(br#"{"jsonrpc":"2.0","id":"#);
        write_id(line, id)?;
        line.extend_from_slice(br#","result":"#);
        serde_json::to_writer(&mut *line, result)
    })
}

/// Appends an answer that carries an error.
pub fn encode_error(
    line: &mut Vec<u8>,
    id: &RequestId,
    error: &ErrorObject,
) -> Result<(), Refusal> {
    whole(line, |line| {
        line.extend_from_slice(br#"{"jsonrpc":"2.0","id":"#);
        write_id(line, id)?;
        line.extend_from_slice(br#","error":"#);
        serde_json::to_writer(&mut *line, error)
    })
}

/// Closes the message, or takes back what a refused value left in the buffer.
fn whole(
    line: &mut Vec<u8>,
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let start = line.len();
    let written = write(line);
    match written {
        Ok(()) => line.extend_from_slice(b"}\n"),
        Err(_) => line.truncate(start),
    }
    written
}

fn write_id(line: &mut Vec<u8>, id: &RequestId) -> Result<(), Refusal> {
    match id {
        RequestId::Number(number) => {
            // Writing to a Vec cannot fail.
            let _ = write!(line, "{number}");
            Ok(())
        }
        RequestId::Text(text) => serde_json::to_writer(line, text),
    }
}
