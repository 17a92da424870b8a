//! What is tested: three tests, their steps, and the rules for their measurements.

use super::chance::Chance;

/// Measurements of a run.
pub(crate) const MEASUREMENTS: usize = 50;

/// Measurements of a step.
pub(super) const PER_STEP: usize = 5;

/// A test.
#[derive(Debug)]
pub(super) struct Test {
    pub(super) name: &'static str,
    pub(super) package: &'static str,
    /// A name that no other test has begins with it.
    prefix: &'static str,
    /// Versions, each for a third of the time.
    pub(super) versions: [&'static str; 3],
    pub(super) steps: [&'static str; MEASUREMENTS / PER_STEP],
}

pub(super) const TESTS: [Test; 3] = [
    Test {
        name: "Board Functional Test",
        package: "controller-board",
        prefix: "FCT",
        versions: ["1.2.0", "1.3.0", "1.3.1"],
        steps: [
            "Supply rails",
            "Current draw",
            "Clocks",
            "Memory",
            "Flash",
            "Ethernet",
            "CAN bus",
            "Analog inputs",
            "Analog outputs",
            "Front panel",
        ],
    },
    Test {
        name: "RF Calibration",
        package: "radio-module",
        prefix: "RF",
        versions: ["2.0.0", "2.0.1", "2.1.0"],
        steps: [
            "Supply rails",
            "Crystal trim",
            "Power low band",
            "Power high band",
            "Spectrum mask",
            "EVM",
            "Sensitivity",
            "RSSI",
            "Leakage",
            "Write calibration",
        ],
    },
    Test {
        name: "Final Inspection",
        package: "controller-box",
        prefix: "FIN",
        versions: ["4.0.0", "4.1.0", "4.2.0"],
        steps: [
            "Supply rails",
            "Label",
            "Insulation",
            "Ground bond",
            "Standby current",
            "Display",
            "Buttons",
            "Wireless link",
            "Self test",
            "Packing",
        ],
    },
];

/// How a measurement is judged.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Judged {
    Between(f64, f64),
    Below(f64),
    /// A text that has to be this one.
    Is(&'static str),
}

/// One of the fifty of a test.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) name: String,
    pub(super) unit: Option<&'static str>,
    pub(super) judged: Judged,
    /// Answered by the operator.
    pub(super) is_asked: bool,
    pub(super) mean: f64,
    pub(super) sigma: f64,
    /// How far the mean wanders over the months, in deviations.
    drift: f64,
}

impl Rule {
    /// The rules of a test, always the same.
    pub(super) fn of(test: &Test) -> Vec<Self> {
        let mut chance = Chance::new(u64::from(test.prefix.as_bytes()[1]));
        (0..MEASUREMENTS)
            .map(|place| Self::make(test, place, &mut chance))
            .collect()
    }

    fn make(test: &Test, place: usize, chance: &mut Chance) -> Self {
        const QUANTITIES: [(&str, &str, f64); 5] = [
            ("V", "V", 3.3),
            ("I", "mA", 120.0),
            ("R", "Ohm", 47.0),
            ("F", "MHz", 26.0),
            ("P", "dBm", 14.0),
        ];
        let (letter, unit, mean) = QUANTITIES[place % QUANTITIES.len()];
        let mean = mean * (1.0 + chance.part());
        let sigma = mean * 0.004;
        let half = sigma * (3.0 + 3.0 * chance.part());
        let judged = match place % 25 {
            24 => Judged::Is("1.4.2"),
            9 | 19 => Judged::Below(mean + half),
            _ => Judged::Between(mean - half, mean + half),
        };
        let is_text = matches!(judged, Judged::Is(_));
        let mut rule = Self {
            name: format!("{}_{:02}_{letter}", test.prefix, place + 1),
            unit: (!is_text).then_some(unit),
            judged,
            is_asked: place == 33,
            mean,
            sigma,
            drift: if place % 7 == 3 { 0.8 } else { 0.0 },
        };
        if place == 0 {
            // The one measurement that every test takes.
            "VOUT_3V3".clone_into(&mut rule.name);
            rule.mean = 3.3;
            rule.sigma = 0.028;
            rule.judged = Judged::Between(3.135, 3.465);
        }
        rule
    }

    /// A value that meets the limits. `when` goes from 0 to 1 over the months.
    pub(super) fn good(&self, when: f64, station: usize, chance: &mut Chance) -> f64 {
        let wander = self.drift * (std::f64::consts::TAU * when).sin();
        let offset = 0.15 * (station as f64 - 2.5);
        loop {
            let value = self.mean + self.sigma * (wander + offset + chance.normal());
            if self.is_met(rounded(value)) {
                return rounded(value);
            }
        }
    }

    /// A value that does not.
    pub(super) fn bad(&self, chance: &mut Chance) -> f64 {
        let beyond = self.sigma * (0.1 + chance.normal().abs());
        rounded(match self.judged {
            Judged::Between(low, _) if chance.happens(0.5) => low - beyond,
            Judged::Between(_, high) | Judged::Below(high) => high + beyond,
            Judged::Is(_) => 0.0,
        })
    }

    fn is_met(&self, value: f64) -> bool {
        match self.judged {
            Judged::Between(low, high) => (low..=high).contains(&value),
            Judged::Below(high) => value < high,
            Judged::Is(_) => true,
        }
    }
}

/// What an instrument with four digits behind the point says.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}
