//! What both commands tell of limits.

use super::super::number::exact;
use crate::plan;
use crate::stats::Limits;

/// `[3.135 … 3.465]`; an open side has no number.
pub(super) fn limits_text(limits: Limits) -> String {
    match (limits.low, limits.high) {
        (None, None) => "none".to_owned(),
        (low, high) => {
            let side = |limit: Option<f64>| limit.map_or_else(String::new, exact);
            format!("[{} … {}]", side(low), side(high))
        }
    }
}

/// `1.71 → 1.04`, or one of them where they are alike.
pub(super) fn turned(before: &str, after: &str) -> String {
    if before == after {
        after.to_owned()
    } else {
        format!("{before} → {after}")
    }
}

/// A measurement as a person calls it: with its step where steps judge that name differently.
pub(super) fn called(name: &str, step: Option<&str>) -> String {
    step.map_or_else(
        || name.to_owned(),
        |step| format!("{name} ({})", plan::short(step)),
    )
}
