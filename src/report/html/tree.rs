//! Walks the steps: sequences fold, loops are gathered, long lists come in chunks.

use std::fmt::Write as _;

use super::Fragments;
use super::head::class;
use super::step::{Standing, StepView};
use crate::event::{Section, StepNo};
use crate::record::{StepRecord, duration_text, shape};
use crate::report::Subject;
use crate::report::page::html;
use crate::report::tree::Children;
use crate::verdict::Verdict;

/// A run of up to so many steps is shown unfolded.
const SHORT_RUN: usize = 400;
/// Steps that a browser lays out at once.
const CHUNK: usize = 50;

const BEGIN: &str = "<section class=\"card\" id=\"steps\"><h2>Steps</h2>\n\
    <table class=\"tree\"><thead><tr><th><div class=\"m cols\"><span>Verdict</span><span>Step or measurement</span>\
    <span>Place</span><span class=\"x\">Value</span><span>Limits</span></div></th></tr></thead><tbody><tr><td>\n";
const END: &str = "</td></tr></tbody></table></section>\n";

/// Appends the section with all steps.
pub(super) fn write(subject: &Subject<'_>, fragments: &Fragments, out: &mut String) {
    let mut tree = Tree {
        subject,
        fragments,
        children: Children::of(subject.record),
        is_short: subject.record.steps.len() <= SHORT_RUN,
        out,
    };
    tree.out.push_str(BEGIN);
    tree.list(None);
    tree.out.push_str(END);
}

struct Tree<'a> {
    subject: &'a Subject<'a>,
    fragments: &'a Fragments,
    children: Children<'a>,
    is_short: bool,
    out: &'a mut String,
}

impl<'a> Tree<'a> {
    /// The steps directly under `parent`.
    fn list(&mut self, parent: Option<StepNo>) {
        let steps = self.children.take(parent);
        if steps.is_empty() {
            return;
        }
        let mut section = parent.map(|_| Section::Steps);
        let mut rest = steps.as_slice();
        let mut in_chunk = 0;
        while let Some(first) = rest.first() {
            let own = first.started.section;
            let is_new = section != Some(own) && is_headed(own);
            if in_chunk > 0 && (is_new || in_chunk >= CHUNK) {
                self.out.push_str("</div>");
                in_chunk = 0;
            }
            if is_new {
                let _ = writeln!(self.out, "<h3>{}</h3>", heading(own));
                section = Some(own);
            }
            if in_chunk == 0 {
                let is_long = steps.len() > CHUNK;
                self.out.push_str(if is_long {
                    "<div class=\"chunk\">"
                } else {
                    "<div>"
                });
            }
            let length = length_of_loop(rest);
            let (these, others) = rest.split_at(length);
            if length > 1 {
                self.gathered(these);
            } else {
                self.step(first);
            }
            in_chunk += 1;
            rest = others;
        }
        self.out.push_str("</div>");
    }

    /// The iterations of one step.
    fn gathered(&mut self, steps: &[&'a StepRecord]) {
        let counted = steps.iter().filter(|step| step.is_counted());
        let verdict = Verdict::worst(counted.filter_map(|step| step.verdict()));
        let time: u64 = steps
            .iter()
            .filter_map(|step| Some(step.finished.as_ref()?.duration_us))
            .sum();
        let is_open = self.is_short || verdict.is_some_and(Verdict::is_failing);
        let _ = writeln!(
            self.out,
            "<details class=\"s q loop {}\"{}><summary class=\"h\"><span class=\"v\">{} {}</span>\
             <span class=\"n\">{} <span class=\"tag\">{} iterations</span></span>\
             <span class=\"t\">{}</span></summary><div class=\"in\">",
            class(verdict),
            if is_open { " open" } else { "" },
            verdict.map_or("–", shape),
            verdict.map_or("", Verdict::as_str),
            html(declared_name(steps[0])),
            steps.len(),
            duration_text(time),
        );
        for chunk in steps.chunks(CHUNK) {
            let is_long = steps.len() > CHUNK;
            self.out.push_str(if is_long {
                "<div class=\"chunk\">"
            } else {
                "<div>"
            });
            for step in chunk {
                self.step(step);
            }
            self.out.push_str("</div>");
        }
        self.out.push_str("</div></details>\n");
    }

    /// A step with everything below it.
    fn step(&mut self, step: &'a StepRecord) {
        let has_children = self.children.are_there(step.no());
        let is_sequence = has_children && step.started.kind == crate::event::StepKind::Sequence;
        let is_failing = step.verdict().is_none_or(Verdict::is_failing);
        let standing = Standing {
            is_sequence,
            is_open: self.is_short || is_failing,
        };
        let view = StepView::new(step, standing, self.subject);
        self.fragments.add("step", view, self.out);
        if has_children {
            self.out.push_str("<div class=\"in\">");
            self.list(Some(step.no()));
            self.out.push_str("</div>");
        }
        self.out.push_str(if is_sequence {
            "</details>\n"
        } else {
            "</div>\n"
        });
    }
}

/// How many steps from the first on are iterations of it.
fn length_of_loop(steps: &[&StepRecord]) -> usize {
    let first = &steps[0].started;
    if first.iteration.is_none() {
        return 1;
    }
    let is_same = |step: &&&StepRecord| {
        let other = &step.started;
        other.path == first.path
            && other.iteration.is_some()
            && other.execution_no == first.execution_no
    };
    steps.iter().take_while(is_same).count().max(1)
}

fn declared_name(step: &StepRecord) -> &str {
    let started = &step.started;
    started.name_declared.as_deref().unwrap_or(&started.name)
}

/// Whether steps of the section stand under a heading; others are named as they are.
pub(in crate::report) const fn is_headed(section: Section) -> bool {
    !matches!(section, Section::Restore | Section::RetryBefore)
}

/// What stands above the steps of a section.
pub(in crate::report) const fn heading(section: Section) -> &'static str {
    match section {
        Section::Setup => "Setup",
        Section::Teardown => "Teardown",
        Section::SafeState => "Safe state of the station",
        Section::Steps | Section::Restore | Section::RetryBefore => "Steps",
    }
}
