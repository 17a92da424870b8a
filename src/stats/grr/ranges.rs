//! The average-and-range method, for comparison with older studies.
//!
//! AIAG MSA, 4th edition, chapter III section B: its constants K1, K2 and K3 are the reciprocals of d2
//! for many samples (K1) and of d2* for a single one (K2, K3).

use super::super::control::range;
use super::super::summary::mean;
use super::components::Components;
use super::study::Study;

/// Expected range of 2, 3, … values of a normal distribution, in sigma.
const D2: [f64; 14] = [
    std::f64::consts::FRAC_2_SQRT_PI,
    1.692_569,
    2.058_751,
    2.325_929,
    2.534_413,
    2.704_357,
    2.847_201,
    2.970_026,
    3.077_505,
    3.172_873,
    3.258_455,
    3.335_980,
    3.406_763,
    3.471_827,
];

/// Standard deviation of that range.
const D3: [f64; 14] = [
    0.852_502, 0.888_368, 0.879_808, 0.864_082, 0.848_040, 0.833_205, 0.819_831, 0.807_834,
    0.797_051, 0.787_315, 0.778_479, 0.770_416, 0.763_023, 0.756_217,
];

/// The outcome of the method.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ranges {
    pub(crate) components: Components,
}

impl Ranges {
    /// `None` for more than fifteen parts, appraisers or trials: there are no constants for those.
    pub(crate) fn of(study: &Study) -> Option<Self> {
        let (parts, appraisers, trials) = (study.parts.len(), study.appraisers.len(), study.trials);
        let ranges: Vec<f64> = study.cells().map(|cell| range(cell)).collect();
        let equipment = mean(&ranges) / d2(trials)?;
        let of_appraisers: Vec<f64> = (0..appraisers)
            .map(|one| mean(&study.of_appraiser(one)))
            .collect();
        let of_parts: Vec<f64> = (0..parts).map(|part| mean(&study.of_part(part))).collect();
        let seen = range(&of_appraisers) / of_one_sample(appraisers)?;
        let square = seen * seen - equipment * equipment / (parts * trials) as f64;
        let part = range(&of_parts) / of_one_sample(parts)?;
        Some(Self {
            components: Components::of(equipment, square.max(0.0).sqrt(), None, part),
        })
    }
}

/// d2 of samples of this size.
pub(crate) fn d2(size: usize) -> Option<f64> {
    D2.get(size.checked_sub(2)?).copied()
}

/// d3 of samples of this size.
pub(crate) fn d3(size: usize) -> Option<f64> {
    D3.get(size.checked_sub(2)?).copied()
}

/// d2* of a single sample of this size.
fn of_one_sample(size: usize) -> Option<f64> {
    Some(d2(size)?.hypot(d3(size)?))
}
