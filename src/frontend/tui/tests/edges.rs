//! Scans where no field waits, loops whose end is known, and texts that are too long.

use jiff::tz::TimeZone;
use serde_json::json;

use super::super::app::{App, Screen, Wish};
use super::super::key::Key;
use super::super::outline::Outline;
use super::super::picture::{Pictures, Way};
use super::Bench;
use crate::event::sample::{Stage, eventful};
use crate::record::RunRecord;

#[test]
fn scan_aborts_no_run() {
    let mut bench = Bench::new(&eventful(), 12);
    bench.press("<c-c>");
    for label in ["AY-0815\r", "NY-0815\r", "SN-Y\r"] {
        assert_eq!(bench.scan(label), None, "{label}");
        assert!(matches!(bench.app.screen, Screen::AskAbort(_)), "{label}");
    }
    bench.press("n<c-c>");
    bench.key(&Key::Char('y'));
    assert_eq!(
        bench.wait(60),
        Some(Wish::Abort),
        "right behind another key"
    );
    bench.press("<c-c>");
    assert_eq!(bench.press("y"), Some(Wish::Abort));
}

#[test]
fn loop_that_goes_on_shows_how_far_it_is() {
    let mut bench = Bench::new(&eventful(), 12);
    assert!(bench.frame((80, 24)).contains("Set the load  pass 1"));
    let mut outline = Outline::of_record(&RunRecord::from_events(&eventful().events).unwrap());
    for planned in &mut outline.steps {
        planned.iterations = Some(5);
    }
    let theme = bench.app.theme;
    bench.app = App::new(&outline, theme, TimeZone::UTC, bench.now);
    bench.app.events(eventful().events[..12].to_vec());
    assert!(bench.frame((80, 24)).contains("Set the load  1/5"));
}

#[test]
fn what_does_not_fit_ends_with_a_sign() {
    let mut stage = Stage::new(1);
    let step = stage.start("Look", json!({}));
    let message = "Hold the probe to the test point, then read on. ".repeat(60);
    stage.push(json!({
        "type": "prompt_opened", "step": step,
        "prompt": {"id": "1", "message": message, "buttons": [{"name": "OK", "action": "continue"}]},
    }));
    let count = stage.events.len();
    let mut bench = Bench::new(&stage, count);
    let text = bench.frame((80, 24));
    assert!(text.contains("1 OK") && text.contains("│ …"), "{text}");
    bench.app.note = Some("no step is called ".to_owned() + &"so ".repeat(40));
    let text = bench.frame((80, 24));
    let foot = text.lines().last().unwrap();
    assert!(foot.trim_end_matches(['"', ' ']).ends_with('…'), "{foot}");
}

#[test]
fn scan_where_nothing_waits_for_one_does_nothing_and_is_told() {
    let stage = eventful();
    let mut bench = Bench::new(&stage, 12);
    for label in ["l-0815\r", "q?f\r", "SN-1\r"] {
        assert_eq!(bench.scan(label), None, "{label}");
        assert!(matches!(bench.app.screen, Screen::Steps), "{label}");
        let text = bench.frame((80, 24));
        assert!(text.contains("a scan came"), "{text}");
    }
    bench.press("l");
    assert!(matches!(bench.app.screen, Screen::Log(0)));
    bench.scan("q-1\r");
    assert!(matches!(bench.app.screen, Screen::Log(0)));
    bench.press("?");
    bench.scan("SN-1\r");
    assert!(matches!(bench.app.screen, Screen::Help));
    bench.press("<esc>");
    assert!(
        matches!(bench.app.screen, Screen::Log(0)),
        "back to where help was asked for"
    );
}

#[test]
fn scan_of_the_next_unit_neither_closes_a_verdict_nor_looks_at_its_steps() {
    let stage = eventful();
    let mut bench = Bench::new(&stage, stage.events.len());
    bench.wait(600);
    for label in ["s-0815\r", "q-1\r", "SN-2\r"] {
        assert_eq!(bench.scan(label), None, "{label}");
        assert!(matches!(bench.app.screen, Screen::Verdict), "{label}");
        let text = bench.frame((80, 24));
        assert!(text.contains("a scan came too early"), "{text}");
    }
    assert_eq!(bench.press("<enter>"), Some(Wish::Close));
}

#[test]
fn question_that_a_small_window_hides_is_not_answered() {
    let mut stage = Stage::new(1);
    let step = stage.start("Look", json!({}));
    stage.push(json!({
        "type": "prompt_opened", "step": step,
        "prompt": {"id": "1", "message": "Good?", "buttons": [{"name": "OK", "action": "pass"}]},
    }));
    let count = stage.events.len();
    let mut bench = Bench::new(&stage, count);
    bench.wait(600);
    let text = bench.frame((40, 8));
    assert!(text.contains("A question waits"), "{text}");
    bench.key(&Key::Char('1'));
    assert_eq!(bench.wait(600), None);
    bench.frame((80, 24));
    bench.key(&Key::Char('1'));
    assert_eq!(bench.wait(150), None, "it was not seen for half a second");
    bench.wait(600);
    assert!(bench.press("1").is_some());
}

#[test]
fn small_window_tells_all_words_of_a_verdict() {
    let stage = eventful();
    let mut bench = Bench::new(&stage, stage.events.len());
    let text = bench.frame((20, 8));
    for word in ["FAIL", "forced", "unattended", "UNIT", "MAY BE LIVE"] {
        assert!(text.contains(word), "{word}: {text}");
    }
}

#[test]
fn log_can_be_read_whole_and_stands_still_while_it_is_read() {
    let mut stage = Stage::new(1);
    let log = |stage: &mut Stage, text: &str| {
        stage.push(json!({
            "type": "logged", "level": "info", "source": "dmm", "message": text,
        }));
    };
    for line in 0..40 {
        log(&mut stage, &format!("line {line}"));
    }
    log(&mut stage, &format!("begin {} end", "x".repeat(200)));
    let mut bench = Bench::new(&stage, stage.events.len());
    bench.press("l");
    let text = bench.frame((80, 24));
    assert!(text.contains("begin") && text.contains(" end"), "{text}");
    bench.press("<up><up>");
    let before = bench.frame((80, 24));
    assert!(before.contains("2 newer"), "{before}");
    let count = stage.events.len();
    log(&mut stage, "one more");
    bench.app.events(stage.events[count..].to_vec());
    let after = bench.frame((80, 24));
    assert!(after.contains("3 newer"), "{after}");
    let rows = |text: &str| {
        text.lines()
            .skip(3)
            .take(15)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(rows(&before), rows(&after));
}

#[test]
fn long_choice_says_where_it_is_and_is_chosen_by_its_beginning() {
    let options: Vec<String> = (0..500).map(|n| format!("option-{n:03}")).collect();
    let mut stage = Stage::new(1);
    let step = stage.start("Choose", json!({}));
    stage.push(json!({
        "type": "prompt_opened", "step": step,
        "prompt": {
            "id": "1", "message": "Which?", "input": {"mode": "list", "options": options},
            "buttons": [{"name": "OK", "action": "continue"}],
        },
    }));
    let count = stage.events.len();
    let mut bench = Bench::new(&stage, count);
    bench.wait(600);
    let text = bench.frame((80, 24));
    assert!(text.contains("1–8 of 500"), "{text}");
    bench.press("<down><pgdn>");
    assert!(bench.frame((80, 24)).contains("▸ option-008"));
    bench.press("option-333");
    let text = bench.frame((80, 24));
    assert!(
        text.contains("▸ option-333") && text.contains("330–337 of 500"),
        "{text}"
    );
}

#[test]
fn second_label_takes_the_place_of_the_first_and_its_line_feed_accepts_nothing() {
    let mut bench = super::asking(json!({
        "id": "1", "message": "Torque?",
        "input": {"mode": "number", "low_limit": super::limit(1.0), "high_limit": super::limit(2.0)},
        "buttons": [{"name": "OK", "action": "continue"}],
    }));
    bench.wait(600);
    assert_eq!(bench.scan("9\r\r"), None);
    let text = bench.frame((80, 24));
    assert!(text.contains("Enter keeps it"), "{text}");
    bench.scan("12\r");
    let form = bench.app.form.as_ref().unwrap();
    assert_eq!(form.entry.as_ref().unwrap().text(), "12");
}

#[test]
fn click_selects_the_step_under_it_and_the_wheel_scrolls() {
    let mut bench = Bench::new(&eventful(), 12);
    let text = bench.frame((80, 24));
    let row = text.lines().position(|line| line.contains("Long soak"));
    let row = row.unwrap() as u16;
    bench.key(&Key::Click(70, row));
    assert_ne!(bench.app.run.tree.selected().unwrap().name, "Long soak");
    bench.key(&Key::Click(5, row));
    assert_eq!(bench.app.run.tree.selected().unwrap().name, "Long soak");
    bench.key(&Key::Click(5, 20));
    assert_eq!(bench.app.run.tree.selected().unwrap().name, "Long soak");
    bench.key(&Key::ScrollUp);
    bench.key(&Key::ScrollDown);
    assert_eq!(bench.app.run.tree.selected().unwrap().name, "Long soak");
    bench.press("?");
    assert!(!bench.frame((80, 24)).contains("mouse"));
    bench.app.has_mouse = true;
    assert!(bench.frame((80, 24)).contains("wheel scrolls"));
}

#[test]
fn key_that_has_waited_for_company_is_seen_at_once() {
    let mut bench = Bench::new(&eventful(), 12);
    bench.key(&Key::Char('l'));
    assert!(bench.app.is_waiting_for_time() && !bench.app.looks_different());
    bench.wait(60);
    assert!(bench.app.looks_different(), "the log is open");
    bench.frame((80, 24));
    assert!(!bench.app.looks_different());
}

#[test]
fn note_gives_its_place_back_to_the_keys() {
    let mut bench = Bench::new(&eventful(), 12);
    bench.press("q");
    assert!(bench.app.note.is_some());
    bench.wait(4_000);
    assert!(bench.app.note.is_some());
    bench.wait(5_000);
    assert!(bench.frame((80, 24)).contains("? help"));
}

#[test]
fn picture_is_sent_to_a_terminal_that_draws_it_once_for_each_size() {
    let mut bench = super::asking_with_picture(super::BOARD);
    bench.app.theme.pictures = Pictures::Kitty(Way::Straight);
    let text = bench.frame((80, 24));
    assert!(text.contains('\u{10eeee}') && !text.contains('▀'), "{text}");
    assert!(text.contains("1 OK"), "{text}");
    assert!(!bench.app.album.take_unsent().is_empty());
    bench.frame((80, 24));
    assert!(bench.app.album.take_unsent().is_empty());
    bench.frame((120, 40));
    assert!(!bench.app.album.take_unsent().is_empty());
}
