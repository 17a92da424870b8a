//! Whether the run is to be aborted.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::super::app::App;
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
