//! Whether the run is to be aborted, and who takes over.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::super::app::App;
use super::super::entry::TextField;
use super::field::{self, Look};
use super::{fit, pop_up, toned};
use crate::frontend::text::Tone;

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let theme = app.theme;
    let inside = pop_up(frame, area, (56, 9), "Abort?", theme.style(Tone::Warn));
    let meanwhile = if app.hold.is_some() {
        "The run is held while you decide."
    } else {
        "The run goes on while you decide."
    };
    let lines = vec![
        Line::default(),
        Line::from(toned(theme, Tone::Strong, "Abort this run?")),
        Line::from("The unit gets no verdict; cleanup still runs."),
        Line::from(toned(theme, Tone::Dim, meanwhile)),
        Line::default(),
        Line::from(toned(theme, Tone::Strong, "y  abort        n  go on")),
    ];
    frame.render_widget(Paragraph::new(lines).centered(), inside);
}

/// The name of who takes over, as it is scanned or typed.
pub(super) fn draw_operator(app: &App, name: &TextField, frame: &mut Frame<'_>, area: Rect) {
    let theme = app.theme;
    let inside = pop_up(frame, area, (56, 9), "Operator", theme.style(Tone::Note));
    let width = usize::from(inside.width);
    let now = app.run.operator().unwrap_or("nobody");
    let now = theme.clean(&format!("so far: {now}"));
    let lines = vec![
        Line::default(),
        Line::from(toned(
            theme,
            Tone::Strong,
            "Who tests now? Scan or type your name",
        )),
        Line::default(),
        Line::from(field::spans(theme, name, width, Look::Open)),
        Line::default(),
        Line::from(fit(vec![toned(theme, Tone::Dim, now)], width)),
    ];
    frame.render_widget(Paragraph::new(lines), inside);
}
