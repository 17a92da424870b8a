//! The same data through these formulas and through numpy, scipy and pandas.

use serde_json::{Value, json};

use crate::servers::ask_oracle;
use crate::stats::distribution::{f_tail, ln_normal};
use crate::stats::grr::{Anova, Reading, Study, d2, d3};
use crate::stats::summary::{quantile, sorted};
use crate::stats::{
    Capability, ControlChart, Histogram, Indices, Interval, Limits, Normality, Rule, Side, Summary,
    pareto,
};

const SCRIPT: &str = include_str!("../../../tests/oracle/figures.py");

/// Asks one list of the script and gives its answers.
fn ask(list: &str, questions: &[Value]) -> Vec<Value> {
    let mut input = json!({
        "samples": [], "shares": [], "ratios": [], "tails": [], "studies": [], "ranges": [],
        "causes": [],
    });
    input[list] = json!(questions);
    let answer = ask_oracle(SCRIPT, &input);
    answer[list].as_array().unwrap().clone()
}

/// Numbers that look random and are the same each time.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() * bound as f64) as usize
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.next().ln()).sqrt() * (std::f64::consts::TAU * self.next()).cos()
    }
}

fn close(ours: Option<f64>, theirs: &Value, tolerance: f64, what: &str) {
    let (ours, theirs) = match (ours, theirs.as_f64()) {
        (None, None) => return,
        (Some(ours), Some(theirs)) => (ours, theirs),
        (ours, theirs) => panic!("{what}: {ours:?} here, {theirs:?} there"),
    };
    let scale = ours.abs().max(theirs.abs()).max(1e-300);
    let apart = (ours - theirs).abs();
    assert!(
        apart <= tolerance * scale || apart < 1e-290,
        "{what}: {ours} here, {theirs} there"
    );
}

/// Samples of many kinds, with limits on both sides, on one, and none.
fn samples() -> Vec<(Vec<f64>, Limits)> {
    let mut chance = Chance(42);
    (0..240)
        .map(|number| {
            let count = 2 + chance.below(if number % 40 == 0 { 3000 } else { 150 });
            let (middle, spread) = match number % 6 {
                0 => (3.3, 0.02),
                1 => (1e6, 1.0),
                2 => (-4e-9, 3e-11),
                3 => (0.0, 1e6),
                _ => (50.0, 7.0),
            };
            let mut level = 0.0;
            let values: Vec<f64> = (0..count)
                .map(|place| {
                    let noise = match number % 5 {
                        0 => -chance.next().ln(),
                        1 => chance.next(),
                        2 => (chance.normal() * 4.0).round() / 4.0 + chance.next() * 1e-3,
                        _ => chance.normal(),
                    };
                    level += if number % 7 == 0 {
                        chance.normal() * 0.3
                    } else {
                        0.0
                    };
                    let shift = if number % 8 == 0 && place > count / 2 {
                        1.5
                    } else {
                        0.0
                    };
                    middle + spread * (noise + level + shift)
                })
                .collect();
            let limits = Limits {
                low: (number % 4 != 1).then_some(middle - 2.7 * spread),
                high: (number % 4 != 2).then_some(middle + 3.1 * spread),
            };
            (values, limits)
        })
        .collect()
}

fn same_indices(ours: Indices, theirs: &Value, tolerance: f64, what: &str) {
    close(
        ours.potential,
        &theirs[0],
        tolerance,
        &format!("{what} potential"),
    );
    close(ours.lower, &theirs[1], tolerance, &format!("{what} lower"));
    close(ours.upper, &theirs[2], tolerance, &format!("{what} upper"));
    close(
        ours.minimum,
        &theirs[3],
        tolerance,
        &format!("{what} minimum"),
    );
}

fn same_rules(chart: &ControlChart, theirs: &Value, what: &str) {
    for (number, rule) in Rule::ALL.into_iter().enumerate() {
        for (place, side) in [Side::Above, Side::Below].into_iter().enumerate() {
            let ours: Vec<usize> = chart
                .violations
                .iter()
                .filter(|one| one.rule == rule && one.side == side)
                .flat_map(|one| one.points.clone())
                .collect();
            assert_eq!(
                json!(ours),
                theirs[number][place],
                "{what} {rule:?} {side:?}"
            );
        }
    }
}

#[test]
fn figures_of_a_sample_agree_with_numpy_scipy_and_pandas() {
    let samples = samples();
    let questions: Vec<Value> = samples
        .iter()
        .enumerate()
        .map(|(number, (values, limits))| {
            let monte_carlo = number % 48 == 4;
            json!({
                "values": values, "low": limits.low, "high": limits.high,
                "monte_carlo": monte_carlo,
            })
        })
        .collect();
    let answers = ask("samples", &questions);
    assert_eq!(answers.len(), samples.len());
    let mut rules = 0;
    for (number, ((values, limits), answer)) in samples.iter().zip(&answers).enumerate() {
        let sample = Sample {
            what: format!("of sample {number} ({} values)", values.len()),
            values,
            // Six digits are lost where values of 1e6 differ by 1.
            tolerance: if number % 6 == 1 { 1e-6 } else { 1e-9 },
            answer,
        };
        sample.has_the_same_summary();
        sample.has_the_same_indices(*limits);
        sample.has_the_same_shape();
        rules += sample.has_the_same_chart();
    }
    assert!(rules > 100, "the samples hold patterns: {rules}");
}

/// A sample, and what the oracle says of it.
struct Sample<'a> {
    what: String,
    values: &'a [f64],
    tolerance: f64,
    answer: &'a Value,
}

impl Sample<'_> {
    fn has_the_same_summary(&self) {
        let (what, theirs) = (&self.what, &self.answer["summary"]);
        let summary = Summary::of(self.values).unwrap();
        assert_eq!(summary.count, self.values.len());
        let sigma = summary.sigma.unwrap();
        let five = [
            summary.mean,
            sigma,
            summary.median,
            summary.low,
            summary.high,
        ];
        for (place, ours) in five.into_iter().enumerate() {
            // The mean of values about zero is as certain as they are large.
            let theirs = theirs[place].as_f64().unwrap();
            let apart = (ours - theirs).abs();
            assert!(
                apart <= self.tolerance * theirs.abs().max(sigma),
                "summary {what}"
            );
        }
        let order = sorted(self.values);
        for (place, share) in [0.05, 0.25, 0.75, 0.95].into_iter().enumerate() {
            let theirs = &self.answer["quantiles"][place];
            close(
                quantile(&order, share),
                theirs,
                1e-9,
                &format!("quantile {what}"),
            );
        }
    }

    fn has_the_same_indices(&self, limits: Limits) {
        let (answer, tolerance) = (self.answer, self.tolerance);
        let what = |figure: &str| format!("{figure} {}", self.what);
        let ours = Capability::of(self.values, limits);
        close(
            ours.sigma_within,
            &answer["sigma_within"],
            tolerance,
            &what("sigma within"),
        );
        same_indices(ours.within, &answer["within"], tolerance, &what("within"));
        same_indices(
            ours.overall,
            &answer["overall"],
            tolerance,
            &what("overall"),
        );
        assert_eq!(
            json!(ours.outside),
            answer["outside"],
            "{}",
            what("outside")
        );
        close(ours.expected_ppm, &answer["ppm"], 1e-5, &what("ppm"));
        let range = ours.ppk_range;
        for (place, ours) in [range.map(|one| one.0), range.map(|one| one.1)]
            .into_iter()
            .enumerate()
        {
            // A bound near zero is as certain as the index.
            let theirs = answer["ppk_range"][place].as_f64();
            let is_near = ours
                .zip(theirs)
                .is_none_or(|(ours, theirs)| (ours - theirs).abs() <= 1e-5 * theirs.abs().max(1.0));
            let both = ours.is_some() == theirs.is_some();
            assert!(both && is_near, "{}", what("range of Ppk"));
        }
    }

    fn has_the_same_shape(&self) {
        let what = |figure: &str| format!("{figure} {}", self.what);
        let order = sorted(self.values);
        let spread = Summary::of(self.values).and_then(|one| one.sigma).unwrap();
        let histogram = Histogram::of_sorted(&order, usize::MAX).unwrap();
        assert_eq!(
            json!(histogram.counts),
            self.answer["counts"],
            "{}",
            what("histogram")
        );
        let edges = self.answer["edges"].as_array().unwrap();
        for (ours, theirs) in histogram.edges.iter().zip(edges) {
            let apart = (ours - theirs.as_f64().unwrap()).abs();
            assert!(apart <= self.tolerance * spread, "{}", what("edge"));
        }
        let Some(normality) = Normality::of_sorted(&order) else {
            return;
        };
        close(
            Some(normality.statistic),
            &self.answer["anderson"],
            1e-5,
            &what("A²"),
        );
        if let Some(p) = self.answer["p"].as_f64() {
            assert!(
                (normality.p - p).abs() < 0.07,
                "{}: {} {p}",
                what("p"),
                normality.p
            );
        }
    }

    /// The number of patterns that were compared.
    fn has_the_same_chart(&self) -> usize {
        let what = |figure: &str| format!("{figure} {}", self.what);
        let chart = ControlChart::of(self.values).unwrap();
        let limit = &self.answer["range_limit"];
        close(
            Some(chart.spread.high),
            limit,
            self.tolerance,
            &what("range limit"),
        );
        let beyond = &self.answer["ranges_beyond"];
        assert_eq!(&json!(chart.spread.beyond), beyond, "{}", what("ranges"));
        same_rules(&chart, &self.answer["rules"], &what("rules"));
        chart.violations.len() + self.has_the_same_subgroups()
    }

    /// The same of means with ranges and with standard deviations.
    fn has_the_same_subgroups(&self) -> usize {
        let mut patterns = 0;
        for theirs in self.answer["subgroups"].as_array().unwrap() {
            let size = theirs["size"].as_u64().unwrap() as usize;
            let what = |figure: &str| format!("{figure} in {size}s {}", self.what);
            let chart = ControlChart::of_subgroups(self.values, size).unwrap();
            let spread = &chart.spread;
            let ours = [
                chart.centre,
                chart.sigma,
                chart.at(-3.0),
                chart.at(3.0),
                spread.centre,
                spread.low,
                spread.high,
            ];
            for (place, ours) in ours.into_iter().enumerate() {
                // d2 and d3 are tables of six decimals.
                let theirs = theirs["figures"][place].as_f64().unwrap();
                let apart = (ours - theirs).abs();
                let allowed = 4e-5 * chart.sigma + self.tolerance * theirs.abs();
                assert!(
                    apart <= allowed,
                    "{} {place}: {ours} {theirs}",
                    what("limit")
                );
            }
            assert_eq!(
                json!(spread.beyond),
                theirs["beyond"],
                "{}",
                what("spreads")
            );
            same_rules(&chart, &theirs["rules"], &what("rules"));
            patterns += chart.violations.len();
        }
        patterns
    }
}

#[test]
fn interval_of_a_share_agrees_with_scipy() {
    let mut chance = Chance(7);
    let mut shares = vec![(0, 1), (1, 1), (0, 20), (20, 20), (999_999, 1_000_000)];
    for _ in 0..200 {
        let whole = 1 + chance.below(100_000);
        shares.push((chance.below(whole + 1), whole));
    }
    let answers = ask(
        "shares",
        &shares.iter().map(|one| json!(one)).collect::<Vec<_>>(),
    );
    for ((part, whole), answer) in shares.iter().zip(&answers) {
        let interval = Interval::of_share(*part as u64, *whole as u64).unwrap();
        let what = format!("{part} of {whole}");
        let apart = |ours: f64, theirs: &Value| (ours - theirs.as_f64().unwrap()).abs();
        assert!(apart(interval.low, &answer[0]) < 1e-12, "{what}");
        assert!(apart(interval.high, &answer[1]) < 1e-12, "{what}");
    }
}

#[test]
fn tails_of_distributions_agree_with_scipy() {
    let mut chance = Chance(11);
    let mut ratios = vec![(34.4, 2, 18), (1e-9, 3, 40), (1e6, 9, 78), (0.0, 2, 5)];
    for _ in 0..300 {
        ratios.push((
            chance.normal().exp(),
            1 + chance.below(30),
            1 + chance.below(400),
        ));
    }
    let answers = ask(
        "ratios",
        &ratios.iter().map(|one| json!(one)).collect::<Vec<_>>(),
    );
    for ((ratio, above, below), answer) in ratios.iter().zip(&answers) {
        let what = format!("F({above}, {below}) beyond {ratio}");
        close(f_tail(*ratio, *above, *below), answer, 1e-8, &what);
    }
    let tails: Vec<f64> = (-1200..400).map(|place| f64::from(place) / 20.0).collect();
    let answers = ask(
        "tails",
        &tails.iter().map(|one| json!(one)).collect::<Vec<_>>(),
    );
    for (z, answer) in tails.iter().zip(&answers) {
        close(
            Some(ln_normal(*z)),
            answer,
            1e-8,
            &format!("log of normal({z})"),
        );
    }
}

fn readings(values: &[Vec<Vec<f64>>]) -> Vec<Reading> {
    let mut readings = Vec::new();
    for (part, row) in values.iter().enumerate() {
        for (appraiser, cell) in row.iter().enumerate() {
            readings.extend(cell.iter().map(|value| Reading {
                part: format!("part {part:02}"),
                appraiser: format!("appraiser {appraiser:02}"),
                value: *value,
            }));
        }
    }
    readings
}

#[test]
fn gauge_studies_agree_with_least_squares() {
    let mut chance = Chance(3);
    let studies: Vec<Vec<Vec<Vec<f64>>>> = (0..60)
        .map(|number| {
            let (parts, appraisers) = (2 + chance.below(11), 2 + chance.below(4));
            let trials = 2 + chance.below(4);
            let of_parts: Vec<f64> = (0..parts).map(|_| chance.normal()).collect();
            let of_appraisers: Vec<f64> = (0..appraisers).map(|_| chance.normal() * 0.3).collect();
            let mixed = if number % 2 == 0 { 0.5 } else { 0.0 };
            let cell = |part: f64, appraiser: f64, chance: &mut Chance| {
                let middle = 10.0 + part + appraiser + chance.normal() * mixed;
                (0..trials)
                    .map(|_| middle + chance.normal() * 0.2)
                    .collect()
            };
            of_parts
                .iter()
                .map(|part| {
                    of_appraisers
                        .iter()
                        .map(|one| cell(*part, *one, &mut chance))
                        .collect()
                })
                .collect()
        })
        .collect();
    let questions: Vec<Value> = studies
        .iter()
        .map(|values| json!({ "values": values }))
        .collect();
    let answers = ask("studies", &questions);
    let mut pooled = 0;
    for (number, (values, answer)) in studies.iter().zip(&answers).enumerate() {
        let study = Study::of(&readings(values)).unwrap();
        assert_eq!(&study.values, values);
        let anova = Anova::of(&study);
        let what = |figure: &str| format!("{figure} of study {number}");
        let sums = &answer["sums"];
        let rows = [
            ("part", anova.part),
            ("appraiser", anova.appraiser),
            ("interaction", anova.interaction),
            ("equipment", anova.equipment),
            ("total", anova.total),
        ];
        for (name, source) in rows {
            close(Some(source.sum_of_squares), &sums[name], 1e-7, &what(name));
        }
        assert_eq!(
            json!(anova.pooled.is_some()),
            answer["pooled"],
            "{}",
            what("pooling")
        );
        pooled += usize::from(anova.pooled.is_some());
        close(
            anova.interaction.p,
            &answer["p_interaction"],
            1e-6,
            &what("p of the interaction"),
        );
        close(
            anova.part.p,
            &answer["p_part"],
            1e-6,
            &what("p of the part"),
        );
        close(
            anova.appraiser.p,
            &answer["p_appraiser"],
            1e-6,
            &what("p of the appraiser"),
        );
        let ours = anova.components;
        let components = [
            ours.equipment,
            ours.appraiser,
            ours.interaction.unwrap_or(0.0),
            ours.grr,
            ours.part,
            ours.total,
        ];
        for (place, component) in components.into_iter().enumerate() {
            let theirs = answer["components"][place].as_f64().unwrap();
            assert!((component - theirs).abs() < 1e-7, "{}", what("component"));
        }
    }
    assert!(
        (5..55).contains(&pooled),
        "both ways are taken: {pooled} of 60 pooled"
    );
}

#[test]
fn constants_of_ranges_are_those_of_the_normal_distribution() {
    let answers = ask(
        "ranges",
        &(2..=15).map(|size| json!(size)).collect::<Vec<_>>(),
    );
    for (size, answer) in (2..=15).zip(&answers) {
        close(d2(size), &answer[0], 1e-6, &format!("d2({size})"));
        close(d3(size), &answer[1], 2e-5, &format!("d3({size})"));
    }
    assert_eq!(d2(16), None);
    assert_eq!(d2(1), None);
}

#[test]
fn causes_are_ordered_as_pandas_orders_them() {
    let mut chance = Chance(5);
    let names = ["3V3", "5V", "ripple", "current", "LED", "boot"];
    let pick = |chance: &mut Chance| names[(chance.next() * chance.next() * 6.0) as usize];
    let lists: Vec<Vec<&str>> = (1..40)
        .map(|count| (0..count * 3).map(|_| pick(&mut chance)).collect())
        .collect();
    let answers = ask(
        "causes",
        &lists.iter().map(|one| json!(one)).collect::<Vec<_>>(),
    );
    for (list, answer) in lists.iter().zip(&answers) {
        let counts =
            names.map(|name| (name, list.iter().filter(|one| **one == name).count() as u64));
        for (ours, theirs) in pareto(counts).iter().zip(answer.as_array().unwrap()) {
            assert_eq!(
                json!([ours.what, ours.count]),
                json!([theirs[0], theirs[1]])
            );
            close(Some(ours.share), &theirs[2], 1e-12, "share");
            close(Some(ours.cumulative), &theirs[3], 1e-12, "cumulative");
        }
    }
}
