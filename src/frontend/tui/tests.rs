//! Every state that an operator can meet, at two sizes; and the keys that lead there.

mod desk;
mod edges;
mod ended;
mod held;
mod screens;

use std::fmt::Write as _;
use std::time::Duration;

use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use serde_json::{Value, json};

use super::app::{App, Wish};
use super::key::Key;
use super::outline::Outline;
use super::pace::Pace;
use super::picture::{Palette, Pictures};
use super::scan::Scanner;
use super::theme::Theme;
use super::view;
use crate::event::sample::{Stage, eventful};
use crate::event::{Envelope, Event, Timestamp};
use crate::frontend::text::Script;
use crate::record::RunRecord;
use crate::session::RunEnd;

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];

/// A screen with a clock that moves by hand.
struct Bench {
    app: App,
    now: Timestamp,
    pace: Pace,
}

impl Bench {
    /// The run of a stage up to its first `count` events.
    fn new(stage: &Stage, count: usize) -> Self {
        let theme = Theme {
            script: Script::Unicode,
            has_color: true,
            pictures: Pictures::Blocks(Palette::Full),
        };
        let record = RunRecord::from_events(&stage.events).unwrap();
        let outline = Outline::of_record(&record);
        let now = stage.events[count - 1].time;
        let mut app = App::new(&outline, theme, TimeZone::UTC, now);
        app.events(stage.events[..count].to_vec());
        let pace = Pace::default();
        let mut bench = Self { app, now, pace };
        if let Some(end) = stage.events[..count].iter().find_map(end_of) {
            bench.app.ended(end);
        }
        bench.frame((80, 24));
        bench
    }

    fn frame(&mut self, (width, height): (u16, u16)) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let app = &mut self.app;
        app.now = self.now;
        terminal.draw(|frame| view::draw(app, frame)).unwrap();
        app.drawn();
        terminal.backend().to_string()
    }

    /// Both sizes below one another.
    fn frames(&mut self) -> String {
        let mut text = String::new();
        for size in SIZES {
            let _ = writeln!(text, "{}x{}\n{}", size.0, size.1, self.frame(size));
        }
        text
    }

    fn wait(&mut self, millis: u64) -> Option<Wish> {
        self.now = self.now.after(Duration::from_millis(millis));
        self.pace.quiet(self.now);
        self.app.tick(self.now)
    }

    fn key(&mut self, key: &Key) -> Option<Wish> {
        let tempo = self.pace.key(self.now, self.now);
        self.app.key(key, tempo, self.now)
    }

    /// Presses keys as a person does, one after another; gives what they came to.
    fn press(&mut self, keys: &str) -> Option<Wish> {
        let mut wish = None;
        for key in keys_of(keys) {
            wish = self.wait(150).or(wish);
            wish = self.key(&key).or(wish);
            self.frame((80, 24));
        }
        self.wait(150).or(wish)
    }

    /// Types as a scanner does.
    fn scan(&mut self, text: &str) -> Option<Wish> {
        let mut wish = None;
        for c in text.chars() {
            wish = self.wait(2).or(wish);
            let key = match c {
                '\r' => Key::Enter,
                '\t' => Key::Tab,
                c => Key::Char(c),
            };
            wish = self.key(&key).or(wish);
        }
        self.wait(150).or(wish)
    }
}

/// Keys as text: `abc<down><enter>`.
fn keys_of(text: &str) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c == '<'
            && let Some(end) = rest.find('>')
        {
            keys.push(match &rest[1..end] {
                "enter" => Key::Enter,
                "esc" => Key::Esc,
                "tab" => Key::Tab,
                "up" => Key::Up,
                "down" => Key::Down,
                "left" => Key::Left,
                "right" => Key::Right,
                "home" => Key::Home,
                "end" => Key::End,
                "pgup" => Key::PageUp,
                "pgdn" => Key::PageDown,
                "bs" => Key::Backspace,
                "c-c" => Key::Ctrl('c'),
                "f2" => Key::F(2),
                other => panic!("no key is called {other}"),
            });
            rest = &rest[end + 1..];
        } else {
            keys.push(Key::Char(c));
            rest = &rest[c.len_utf8()..];
        }
    }
    keys
}

fn end_of(envelope: &Envelope) -> Option<RunEnd> {
    let Event::RunFinished(finished) = &envelope.event else {
        return None;
    };
    Some(RunEnd {
        run: crate::record::samples::run_id(1),
        finished: (**finished).clone(),
        not_recorded: None,
        tape_trouble: None,
    })
}

/// A run that has come to a question.
#[expect(
    clippy::needless_pass_by_value,
    reason = "a JSON literal reads better without an ampersand"
)]
fn asking(prompt: Value) -> Bench {
    let mut stage = Stage::new(3);
    let step = stage.start("Measure 3V3 rail", json!({}));
    let volts = crate::event::sample::volts("VOUT_3V3", 3.301, 3.135, 3.465);
    stage.finish(step, "PASS", json!({"measurements": [volts]}));
    let step = stage.start("Ask", json!({"kind": "prompt"}));
    let mut full = json!({"id": "q1", "message": "Is the LED green?"});
    full.as_object_mut()
        .unwrap()
        .extend(prompt.as_object().unwrap().clone());
    let prompt: crate::prompt::Prompt = serde_json::from_value(full).unwrap();
    let prompt = serde_json::to_value(prompt.normalized()).unwrap();
    stage.push(json!({"type": "prompt_opened", "step": step, "prompt": prompt}));
    let count = stage.events.len();
    Bench::new(&stage, count)
}

/// The button and the value that were answered.
#[track_caller]
fn answered(wish: Option<Wish>) -> (String, Option<Value>) {
    match wish {
        Some(Wish::Answer(answer)) => (answer.button.unwrap(), answer.value),
        other => panic!("{other:?}"),
    }
}

fn limit(number: f64) -> Value {
    serde_json::to_value(crate::measure::Operand::literal(
        number.to_string(),
        json!(number),
    ))
    .unwrap()
}

#[test]
fn steps_while_the_run_goes_on() {
    let stage = eventful();
    let mut bench = Bench::new(&stage, 12);
    insta::assert_snapshot!(bench.frames());
}

#[test]
fn steps_after_the_end() {
    let stage = eventful();
    let mut bench = Bench::new(&stage, stage.events.len());
    bench.wait(600);
    bench.press("s");
    insta::assert_snapshot!(bench.frames());
}

#[test]
fn log() {
    let stage = eventful();
    let mut bench = Bench::new(&stage, 12);
    bench.press("l");
    insta::assert_snapshot!(bench.frames());
}

#[test]
fn find() {
    let stage = eventful();
    let mut bench = Bench::new(&stage, 12);
    bench.press("/soak");
    insta::assert_snapshot!(bench.frames());
    bench.press("<enter>");
    assert_eq!(bench.app.run.tree.selected().unwrap().name, "Long soak");
}

#[test]
fn help() {
    let stage = eventful();
    let mut bench = Bench::new(&stage, 12);
    bench.press("?");
    insta::assert_snapshot!(bench.frames());
    bench.press("x");
    assert!(bench.frame((80, 24)).contains("Ctrl-C abort"));
}

#[test]
fn question_with_buttons() {
    let mut bench = asking(json!({"title": "Inspection", "manual": true, "timeout_s": 30.0}));
    bench.wait(600);
    insta::assert_snapshot!(bench.frames());
}

#[test]
fn question_with_a_number() {
    let input = json!({
        "mode": "number", "unit": "Nm", "low_limit": limit(1.0), "high_limit": limit(2.0),
        "show_limits": true,
    });
    let mut bench = asking(json!({ "input": input }));
    bench.wait(600);
    bench.press("5<enter>");
    insta::assert_snapshot!(bench.frames());
}

#[test]
fn question_with_a_list() {
    let input = json!({"mode": "list", "options": ["red", "green", "blue"]});
    let mut bench = asking(json!({ "input": input }));
    bench.wait(600);
    insta::assert_snapshot!(bench.frames());
}

/// A question with a picture that has arrived.
fn asking_with_picture(path: &str) -> Bench {
    let picture = json!({ "path": path });
    let mut bench = asking(json!({"image": "images/board.png", "picture": picture}));
    while !bench.app.album.collect() {
        std::thread::yield_now();
    }
    bench.wait(600);
    bench
}

const BOARD: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/fixtures/packages/demo-board/images/board-top.png"
);

#[test]
fn question_with_a_picture() {
    let mut bench = asking_with_picture(BOARD);
    insta::assert_snapshot!(bench.frames());
}

#[test]
fn picture_that_cannot_be_shown_says_why_and_text_and_buttons_stay() {
    let mut bench = asking_with_picture("/nowhere/board.png");
    let text = bench.frame((80, 24));
    let wanted = [
        "images/board.png: there is no such file",
        "Is the LED green?",
        "1 OK",
    ];
    for wanted in wanted {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    let mut bench = asking_with_picture(BOARD);
    let prompt = &mut bench.app.form.as_mut().unwrap().prompt;
    prompt.message = "Is every LED of the front green? ".repeat(20);
    let text = bench.frame((60, 16));
    assert!(!text.contains('▀') && text.contains("1 OK"), "{text}");
    bench.app.theme.pictures = Pictures::Named;
    let text = bench.frame((120, 40));
    assert!(
        text.contains("picture: images/board.png") && !text.contains('▀'),
        "{text}"
    );
}

#[test]
fn abort_is_asked_about() {
    let stage = eventful();
    let mut bench = Bench::new(&stage, 12);
    bench.press("<c-c>");
    insta::assert_snapshot!(bench.frames());
    assert_eq!(bench.press("n"), None);
    bench.press("<c-c>");
    assert_eq!(bench.press("y"), Some(Wish::Abort));
}

#[test]
fn verdict_with_everything_that_can_be_wrong() {
    let stage = eventful();
    let mut bench = Bench::new(&stage, stage.events.len());
    insta::assert_snapshot!(bench.frames());
}

#[test]
fn verdict_pass() {
    let mut stage = Stage::new(1);
    let step = stage.start("Measure 3V3 rail", json!({}));
    stage.finish(step, "PASS", json!({}));
    stage.end("PASS", json!({}));
    let mut bench = Bench::new(&stage, stage.events.len());
    insta::assert_snapshot!(bench.frames());
    // Whoever still leans on Enter has not seen it.
    assert_eq!(bench.press("<enter>"), None);
    bench.wait(600);
    assert_eq!(bench.press("<enter>"), Some(Wish::Close));
}

#[test]
fn verdict_of_a_lost_record_is_none() {
    let stage = eventful();
    let mut bench = Bench::new(&stage, stage.events.len());
    if let Some(end) = &mut bench.app.end {
        end.not_recorded = Some("the disk /var/lib/maestro is full".to_owned());
    }
    let text = bench.frame((120, 40));
    assert!(text.contains("the disk"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn terminal_that_knows_ascii_only_gets_nothing_else() {
    let stage = eventful();
    for count in [12, stage.events.len()] {
        let mut bench = Bench::new(&stage, count);
        bench.app.theme.script = Script::Ascii;
        for size in SIZES {
            let text = bench.frame(size);
            assert!(text.is_ascii(), "{text}");
        }
    }
}

#[test]
fn any_size_is_drawn() {
    let stage = eventful();
    for count in [1, 5, 12, stage.events.len()] {
        let mut bench = Bench::new(&stage, count);
        for keys in ["", "?", "x", "l", "<esc>", "/x", "<esc>", "<c-c>"] {
            bench.press(keys);
            for size in [(1, 1), (59, 16), (60, 15), (60, 16), (61, 17), (300, 100)] {
                bench.frame(size);
            }
        }
    }
}

#[test]
fn keys_of_the_moment_before_a_question_answer_nothing() {
    let mut bench = asking(json!({}));
    assert_eq!(bench.press("<enter>"), None);
    bench.wait(600);
    assert_eq!(answered(bench.press("<enter>")).0, "OK");
}

#[test]
fn enter_presses_nothing_in_a_manual_question_until_a_button_is_chosen() {
    let mut bench = asking(json!({"manual": true}));
    bench.wait(600);
    assert_eq!(bench.press("<enter>"), None);
    assert_eq!(answered(bench.press("<right><right><enter>")).0, "FAIL");
}

#[test]
fn digit_presses_its_button_and_a_scan_presses_none() {
    let mut bench = asking(json!({"manual": true}));
    bench.wait(600);
    assert_eq!(bench.scan("1234567890\r"), None);
    assert_eq!(answered(bench.press("1")).0, "PASS");
}

#[test]
fn scan_goes_into_the_field_and_leaves_the_button_to_a_person() {
    let mut bench = asking(json!({"input": {"mode": "text"}}));
    bench.wait(600);
    assert_eq!(bench.scan("SN-0001-77\r"), None);
    let (button, value) = answered(bench.press("<enter>"));
    assert_eq!((button.as_str(), value), ("OK", Some(json!("SN-0001-77"))));
}

#[test]
fn label_in_a_field_is_what_is_printed_on_the_unit() {
    let mut bench = asking(json!({"input": {"mode": "text"}}));
    bench.app.form = None;
    bench.app.scanner = Scanner {
        prefix: "~".to_owned(),
        separator: Some("|".to_owned()),
    };
    bench.app.events(Vec::new());
    bench.frame((80, 24));
    bench.wait(600);
    assert_eq!(bench.scan("~]d2[)>06\u{1d}SSN-1\r"), None);
    let (_, value) = answered(bench.press("<enter>"));
    assert_eq!(value, Some(json!("[)>06|SSN-1")));
}

#[test]
fn scan_ends_with_return_and_line_feed_and_presses_nothing() {
    for end in ["\r", "\r\r", "\t"] {
        let mut bench = asking(json!({"input": {"mode": "text"}}));
        bench.wait(600);
        assert_eq!(bench.scan(&format!("7{end}")), None, "{end:?}");
        assert_eq!(answered(bench.press("<enter>")).1, Some(json!("7")));
    }
}

#[test]
fn rest_of_a_scan_that_began_before_the_question_is_dropped() {
    let mut bench = asking(json!({"input": {"mode": "text"}}));
    bench.wait(495);
    assert_eq!(bench.scan("SN-0001-77\r"), None);
    assert_eq!(answered(bench.press("5<enter>")).1, Some(json!("5")));
}

#[test]
fn scan_chooses_what_it_says_and_nothing_else() {
    let input = json!({"mode": "list", "options": ["red", "green", "blue"]});
    let mut bench = asking_again(&input);
    assert_eq!(bench.scan("green\r"), None);
    assert_eq!(answered(bench.press("<enter>")).1, Some(json!("green")));
    let mut bench = asking_again(&input);
    assert_eq!(bench.scan("blue-7\r"), None);
    let text = bench.frame((80, 24));
    assert!(text.contains("nothing here is called so"), "{text}");
    assert_eq!(bench.press("<enter>"), None, "nothing is chosen");
}

#[test]
fn another_operator_takes_over_at_a_question_and_answers_it() {
    let mut bench = asking(json!({}));
    bench.wait(600);
    bench.press("<f2>");
    insta::assert_snapshot!(bench.frames());
    bench.press("<esc>");
    assert!(!bench.frame((80, 24)).contains("Who tests now?"));
    bench.press("<f2>");
    assert_eq!(bench.press("<enter>"), None, "nobody is named");
    let wish = bench.press("bert<enter>");
    assert_eq!(wish, Some(Wish::Operator("bert".to_owned())));
    match bench.press("<enter>") {
        Some(Wish::Answer(answer)) => assert_eq!(answer.by.as_deref(), Some("bert")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn wrong_form_blocks_and_a_value_outside_its_limits_asks_once() {
    let input = json!({"mode": "number", "low_limit": limit(1.0), "high_limit": limit(2.0)});
    let mut bench = asking(json!({ "input": input }));
    bench.wait(600);
    assert_eq!(bench.press("abc<enter>"), None);
    assert_eq!(bench.press("<bs><bs><bs>5<enter>"), None);
    let (_, value) = answered(bench.press("<enter>"));
    assert_eq!(value, Some(json!(5)));
}

#[test]
fn choice_is_made_with_arrows_and_letters() {
    let input = json!({"mode": "list", "options": ["red", "green", "blue"]});
    let mut bench = asking(json!({ "input": input }));
    bench.wait(600);
    let (_, value) = answered(bench.press("<down><down><down><enter>"));
    assert_eq!(value, Some(json!("blue")));
    let (_, value) = answered(asking_again(&input).press("g<enter>"));
    assert_eq!(value, Some(json!("green")));
}

#[test]
fn nothing_is_chosen_until_somebody_chooses_or_the_question_is_prefilled() {
    for input in [
        json!({"mode": "list", "options": ["red", "green"]}),
        json!({"mode": "boolean"}),
        json!({"mode": "boolean", "default": true}),
    ] {
        assert_eq!(asking_again(&input).press("<enter>"), None, "{input}");
    }
    for (input, expected) in [
        (
            json!({"mode": "list", "options": ["red", "green"], "default": "green", "prefill": true}),
            json!("green"),
        ),
        (
            json!({"mode": "boolean", "default": true, "prefill": true}),
            json!(true),
        ),
        (
            json!({"mode": "boolean", "default": "no", "prefill": true}),
            json!(false),
        ),
    ] {
        let (_, value) = answered(asking_again(&input).press("<enter>"));
        assert_eq!(value, Some(expected), "{input}");
    }
}

fn asking_again(input: &Value) -> Bench {
    let mut bench = asking(json!({ "input": input }));
    bench.wait(600);
    bench
}

#[test]
fn boolean_is_answered_yes_or_no() {
    let input = json!({"mode": "boolean"});
    let (_, value) = answered(asking_again(&input).press("y<enter>"));
    assert_eq!(value, Some(json!(true)));
}

#[test]
fn cancel_asks_before_it_aborts() {
    let mut bench = asking(json!({}));
    bench.wait(600);
    assert_eq!(bench.press("<right><enter>"), None);
    assert!(bench.frame((80, 24)).contains("Abort this run?"));
    assert_eq!(bench.press("n"), None);
    bench.wait(600);
    bench.press("<esc>");
    assert_eq!(answered(bench.press("y")).0, "Cancel");
}

#[test]
fn frame_of_ten_thousand_steps_is_quick() {
    let mut stage = Stage::new(10_000);
    for number in 0..10_000 {
        let step = stage.start(&format!("Step {number}"), json!({}));
        let volts = crate::event::sample::volts("V", 3.3, 3.0, 3.6);
        stage.finish(step, "PASS", json!({"measurements": [volts]}));
    }
    let mut bench = Bench::new(&stage, stage.events.len());
    #[expect(clippy::disallowed_methods, reason = "a test measures time")]
    let now = std::time::Instant::now;
    let start = now();
    for _ in 0..100 {
        bench.press("<up>");
    }
    // Each press draws twice; a debug build is some ten times slower than what is shipped.
    let each = start.elapsed() / 200;
    assert!(each < Duration::from_millis(40), "{each:?} a frame");
}
