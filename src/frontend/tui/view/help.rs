//! Which keys do what: the line at the bottom, and the whole list.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::super::app::{App, Screen};
use super::super::entry::Entry;
use super::super::form::Focus;
use super::super::theme::Theme;
use super::{fit, pop_up, toned};
use crate::frontend::text::Tone;

/// Keys and what they do.
type Keys = &'static [(&'static str, &'static str)];

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
    ("f", "failures"),
    ("q", "leave"),
];
const HELD: Keys = &[
    ("↑↓", "step"),
    ("/", "find"),
    ("f", "failures"),
    ("l", "log"),
    ("Ctrl-Z", "shell"),
    ("?", "help"),
];
const VARIABLES: Keys = &[("Enter", "set it"), ("Esc", "back")];
const LOG: Keys = &[("↑↓", "scroll"), ("Esc", "back"), ("?", "help")];
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
const BUTTONS: Keys = &[
    ("←→", "choose"),
    ("Enter", "press"),
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
];

/// Looking for a step: while the run is held, `n` is an order.
const FIND_AGAIN: (&str, &str) = ("/  n  N", "find a step by its name; next; before");
const FIND_HELD: (&str, &str) = ("/  N", "find a step by its name; before");

const HELP: Keys = &[
    ("↑ ↓  PgUp PgDn", "select a step; the right side shows it"),
    ("← →", "hide and show what is inside a step"),
    ("Home  End", "the first step; follow the running one again"),
    ("f  F", "the next step that failed; the one before"),
    FIND_AGAIN,
    ("l", "the log of the whole run"),
    ("Ctrl-C", "abort; asks first, and cleanup still runs"),
    ("Ctrl-Z", "back to the shell; not while steps run"),
    ("?", "this list"),
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
    if let Screen::Find(field) = &app.screen {
        let line = Line::from(vec![
            toned(theme, Tone::Strong, " / "),
            Span::raw(theme.clean(&field.text())),
            Span::styled(" ", Theme::selected()),
            toned(theme, Tone::Dim, "   Enter go there   Esc back"),
        ]);
        frame.render_widget(Paragraph::new(line), area);
        return;
    }
    // The box of variables shows it itself.
    let is_shown = matches!(app.screen, Screen::Variables(_));
    if let Some(note) = app.note.as_ref().filter(|_| !is_shown) {
        let text = vec![toned(theme, Tone::Warn, format!(" {}", theme.clean(note)))];
        let line = Line::from(fit(text, usize::from(area.width)));
        frame.render_widget(Paragraph::new(line), area);
        return;
    }
    let mut spans = vec![Span::raw(" ")];
    for (key, what) in keys_of(app) {
        spans.push(toned(theme, Tone::Strong, *key));
        spans.push(toned(theme, Tone::Dim, format!(" {what}   ")));
    }
    let line = Line::from(fit(spans, usize::from(area.width)));
    frame.render_widget(Paragraph::new(line), area);
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
            _ => BUTTONS,
        },
    }
}

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let theme = app.theme;
    let of_hold = app.hold.as_ref().map_or(&[][..], |_| HELP_HELD);
    let others = HELP.iter().map(|&line| match line {
        FIND_AGAIN if app.hold.is_some() => FIND_HELD,
        line => line,
    });
    let all: Vec<(&str, &str)> = of_hold.iter().copied().chain(others).collect();
    let size = (72, all.len() as u16 + 4);
    let inside = pop_up(frame, area, size, "Help", theme.style(Tone::Note));
    let mut lines = vec![Line::default()];
    for (keys, what) in &all {
        let blanks = 16_usize.saturating_sub(crate::frontend::text::columns(keys));
        lines.push(Line::from(vec![
            toned(theme, Tone::Strong, format!("{keys}{}", " ".repeat(blanks))),
            Span::raw(*what),
        ]));
    }
    frame.render_widget(Paragraph::new(lines), inside);
}
