//! What the layout is filled with: the views of the HTML report, step by step, as JSON.

use serde::Serialize;
use serde_json::Value;

use crate::event::Section;
use crate::record::StepRecord;
use crate::report::html::{
    Failures, Head, Ledger, Standing, StepView, foot, heading, is_headed, title,
};
use crate::report::tree::Children;
use crate::report::{Paper, Subject};

/// Letters after which a word without an end may be broken.
const UNBROKEN: usize = 24;

/// The document that `report.typ` reads.
#[derive(Debug, Serialize)]
struct Sheet<'a> {
    title: String,
    foot: String,
    paper: &'static str,
    head: Head,
    failures: Failures,
    steps: Vec<Line<'a>>,
    ledger: Ledger<'a>,
}

/// A step, how deep it stands, and the heading above it where a section begins.
#[derive(Debug, Serialize)]
struct Line<'a> {
    level: usize,
    heading: Option<&'static str>,
    step: StepView<'a>,
}

/// The run as the layout reads it.
pub(super) fn json(subject: &Subject<'_>) -> String {
    let mut steps = Vec::with_capacity(subject.record.steps.len());
    let mut children = Children::of(subject.record);
    let roots = children.take(None);
    lines(&roots, 0, &mut children, subject, &mut steps);
    let sheet = Sheet {
        title: title(subject),
        foot: foot(subject),
        paper: match subject.paper {
            Paper::Letter => "us-letter",
            Paper::A4 | Paper::Any => "a4",
        },
        head: Head::new(subject),
        failures: Failures::new(subject),
        steps,
        ledger: Ledger::new(subject),
    };
    let mut value = serde_json::to_value(sheet).expect("views have text for keys");
    breakable(&mut value);
    value.to_string()
}

fn lines<'a>(
    list: &[&'a StepRecord],
    level: usize,
    children: &mut Children<'a>,
    subject: &Subject<'_>,
    out: &mut Vec<Line<'a>>,
) {
    let mut section = (level > 0).then_some(Section::Steps);
    for step in list {
        let own = step.started.section;
        let is_new = section != Some(own) && is_headed(own);
        if is_new {
            section = Some(own);
        }
        let standing = Standing {
            is_sequence: false,
            is_open: true,
        };
        out.push(Line {
            level,
            heading: is_new.then(|| heading(own)),
            step: StepView::new(step, standing, subject),
        });
        let below: Vec<_> = children.take(Some(step.no()));
        lines(&below, level + 1, children, subject, out);
    }
}

/// Gives words that are longer than a column places where a line may end.
fn breakable(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > UNBROKEN => {
            let mut broken = String::with_capacity(text.len());
            let mut length = 0;
            for letter in text.chars() {
                length = if letter.is_whitespace() {
                    0
                } else {
                    length + 1
                };
                if length > UNBROKEN {
                    broken.push('\u{200b}');
                    length = 1;
                }
                broken.push(letter);
            }
            *text = broken;
        }
        Value::Array(list) => list.iter_mut().for_each(breakable),
        Value::Object(map) => map.values_mut().for_each(breakable),
        _ => {}
    }
}
