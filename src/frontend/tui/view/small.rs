//! A window in which not everything has its place: what must be known, and how to see the rest.
//!
//! What is not seen here is not answered either: [`App::key`] takes no other keys than those that
//! stand here.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, Paragraph};

use super::super::app::{App, Screen};
use super::super::entry::TextField;
use super::field::{self, Look};
use super::help::{Keys, key_line};
use super::verdict::{big_words, next_step};
use super::{LEAST, clipped, toned};
use crate::frontend::text::{Tone, clock_text, hold_title, wrap_words};
use crate::session::RunEnd;

/// Whether a window is one of these.
pub(super) const fn is_small(area: Rect) -> bool {
    area.width < LEAST.0 || area.height < LEAST.1
}

pub(super) fn draw(app: &App, frame: &mut Frame<'_>) {
    if let (Some(end), true) = (&app.end, app.is_at_verdict()) {
        verdict(app, end, frame);
        return;
    }
    match &app.screen {
        Screen::AskAbort(_) => {
            let keys: Keys = &[("y", "abort"), ("n", "go on")];
            told(app, frame, &["Abort this run?".to_owned()], None, keys);
        }
        Screen::Operator(field) => typed(app, frame, "Who tests now?", field, "take over"),
        Screen::Variables(field) => typed(app, frame, "NAME=VALUE", field, "set it"),
        Screen::Find(field) => typed(app, frame, "Find a step", field, "go there"),
        _ => told(app, frame, &standing(app), None, &[("Ctrl-C", "abort")]),
    }
}

fn typed(app: &App, frame: &mut Frame<'_>, label: &str, text: &TextField, what: &'static str) {
    let keys = [("Enter", what), ("Esc", "back")];
    told(app, frame, &[label.to_owned()], Some(text), &keys);
}

/// What goes on, and that there is more to see.
fn standing(app: &App) -> [String; 2] {
    let (columns, rows) = LEAST;
    let more = |what: &str| format!("Make the window {columns} x {rows} to {what}.");
    if app.form.is_some() {
        return ["A question waits.".to_owned(), more("answer it")];
    }
    if let Some(pane) = &app.hold {
        return [hold_title(&pane.held), more("go on with it")];
    }
    let gone = app
        .run
        .record
        .as_ref()
        .map_or(0, |record| app.now.since(record.started_at).as_secs());
    let (done, all) = (app.run.tree.finished(), app.run.planned());
    let word = if app.playing.is_some() {
        "Replay"
    } else if app.run.is_aborting() {
        "Aborting"
    } else {
        "Running"
    };
    let how_far = format!("{word} {done}/{all} {}", clock_text(gone));
    [how_far, more("see it")]
}

fn told(
    app: &App,
    frame: &mut Frame<'_>,
    texts: &[String],
    text: Option<&TextField>,
    keys: &[(&'static str, &'static str)],
) {
    let theme = app.theme;
    let area = frame.area();
    let width = usize::from(area.width);
    let mut lines = Vec::new();
    for (place, said) in texts.iter().enumerate() {
        let tone = if place == 0 { Tone::Strong } else { Tone::Warn };
        let said = wrap_words(&theme.clean(said), width);
        lines.extend(
            said.into_iter()
                .map(|it| Line::from(toned(theme, tone, it))),
        );
    }
    if let Some(text) = text {
        lines.push(Line::from(field::spans(theme, text, width, Look::Open)));
    }
    if let Some(note) = &app.note {
        let note = wrap_words(&theme.clean(note), width);
        let note = note
            .into_iter()
            .map(|it| Line::from(toned(theme, Tone::Bad, it)));
        lines.extend(note);
    }
    let mut lines = clipped(theme, lines, area.height.saturating_sub(1));
    lines.push(key_line(theme, keys, width));
    frame.render_widget(Paragraph::new(lines), area);
}

/// The words of a verdict, all of them, then what to do.
fn verdict(app: &App, end: &RunEnd, frame: &mut Frame<'_>) {
    let Some(verdict) = app.verdict() else { return };
    let area = frame.area();
    let width = usize::from(area.width);
    let words = big_words(app, end).join(" ");
    let next = app
        .note
        .clone()
        .unwrap_or_else(|| next_step(app, end, verdict));
    let mut lines: Vec<Line<'_>> = Vec::new();
    for text in [words, next] {
        let text = wrap_words(&app.theme.clean(&text), width);
        lines.extend(text.into_iter().map(Line::from));
    }
    let lines = clipped(app.theme, lines, area.height);
    let ground = app.theme.ground(verdict);
    let block = Block::new().style(ground);
    let paragraph = Paragraph::new(lines).style(ground).centered().block(block);
    frame.render_widget(paragraph, area);
}
