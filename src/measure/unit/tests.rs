//! Spellings, dimensions and conversions.
#![expect(clippy::float_cmp, reason = "conversions of decimals are exact")]

use proptest::prelude::*;

use super::table::{ALIASES, SYMBOLS, WORDS};
use super::*;

fn normal(text: &str) -> String {
    Unit::parse(text).unwrap().symbol
}

fn convert(value: f64, from: &str, to: &str) -> f64 {
    let (from, to) = (Unit::parse(from).unwrap(), Unit::parse(to).unwrap());
    match from.relation_to(&to) {
        Relation::Same => value,
        Relation::Convertible(conversion) => conversion.apply(value),
        other => panic!("{other:?}"),
    }
}

#[test]
fn spellings_of_one_unit_become_one() {
    let table: [(&str, &[&str]); 17] = [
        ("V", &["V", "volt", "Volts", "VOLTS", " V "]),
        ("mV", &["mV", "millivolt", "mVolts", "MilliVolts"]),
        ("μA", &["µA", "μA", "uA", "microamps", "uAmp"]),
        ("Ω", &["Ω", "Ω", "Ohm", "ohm", "OHM", "ohms"]),
        ("kΩ", &["kΩ", "kOhm", "kohm", "KOhm", "kiloohm"]),
        ("MΩ", &["MΩ", "MOhm", "Mohm", "megaohm"]),
        ("mΩ", &["mΩ", "mOhm", "mohm"]),
        (
            "°C",
            &["°C", "degC", "deg C", "℃", "Celsius", "degrees Celsius"],
        ),
        ("°F", &["°F", "degF", "℉", "Fahrenheit"]),
        ("kHz", &["kHz", "KHz", "kilohertz", "KHZ"]),
        ("MHz", &["MHz", "MHZ", "megahertz"]),
        ("ms", &["ms", "msec", "milliseconds"]),
        ("%", &["%", "percent", "pct"]),
        ("Mbit/s", &["Mbit/s", "Mbps", "Mbits/s"]),
        ("V/μs", &["V/us", "V/µs", "V / µs", "volts/usec"]),
        ("rpm", &["rpm", "RPM", "1/min", "rev/min"]),
        ("μL", &["uL", "µl"]),
    ];
    for (expected, spellings) in table {
        for spelling in spellings {
            assert_eq!(normal(spelling), expected, "{spelling:?}");
            assert!(
                Unit::parse(spelling).unwrap().scale.is_some(),
                "{spelling:?}"
            );
        }
    }
}

#[test]
fn unknown_units_stay_as_they_are() {
    for text in [
        "counts", "LSB", "v", "dBc", "mm2", "V/div/x", "/", "µ", "10V", "k",
    ] {
        let unit = Unit::parse(text).unwrap();
        assert!(unit.scale.is_none(), "{text}");
    }
    assert_eq!(normal("  my  unit "), "my unit");
    assert_eq!(Unit::parse(""), None);
    assert_eq!(Unit::parse("  "), None);
}

#[test]
fn letters_keep_their_case_where_it_matters() {
    assert_ne!(normal("mW"), normal("MW"));
    assert_ne!(normal("nm"), normal("Nm"));
    assert_eq!(convert(1.0, "MW", "mW"), 1e9);
    assert_eq!(normal("K"), "K");
    assert_eq!(normal("mK"), "mK");
    assert_eq!(normal("min"), "min");
    assert_eq!(normal("cd"), "cd");
    assert_eq!(normal("Pa"), "Pa");
}

#[test]
fn values_are_converted_as_decimals() {
    let table = [
        (3300.0, "mV", "V", 3.3),
        (3.3, "V", "mV", 3300.0),
        (0.0033, "kV", "V", 3.3),
        (12.5, "µA", "A", 0.000_012_5),
        (4.7, "kOhm", "Ω", 4700.0),
        (1.0, "MHz", "Hz", 1e6),
        (6000.0, "rpm", "Hz", 100.0),
        (90.0, "s", "min", 1.5),
        (2.0, "h", "s", 7200.0),
        (25.0, "°C", "K", 298.15),
        (298.25, "K", "°C", 25.1),
        (25.1, "degC", "°C", 25.1),
        (212.0, "°F", "°C", 100.0),
        (-40.0, "°C", "°F", -40.0),
        (37.0, "°C", "°F", 98.6),
        (1.0, "bar", "Pa", 1e5),
        (1013.25, "mbar", "hPa", 1013.25),
        (100.0, "ppm", "%", 0.01),
        (30.0, "dBm", "dBW", 0.0),
        (0.0, "dBV", "dBµV", 120.0),
        (1.0, "Wh", "kJ", 3.6),
        (2600.0, "mAh", "Ah", 2.6),
        (1.0, "MB", "Mbit", 8.0),
        (1.0, "MiB", "KiB", 1024.0),
        (100.0, "Mbit/s", "MB/s", 12.5),
        (1.0, "in", "mm", 25.4),
        (1.0, "V/µs", "V/s", 1e6),
        (180.0, "deg", "rad", std::f64::consts::PI),
        (1.0, "kg", "g", 1000.0),
        (1.0, "t", "kg", 1000.0),
        (20.0, "ppm/K", "ppm/°C", 20.0),
    ];
    for (value, from, to, expected) in table {
        let found = convert(value, from, to);
        assert!(
            found == expected || (found - expected).abs() < 1e-12 * expected.abs(),
            "{value} {from} is {found} {to}, not {expected}"
        );
        if !matches!(to, "rad") {
            assert_eq!(found, expected, "{value} {from} in {to}");
        }
    }
}

#[test]
fn different_dimensions_do_not_mix() {
    for (a, b) in [
        ("V", "A"),
        ("dBm", "W"),
        ("dB", "dBm"),
        ("Nm", "J"),
        ("VA", "W"),
        ("V/s", "V"),
    ] {
        let (a, b) = (Unit::parse(a).unwrap(), Unit::parse(b).unwrap());
        assert_eq!(a.relation_to(&b), Relation::Mismatch, "{a:?} {b:?}");
    }
    let (volt, odd) = (Unit::parse("V").unwrap(), Unit::parse("counts").unwrap());
    assert_eq!(volt.relation_to(&odd), Relation::Unverified);
    assert_eq!(odd.relation_to(&odd), Relation::Same);
}

#[test]
fn tables_hold_no_row_twice_and_no_word_without_symbol() {
    for (i, symbol) in SYMBOLS.iter().enumerate() {
        assert!(
            SYMBOLS[..i].iter().all(|other| other.0 != symbol.0),
            "{}",
            symbol.0
        );
    }
    for (word, symbol) in WORDS {
        assert!(row(symbol).is_some(), "{word}");
    }
    for (alias, _) in ALIASES {
        assert!(Unit::parse(alias).unwrap().scale.is_some(), "{alias}");
    }
}

proptest! {
    #[test]
    fn normal_spelling_reads_as_itself(text in "\\PC{0,12}") {
        if let Some(unit) = Unit::parse(&text) {
            let again = Unit::parse(unit.symbol()).unwrap();
            prop_assert_eq!(unit.symbol(), again.symbol());
            prop_assert_eq!(unit.relation_to(&again), Relation::Same);
        }
    }

    #[test]
    fn conversion_there_and_back_is_exact_for_decimals(thousandths in -1_000_000..1_000_000_i64) {
        let value = thousandths as f64 / 1000.0;
        for (a, b) in [("mV", "V"), ("kΩ", "MΩ"), ("µA", "nA"), ("GHz", "Hz"), ("°C", "K")] {
            prop_assert_eq!(convert(convert(value, a, b), b, a), value);
        }
    }
}
