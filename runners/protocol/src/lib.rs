//! Messages between the engine and its runners: types, codec, and the loop a Rust runner sits in.
//!
//! A message is one JSON-RPC 2.0 object on one line. This crate never starts a process, never waits
//! and never decides what a broken message means for a step: it says what a line holds, or which
//! rule the line breaks. Begin reading at [`Incoming`] (what the engine receives) and
//! [`FromEngine`] (what a runner receives).

#![warn(missing_docs)]

mod decode;
mod encode;
pub mod error;
mod line;
mod message;
pub mod number;
mod serve;
mod violation;

pub use decode::{FromEngine, Incoming, Outcome, RequestId, decode, decode_from_engine};
pub use encode::{
    encode_error, encode_notification, encode_request, encode_request_with, encode_result,
};
pub use error::ErrorObject;
pub use line::LineBuffer;
pub use message::{
    Artifact, CancelParams, Capabilities, Context, DescribeParams, DescribeResult, Described,
    ExceptionData, ExecuteParams, ExecuteResult, Holds, InitializeParams, InitializeResult, Log,
    LogLevel, Measured, PackageInfo, Parameter, Progress, PromptButton, PromptInput, PromptParams,
    PromptReply, TargetRef,
};
pub use serve::{Call, Handler, serve, serve_process, serve_stdio};
pub use violation::{Rule, Violation};

/// The version of the protocol that this crate speaks.
pub const PROTOCOL_VERSION: u32 = 1;

/// The longest line, its line end not counted, that either side accepts.
pub const MAX_LINE: usize = 16 * 1024 * 1024;

/// How much of a broken line is kept for the log.
pub const VIOLATION_HEAD: usize = 200;

/// Names of the methods, spelled once.
pub mod method {
    /// First request to a runner.
    pub const INITIALIZE: &str = "initialize";
    /// Asks what targets look like.
    pub const DESCRIBE: &str = "describe";
    /// Calls one target.
    pub const EXECUTE: &str = "execute";
    /// Ends a running `execute` early (notification).
    pub const CANCEL: &str = "cancel";
    /// Text for the run log (notification).
    pub const LOG: &str = "log";
    /// How far the running `execute` is (notification).
    pub const PROGRESS: &str = "progress";
    /// What the runner keeps open until `shutdown` (notification).
    pub const HOLDS: &str = "holds";
    /// A question to the operator, asked by the runner.
    pub const PROMPT: &str = "prompt";
    /// Last request to a runner.
    pub const SHUTDOWN: &str = "shutdown";
}
