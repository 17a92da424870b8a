//! A page of figures for a browser: one file, no script, drawings as SVG.
//!
//! The frame and its colours are those of the reports. No text of a test stands anywhere unescaped,
//! and nothing is styled in place: the content policy forbids it.

use std::fmt::Write as _;

use super::block::{Block, Cell, ChartPlot, Column, ColumnKind, Height, HistogramPlot, Row, Table};
use super::number::{exact, significant};
use crate::frontend::text::Tone;
use crate::report::page::{Page, html};

const STYLE: &str = include_str!("stats.css");

/// Width and height of a drawing, and the room left of it for numbers.
const CHART: (f64, f64) = (880.0, 300.0);
const LEFT: f64 = 80.0;
const RIGHT: f64 = 120.0;

/// The whole document.
pub(super) fn page(blocks: &[Block], foot: &str) -> String {
    let title = blocks.iter().find_map(|block| match block {
        Block::Title(title, _) => Some(title.as_str()),
        _ => None,
    });
    let mut body = String::new();
    for block in blocks {
        draw(&mut body, block);
    }
    let _ = writeln!(body, "<p class=\"soft\">{}</p>", html(foot));
    Page {
        title: title.unwrap_or("Figures"),
        style: STYLE,
        script: "",
        foot,
        paper: "auto",
    }
    .around(&body)
}

fn draw(out: &mut String, block: &Block) {
    // Writing to a text cannot fail.
    let _ = match block {
        Block::Title(title, about) => writeln!(
            out,
            "<header><h1>{}</h1><p class=\"soft\">{}</p></header>",
            html(title),
            html(about)
        ),
        Block::Text(_, text) if text.is_empty() => Ok(()),
        Block::Text(tone, text) => {
            writeln!(out, "<p class=\"{}\">{}</p>", class(*tone), html(text))
        }
        Block::Table(one) => {
            table(out, one);
            Ok(())
        }
        Block::Histogram(plot) => {
            histogram(out, plot);
            Ok(())
        }
        Block::Chart(plot) => {
            chart(out, plot);
            Ok(())
        }
    };
}

const fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "t-plain",
        Tone::Strong => "t-strong",
        Tone::Dim => "t-dim",
        Tone::Good => "t-good",
        Tone::Bad => "t-bad",
        Tone::Warn => "t-warn",
        Tone::Note => "t-note",
    }
}

fn table(out: &mut String, table: &Table) {
    out.push_str("<section class=\"card\">\n");
    if !table.title.is_empty() {
        let _ = writeln!(out, "<h2>{}</h2>", html(&table.title));
    }
    out.push_str("<table class=\"grid\">\n");
    if table.columns.iter().any(|column| !column.name.is_empty()) {
        out.push_str("<thead><tr>");
        for column in &table.columns {
            let _ = write!(out, "<th{}>{}</th>", side(column), html(column.name));
        }
        out.push_str("</tr></thead>\n");
    }
    out.push_str("<tbody>\n");
    for one in &table.rows {
        row(out, &table.columns, one);
    }
    out.push_str("</tbody></table>\n</section>\n");
}

fn side(column: &Column) -> &'static str {
    match column.kind {
        ColumnKind::Number => " class=\"num\"",
        ColumnKind::Bar => " class=\"bar\"",
        ColumnKind::Words => "",
    }
}

fn row(out: &mut String, columns: &[Column], row: &Row) {
    out.push_str(if row.is_total {
        "<tr class=\"total\">"
    } else {
        "<tr>"
    });
    for (cell, column) in row.cells.iter().zip(columns) {
        let _ = write!(out, "<td{}>", side(column));
        let _ = match cell {
            Cell::Empty => Ok(()),
            Cell::Text(tone, text) => {
                write!(
                    out,
                    "<span class=\"{}\">{}</span>",
                    class(*tone),
                    html(text)
                )
            }
            Cell::Bar(tone, share) => write!(
                out,
                "<svg class=\"{}\" viewBox=\"0 0 200 14\" width=\"200\" height=\"14\" role=\"img\" \
                 aria-label=\"bar\"><rect class=\"back\" width=\"200\" height=\"14\"/>\
                 <rect class=\"fill\" width=\"{:.1}\" height=\"14\"/></svg>",
                class(*tone),
                share.clamp(0.0, 1.0) * 200.0
            ),
            Cell::Dot(tone, share) => write!(
                out,
                "<svg class=\"{}\" viewBox=\"0 0 200 14\" width=\"200\" height=\"14\" role=\"img\" \
                 aria-label=\"place\"><rect class=\"back\" y=\"6\" width=\"200\" height=\"2\"/>\
                 <circle class=\"fill\" cx=\"{:.1}\" cy=\"7\" r=\"5\"/></svg>",
                class(*tone),
                5.0 + share.clamp(0.0, 1.0) * 190.0
            ),
            Cell::Course(places) => {
                course(out, places);
                Ok(())
            }
        };
        out.push_str("</td>");
    }
    out.push_str("</tr>\n");
}

/// Values between their limits, one after the other.
fn course(out: &mut String, places: &[(f64, bool)]) {
    let width = 14 * places.len().max(1);
    let _ = write!(
        out,
        "<svg class=\"t-note\" viewBox=\"0 0 {width} 28\" width=\"{width}\" height=\"28\" \
         role=\"img\" aria-label=\"course\"><rect class=\"back\" width=\"{width}\" height=\"28\"/>"
    );
    for (number, (place, is_bad)) in places.iter().enumerate() {
        let class = if *is_bad { "t-bad" } else { "t-note" };
        let (x, y) = (7 + 14 * number, 25.0 - place.clamp(0.0, 1.0) * 22.0);
        let _ = write!(
            out,
            "<circle class=\"fill {class}\" cx=\"{x}\" cy=\"{y:.1}\" r=\"4\"/>"
        );
    }
    out.push_str("</svg>");
}

fn begin(out: &mut String, name: &str, height: f64) {
    let (width, _) = CHART;
    let _ = writeln!(
        out,
        "<section class=\"card\"><svg class=\"plot\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{name}\">"
    );
}

/// Classes as standing bars, with limits, mean and sigmas across them.
fn histogram(out: &mut String, plot: &HistogramPlot) {
    let (width, height) = CHART;
    let (first, last) = (plot.edges[0], plot.edges[plot.edges.len() - 1]);
    let ends = plot
        .marks
        .iter()
        .map(|mark| mark.value)
        .chain([first, last]);
    let low = ends.clone().fold(f64::INFINITY, f64::min);
    let high = ends.fold(f64::NEG_INFINITY, f64::max);
    let span = if high > low { high - low } else { 1.0 };
    let x = |value: f64| LEFT + (value - low) / span * (width - LEFT - 40.0);
    let floor = height - 50.0;
    let most = plot.counts.iter().copied().max().unwrap_or(1).max(1) as f64;
    begin(out, "histogram", height);
    for (class, count) in plot.counts.iter().enumerate() {
        let (from, to) = (x(plot.edges[class]), x(plot.edges[class + 1]));
        let tall = *count as f64 / most * (floor - 40.0);
        let middle = f64::midpoint(plot.edges[class], plot.edges[class + 1]);
        let tone = if plot.limits.exclude(middle) {
            "t-bad"
        } else {
            "t-note"
        };
        let _ = writeln!(
            out,
            "<rect class=\"fill {tone}\" x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" \
             height=\"{tall:.1}\"><title>{} to {}: {count}</title></rect>",
            floor - tall,
            (to - from - 1.0).max(1.0),
            significant(plot.edges[class], plot.digits),
            significant(plot.edges[class + 1], plot.digits),
        );
    }
    let _ = writeln!(
        out,
        "<line class=\"axis\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{floor}\" y2=\"{floor}\"/>",
        width - 40.0
    );
    for (place, mark) in plot.marks.iter().enumerate() {
        let (line, at) = if mark.is_limit {
            ("limit", 14.0)
        } else {
            ("mark", 28.0)
        };
        let number = if mark.is_limit {
            exact(mark.value)
        } else {
            significant(mark.value, plot.digits)
        };
        let across = x(mark.value);
        let below = if place % 2 == 0 { 18.0 } else { 34.0 };
        let _ = writeln!(
            out,
            "<line class=\"{line}\" x1=\"{across:.1}\" x2=\"{across:.1}\" y1=\"{at}\" y2=\"{floor}\"/>\
             <text class=\"{line}\" x=\"{across:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{} {}</text>",
            floor + below,
            html(&mark.name),
            html(&number),
        );
    }
    out.push_str("</svg></section>\n");
}

/// Points joined in their order; those that break a rule are set off.
fn chart(out: &mut String, plot: &ChartPlot) {
    let (width, full) = CHART;
    let height = match plot.height {
        Height::Full => full,
        Height::Half => full * 0.6,
    };
    let lines = plot.lines.iter().map(|line| line.value);
    let all = || plot.points.iter().flatten().copied().chain(lines.clone());
    let low = all().fold(f64::INFINITY, f64::min);
    let high = all().fold(f64::NEG_INFINITY, f64::max);
    let y = |value: f64| {
        let share = if high > low {
            (high - value) / (high - low)
        } else {
            0.5
        };
        20.0 + share * (height - 50.0)
    };
    let step = (width - LEFT - RIGHT) / (plot.points.len().max(2) - 1) as f64;
    let x = |place: usize| LEFT + step * place as f64;
    begin(out, plot.name, height);
    for line in &plot.lines {
        let at = y(line.value);
        let _ = writeln!(
            out,
            "<line class=\"{}\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\">{} {}</text>",
            if line.tone == Tone::Good {
                "mark"
            } else {
                "limit"
            },
            width - RIGHT,
            width - RIGHT + 6.0,
            at + 4.0,
            html(&line.name),
            significant(line.value, plot.digits),
        );
    }
    let points = || {
        let points = plot.points.iter().enumerate();
        points.filter_map(|(place, point)| Some((place, (*point)?)))
    };
    out.push_str("<polyline class=\"curve\" points=\"");
    for (place, value) in points() {
        let _ = write!(out, "{:.1},{:.1} ", x(place), y(value));
    }
    out.push_str("\"/>\n");
    for (place, value) in points() {
        let (tone, size) = if plot.flagged.contains(&place) {
            ("t-bad", 5)
        } else {
            ("t-note", 2)
        };
        let _ = writeln!(
            out,
            "<circle class=\"fill {tone}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"{size}\"><title>{}: {}</title></circle>",
            x(place),
            y(value),
            place + 1,
            significant(value, 6),
        );
    }
    out.push_str("</svg></section>\n");
}
