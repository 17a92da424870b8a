//! Parameters and results of every method. Unknown members are ignored, so that either side may
//! learn new ones within a protocol version.

mod describe;
mod execute;
mod initialize;
mod notify;
mod prompt;

pub use describe::{DescribeParams, DescribeResult, Described, Parameter, TargetRef};
pub use execute::{Artifact, Context, ExceptionData, ExecuteParams, ExecuteResult, Measured};
pub use initialize::{Capabilities, InitializeParams, InitializeResult, PackageInfo};
pub use notify::{CancelParams, Holds, Log, LogLevel, Progress};
pub use prompt::{PromptButton, PromptInput, PromptParams, PromptReply};
