//! Where `maestro results` gets its runs from, and how the person who asks sees them.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Zoned};

use crate::event::Timestamp;
use crate::record::{Filter, HistoryError, Selector};
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
            let filter = filter(args, &view)?;
            match history {
                // A station that has run nothing yet has an empty list.
                Err(HistoryError::Empty) if args.format == OutputFormat::Json => String::new(),
                Err(HistoryError::Empty) => "No run has been recorded yet.\n".to_owned(),
                history => results::list(history?.as_ref(), &filter, form(args.format), &view)?,
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

fn filter(args: &ResultsListArgs, view: &View) -> Result<Filter, Failure> {
    let since = args.since.as_deref().map(|text| {
        since(text, view.now, &view.zone).ok_or_else(|| {
            Failure::usage(format!("`{text}` is no time"))
                .help("write a span such as 7d or 12h, or a date such as 2026-11-21")
        })
    });
    Ok(Filter {
        serial_number: args.serial.clone(),
        test: args.test.clone(),
        verdict: args.verdict.map(Into::into),
        mode: args.mode.map(Into::into),
        since: since.transpose()?,
        limit: (args.limit > 0).then_some(args.limit),
    })
}

/// A span before now, or a date and time in the zone of the person who asks.
pub(super) fn since(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    let now = jiff::Timestamp::from_microsecond(now.0).ok()?;
    let now = now.to_zoned(zone.clone());
    let time = text
        .parse::<Span>()
        .ok()
        .and_then(|span| now.checked_sub(span.abs()).ok())
        .or_else(|| text.parse::<Zoned>().ok())
        .or_else(|| {
            let time = text.parse::<jiff::Timestamp>().ok()?;
            Some(time.to_zoned(zone.clone()))
        })
        .or_else(|| text.parse::<DateTime>().ok()?.to_zoned(zone.clone()).ok())?;
    Some(Timestamp(time.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::settings::tests::settings;

    fn at(text: &str) -> Option<String> {
        let view = View {
            look: look::of(&settings(&[])),
            width: None,
            zone: TimeZone::UTC,
            now: Timestamp(1_700_000_000_000_000),
        };
        since(text, view.now, &view.zone).map(Timestamp::to_rfc3339)
    }

    #[test]
    fn time_is_a_span_or_a_date() {
        let table = [
            ("1d", "2023-11-13T22:13:20.000000Z"),
            ("12h", "2023-11-14T10:13:20.000000Z"),
            ("2023-11-01", "2023-11-01T00:00:00.000000Z"),
            ("2023-11-01T08:30", "2023-11-01T08:30:00.000000Z"),
            ("2023-11-01T08:30:00Z", "2023-11-01T08:30:00.000000Z"),
        ];
        for (text, time) in table {
            assert_eq!(at(text).as_deref(), Some(time), "{text}");
        }
        assert_eq!(at("yesterday"), None);
    }
}
