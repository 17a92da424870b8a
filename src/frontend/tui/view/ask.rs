//! Whether the run is to be aborted, and who takes over.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::super::app::App;
use super::super::entry::TextField;
use super::super::theme::Theme;
use super::{pop_up, toned};
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
pub(super) fn draw_operator(app: &App, field: &TextField, frame: &mut Frame<'_>, area: Rect) {
    let theme = app.theme;
    let inside = pop_up(frame, area, (56, 9), "Operator", theme.style(Tone::Note));
    let now = app.run.operator().unwrap_or("nobody");
    let lines = vec![
        Line::default(),
        Line::from(toned(
            theme,
            Tone::Strong,
            "Who tests now? Scan or type your name",
        )),
        Line::default(),
        Line::from(vec![
            toned(theme, Tone::Note, "▸ "),
            toned(theme, Tone::Strong, theme.clean(&field.text())),
            Span::styled(" ", Theme::selected()),
        ]),
        Line::default(),
        Line::from(toned(
            theme,
            Tone::Dim,
            theme.clean(&format!("so far: {now}")),
        )),
    ];
    frame.render_widget(Paragraph::new(lines), inside);
}
