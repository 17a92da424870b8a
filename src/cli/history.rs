//! Where `maestro results` gets its runs from, and how the person who asks sees them.

use jiff::tz::TimeZone;

use crate::record::{Filter, History, HistoryError, Selector};
use crate::session::wall_clock;

use super::args::{OutputFormat, ResultsCommand, ResultsListArgs, StoreName};
use super::console::Console;
use super::exit::{Exit, Failure};
use super::results::{self, Form, View};
use super::settings::Settings;
use super::stores::Stores;
use super::{look, station};

/// `maestro results …`.
pub(crate) fn run(
    command: &ResultsCommand,
    settings: &Settings,
    console: &mut Console,
) -> Result<Exit, Failure> {
    let station = station::load(settings, console)?;
    let home = settings.home(station.home.as_deref());
    let wanted = match command {
        ResultsCommand::List(args) => args.store,
        ResultsCommand::Show(args) => args.store,
    };
    let opened = Stores::of(&station, &home, None)?.history(wanted)?;
    if let Some(reason) = &opened.instead {
        console.warning(&format!(
            "the shared store cannot be read, these are the runs of this computer: {reason}"
        ));
    } else if opened.store == StoreName::Shared {
        console.note("from the shared store");
    }
    let history = opened.history;
    let view = View {
        look: look::of(settings),
        width: settings
            .terminal
            .columns
            .filter(|_| settings.terminal.stdout),
        zone: TimeZone::system(),
        now: wall_clock(),
    };
    let text = match command {
        ResultsCommand::List(args) => {
            let mut filter = args.filter.filter(view.now, &view.zone, None)?;
            match history {
                // A station that has run nothing yet has an empty list.
                Err(HistoryError::Empty) if args.format == OutputFormat::Json => "[]\n".to_owned(),
                Err(HistoryError::Empty) => "No run has been recorded yet.\n".to_owned(),
                history => {
                    let history = history?;
                    page(history.as_ref(), args, &mut filter)?;
                    let form = form(args.format);
                    let listed = results::list(history.as_ref(), &filter, form, &view)?;
                    if let Some(last) = listed.followed {
                        console.note(&format!(
                            "there are more: add --before {last}, or --limit 0 for all"
                        ));
                    }
                    listed.text
                }
            }
        }
        ResultsCommand::Show(args) => {
            let selector = Selector::parse(&args.run);
            results::show(history?.as_ref(), &selector, form(args.format), &view)?
        }
    };
    console.result(&text)?;
    Ok(Exit::Done)
}

const fn form(format: OutputFormat) -> Form {
    match format {
        OutputFormat::Human => Form::Human,
        OutputFormat::Json => Form::Json,
    }
}

/// Chooses the page of a list.
fn page(
    history: &dyn History,
    args: &ResultsListArgs,
    filter: &mut Filter,
) -> Result<(), HistoryError> {
    filter.limit = (args.limit > 0).then_some(args.limit);
    if let Some(run) = &args.before {
        filter.before = Some(history.find(&Selector::parse(run))?);
    }
    Ok(())
}
