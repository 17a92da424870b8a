//! The selected step: what it measured, where that lies between the limits, why it failed, its log.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph};

use super::super::app::App;
use super::super::past::cpk;
use super::{clipped, fit, gauge, log, toned, two_ends};
use crate::event::StepKind;
use crate::frontend::text::{Tone, columns, cut, skip_text, word_of, wrap_words};
use crate::measure::Measurement;
use crate::record::StepRecord;

/// Measurements below a sequence that are looked at; a screen shows fewer.
const MEASURED: usize = 200;

/// Values of earlier runs that the sparkline shows at most.
const PAST: usize = 50;

pub(super) fn draw(app: &mut App, frame: &mut Frame<'_>, area: Rect) {
    let step = app.run.tree.selected().and_then(|node| node.step);
    let name = app
        .run
        .tree
        .selected()
        .map_or_else(String::new, |node| app.theme.clean(&node.name));
    let name = cut(
        &name,
        usize::from(area.width.saturating_sub(4)),
        app.theme.script,
    );
    let block = Block::bordered()
        .title(toned(app.theme, Tone::Strong, format!(" {name} ")))
        .border_style(app.theme.style(Tone::Dim));
    let inside = block.inner(area);
    frame.render_widget(block, area);
    let inside = Rect {
        x: inside.x + 1,
        width: inside.width.saturating_sub(2),
        ..inside
    };
    want_past(app);
    let lines = match (step, &app.run.record) {
        (Some(no), Some(record)) => record
            .step(no)
            .map_or_else(Vec::new, |step| step_lines(app, step, inside)),
        _ => Vec::new(),
    };
    let wanted = lines.len() as u16;
    let log_rows = inside
        .height
        .saturating_sub(wanted + 1)
        .max(inside.height / 4);
    let parts = [Constraint::Min(0), Constraint::Length(log_rows)];
    let [top, bottom] = Layout::vertical(parts).areas(inside);
    let lines = clipped(app.theme, lines, top.height);
    frame.render_widget(Paragraph::new(lines), top);
    log::draw_below(app, frame, bottom, step);
}

/// Asks for the earlier values of the first measurement of the selected step.
fn want_past(app: &mut App) {
    let step = app.run.tree.selected().and_then(|node| node.step);
    let name = step
        .and_then(|no| app.run.record.as_ref()?.step(no))
        .and_then(|step| step.measurements().first())
        .filter(|measurement| measurement.actual_value.is_some())
        .map(|measurement| measurement.name.clone());
    if let Some(name) = name {
        app.past.want(&name);
    }
}

fn step_lines(app: &App, step: &StepRecord, area: Rect) -> Vec<Line<'static>> {
    let theme = app.theme;
    let mut lines = Vec::new();
    let Some(finished) = &step.finished else {
        if let Some(progress) = app.run.progress.as_ref().filter(|it| it.step == step.no()) {
            lines.push(progress_line(app, progress.fraction, area.width));
            if let Some(message) = &progress.message {
                for line in wrap_words(&theme.clean(message), usize::from(area.width)) {
                    lines.push(Line::from(toned(theme, Tone::Dim, line)));
                }
            }
        } else {
            lines.push(Line::from(toned(theme, Tone::Note, "running")));
        }
        return lines;
    };
    if let Some(reason) = finished.skip_reason {
        let text = format!("skipped: {}", skip_text(reason));
        lines.push(Line::from(toned(theme, Tone::Dim, text)));
    }
    let word = word_of(finished);
    if finished.measurements.is_empty() && !word.is_empty() {
        lines.push(Line::from(toned(theme, Tone::of(finished.verdict), word)));
    }
    if !step.attempts.is_empty() {
        let text = format!("{} attempts", finished.attempts);
        lines.push(Line::from(toned(theme, Tone::Warn, text)));
    }
    let mut measurements: Vec<&Measurement> = finished.measurements.iter().collect();
    if step.started.kind == StepKind::Sequence {
        measurements.extend(measured_below(app));
    }
    measurement_lines(app, &measurements, area, &mut lines);
    if finished.verdict.is_failing()
        && let Some(reason) = &finished.reason
    {
        for line in wrap_words(&theme.clean(reason), usize::from(area.width)) {
            lines.push(Line::from(toned(theme, Tone::of(finished.verdict), line)));
        }
    }
    lines
}

/// What the steps of a sequence measured.
fn measured_below(app: &App) -> Vec<&Measurement> {
    let Some(record) = &app.run.record else {
        return Vec::new();
    };
    let steps = app.run.tree.steps_below_selected();
    steps
        .filter_map(|no| record.step(no))
        .flat_map(StepRecord::measurements)
        .take(MEASURED)
        .collect()
}

fn progress_line(app: &App, fraction: f64, width: u16) -> Line<'static> {
    let room = usize::from(width).saturating_sub(8);
    let full = ((room as f64) * fraction) as usize;
    Line::from(vec![
        toned(app.theme, Tone::Note, "━".repeat(full)),
        toned(app.theme, Tone::Dim, "╌".repeat(room.saturating_sub(full))),
        Span::raw(format!(" {:.0} %", fraction * 100.0)),
    ])
}

/// Failing measurements first; all of them as far as there is room.
fn measurement_lines(
    app: &App,
    measurements: &[&Measurement],
    area: Rect,
    lines: &mut Vec<Line<'static>>,
) {
    let room = usize::from(area.height) * 3 / 4;
    let failing = measurements.iter().filter(|it| it.verdict.is_failing());
    let passing = measurements.iter().filter(|it| !it.verdict.is_failing());
    for (count, measurement) in failing.chain(passing).enumerate() {
        if lines.len() + 2 > room && count > 0 {
            let text = format!("and {} more", measurements.len() - count);
            lines.push(Line::from(toned(app.theme, Tone::Dim, text)));
            return;
        }
        measurement_line(app, measurement, area.width, lines);
    }
    if let [one] = measurements {
        past_line(app, one, area.width, lines);
    }
}

fn measurement_line(
    app: &App,
    measurement: &Measurement,
    width: u16,
    lines: &mut Vec<Line<'static>>,
) {
    let theme = app.theme;
    let tone = Tone::of(measurement.verdict);
    let left = vec![toned(theme, Tone::Plain, theme.clean(&measurement.name))];
    let right = vec![
        toned(theme, Tone::Strong, theme.clean(&measurement.value_text())),
        Span::raw("  "),
        toned(theme, tone, measurement.verdict.as_str()),
    ];
    lines.push(two_ends(left, right, width));
    let limits = measurement.limits_text();
    if limits.is_empty() {
        return;
    }
    let has_bounds = measurement.low_limit.is_some() || measurement.high_limit.is_some();
    let (Some(value), true) = (measurement.actual_value, has_bounds) else {
        let text = vec![toned(theme, Tone::Dim, theme.clean(&limits))];
        lines.push(Line::from(fit(text, usize::from(width))));
        return;
    };
    let unit = measurement.unit.as_deref().unwrap_or_default();
    let low = measurement.low_limit.map_or_else(String::new, shown);
    let high = measurement
        .high_limit
        .map_or_else(String::new, |high| format!("{} {unit}", shown(high)));
    let (low, high) = (theme.clean(&low), theme.clean(&high));
    let room = usize::from(width).saturating_sub(columns(&low) + columns(&high));
    let bar = gauge::bar(
        value,
        measurement.low_limit,
        measurement.high_limit,
        room.min(40),
    );
    lines.push(Line::from(vec![
        toned(theme, Tone::Dim, low),
        toned(theme, tone, bar),
        toned(theme, Tone::Dim, high),
    ]));
}

/// What earlier runs measured.
fn past_line(app: &App, measurement: &Measurement, width: u16, lines: &mut Vec<Line<'static>>) {
    let Some(values) = app.past.of(&measurement.name) else {
        return;
    };
    let theme = app.theme;
    let newest = &values[values.len().saturating_sub(PAST)..];
    let label = format!("last {}  ", newest.len());
    let capability = cpk(newest, measurement.low_limit, measurement.high_limit)
        .map_or_else(String::new, |cpk| format!("  Cpk {cpk:.2}"));
    let room = usize::from(width).saturating_sub(label.len() + capability.len());
    lines.push(two_ends(
        vec![
            toned(theme, Tone::Dim, label),
            toned(theme, Tone::Note, gauge::sparkline(newest, room)),
        ],
        vec![toned(theme, Tone::Dim, capability)],
        width,
    ));
}

/// A limit in as few digits as tell it.
fn shown(limit: f64) -> String {
    let text = format!("{limit}");
    if text.len() > 9 {
        format!("{limit:.4e}")
    } else {
        text
    }
}
