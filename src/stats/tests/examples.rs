//! Worked examples as the standards and handbooks print them.

use crate::stats::capability::Indices;
use crate::stats::grr::{Anova, Components, Ranges, Reading, Study};
use crate::stats::summary::{mean, sigma, sorted};
use crate::stats::{Capability, ControlChart, Interval, Limits, Normality};

/// As printed: to so many decimals.
fn prints(value: f64, printed: f64, decimals: i32, what: &str) {
    let half = 0.5 * 10_f64.powi(-decimals) + 1e-12;
    assert!(
        (value - printed).abs() <= half,
        "{what}: {value}, printed is {printed}"
    );
}

/// Three appraisers, ten parts, three trials: AIAG MSA, 4th edition, table III-B 1.
const GAUGE: [[[f64; 10]; 3]; 3] = [
    [
        [
            0.29, -0.56, 1.34, 0.47, -0.80, 0.02, 0.59, -0.31, 2.26, -1.36,
        ],
        [
            0.41, -0.68, 1.17, 0.50, -0.92, -0.11, 0.75, -0.20, 1.99, -1.25,
        ],
        [
            0.64, -0.58, 1.27, 0.64, -0.84, -0.21, 0.66, -0.17, 2.01, -1.31,
        ],
    ],
    [
        [
            0.08, -0.47, 1.19, 0.01, -0.56, -0.20, 0.47, -0.63, 1.80, -1.68,
        ],
        [
            0.25, -1.22, 0.94, 1.03, -1.20, 0.22, 0.55, 0.08, 2.12, -1.62,
        ],
        [
            0.07, -0.68, 1.34, 0.20, -1.28, 0.06, 0.83, -0.34, 2.19, -1.50,
        ],
    ],
    [
        [
            0.04, -1.38, 0.88, 0.14, -1.46, -0.29, 0.02, -0.46, 1.77, -1.49,
        ],
        [
            -0.11, -1.13, 1.09, 0.20, -1.07, -0.67, 0.01, -0.56, 1.45, -1.77,
        ],
        [
            -0.15, -0.96, 0.67, 0.11, -1.45, -0.49, 0.21, -0.49, 1.87, -2.16,
        ],
    ],
];

fn gauge() -> Study {
    let mut readings = Vec::new();
    for (appraiser, trials) in GAUGE.iter().enumerate() {
        for (part, _) in trials[0].iter().enumerate() {
            readings.extend(trials.iter().map(|trial| Reading {
                part: format!("{:02}", part + 1),
                appraiser: ["A", "B", "C"][appraiser].to_owned(),
                value: trial[part],
            }));
        }
    }
    Study::of(&readings).unwrap()
}

#[test]
fn anova_table_is_that_of_aiag_msa() {
    let study = gauge();
    assert_eq!(
        (study.parts.len(), study.appraisers.len(), study.trials),
        (10, 3, 3)
    );
    let anova = Anova::of(&study);
    let rows = [
        ("appraiser", anova.appraiser, 2, 3.1673, 1.583_63),
        ("part", anova.part, 9, 88.3619, 9.817_99),
        ("interaction", anova.interaction, 18, 0.3590, 0.019_94),
        ("equipment", anova.equipment, 60, 2.7589, 0.045_98),
    ];
    for (name, source, freedom, sum, square) in rows {
        assert_eq!(source.freedom, freedom, "{name}");
        prints(source.sum_of_squares, sum, 4, name);
        prints(source.mean_square, square, 5, name);
    }
    assert_eq!(anova.total.freedom, 89);
    prints(anova.total.sum_of_squares, 94.6471, 4, "total");
    // The interaction is not significant: F is 0.434, and it is pooled.
    prints(
        anova.interaction.ratio.unwrap(),
        0.434,
        3,
        "F of the interaction",
    );
    let pooled = anova.pooled.unwrap();
    assert_eq!(pooled.freedom, 78);
    prints(pooled.mean_square, 0.039_97, 5, "pooled");
}

#[test]
fn components_of_the_anova_are_those_of_aiag_msa() {
    let anova = Anova::of(&gauge());
    let found = anova.components;
    prints(found.equipment, 0.199_933, 6, "EV");
    prints(found.appraiser, 0.226_838, 6, "AV");
    assert_eq!(found.interaction, None);
    // The book adds up rounded parts.
    prints(found.grr, 0.302_373, 5, "GRR");
    prints(found.part, 1.042_327, 6, "PV");
    prints(found.total, 1.085, 3, "TV");
    let percent = |component| found.percent_of_study(component).unwrap();
    prints(percent(found.equipment), 18.4, 1, "%EV");
    prints(percent(found.appraiser), 20.9, 1, "%AV");
    prints(percent(found.grr), 27.9, 1, "%GRR");
    prints(percent(found.part), 96.0, 1, "%PV");
    let share = |component| found.percent_contribution(component).unwrap();
    prints(share(found.equipment), 3.4, 1, "contribution of EV");
    prints(share(found.appraiser), 4.4, 1, "contribution of AV");
    prints(share(found.grr), 7.8, 1, "contribution of GRR");
    prints(share(found.part), 92.2, 1, "contribution of PV");
    assert_eq!(found.distinct_categories(), Some(4));
    let of_tolerance = Components::percent_of_tolerance(found.grr, Some(6.0));
    assert!((of_tolerance.unwrap() - 100.0 * found.grr).abs() < 1e-12);
}

#[test]
fn average_and_range_method_is_that_of_aiag_msa() {
    let found = Ranges::of(&gauge()).unwrap().components;
    prints(found.equipment, 0.201_88, 4, "EV");
    // The book has its constants to four digits.
    prints(found.appraiser, 0.229_63, 3, "AV");
    prints(found.grr, 0.305_75, 3, "GRR");
    prints(found.part, 1.104_56, 3, "PV");
    prints(found.total, 1.146_10, 3, "TV");
    let percent = |component| found.percent_of_study(component).unwrap();
    prints(percent(found.equipment), 17.62, 1, "%EV");
    prints(percent(found.appraiser), 20.04, 1, "%AV");
    prints(percent(found.grr), 26.68, 1, "%GRR");
    prints(percent(found.part), 96.38, 1, "%PV");
    assert_eq!(found.distinct_categories(), Some(5));
}

/// NIST/SEMATECH e-Handbook 6.3.2.2: flow rate of ten batches.
#[test]
fn chart_of_individuals_is_that_of_the_nist_handbook() {
    let flow = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1];
    let chart = ControlChart::of(&flow).unwrap();
    prints(chart.centre, 50.81, 2, "centre");
    prints(chart.spread.centre, 1.8778, 4, "mean moving range");
    // The handbook rounds d2 to 1.128.
    prints(chart.at(3.0), 55.8041, 2, "upper limit");
    prints(chart.at(-3.0), 45.8159, 2, "lower limit");
    assert!(
        chart.violations.iter().all(|one| one.rule.number() != 1),
        "in control"
    );
}

/// NIST/SEMATECH e-Handbook 6.1.6: limits 8 and 20, mean 16, sigma 2.
#[test]
fn capability_is_that_of_the_nist_handbook() {
    let limits = Limits {
        low: Some(8.0),
        high: Some(20.0),
    };
    // Two values with this mean and this sigma.
    let step = 2.0_f64.sqrt();
    let capability = Capability::of(&[16.0 - step, 16.0 + step], limits);
    prints(capability.sigma_overall.unwrap(), 2.0, 9, "sigma");
    let Indices {
        potential,
        lower,
        upper,
        minimum,
    } = capability.overall;
    prints(potential.unwrap(), 1.0, 4, "Cp");
    prints(upper.unwrap(), 0.6667, 4, "upper");
    prints(lower.unwrap(), 1.3333, 4, "lower");
    prints(minimum.unwrap(), 0.6667, 4, "Cpk");
    let bias = capability.bias.unwrap();
    prints(bias, 0.3333, 4, "k");
    // The handbook's identity: Cpk = Cp (1 - k).
    prints(
        potential.unwrap() * (1.0 - bias),
        minimum.unwrap(),
        9,
        "Cp (1 - k)",
    );
}

/// D'Agostino and Stephens (1986), section 4.8.1: weights of twenty chicks.
#[test]
fn test_of_normality_is_that_of_dagostino_and_stephens() {
    let weights = [
        156.0, 162.0, 168.0, 182.0, 186.0, 190.0, 190.0, 196.0, 202.0, 210.0, 214.0, 220.0, 226.0,
        230.0, 230.0, 236.0, 236.0, 242.0, 246.0, 270.0,
    ];
    prints(mean(&weights), 209.6, 1, "mean");
    prints(sigma(&weights, mean(&weights)).unwrap(), 30.65, 2, "sigma");
    let normality = Normality::of_sorted(&sorted(&weights)).unwrap();
    prints(normality.statistic, 0.214, 3, "A²");
    // Far below the 0.341 of the 50 % point.
    assert!(
        normality.p > 0.5 && normality.is_plausible(),
        "{normality:?}"
    );
}

/// Newcombe, *Statistics in Medicine* 17 (1998), table I, method 3.
#[test]
fn interval_of_a_share_is_that_of_newcombe() {
    let table = [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ];
    for (part, whole, low, high) in table {
        let interval = Interval::of_share(part, whole).unwrap();
        prints(interval.low, low, 4, "low");
        prints(interval.high, high, 4, "high");
    }
}
