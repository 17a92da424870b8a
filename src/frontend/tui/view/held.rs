//! A held run: where and why, and what can be done. And the variables, one of which can be set.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Paragraph};

use super::super::app::{App, Screen};
use super::super::entry::TextField;
use super::super::held::Pane;
use super::super::theme::Theme;
use super::field::{self, Look};
use super::{fit, pop_up, toned};
use crate::frontend::text::{
    KEY_GAP, Tone, columns, cut, hold_cause, hold_detail, hold_keys, hold_title, name_of,
};
use crate::measure::spell;

/// Rows of the pane beside those of its keys: its frame, what has ended, what comes next.
const REST: u16 = 4;

/// Variables that are seen at once.
const LISTED: usize = 12;

/// Rows of the pane: two of keys at least, so that it stands still from step to step.
pub(super) fn height(pane: &Pane, width: u16) -> u16 {
    let keys = hold_keys(&pane.held, usize::from(width.saturating_sub(4)));
    REST + (keys.len() as u16).max(2)
}

/// Draws the pane below the steps.
pub(super) fn draw(app: &App, pane: &Pane, frame: &mut Frame<'_>, area: Rect) {
    let theme = app.theme;
    let why = format!("({}) ", hold_cause(pane.held.because));
    let room = usize::from(area.width).saturating_sub(columns(&why) + 4);
    let title = theme.clean(&hold_title(&pane.held));
    let title = cut(&title, room, theme.script);
    let block = Block::bordered()
        .title(Line::from(vec![
            toned(theme, Tone::Strong, format!(" {title} ")),
            toned(theme, Tone::Warn, why),
        ]))
        .border_style(theme.style(Tone::Warn));
    let inside = block.inner(area);
    frame.render_widget(block, area);
    let inside = Rect {
        x: inside.x + 1,
        width: inside.width.saturating_sub(2),
        ..inside
    };
    let width = usize::from(inside.width);
    let mut lines = vec![ended_line(app, pane, width), next_line(app, pane, width)];
    // On top of the log, say, other keys mean something.
    if matches!(app.screen, Screen::Held) {
        lines.extend(key_lines(theme, pane, width));
    }
    frame.render_widget(Paragraph::new(lines), inside);
}

fn key_lines(theme: Theme, pane: &Pane, width: usize) -> impl Iterator<Item = Line<'static>> {
    let rows = hold_keys(&pane.held, width).into_iter();
    rows.map(move |row| {
        let mut spans = Vec::new();
        for (key, what) in row {
            let gap = if spans.is_empty() { "" } else { KEY_GAP };
            spans.push(toned(theme, Tone::Strong, format!("{gap}{key}")));
            spans.push(toned(theme, Tone::Plain, format!(" {what}")));
        }
        Line::from(spans)
    })
}

/// The step that has just ended, and its verdict.
fn ended_line(app: &App, pane: &Pane, width: usize) -> Line<'static> {
    let theme = app.theme;
    let record = app.run.record.as_ref();
    let step = pane
        .after()
        .and_then(|no| record.and_then(|record| record.step(no)));
    let Some(step) = step else {
        return Line::default();
    };
    let verdict = step.verdict();
    let reason = step
        .finished
        .as_ref()
        .and_then(|finished| finished.reason.clone())
        .map_or_else(String::new, |reason| format!("  {reason}"));
    let name = theme.clean(&name_of(&step.started));
    let word = verdict.map_or("", crate::verdict::Verdict::as_str);
    let tone = verdict.map_or(Tone::Plain, Tone::of);
    let spans = vec![
        toned(theme, Tone::Dim, "ended: "),
        toned(theme, Tone::Plain, format!("{name}  ")),
        toned(theme, tone, word),
        toned(theme, Tone::Plain, theme.clean(&reason)),
    ];
    Line::from(fit(spans, width))
}

fn next_line(app: &App, pane: &Pane, width: usize) -> Line<'static> {
    let theme = app.theme;
    let Some(detail) = hold_detail(&pane.held, app.run.planned()) else {
        return Line::default();
    };
    let text = cut(&theme.clean(&detail), width, theme.script).into_owned();
    Line::from(toned(theme, Tone::Note, text))
}

/// The variables whose names begin as typed, and the line that sets one.
pub(super) fn draw_variables(app: &App, text_field: &TextField, frame: &mut Frame<'_>, area: Rect) {
    let theme = app.theme;
    let size = (76, LISTED as u16 + 7);
    let inside = pop_up(frame, area, size, "Set a variable", theme.style(Tone::Note));
    let parts = [
        Constraint::Min(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
    ];
    let [list, wrong, entry, keys] = Layout::vertical(parts).areas(inside);
    let width = usize::from(inside.width);
    let text = text_field.text();
    let begun = text.split('=').next().unwrap_or_default().trim();
    let room = usize::from(list.height);
    let mut lines: Vec<Line<'_>> = app
        .run
        .variables
        .iter()
        .filter(|(name, _)| !crate::expr::Variables::is_reserved(name) && name.starts_with(begun))
        .map(|(name, value)| {
            let line = theme.clean(&format!("{name} = {}", spell(value)));
            Line::from(cut(&line, width, theme.script).into_owned())
        })
        .collect();
    if lines.len() > room && room > 0 {
        let more = lines.len() - room + 1;
        lines.truncate(room - 1);
        let text = format!("and {more} more: type the beginning of a name");
        lines.push(Line::from(toned(theme, Tone::Dim, text)));
    }
    frame.render_widget(Paragraph::new(lines), list);
    if let Some(note) = &app.note {
        let line = fit(vec![toned(theme, Tone::Bad, theme.clean(note))], width);
        frame.render_widget(Paragraph::new(Line::from(line)), wrong);
    }
    let typed = field::spans(theme, text_field, width, Look::Open);
    frame.render_widget(Paragraph::new(Line::from(typed)), entry);
    let hint = Line::from(vec![
        toned(theme, Tone::Strong, "NAME=VALUE Enter"),
        toned(theme, Tone::Dim, " set it   "),
        toned(theme, Tone::Strong, "Esc"),
        toned(theme, Tone::Dim, " back"),
    ]);
    frame.render_widget(Paragraph::new(hint), keys);
}
