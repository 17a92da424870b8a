//! Scans, keys and the time between two units.

use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::TimeZone;

use crate::event::Timestamp;
use crate::frontend::tui::desk::{Admission, Desk, Field, Next, Starts, What};
use crate::frontend::tui::key::Key;
use crate::frontend::tui::pace::Tempo;
use crate::frontend::tui::scan::Scanner;
use crate::verdict::Verdict;

fn field(what: What, value: &str, is_kept: bool) -> Field {
    let value = value.to_owned();
    Field {
        what,
        value,
        is_kept,
    }
}

fn desk() -> Desk {
    let fields = vec![
        field(What::Operator, "", true),
        field(What::Serial, "", false),
        field(What::Tag("Lot".to_owned()), "", true),
    ];
    Desk::new(
        "Board".to_owned(),
        "ST-1".to_owned(),
        fields,
        Scanner::default(),
    )
}

/// Scans a text at a second; the scanner ends with a return.
fn scan(desk: &mut Desk, text: &str, second: i64, admission: &Admission) -> Next {
    let mut next = Next::Stay;
    for (place, c) in text.chars().chain(['\r']).enumerate() {
        let key = if c == '\r' { Key::Enter } else { Key::Char(c) };
        let now = Timestamp(second * 1_000_000 + place as i64 * 1_000);
        let tempo = if place == 0 {
            Tempo::Single
        } else {
            Tempo::Burst
        };
        next = desk.key(&key, tempo, now, &mut |_| admission.clone());
    }
    next
}

#[test]
fn operator_unit_and_lot_are_asked_for_and_the_lot_only_once() {
    let mut desk = desk();
    assert_eq!(scan(&mut desk, "anna", 1, &Admission::Yes), Next::Stay);
    assert_eq!(scan(&mut desk, "SN-1", 2, &Admission::Yes), Next::Stay);
    let Next::Test(unit) = scan(&mut desk, "L-7", 3, &Admission::Yes) else {
        panic!("everything is there");
    };
    assert_eq!(unit.operator.as_deref(), Some("anna"));
    assert_eq!((unit.serial.as_str(), &unit.tags[0].1[..]), ("SN-1", "L-7"));
    desk.tested("SN-1", Verdict::Pass);
    let Next::Test(unit) = scan(&mut desk, "SN-2", 9, &Admission::Yes) else {
        panic!("the rest is kept");
    };
    assert_eq!(unit.tags[0].1, "L-7");
    desk.tested("SN-2", Verdict::Fail);
    assert_eq!((desk.shift.tested, desk.shift.passed), (2, 1));
}

#[test]
fn unit_in_doubt_needs_an_enter_that_no_scanner_sent() {
    let mut desk = desk();
    scan(&mut desk, "anna", 1, &Admission::Yes);
    scan(&mut desk, "SN-1", 2, &Admission::Yes);
    let doubt = Admission::Doubtful("tested a minute ago".to_owned());
    assert_eq!(scan(&mut desk, "L-7", 3, &doubt), Next::Stay);
    assert!(desk.doubt.is_some());
    let next = desk.key(
        &Key::Enter,
        Tempo::Single,
        Timestamp(9_000_000),
        &mut |_| Admission::Yes,
    );
    assert!(matches!(next, Next::Test(_)));
}

#[test]
fn refused_unit_says_why_and_is_forgotten() {
    let mut desk = desk();
    scan(&mut desk, "anna", 1, &Admission::Yes);
    scan(&mut desk, "SN-1", 2, &Admission::Yes);
    let no = Admission::No("serial number 'SN-1' does not match".to_owned());
    assert_eq!(scan(&mut desk, "L-7", 3, &no), Next::Stay);
    assert!(
        desk.note
            .as_deref()
            .is_some_and(|note| note.contains("SN-1"))
    );
    assert_eq!(desk.fields[desk.at].what, What::Serial);
    assert_eq!(desk.fields[2].value, "L-7");
}

#[test]
fn second_pull_of_the_trigger_does_not_fill_in_the_next_field() {
    let mut desk = desk();
    scan(&mut desk, "anna", 1, &Admission::Yes);
    scan(&mut desk, "SN-1", 3, &Admission::Yes);
    assert_eq!(scan(&mut desk, "SN-1", 4, &Admission::Yes), Next::Stay);
    assert_eq!(desk.fields[2].value, "");
}

#[test]
fn operator_changes_by_key_and_is_forgotten_when_nobody_is_there() {
    let mut desk = desk();
    desk.forget_operator_after(Duration::from_mins(5));
    scan(&mut desk, "anna", 1, &Admission::Yes);
    desk.key(&Key::F(2), Tempo::Single, Timestamp(2_000_000), &mut |_| {
        Admission::Yes
    });
    assert_eq!(desk.fields[desk.at].what, What::Operator);
    scan(&mut desk, "bert", 3, &Admission::Yes);
    desk.tick(Timestamp(200_000_000));
    assert_eq!(desk.fields[desk.at].what, What::Serial);
    desk.tick(Timestamp(400_000_000));
    assert_eq!(desk.fields[desk.at].what, What::Operator);
}

#[test]
fn shift_that_begins_asks_for_the_operator_and_counts_anew() {
    let mut desk = desk();
    let zone = TimeZone::fixed(jiff::tz::offset(2));
    let at = |text: &str| {
        let time: jiff::Timestamp = text.parse().unwrap();
        Timestamp(time.as_microsecond())
    };
    let times = vec![Time::constant(6, 0, 0, 0), Time::constant(22, 0, 0, 0)];
    desk.ask_at(Starts { times, zone });
    let second = at("2026-03-01T19:00:00Z").0 / 1_000_000;
    desk.tick(Timestamp(second * 1_000_000));
    scan(&mut desk, "anna", second, &Admission::Yes);
    desk.tested("SN-1", Verdict::Pass);
    desk.tick(at("2026-03-01T19:59:59Z"));
    assert_eq!((desk.shift.tested, desk.at), (1, 1));
    desk.tick(at("2026-03-01T20:00:00Z"));
    assert_eq!((desk.shift.tested, desk.at), (0, 0));
    scan(&mut desk, "bert", second + 3_600, &Admission::Yes);
    desk.tick(at("2026-03-01T20:00:10Z"));
    assert_eq!(desk.at, 1, "a shift begins once");
    // A unit was tested while the next one began.
    desk.tick(at("2026-03-02T04:10:00Z"));
    assert_eq!(desk.at, 0);
}

/// Presses a key, and no other for a while.
fn press(desk: &mut Desk, key: &Key, second: i64) -> Next {
    let at = |millis: i64| Timestamp(second * 1_000_000 + millis * 1_000);
    let next = desk.key(key, Tempo::Single, at(0), &mut |_| Admission::Yes);
    match next {
        Next::Stay => desk.tick(at(60)),
        next => next,
    }
}

#[test]
fn leaving_is_asked_about() {
    let mut desk = desk();
    assert_eq!(press(&mut desk, &Key::Esc, 1), Next::Stay);
    assert_eq!(press(&mut desk, &Key::Char('n'), 2), Next::Stay);
    assert!(!desk.is_leaving);
    assert_eq!(press(&mut desk, &Key::Ctrl('c'), 3), Next::Stay);
    assert_eq!(press(&mut desk, &Key::Char('y'), 4), Next::Leave);
}

#[test]
fn scan_neither_leaves_nor_becomes_a_part_of_itself_while_leaving_is_asked_about() {
    let mut desk = desk();
    scan(&mut desk, "anna", 1, &Admission::Yes);
    press(&mut desk, &Key::Esc, 3);
    for (label, second) in [("Y-0815", 4), ("N-0815", 6), ("SN-1Y", 8)] {
        assert_eq!(scan(&mut desk, label, second, &Admission::Yes), Next::Stay);
        assert_eq!(desk.tick(Timestamp((second + 1) * 1_000_000)), Next::Stay);
        assert!(desk.is_leaving, "{label}");
    }
    press(&mut desk, &Key::Char('n'), 10);
    assert_eq!(desk.fields[1].value, "", "no half of a label is a unit");
    scan(&mut desk, "SN-1", 12, &Admission::Yes);
    assert_eq!(desk.fields[1].value, "SN-1");
}

#[test]
fn unit_that_is_typed_is_tested_and_not_the_one_in_doubt() {
    let mut desk = desk();
    scan(&mut desk, "anna", 1, &Admission::Yes);
    scan(&mut desk, "SN-1", 2, &Admission::Yes);
    let doubt = Admission::Doubtful("tested a minute ago".to_owned());
    scan(&mut desk, "L-7", 4, &doubt);
    for (c, second) in "SN-2".chars().zip(6..) {
        assert_eq!(press(&mut desk, &Key::Char(c), second), Next::Stay);
    }
    // What is typed is taken back first, the doubtful unit then.
    assert_eq!(press(&mut desk, &Key::Esc, 10), Next::Stay);
    assert!(desk.text.is_empty() && desk.doubt.is_some());
    for (c, second) in "SN-2".chars().zip(11..) {
        press(&mut desk, &Key::Char(c), second);
    }
    let Next::Test(unit) = press(&mut desk, &Key::Enter, 20) else {
        panic!("a unit was typed");
    };
    assert_eq!(unit.serial, "SN-2");
}

#[test]
fn pasted_lines_are_not_joined_to_a_serial_number() {
    let mut desk = desk();
    scan(&mut desk, "anna", 1, &Admission::Yes);
    press(&mut desk, &Key::Paste("SN-1\rSN-2\r".to_owned()), 4);
    assert_eq!(desk.fields[1].value, "");
    assert!(desk.note.as_deref().is_some_and(|it| it.contains("lines")));
    press(&mut desk, &Key::Paste("SN-1\r\n".to_owned()), 6);
    assert_eq!(desk.fields[1].value, "SN-1");
}

#[test]
fn lot_is_asked_for_anew_and_a_unit_in_doubt_is_not_tested_with_it() {
    let mut desk = desk();
    scan(&mut desk, "anna", 1, &Admission::Yes);
    scan(&mut desk, "SN-1", 4, &Admission::Yes);
    let doubt = Admission::Doubtful("tested a minute ago".to_owned());
    scan(&mut desk, "L-7", 7, &doubt);
    press(&mut desk, &Key::F(3), 10);
    assert!(desk.doubt.is_none() && desk.fields[1].value.is_empty());
    scan(&mut desk, "SN-2", 12, &Admission::Yes);
    let Next::Test(unit) = scan(&mut desk, "L-8", 15, &Admission::Yes) else {
        panic!("everything is there");
    };
    assert_eq!(unit.tags[0].1, "L-8");
    assert_eq!(unit.serial, "SN-2");
}

#[test]
fn unit_that_could_not_be_tested_is_named() {
    let mut desk = desk();
    desk.not_tested("SN-1", "no space left");
    let note = desk.note.unwrap_or_default();
    assert_eq!(note, "SN-1 was not tested: no space left");
}
