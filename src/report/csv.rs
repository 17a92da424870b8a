//! One row per measurement: for spreadsheets, pandas and `DuckDB`.
//!
//! Columns carry the names of the database's. The run stands in each row, so that reports of many
//! runs can be put one below another. Only last attempts are here, as in the table `measurements`;
//! a cell without a value is empty.

use std::fmt::Display;

use crate::measure::{LimitsSource, Measurement};
use crate::record::{RunRecord, StepRecord};
use crate::verdict::Verdict;

/// Names of the columns.
const COLUMNS: [&str; 40] = [
    "execution_id",
    "test_name",
    "test_version",
    "serial_number",
    "station_id",
    "slot",
    "operator_id",
    "mode",
    "run_verdict",
    "started_at",
    "sequence_no",
    "path",
    "section",
    "step_name",
    "iteration",
    "execution_no",
    "attempts",
    "counted",
    "step_verdict",
    "timestamp",
    "position",
    "measurement_name",
    "kind",
    "origin",
    "actual_value",
    "actual_text",
    "raw_value",
    "raw_unit",
    "unit",
    "low_limit",
    "high_limit",
    "target",
    "tolerance",
    "expected",
    "low_limit_declared",
    "high_limit_declared",
    "limits_source",
    "operator",
    "verdict",
    "reason",
];

/// Renders one run; lines end as the standard of CSV has them (RFC 4180).
pub(crate) fn render(record: &RunRecord) -> String {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let run = run_cells(record);
    let rows = record.steps.iter().flat_map(|step| {
        let cells = [run.to_vec(), step_cells(step)].concat();
        let points = step.measurements().iter();
        points.map(move |point| [cells.clone(), measurement_cells(point)].concat())
    });
    // Memory takes everything, and every row has all columns.
    let mut written = writer.write_record(COLUMNS);
    for row in rows {
        written = written.and_then(|()| writer.write_record(row));
    }
    debug_assert!(written.is_ok(), "a row has all columns");
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn run_cells(record: &RunRecord) -> [String; 10] {
    let started = &record.started;
    [
        started.run.to_string(),
        started.test_name.clone(),
        started.test_version.clone(),
        text(started.serial_number.as_deref()),
        started.station_id.clone(),
        started.slot.to_string(),
        text(started.operator_id.as_deref()),
        started.mode.as_str().to_owned(),
        text(record.verdict().map(Verdict::as_str)),
        record.started_at.to_rfc3339(),
    ]
}

fn step_cells(step: &StepRecord) -> Vec<String> {
    let started = &step.started;
    let attempts = step.finished.as_ref().map(|finished| finished.attempts);
    vec![
        started.step.0.to_string(),
        started.path.clone(),
        started.section.as_str().to_owned(),
        started.name.clone(),
        number(started.iteration),
        started.execution_no.to_string(),
        number(attempts),
        step.is_counted().to_string(),
        text(step.verdict().map(Verdict::as_str)),
        step.ended_at.unwrap_or(step.started_at).to_rfc3339(),
    ]
}

fn measurement_cells(point: &Measurement) -> Vec<String> {
    let operator = point.operator.map(crate::measure::Comparator::as_str);
    vec![
        point.position.to_string(),
        point.name.clone(),
        point.kind.as_str().to_owned(),
        point.origin.as_str().to_owned(),
        number(point.actual_value),
        text(point.actual_text.as_deref()),
        text(point.raw_value.as_deref()),
        text(point.raw_unit.as_deref()),
        text(point.unit.as_deref()),
        number(point.low_limit),
        number(point.high_limit),
        number(point.target),
        number(point.tolerance),
        text(point.expected.as_deref()),
        text(point.low_limit_declared.as_deref()),
        text(point.high_limit_declared.as_deref()),
        text(point.limits_source.map(LimitsSource::as_str)),
        text(operator),
        point.verdict.as_str().to_owned(),
        text(point.reason.as_deref()),
    ]
}

fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

/// The shortest text that reads back as the same number.
fn number(value: Option<impl Display>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::samples::{full_run, run_id};

    #[test]
    fn each_measurement_of_a_last_attempt_is_a_row_with_every_column() {
        let record = RunRecord::from_events(&full_run(run_id(1))).unwrap();
        let text = render(&record);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(reader.headers().unwrap().len(), COLUMNS.len());
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        let points: usize = record
            .steps
            .iter()
            .map(|step| step.measurements().len())
            .sum();
        assert_eq!(rows.len(), points);
        let id = record.started.run.to_string();
        assert!(rows.iter().all(|row| row[0] == *id));
    }

    #[test]
    fn run_without_measurements_has_a_heading_only() {
        let record = RunRecord::from_events(&full_run(run_id(1))[..1]).unwrap();
        assert_eq!(render(&record).lines().count(), 1);
    }
}
