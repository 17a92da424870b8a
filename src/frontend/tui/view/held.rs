//! A held run: where and why, and what can be done. And the variables, one of which can be set.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph};

use super::super::app::{App, Screen};
use super::super::entry::TextField;
use super::super::held::Pane;
use super::super::theme::Theme;
use super::{fit, pop_up, toned};
use crate::frontend::text::{
    KEY_GAP, Tone, columns, cut, hold_cause, hold_detail, hold_keys, hold_title, name_of,
};
use crate::measure::spell;

/// Rows of the pane: its frame, what has ended, what comes next, two rows of keys.
pub(super) const HEIGHT: u16 = 6;

/// Variables that are seen at once.
const LISTED: usize = 12;

/// Draws the pane below the steps.
pub(super) fn draw(app: &App, pane: &Pane, frame: &mut Frame<'_>, area: Rect) {
    let theme = app.theme;
    let title = theme.clean(&hold_title(&pane.held));
    let why = hold_cause(pane.held.because);
    let block = Block::bordered()
        .title(Line::from(vec![
            toned(theme, Tone::Strong, format!(" {title} ")),
            toned(theme, Tone::Warn, format!("({why}) ")),
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
pub(super) fn draw_variables(app: &App, field: &TextField, frame: &mut Frame<'_>, area: Rect) {
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
    let text = field.text();
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
        let line = Line::from(toned(theme, Tone::Bad, theme.clean(note)));
        frame.render_widget(Paragraph::new(line), wrong);
    }
    frame.render_widget(Paragraph::new(entry_line(theme, field, width)), entry);
    let hint = Line::from(vec![
        toned(theme, Tone::Strong, "NAME=VALUE Enter"),
        toned(theme, Tone::Dim, " set it   "),
        toned(theme, Tone::Strong, "Esc"),
        toned(theme, Tone::Dim, " back"),
    ]);
    frame.render_widget(Paragraph::new(hint), keys);
}

fn entry_line(theme: Theme, field: &TextField, width: usize) -> Line<'static> {
    let text: Vec<char> = theme.clean(&field.text()).chars().collect();
    let cursor = field.cursor().min(text.len());
    let room = width.saturating_sub(3);
    // The cursor stays in sight.
    let from = (cursor + 1).saturating_sub(room);
    let before: String = text[from..cursor].iter().collect();
    let at = text.get(cursor).copied().unwrap_or(' ').to_string();
    let used = columns(&before) + columns(&at);
    let behind = text.iter().skip(cursor + 1);
    let behind: String = behind.take(room.saturating_sub(used)).collect();
    Line::from(vec![
        toned(theme, Tone::Note, "▸ "),
        toned(theme, Tone::Strong, before),
        Span::styled(at, Theme::selected()),
        toned(theme, Tone::Strong, behind),
    ])
}
