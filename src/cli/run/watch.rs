//! The front end of a run, and the reports at its end.

use crate::cli::args::{OutputFormat, RunArgs};
use crate::cli::console::Console;
use crate::cli::exit::Failure;
use crate::cli::settings::{Settings, Verbosity};
use crate::frontend::headless::{Detail, Layout, Lines, Look, Paint, Script};
use crate::record::RunRecord;
use crate::report;
use crate::session::{FeedState, Running};

/// How long a look at the journal waits for something new.
const TICK: std::time::Duration = std::time::Duration::from_millis(33);

/// Shows the run until it is over; gives its record where a report wants it.
pub(super) fn watch(
    args: &RunArgs,
    settings: &Settings,
    running: &mut Running,
    console: &mut Console<'_>,
) -> Result<Option<RunRecord>, Failure> {
    let wants_record = !args.reports.is_empty();
    let as_json = args.format == OutputFormat::Json;
    let mut record: Option<RunRecord> = None;
    let mut lines = Lines::new(look(settings));
    let mut text = String::new();
    loop {
        let state = running
            .feed
            .next(TICK)
            .map_err(|error| Failure::trouble(format!("the journal cannot be read: {error}")))?;
        match state {
            FeedState::Idle => {}
            FeedState::Ended(_) => return Ok(record),
            FeedState::Batch(events) => {
                text.clear();
                for envelope in &events {
                    match &mut record {
                        _ if !wants_record => {}
                        None => record = RunRecord::begin(envelope),
                        Some(record) => record.fold(envelope),
                    }
                    if as_json {
                        text.push_str(&serde_json::to_string(envelope).unwrap_or_default());
                        text.push('\n');
                    } else {
                        lines.render(envelope, &mut text);
                    }
                }
                // A reader that went away never ends a run.
                let _: std::io::Result<()> = console
                    .out
                    .write_all(text.as_bytes())
                    .and_then(|()| console.out.flush());
            }
        }
    }
}

fn look(settings: &Settings) -> Look {
    Look {
        script: if settings.terminal.utf8 {
            Script::Unicode
        } else {
            Script::Ascii
        },
        paint: if settings.terminal.color_stdout {
            Paint::Color
        } else {
            Paint::Plain
        },
        layout: Layout::new(settings.terminal.columns),
        detail: match settings.verbosity {
            Verbosity::Quiet => Detail::Closing,
            Verbosity::Normal => Detail::Normal,
            Verbosity::Verbose => Detail::Full,
        },
    }
}

/// Writes every report that was asked for; the first that fails is told.
pub(super) fn write_reports(
    args: &RunArgs,
    settings: &Settings,
    record: Option<&RunRecord>,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    let Some(record) = record else { return Ok(()) };
    for target in &args.reports {
        let text = target.form.render(record);
        match &target.path {
            None => console.result(&text)?,
            Some(path) => {
                let path = settings.resolve(path);
                report::write(&path, &text).map_err(|error| {
                    Failure::trouble(format!(
                        "the report {} cannot be written: {error}",
                        path.display()
                    ))
                })?;
            }
        }
    }
    Ok(())
}
