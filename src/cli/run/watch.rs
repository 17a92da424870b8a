//! The front end of a run, and the reports at its end.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::begin::fail_points;
use super::screen;

use crate::cli::args::{OutputFormat, RunArgs};
use crate::cli::console::Console;
use crate::cli::exit::Failure;
use crate::cli::look;
use crate::cli::settings::{Settings, Verbosity};
use crate::event::{Envelope, Event};
use crate::frontend::headless::{
    Asking, Detail, Lines, Look, Output, Show, Streams, watch as headless,
};
use crate::frontend::tui::{self, Watched, Window};
use crate::journal::{FailPoint, FailPoints};
use crate::plan::Plan;
use crate::record::RunRecord;
use crate::session::{Clock, Command, Running};
use crate::station::Station;

/// Where a run is shown, and what is shown beside its events.
pub(super) struct Screen<'a> {
    /// The terminal, where the whole of it is used.
    pub(super) window: Option<&'a mut Window>,
    pub(super) settings: &'a Settings,
    pub(super) station: &'a Station,
    pub(super) plan: &'a Plan,
    /// The folder in which the result is kept.
    pub(super) home: &'a Path,
}

/// Shows the run until it is over.
pub(super) fn watch(
    args: &RunArgs,
    screen: Screen<'_>,
    running: &mut Running,
    console: &mut Console<'_>,
) -> Result<Shown, Failure> {
    let Screen {
        window,
        settings,
        station,
        plan,
        home,
    } = screen;
    let wants_record = !args.reports.is_empty();
    let mut record: Option<RunRecord> = None;
    let mut operator = None;
    let mut keep = |envelope: &Envelope| {
        if let Event::OperatorChanged(changed) = &envelope.event {
            operator = Some(changed.to.clone());
        }
        match &mut record {
            _ if !wants_record => {}
            Some(record) if !matches!(envelope.event, Event::RunStarted(_)) => {
                record.fold(envelope);
            }
            _ => record = RunRecord::begin(envelope),
        }
    };
    let mut asking = settings.terminal.can_ask();
    let mut has_bug = false;
    if let Some(window) = window {
        let show = screen::show(settings, station, plan, home);
        let show = || on_screen(window, settings, show, running, &mut keep);
        if let Ok(watched) = catch_unwind(AssertUnwindSafe(show)) {
            let (watched, line) = watched?;
            if let Watched::Seen(_) | Watched::Unseen(_) = watched {
                return Ok(Shown {
                    record,
                    operator,
                    line,
                    has_bug,
                    is_seen: matches!(watched, Watched::Seen(_)),
                });
            }
            asking = false;
            running.handle.send(Command::Detach);
        } else {
            // The run is not at fault: it is told from its beginning, as lines.
            has_bug = true;
            running.feed.rewind();
        }
    }
    let streams = Streams {
        out: &mut *console.out,
        err: &mut *console.err,
    };
    let mut show = show(args, settings, home);
    show.asking = show.asking.filter(|_| asking);
    headless(
        &mut running.feed,
        &running.handle,
        Clock::start(),
        show,
        streams,
        &mut keep,
    )
    .map_err(|error| unreadable(&error))?;
    Ok(Shown {
        record,
        operator,
        line: String::new(),
        has_bug,
        is_seen: false,
    })
}

/// What is left of a run that was shown.
#[derive(Debug)]
pub(super) struct Shown {
    /// Where a report wants it.
    pub(super) record: Option<RunRecord>,
    /// Who took over in the middle of it.
    pub(super) operator: Option<String>,
    /// What the full screen leaves behind once it is closed.
    pub(super) line: String,
    /// The screen itself was at fault, and is closed.
    pub(super) has_bug: bool,
    /// Somebody has looked at the end on the screen, and called safe what may be live.
    pub(super) is_seen: bool,
}

/// Shows the run on the whole terminal; gives the line that is left of it.
fn on_screen(
    window: &mut Window,
    settings: &Settings,
    show: tui::Show,
    running: &mut Running,
    keep: &mut dyn FnMut(&Envelope),
) -> Result<(Watched, String), Failure> {
    let look = Look {
        detail: Detail::Closing,
        ..look::of(settings)
    };
    let mut lines = Lines::new(look);
    let mut left = String::new();
    let fail_points = fail_points(settings);
    let watched = tui::watch(
        window,
        &mut running.feed,
        &running.handle,
        Clock::start(),
        show,
        &mut |envelope| {
            FailPoints::panic_at(fail_points.as_ref(), FailPoint::Screen);
            keep(envelope);
            lines.render(envelope, &mut left);
        },
    )
    .map_err(|error| unreadable(&error))?;
    if let Watched::Seen(end) | Watched::Unseen(end) = &watched {
        lines.close(&end.finished, end.not_recorded.as_deref(), &[], &mut left);
    }
    Ok((watched, left))
}

fn unreadable(error: &str) -> Failure {
    Failure::trouble(format!("the journal cannot be read: {error}"))
}

/// How this command line wants to see the run.
fn show(args: &RunArgs, settings: &Settings, home: &Path) -> Show {
    let terminal = settings.terminal;
    Show {
        look: look::of(settings),
        output: match args.format {
            OutputFormat::Human => Output::Lines,
            OutputFormat::Json => Output::Json,
        },
        progress: terminal.stderr && settings.verbosity > Verbosity::Quiet,
        asking: terminal.can_ask().then(|| Asking {
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
            let form = &target.word;
            rows.push(("Report", format!("{} ({form})", path.display())));
        }
    }
    rows
}
