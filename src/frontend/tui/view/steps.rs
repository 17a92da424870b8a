//! The list of steps.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph};

use super::super::app::App;
use super::super::theme::Theme;
use super::super::tree::{Node, NodeIx, State};
use super::{toned, two_ends};
use crate::event::StepKind;
use crate::frontend::text::{Tone, duration_text, shape};
use crate::verdict::Verdict;

pub(super) fn draw(app: &mut App, frame: &mut Frame<'_>, area: Rect) {
    let height = usize::from(area.height.saturating_sub(2));
    app.page = height;
    let (rows, selected) = app.run.tree.rows();
    let count = rows.len();
    // The selected row stays in the middle third where it can.
    let margin = height / 3;
    let mut top = app.top.min(count.saturating_sub(height));
    if selected < top + margin {
        top = selected.saturating_sub(margin);
    } else if selected + margin >= top + height {
        top = (selected + margin + 1).saturating_sub(height);
    }
    top = top.min(count.saturating_sub(height));
    let shown: Vec<(NodeIx, bool)> = rows
        .iter()
        .enumerate()
        .skip(top)
        .take(height)
        .map(|(row, &ix)| (ix, row == selected))
        .collect();
    app.top = top;
    let width = area.width.saturating_sub(3);
    let lines: Vec<Line<'_>> = shown
        .into_iter()
        .map(|(ix, is_selected)| row_of(app, ix, is_selected, width))
        .collect();
    let block = Block::bordered()
        .title(title(app, count, top, height))
        .border_style(app.theme.style(Tone::Dim));
    app.list = block.inner(area);
    frame.render_widget(Paragraph::new(lines).block(block), area);
}

fn title(app: &App, count: usize, top: usize, height: usize) -> Line<'static> {
    let theme = app.theme;
    let mut title = vec![toned(theme, Tone::Strong, " Steps ")];
    if count > height {
        let text = format!("{}–{} of {count} ", top + 1, (top + height).min(count));
        title.push(toned(theme, Tone::Dim, text));
    }
    if !app.run.failing.is_empty() {
        let text = format!("{} failed ", app.run.failing.len());
        title.push(toned(theme, Tone::Bad, text));
    }
    Line::from(title)
}

fn row_of(app: &App, ix: NodeIx, is_selected: bool, width: u16) -> Line<'static> {
    let theme = app.theme;
    let Some(node) = app.run.tree.node(ix) else {
        return Line::default();
    };
    let (tone, sign) = sign_of(app, ix, node);
    let name_tone = match node.state {
        State::Waiting | State::Done(Verdict::Skipped) => Tone::Dim,
        State::Running => Tone::Strong,
        State::Done(_) => Tone::Plain,
    };
    let mut left = vec![
        Span::raw(" ".repeat(1 + 2 * node.depth)),
        toned(theme, tone, sign),
        Span::raw(" "),
        toned(theme, name_tone, theme.clean(&node.name)),
    ];
    if let Some(passes) = passes(node) {
        left.push(toned(theme, Tone::Dim, format!("  {passes}")));
    }
    let mut right = reading(app, node);
    let time = match node.state {
        State::Done(verdict) if verdict != Verdict::Skipped => duration_text(node.duration_us),
        _ => String::new(),
    };
    // Readings stand in one column; a name without one may use all of the line.
    if !(right.is_empty() && time.is_empty()) {
        right.push(toned(theme, Tone::Dim, format!("{time:>9}")));
    }
    let line = two_ends(left, right, width);
    if is_selected {
        line.patch_style(Theme::selected())
    } else {
        line.patch_style(Style::new())
    }
}

/// How far a loop is; how far it went.
fn passes(node: &Node) -> Option<String> {
    match (node.iteration, node.state, node.iterations) {
        (0, ..) => None,
        (now, State::Running, Some(most)) => Some(format!("{now}/{most}")),
        (now, State::Running, None) => Some(format!("pass {now}")),
        (1, ..) => Some("1 pass".to_owned()),
        (all, ..) => Some(format!("{all} passes")),
    }
}

fn sign_of(app: &App, ix: NodeIx, node: &Node) -> (Tone, &'static str) {
    let tree = &app.run.tree;
    let has_open_part = tree.has_below(ix) && !tree.is_folded(ix);
    match node.state {
        _ if tree.is_next(ix) => (Tone::Warn, "▸"),
        State::Running if has_open_part => (Tone::Note, "▾"),
        State::Running => (Tone::Note, "●"),
        State::Waiting => (Tone::Dim, "·"),
        State::Done(verdict) if node.kind.is_none() && has_open_part => (Tone::of(verdict), "▾"),
        State::Done(verdict) => (Tone::of(verdict), shape(verdict)),
    }
}

/// The one measurement of a step, or how far it is.
fn reading(app: &App, node: &Node) -> Vec<Span<'static>> {
    let theme = app.theme;
    let record = app.run.record.as_ref();
    let step = node.step.and_then(|no| record?.step(no));
    if node.state == State::Running
        && let Some(progress) = &app.run.progress
        && node.step == Some(progress.step)
    {
        let text = format!("{:.0} %", progress.fraction * 100.0);
        return vec![toned(theme, Tone::Note, text)];
    }
    let Some(finished) = step.and_then(|step| step.finished.as_ref()) else {
        return Vec::new();
    };
    if node.kind == Some(StepKind::Sequence) || node.state == State::Running {
        return Vec::new();
    }
    let tone = Tone::of(finished.verdict);
    match finished.measurements.as_slice() {
        [one] => vec![toned(theme, tone, theme.clean(&one.value_text()))],
        [] if finished.verdict.is_failing() => {
            vec![toned(theme, tone, finished.verdict.as_str())]
        }
        [] => Vec::new(),
        many => {
            let failed = many.iter().filter(|it| it.verdict.is_failing()).count();
            let text = if failed > 0 {
                format!("{failed} of {} failed", many.len())
            } else {
                format!("{} readings", many.len())
            };
            vec![toned(
                theme,
                if failed > 0 { tone } else { Tone::Dim },
                text,
            )]
        }
    }
}
