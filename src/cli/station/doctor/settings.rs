//! The settings file, the name of the station, and who may read passwords.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::Patient;
use super::page::Check;
use crate::cli::station::hide;

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    let mut checks = vec![file(patient)];
    checks.extend(warnings(patient));
    checks.extend(readers(patient));
    checks.push(name(patient));
    checks
}

fn file(patient: &Patient<'_>) -> Check {
    let found = patient.found;
    if let Some(trouble) = &found.trouble {
        let mend = trouble.help.as_deref().unwrap_or("correct what is named");
        return Check::fail("settings", &trouble.message, mend);
    }
    match &found.file {
        Some(file) => Check::ok("settings", file.display().to_string()),
        None => Check::ok("settings", "no file; every setting has a default"),
    }
}

fn warnings(patient: &Patient<'_>) -> Vec<Check> {
    let warnings = patient.found.warnings.iter();
    let mend = "correct what is named; the keys are told in maestro-station(5)";
    warnings
        .map(|warning| Check::warn("settings", warning, mend))
        .collect()
}

/// Files with passwords that anybody can read.
fn readers(patient: &Patient<'_>) -> Vec<Check> {
    let found = patient.found;
    let station = &found.station;
    let urls = [
        ("database_url", &station.database_url),
        ("redis_url", &station.redis_url),
    ];
    let holds_password = urls.iter().any(|(key, url)| {
        let is_in_file = found.lines.contains_key(*key);
        is_in_file && url.as_deref().is_some_and(|url| hide::url(url) != url)
    });
    let settings_file = found.file.as_deref().filter(|_| holds_password);
    let url_files = [&station.database_url_file, &station.redis_url_file];
    let files = url_files.into_iter().filter_map(|file| file.as_deref());
    files
        .map(|file| patient.settings.resolve(file))
        .chain(settings_file.map(Path::to_owned))
        .filter(|file| is_open(file))
        .map(|file| {
            let file = file.display();
            Check::warn(
                "passwords",
                format!("{file} holds a password, and every user can read it"),
                format!("chmod o-r {file}, or move the password into a `…_url_file` of its own"),
            )
        })
        .collect()
}

fn is_open(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
}

fn name(patient: &Patient<'_>) -> Check {
    let station = &patient.found.station;
    if station.is_id_default {
        return Check::warn(
            "name",
            format!(
                "`{}`, the name of this computer: nobody chose one",
                station.id
            ),
            "set `station_id` in station.yaml; with another computer the results would be those \
             of another station",
        );
    }
    Check::ok("name", &station.id)
}
