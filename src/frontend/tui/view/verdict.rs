//! The verdict, readable from three metres, and what to do about it.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Block, Paragraph, Widget as _};
use tui_big_text::{BigText, PixelSize};

use super::super::app::App;
use crate::event::Cleanup;
use crate::frontend::text::{Script, clock_text, columns, cut, shape, wrap_words};
use crate::record::{RunRecord, StepRecord};
use crate::session::RunEnd;
use crate::verdict::Verdict;

/// Sizes of big letters, largest first, with the cells of one letter.
const SIZES: [(PixelSize, u16, u16); 3] = [
    (PixelSize::Full, 8, 8),
    (PixelSize::HalfHeight, 8, 4),
    (PixelSize::Quadrant, 4, 4),
];

/// How much larger than the largest size letters are made, where there is room.
const LARGEST: u16 = 6;

/// Rows of what failed for which letters are made smaller.
const TOLD: u16 = 10;

/// How big letters are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Letters {
    size: PixelSize,
    /// Cells for each cell of the size, in both directions.
    scale: u16,
    /// Columns and rows of one letter.
    columns: u16,
    pub(super) rows: u16,
}

/// Rows for everything but the big letters.
const REST: u16 = 8;

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let (Some(end), Some(verdict)) = (&app.end, app.verdict()) else {
        return;
    };
    let ground = app.theme.ground(verdict);
    frame.render_widget(Block::new().style(ground), area);
    let words = big_words(app, end);
    let rows = failure_lines(app, usize::from(area.width.saturating_sub(4)));
    let below = rows.len() as u16;
    let letters = Letters::fitting(&words, area, app.theme.script, below);
    let height = letters.map_or(2, |letters| letters.rows) * words.len() as u16;
    // What is said stands in the middle of the screen, a little above it.
    let used = height + 7 + rows.len() as u16;
    let parts = [
        Constraint::Length(1 + area.height.saturating_sub(used) / 3),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(height + 1),
        Constraint::Min(1),
        Constraint::Length(3),
    ];
    let [_, head, _, big, middle, foot] = Layout::vertical(parts).areas(area);
    let quiet = ground.remove_modifier(Modifier::BOLD);
    let unit = unit_line(app, usize::from(area.width));
    frame.render_widget(Paragraph::new(unit).centered().style(quiet), head);
    draw_letters(&words, letters, frame, big, ground);
    draw_failures(rows, frame, inset(middle), quiet);
    draw_next(app, end, verdict, frame, inset(foot), ground);
}

/// The verdict and what qualifies it, each as big as the other.
pub(super) fn big_words(app: &App, end: &RunEnd) -> Vec<&'static str> {
    let finished = &end.finished;
    let mut words = match end.not_recorded {
        Some(_) => vec!["NOT RECORDED", "TEST AGAIN"],
        None => vec![finished.verdict.as_str()],
    };
    if finished.forced {
        words.push("(forced)");
    }
    if finished.unattended {
        words.push("(unattended)");
    }
    if app.run.is_debug() {
        words.push("(debug)");
    }
    if finished.cleanup != Cleanup::Complete {
        words.push("UNIT MAY BE LIVE");
    }
    words
}

impl Letters {
    /// The largest letters in which all words fit, with so many rows of text below them.
    pub(super) fn fitting(words: &[&str], area: Rect, script: Script, below: u16) -> Option<Self> {
        let longest = words.iter().map(|word| word.len()).max().unwrap_or(0) as u16;
        let count = words.len() as u16;
        let room = area.height.saturating_sub(REST);
        let large = (2..=LARGEST).rev().map(|scale| Self {
            size: PixelSize::Full,
            scale,
            columns: 8 * scale,
            rows: 8 * scale,
        });
        let sizes = SIZES.into_iter().map(|(size, columns, rows)| Self {
            size,
            scale: 1,
            columns,
            rows,
        });
        large.chain(sizes).find(|letters| {
            // Other sizes are made of signs that have no like in ASCII.
            let is_showable = script == Script::Unicode || letters.size == PixelSize::Full;
            // What failed is worth more than letters that are larger still.
            let below = if letters.scale > 1 {
                below.min(TOLD)
            } else {
                0
            };
            let is_wide = longest * letters.columns <= area.width;
            is_showable && is_wide && count * letters.rows + below <= room
        })
    }
}

pub(super) fn draw_letters(
    words: &[&str],
    letters: Option<Letters>,
    frame: &mut Frame<'_>,
    area: Rect,
    style: Style,
) {
    let Some(letters) = letters else {
        // Spaced out, between empty lines: as large as this window can do.
        let spaced = |word: &&str| {
            let text: Vec<String> = word.chars().map(String::from).collect();
            Line::from(text.join(" "))
        };
        let lines: Vec<Line<'_>> = words
            .iter()
            .flat_map(|w| [spaced(w), Line::default()])
            .collect();
        frame.render_widget(Paragraph::new(lines).centered().style(style), area);
        return;
    };
    let lines: Vec<Line<'_>> = words.iter().map(|word| Line::from(*word)).collect();
    let big = BigText::builder()
        .pixel_size(letters.size)
        .style(style)
        .lines(lines)
        .centered()
        .build();
    let scale = letters.scale;
    let small = Rect::new(0, 0, area.width / scale, area.height / scale);
    let mut drawn = Buffer::empty(small);
    big.render(small, &mut drawn);
    let left = area.x + (area.width - small.width * scale) / 2;
    for row in 0..small.height * scale {
        for column in 0..small.width * scale {
            let from = drawn.cell((column / scale, row / scale));
            let to = frame.buffer_mut().cell_mut((left + column, area.y + row));
            if let (Some(from), Some(to)) = (from, to) {
                *to = from.clone();
                to.set_style(style);
            }
        }
    }
}

fn unit_line(app: &App, width: usize) -> Line<'static> {
    let Some(record) = &app.run.record else {
        return Line::default();
    };
    let started = &record.started;
    let unit = started.serial_number.as_deref().map_or_else(
        || "no serial number".to_owned(),
        |serial| format!("Unit {serial}"),
    );
    let seconds = app
        .end
        .as_ref()
        .map_or(0, |end| end.finished.duration_us / 1_000_000);
    let passed = app.end.as_ref().map_or(0, |end| end.finished.counts[0]);
    let replay = if app.playing.is_some() {
        "REPLAY · "
    } else {
        ""
    };
    let text = format!(
        "{replay}{unit} · {passed} passed · {} · {} {}",
        clock_text(seconds),
        started.test_name,
        started.test_version,
    );
    cut(&app.theme.clean(&text), width, app.theme.script)
        .into_owned()
        .into()
}

/// Why the run ended, and what failed: name, value, limits.
fn failure_lines(app: &App, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    if let Some(end) = &app.end {
        let reasons = [
            end.not_recorded.as_deref(),
            end.finished.abort_reason.as_deref(),
            end.finished.error.as_deref(),
        ];
        for reason in reasons.into_iter().flatten() {
            lines.extend(wrap_words(&app.theme.clean(reason), width));
        }
    }
    if let Some(record) = &app.run.record {
        lines.extend(failing_lines(app, record, width));
    }
    lines
}

fn draw_failures(mut lines: Vec<String>, frame: &mut Frame<'_>, area: Rect, style: Style) {
    let room = usize::from(area.height);
    if lines.len() > room && room > 0 {
        let more = lines.len() - room + 1;
        lines.truncate(room - 1);
        lines.push(format!("and {more} more: press s to see the steps"));
    }
    let lines: Vec<Line<'_>> = lines.into_iter().map(Line::from).collect();
    frame.render_widget(Paragraph::new(lines).style(style), area);
}

fn failing_lines(app: &App, record: &RunRecord, width: usize) -> Vec<String> {
    let mut rows: Vec<[String; 4]> = Vec::new();
    for step in app.run.failing.iter().filter_map(|no| record.step(*no)) {
        push_failures(step, &mut rows);
    }
    let clean = |cell: &String| app.theme.clean(cell);
    let rows: Vec<[String; 4]> = rows.iter().map(|row| row.each_ref().map(clean)).collect();
    let of_column = |at: usize| rows.iter().map(|row| columns(&row[at])).max().unwrap_or(0);
    let widths = [
        of_column(0),
        of_column(1).min(width / 2),
        of_column(2).min(width / 3),
    ];
    rows.iter()
        .map(|row| {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(widths) {
                let cell = cut(cell, width.max(1), app.theme.script);
                let blanks = width.saturating_sub(columns(&cell));
                line = format!("{line}{cell}{}  ", " ".repeat(blanks));
            }
            line.push_str(&row[3]);
            cut(line.trim_end(), width, app.theme.script).into_owned()
        })
        .collect()
}

/// The failing measurements of a step; the step itself where none failed and nothing below it did.
fn push_failures(step: &StepRecord, rows: &mut Vec<[String; 4]>) {
    let mut has_told = false;
    for measurement in step.measurements() {
        if measurement.verdict.is_failing() {
            has_told = true;
            rows.push([
                format!("{} {}", shape(measurement.verdict), measurement.verdict),
                measurement.name.clone(),
                measurement.value_text(),
                measurement.limits_text(),
            ]);
        }
    }
    let is_sequence = step.started.kind == crate::event::StepKind::Sequence;
    if let (Some(finished), false, false) = (&step.finished, has_told, is_sequence) {
        rows.push([
            format!("{} {}", shape(finished.verdict), finished.verdict),
            step.started.name.clone(),
            finished.reason.clone().unwrap_or_default(),
            String::new(),
        ]);
    }
}

fn draw_next(
    app: &App,
    end: &RunEnd,
    verdict: Verdict,
    frame: &mut Frame<'_>,
    area: Rect,
    style: Style,
) {
    let next = next_step(app, end, verdict);
    let keys = if app.playing.is_some() {
        "Enter leave   , step back   [ begin   s steps   l log   ? help"
    } else {
        "Enter go on   s steps   l log   ? help"
    };
    let said = app.note.as_deref().map(|note| app.theme.clean(note));
    let lines = vec![
        Line::from(next),
        Line::from(said.unwrap_or_else(|| keys.to_owned())),
    ];
    frame.render_widget(Paragraph::new(lines).centered().style(style), area);
}

/// What the operator does next.
pub(super) fn next_step(app: &App, end: &RunEnd, verdict: Verdict) -> String {
    if app.playing.is_some() {
        return "This is a replay: nothing is tested now. Enter leaves".to_owned();
    }
    let is_live = end.finished.cleanup != Cleanup::Complete;
    let next = match (is_live, &end.not_recorded, verdict) {
        (true, _, _) => "Make the unit safe before you touch it. Enter: it is safe",
        (_, Some(_), _) => "The result could not be written: test this unit again. Enter goes on",
        (_, _, Verdict::Pass) => "The unit is good: take it out. Enter goes on",
        (_, _, Verdict::Fail) => "The unit failed: set it aside. Enter goes on",
        (_, _, Verdict::Error) => {
            "The station is at fault, not the unit: call for help, then test it again. Enter goes on"
        }
        _ => "The unit was not judged: test it again. Enter goes on",
    };
    next.to_owned()
}

pub(super) fn inset(area: Rect) -> Rect {
    Rect {
        x: area.x + 2,
        width: area.width.saturating_sub(4),
        ..area
    }
}
