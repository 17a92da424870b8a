//! Runners, packages, what this version does not do yet, and the terminal.

use super::Patient;
use super::page::Check;
use crate::cli::runners;

pub(super) fn runners(patient: &Patient<'_>) -> Vec<Check> {
    let found = runners::find(&patient.found.station, patient.settings, &patient.home);
    let checks = found.into_iter().map(|runner| match runner.trouble {
        None => match runner.note {
            Some(note) => Check::off(runner.name, note),
            None => Check::ok(runner.name, runner.starts),
        },
        Some(trouble) if runner.name == "python" => Check::fail(
            runner.name,
            trouble,
            "install Python 3.9 or newer, or name an interpreter with `runners.python.command`",
        ),
        Some(trouble) => Check::fail(
            runner.name.clone(),
            trouble,
            format!("correct `runners.{}` in station.yaml", runner.name),
        ),
    });
    checks.collect()
}

/// Folders of packages that are not there.
pub(super) fn packages(patient: &Patient<'_>) -> Vec<Check> {
    let folders = &patient.found.station.package_path;
    let resolved = folders
        .iter()
        .map(|folder| patient.settings.resolve(folder));
    let (there, missing): (Vec<_>, Vec<_>) = resolved.partition(|folder| folder.is_dir());
    let shown = |folders: &[std::path::PathBuf]| {
        let folders = folders.iter().map(|folder| folder.display().to_string());
        folders.collect::<Vec<_>>().join(", ")
    };
    if !missing.is_empty() {
        return vec![Check::warn(
            "packages",
            format!("not there: {}", shown(&missing)),
            "make the folder, or correct `package_path`",
        )];
    }
    if there.is_empty() {
        return vec![Check::off(
            "packages",
            "no `package_path`: beside the running package only",
        )];
    }
    vec![Check::ok("packages", shown(&there))]
}

/// The MES.
pub(super) fn outside(patient: &Patient<'_>) -> Vec<Check> {
    vec![match patient.found.station.mes {
        None => Check::off("MES", "not configured"),
        Some(_) => Check::warn(
            "MES",
            "configured, and not used by this version",
            "units are not checked and results not reported: do both by hand",
        ),
    }]
}

pub(super) fn terminal(patient: &Patient<'_>) -> Vec<Check> {
    const SMALL: &str = "make the window larger: screens are made for 80 columns and 24 lines";
    let terminal = patient.settings.terminal;
    if !terminal.can_ask() {
        return vec![Check::off(
            "terminal",
            "none here: a test that asks needs --unattended",
        )];
    }
    if !terminal.utf8 {
        return vec![Check::warn(
            "terminal",
            "its locale is not UTF-8: signs and units are shown in ASCII",
            "set LANG to a locale such as C.UTF-8",
        )];
    }
    let Some(columns) = terminal.columns else {
        return vec![Check::ok("terminal", "UTF-8, of unknown size")];
    };
    let lines = terminal.lines.unwrap_or(24);
    let colours = if terminal.color_stderr {
        "colours"
    } else {
        "no colours"
    };
    let says = format!("{columns} by {lines}, UTF-8, {colours}");
    vec![if columns < 80 || lines < 24 {
        Check::warn("terminal", says, SMALL)
    } else {
        Check::ok("terminal", says)
    }]
}
