//! What a package says, as types: every field of the format keeps the place it was read from.
//!
//! A model may stand for a package with mistakes: what is missing is then empty and the findings
//! tell it. Consumers see models through `CheckedPackage`, in which no error is left.
//! Begin with [`TestDefinition`] and [`Step`].

mod manifest;
mod measurement;
mod prompt;
mod step;
mod target;
mod test;
mod value;

pub(crate) use manifest::{Lifecycle, Manifest, Requirements};
pub(crate) use measurement::{MeasurementDecl, MeasurementType, Operator};
pub(crate) use prompt::{ButtonAction, ButtonDecl, InputDecl, InputMode, OnTimeout, PromptDecl};
pub(crate) use step::{
    Force, PostExecutionAction, Repeat, RepeatVerdict, Retry, RetryOn, Step, StepKind,
};
pub(crate) use target::{
    CommandTarget, DotnetTarget, ParseAs, PythonTarget, RunnerCall, ScpiExchange, ScpiTarget,
    Target,
};
pub(crate) use test::{OnStepFailure, Policy, Section, TestDefinition};
pub(crate) use value::{Named, ScalarValue, Templated, Value, has_template};
