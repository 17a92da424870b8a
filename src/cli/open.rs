//! From the argument TEST to a checked package, with every finding told on the way.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::console::Console;
use super::exit::{Exit, Failure};
use super::facts;
use super::settings::Settings;
use crate::check::{self, Checked, CheckedPackage};
use crate::diagnostic::render::{HumanStyle, human};
use crate::diagnostic::{Diagnostic, Severity};
use crate::package::load::{LoadOptions, Origin, RootFile, load};
use crate::package::read::ReadOptions;
use crate::source::Sources;
use crate::station::Station;

/// Findings that are shown in full.
const SHOWN: usize = 20;

/// What the command line gives beside the package, so that the check does not miss it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Given {
    pub(crate) variables: BTreeSet<String>,
    pub(crate) tags: BTreeSet<String>,
}

/// Loads and checks the test that `test` names. Findings go to standard error; an error among
/// them means that nothing starts.
pub(crate) fn checked(
    test: &Path,
    given: &Given,
    settings: &Settings,
    station: &Station,
    console: &mut Console<'_>,
) -> Result<CheckedPackage, Failure> {
    let root = RootFile {
        path: definition(test, settings, station)?,
        origin: Origin::Named,
    };
    let options = LoadOptions {
        read: ReadOptions {
            unknown_keys: station.unknown_keys,
        },
        cwd: settings.cwd.clone(),
        package_path: package_path(settings, station),
        threads: 1,
    };
    let loaded = load(&[root], &options);
    let mut known = facts::of_files(&loaded.package);
    known.variables.clone_from(&given.variables);
    known.tags.clone_from(&given.tags);
    known.has_default_timeout = station.default_timeout_ms.is_some();
    known.runners = Some(runners(station));
    let Checked {
        package,
        findings,
        sources,
    } = check::check(loaded, &known);
    tell(&findings, &sources, settings, console);
    package.ok_or_else(|| {
        Failure::new(Exit::Usage, "the package has mistakes; nothing was started").help(format!(
            "see all of it with: maestro validate {}",
            test.display()
        ))
    })
}

/// Runners that steps may name: those of this program and those of the station.
fn runners(station: &Station) -> BTreeSet<String> {
    let own = super::runners::built_in().map(str::to_owned);
    own.chain(station.runners.keys().cloned()).collect()
}

fn package_path(settings: &Settings, station: &Station) -> Vec<PathBuf> {
    station
        .package_path
        .iter()
        .map(|path| settings.resolve(path))
        .collect()
}

/// The YAML file: as named, `tests/main.yaml` of a folder, or `folder:name` for another test.
fn definition(test: &Path, settings: &Settings, station: &Station) -> Result<PathBuf, Failure> {
    let path = settings.resolve(test);
    if path.is_dir() {
        return Ok(main_of(&path));
    }
    if path.exists() {
        return Ok(path);
    }
    let named = test.to_string_lossy();
    let (folder, name) = named.rsplit_once(':').unwrap_or((&named, "main"));
    let test_in = |folder: &Path| {
        ["yaml", "yml"]
            .map(|ending| folder.join("tests").join(format!("{name}.{ending}")))
            .into_iter()
            .find(|path| path.is_file())
    };
    let beside = settings.resolve(Path::new(folder));
    let installed = package_path(settings, station)
        .into_iter()
        .map(|path| path.join(folder));
    std::iter::once(beside)
        .chain(installed)
        .find_map(|folder| test_in(&folder))
        .ok_or_else(|| {
            Failure::usage(format!("there is no test '{named}'")).help(
                "give a YAML file, the folder of a package, or folder:name for its tests/name.yaml",
            )
        })
}

fn main_of(folder: &Path) -> PathBuf {
    let short = folder.join("tests/main.yml");
    let usual = folder.join("tests/main.yaml");
    if !usual.exists() && short.exists() {
        short
    } else {
        usual
    }
}

/// Errors and warnings are for everybody, hints for `maestro validate`.
fn tell(
    findings: &[Diagnostic],
    sources: &Sources,
    settings: &Settings,
    console: &mut Console<'_>,
) {
    let has_error = findings.iter().any(Diagnostic::is_error);
    let least = if has_error {
        Severity::Error
    } else {
        Severity::Warning
    };
    let told: Vec<Diagnostic> = findings
        .iter()
        .filter(|finding| finding.severity >= least)
        .cloned()
        .collect();
    if told.is_empty() {
        return;
    }
    let style = HumanStyle {
        color: settings.terminal.color_stderr,
        unicode: settings.terminal.utf8,
        width: usize::from(settings.terminal.columns.unwrap_or(100)),
        limit: SHOWN,
    };
    let text = human(&told, sources, style);
    // Whoever closed standard error does not want to know.
    let _: std::io::Result<()> = console.err.write_all(text.as_bytes());
}
