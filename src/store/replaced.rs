//! What both databases do about an execution that counts no more, since its step was run again by
//! hand: its steps are marked, and its measurements are no results but leave a trace.

use super::rows::MEASUREMENT_COLUMNS;

/// The statements, in their order; the placeholders are those of the run, the first and the last
/// number of its steps that are meant.
pub(super) fn texts([run, first, last]: [&str; 3]) -> [String; 3] {
    let columns = MEASUREMENT_COLUMNS.join(", ");
    let of_measurement = MEASUREMENT_COLUMNS
        .map(|column| format!("m.{column}"))
        .join(", ");
    let steps = format!("execution_id = {run} AND sequence_no BETWEEN {first} AND {last}");
    let of_steps = format!("step_result_id IN (SELECT id FROM step_results WHERE {steps})");
    [
        format!(
            "INSERT INTO measurement_attempts ({columns}, attempt) \
             SELECT {of_measurement}, s.attempts FROM measurements m \
             JOIN step_results s ON s.id = m.step_result_id \
             WHERE m.execution_id = {run} AND m.{of_steps}"
        ),
        format!("DELETE FROM measurements WHERE execution_id = {run} AND {of_steps}"),
        format!("UPDATE step_results SET superseded = TRUE WHERE {steps}"),
    ]
}
