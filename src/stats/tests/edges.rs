//! Samples that say little: none, one value, values all alike, the largest doubles.

use crate::stats::grr::{Anova, Ranges, Reading, Study, StudyError};
use crate::stats::{
    Capability, ControlChart, Histogram, Interval, Limits, Normality, Rule, Side, Summary,
    Violation, pareto, quantile,
};

const LIMITS: Limits = Limits {
    low: Some(1.0),
    high: Some(5.0),
};

#[test]
fn no_value_gives_no_figure() {
    assert_eq!(Summary::of(&[]), None);
    assert_eq!(quantile(&[], 0.5), None);
    assert_eq!(Histogram::of_sorted(&[], 20), None);
    assert_eq!(ControlChart::of(&[]), None);
    assert_eq!(Capability::of(&[], LIMITS), Capability::default());
    assert_eq!(Interval::of_share(0, 0), None);
    assert_eq!(pareto::<&str>([]), []);
}

#[test]
fn one_value_has_a_mean_and_no_spread() {
    let summary = Summary::of(&[3.0]).unwrap();
    assert_eq!(
        (summary.mean, summary.median, summary.sigma),
        (3.0, 3.0, None)
    );
    let capability = Capability::of(&[7.0], LIMITS);
    assert_eq!(capability.sigma_within, None);
    assert_eq!(capability.overall.minimum, None);
    assert_eq!(capability.outside, 1);
    assert_eq!(ControlChart::of(&[3.0]), None);
    assert_eq!(Histogram::of_sorted(&[3.0], 20).unwrap().counts, [1]);
}

#[test]
fn values_that_are_all_alike_have_a_sigma_of_zero_and_no_index() {
    // The sum of these is rounded; their spread is none all the same.
    let values = [0.1; 11];
    let capability = Capability::of(&values, LIMITS);
    assert_eq!(capability.sigma_overall, Some(0.0));
    assert_eq!(capability.sigma_within, Some(0.0));
    assert_eq!(capability.within.minimum, None);
    assert_eq!(capability.expected_ppm, None);
    assert_eq!(Normality::of_sorted(&values), None);
    assert_eq!(ControlChart::of(&values).unwrap().violations, []);
    assert_eq!(Histogram::of_sorted(&values, 20).unwrap().counts, [11]);
}

#[test]
fn one_limit_gives_the_index_of_its_side_alone() {
    let low = Limits {
        low: Some(0.0),
        high: None,
    };
    let capability = Capability::of(&[1.0, 2.0, 3.0], low);
    assert_eq!(capability.overall.potential, None);
    assert_eq!(capability.overall.upper, None);
    assert_eq!(capability.overall.minimum, capability.overall.lower);
    assert_eq!(capability.bias, None);
    let none = Capability::of(&[1.0, 2.0, 3.0], Limits::default());
    assert_eq!(none.overall.minimum, None);
    assert_eq!(none.expected_ppm, None);
    let swapped = Limits {
        low: Some(5.0),
        high: Some(1.0),
    };
    assert_eq!(Capability::of(&[1.0, 2.0], swapped).overall.potential, None);
}

#[test]
fn largest_doubles_give_no_infinity() {
    let values = [f64::MAX, f64::MIN, f64::MAX, f64::MIN];
    let summary = Summary::of(&values).unwrap();
    assert!(summary.mean.is_finite() && summary.median.is_finite());
    assert_eq!(summary.sigma, None);
    let capability = Capability::of(&values, LIMITS);
    assert_eq!(capability.overall.minimum, None);
    assert_eq!(ControlChart::of(&values), None);
    let sorted = crate::stats::sorted(&values);
    let histogram = Histogram::of_sorted(&sorted, 20).unwrap();
    assert_eq!(histogram.counts.iter().sum::<u64>(), 4);
}

#[test]
fn histogram_of_mostly_equal_values_keeps_to_its_cap() {
    let mut values = vec![1.0; 1000];
    values.push(1e12);
    assert_eq!(Histogram::of_sorted(&values, 20).unwrap().counts[0], 1000);
    let far: Vec<f64> = (0..1000).map(f64::from).chain([1e15]).collect();
    assert_eq!(Histogram::of_sorted(&far, 20).unwrap().counts.len(), 20);
}

#[test]
fn patterns_that_share_values_are_one_violation() {
    // Level 0 with steps of 1 up and down: sigma is 1/d2 of the ranges.
    let mut values = vec![1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0];
    values.extend([0.4; 12]);
    let chart = ControlChart::of(&values).unwrap();
    let of_rule_four: Vec<&Violation> = chart
        .violations
        .iter()
        .filter(|one| one.rule == Rule::Four)
        .collect();
    assert_eq!(of_rule_four.len(), 1);
    assert_eq!(of_rule_four[0].side, Side::Above);
    assert_eq!(of_rule_four[0].points, (8..20).collect::<Vec<_>>());
}

fn reading(part: &str, appraiser: &str, value: f64) -> Reading {
    Reading {
        part: part.to_owned(),
        appraiser: appraiser.to_owned(),
        value,
    }
}

#[test]
fn study_that_lacks_readings_names_what_is_missing() {
    assert_eq!(Study::of(&[]), Err(StudyError::Empty));
    let one = [reading("SN-1", "Ada", 1.0), reading("SN-1", "Ben", 1.0)];
    assert_eq!(
        Study::of(&one).unwrap_err().to_string(),
        "a study needs 2 parts at least; there is only `SN-1`"
    );
    let alone = [reading("SN-1", "Ada", 1.0), reading("SN-2", "Ada", 1.0)];
    assert_eq!(
        Study::of(&alone),
        Err(StudyError::OneAppraiser("Ada".to_owned()))
    );
    let mut readings = Vec::new();
    for part in ["SN-1", "SN-2"] {
        for appraiser in ["Ada", "Ben"] {
            readings.extend([reading(part, appraiser, 1.0), reading(part, appraiser, 2.0)]);
        }
    }
    readings.pop();
    assert_eq!(
        Study::of(&readings).unwrap_err().to_string(),
        "a study needs 2 readings at least of each part by each appraiser; `Ben` measured `SN-2` once"
    );
    readings.extend([reading("SN-2", "Ben", 3.0), reading("SN-1", "Ada", 9.0)]);
    let study = Study::of(&readings).unwrap();
    assert_eq!((study.trials, study.surplus), (2, 1));
}

#[test]
fn gauge_without_any_variation_has_no_shares() {
    let mut readings = Vec::new();
    for part in ["SN-1", "SN-2"] {
        for appraiser in ["Ada", "Ben"] {
            readings.extend([reading(part, appraiser, 3.0), reading(part, appraiser, 3.0)]);
        }
    }
    let study = Study::of(&readings).unwrap();
    let components = Anova::of(&study).components;
    assert!(components.total.abs() < f64::MIN_POSITIVE);
    assert_eq!(components.percent_of_study(components.grr), None);
    assert_eq!(components.distinct_categories(), None);
    assert!(Ranges::of(&study).is_some());
}
