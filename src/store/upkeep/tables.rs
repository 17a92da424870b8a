//! The tables whose rows belong to a run.

/// A table with rows of runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunTable {
    pub(crate) name: &'static str,
    /// The column that names the run.
    pub(crate) run: &'static str,
    /// The columns that put the rows of a run in order.
    pub(crate) order: &'static str,
}

const fn table(name: &'static str, order: &'static str) -> RunTable {
    RunTable {
        name,
        run: "execution_id",
        order,
    }
}

/// The tables whose rows go with their run; the run itself is the last.
///
/// What stays: `definitions`, which several runs share; `delivery_cursor`, so that a journal that is
/// offered again brings nothing back; the config, the audit log and the installed packages.
pub(crate) const RUN_TABLES: [RunTable; 16] = [
    MEASUREMENTS,
    table("measurement_attempts", "step_result_id, attempt, position"),
    table("step_attempts", "id"),
    table("prompt_answers", "seq, id"),
    table("artifacts", "seq, id"),
    table("execution_logs", "seq"),
    table("execution_facts", "seq"),
    table("execution_instruments", "id"),
    table("execution_runners", "seq, id"),
    table("execution_packages", "position"),
    table("execution_definitions", "seq"),
    table("annotations", "id"),
    table("mes_result_queue", "execution_id"),
    RunTable {
        name: "delivery_rejects",
        run: "run_id",
        order: "seq",
    },
    table("step_results", "sequence_no, id"),
    RunTable {
        name: "test_executions",
        run: "id",
        order: "id",
    },
];

/// The largest one; PostgreSQL has it month by month.
pub(crate) const MEASUREMENTS: RunTable =
    table("measurements", "step_result_id, position, iteration");
