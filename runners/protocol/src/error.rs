//! The error object of an answer, and the codes that the protocol gives a meaning.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ExceptionData;

/// The line was not JSON.
pub const PARSE_ERROR: i64 = -32700;
/// The message was JSON but no request of this protocol.
pub const INVALID_REQUEST: i64 = -32600;
/// The method, or the target of an `execute`, does not exist.
pub const NOT_FOUND: i64 = -32601;
/// A parameter is missing, unknown or of the wrong type.
pub const INVALID_PARAMS: i64 = -32602;
/// The runner itself failed.
pub const INTERNAL: i64 = -32603;
/// An exception in test code; `data` holds its kind and traceback.
pub const EXCEPTION: i64 = -32000;
/// Nobody can answer the prompt of a runner.
pub const NOBODY_ANSWERS: i64 = -32001;
/// An assertion of the test code failed: a FAIL, with the message as its reason.
pub const ASSERTION: i64 = -32003;
/// The `execute` was cancelled.
pub const CANCELLED: i64 = -32800;

/// The `error` member of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorObject {
    /// One of the constants of this module, or any other number.
    pub code: i64,
    /// One sentence for people.
    pub message: String,
    /// Details; for [`EXCEPTION`] and [`ASSERTION`] an [`ExceptionData`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}

impl ErrorObject {
    /// Makes an error without details.
    pub fn new(code: i64, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            data: None,
        }
    }

    /// Reads `data` as the description of an exception, if it is one.
    pub fn exception(&self) -> Option<ExceptionData> {
        ExceptionData::deserialize(self.data.as_ref()?).ok()
    }
}
