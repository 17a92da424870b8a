//! `maestro replay`: a recorded run, on the screen or as lines.

use jiff::tz::TimeZone;

use super::args::ReplayArgs;
use super::console::Console;
use super::exit::{Exit, Failure};
use super::run::{open_screen, screen_theme};
use super::settings::Settings;
use super::stores::Stores;
use super::{look, station};
use crate::frontend::headless::Lines;
use crate::frontend::tui::{DeskShow, replay_run};
use crate::record::{Selector, replay};

/// Shows a run again.
pub(crate) fn run(
    args: &ReplayArgs,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let station = station::load(settings, console)?;
    let home = settings.home(station.home.as_deref());
    let stores = Stores::of(&station, &home, None)?;
    let history = stores.history(args.store)?.history?;
    let record = history.run(&Selector::parse(&args.run))?;
    if settings.terminal.can_ask()
        && !args.headless
        && let Ok(mut window) = open_screen(&station)
    {
        let show = DeskShow {
            theme: screen_theme(settings),
            zone: TimeZone::system(),
        };
        replay_run(&mut window, &record, &show, args.speed);
        return Ok(Exit::Done);
    }
    let mut lines = Lines::new(look::of(settings));
    let mut text = String::new();
    for envelope in &replay(&record) {
        lines.render(envelope, &mut text);
    }
    if let Some(finished) = &record.finished {
        lines.close(finished, None, &[], &mut text);
    }
    console.result(&text)?;
    Ok(Exit::Done)
}
