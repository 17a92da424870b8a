//! A run as one HTML document: for the bench, the archive, the customer, and the printer.
//!
//! What matters comes first: the verdict in letters that are read from three metres, whether the
//! unit may be live, then what failed, with links into the tree of steps. Nothing is told by colour
//! alone. Steps are written one by one, so that a long run needs no tree of values in memory, and
//! in chunks that a browser lays out only when they come into view. Begin with [`render()`];
//! `tree.rs` walks the steps, [`place`] and [`plot`] draw.

mod failures;
mod head;
mod ledger;
mod measurement;
mod place;
mod plot;
mod step;
#[cfg(test)]
mod tests;
mod tree;

use minijinja::value::Serde;
use minijinja::{Environment, Value};
use serde::Serialize;

use super::Subject;
use super::page::{self, Page};

pub(super) use failures::Failures;
pub(super) use head::{Head, foot, title};
pub(super) use ledger::Ledger;
pub(super) use step::{Standing, StepView};
pub(super) use tree::{heading, is_headed};

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// The fragments, by name.
const TEMPLATES: [(&str, &str); 5] = [
    ("measurement", include_str!("measurement.html.j2")),
    ("head", include_str!("head.html.j2")),
    ("failures", include_str!("failures.html.j2")),
    ("step", include_str!("step.html.j2")),
    ("ledger", include_str!("ledger.html.j2")),
];

/// Renders one run.
pub(crate) fn render(subject: &Subject<'_>) -> String {
    let fragments = Fragments::new();
    let title = head::title(subject);
    let foot = head::foot(subject);
    let page = Page {
        title: &title,
        style: STYLE,
        script: SCRIPT,
        foot: &foot,
        paper: subject.paper.as_str(),
    };
    let mut out = String::with_capacity(64 * 1024 + 1024 * subject.record.steps.len());
    page.begin(&mut out);
    fragments.add("head", Head::new(subject), &mut out);
    fragments.add("failures", Failures::new(subject), &mut out);
    tree::write(subject, &fragments, &mut out);
    fragments.add("ledger", ledger::Ledger::new(subject), &mut out);
    page.end(&mut out);
    out
}

/// Our own templates, compiled.
struct Fragments(Environment<'static>);

impl Fragments {
    fn new() -> Self {
        let mut templates = page::templates();
        for (name, text) in TEMPLATES {
            let added = templates.add_template(name, text);
            added.expect("the fragments of a report are valid templates");
        }
        Self(templates)
    }

    /// Appends a fragment filled with `view`.
    fn add(&self, name: &str, view: impl Serialize, out: &mut String) {
        let view = Value::from(Serde(&view));
        let text = self
            .0
            .get_template(name)
            .and_then(|template| template.render(view));
        // Invariant: fragments name fields of their views only; the tests fill each of them.
        out.push_str(&text.expect("a fragment fits its view"));
    }
}
