//! All rows of one run.

use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error, Row};

use super::columns::Time;
use crate::event::{RunId, Timestamp};

/// All rows of a run.
pub(super) struct Rows {
    pub(super) run: Vec<Row>,
    pub(super) packages: Vec<Row>,
    pub(super) steps: Vec<Row>,
    pub(super) attempts: Vec<Row>,
    pub(super) artifacts: Vec<Row>,
    pub(super) measurements: Vec<Row>,
    pub(super) superseded: Vec<Row>,
    pub(super) prompts: Vec<Row>,
    pub(super) logs: Vec<Row>,
    pub(super) runners: Vec<Row>,
    pub(super) definitions: Vec<Row>,
    pub(super) facts: Vec<Row>,
    pub(super) annotations: Vec<Row>,
    pub(super) cursor: Vec<Row>,
}

impl Rows {
    /// Reads them as they are at one moment, while a sink may be adding to them.
    pub(super) async fn load(client: &Client, run: RunId) -> Result<Self, Error> {
        client
            .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            .await?;
        let of = async |query: &str| client.query_typed(query, &[(&run.0, Type::UUID)]).await;
        let head = of("SELECT * FROM test_executions WHERE id = $1").await?;
        // No measurement is older than its run: that leaves out the months before.
        let since = match head.first() {
            Some(row) => row.try_get::<_, Time>("started_at")?.0.to_rfc3339(),
            None => Timestamp::default().to_rfc3339(),
        };
        let rows = Self {
            run: head,
            packages: of("SELECT * FROM execution_packages WHERE execution_id = $1 \
                 ORDER BY position")
            .await?,
            steps: of("SELECT * FROM step_results WHERE execution_id = $1 ORDER BY sequence_no")
                .await?,
            attempts: of("SELECT * FROM step_attempts WHERE execution_id = $1 \
                 ORDER BY sequence_no, attempt")
            .await?,
            artifacts: of("SELECT * FROM artifacts WHERE execution_id = $1 ORDER BY seq").await?,
            measurements: client
                .query_typed(
                    "SELECT s.sequence_no, m.* FROM measurements m \
                     JOIN step_results s ON s.id = m.step_result_id \
                     WHERE m.execution_id = $1 AND m.timestamp >= $2::timestamptz \
                     ORDER BY s.sequence_no, m.position",
                    &[(&run.0, Type::UUID), (&since, Type::TEXT)],
                )
                .await?,
            superseded: of("SELECT s.sequence_no, m.* FROM measurement_attempts m \
                 JOIN step_results s ON s.id = m.step_result_id \
                 WHERE m.execution_id = $1 ORDER BY s.sequence_no, m.attempt, m.position")
            .await?,
            prompts: of("SELECT * FROM prompt_answers WHERE execution_id = $1 ORDER BY seq")
                .await?,
            logs: of("SELECT * FROM execution_logs WHERE execution_id = $1 ORDER BY seq").await?,
            runners: of("SELECT * FROM execution_runners WHERE execution_id = $1 ORDER BY seq")
                .await?,
            definitions: of(
                "SELECT * FROM execution_definitions WHERE execution_id = $1 \
                 ORDER BY seq",
            )
            .await?,
            facts: of("SELECT * FROM execution_facts WHERE execution_id = $1 ORDER BY seq").await?,
            annotations: of("SELECT * FROM annotations WHERE execution_id = $1 \
                 ORDER BY annotated_at, id")
            .await?,
            cursor: of("SELECT last_seq FROM delivery_cursor WHERE run_id = $1").await?,
        };
        client.batch_execute("COMMIT").await?;
        Ok(rows)
    }
}
