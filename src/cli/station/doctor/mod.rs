//! `maestro station doctor`: looks at each part and says how to mend what is wrong.
//!
//! Nothing is changed, and every wait has a deadline. A part that cannot be looked at is a failure
//! of that part alone.

mod clock;
mod journal;
mod page;
mod place;
#[cfg(feature = "redis")]
mod redis;
mod settings;
mod stores;
mod tools;

use serde_json::json;

use self::page::{Check, State};
use super::{Found, look};
use crate::cli::args::{OutputFormat, StationDoctorArgs};
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::look as appearance;
use crate::cli::settings::Settings;

/// What every check looks at.
struct Patient<'a> {
    found: &'a Found,
    settings: &'a Settings,
    home: std::path::PathBuf,
}

/// The parts, in the order in which they depend on each other.
const PARTS: &[fn(&Patient<'_>) -> Vec<Check>] = &[
    settings::check,
    place::home,
    place::disk,
    place::rights,
    place::locks,
    journal::check,
    stores::embedded,
    stores::shared,
    redis_or_none,
    tools::runners,
    tools::packages,
    tools::outside,
    clock::check,
    tools::terminal,
];

pub(super) fn run(
    args: &StationDoctorArgs,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let found = look(settings);
    let home = settings.home(found.station.home.as_deref());
    let patient = Patient {
        found: &found,
        settings,
        home,
    };
    let is_page = args.format == OutputFormat::Human;
    let look = appearance::of(settings);
    let width = super::width(settings);
    let mut checks = Vec::new();
    for part in PARTS {
        let parts = part(&patient);
        if is_page {
            // As soon as it is known: a server that does not answer takes its time.
            for check in &parts {
                console.result(&page::line(check, &look, width))?;
            }
        }
        checks.extend(parts);
    }
    if is_page {
        console.result(&page::closing(&checks, &look))?;
    } else {
        let station = &found.station.id;
        let version = env!("CARGO_PKG_VERSION");
        let page = json!({ "station": station, "version": version, "checks": checks });
        let text = serde_json::to_string_pretty(&page).unwrap_or_default();
        console.result(&(text + "\n"))?;
    }
    let has_failed = checks.iter().any(|check| check.state == State::Fail);
    Ok(if has_failed {
        Exit::Negative
    } else {
        Exit::Done
    })
}

#[cfg(feature = "redis")]
fn redis_or_none(patient: &Patient<'_>) -> Vec<Check> {
    redis::check(patient)
}

#[cfg(not(feature = "redis"))]
fn redis_or_none(patient: &Patient<'_>) -> Vec<Check> {
    vec![match patient.found.station.redis_url {
        None => Check::off("Redis", "not configured"),
        Some(_) => Check::warn(
            "Redis",
            "configured, and this maestro was built without it",
            "use a maestro with the feature `redis`, or remove `redis_url`",
        ),
    }]
}
