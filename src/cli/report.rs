//! `maestro report`: one past run as a document.

use std::path::Path;

use jiff::tz::TimeZone;

use super::args::ReportArgs;
use super::console::Console;
use super::exit::{Exit, Failure};
use super::settings::Settings;
use super::station;
use super::stores::Stores;
use crate::event::ArtifactRef;
use crate::record::Selector;
use crate::report::{self, Subject};

/// Writes the report that was asked for.
pub(crate) fn run(
    args: &ReportArgs,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let station = station::load(settings, console)?;
    let home = settings.home(station.home.as_deref());
    let stores = Stores::of(&station, &home, None)?;
    let history = stores.history(args.store)?.history?;
    let record = history.run(&Selector::parse(&args.run))?;
    let artifact = artifacts_of(&home);
    let subject = Subject {
        record: &record,
        not_recorded: None,
        zone: TimeZone::system(),
        artifact: &artifact,
    };
    let text = args.format.render(&subject);
    match args
        .output
        .as_deref()
        .filter(|path| *path != Path::new("-"))
    {
        None => console.result(&text)?,
        Some(path) => {
            write(&settings.resolve(path), &text)?;
            console.note(&format!("{}", path.display()));
        }
    }
    Ok(Exit::Done)
}

/// Puts a report into its place.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    report::write(path, text).map_err(|error| {
        Failure::trouble(format!(
            "the report {} cannot be written: {error}",
            path.display()
        ))
    })
}

/// Reads the artifacts that lie below `home`.
pub(super) fn artifacts_of(home: &Path) -> impl Fn(&ArtifactRef) -> Option<Vec<u8>> {
    let folder = home.join("artifacts");
    move |artifact| std::fs::read(folder.join(&artifact.path)).ok()
}
