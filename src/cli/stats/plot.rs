//! Drawings on a terminal: a histogram between its limits, and a control chart.

use super::block::{ChartPlot, Height, HistogramPlot, Mark};
use super::number::{count, exact, significant};
use super::terminal::Terminal;
use crate::frontend::text::{Script, Tone, columns};

/// Rows of a control chart, and of one below it.
const CHART_ROWS: (usize, usize) = (13, 7);

/// Columns left of a drawing.
const MARGIN: usize = 13;

/// Columns right of a chart, for the names of its lines.
const NAMES: usize = 5;

/// Draws classes as lying bars, with the places of limits, mean and sigmas among them.
pub(super) fn histogram(terminal: &Terminal, out: &mut String, plot: &HistogramPlot) {
    let most = plot.counts.iter().copied().max().unwrap_or(1).max(1);
    let width = terminal.width.saturating_sub(MARGIN + 26).clamp(10, 46);
    let mut marks = plot.marks.clone();
    marks.sort_by(|one, other| one.value.total_cmp(&other.value));
    let mut marks = marks.into_iter().peekable();
    for (class, count) in plot.counts.iter().enumerate() {
        let (low, high) = (plot.edges[class], plot.edges[class + 1]);
        // What lies below this class stands on lines of its own above it.
        let is_below =
            |mark: &Mark| mark.value < low || (mark.is_limit && mark.value.total_cmp(&low).is_eq());
        while let Some(mark) = marks.next_if(is_below) {
            rule(terminal, out, &mark, plot.digits, width);
        }
        let mut notes = Vec::new();
        let is_last = class + 1 == plot.counts.len();
        while let Some(mark) =
            marks.next_if(|mark| mark.value < high || (is_last && mark.value <= high))
        {
            notes.push((
                mark.tone(),
                format!("{} {}", mark.name, shown(mark.value, mark.is_limit)),
            ));
        }
        let middle = low + (high - low) / 2.0;
        let is_outside = plot.limits.exclude(middle);
        let label = format!(
            "{:>width$}",
            significant(low, plot.digits),
            width = MARGIN - 2
        );
        terminal.push(out, Tone::Dim, &label);
        out.push_str("  ");
        let bar = terminal.bar(*count as f64 / most as f64, width);
        let room = width.saturating_sub(columns(&bar));
        let tone = if is_outside { Tone::Bad } else { Tone::Note };
        terminal.paint.push(out, tone, &bar);
        let number = if *count == 0 {
            String::new()
        } else {
            format!(" {count}")
        };
        terminal.push(out, Tone::Dim, &number);
        if !notes.is_empty() {
            out.push_str(&" ".repeat((room + 8).saturating_sub(columns(&number))));
            for (place, (tone, note)) in notes.iter().enumerate() {
                if place > 0 {
                    out.push_str("  ");
                }
                terminal.push(out, *tone, note);
            }
        }
        trim(out);
    }
    for mark in marks {
        rule(terminal, out, &mark, plot.digits, width);
    }
}

/// What lies between two classes, or beyond them: across the whole drawing where it is a limit.
fn rule(terminal: &Terminal, out: &mut String, mark: &Mark, digits: usize, width: usize) {
    let dash = match terminal.script {
        _ if !mark.is_limit => " ",
        Script::Ascii => "-",
        Script::Unicode => "╌",
    };
    let value = if mark.is_limit {
        exact(mark.value)
    } else {
        significant(mark.value, digits)
    };
    let tone = mark.tone();
    terminal.push(out, tone, &format!("{value:>width$}", width = MARGIN - 2));
    out.push_str("  ");
    terminal.paint.push(out, tone, &dash.repeat(width + 8));
    out.push(' ');
    terminal.push(out, tone, &mark.name);
    out.push('\n');
}

fn shown(value: f64, is_exact: bool) -> String {
    if is_exact {
        exact(value)
    } else {
        significant(value, 5)
    }
}

fn trim(out: &mut String) {
    let end = out.trim_end_matches(' ').len();
    out.truncate(end);
    out.push('\n');
}

/// Draws the newest points over their order, one column each, with lines at the centre and at the
/// limits. Points that break a rule are set off.
pub(super) fn chart(terminal: &Terminal, out: &mut String, plot: &ChartPlot) {
    let width = terminal.width.saturating_sub(MARGIN + NAMES);
    let first = plot.points.len().saturating_sub(width);
    let shown = &plot.points[first..];
    let lines = plot.lines.iter().map(|line| line.value);
    let drawn = || shown.iter().flatten().copied().chain(lines.clone());
    let low = drawn().fold(f64::INFINITY, f64::min);
    let high = drawn().fold(f64::NEG_INFINITY, f64::max);
    let rows = match plot.height {
        Height::Full => CHART_ROWS.0,
        Height::Half => CHART_ROWS.1,
    };
    let row_of = |value: f64| {
        // Of values that are all alike there is one line, in the middle.
        let share = if high > low {
            (high - value) / (high - low)
        } else {
            0.5
        };
        (share * (rows - 1) as f64).round() as usize
    };
    for row in 0..rows {
        let line = plot.lines.iter().find(|line| row_of(line.value) == row);
        let label = line.map_or_else(String::new, |line| significant(line.value, plot.digits));
        let tone = line.map_or(Tone::Dim, |line| line.tone);
        terminal.push(out, tone, &format!("{label:>width$}", width = MARGIN - 2));
        out.push_str("  ");
        for (place, point) in shown.iter().enumerate() {
            if point.is_some_and(|value| row_of(value) == row) {
                let (tone, sign) = if plot.flagged.contains(&(first + place)) {
                    (Tone::Bad, flagged(terminal))
                } else {
                    (Tone::Plain, dot(terminal))
                };
                terminal.paint.push(out, tone, sign);
            } else if line.is_some() {
                terminal.paint.push(out, tone, dash(terminal));
            } else {
                out.push(' ');
            }
        }
        if let Some(line) = line {
            out.push(' ');
            terminal.push(out, line.tone, &line.name);
        }
        trim(out);
    }
    if first > 0 && plot.height == Height::Full {
        out.push_str(&" ".repeat(MARGIN));
        let told = format!("{} older points have no room here", count(first as u64));
        terminal.push(out, Tone::Dim, &told);
        out.push('\n');
    }
}

const fn is_ascii(terminal: &Terminal) -> bool {
    matches!(terminal.script, Script::Ascii)
}

pub(super) const fn dot(terminal: &Terminal) -> &'static str {
    if is_ascii(terminal) { "o" } else { "•" }
}

const fn flagged(terminal: &Terminal) -> &'static str {
    if is_ascii(terminal) { "X" } else { "◆" }
}

const fn dash(terminal: &Terminal) -> &'static str {
    if is_ascii(terminal) { "-" } else { "┈" }
}

/// A column as high as a share of a line.
pub(super) fn level(terminal: &Terminal, share: f64) -> &'static str {
    const BLOCKS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    const SIGNS: [&str; 5] = ["_", ".", "-", "=", "^"];
    let of = |signs: &[&'static str]| {
        let place = (share.clamp(0.0, 1.0) * (signs.len() - 1) as f64).round() as usize;
        signs[place.min(signs.len() - 1)]
    };
    if is_ascii(terminal) {
        of(&SIGNS)
    } else {
        of(&BLOCKS)
    }
}
