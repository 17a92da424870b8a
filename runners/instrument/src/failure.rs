//! Errors as the answers of a runner.

use maestro_protocol::{ErrorObject, error};
use serde_json::json;

/// The step could not be carried out: ERROR.
pub(crate) fn failed(kind: &str, message: impl Into<String>) -> ErrorObject {
    failed_with(kind, message, "")
}

/// As [`failed`], with text for whoever looks into it.
pub(crate) fn failed_with(kind: &str, message: impl Into<String>, details: &str) -> ErrorObject {
    ErrorObject {
        data: Some(json!({ "kind": kind, "traceback": details })),
        ..ErrorObject::new(error::EXCEPTION, message)
    }
}

/// What the step names does not exist.
pub(crate) fn not_found(message: impl Into<String>) -> ErrorObject {
    ErrorObject::new(error::NOT_FOUND, message)
}

/// A field of the step is wrong.
pub(crate) fn wrong(message: impl Into<String>) -> ErrorObject {
    ErrorObject::new(error::INVALID_PARAMS, message)
}

/// This process cannot do what it should.
pub(crate) fn internal(message: impl Into<String>) -> ErrorObject {
    ErrorObject::new(error::INTERNAL, message)
}

/// The engine wants the step to end.
pub(crate) fn cancelled() -> ErrorObject {
    maestro_protocol::Call::cancelled()
}
