//! The Python environments of this home: the list, and `maestro runner clean`.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::runner::environment::{Kept, Store};
use crate::session::wall_clock;

use super::age::age;
use super::args::RunnerCleanArgs;
use super::console::Console;
use super::exit::{Exit, Failure};
use super::settings::Settings;
use super::station;

/// Removes what has not been used for a while.
pub(super) fn clean(
    args: &RunnerCleanArgs,
    settings: &Settings,
    console: &mut Console,
) -> Result<Exit, Failure> {
    let station = station::load(settings, console)?;
    let store = Store::below(&settings.home(station.home.as_deref()));
    let least = Duration::from_hours(24 * u64::from(args.older_than));
    let (mut removed, mut bytes, mut kept) = (0, 0, 0);
    for environment in store.list() {
        if unused_for(&environment) < least {
            kept += 1;
            continue;
        }
        let is_gone = store.remove(&environment).map_err(|error| {
            let source = std::error::Error::source(&error);
            let source = source.map_or_else(String::new, |source| format!(": {source}"));
            Failure::trouble(format!("{error}{source}"))
        })?;
        if is_gone {
            removed += 1;
            bytes += environment.bytes;
            console.result(&format!("removed {}\n", line(&environment)))?;
        } else {
            kept += 1;
            console.note(&format!("in use: {}", environment.folder.display()));
        }
    }
    console.note(&format!(
        "{removed} removed ({}), {kept} kept in {}",
        size(bytes),
        store.folder().display()
    ));
    Ok(Exit::Done)
}

/// The environments under a heading; nothing where there are none.
pub(super) fn table(kept: &[Kept]) -> String {
    let whole = kept.iter().filter(|environment| environment.note.is_some());
    let mut out = String::new();
    for environment in whole {
        if out.is_empty() {
            out.push_str("\nPython environments\n");
        }
        let _ = writeln!(out, "  {}", line(environment));
        let _ = writeln!(out, "    {}", environment.folder.display());
        if let Some(note) = &environment.note {
            let _ = writeln!(out, "    {}", note.installed.join(", "));
        }
    }
    out
}

pub(super) fn as_json(kept: &[Kept]) -> Value {
    let list = kept.iter().map(|environment| {
        json!({
            "name": environment.name,
            "folder": environment.folder,
            "bytes": environment.bytes,
            "unused_s": environment.used.map(|_| unused_for(environment).as_secs()),
            "in_use": environment.is_in_use,
            "built": environment.note,
        })
    });
    list.collect()
}

/// Whom it was built for, its size and its age.
fn line(environment: &Kept) -> String {
    let what = environment.note.as_ref().map_or_else(
        || "unfinished".to_owned(),
        |note| format!("{}: Python {}", note.packages.join(", "), note.python),
    );
    let used = if environment.is_in_use {
        "in use".to_owned()
    } else {
        format!("used {} ago", age(unused_for(environment)))
    };
    format!("{what}, {}, {used}", size(environment.bytes))
}

/// How long nobody has used it; for ever where that is not known.
fn unused_for(environment: &Kept) -> Duration {
    let now = SystemTime::UNIX_EPOCH + Duration::from_micros(wall_clock().0.unsigned_abs());
    match environment.used {
        Some(used) => now.duration_since(used).unwrap_or_default(),
        None => Duration::MAX,
    }
}

fn size(bytes: u64) -> String {
    let megabytes = bytes as f64 / 1e6;
    if megabytes < 10.0 {
        format!("{megabytes:.1} MB")
    } else {
        format!("{megabytes:.0} MB")
    }
}
