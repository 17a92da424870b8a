//! What somebody said about a run afterwards. Results themselves are never changed.

use uuid::Uuid;

use super::history::HistoryError;
use crate::event::{RunId, Timestamp};

/// A store that keeps what people say about runs. Rows are added, never changed or taken away.
pub(crate) trait Annotations {
    /// Adds these, each with a row in the audit log; those that are there already stay as they are.
    fn add(&mut self, annotations: &[Annotation]) -> Result<(), HistoryError>;
}

/// A judgement that stands beside a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Annotation {
    /// The same in every store.
    pub(crate) id: Uuid,
    pub(crate) run: RunId,
    pub(crate) kind: AnnotationKind,
    /// What becomes of the unit, in the words of the person.
    pub(crate) disposition: Option<String>,
    pub(crate) reason: String,
    pub(crate) by: String,
    /// The station at which it was said.
    pub(crate) station: String,
    pub(crate) at: Timestamp,
}

/// What an annotation says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AnnotationKind {
    /// The run counts in no statistics.
    Void,
    /// It was declared void, and counts again.
    Valid,
    /// What becomes of the unit.
    Disposition,
}

impl AnnotationKind {
    /// The stored word.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Void => "void",
            Self::Valid => "valid",
            Self::Disposition => "disposition",
        }
    }
}

/// Whether these make their run void: the newest word about that counts. They are in the order in
/// which they were said.
pub(crate) fn is_void(annotations: &[Annotation]) -> bool {
    let about = |one: &&Annotation| one.kind != AnnotationKind::Disposition;
    let newest = annotations.iter().rev().find(about);
    newest.is_some_and(|one| one.kind == AnnotationKind::Void)
}
