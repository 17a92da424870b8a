//! Which keys do what: the line at the bottom, and the whole list.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::super::app::{App, Screen};
use super::super::entry::Entry;
use super::super::form::Focus;
use super::super::theme::Theme;
use super::field::{self, Look};
use super::{clipped, fit, pop_up, toned};
use crate::frontend::text::{Tone, columns};

/// Keys and what they do, the most important ones first and last.
pub(super) type Keys = &'static [(&'static str, &'static str)];

const STEPS: Keys = &[
    ("↑↓", "step"),
    ("/", "find"),
    ("f", "failures"),
    ("l", "log"),
    ("Ctrl-C", "abort"),
    ("?", "help"),
];
const AFTER: Keys = &[
    ("Enter", "back to the verdict"),
    ("↑↓", "step"),
    ("f", "failures"),
    ("/", "find"),
    ("l", "log"),
    ("?", "help"),
];
const REPLAY: Keys = &[
    ("Space", "pause"),
    (". ,", "step on, back"),
    ("[ ]", "begin, end"),
    ("+ -", "speed"),
    ("q", "leave"),
    ("?", "help"),
];
const HELD: Keys = &[
    ("↑↓", "step"),
    ("/", "find"),
    ("f", "failures"),
    ("l", "log"),
    ("F2", "operator"),
    ("Ctrl-Z", "shell"),
    ("?", "help"),
];
const VARIABLES: Keys = &[("Enter", "set it"), ("Esc", "back")];
const LOG: Keys = &[
    ("↑↓", "scroll"),
    ("Home End", "oldest, newest"),
    ("Esc", "back"),
    ("?", "help"),
];
const FIND: Keys = &[("Enter", "go there"), ("Esc", "back")];
const OPERATOR: Keys = &[("Enter", "take over"), ("Esc", "back")];
const ABORT: Keys = &[("y", "abort the run"), ("n", "go on")];
/// Keys that nobody can have meant for this question are not offered.
const SOON: Keys = &[("one moment", "")];
const FIELD: Keys = &[
    ("Enter", "submit"),
    ("Tab", "buttons"),
    ("F2", "operator"),
    ("Esc", "abort"),
];
const CHOICE: Keys = &[
    ("↑↓", "choose"),
    ("Enter", "submit"),
    ("Tab", "buttons"),
    ("F2", "operator"),
    ("Esc", "abort"),
];
/// A button is chosen: Enter presses it.
const BUTTONS: Keys = &[
    ("←→", "choose"),
    ("Enter", "press"),
    ("F2", "operator"),
    ("Esc", "abort"),
];
/// None is chosen yet, and Enter presses none.
const NO_BUTTON: Keys = &[
    ("1-9", "press"),
    ("←→", "choose"),
    ("F2", "operator"),
    ("Esc", "abort"),
];
const ANY: Keys = &[("any key", "back")];

/// What a held run listens to, before everything else.
const HELP_HELD: Keys = &[
    (
        "Enter  n",
        "run the next step, or let happen what comes next",
    ),
    ("o", "run the next sequence whole"),
    ("s", "skip the next step"),
    ("r", "run the last step again; its new result counts"),
    ("v", "the variables; set one"),
    ("c", "go on to the next breakpoint, or to the end"),
    ("F2", "another operator takes over"),
];

/// How a recorded run is told.
const HELP_REPLAY: Keys = &[
    ("Space  p", "pause, and go on"),
    (".  ,", "on to the end of the next step; back by one"),
    ("[  ]", "the beginning; the end"),
    ("+  -", "twice as fast; half as fast"),
    ("q  Ctrl-C", "leave the replay"),
];

const HELP_MOVE: Keys = &[
    (
        "↑ ↓  PgUp PgDn",
        "select a step (also j k); the right side shows it",
    ),
    ("← →  Space", "hide and show what is inside a step"),
    (
        "Home  End  Esc",
        "the first step; follow the running one again",
    ),
    ("f  F", "the next step that failed; the one before"),
];
/// A recorded run has another use for the key.
const HELP_MOVE_REPLAY: Keys = &[
    (
        "↑ ↓  PgUp PgDn",
        "select a step (also j k); the right side shows it",
    ),
    ("← →", "hide and show what is inside a step"),
    (
        "Home  End  Esc",
        "the first step; follow the running one again",
    ),
    ("f  F", "the next step that failed; the one before"),
];

/// Looking for a step: while the run is held, `n` is an order.
const FIND_AGAIN: (&str, &str) = ("/  n  N", "find a step by its name; next; before");
const FIND_HELD: (&str, &str) = ("/  N", "find a step by its name; before");

const LOG_KEY: (&str, &str) = ("l", "the log of the whole run");
const MOUSE: (&str, &str) = ("mouse", "click selects a step, the wheel scrolls");

const HELP_GOING: Keys = &[
    ("Ctrl-C", "abort; asks first, and cleanup still runs"),
    ("Ctrl-Z", "back to the shell; not while steps run"),
];
const HELP_ENDED: Keys = &[
    (
        "Enter  Esc  q",
        "from the steps to the verdict, from there onward",
    ),
    ("Ctrl-C", "onward at once"),
    ("Ctrl-Z", "back to the shell, unless the unit may be live"),
];

const SIGNS: Keys = &[
    ("?  F1", "this list"),
    ("", ""),
    (
        "✓ ✗ ! ■ ? –",
        "PASS FAIL ERROR ABORTED UNDETERMINED SKIPPED",
    ),
    ("● ·", "running; still to come"),
];

/// The keys that mean something now; or what has to be said.
pub(super) fn footer(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let theme = app.theme;
    let width = usize::from(area.width);
    if let Screen::Find(text) = &app.screen {
        let keys = keys_of(app);
        let keys = keys.iter().map(|(key, what)| format!("   {key} {what}"));
        let keys = keys.collect::<String>();
        let room = width.saturating_sub(columns(&keys) + 6);
        let mut spans = vec![toned(theme, Tone::Strong, " find ")];
        spans.extend(field::spans(theme, text, room, Look::Open));
        spans.push(toned(theme, Tone::Dim, keys));
        frame.render_widget(Paragraph::new(Line::from(spans)), area);
        return;
    }
    // The box of variables shows it itself.
    let is_shown = matches!(app.screen, Screen::Variables(_));
    if let Some(note) = app.note.as_ref().filter(|_| !is_shown) {
        let text = vec![toned(theme, Tone::Warn, format!(" {}", theme.clean(note)))];
        frame.render_widget(Paragraph::new(Line::from(fit(text, width))), area);
        return;
    }
    let line = key_line(theme, keys_of(app), width);
    frame.render_widget(Paragraph::new(line), area);
}

/// Keys in one line: closer together where the window is narrow, then without those of the middle.
pub(super) fn key_line(
    theme: Theme,
    keys: &[(&'static str, &'static str)],
    width: usize,
) -> Line<'static> {
    let mut keys = keys.to_vec();
    let needed = |keys: &[(&str, &str)], gap: usize| {
        let texts = keys
            .iter()
            .map(|(key, what)| columns(key) + columns(what) + 1);
        1 + texts.sum::<usize>() + gap * keys.len().saturating_sub(1)
    };
    let gap = loop {
        let gap = (2..=3).rev().find(|gap| needed(&keys, *gap) <= width);
        match gap {
            Some(gap) => break gap,
            None if keys.len() > 2 => drop(keys.remove(keys.len() / 2)),
            None => break 2,
        }
    };
    let mut spans = vec![Span::raw(" ")];
    for (place, (key, what)) in keys.into_iter().enumerate() {
        let blanks = if place == 0 { 0 } else { gap };
        spans.push(Span::raw(" ".repeat(blanks)));
        spans.push(toned(theme, Tone::Strong, key));
        if !what.is_empty() {
            spans.push(toned(theme, Tone::Dim, format!(" {what}")));
        }
    }
    Line::from(fit(spans, width))
}

fn keys_of(app: &App) -> Keys {
    match &app.screen {
        Screen::Steps if app.playing.is_some() => REPLAY,
        Screen::Steps if app.end.is_some() => AFTER,
        Screen::Steps | Screen::Verdict => STEPS,
        Screen::Log(_) => LOG,
        Screen::Find(_) => FIND,
        Screen::Held => HELD,
        Screen::Variables(_) => VARIABLES,
        Screen::Help => ANY,
        Screen::Operator(_) => OPERATOR,
        Screen::AskAbort(_) => ABORT,
        Screen::Question if !app.is_listening() => SOON,
        Screen::Question => match app.form.as_ref().map(|form| (form.focus, &form.entry)) {
            Some((Focus::Field, Some(Entry::Choice(_)))) => CHOICE,
            Some((Focus::Field, _)) => FIELD,
            Some((Focus::Button(_), _)) => BUTTONS,
            _ => NO_BUTTON,
        },
    }
}

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let theme = app.theme;
    let mut all = all_keys(app);
    let mut lines = vec![Line::default()];
    // The frame, and a blank row at each end.
    if all.len() + 4 > usize::from(area.height) {
        all.retain(|(key, _)| !key.is_empty());
        lines.clear();
    }
    let size = (72, all.len() as u16 + 2 + 2 * lines.len() as u16);
    let inside = pop_up(frame, area, size, "Help", theme.style(Tone::Note));
    let width = usize::from(inside.width);
    for (keys, what) in &all {
        let blanks = 16_usize.saturating_sub(columns(keys));
        let spans = vec![
            toned(theme, Tone::Strong, format!("{keys}{}", " ".repeat(blanks))),
            Span::raw(*what),
        ];
        lines.push(Line::from(fit(spans, width)));
    }
    let lines = clipped(theme, lines, inside.height);
    frame.render_widget(Paragraph::new(lines), inside);
}

/// What every key does now.
fn all_keys(app: &App) -> Vec<(&'static str, &'static str)> {
    let is_held = app.hold.is_some();
    let (first, moving, last): (Keys, Keys, Keys) = if app.playing.is_some() {
        (HELP_REPLAY, HELP_MOVE_REPLAY, &[])
    } else if app.end.is_some() {
        (&[], HELP_MOVE, HELP_ENDED)
    } else if is_held {
        (HELP_HELD, HELP_MOVE, HELP_GOING)
    } else {
        (&[], HELP_MOVE, HELP_GOING)
    };
    let find = if is_held { FIND_HELD } else { FIND_AGAIN };
    let mut all = [first, moving, &[find, LOG_KEY]].concat();
    if app.has_mouse {
        all.push(MOUSE);
    }
    all.extend_from_slice(last);
    all.extend_from_slice(SIGNS);
    all
}
