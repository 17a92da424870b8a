//! A question to the operator.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::super::app::App;
use super::super::entry::{Choice, Entry, TextField};
use super::super::form::{Focus, Form, Note};
use super::super::theme::Theme;
use super::{pop_up, toned};
use crate::frontend::text::{Tone, columns, wrap};
use crate::prompt::{Action, Input, OnTimeout};

/// Widest box: longer lines are hard to read.
const WIDTH: u16 = 84;

/// Options of a choice that are seen at once.
const OPTIONS: usize = 8;

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let Some(form) = &app.form else { return };
    let theme = app.theme;
    let width = WIDTH.min(area.width.saturating_sub(2));
    let inner = usize::from(width.saturating_sub(4));
    let title = form.prompt.title.as_deref().unwrap_or("Question");
    let message = message_lines(app, form, inner);
    let field = field_lines(app, form, inner);
    let foot = foot_lines(app, form, inner);
    let wanted = message.len() + field.len() + foot.len() + 5;
    let height = (wanted as u16).min(area.height);
    let title = theme.clean(title);
    let inside = pop_up(
        frame,
        area,
        (width, height),
        &title,
        theme.style(Tone::Note),
    );
    let parts = [
        Constraint::Length(1),
        Constraint::Min(1),
        Constraint::Length(field.len() as u16),
        Constraint::Length(1),
        Constraint::Length(foot.len() as u16),
    ];
    let [_, top, middle, _, bottom] = Layout::vertical(parts).areas(inside);
    frame.render_widget(Paragraph::new(message), top);
    frame.render_widget(Paragraph::new(field), middle);
    frame.render_widget(Paragraph::new(foot), bottom);
}

fn message_lines(app: &App, form: &Form, width: usize) -> Vec<Line<'static>> {
    let theme = app.theme;
    let mut lines = Vec::new();
    for paragraph in form.prompt.message.lines() {
        let clean = theme.clean(paragraph);
        let wrapped = wrap(&clean, width);
        if wrapped.is_empty() {
            lines.push(Line::default());
        }
        lines.extend(
            wrapped
                .into_iter()
                .map(|it| Line::from(toned(theme, Tone::Strong, it))),
        );
    }
    if let Some(image) = &form.prompt.image {
        let text = format!("picture: {}", theme.clean(image));
        lines.push(Line::from(toned(theme, Tone::Note, text)));
    }
    lines.push(Line::default());
    lines
}

/// The field, its limits where they are shown, and what is wrong with it.
fn field_lines(app: &App, form: &Form, width: usize) -> Vec<Line<'static>> {
    let theme = app.theme;
    let mut lines = match &form.entry {
        None => Vec::new(),
        Some(Entry::Text(field)) => vec![text_line(app, form, field, width)],
        Some(Entry::Choice(choice)) => choice_lines(app, form, choice),
    };
    if let Some(limits) = form.prompt.input.as_ref().and_then(Input::shown_limits) {
        lines.push(Line::from(toned(theme, Tone::Dim, theme.clean(&limits))));
    }
    match &form.note {
        Some(Note::Wrong(text)) => {
            for line in wrap(&theme.clean(text), width) {
                lines.push(Line::from(toned(theme, Tone::Bad, line)));
            }
        }
        Some(Note::Hint(text)) => {
            for line in wrap(&theme.clean(text), width) {
                lines.push(Line::from(toned(theme, Tone::Warn, line)));
            }
        }
        None => lines.push(Line::default()),
    }
    lines
}

fn text_line(app: &App, form: &Form, field: &TextField, width: usize) -> Line<'static> {
    let theme = app.theme;
    let unit = form
        .prompt
        .input
        .as_ref()
        .and_then(|input| input.unit.clone())
        .map_or_else(String::new, |unit| format!(" {unit}"));
    let unit = theme.clean(&unit);
    let room = width.saturating_sub(columns(&unit) + 3).min(40);
    // The cursor stays in sight: the field shows the part around it.
    let text: Vec<char> = theme.clean(&field.text()).chars().collect();
    let cursor = field.cursor().min(text.len());
    let from = (cursor + 1).saturating_sub(room);
    let before: String = text[from..cursor].iter().collect();
    let at = text.get(cursor).copied().unwrap_or(' ').to_string();
    let behind: String = text
        .iter()
        .skip(cursor + 1)
        .take(room.saturating_sub(cursor - from + 1))
        .collect();
    let blanks = room.saturating_sub(columns(&before) + columns(&at) + columns(&behind));
    let cursor_style = if form.focus == Focus::Field {
        Theme::selected()
    } else {
        theme.style(Tone::Plain)
    };
    let line = theme
        .style(Tone::Strong)
        .add_modifier(ratatui::style::Modifier::UNDERLINED);
    Line::from(vec![
        toned(theme, Tone::Note, "▸ "),
        Span::styled(before, line),
        Span::styled(at, line.patch(cursor_style)),
        Span::styled(behind, line),
        Span::styled(" ".repeat(blanks), line),
        toned(theme, Tone::Plain, unit),
    ])
}

fn choice_lines(app: &App, form: &Form, choice: &Choice) -> Vec<Line<'static>> {
    let theme = app.theme;
    let from = choice.at.unwrap_or(0).saturating_sub(OPTIONS - 1);
    let shown = choice.options.iter().enumerate().skip(from).take(OPTIONS);
    shown
        .map(|(place, option)| {
            let is_chosen = Some(place) == choice.at;
            let sign = if is_chosen { "▸ " } else { "  " };
            let text = format!("{sign}{}", theme.clean(option));
            let line = Line::from(toned(theme, Tone::Plain, text));
            match (is_chosen, form.focus) {
                (true, Focus::Field) => line.patch_style(Theme::selected()),
                (true, _) => line.patch_style(theme.style(Tone::Strong)),
                (false, _) => line,
            }
        })
        .collect()
}

/// The buttons, and the time that is left.
fn foot_lines(app: &App, form: &Form, width: usize) -> Vec<Line<'static>> {
    let theme = app.theme;
    let is_listening = form.is_listening(app.now);
    let mut lines = Vec::new();
    let mut row: Vec<Span<'static>> = Vec::new();
    let mut used = 0;
    for (place, button) in form.prompt.buttons.iter().enumerate() {
        let is_chosen = form.focus == Focus::Button(place) && is_listening;
        // A shape too: reversed letters are hard to tell on some terminals.
        let sign = if is_chosen { "▸" } else { " " };
        let text = format!("{sign}{} {} ", place + 1, theme.clean(&button.name));
        let needed = columns(&text) + 4;
        if used + needed > width && !row.is_empty() {
            lines.push(Line::from(std::mem::take(&mut row)));
            used = 0;
        }
        used += needed;
        let tone = match button.action {
            _ if !is_listening => Tone::Dim,
            Action::Pass => Tone::Good,
            Action::Fail => Tone::Bad,
            Action::Abort => Tone::Warn,
            Action::Continue => Tone::Strong,
        };
        let mut style = theme.style(tone);
        if is_chosen {
            style = style.patch(Theme::selected());
        }
        row.push(Span::styled(format!("[{text}]"), style));
        row.push(Span::raw("  "));
    }
    lines.push(Line::from(row));
    if let Some((left, whole)) = form.left(app.now) {
        lines.push(Line::default());
        lines.push(countdown(app, form, left, whole, width));
    }
    lines
}

/// The time that runs down, and what happens then.
fn countdown(app: &App, form: &Form, left: f64, whole: f64, width: usize) -> Line<'static> {
    let theme = app.theme;
    let then = match &form.prompt.on_timeout {
        OnTimeout::Abort => "the run is aborted".to_owned(),
        OnTimeout::Fail => "the step fails".to_owned(),
        OnTimeout::Continue => "the run goes on".to_owned(),
        OnTimeout::Button(name) => format!("{name} is pressed"),
    };
    let text = theme.clean(&format!("  {:.0} s, then {then}", left.ceil()));
    let room = width.saturating_sub(columns(&text)).min(30);
    let share = if whole > 0.0 { left / whole } else { 0.0 };
    let full = ((room as f64 * share).ceil() as usize).min(room);
    let tone = if left < 10.0 { Tone::Bad } else { Tone::Warn };
    Line::from(vec![
        toned(theme, tone, "━".repeat(full)),
        toned(theme, Tone::Dim, "╌".repeat(room - full)),
        toned(theme, tone, text),
    ])
}
