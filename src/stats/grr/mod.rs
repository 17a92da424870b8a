//! Gauge repeatability and reproducibility, by AIAG MSA (4th edition, 2010), chapter III.
//!
//! [`Study`] is a crossed study: every appraiser measures every part so many times. [`Anova`] is the
//! method to go by; [`Ranges`] is the older average-and-range method, for comparison.

mod anova;
mod components;
mod ranges;
mod study;

pub(crate) use anova::{Anova, POOLING_ALPHA, Source};
pub(crate) use components::Components;
pub(crate) use ranges::{Ranges, d2, d3};
#[cfg(test)]
pub(crate) use study::StudyError;
pub(crate) use study::{Reading, Study};
