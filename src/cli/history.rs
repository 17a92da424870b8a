//! Where `maestro results` gets its runs from, and how the person who asks sees them.

use jiff::tz::TimeZone;

use crate::record::{Filter, History, HistoryError, Selector};
use crate::session::wall_clock;

use super::args::{OutputFormat, ResultsCommand, ResultsListArgs, StoreName};
use super::console::Console;
use super::exit::{Exit, Failure};
use super::results::{self, Form, Speaker, View};
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
    let stores = Stores::of(&station, &home, None)?;
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
        ResultsCommand::List(args) => list(args, &stores, &view, console)?,
        ResultsCommand::Show(args) => {
            let history = open(&stores, args.store, console)??;
            let selector = Selector::parse(&args.run);
            results::show(history.as_ref(), &selector, form(args.format), &view)?
        }
        ResultsCommand::Export(args) => {
            let filter = args.filter.filter(view.now, &view.zone, None)?;
            let history = open(&stores, args.store, console)?;
            return results::export(args, history, &filter, console);
        }
        ResultsCommand::Annotate(args) => {
            let speaker = Speaker {
                settings,
                station: &station.id,
                now: view.now,
            };
            return results::annotate(args, &stores, &speaker, console);
        }
    };
    console.result(&text)?;
    Ok(Exit::Done)
}

/// The history that is asked, with a word about which one it is.
fn open(
    stores: &Stores,
    wanted: Option<StoreName>,
    console: &mut Console,
) -> Result<Result<Box<dyn History>, HistoryError>, Failure> {
    let opened = stores.history(wanted)?;
    if let Some(reason) = &opened.instead {
        console.warning(&format!(
            "the shared store cannot be read, these are the runs of this computer: {reason}"
        ));
    } else if opened.store == StoreName::Shared {
        console.note("from the shared store");
    }
    Ok(opened.history)
}

fn list(
    args: &ResultsListArgs,
    stores: &Stores,
    view: &View,
    console: &mut Console,
) -> Result<String, Failure> {
    let mut filter = args.filter.filter(view.now, &view.zone, None)?;
    let history = match open(stores, args.store, console)? {
        // A station that has run nothing yet has an empty list.
        Err(HistoryError::Empty) => {
            return Ok(match args.format {
                OutputFormat::Json => "[]\n".to_owned(),
                OutputFormat::Human => "No run has been recorded yet.\n".to_owned(),
            });
        }
        history => history?,
    };
    page(history.as_ref(), args, &mut filter)?;
    let listed = results::list(history.as_ref(), &filter, form(args.format), view)?;
    if let Some(last) = listed.followed {
        console.note(&format!(
            "there are more: add --before {last}, or --limit 0 for all"
        ));
    }
    Ok(listed.text)
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
