//! What a rule sees.

use crate::check::Facts;
use crate::package::model::{Lifecycle, Manifest, Section, Step, TestDefinition};
use crate::package::{LoadedPackage, LoadedTest};
use crate::source::{Sources, Span};

/// One definition file.
#[derive(Debug, Clone, Copy)]
pub(super) struct TestView<'a> {
    pub(super) package: &'a LoadedPackage,
    pub(super) file: &'a LoadedTest,
    pub(super) facts: &'a Facts,
}

/// One step of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct StepView<'a> {
    pub(super) test: TestView<'a>,
    pub(super) section: Section,
    pub(super) step: &'a Step,
}

impl<'a> TestView<'a> {
    pub(super) fn definition(&self) -> &'a TestDefinition {
        &self.file.definition
    }

    pub(super) fn sources(&self) -> &'a Sources {
        &self.package.sources
    }

    pub(super) fn manifest(&self) -> Option<&'a Manifest> {
        self.package.package(self.file.package).manifest.as_ref()
    }

    pub(super) fn is_released(&self) -> bool {
        let status = self.manifest().and_then(|m| m.lifecycle_status.as_ref());
        status.is_some_and(|status| status.value == Lifecycle::Released)
    }

    /// Every step, those of `retry.before` after the step that they belong to.
    pub(super) fn steps(self) -> Vec<StepView<'a>> {
        let mut views = Vec::new();
        for (section, step) in self.definition().all_steps() {
            let mut next = Some(step);
            while let Some(step) = next {
                views.push(StepView {
                    test: self,
                    section,
                    step,
                });
                next = step
                    .retry
                    .as_ref()
                    .and_then(|retry| retry.before.as_deref());
            }
        }
        views
    }

    /// The place of a part of a text that was read at `span`.
    pub(super) fn inside(&self, span: Span, text: &str, range: &std::ops::Range<usize>) -> Span {
        self.sources().inside(span, text, range.clone())
    }
}

impl StepView<'_> {
    /// Whether the step runs in abort mode, where the cleanup timeout of the station holds.
    pub(super) fn is_cleanup(&self) -> bool {
        self.section == Section::Teardown || self.step.runs_on_abort()
    }
}
