//! What a page of figures is made of, for terminals and browsers alike.

use std::collections::BTreeSet;

use crate::frontend::text::Tone;
use crate::stats::Limits;

/// A piece of a page.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    /// The heading of the page, and what it is about.
    Title(String, String),
    /// A line of text; long ones are wrapped.
    Text(Tone, String),
    Table(Table),
    Histogram(HistogramPlot),
    Chart(ChartPlot),
}

/// A table; a bar in it shows a number beside the number itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Table {
    pub(super) title: String,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
}

/// A column and how it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: ColumnKind,
}

/// How the cells of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ColumnKind {
    /// Words, to the left; cut where there is no room.
    Words,
    /// Numbers, to the right.
    Number,
    Bar,
}

/// One line of a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
    /// The sum of those above.
    pub(super) is_total: bool,
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Text(Tone, String),
    /// A share of the width, 0 to 1.
    Bar(Tone, f64),
    /// A place between the two ends of the column, 0 to 1.
    Dot(Tone, f64),
    /// Places one after the other, 0 to 1; `true` sets one off.
    Course(Vec<(f64, bool)>),
    Empty,
}

impl Column {
    pub(super) const fn words(name: &'static str) -> Self {
        let kind = ColumnKind::Words;
        Self { name, kind }
    }

    pub(super) const fn number(name: &'static str) -> Self {
        let kind = ColumnKind::Number;
        Self { name, kind }
    }

    pub(super) const fn bar(name: &'static str) -> Self {
        let kind = ColumnKind::Bar;
        Self { name, kind }
    }
}

impl Row {
    pub(super) fn of(cells: impl IntoIterator<Item = Cell>) -> Self {
        Self {
            cells: cells.into_iter().collect(),
            is_total: false,
        }
    }
}

impl Cell {
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self::Text(Tone::Plain, text.into())
    }

    pub(super) fn dim(text: impl Into<String>) -> Self {
        Self::Text(Tone::Dim, text.into())
    }
}

/// How often values fell where, and what stands among them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct HistogramPlot {
    pub(super) edges: Vec<f64>,
    pub(super) counts: Vec<u64>,
    pub(super) limits: Limits,
    pub(super) marks: Vec<Mark>,
    /// Significant digits of a value.
    pub(super) digits: usize,
}

/// A value that is pointed out among the classes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mark {
    pub(super) name: String,
    pub(super) value: f64,
    pub(super) is_limit: bool,
}

impl Mark {
    pub(super) const fn tone(&self) -> Tone {
        if self.is_limit { Tone::Warn } else { Tone::Dim }
    }
}

/// Points in their order, and lines across them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ChartPlot {
    pub(super) name: &'static str,
    /// A place may have no point.
    pub(super) points: Vec<Option<f64>>,
    pub(super) lines: Vec<Line>,
    /// Places of points that break a rule.
    pub(super) flagged: BTreeSet<usize>,
    pub(super) digits: usize,
    pub(super) height: Height,
}

/// How much room a chart takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Height {
    Full,
    /// Of what stands below another one.
    Half,
}

/// A line across a chart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) value: f64,
    pub(super) tone: Tone,
}
