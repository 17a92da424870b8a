//! The root of a definition.

use crate::package::model::{Named, Step, Value};
use crate::source::Spanned;

/// One YAML file under its root key `test`.
///
/// Steps are boxed one by one, so that they take the place of the tree that they are read from and
/// leave theirs to the plan: one block for thousands of steps would come on top of both.
#[derive(Debug, Clone)]
#[expect(clippy::vec_box, reason = "a long list of steps must not be one block")]
pub(crate) struct TestDefinition {
    pub(crate) name: Spanned<String>,
    /// As written; any scalar.
    pub(crate) version: Spanned<String>,
    pub(crate) device: Option<Spanned<String>>,
    pub(crate) tags: Vec<Named<Spanned<String>>>,
    pub(crate) required_tags: Vec<Spanned<String>>,
    /// Initial values; templates are not rendered here, so a text with `{{` is a scalar.
    pub(crate) variables: Vec<Named<Value>>,
    pub(crate) setup: Vec<Box<Step>>,
    pub(crate) steps: Vec<Box<Step>>,
    pub(crate) teardown: Vec<Box<Step>>,
    pub(crate) policy: Option<Policy>,
}

/// The three parts of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Section {
    Setup,
    Steps,
    Teardown,
}

impl Section {
    pub(crate) const ALL: [Self; 3] = [Self::Setup, Self::Steps, Self::Teardown];

    /// The key in the file.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Steps => "steps",
            Self::Teardown => "teardown",
        }
    }
}

/// What a failing step does to the sequence, and how long the sequence may take.
#[derive(Debug, Clone)]
pub(crate) struct Policy {
    /// A block without this key means [`OnStepFailure::Abort`]; no block means `Continue`.
    pub(crate) on_step_failure: Option<Spanned<OnStepFailure>>,
    pub(crate) timeout_s: Option<Spanned<f64>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnStepFailure {
    Continue,
    Abort,
}

impl TestDefinition {
    pub(crate) fn section(&self, section: Section) -> &[Box<Step>] {
        match section {
            Section::Setup => &self.setup,
            Section::Steps => &self.steps,
            Section::Teardown => &self.teardown,
        }
    }

    /// Every step in order with its section; `retry.before` steps are inside their step.
    pub(crate) fn all_steps(&self) -> impl Iterator<Item = (Section, &Step)> {
        let sections = Section::ALL.into_iter();
        sections.flat_map(|section| {
            self.section(section)
                .iter()
                .map(move |step| (section, &**step))
        })
    }
}
