//! The screen between two units.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::super::desk::{Desk, What};
use super::super::theme::Theme;
use super::{pop_up, toned, two_ends};
use crate::frontend::text::{Tone, shape, wrap_words};
use crate::record::Study;

/// Draws the desk; `clock` is the time of day.
pub(in super::super) fn draw(desk: &Desk, theme: Theme, clock: &str, frame: &mut Frame<'_>) {
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
    frame.render_widget(Paragraph::new(below).centered(), shift);
    let keys = if desk.doubt.is_some() {
        " Enter test it again   Esc another unit"
    } else {
        " F2 change operator   Esc leave"
    };
    frame.render_widget(Paragraph::new(toned(theme, Tone::Dim, keys)), foot);
    if desk.is_leaving {
        let inside = pop_up(frame, body, (48, 5), "Leave?", theme.style(Tone::Warn));
        let line = Line::from(toned(theme, Tone::Strong, "y  leave        n  stay"));
        frame.render_widget(
            Paragraph::new(vec![Line::default(), line]).centered(),
            inside,
        );
    }
    theme.finish(frame.buffer_mut());
}

fn form(desk: &Desk, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    let Some(field) = desk.fields.get(desk.at) else {
        return;
    };
    let title = match &field.what {
        What::Serial => "Next unit".to_owned(),
        other => theme.clean(other.name()),
    };
    let size = (68, 8 + desk.fields.len() as u16 + 3);
    let inside = pop_up(frame, area, size, &title, theme.style(Tone::Note));
    let width = usize::from(inside.width);
    let mut lines = vec![Line::default()];
    let label = theme.clean(&field.what.label());
    lines.push(Line::from(toned(theme, Tone::Strong, label)).centered());
    lines.push(Line::default());
    let typed = theme.clean(&desk.text.text());
    lines.push(Line::from(vec![
        toned(theme, Tone::Note, "▸ "),
        toned(theme, Tone::Strong, typed),
        Span::styled(" ", Theme::selected()),
    ]));
    lines.push(Line::default());
    let told = [(&desk.note, Tone::Bad), (&desk.doubt, Tone::Warn)];
    for (text, tone) in told {
        let text = text.as_deref().unwrap_or_default();
        for line in wrap_words(&theme.clean(text), width) {
            lines.push(Line::from(toned(theme, tone, line)));
        }
    }
    lines.push(Line::default());
    for field in desk.fields.iter().filter(|field| !field.value.is_empty()) {
        let text = theme.clean(&format!("{:<16}{}", field.what.name(), field.value));
        lines.push(Line::from(toned(theme, Tone::Dim, text)));
    }
    frame.render_widget(Paragraph::new(lines), inside);
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
