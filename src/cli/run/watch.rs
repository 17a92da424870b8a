//! The front end of a run, and the reports at its end.

use std::path::Path;

use crate::cli::args::{OutputFormat, RunArgs};
use crate::cli::console::Console;
use crate::cli::exit::Failure;
use crate::cli::look;
use crate::cli::settings::{Settings, Verbosity};
use crate::frontend::headless::{Asking, Output, Show, Streams, watch as headless};
use crate::record::RunRecord;
use crate::report;
use crate::session::{Clock, Running};

/// Shows the run until it is over; gives its record where a report wants it.
///
/// `root` is the folder of the package, `home` the one in which the result is kept.
pub(super) fn watch(
    args: &RunArgs,
    settings: &Settings,
    root: &Path,
    home: &Path,
    running: &mut Running,
    console: &mut Console<'_>,
) -> Result<Option<RunRecord>, Failure> {
    let wants_record = !args.reports.is_empty();
    let mut record: Option<RunRecord> = None;
    let streams = Streams {
        out: &mut *console.out,
        err: &mut *console.err,
    };
    let show = show(args, settings, root, home);
    headless(
        &mut running.feed,
        &running.handle,
        Clock::start(),
        show,
        streams,
        &mut |envelope| match &mut record {
            _ if !wants_record => {}
            None => record = RunRecord::begin(envelope),
            Some(record) => record.fold(envelope),
        },
    )
    .map_err(|error| Failure::trouble(format!("the journal cannot be read: {error}")))?;
    Ok(record)
}

/// How this command line wants to see the run.
fn show(args: &RunArgs, settings: &Settings, root: &Path, home: &Path) -> Show {
    let terminal = settings.terminal;
    Show {
        look: look::of(settings),
        output: match args.format {
            OutputFormat::Human => Output::Lines,
            OutputFormat::Json => Output::Json,
        },
        progress: terminal.stderr && settings.verbosity > Verbosity::Quiet,
        asking: terminal.can_ask().then(|| Asking {
            root: root.to_owned(),
            paint: look::paint(terminal.color_stderr),
        }),
        rows: rows(args, home),
    }
}

/// What the closing block says beside the verdict.
fn rows(args: &RunArgs, home: &Path) -> Vec<(&'static str, String)> {
    let mut rows = vec![("Stored", home.display().to_string())];
    for target in &args.reports {
        if let Some(path) = &target.path {
            let form = target.form.as_str();
            rows.push(("Report", format!("{} ({form})", path.display())));
        }
    }
    rows
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
