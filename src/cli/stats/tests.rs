//! Pages of figures at 80 columns, and their documents, from a store that is made up.

use serde_json::Value;

use super::answer::{Answer, Context, Counted, LeftOut, document, scope};
use super::capability::Capable;
use super::group::Grouping;
use super::grr::Gauge;
use super::pareto::Failures;
use super::terminal::Terminal;
use super::times::Times;
use super::trend::Trend;
use super::unit::Unit;
use super::yields::Yields;
use super::{csv, html};
use crate::cli::args::{ByName, PeriodName, StatsCommonArgs, StoreName, TrendArgs};
use crate::cli::results::View;
use crate::cli::settings::tests::settings;
use crate::event::{Mode, RunStatus, Timestamp};
use crate::frontend::text::Script;
use crate::measure::Origin;
use crate::record::samples::{START, run_id};
use crate::record::{HistoryError, RunSummary};
use crate::stats::Limits;
use crate::stats::rejudge::{PastRun, PastValue};
use crate::stats::survey::{
    Axis, Condition, Failing, GaugeReading, Life, LifeValue, Place, Remark, RunCount, RunKind,
    Scope, Series, SeriesValue, StepTook, Survey, Turn, UnitCount,
};
use crate::verdict::Verdict;

const LIMITS: Limits = Limits {
    low: Some(3.135),
    high: Some(3.465),
};

/// A store in which everything is known.
struct Made;

fn station(name: &str) -> Place {
    Place::Named(Some(name.to_owned()))
}

/// Values about 3.3 V that drift up at the end.
fn volts() -> Vec<f64> {
    (0..240)
        .map(|place: u32| {
            let noise =
                f64::from((place * 7919) % 101) / 101.0 + f64::from((place * 104_729) % 97) / 97.0;
            3.3 + (noise - 1.0) * 0.06 + if place > 225 { 0.05 } else { 0.0 }
        })
        .collect()
}

impl Survey for Made {
    fn runs(&self, _: &Scope, axis: Axis) -> Result<Vec<RunCount>, HistoryError> {
        let of = |place: &str, verdict, runs| RunCount {
            place: if axis == Axis::Whole {
                Place::Whole
            } else {
                station(place)
            },
            verdict,
            runs,
        };
        Ok(vec![
            of("bench-1", Verdict::Pass, 950),
            of("bench-1", Verdict::Fail, 61),
            of("bench-1", Verdict::Error, 3),
            of("bench-2", Verdict::Pass, 1200),
            of("bench-2", Verdict::Fail, 8),
            of("bench-2", Verdict::Undetermined, 1),
        ])
    }

    fn units(&self, _: &Scope, axis: Axis) -> Result<Vec<UnitCount>, HistoryError> {
        let of = |place: &str, turn, passed, units| UnitCount {
            place: if axis == Axis::Whole {
                Place::Whole
            } else {
                station(place)
            },
            turn,
            passed,
            units,
        };
        Ok(vec![
            of("bench-1", Turn::First, true, 940),
            of("bench-1", Turn::First, false, 55),
            of("bench-2", Turn::First, true, 1195),
            of("bench-2", Turn::First, false, 5),
            of("bench-1", Turn::Last, true, 948),
            of("bench-1", Turn::Last, false, 42),
            of("bench-2", Turn::Last, true, 1203),
            of("bench-2", Turn::Last, false, 2),
        ])
    }

    fn kinds(&self, _: &Scope) -> Result<Vec<RunKind>, HistoryError> {
        let of = |mode, voided, unattended, runs| RunKind {
            mode,
            voided,
            unattended,
            runs,
        };
        Ok(vec![
            of(Mode::Production, false, false, 2223),
            of(Mode::Production, true, false, 2),
            of(Mode::Production, false, true, 5),
            of(Mode::Debug, false, false, 11),
            of(Mode::Grr, false, false, 90),
        ])
    }

    fn failing_steps(&self, _: &Scope, _: Axis) -> Result<Vec<Failing>, HistoryError> {
        let of = |name: &str, runs, failed| Failing {
            place: Place::Whole,
            name: name.to_owned(),
            path: format!("steps/{name}"),
            runs,
            failed,
        };
        Ok(vec![
            of("Supply rails", 52, 52),
            of("Flash firmware", 12, 3),
            of("RF output", 9, 9),
        ])
    }

    fn failing_measurements(&self, _: &Scope, _: Axis) -> Result<Vec<Failing>, HistoryError> {
        let of = |name: &str, runs, failed| Failing {
            place: Place::Whole,
            name: name.to_owned(),
            path: String::new(),
            runs,
            failed,
        };
        Ok(vec![
            of("VOUT_3V3", 40, 40),
            of("VOUT_5V", 12, 12),
            of("RF_POWER", 9, 8),
            of("IDLE", 1, 1),
        ])
    }

    fn series(&self, _: &Scope, name: &str, _: Axis) -> Result<Series, HistoryError> {
        if name != "VOUT_3V3" {
            return Ok(Series::default());
        }
        let condition = |limits, origin| Condition {
            test: "Power board".to_owned(),
            unit: Some("V".to_owned()),
            limits,
            target: None,
            origin,
            is_numeric: true,
        };
        let older = Limits {
            low: Some(3.1),
            high: Some(3.5),
        };
        let mut values: Vec<SeriesValue> = volts()
            .into_iter()
            .zip(0..)
            .map(|(value, place)| SeriesValue {
                time: Timestamp(START.0 + place * 3_600_000_000),
                value: Some(value),
                condition: usize::from(place >= 40),
                place: usize::from(place >= 120),
            })
            .collect();
        let odd = |value, condition| SeriesValue {
            value,
            condition,
            ..values[0]
        };
        let odd = [odd(None, 1), odd(Some(3.3), 2)];
        values.splice(0..0, odd);
        Ok(Series {
            values,
            conditions: vec![
                condition(older, Origin::Runner),
                condition(LIMITS, Origin::Runner),
                condition(LIMITS, Origin::Mock),
            ],
            places: vec![
                Place::Since(START),
                Place::Since(Timestamp(START.0 + 5 * 86_400_000_000)),
            ],
        })
    }

    fn times(&self, _: &Scope, _: u32) -> Result<Vec<StepTook>, HistoryError> {
        let mut took = Vec::new();
        for run in 1..=20 {
            for (name, duration_ms, waited_ms) in [
                ("Flash firmware", 4200.0, 0.0),
                ("Confirm LED", 2500.0, 2300.0),
                ("Supply rails", 310.0, 0.0),
            ] {
                took.push(StepTook {
                    run: run_id(run),
                    test: "Power board".to_owned(),
                    path: format!("steps/{name}"),
                    name: name.to_owned(),
                    duration_ms: duration_ms + run as f64,
                    waited_ms,
                });
            }
        }
        Ok(took)
    }

    fn life(&self, _: &Scope, serial: &str) -> Result<Life, HistoryError> {
        if serial != "SN-0042" {
            return Ok(Life::default());
        }
        let run = |number, verdict| RunSummary {
            run: run_id(number),
            test_name: "Power board".to_owned(),
            test_version: "2.1".to_owned(),
            package_name: Some("power-board".to_owned()),
            package_version: Some("2.1.0".to_owned()),
            serial_number: Some(serial.to_owned()),
            operator_id: Some("ada".to_owned()),
            station_id: "bench-1".to_owned(),
            tags: serde_json::Map::new(),
            mode: if number == 3 {
                Mode::Engineering
            } else {
                Mode::Production
            },
            status: RunStatus::Completed,
            verdict: Some(verdict),
            forced: false,
            unattended: false,
            damaged: false,
            started_at: Timestamp(START.0 + number as i64 * 3_600_000_000),
            duration_ms: Some(7345),
            last_seen_at: START,
            failing: Vec::new(),
            voided: false,
            disposition: None,
        };
        let value = |number, name: &str, value, verdict| LifeValue {
            run: run_id(number),
            name: name.to_owned(),
            value: Some(value),
            text: None,
            unit: Some("V".to_owned()),
            limits: LIMITS,
            verdict,
            origin: Origin::Runner,
            time: Timestamp(START.0 + number as i64 * 3_600_000_000),
        };
        Ok(Life {
            runs: vec![
                run(1, Verdict::Fail),
                run(2, Verdict::Fail),
                run(3, Verdict::Pass),
            ],
            values: vec![
                value(1, "VOUT_3V3", 3.05, Verdict::Fail),
                value(2, "VOUT_3V3", 3.12, Verdict::Fail),
                value(3, "VOUT_3V3", 3.31, Verdict::Pass),
                value(3, "VOUT_5V", 3.31, Verdict::Pass),
            ],
            remarks: vec![Remark {
                run: run_id(2),
                kind: "disposition".to_owned(),
                disposition: Some("rework".to_owned()),
                reason: "cold joint at L3".to_owned(),
                by: "ben".to_owned(),
                at: Timestamp(START.0 + 9_000_000_000),
            }],
        })
    }

    fn readings(&self, _: &Scope, _: &str) -> Result<Vec<GaugeReading>, HistoryError> {
        let mut readings = Vec::new();
        for part in 0..10_u64 {
            for appraiser in 0..3_u64 {
                for trial in 0..3_u64 {
                    let noise = ((part * 31 + appraiser * 17 + trial * 13) % 11) as f64 / 11.0;
                    let number = part * 9 + appraiser * 3 + trial + 1;
                    readings.push(GaugeReading {
                        part: Some(format!("SN-{part}")),
                        appraiser: Some(["ada", "ben", "zoe"][appraiser as usize].to_owned()),
                        study: Some("2026-11-21".to_owned()),
                        run: run_id(number),
                        value: Some(
                            3.3 + part as f64 * 0.01 + appraiser as f64 * 0.002 + noise * 0.005,
                        ),
                        time: Timestamp(START.0 + number as i64),
                        unit: Some("V".to_owned()),
                        limits: LIMITS,
                    });
                }
            }
        }
        Ok(readings)
    }

    fn past_runs(&self, _: &Scope) -> Result<Vec<PastRun>, HistoryError> {
        Ok(Vec::new())
    }

    fn past_values(
        &self,
        _: &Scope,
        _: &[&str],
        _: &mut dyn FnMut(PastValue),
    ) -> Result<(), HistoryError> {
        Ok(())
    }

    fn names(&self, _: &Scope) -> Result<Vec<String>, HistoryError> {
        Ok(vec!["RF_POWER".to_owned(), "VOUT_3V3".to_owned()])
    }
}

fn view(script: Script) -> View {
    let mut look = crate::cli::look::of(&settings(&[]));
    look.script = script;
    look.paint = crate::frontend::text::Paint::Plain;
    View {
        look,
        width: Some(80),
        zone: jiff::tz::TimeZone::UTC,
        now: START,
    }
}

/// An answer, and everything that it is put out with.
fn with<T>(script: Script, ask: impl FnOnce(&Context, &LeftOut) -> T) -> T {
    let view = view(script);
    let counted = Counted::Mode(Mode::Production);
    let context = Context {
        survey: &Made,
        scope: scope(&StatsCommonArgs::default(), &view, counted).unwrap(),
        view: &view,
        store: StoreName::Local,
    };
    let left_out = LeftOut::of(&Made, &context.scope).unwrap();
    ask(&context, &left_out)
}

fn trend(subgroup: Option<u16>) -> TrendArgs {
    TrendArgs {
        measurement: "VOUT_3V3".to_owned(),
        step: None,
        by: PeriodName::Day,
        last: 60,
        subgroup,
        common: StatsCommonArgs::default(),
    }
}

/// Every figure.
fn answers(context: &Context, left_out: &LeftOut) -> Vec<Box<dyn Answer>> {
    let by_station = Grouping::of(Some(ByName::Station));
    vec![
        Box::new(Yields::ask(context, by_station, left_out).unwrap()),
        Box::new(Failures::ask(context, Grouping::Whole, 3, left_out).unwrap()),
        Box::new(Capable::ask(context, "VOUT_3V3", Grouping::Whole, left_out).unwrap()),
        Box::new(Trend::ask(context, &trend(None), left_out).unwrap()),
        Box::new(Trend::ask(context, &trend(Some(5)), left_out).unwrap()),
        Box::new(Times::ask(context, 1000, 2, left_out).unwrap()),
        Box::new(Unit::ask(context, "SN-0042").unwrap()),
        Box::new(Gauge::ask(context, "VOUT_3V3", None).unwrap()),
    ]
}

/// All pages, one after the other.
fn pages(script: Script) -> String {
    with(script, |context, left_out| {
        let pages = answers(context, left_out);
        let terminal = Terminal::of(context.view);
        let pages: Vec<String> = pages
            .iter()
            .map(|page| terminal.draw(&page.blocks(context.view)))
            .collect();
        pages.join("\n----\n\n")
    })
}

#[test]
fn pages_fit_80_columns() {
    let pages = pages(Script::Unicode);
    for line in pages.lines() {
        assert!(crate::frontend::text::columns(line) <= 80, "{line}");
    }
    insta::assert_snapshot!(pages);
}

#[test]
fn pages_are_ascii_where_nothing_else_is_shown() {
    let pages = pages(Script::Ascii);
    assert!(pages.is_ascii());
    assert!(pages.lines().all(|line| line.len() <= 80));
    insta::assert_snapshot!(pages);
}

#[test]
fn documents_name_their_schema_and_what_was_left_out() {
    with(Script::Unicode, |context, left_out| {
        for answer in answers(context, left_out) {
            let text = document(answer.as_ref(), context, left_out);
            let read: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(read["schema"], "maestro-stats-1");
            assert_eq!(read["figure"], answer.figure());
            assert_eq!(read["left_out"]["runs_of_other_modes"]["grr"], 90);
            assert_eq!(read["left_out"]["voided_runs"], 2);
            assert_eq!(read["selection"]["mode"], "production");
        }
    });
}

#[test]
fn tables_have_as_many_cells_as_their_heading() {
    with(Script::Unicode, |context, left_out| {
        for answer in answers(context, left_out) {
            let table = answer.table();
            assert!(table.len() > 1, "{}", answer.figure());
            for row in &table {
                assert_eq!(row.len(), table[0].len(), "{}", answer.figure());
            }
            assert_eq!(csv::text(&table).lines().count(), table.len());
            assert_ne!(table[0][0], "whole", "a column that says nothing");
        }
    });
}

#[test]
fn pages_for_a_browser_ask_for_nothing_and_style_nothing_in_place() {
    with(Script::Unicode, |context, left_out| {
        for answer in answers(context, left_out) {
            let page = html::page(&answer.blocks(context.view), "made by a test");
            assert!(
                page.contains("Content-Security-Policy"),
                "{}",
                answer.figure()
            );
            for forbidden in [" style=", "src=", "http://", "https://", "<script"] {
                assert!(
                    !page.contains(forbidden),
                    "{} holds {forbidden}",
                    answer.figure()
                );
            }
            assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
        }
    });
}

#[test]
fn measurement_that_nobody_knows_is_told_with_the_one_that_was_meant() {
    with(Script::Unicode, |context, left_out| {
        let asked = Capable::ask(context, "vout3v3", Grouping::Whole, left_out);
        let failure = asked.err().unwrap();
        assert_eq!(
            failure.message,
            "no run that is selected measured `vout3v3`"
        );
        assert_eq!(failure.help.as_deref(), Some("there is `VOUT_3V3`"));
        let nobody = Unit::ask(context, "SN-1").err().unwrap();
        assert!(nobody.message.contains("`SN-1`"), "{nobody}");
    });
}

#[test]
fn study_that_is_not_there_is_named() {
    with(Script::Unicode, |context, _| {
        let study = Gauge::ask(context, "VOUT_3V3", Some("another"));
        let failure = study.err().unwrap();
        assert!(
            failure.message.contains("of the study `another`"),
            "{failure}"
        );
    });
}
