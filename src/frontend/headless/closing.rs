//! The end of a run: the verdict, what failed, where the result is, what to do next.

use std::fmt::Write as _;

use crate::event::{Cleanup, ExecutionReplaced, RunFinished, StepFinished, StepNo};
use crate::frontend::text::{Paint, Tone, columns, cut, duration_text, shape, wrap};
use crate::measure::Measurement;
use crate::verdict::Verdict;

use super::lines::Lines;

/// How a run ended, and why its record is not certain, where it is not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Closing<'a> {
    pub(super) finished: &'a RunFinished,
    pub(super) lost: Option<&'a str>,
}

/// Failing steps that the closing block lists; it counts the rest.
const LISTED: usize = 20;

/// What went wrong, kept for the closing block.
#[derive(Debug, Default)]
pub(super) struct Failing {
    items: Vec<FailingItem>,
    /// The steps of those beyond what is listed.
    more: Vec<StepNo>,
}

/// A failing measurement, or a step that failed without one.
#[derive(Debug)]
struct FailingItem {
    no: StepNo,
    verdict: Verdict,
    name: String,
    value: String,
    limits: String,
    step: String,
}

impl Failing {
    /// How many failures there are.
    pub(super) fn count(&self) -> usize {
        self.items.len() + self.more.len()
    }

    /// Notes a step that failed. `is_told`: steps inside it failed, so that its own reason adds
    /// nothing.
    pub(super) fn take_note(&mut self, step: &str, finished: &StepFinished, is_told: bool) {
        if !finished.verdict.is_failing() {
            return;
        }
        let before = self.count();
        for measurement in &finished.measurements {
            if measurement.verdict.is_failing() {
                self.push(FailingItem::of_measurement(
                    finished.step,
                    step,
                    measurement,
                ));
            }
        }
        if !is_told && self.count() == before {
            self.push(FailingItem {
                no: finished.step,
                verdict: finished.verdict,
                name: step.to_owned(),
                value: finished.reason.clone().unwrap_or_default(),
                limits: String::new(),
                step: String::new(),
            });
        }
    }

    fn push(&mut self, item: FailingItem) {
        if self.items.len() < LISTED {
            self.items.push(item);
        } else {
            self.more.push(item.no);
        }
    }

    /// Drops what counts no more.
    pub(super) fn forget(&mut self, replaced: ExecutionReplaced) {
        self.items.retain(|item| !replaced.holds(item.no));
        self.more.retain(|no| !replaced.holds(*no));
    }
}

impl FailingItem {
    fn of_measurement(no: StepNo, step: &str, measurement: &Measurement) -> Self {
        Self {
            no,
            verdict: measurement.verdict,
            name: measurement.name.clone(),
            value: measurement.value_text(),
            limits: measurement.limits_text(),
            step: step.to_owned(),
        }
    }
}

impl Lines {
    /// The one line of `--quiet`.
    pub(super) fn closing_line(&self, closing: Closing<'_>, out: &mut String) {
        let Closing { finished, .. } = closing;
        let paint = self.look.paint;
        paint.push(out, Tone::of(finished.verdict), &self.verdict_text(closing));
        if let Some(started) = &self.started {
            let serial = started
                .serial_number
                .as_deref()
                .unwrap_or("no serial number");
            let time = duration_text(finished.duration_us);
            let text = format!(
                "  {serial}  {}  {time}  run {}",
                started.test_name, started.run
            );
            out.push_str(&self.clean(&text));
        }
        if finished.cleanup != Cleanup::Complete {
            paint.push(out, Tone::Bad, "  UNIT MAY BE LIVE");
        }
        out.push('\n');
    }

    /// The block at the end of a run.
    pub(super) fn closing_block(
        &self,
        closing: Closing<'_>,
        rows: &[(&str, String)],
        out: &mut String,
    ) {
        let Closing { finished, .. } = closing;
        out.push('\n');
        self.banner(closing, out);
        self.live_warning(finished, out);
        self.causes(closing, out);
        self.failing_list(out);
        out.push('\n');
        self.row("Steps", &self.counts(finished), out);
        if let Some(started) = &self.started {
            self.row("Run", &started.run.to_string(), out);
        }
        for (label, text) in rows {
            self.row(label, text, out);
        }
    }

    /// Verdict and unit on a coloured bar, between rules where there are no colours.
    fn banner(&self, closing: Closing<'_>, out: &mut String) {
        let Closing { finished, lost } = closing;
        let width = self.look.layout.width;
        let rule = self.look.script.sign("━").repeat(width);
        let verdict = self.verdict_text(closing);
        let time = duration_text(finished.duration_us);
        let unit = self.started.as_ref().map_or_else(String::new, |started| {
            let serial = started.serial_number.as_deref();
            serial.map_or_else(
                || started.test_name.clone(),
                |serial| format!("{serial} · {}", started.test_name),
            )
        });
        let right = self.clean(&format!("{unit} · {time}")).into_owned();
        let gap = width
            .saturating_sub(columns(&verdict) + columns(&right) + 4)
            .max(2);
        let text = format!("  {verdict}{}{right}  ", " ".repeat(gap));
        let paint = self.look.paint;
        if paint == Paint::Plain {
            let _ = writeln!(out, "{rule}\n{}\n{rule}", text.trim_end());
            return;
        }
        let blank = " ".repeat(columns(&text));
        for line in [&blank, &text, &blank] {
            let verdict = lost.map_or(finished.verdict, |_| Verdict::Error);
            paint.push_banner(out, verdict, line);
            out.push('\n');
        }
    }

    fn live_warning(&self, finished: &RunFinished, out: &mut String) {
        if finished.cleanup == Cleanup::Complete {
            return;
        }
        let serial = self
            .started
            .as_ref()
            .and_then(|started| started.serial_number.as_deref())
            .unwrap_or("without a serial number");
        let why = match finished.cleanup {
            Cleanup::NotRun => "the cleanup did not run",
            Cleanup::Incomplete | Cleanup::Complete => "the cleanup did not finish",
        };
        let text =
            format!("UNIT MAY BE LIVE: unit {serial}; {why}. Make it safe before you touch it.");
        out.push('\n');
        self.paragraph(Tone::Bad, &text, out);
    }

    /// What ended the run early, and what went wrong beside its steps.
    fn causes(&self, closing: Closing<'_>, out: &mut String) {
        let Closing { finished, lost } = closing;
        if let Some(why) = lost {
            out.push('\n');
            let text = format!("The result could not be written: {why}");
            self.paragraph(Tone::Bad, &text, out);
        }
        if let Some(reason) = &finished.abort_reason {
            let by = finished
                .aborted_by
                .as_ref()
                .map_or_else(String::new, |by| format!(" (by {by})"));
            out.push('\n');
            self.paragraph(Tone::Warn, &format!("Ended early: {reason}{by}"), out);
        }
        if let Some(error) = &finished.error {
            out.push('\n');
            self.paragraph(Tone::Bad, error, out);
        }
    }

    fn paragraph(&self, tone: Tone, text: &str, out: &mut String) {
        for line in wrap(&self.clean(text), self.look.layout.width - 2) {
            out.push_str("  ");
            self.look.paint.push(out, tone, &line);
            out.push('\n');
        }
    }

    /// The failing measurements as a table.
    fn failing_list(&self, out: &mut String) {
        let items = &self.failing.items;
        if items.is_empty() {
            return;
        }
        out.push('\n');
        let clean = |text: &str| self.clean(text).into_owned();
        let rows = items
            .iter()
            .map(|item| {
                [
                    item.verdict.as_str().to_owned(),
                    clean(&item.name),
                    clean(&item.value),
                    clean(&item.limits),
                    clean(&item.step),
                ]
            })
            .collect::<Vec<_>>();
        let mut widths = [0; 5];
        for row in &rows {
            let of_measurement = !row[3].is_empty() || !row[4].is_empty();
            for (i, cell) in row.iter().enumerate() {
                if of_measurement || i < 2 {
                    widths[i] = columns(cell).max(widths[i]);
                }
            }
        }
        for (item, row) in items.iter().zip(&rows) {
            self.failing_row(item, row, &widths, out);
        }
        let more = self.failing.more.len();
        if more > 0 {
            let text = format!("and {more} more");
            self.paragraph(Tone::Dim, &text, out);
        }
    }

    fn failing_row(
        &self,
        item: &FailingItem,
        row: &[String; 5],
        widths: &[usize; 5],
        out: &mut String,
    ) {
        let paint = self.look.paint;
        let sign = self.look.script.sign(shape(item.verdict));
        out.push_str("  ");
        paint.push(
            out,
            Tone::of(item.verdict),
            &format!("{sign} {:<1$}", row[0], widths[0]),
        );
        let mut at = 4 + widths[0];
        let tones = [Tone::Strong, Tone::Plain, Tone::Plain, Tone::Dim];
        for (i, (cell, tone)) in row[1..].iter().zip(tones).enumerate() {
            if row[i + 1..].iter().all(String::is_empty) {
                break;
            }
            let room = self.look.layout.width.saturating_sub(at + 2);
            out.push_str("  ");
            // The lines above tell the whole of it.
            let cell = cut(cell, room, self.look.script);
            paint.push(out, tone, &cell);
            let blanks = widths[i + 1].saturating_sub(columns(&cell));
            if row[i + 2..].iter().any(|rest| !rest.is_empty()) {
                out.extend(std::iter::repeat_n(' ', blanks));
            }
            at += 2 + columns(&cell) + blanks;
        }
        out.push('\n');
    }

    fn counts(&self, finished: &RunFinished) -> String {
        let words = [
            "passed",
            "failed",
            "in error",
            "aborted",
            "undetermined",
            "skipped",
        ];
        let total = finished.counts.iter().sum::<u32>();
        let parts = finished
            .counts
            .iter()
            .zip(words)
            .filter(|(count, _)| **count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect::<Vec<_>>();
        if total == 0 {
            return "none".to_owned();
        }
        let measured = match self.measured {
            0 => String::new(),
            1 => " · 1 measurement".to_owned(),
            more => format!(" · {more} measurements"),
        };
        let sum = if parts.len() > 1 {
            format!(" ({total} in all)")
        } else {
            String::new()
        };
        format!("{}{sum}{measured}", parts.join(", "))
    }

    /// The verdict as it is announced; a run whose journal was lost has none that counts.
    fn verdict_text(&self, closing: Closing<'_>) -> String {
        let Closing { finished, lost } = closing;
        if lost.is_some() {
            return "NOT RECORDED: TEST AGAIN".to_owned();
        }
        let mut text = finished.verdict.as_str().to_owned();
        let remarks = [
            (finished.forced, " (forced)"),
            (finished.unattended, " (unattended)"),
            (self.is_debug(), " (debug)"),
        ];
        for (_, remark) in remarks.into_iter().filter(|(is, _)| *is) {
            text.push_str(remark);
        }
        text
    }

    /// A labelled line of the closing block.
    pub(super) fn row(&self, label: &str, text: &str, out: &mut String) {
        out.push_str("  ");
        self.look.paint.push(out, Tone::Dim, &format!("{label:<8}"));
        let _ = writeln!(out, "{}", self.clean(text));
    }
}
