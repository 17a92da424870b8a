//! A page of figures on a terminal: 80 columns, block characters, ASCII where there is nothing else.

use super::block::{Block, Cell, Column, ColumnKind, Row, Table};
use super::plot;
use crate::cli::results::View;
use crate::frontend::text::{Paint, Script, Tone, columns, cut, wrap};

/// Columns of output that goes to a file.
const WIDTH_OF_FILES: usize = 100;

/// Longest bar, shortest bar.
const BAR: (usize, usize) = (28, 6);

/// Longest words before a column of words gives way.
const WORDS: usize = 34;

/// Shortest words that still say something.
const LEAST: usize = 8;

const GAP: usize = 2;

/// Draws blocks for one terminal.
pub(super) struct Terminal {
    pub(super) script: Script,
    pub(super) paint: Paint,
    pub(super) width: usize,
}

impl Terminal {
    pub(super) fn of(view: &View) -> Self {
        Self {
            script: view.look.script,
            paint: view.look.paint,
            width: view
                .width
                .map_or(WIDTH_OF_FILES, |width| usize::from(width).clamp(60, 120)),
        }
    }

    /// The whole page.
    pub(super) fn draw(&self, blocks: &[Block]) -> String {
        let mut out = String::new();
        for block in blocks {
            if !out.is_empty() && !out.ends_with("\n\n") && !matches!(block, Block::Text(..)) {
                out.push('\n');
            }
            match block {
                Block::Title(title, about) => self.title(&mut out, title, about),
                Block::Text(tone, text) => self.text(&mut out, *tone, text),
                Block::Table(table) => self.table(&mut out, table),
                Block::Histogram(plot) => plot::histogram(self, &mut out, plot),
                Block::Chart(plot) => plot::chart(self, &mut out, plot),
            }
        }
        out
    }

    fn title(&self, out: &mut String, title: &str, about: &str) {
        for line in wrap(&self.script.clean(title), self.width) {
            self.push(out, Tone::Strong, &line);
            out.push('\n');
        }
        for line in wrap(&self.script.clean(about), self.width) {
            self.push(out, Tone::Dim, &line);
            out.push('\n');
        }
    }

    fn text(&self, out: &mut String, tone: Tone, text: &str) {
        if text.is_empty() {
            out.push('\n');
        }
        for line in wrap(&self.script.clean(text), self.width - GAP) {
            out.push_str("  ");
            self.push(out, tone, &line);
            out.push('\n');
        }
    }

    /// Text in a tone, made harmless.
    pub(super) fn push(&self, out: &mut String, tone: Tone, text: &str) {
        self.paint.push(out, tone, &self.script.clean(text));
    }

    fn table(&self, out: &mut String, table: &Table) {
        if !table.title.is_empty() {
            self.push(out, Tone::Strong, &table.title);
            out.push('\n');
        }
        let widths = self.widths(table);
        if table.columns.iter().any(|column| !column.name.is_empty()) {
            let heading = table.columns.iter().map(|column| Cell::dim(column.name));
            self.row(out, &table.columns, &widths, &Row::of(heading));
        }
        for row in &table.rows {
            self.row(out, &table.columns, &widths, row);
        }
    }

    /// Words and numbers take what they need, bars what is left.
    fn widths(&self, table: &Table) -> Vec<usize> {
        let needed = |place: usize| {
            let cells = table
                .rows
                .iter()
                .filter_map(|row| match row.cells.get(place) {
                    Some(Cell::Text(_, text)) => Some(columns(&self.script.clean(text))),
                    Some(Cell::Course(places)) => Some(places.len()),
                    _ => None,
                });
            cells
                .chain([columns(table.columns[place].name)])
                .max()
                .unwrap_or(0)
        };
        let mut widths: Vec<usize> = (0..table.columns.len())
            .map(|place| match table.columns[place].kind {
                ColumnKind::Words => needed(place).min(WORDS),
                ColumnKind::Number => needed(place),
                ColumnKind::Bar => BAR.1,
            })
            .collect();
        let used = |widths: &[usize]| widths.iter().map(|width| width + GAP).sum::<usize>();
        // Columns of words give way, the first one first.
        let words = |place: &usize| table.columns[*place].kind == ColumnKind::Words;
        for place in (0..widths.len()).filter(words) {
            let over = used(&widths).saturating_sub(self.width);
            let least = widths[place].min(LEAST);
            widths[place] = widths[place].saturating_sub(over).max(least);
        }
        let bars = table
            .columns
            .iter()
            .filter(|one| one.kind == ColumnKind::Bar)
            .count();
        if let Some(left) = self.width.saturating_sub(used(&widths)).checked_div(bars) {
            for (place, column) in table.columns.iter().enumerate() {
                if column.kind == ColumnKind::Bar {
                    widths[place] = (widths[place] + left).min(BAR.0);
                }
            }
        }
        // What is left belongs to words that were cut, those at the end of the line first.
        for place in (0..widths.len()).rev().filter(words) {
            let left = self.width.saturating_sub(used(&widths));
            widths[place] += needed(place).saturating_sub(widths[place]).min(left);
        }
        widths
    }

    fn row(&self, out: &mut String, all: &[Column], widths: &[usize], row: &Row) {
        let mut line = String::new();
        for ((cell, column), width) in row.cells.iter().zip(all).zip(widths) {
            line.push_str("  ");
            match cell {
                Cell::Text(tone, text) => {
                    let text = self.script.clean(text);
                    let text = cut(&text, *width, self.script);
                    let room = " ".repeat(width.saturating_sub(columns(&text)));
                    let tone = if row.is_total { Tone::Strong } else { *tone };
                    if column.kind == ColumnKind::Number {
                        line.push_str(&room);
                    }
                    self.paint.push(&mut line, tone, &text);
                    if column.kind != ColumnKind::Number {
                        line.push_str(&room);
                    }
                }
                Cell::Bar(tone, share) => {
                    let bar = self.bar(*share, *width);
                    let room = " ".repeat(width.saturating_sub(columns(&bar)));
                    self.paint.push(&mut line, *tone, &bar);
                    line.push_str(&room);
                }
                Cell::Dot(tone, share) => {
                    let last = width.saturating_sub(1);
                    let place = ((share.clamp(0.0, 1.0) * last as f64).round() as usize).min(last);
                    line.push_str(&" ".repeat(place));
                    self.paint.push(&mut line, *tone, plot::dot(self));
                    line.push_str(&" ".repeat(last - place));
                }
                Cell::Course(places) => {
                    for (place, is_bad) in places {
                        let tone = if *is_bad { Tone::Bad } else { Tone::Note };
                        self.paint.push(&mut line, tone, plot::level(self, *place));
                    }
                    line.push_str(&" ".repeat(width.saturating_sub(places.len())));
                }
                Cell::Empty => line.push_str(&" ".repeat(*width)),
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }

    /// A bar in eighths of a column; whole columns in ASCII.
    pub(super) fn bar(&self, share: f64, width: usize) -> String {
        const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
        let share = if share.is_finite() {
            share.clamp(0.0, 1.0)
        } else {
            0.0
        };
        let eighths = (share * (width * 8) as f64).round() as usize;
        if self.script == Script::Ascii {
            let whole = (eighths + 4) / 8;
            return "#".repeat(whole.max(usize::from(share > 0.0)));
        }
        // What is there is seen.
        let eighths = eighths.max(usize::from(share > 0.0));
        format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
    }
}
