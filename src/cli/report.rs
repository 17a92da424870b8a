//! `maestro report`: one past run as a document; and what `maestro run --report` shares with it.

mod maker;
mod templates;

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

pub(super) use self::maker::Maker;
pub(super) use self::templates::Places;
use super::args::{ReportArgs, ReportTarget, Wanted};
use super::console::Console;
use super::exit::{Exit, Failure};
use super::settings::Settings;
use super::station;
use super::stores::Stores;
use crate::event::ArtifactRef;
use crate::record::{RunRecord, Selector};
use crate::report::{self, Paper, Subject};

/// Writes the report that was asked for.
pub(crate) fn run(
    args: &ReportArgs,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let found = station::load(settings, console)?;
    let home = settings.home(found.home.as_deref());
    let stores = Stores::of(&found, &home, None)?;
    let history = stores.history(args.store)?.history?;
    let record = history.run(&Selector::parse(&args.run))?;
    let path = args
        .output
        .as_deref()
        .filter(|path| *path != Path::new("-"));
    let places = Places::of_record(&record, settings, &found);
    // A file that says docx and holds HTML helps nobody, and two forms are XML.
    let wanted = args.wanted().map_err(|ending| {
        Failure::usage(format!("which form has a file that ends in .{ending}?"))
            .help("say it with --format: html, pdf, json, junit, csv, markdown or atml")
    })?;
    let maker = Maker::new(&wanted, path, &places, settings)?;
    if path.is_none() && maker.is_binary() && settings.terminal.stdout {
        return Err(Failure::usage("a PDF is nothing for a terminal")
            .help("name a file with -o, or send standard output somewhere else"));
    }
    let bytes = make(&maker, &record, None, &home, settings)?;
    match path {
        None => console.bytes(&bytes)?,
        Some(path) => {
            write(&settings.resolve(path), &bytes)?;
            console.note(&path.display().to_string());
        }
    }
    Ok(Exit::Done)
}

/// A report that can be made: its template has no mistake, its printer is there.
pub(super) struct Ready {
    maker: Maker,
    /// `None` stands for standard output.
    path: Option<PathBuf>,
}

/// Makes ready what `--report` wants, before anything is started.
pub(super) fn ready(
    targets: &[ReportTarget],
    places: &Places,
    settings: &Settings,
) -> Result<Vec<Ready>, Failure> {
    let targets = targets.iter().map(|target| {
        let path = target.path.as_deref();
        let maker = Maker::new(&target.wanted, path, places, settings)?;
        Ok(Ready {
            maker,
            path: target.path.clone(),
        })
    });
    targets.collect()
}

/// Writes every report that was made ready; the first that fails is told.
pub(super) fn write_all(
    ready: &[Ready],
    record: &RunRecord,
    not_recorded: Option<&str>,
    home: &Path,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    for report in ready {
        let bytes = make(&report.maker, record, not_recorded, home, settings)?;
        match &report.path {
            None => console.bytes(&bytes)?,
            Some(path) => write(&settings.resolve(path), &bytes)?,
        }
    }
    Ok(())
}

fn make(
    maker: &Maker,
    record: &RunRecord,
    not_recorded: Option<&str>,
    home: &Path,
    settings: &Settings,
) -> Result<Vec<u8>, Failure> {
    let artifact = artifacts_of(home);
    let subject = Subject {
        record,
        not_recorded,
        zone: TimeZone::system(),
        paper: if maker.is_binary() {
            paper(settings)
        } else {
            Paper::Any
        },
        artifact: &artifact,
    };
    maker.make(&subject, home)
}

/// Puts a report into its place.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    report::write(path, bytes).map_err(|error| {
        Failure::trouble(format!(
            "the report {} cannot be written: {error}",
            path.display()
        ))
    })
}

/// Reads the artifacts that lie below `home`.
fn artifacts_of(home: &Path) -> impl Fn(&ArtifactRef) -> Option<Vec<u8>> {
    let folder = home.join("artifacts");
    move |artifact| std::fs::read(folder.join(&artifact.path)).ok()
}

/// The paper of the country that the locale names: Letter in North America, A4 elsewhere.
fn paper(settings: &Settings) -> Paper {
    let names = ["LC_ALL", "LC_PAPER", "LANG"].into_iter();
    let locale = names
        .filter_map(|name| settings.env.get(name))
        .find(|value| !value.is_empty());
    let country = locale.and_then(|locale| locale.split_once('_')?.1.get(..2));
    match country {
        Some("US" | "CA" | "MX") => Paper::Letter,
        _ => Paper::A4,
    }
}

impl Wanted {
    /// What a word stands for: a form, or the name of a template.
    pub(super) fn of_word(word: &str) -> Self {
        match report::Form::parse(word) {
            Some(form) => Self::Form(form),
            None if word == "pdf" => Self::Pdf,
            None => Self::Template(word.to_owned()),
        }
    }
}
