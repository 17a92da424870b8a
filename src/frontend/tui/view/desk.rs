//! The screen between two units.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::super::desk::{Desk, Field, What};
use super::super::theme::Theme;
use super::field::{self, Look};
use super::help::{Keys, key_line};
use super::{clipped, fit, is_small, pop_up, toned, two_ends};
use crate::frontend::text::{Tone, columns, cut, shape, wrap_words};
use crate::record::Study;

/// Columns of the form.
const WIDTH: u16 = 68;

/// Columns of what a value is called.
const NAME: usize = 16;

/// Draws the desk; `clock` is the time of day.
pub(in super::super) fn draw(desk: &Desk, theme: Theme, clock: &str, frame: &mut Frame<'_>) {
    if is_small(frame.area()) {
        draw_small(desk, theme, frame);
    } else {
        draw_whole(desk, theme, clock, frame);
    }
    theme.finish(frame.buffer_mut());
}

fn draw_whole(desk: &Desk, theme: Theme, clock: &str, frame: &mut Frame<'_>) {
    let area = frame.area();
    let parts = [
        Constraint::Length(1),
        Constraint::Min(8),
        Constraint::Length(2),
        Constraint::Length(1),
    ];
    let [head, body, shift, foot] = Layout::vertical(parts).areas(area);
    let title = format!(" {}", theme.clean(&desk.title));
    let left = vec![toned(theme, Tone::Strong, title)];
    let right = theme.clean(&format!("{} · {clock} ", desk.station));
    let right = vec![toned(theme, Tone::Dim, right)];
    frame.render_widget(Paragraph::new(two_ends(left, right, area.width)), head);
    form(desk, theme, frame, body);
    let below = match &desk.study {
        Some(study) => study_lines(study, desk.operator(), theme),
        None => shift_lines(desk, theme),
    };
    let width = usize::from(area.width);
    let below: Vec<Line<'_>> = below
        .into_iter()
        .map(|line| Line::from(fit(line.spans, width)))
        .collect();
    frame.render_widget(Paragraph::new(below).centered(), shift);
    let keys = key_line(theme, keys_of(desk), width);
    frame.render_widget(Paragraph::new(keys), foot);
    if desk.is_leaving {
        let inside = pop_up(frame, body, (48, 5), "Leave?", theme.style(Tone::Warn));
        let line = Line::from(toned(theme, Tone::Strong, "y  leave        n  stay"));
        frame.render_widget(
            Paragraph::new(vec![Line::default(), line]).centered(),
            inside,
        );
    }
}

/// What is asked, what was typed, and what is wrong with it; there is no room for more.
fn draw_small(desk: &Desk, theme: Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    let width = usize::from(area.width);
    let mut lines = Vec::new();
    if desk.is_leaving {
        lines.push(Line::from(toned(theme, Tone::Strong, "Leave?")));
    } else {
        let label = desk.fields.get(desk.at).map(|field| field.what.label());
        let label = theme.clean(&label.unwrap_or_default());
        lines.push(Line::from(fit(
            vec![toned(theme, Tone::Strong, label)],
            width,
        )));
        lines.push(Line::from(field::spans(
            theme,
            &desk.text,
            width,
            Look::Open,
        )));
        lines.extend(told_lines(desk, theme, width));
    }
    let rows = usize::from(area.height).saturating_sub(1);
    let mut lines = clipped(theme, lines, rows as u16);
    lines.push(key_line(theme, keys_of(desk), width));
    frame.render_widget(Paragraph::new(lines), area);
}

fn keys_of(desk: &Desk) -> Keys {
    if desk.is_leaving {
        &[("y", "leave"), ("n", "stay")]
    } else if desk.doubt.is_some() {
        &[("Enter", "test it again"), ("Esc", "another unit")]
    } else if desk.has_tags() {
        &[
            ("Enter", "take it"),
            ("F2", "operator"),
            ("F3", "other values"),
            ("Ctrl-Z", "shell"),
            ("Esc", "leave"),
        ]
    } else {
        &[
            ("Enter", "take it"),
            ("F2", "operator"),
            ("Ctrl-Z", "shell"),
            ("Esc", "leave"),
        ]
    }
}

fn form(desk: &Desk, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    let Some(asked) = desk.fields.get(desk.at) else {
        return;
    };
    let title = match &asked.what {
        What::Serial => "Next unit".to_owned(),
        other => theme.clean(other.name()),
    };
    let width = usize::from(WIDTH.min(area.width).saturating_sub(4));
    let lines = form_lines(desk, asked, theme, width);
    let size = (
        WIDTH,
        (lines.len() as u16 + 3).max(8 + desk.fields.len() as u16 + 3),
    );
    let inside = pop_up(frame, area, size, &title, theme.style(Tone::Note));
    let lines = clipped(theme, lines, inside.height);
    frame.render_widget(Paragraph::new(lines), inside);
}

fn form_lines(desk: &Desk, asked: &Field, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let mut lines = vec![Line::default()];
    for label in wrap_words(&theme.clean(&asked.what.label()), width) {
        lines.push(Line::from(toned(theme, Tone::Strong, label)).centered());
    }
    lines.push(Line::default());
    lines.push(Line::from(field::spans(
        theme,
        &desk.text,
        width,
        Look::Open,
    )));
    lines.push(Line::default());
    lines.extend(told_lines(desk, theme, width));
    lines.push(Line::default());
    for known in desk.fields.iter().filter(|field| !field.value.is_empty()) {
        let name = cut(&theme.clean(known.what.name()), NAME - 1, theme.script).into_owned();
        let blanks = " ".repeat(NAME.saturating_sub(columns(&name)));
        let text = format!("{name}{blanks}{}", theme.clean(&known.value));
        let text = fit(vec![toned(theme, Tone::Dim, text)], width);
        lines.push(Line::from(text));
    }
    lines
}

/// What is wrong, or asked about.
fn told_lines(desk: &Desk, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let told = [(&desk.note, Tone::Bad), (&desk.doubt, Tone::Warn)];
    let lines = told.into_iter().flat_map(|(text, tone)| {
        let text = theme.clean(text.as_deref().unwrap_or_default());
        let lines = wrap_words(&text, width).into_iter();
        lines.map(move |line| Line::from(toned(theme, tone, line)))
    });
    lines.collect()
}

/// How far a gauge study is, and what its operator still has to measure.
fn study_lines(study: &Study, operator: Option<&str>, theme: Theme) -> Vec<Line<'static>> {
    let size = study.size();
    let counted = format!("gauge study: {} of {} runs", study.runs(), size.runs());
    let next = match operator {
        _ if study.is_complete() => "complete: Esc, then maestro stats grr".to_owned(),
        None => "who measures?".to_owned(),
        Some(operator) => {
            let standing = study.standing(operator);
            match standing.trial {
                Some(trial) => format!(
                    "{operator}, trial {trial} of {}, in any order: {standing}",
                    size.trials
                ),
                None => format!("{operator} has measured everything: F2, another operator goes on"),
            }
        }
    };
    vec![
        Line::from(toned(theme, Tone::Strong, counted)),
        Line::from(toned(theme, Tone::Note, theme.clean(&next))),
    ]
}

/// Counters, and the newest verdicts as shapes.
fn shift_lines(desk: &Desk, theme: Theme) -> Vec<Line<'static>> {
    let shift = &desk.shift;
    if shift.tested == 0 {
        return Vec::new();
    }
    let share = f64::from(shift.passed) / f64::from(shift.tested) * 100.0;
    let counted = format!(
        "{} tested   {} passed   yield {share:.1} %",
        shift.tested, shift.passed
    );
    let mut newest = vec![toned(theme, Tone::Dim, "newest last  ")];
    for (_, verdict) in &shift.newest {
        newest.push(toned(
            theme,
            Tone::of(*verdict),
            format!("{} ", shape(*verdict)),
        ));
    }
    if let Some((serial, verdict)) = shift.newest.back() {
        let text = theme.clean(&format!("  {serial} {verdict}"));
        newest.push(toned(theme, Tone::of(*verdict), text));
    }
    vec![Line::from(counted), Line::from(newest)]
}
