//! The log of the run.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph};

use super::super::app::App;
use super::super::run::LogLine;
use super::header::time_of_day;
use super::{clipped, fit, toned};
use crate::event::{Level, StepNo};
use crate::frontend::text::{Tone, columns, wrap_words};

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
    let mut lines: Vec<Line<'_>> = Vec::new();
    for line in app.run.log.iter().rev().skip(up) {
        if lines.len() >= app.page {
            break;
        }
        lines.extend(whole(app, line, inside).into_iter().rev());
    }
    lines.truncate(app.page);
    if lines.is_empty() {
        let text = "nothing was logged";
        lines.push(Line::from(toned(app.theme, Tone::Dim, text)));
    }
    lines.reverse();
    frame.render_widget(Paragraph::new(lines), inside);
    if up > 0 {
        let text = format!(" {up} newer: End ");
        let text = toned(app.theme, Tone::Warn, text);
        frame.render_widget(Line::from(text).right_aligned(), last_row(area));
    }
}

/// The lower frame.
fn last_row(area: Rect) -> Rect {
    Rect {
        x: area.x + 1,
        y: area.bottom().saturating_sub(1),
        width: area.width.saturating_sub(2),
        height: 1,
    }
}

/// A line in as many rows as it needs, as far as there are any: here it can be read.
fn whole(app: &App, line: &LogLine, area: Rect) -> Vec<Line<'static>> {
    let (time, text, tone) = parts(app, line);
    let indent = columns(&time);
    let width = usize::from(area.width).saturating_sub(indent);
    let rows = if columns(&text) <= width {
        vec![text]
    } else {
        wrap_words(&text, width)
    };
    let rows = rows.into_iter().enumerate();
    let rows = rows.map(|(place, row)| {
        let before = if place == 0 {
            toned(app.theme, Tone::Dim, time.clone())
        } else {
            Span::raw(" ".repeat(indent))
        };
        Line::from(vec![before, toned(app.theme, tone, row)])
    });
    clipped(app.theme, rows.collect(), area.height)
}

/// A line in one row.
fn shown(app: &App, line: &LogLine, width: u16) -> Line<'static> {
    let (time, text, tone) = parts(app, line);
    let spans = vec![
        toned(app.theme, Tone::Dim, time),
        toned(app.theme, tone, text),
    ];
    Line::from(fit(spans, usize::from(width)))
}

/// When, what, and how bad it is.
fn parts(app: &App, line: &LogLine) -> (String, String, Tone) {
    let (word, tone) = match line.level {
        Level::Error => ("error: ", Tone::Bad),
        Level::Warning => ("warning: ", Tone::Warn),
        Level::Info => ("", Tone::Plain),
        Level::Debug => ("", Tone::Dim),
    };
    let time = format!("{} ", time_of_day(line.at, &app.zone));
    (time, format!("{word}{}", app.theme.clean(&line.text)), tone)
}
