//! No screen without a picture of it, at both sizes.

use std::fmt::Write as _;
use std::path::PathBuf;

use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::event::Timestamp;
use crate::frontend::text::Script;
use crate::frontend::tui::app::{Abort, Screen};
use crate::frontend::tui::desk::{Desk, Field, What};
use crate::frontend::tui::entry::TextField;
use crate::frontend::tui::live::Notice;
use crate::frontend::tui::pace::Tempo;
use crate::frontend::tui::picture::Pictures;
use crate::frontend::tui::scan::Scanner;
use crate::frontend::tui::theme::Theme;
use crate::frontend::tui::view;
use crate::frontend::tui::{Admission, LiveUnit, key::Key};
use crate::record::Study;
use crate::verdict::Verdict;

use super::SIZES;

/// The snapshot of a screen, and the next screen: who adds one is stopped by the compiler here.
fn snapshot_and_next(screen: &Screen) -> (&'static str, Option<Screen>) {
    let field = TextField::default;
    match screen {
        Screen::Steps => ("steps_while_the_run_goes_on", Some(Screen::Log(0))),
        Screen::Log(_) => ("log", Some(Screen::Find(field()))),
        Screen::Find(_) => ("find", Some(Screen::Help)),
        Screen::Help => ("help", Some(Screen::Question)),
        Screen::Question => ("question_with_buttons", Some(Screen::Held)),
        Screen::Held => ("held__held_run", Some(Screen::Variables(field()))),
        Screen::Variables(_) => (
            "held__variables_of_a_held_run",
            Some(Screen::Operator(field())),
        ),
        Screen::Operator(_) => (
            "another_operator_takes_over_at_a_question_and_answers_it",
            Some(Screen::AskAbort(Abort::Run)),
        ),
        Screen::AskAbort(_) => ("abort_is_asked_about", Some(Screen::Verdict)),
        Screen::Verdict => ("verdict_pass", None),
    }
}

#[test]
fn every_screen_has_a_snapshot_at_both_sizes() {
    let tui = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/frontend/tui");
    let mut next = Some(Screen::Steps);
    let mut count = 0;
    while let Some(screen) = next {
        let (name, following) = snapshot_and_next(&screen);
        let file = format!("maestro__frontend__tui__tests__{name}.snap");
        let paths = [tui.join("snapshots"), tui.join("tests/snapshots")];
        let text = paths
            .iter()
            .find_map(|folder| std::fs::read_to_string(folder.join(&file)).ok())
            .unwrap_or_else(|| panic!("there is no {file}"));
        for (width, height) in SIZES {
            assert!(text.contains(&format!("{width}x{height}\n")), "{file}");
        }
        count += 1;
        next = following;
    }
    assert_eq!(count, 10);
}

#[test]
fn desk_between_two_units() {
    let field = |what, value: &str, is_kept| Field {
        what,
        value: value.to_owned(),
        is_kept,
    };
    let fields = vec![
        field(What::Operator, "anna", true),
        field(What::Serial, "", false),
        field(What::Tag("Lot".to_owned()), "L-7", true),
    ];
    let (title, station) = ("Power board 1.2.0".to_owned(), "ST-01".to_owned());
    let mut desk = Desk::new(title, station, fields, Scanner::default());
    desk.tested("SN-1", Verdict::Pass);
    desk.tested("SN-2", Verdict::Fail);
    for c in "SN-3".chars() {
        let mut admit = |_: &_| Admission::Yes;
        desk.key(
            &Key::Char(c),
            Tempo::Single,
            Timestamp::default(),
            &mut admit,
        );
    }
    insta::assert_snapshot!(drawn_desk(&desk));
}

#[test]
fn desk_of_a_gauge_study_says_what_is_left_to_measure() {
    let field = |what, value: &str, is_kept| Field {
        what,
        value: value.to_owned(),
        is_kept,
    };
    let fields = vec![
        field(What::Operator, "bob", true),
        field(What::Serial, "", false),
    ];
    let (title, station) = ("Power board 1.2.0".to_owned(), "ST-01".to_owned());
    let mut desk = Desk::new(title, station, fields, Scanner::default());
    let mut study = Study::new("3x10x3".parse().unwrap());
    for serial in ["SN-4", "SN-7", "SN-1"] {
        study.measured("ann", serial);
    }
    study.measured("bob", "SN-7");
    desk.take_part_in(study);
    insta::assert_snapshot!(drawn_desk(&desk));
}

#[test]
fn unit_that_a_crash_left_under_power() {
    let story = "its test Power board was interrupted and is closed as ABORTED; the station's \
                 safe_state was carried out.";
    let units = ["SN-7", "SN-8"].map(|serial| LiveUnit {
        serial: Some(serial.to_owned()),
        story: story.to_owned(),
    });
    let notice = Notice::new(&units, Timestamp::default());
    insta::assert_snapshot!(drawn(&|theme, frame| view::draw_live(
        &notice, theme, frame
    )));
}

fn drawn_desk(desk: &Desk) -> String {
    let time = view::time_of_day(Timestamp::default(), &TimeZone::UTC);
    drawn(&|theme, frame| view::draw_desk(desk, theme, &time, frame))
}

/// Both sizes.
fn drawn(draw: &dyn Fn(Theme, &mut ratatui::Frame<'_>)) -> String {
    let theme = Theme {
        script: Script::Unicode,
        has_color: true,
        pictures: Pictures::Named,
    };
    let mut text = String::new();
    for (width, height) in SIZES {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(theme, frame)).unwrap();
        let _ = writeln!(text, "{width}x{height}\n{}", terminal.backend());
    }
    text
}
