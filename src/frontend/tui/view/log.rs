//! The log of the run.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, Paragraph};

use super::super::app::App;
use super::super::run::LogLine;
use super::header::time_of_day;
use super::{fit, toned};
use crate::event::{Level, StepNo};
use crate::frontend::text::Tone;

/// The newest lines of one step; of the run where the step said nothing.
pub(super) fn draw_below(app: &App, frame: &mut Frame<'_>, area: Rect, step: Option<StepNo>) {
    let rows = usize::from(area.height).saturating_sub(1);
    let has_own = app.run.log.iter().any(|line| line.step == step);
    let of_step = |line: &&LogLine| !has_own || line.step == step;
    let mut lines: Vec<Line<'_>> = app
        .run
        .log
        .iter()
        .rev()
        .filter(of_step)
        .take(rows)
        .map(|line| shown(app, line, area.width))
        .collect();
    if lines.is_empty() {
        return;
    }
    lines.push(Line::from(toned(
        app.theme,
        Tone::Dim,
        if has_own { "log" } else { "log of the run" },
    )));
    lines.reverse();
    frame.render_widget(Paragraph::new(lines), area);
}

/// All of it, `up` lines above the end.
pub(super) fn draw_whole(app: &mut App, frame: &mut Frame<'_>, area: Rect, up: usize) {
    let block = Block::bordered()
        .title(toned(app.theme, Tone::Strong, " Log "))
        .border_style(app.theme.style(Tone::Dim));
    let inside = block.inner(area);
    frame.render_widget(block, area);
    app.page = usize::from(inside.height);
    let mut lines: Vec<Line<'_>> = app
        .run
        .log
        .iter()
        .rev()
        .skip(up)
        .take(app.page)
        .map(|line| shown(app, line, inside.width))
        .collect();
    if lines.is_empty() {
        let text = "nothing was logged";
        lines.push(Line::from(toned(app.theme, Tone::Dim, text)));
    }
    lines.reverse();
    frame.render_widget(Paragraph::new(lines), inside);
}

fn shown(app: &App, line: &LogLine, width: u16) -> Line<'static> {
    let tone = match line.level {
        Level::Error => Tone::Bad,
        Level::Warning => Tone::Warn,
        Level::Info => Tone::Plain,
        Level::Debug => Tone::Dim,
    };
    let word = match line.level {
        Level::Error => "error: ",
        Level::Warning => "warning: ",
        Level::Info | Level::Debug => "",
    };
    let text = format!("{word}{}", app.theme.clean(&line.text));
    let spans = vec![
        toned(
            app.theme,
            Tone::Dim,
            format!("{} ", time_of_day(line.at, &app.zone)),
        ),
        toned(app.theme, tone, text),
    ];
    Line::from(fit(spans, usize::from(width)))
}
