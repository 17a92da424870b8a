//! Variables that something else than the end of a step set.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::StepNo;

/// Variables got values; steps tell theirs when they end.
///
/// Together with `outputs`, `published` and `unset` of the ends of attempts and steps, these events
/// hold every change of the bare variables of a run; names that are reserved are never among them,
/// `global.*` excepted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct VariableSet {
    /// The step that called a sequence, for [`VariableSource::Call`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) step: Option<StepNo>,
    pub(crate) source: VariableSource,
    /// Full names: bare, or `global.lot`.
    pub(crate) values: Map<String, Value>,
}

impl VariableSet {
    /// What a record keeps of it; nothing of a call, which the parameters of its step tell.
    pub(crate) fn fact(&self) -> Option<Value> {
        let is_kept = self.source != VariableSource::Call;
        is_kept.then(|| json!({ "source": self.source, "values": self.values }))
    }
}

/// Who set variables beside the steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum VariableSource {
    /// What the run begins with: declared values, `--var`, globals.
    Start,
    /// A sequence was called: its parameters and what it declares.
    Call,
    /// Somebody set a global for all stations.
    Global,
    /// Somebody set a variable of this run from outside.
    Remote,
    /// Somebody set it while the run was held; the command before says who.
    Hand,
}
