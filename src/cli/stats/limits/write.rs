//! Puts numbers in place of numbers: limits in a YAML file, and nothing else of it.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use super::super::number::exact;
use super::past::called;
use crate::cli::exit::Failure;
use crate::frontend::text::Tone;
use crate::package::LoadedPackage;
use crate::package::model::{MeasurementDecl, Step, Value};
use crate::report;
use crate::stats::Limits;

/// Where the limits of one measurement stand; several steps may declare it.
#[derive(Debug, Default)]
pub(super) struct Places {
    low: Vec<Place>,
    high: Vec<Place>,
}

/// A number in a file.
#[derive(Debug, Clone)]
struct Place {
    file: PathBuf,
    shown: String,
    range: Range<usize>,
    /// The text of the file as it was read.
    text: Arc<str>,
}

/// Limits that shall be written.
pub(super) struct Wish<'a> {
    pub(super) name: &'a str,
    /// Where steps judge that name differently.
    pub(super) step: Option<&'a str>,
    pub(super) limits: Limits,
    pub(super) places: Option<&'a Places>,
}

/// Every limit of the package that is a plain number, by the name of its measurement.
pub(super) fn places(package: &LoadedPackage) -> BTreeMap<String, Places> {
    let mut found: BTreeMap<String, Places> = BTreeMap::new();
    for file in &package.files {
        let test = &file.definition;
        let steps = [&test.setup, &test.steps, &test.teardown];
        for declared in steps.into_iter().flatten().flat_map(|step| declared(step)) {
            let places = found.entry(declared.name.value.clone()).or_default();
            places
                .low
                .extend(place(package, declared.low_limit.as_ref()));
            places
                .high
                .extend(place(package, declared.high_limit.as_ref()));
        }
    }
    found
}

fn declared(step: &Step) -> impl Iterator<Item = &MeasurementDecl> {
    step.measurements.iter()
}

fn place(package: &LoadedPackage, limit: Option<&Value>) -> Option<Place> {
    let scalar = limit?.scalar()?;
    let file = package.sources.file(scalar.span.source);
    Some(Place {
        file: file.path().to_owned(),
        shown: file.shown().to_owned(),
        range: scalar.span.range(),
        text: Arc::clone(file.text()),
    })
}

/// Writes them; tells what was written and what could not be.
pub(super) fn write(wishes: &[Wish<'_>]) -> Result<Vec<(Tone, String)>, Failure> {
    let mut told = Vec::new();
    let mut edits: BTreeMap<PathBuf, Vec<(Place, String)>> = BTreeMap::new();
    for wish in wishes {
        if wish.step.is_some() {
            let why = "several steps judge it by different limits: not written";
            told.push((
                Tone::Warn,
                format!("{}: {why}.", called(wish.name, wish.step)),
            ));
            continue;
        }
        let none = Places::default();
        let places = wish.places.unwrap_or(&none);
        let sides = [
            ("low_limit", wish.limits.low, &places.low),
            ("high_limit", wish.limits.high, &places.high),
        ];
        for (field, limit, places) in sides {
            let Some(limit) = limit else { continue };
            if places.is_empty() {
                let why = "is no plain number in the file: not written";
                told.push((Tone::Warn, format!("{}: {field} {why}.", wish.name)));
            }
            for place in places {
                let edit = (place.clone(), exact(limit));
                edits.entry(place.file.clone()).or_default().push(edit);
            }
        }
    }
    for (file, edits) in edits {
        let count = edits.len();
        let shown = edits[0].0.shown.clone();
        rewrite(&file, edits)?;
        told.push((Tone::Good, format!("Wrote {count} limits into {shown}.")));
    }
    Ok(told)
}

/// The last place first, so that the others stay where they are.
fn rewrite(file: &PathBuf, mut edits: Vec<(Place, String)>) -> Result<(), Failure> {
    edits.sort_by_key(|(place, _)| std::cmp::Reverse(place.range.start));
    let shown = &edits[0].0.shown;
    let trouble = |what: String| Failure::trouble(format!("{shown} was not written: {what}"));
    let now = fs::read_to_string(file).map_err(|error| trouble(error.to_string()))?;
    if *now != *edits[0].0.text {
        return Err(trouble("somebody changed it meanwhile".to_owned()));
    }
    let mut text = now;
    for (place, number) in &edits {
        if text.get(place.range.clone()).is_none() {
            return Err(trouble("a limit is not where it was read".to_owned()));
        }
        text.replace_range(place.range.clone(), number);
    }
    report::write(file, &text).map_err(|error| trouble(error.to_string()))
}
