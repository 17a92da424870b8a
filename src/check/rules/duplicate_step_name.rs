//! `duplicate-step-name`.

use std::collections::HashMap;

use super::Findings;
use crate::check::view::TestView;
use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::Section;
use crate::source::Span;

pub(super) fn check(view: &TestView<'_>, findings: &mut Findings) {
    for section in Section::ALL {
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for step in view.definition().section(section) {
            let name = step.name.trim();
            if name.is_empty() {
                continue;
            }
            match seen.get(name) {
                None => {
                    seen.insert(name, step.name.span);
                }
                // The same place twice is an alias: the author sees one name.
                Some(first) if *first == step.name.span => {}
                Some(first) => findings.push(
                    Diagnostic::warning(
                        Code::DuplicateStepName,
                        format!("two steps of `{}` are called `{name}`", section.as_str()),
                    )
                    .at(step.name.span, "again here")
                    .at(*first, "first here")
                    .help("give each step a name of its own, so that records can be told apart"),
                ),
            }
        }
    }
}
