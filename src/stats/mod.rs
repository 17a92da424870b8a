//! Figures from results: yield, failures, capability, control charts, gauge studies.
//!
//! Pure functions over samples: nothing here opens a store, knows a clock or makes text. Each formula
//! names its standard where it stands; the tests hold every figure against numpy, scipy and pandas,
//! and against the worked examples of the standards.
//!
//! | figure | where | standard |
//! |---|---|---|
//! | confidence of a yield | [`Interval`] | Wilson; NIST/SEMATECH e-Handbook 7.2.4.1 |
//! | mean, sigma, median | [`Summary`] | ISO 3534-1 |
//! | `Cp`, `Cpk`, `Pp`, `Ppk` | [`Capability`] | ISO 22514-2, AIAG SPC |
//! | classes of a histogram | [`Histogram`] | Freedman and Diaconis |
//! | whether values look normal | [`Normality`] | Anderson-Darling; D'Agostino and Stephens |
//! | control charts and their rules | [`ControlChart`] | AIAG SPC; Western Electric |
//! | vital few | [`pareto()`] | |
//! | gauge study | [`grr`] | AIAG MSA |

mod capability;
mod control;
mod distribution;
pub(crate) mod grr;
mod histogram;
mod interval;
mod normality;
mod pareto;
mod period;
pub(crate) mod propose;
pub(crate) mod rejudge;
pub(crate) mod rulebook;
mod summary;
pub(crate) mod survey;
#[cfg(test)]
mod tests;

pub(crate) use capability::{Capability, Indices, Limits};
#[cfg(test)]
pub(crate) use control::Rule;
pub(crate) use control::{ChartKind, ControlChart, Side, Violation};
pub(crate) use histogram::Histogram;
pub(crate) use interval::Interval;
pub(crate) use normality::Normality;
pub(crate) use pareto::{Cause, pareto};
pub(crate) use period::Period;
pub(crate) use summary::{Summary, quantile, sorted};
