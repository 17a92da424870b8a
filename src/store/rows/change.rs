//! From events to changes of rows.

use std::collections::HashMap;
use std::time::Duration;

use super::cell::{Cell, Cells};
use super::context::RunContext;
use super::ids::{event_id, step_id};
use super::{measurement, prompt, run, step};
use crate::event::{Envelope, Event, RunId, StepNo, Timestamp};

/// A table that events fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Table {
    TestExecutions,
    StepResults,
    Measurements,
    StepAttempts,
    MeasurementAttempts,
    PromptAnswers,
    DefinitionParts,
    ExecutionDefinitions,
    ExecutionPackages,
    ExecutionRunners,
    ExecutionFacts,
    ExecutionLogs,
    Artifacts,
}

impl Table {
    /// The name, which is a contract.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::TestExecutions => "test_executions",
            Self::StepResults => "step_results",
            Self::Measurements => "measurements",
            Self::StepAttempts => "step_attempts",
            Self::MeasurementAttempts => "measurement_attempts",
            Self::PromptAnswers => "prompt_answers",
            Self::DefinitionParts => "definition_parts",
            Self::ExecutionDefinitions => "execution_definitions",
            Self::ExecutionPackages => "execution_packages",
            Self::ExecutionRunners => "execution_runners",
            Self::ExecutionFacts => "execution_facts",
            Self::ExecutionLogs => "execution_logs",
            Self::Artifacts => "artifacts",
        }
    }
}

/// A change of rows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change<'a> {
    /// A new row. Every insert into a table names the same columns.
    Insert(Table, Cells<'a>),
    /// The rows whose `keys` match get new values; a key that is `Null` matches NULL.
    Update {
        table: Table,
        keys: Cells<'a>,
        cells: Cells<'a>,
    },
    /// A piece of a definition's text; once all pieces are there, the definition is made of them.
    /// A definition that is there already stays as it is.
    Definition { digest: &'a str, cells: Cells<'a> },
    /// The steps from `first` to `last` count no more: they are marked, and their measurements
    /// become those of attempts.
    Replace {
        run: RunId,
        first: StepNo,
        last: StepNo,
    },
}

/// The changes that events of one run make, in an order in which they can be made.
pub(crate) fn changes<'a>(
    run: RunId,
    events: &'a [Envelope],
    context: &mut RunContext,
) -> Vec<Change<'a>> {
    let mut mapper = Mapper {
        run,
        changes: Vec::with_capacity(events.len()),
        begun: HashMap::new(),
    };
    for envelope in events {
        context.observe(envelope);
        mapper.take(envelope, context);
    }
    if let Some(last) = events.last() {
        mapper.update_run(vec![("last_seen_at", Cell::Time(last.time))]);
    }
    mapper.changes
}

/// The change that renews the sign of life of a run.
pub(crate) fn touch(run: RunId, now: Timestamp) -> Change<'static> {
    Change::Update {
        table: Table::TestExecutions,
        keys: vec![("id", Cell::Uuid(run.0))],
        cells: vec![("last_seen_at", Cell::Time(now))],
    }
}

struct Mapper<'a> {
    run: RunId,
    changes: Vec<Change<'a>>,
    /// Where the insert of a step that began in this batch stands.
    begun: HashMap<StepNo, usize>,
}

impl<'a> Mapper<'a> {
    fn take(&mut self, envelope: &'a Envelope, context: &RunContext) {
        match &envelope.event {
            Event::RunStarted(started) => {
                self.insert(Table::TestExecutions, run::started(started, envelope.time));
                for (position, package) in started.packages.iter().enumerate() {
                    self.insert(
                        Table::ExecutionPackages,
                        run::package(self.run, position, package),
                    );
                }
            }
            Event::RunFinished(finished) => {
                // As in the record: an interrupted run is closed long after it ended.
                let duration = Duration::from_micros(finished.duration_us);
                let ended_at = context.started_at.after(duration);
                self.update_run(run::finished(finished, ended_at));
            }
            Event::DefinitionRecorded(part) => {
                if part.part == 1 {
                    let cells = run::definition_use(self.run, envelope.seq, part);
                    self.insert(Table::ExecutionDefinitions, cells);
                }
                self.changes.push(Change::Definition {
                    digest: &part.digest,
                    cells: run::definition_part(part),
                });
            }
            Event::StepStarted(_)
            | Event::StepFinished(_)
            | Event::AttemptFinished(_)
            | Event::ArtifactStored { .. } => self.take_step(envelope, context),
            Event::PromptOpened { .. }
            | Event::PromptAnswered { .. }
            | Event::PromptWithdrawn { .. } => self.take_prompt(envelope),
            Event::RunnerStarted(facts) => {
                let cells = run::runner(self.run, envelope, facts);
                self.insert(Table::ExecutionRunners, cells);
            }
            Event::RunnerStopped {
                runner,
                generation,
                reason,
            } => self.changes.push(Change::Update {
                table: Table::ExecutionRunners,
                keys: run::runner_keys(self.run, runner, *generation),
                cells: vec![
                    ("stopped_at", Cell::Time(envelope.time)),
                    ("stop_reason", Cell::text(reason)),
                ],
            }),
            Event::Logged { .. } => {
                if let Some(cells) = run::log(self.run, envelope) {
                    self.insert(Table::ExecutionLogs, cells);
                }
            }
            Event::VariableSet(set) if set.fact().is_none() => {}
            Event::FactFound { .. }
            | Event::VariableSet(_)
            | Event::RunHeld(_)
            | Event::HoldCommanded(_)
            | Event::OperatorChanged(_)
            | Event::SuspensionNoticed { .. }
            | Event::AbortBegan { .. } => self.take_fact(envelope),
            Event::ExecutionReplaced(replaced) => self.changes.push(Change::Replace {
                run: self.run,
                first: replaced.first,
                last: replaced.last,
            }),
            Event::Progressed { .. } => {}
        }
    }

    fn take_step(&mut self, envelope: &'a Envelope, context: &RunContext) {
        match &envelope.event {
            Event::StepStarted(started) => {
                self.begun.insert(started.step, self.changes.len());
                let cells = step::started(self.run, started, envelope.time);
                self.insert(Table::StepResults, cells);
            }
            Event::StepFinished(finished) => {
                self.end_step(finished.step, step::finished(finished, envelope.time));
                for one in &finished.measurements {
                    let mut cells =
                        measurement::cells(self.run, finished.step, one, envelope.time, context);
                    // A poll that a later one replaced is no result, but leaves a trace.
                    let table = if finished.superseded {
                        cells.push(("attempt", Cell::Int(i64::from(finished.attempts))));
                        Table::MeasurementAttempts
                    } else {
                        Table::Measurements
                    };
                    self.insert(table, cells);
                }
            }
            Event::AttemptFinished(attempt) => {
                let cells = step::attempt(self.run, envelope.seq, attempt);
                self.insert(Table::StepAttempts, cells);
                for one in &attempt.measurements {
                    let mut cells =
                        measurement::cells(self.run, attempt.step, one, envelope.time, context);
                    cells.push(("attempt", Cell::Int(i64::from(attempt.attempt))));
                    self.insert(Table::MeasurementAttempts, cells);
                }
            }
            Event::ArtifactStored { step, artifact } => {
                let cells = step::artifact(self.run, envelope.seq, *step, artifact);
                self.insert(Table::Artifacts, cells);
            }
            _ => {}
        }
    }

    /// A step that began in this batch is completed where its insert stands.
    fn end_step(&mut self, step: StepNo, end: Cells<'a>) {
        let insert = self
            .begun
            .get(&step)
            .and_then(|&place| self.changes.get_mut(place));
        if let Some(Change::Insert(_, cells)) = insert {
            let keep = cells.len() - end.len();
            cells.truncate(keep);
            cells.extend(end);
            return;
        }
        self.changes.push(Change::Update {
            table: Table::StepResults,
            keys: vec![("id", Cell::Uuid(step_id(self.run, step)))],
            cells: end,
        });
    }

    fn take_prompt(&mut self, envelope: &'a Envelope) {
        match &envelope.event {
            Event::PromptOpened { step, prompt } => {
                let cells = prompt::opened(self.run, envelope, *step, prompt);
                self.insert(Table::PromptAnswers, cells);
            }
            Event::PromptAnswered { step, answer } => self.changes.push(Change::Update {
                table: Table::PromptAnswers,
                keys: prompt::open_keys(self.run, *step, &answer.prompt_id),
                cells: prompt::answered(answer, envelope.time),
            }),
            Event::PromptWithdrawn {
                step,
                prompt,
                reason,
            } => self.changes.push(Change::Update {
                table: Table::PromptAnswers,
                keys: prompt::open_keys(self.run, *step, prompt),
                cells: vec![
                    ("ended_at", Cell::Time(envelope.time)),
                    ("withdrawn", Cell::text(reason)),
                ],
            }),
            _ => {}
        }
    }

    fn take_fact(&mut self, envelope: &'a Envelope) {
        self.insert(Table::ExecutionFacts, run::fact(self.run, envelope));
        if let Event::FactFound { name, value } = &envelope.event
            && let Some(cells) = run::fact_column(name, value)
        {
            self.update_run(cells);
        }
        if let Event::HoldCommanded(commanded) = &envelope.event
            && let Some(overrides) = &commanded.overrides
        {
            self.update_run(vec![("overrides", Cell::json(overrides))]);
        }
    }

    fn insert(&mut self, table: Table, cells: Cells<'a>) {
        self.changes.push(Change::Insert(table, cells));
    }

    fn update_run(&mut self, cells: Cells<'a>) {
        self.changes.push(Change::Update {
            table: Table::TestExecutions,
            keys: vec![("id", Cell::Uuid(self.run.0))],
            cells,
        });
    }
}

/// The id of a row that an event made, as a cell.
pub(super) fn row_id(run: RunId, seq: u64) -> (&'static str, Cell<'static>) {
    ("id", Cell::Uuid(event_id(run, seq)))
}

/// The run that a row belongs to.
pub(super) fn execution_id(run: RunId) -> (&'static str, Cell<'static>) {
    ("execution_id", Cell::Uuid(run.0))
}

/// The step that a row belongs to.
pub(super) fn step_result_id(run: RunId, step: StepNo) -> (&'static str, Cell<'static>) {
    ("step_result_id", Cell::Uuid(step_id(run, step)))
}
