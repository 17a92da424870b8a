//! Changes of rows as few statements: rows by `COPY`, updates of many rows in one statement.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io::Cursor;
use std::pin::pin;

use futures_util::SinkExt as _;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, Statement};

use super::copy::CopyBuffer;
use crate::event::{RunId, StepNo};
use crate::store::replaced;
use crate::store::rows::{Cell, Cells, Change, Table};

/// Prepared `COPY` statements of one connection.
pub(super) type Statements = HashMap<Table, Statement>;

/// Statements that make changes, in an order that gives what the changes give one by one.
#[derive(Debug, Default)]
pub(super) struct Batch {
    operations: Vec<Operation>,
}

#[derive(Debug)]
enum Operation {
    Copy(Table, CopyBuffer),
    Update {
        text: String,
        rows: JsonRows,
    },
    Define {
        digests: Vec<String>,
        parts: JsonRows,
    },
    Replace {
        run: RunId,
        first: StepNo,
        last: StepNo,
    },
}

impl Batch {
    pub(super) fn of(changes: Vec<Change<'_>>) -> Self {
        let mut gathering = Gathering::default();
        for change in changes {
            gathering.take(change);
        }
        gathering.finish()
    }

    /// Runs the statements in the transaction that is open.
    pub(super) async fn apply(
        self,
        client: &Client,
        statements: &mut Statements,
    ) -> Result<(), Error> {
        for operation in self.operations {
            match operation {
                Operation::Copy(table, buffer) => copy(client, statements, table, buffer).await?,
                Operation::Update { text, rows } => {
                    let rows = rows.finish();
                    client.query_typed(&text, &[(&rows, Type::TEXT)]).await?;
                }
                Operation::Define { digests, parts } => define(client, &digests, parts).await?,
                Operation::Replace { run, first, last } => {
                    replace(client, run, first, last).await?;
                }
            }
        }
        Ok(())
    }
}

/// Changes on their way into a batch.
#[derive(Debug, Default)]
struct Gathering<'a> {
    operations: Vec<Operation>,
    copies: BTreeMap<Table, CopyBuffer>,
    /// The run's row, each column as it is in the end.
    run: Option<(Cells<'a>, BTreeMap<&'static str, Cell<'a>>)>,
    /// Ends of steps that began in an earlier batch; each names the same columns.
    steps: Option<(String, JsonRows)>,
    definitions: Vec<(&'a str, Cells<'a>)>,
}

impl<'a> Gathering<'a> {
    fn take(&mut self, change: Change<'a>) {
        match change {
            Change::Insert(table, cells) => self
                .copies
                .entry(table)
                .or_insert_with(|| CopyBuffer::for_rows_like(&cells))
                .push(&cells),
            Change::Update {
                table: Table::TestExecutions,
                keys,
                cells,
            } => {
                let (_, row) = self.run.get_or_insert_with(|| (keys, BTreeMap::new()));
                row.extend(cells);
            }
            Change::Update {
                table: table @ Table::StepResults,
                keys,
                cells,
            } => {
                let (_, rows) = self
                    .steps
                    .get_or_insert_with(|| (update_text(table, &keys, &cells), JsonRows::new()));
                rows.push(keys.iter().chain(&cells));
            }
            Change::Update { table, keys, cells } => {
                // Rare, and the row may be one that waits here.
                self.flush(table);
                self.update(table, &keys, &cells);
            }
            Change::Definition { digest, cells } => self.definitions.push((digest, cells)),
            Change::Replace { run, first, last } => {
                // It is about rows that may wait here.
                self.flush(Table::StepResults);
                self.flush(Table::Measurements);
                self.flush_steps();
                let replace = Operation::Replace { run, first, last };
                self.operations.push(replace);
            }
        }
    }

    fn flush_steps(&mut self) {
        if let Some((text, rows)) = self.steps.take() {
            self.operations.push(Operation::Update { text, rows });
        }
    }

    fn flush(&mut self, table: Table) {
        if let Some(rows) = self.copies.remove(&table) {
            self.operations.push(Operation::Copy(table, rows));
        }
    }

    fn update(&mut self, table: Table, keys: &Cells<'_>, cells: &Cells<'_>) {
        let mut rows = JsonRows::new();
        rows.push(keys.iter().chain(cells));
        let text = update_text(table, keys, cells);
        self.operations.push(Operation::Update { text, rows });
    }

    fn finish(mut self) -> Batch {
        for (table, rows) in std::mem::take(&mut self.copies) {
            self.operations.push(Operation::Copy(table, rows));
        }
        self.flush_steps();
        if let Some((keys, row)) = self.run.take() {
            let cells = row.into_iter().collect();
            self.update(Table::TestExecutions, &keys, &cells);
        }
        // Last, since other stations may wait for its locks; in one order for all of them.
        self.definitions.sort_by_key(|(digest, _)| *digest);
        if !self.definitions.is_empty() {
            let mut parts = JsonRows::new();
            for (_, cells) in &self.definitions {
                parts.push(cells);
            }
            let digests = self.definitions.iter().map(|(digest, _)| *digest);
            let mut digests: Vec<_> = digests.map(str::to_owned).collect();
            digests.dedup();
            self.operations.push(Operation::Define { digests, parts });
        }
        Batch {
            operations: self.operations,
        }
    }
}

/// Rows as a document that the server makes rows of, each column by its own type.
#[derive(Debug)]
struct JsonRows(String);

impl JsonRows {
    const fn new() -> Self {
        Self(String::new())
    }

    fn push<'c>(&mut self, cells: impl IntoIterator<Item = &'c (&'static str, Cell<'c>)>) {
        let text = &mut self.0;
        text.push(if text.is_empty() { '[' } else { ',' });
        let mut separator = '{';
        for (column, cell) in cells {
            // A key that is empty stands in the text of the statement.
            if matches!(cell, Cell::Null) {
                continue;
            }
            // Writing to a text cannot fail.
            let _ = write!(text, "{separator}\"{column}\":");
            separator = ',';
            push_json(cell, text);
        }
        if separator == '{' {
            text.push('{');
        }
        text.push('}');
    }

    fn finish(mut self) -> String {
        self.0.push(']');
        self.0
    }
}

fn push_json(cell: &Cell<'_>, text: &mut String) {
    let quoted = |value: &str| serde_json::Value::from(value).to_string();
    let value = match cell {
        Cell::Null => "null".to_owned(),
        Cell::Flag(flag) => flag.to_string(),
        Cell::Int(number) => number.to_string(),
        Cell::Real(number) => serde_json::Value::from(*number).to_string(),
        Cell::Text(value) => quoted(value),
        Cell::Json(document) => document.clone(),
        Cell::Time(time) => quoted(&time.to_rfc3339()),
        Cell::Uuid(id) => quoted(&id.hyphenated().to_string()),
    };
    text.push_str(&value);
}

/// An update of all rows that `$1` holds. A column that a row leaves out becomes NULL.
fn update_text(table: Table, keys: &Cells<'_>, cells: &Cells<'_>) -> String {
    let name = table.name();
    let sets: Vec<_> = cells
        .iter()
        .map(|(column, _)| format!("{column} = v.{column}"))
        .collect();
    let conditions: Vec<_> = keys
        .iter()
        .map(|(column, cell)| match cell {
            Cell::Null => format!("t.{column} IS NULL"),
            _ => format!("t.{column} = v.{column}"),
        })
        .collect();
    format!(
        "UPDATE {name} AS t SET {} FROM jsonb_populate_recordset(NULL::{name}, $1::jsonb) AS v \
         WHERE {}",
        sets.join(", "),
        conditions.join(" AND ")
    )
}

async fn copy(
    client: &Client,
    statements: &mut Statements,
    table: Table,
    buffer: CopyBuffer,
) -> Result<(), Error> {
    let statement = if let Some(statement) = statements.get(&table) {
        statement.clone()
    } else {
        let statement = client.prepare(&buffer.statement(table.name())).await?;
        statements.insert(table, statement.clone());
        statement
    };
    let mut sink = pin!(client.copy_in(&statement).await?);
    sink.send(Cursor::new(buffer.finish())).await?;
    sink.finish().await?;
    Ok(())
}

/// Marks steps that count no more, and moves their measurements to those of attempts.
async fn replace(client: &Client, run: RunId, first: StepNo, last: StepNo) -> Result<(), Error> {
    let (first, last) = (i64::from(first.0), i64::from(last.0));
    for text in replaced::texts(["$1", "$2", "$3"]) {
        client
            .query_typed(
                &text,
                &[
                    (&run.0, Type::UUID),
                    (&first, Type::INT8),
                    (&last, Type::INT8),
                ],
            )
            .await?;
    }
    Ok(())
}

/// Adds parts of definitions, and the definitions whose parts are all there.
///
/// Hundreds of stations may do so with the same definitions at once. Locks are taken in one order:
/// parts, then definitions, each by digest; what is taken away is only what nobody else holds.
async fn define(client: &Client, digests: &[String], parts: JsonRows) -> Result<(), Error> {
    let parts = parts.finish();
    client
        .query_typed(
            "INSERT INTO definition_parts \
             SELECT v.* FROM jsonb_populate_recordset(NULL::definition_parts, $1::jsonb) AS v \
             WHERE NOT EXISTS (SELECT 1 FROM definitions d WHERE d.digest = v.digest) \
             ORDER BY v.digest, v.part ON CONFLICT DO NOTHING",
            &[(&parts, Type::TEXT)],
        )
        .await?;
    let digests: &(dyn ToSql + Sync) = &digests;
    let digests = [(digests, Type::TEXT_ARRAY)];
    client
        .query_typed(
            "INSERT INTO definitions (digest, path, text) \
             SELECT digest, min(path), string_agg(text, '' ORDER BY part) FROM definition_parts \
             WHERE digest = ANY ($1) GROUP BY digest HAVING count(*) = max(parts) \
             ORDER BY digest ON CONFLICT DO NOTHING",
            &digests,
        )
        .await?;
    client
        .query_typed(
            "DELETE FROM definition_parts WHERE (digest, part) IN \
             (SELECT p.digest, p.part FROM definition_parts p JOIN definitions d USING (digest) \
              WHERE p.digest = ANY ($1) FOR UPDATE OF p SKIP LOCKED)",
            &digests,
        )
        .await?;
    Ok(())
}
