//! What the operator's screen is given: what the terminal can show, and what earlier runs were like.

use std::path::Path;

use jiff::tz::TimeZone;

use crate::cli::args::{OutputFormat, RunArgs};
use crate::cli::settings::Settings;
use crate::frontend::text::Script;
use crate::frontend::tui::{
    LookUp, Mouse, Outline, Palette, Pictures, Scanner, Show, Theme, Way, Window,
};
use crate::plan::Plan;
use crate::record::{Filter, History as _};
use crate::station::{PictureStyle, Station};
use crate::store::sqlite::{SqliteHistory, database_path};
use crate::verdict::Verdict;

/// Earlier runs whose duration says how long this one may take.
const RUNS: u32 = 5;

/// Earlier values of a measurement that are looked at.
const VALUES: u32 = 50;

/// Whether the run is shown on the whole terminal: somebody is there, and wants no lines.
pub(super) fn is_wanted(args: &RunArgs, settings: &Settings) -> bool {
    let can_draw = settings.env.get("TERM").is_some_and(|term| term != "dumb");
    settings.terminal.can_ask() && can_draw && !args.headless && args.format == OutputFormat::Human
}

/// Everything that the screen is given beside the events.
pub(super) fn show(settings: &Settings, station: &Station, plan: &Plan, home: &Path) -> Show {
    let history = SqliteHistory::open(&database_path(home)).ok();
    let expected_us = history.as_ref().and_then(|history| expected(history, plan));
    let past = history.map(|history| -> LookUp {
        Box::new(move |name: &str| history.newest_values(name, VALUES).unwrap_or_default())
    });
    Show {
        outline: Outline::of_plan(plan),
        theme: Theme {
            pictures: pictures_of(station, settings),
            ..theme(settings)
        },
        zone: TimeZone::system(),
        expected_us,
        past,
        scanner: Scanner::of_station(station.scanner.as_ref()),
    }
}

/// Opens the screen, with the mouse where the station wants it there.
pub(in crate::cli) fn open(station: &Station) -> std::io::Result<Window> {
    Window::open(if station.screen.mouse {
        Mouse::Screen
    } else {
        Mouse::Terminal
    })
}

/// What the terminal behind the screen can show.
pub(in crate::cli) fn theme(settings: &Settings) -> Theme {
    Theme {
        script: if settings.terminal.utf8 {
            Script::Unicode
        } else {
            Script::Ascii
        },
        has_color: settings.terminal.color_stderr,
        pictures: pictures(settings),
    }
}

/// How pictures are shown: as the station says, where that can be.
fn pictures_of(station: &Station, settings: &Settings) -> Pictures {
    let is_in_tmux = settings.env.get("TMUX").is_some_and(|it| !it.is_empty());
    match station.screen.pictures {
        PictureStyle::Name => Pictures::Named,
        // Their places are told by signs beyond ASCII.
        PictureStyle::Kitty if settings.terminal.utf8 => {
            Pictures::Kitty(if is_in_tmux { Way::Tmux } else { Way::Straight })
        }
        PictureStyle::Blocks | PictureStyle::Kitty => pictures(settings),
    }
}

/// How pictures can be shown: as half blocks in the colours that the terminal says it has. It is
/// not asked: one that does not answer would leave the screen deaf.
fn pictures(settings: &Settings) -> Pictures {
    let names = |variable: &str, words: &[&str]| {
        let value = settings.env.get(variable).unwrap_or_default();
        words.iter().any(|word| value.contains(word))
    };
    if !settings.terminal.color_stderr || !settings.terminal.utf8 {
        Pictures::Named
    } else if names("COLORTERM", &["truecolor", "24bit"]) || names("TERM", &["direct"]) {
        Pictures::Blocks(Palette::Full)
    } else if names("TERM", &["256"]) {
        Pictures::Blocks(Palette::Fixed)
    } else {
        Pictures::Named
    }
}

/// How long the newest passing runs of this test took in the middle, in microseconds.
fn expected(history: &SqliteHistory, plan: &Plan) -> Option<u64> {
    let filter = Filter {
        test: Some(plan.test_name.clone()),
        verdict: Some(Verdict::Pass),
        limit: Some(RUNS),
        ..Filter::default()
    };
    let runs = history.list(&filter).ok()?;
    let mut millis: Vec<u64> = runs
        .iter()
        .filter(|run| run.test_version == plan.test_version)
        .filter_map(|run| run.duration_ms)
        .collect();
    millis.sort_unstable();
    let middle = millis.get(millis.len() / 2)?;
    Some(middle * 1_000)
}
