//! Which units are tested when, where, by whom and with what outcome.

use std::borrow::Cow;

use uuid::Uuid;

use super::chance::Chance;
use super::product::{Judged, MEASUREMENTS, PER_STEP, Rule, TESTS, Test};
use super::row::Cell;

const STATIONS: usize = 6;

const OPERATORS: [&str; 12] = [
    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "mallory",
    "niaj",
];

const MICROS: i64 = 1_000_000;
const DAY: i64 = 86_400 * MICROS;

/// What a station knew when the run began.
const CONFIG: &str = r#"{"limits.profile":"standard","dmm.address":"TCPIP0::10.0.0.17::INSTR","supply.address":"TCPIP0::10.0.0.18::INSTR","supply.max_ma":1500,"label.printer":"zebra-2","calibration.due":"2027-03-01"}"#;

/// So many runs of the eighteen months before a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Population {
    pub(crate) runs: usize,
    /// µs since 1970.
    pub(crate) until: i64,
    pub(crate) seed: u64,
}

/// The rows of one run.
#[derive(Debug, Default)]
pub(crate) struct Run {
    pub(crate) execution: Vec<Cell>,
    pub(crate) steps: Vec<Vec<Cell>>,
    pub(crate) measurements: Vec<Vec<Cell>>,
    pub(crate) annotations: Vec<Vec<Cell>>,
}

impl Population {
    /// The moment from which on there are runs.
    pub(crate) const fn since(&self) -> i64 {
        self.until - 548 * DAY
    }

    /// The runs, the oldest first but for those of neighbouring units.
    pub(crate) fn each(&self, mut give: impl FnMut(&Run)) {
        let mut fleet = Fleet {
            population: *self,
            chance: Chance::new(self.seed),
            rules: TESTS.iter().map(Rule::of).collect(),
            left: self.runs,
        };
        // A unit needs 3.1 runs.
        let units = (self.runs as f64 / 3.1).ceil().max(1.0);
        let pace = (548 * DAY) as f64 / units;
        let mut unit = 0;
        while fleet.left > 0 {
            let begins = self.since() + (pace * f64::from(unit)) as i64;
            fleet.test_unit(unit, begins.min(self.until - DAY), &mut give);
            unit += 1;
        }
    }
}

struct Fleet {
    population: Population,
    chance: Chance,
    /// Of each test.
    rules: Vec<Vec<Rule>>,
    left: usize,
}

/// What one run is to be.
struct Plan<'a> {
    test: usize,
    definition: &'a Test,
    serial: &'a str,
    station: usize,
    started_at: i64,
    mode: &'static str,
    ends: Ends,
    is_unattended: bool,
    /// A step whose values nobody measured.
    mocked: Option<usize>,
}

/// How a run ends.
#[derive(Clone, Copy, PartialEq)]
enum Ends {
    Pass,
    /// At this measurement.
    Fail(usize),
    /// At this step, with the words of status and verdict.
    Early(usize, &'static str, &'static str),
}

impl Ends {
    const fn verdict(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail(_) => "FAIL",
            Self::Early(_, _, verdict) => verdict,
        }
    }
}

impl Fleet {
    fn test_unit(&mut self, unit: u32, begins: i64, give: &mut impl FnMut(&Run)) {
        let serial = format!("CB-{:07}", 1_000_000 + unit);
        let mut at = begins;
        for test in 0..TESTS.len() {
            let station = test * 2 + self.chance.below(2);
            for _ in 0..3 {
                if self.left == 0 {
                    return;
                }
                self.left -= 1;
                let plan = self.plan(test, &serial, station, at);
                let run = self.run(&plan);
                give(&run);
                at += (3 + self.chance.below(30) as i64) * 60 * MICROS;
                if plan.ends == Ends::Pass {
                    break;
                }
                if !self.chance.happens(0.7) {
                    return;
                }
            }
            at += 40 * 60 * MICROS;
        }
    }

    fn plan<'a>(&mut self, test: usize, serial: &'a str, station: usize, at: i64) -> Plan<'a> {
        let chance = &mut self.chance;
        let mode = match chance.below(100) {
            0..=2 => "engineering",
            3 => "debug",
            4 => "simulation",
            5 => "grr",
            _ => "production",
        };
        let ends = match chance.below(1000) {
            // A few measurements make most of the failures.
            0..=29 => Ends::Fail((MEASUREMENTS as f64 * chance.part().powi(3)) as usize),
            30..=33 => Ends::Early(chance.below(8), "Completed", "ERROR"),
            34..=36 => Ends::Early(chance.below(8), "Aborted", "ABORTED"),
            _ => Ends::Pass,
        };
        Plan {
            test,
            definition: &TESTS[test],
            serial,
            station,
            started_at: at,
            mode,
            ends,
            is_unattended: chance.happens(0.01),
            mocked: chance.happens(0.02).then(|| chance.below(10)),
        }
    }

    fn run(&mut self, plan: &Plan<'_>) -> Run {
        let millis = (plan.started_at / 1000) as u64;
        let (high, low) = (self.chance.bits(), self.chance.bits());
        let id = Uuid::from_u64_pair(millis << 16 | 0x7000 | high & 0x0FFF, low >> 2 | 1 << 63);
        let mut run = Run::default();
        let mut at = plan.started_at + 120_000;
        let done = match plan.ends {
            Ends::Early(step, ..) => step + 1,
            _ => plan.definition.steps.len(),
        };
        for step in 0..done {
            let base = 300_000 + 400_000 * ((step * 7 + plan.test) % 10) as i64;
            let took = base + (self.chance.part() * 200_000.0) as i64;
            let ended_at = at + took;
            let cells = step_row(plan, id, step, at, ended_at);
            run.steps.push(cells);
            if !matches!(plan.ends, Ends::Early(last, ..) if last == step) {
                for position in 0..PER_STEP {
                    let cells = self.measurement(plan, id, step, position, ended_at);
                    run.measurements.push(cells);
                }
            }
            at = ended_at + 150;
        }
        run.execution = self.execution(plan, id, at);
        self.annotate(id, at, &mut run);
        run
    }

    fn execution(&mut self, plan: &Plan<'_>, id: Uuid, ended_at: i64) -> Vec<Cell> {
        let population = self.population;
        let age = plan.started_at - population.since();
        let third = (age * 3 / (548 * DAY)).clamp(0, 2) as usize;
        let version = plan.definition.versions[third];
        // Two people share the shifts of a station.
        let shift = (plan.started_at / (8 * 3_600 * MICROS)) % 2;
        let operator = OPERATORS[plan.station * 2 + shift as usize];
        let batch = age / (7 * DAY);
        let status = match plan.ends {
            Ends::Early(_, status, _) => status,
            _ => "Completed",
        };
        let is_forced = self.chance.happens(0.003);
        vec![
            Cell::Uuid(id),
            Cell::text(plan.definition.name),
            Cell::text(version),
            Cell::text("Controller"),
            Cell::text(plan.definition.package),
            Cell::text(version),
            Cell::text("Release"),
            Cell::owned(format!("{:064x}", plan.test * 3 + third)),
            Cell::text("tests/main.yaml"),
            Cell::owned(plan.serial.to_owned()),
            Cell::text(operator),
            Cell::text("scan"),
            Cell::owned(station(plan)),
            Cell::Int(1),
            Cell::owned(station(plan)),
            Cell::text(plan.mode),
            Cell::Json(Cow::Borrowed("{}")),
            Cell::Flag(is_forced),
            Cell::Flag(plan.is_unattended),
            Cell::text(status),
            Cell::text(plan.ends.verdict()),
            Cell::text("complete"),
            Cell::Time(plan.started_at),
            Cell::Time(ended_at),
            Cell::Real((ended_at - plan.started_at) as f64 / 1e3),
            Cell::Time(ended_at),
            Cell::Flag(false),
            Cell::Flag(false),
            Cell::Json(Cow::Borrowed(CONFIG)),
            Cell::Json(Cow::Owned(format!(
                r#"{{"Batch":"B-{batch:03}","ProductId":"CB-1"}}"#
            ))),
            Cell::text("0.1.0"),
            Cell::Int(10),
            Cell::Json(Cow::Borrowed("[10,0,0,0,0,0]")),
            Cell::Int(4711),
        ]
    }

    fn measurement(
        &mut self,
        plan: &Plan<'_>,
        run: Uuid,
        step: usize,
        position: usize,
        at: i64,
    ) -> Vec<Cell> {
        let place = step * PER_STEP + position;
        let rule = &self.rules[plan.test][place];
        let is_bad = plan.ends == Ends::Fail(place);
        let origin = match () {
            () if plan.mode == "simulation" => "simulated",
            () if plan.mocked == Some(step) => "mock",
            () if rule.is_asked && plan.is_unattended => "unattended",
            () if rule.is_asked => "operator",
            () => "runner",
        };
        let when = (at - self.population.since()) as f64 / (548 * DAY) as f64;
        let number = match (is_bad, &rule.judged) {
            (_, Judged::Is(_)) => None,
            (true, _) => Some(rule.bad(&mut self.chance)),
            (false, _) => Some(rule.good(when, plan.station, &mut self.chance)),
        };
        let (low, high, expected, operator) = match rule.judged {
            Judged::Between(low, high) => (Some(low), Some(high), None, None),
            Judged::Below(high) => (None, Some(high), None, Some("lessthan")),
            Judged::Is(text) => (None, None, Some(text), Some("equal")),
        };
        let shown = match (number, expected) {
            (Some(number), _) => Cell::owned(number.to_string()),
            (None, Some(_)) if is_bad => Cell::text("1.4.1"),
            (None, expected) => maybe(expected, Cell::text),
        };
        // What nobody answered is no value.
        let value = number.filter(|_| origin != "unattended");
        vec![
            Cell::Uuid(step_id(run, step)),
            Cell::Uuid(run),
            Cell::Int(position as i64),
            Cell::owned(rule.name.clone()),
            Cell::text(if expected.is_some() {
                "string"
            } else {
                "numeric"
            }),
            Cell::text(origin),
            maybe(value, Cell::Real),
            shown,
            maybe(low, Cell::Real),
            maybe(high, Cell::Real),
            maybe(expected, Cell::text),
            Cell::text("yaml"),
            maybe(operator, Cell::text),
            maybe(rule.unit, Cell::text),
            Cell::text(if is_bad { "FAIL" } else { "PASS" }),
            Cell::Time(at - 1_000 + position as i64),
            Cell::owned(station(plan)),
            Cell::owned(plan.serial.to_owned()),
        ]
    }

    fn annotate(&mut self, run_id: Uuid, at: i64, run: &mut Run) {
        let (kinds, disposition): (&[&str], _) = match self.chance.below(1000) {
            0..=2 => (&["void"], None),
            3 => (&["void", "valid"], None),
            4..=8 => (&["disposition"], Some("rework")),
            _ => return,
        };
        for (number, kind) in kinds.iter().enumerate() {
            let number = number as i64 + 1;
            run.annotations.push(vec![
                Cell::Uuid(numbered(run_id, 1 << 30 | number as u32)),
                Cell::Uuid(run_id),
                Cell::text(kind),
                maybe(disposition, Cell::text),
                Cell::text("fixture was worn"),
                Cell::text("alice"),
                Cell::Time(at + number * 3_600 * MICROS),
            ]);
        }
    }
}

fn step_row(plan: &Plan<'_>, run: Uuid, step: usize, started_at: i64, ended_at: i64) -> Vec<Cell> {
    let name = plan.definition.steps[step];
    let verdict = match plan.ends {
        Ends::Early(last, _, verdict) if last == step => verdict,
        Ends::Fail(place) if place / PER_STEP == step => "FAIL",
        _ => "PASS",
    };
    let kind = if plan.mocked == Some(step) {
        "mock"
    } else {
        "runner"
    };
    let number = step as i64 + 1;
    vec![
        Cell::Uuid(step_id(run, step)),
        Cell::Uuid(run),
        Cell::Int(number),
        Cell::Int(number),
        Cell::owned(format!("steps/{name}")),
        Cell::text("steps"),
        Cell::text(name),
        Cell::text(kind),
        Cell::text("python"),
        Cell::Json(Cow::Borrowed(r#"{"module":"board","function":"measure"}"#)),
        Cell::Json(Cow::Borrowed("{}")),
        Cell::Int(1),
        Cell::Int(1),
        Cell::text(verdict),
        Cell::Flag(false),
        Cell::Time(started_at),
        Cell::Time(ended_at),
        Cell::Real((ended_at - started_at) as f64 / 1e3),
        Cell::Int(30_000),
        Cell::Flag(plan.is_unattended),
        Cell::Flag(false),
    ]
}

fn station(plan: &Plan<'_>) -> String {
    format!("bench-{}", plan.station + 1)
}

fn maybe<T>(value: Option<T>, cell: impl Fn(T) -> Cell) -> Cell {
    value.map_or(Cell::Null, cell)
}

fn step_id(run: Uuid, step: usize) -> Uuid {
    numbered(run, step as u32 + 1)
}

/// The ids of rows, as the program makes them.
fn numbered(run: Uuid, number: u32) -> Uuid {
    let mut bytes = *run.as_bytes();
    bytes[6] = bytes[6] & 0x0F | 0x80;
    bytes[12..].copy_from_slice(&number.to_be_bytes());
    Uuid::from_bytes(bytes)
}
