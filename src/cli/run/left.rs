//! Units that a crash may have left under power, before a screen asks for the next one.

use super::recover::{Closed, Hold, close_with};
use super::{Bench, screen};
use crate::cli::args::RunArgs;
use crate::cli::console::Console;
use crate::cli::exit::Failure;
use crate::cli::stores::Stores;
use crate::frontend::tui::{Acknowledged, LiveUnit, Window, acknowledge};
use crate::session::Clock;

/// Closes what a crash left, and tells of its units until somebody says that they are safe.
///
/// Only where somebody sits at a screen: elsewhere the warnings stay where they are written, and
/// the run itself closes what is left. It has to come before anybody is asked for a unit: what is
/// under power stays so no longer than it takes to look.
pub(super) fn acknowledged(
    args: &RunArgs,
    bench: &Bench<'_>,
    console: &mut Console<'_>,
) -> Result<Acknowledged, Failure> {
    if bench.unattended || !screen::is_wanted(args, bench.settings) {
        return Ok(Acknowledged::Safe);
    }
    let home = bench.settings.home(bench.station.home.as_deref());
    let stores = Stores::of(bench.station, &home, None)?;
    let (station, settings) = (bench.station, bench.settings);
    let closed = close_with(station, &stores, settings, Hold::Held, console)?;
    let units: Vec<LiveUnit> = closed.iter().filter_map(Closed::unit).collect();
    if units.is_empty() {
        return Ok(Acknowledged::Safe);
    }
    // A terminal that cannot be drawn on has the warnings.
    let Ok(mut window) = Window::open() else {
        return Ok(Acknowledged::Safe);
    };
    let theme = screen::theme(bench.settings);
    let said = acknowledge(&mut window, &units, theme, Clock::start());
    drop(window);
    if said == Acknowledged::Left {
        console.warning("nothing was started: nobody said that the unit is safe");
    }
    Ok(said)
}
