//! `maestro validate`: every mistake of every file in one go.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;

use crate::check;
use crate::diagnostic::render::{HumanStyle, github, human, json, sarif};
use crate::diagnostic::{Code, Diagnostic, Severity, did_you_mean};
use crate::package::load::{LoadOptions, Loaded, Origin, RootFile, load, walk};
use crate::package::read::{ReadOptions, UnknownKeys};
use crate::station::Station;

use super::args::{Denied, ValidateArgs};
use super::config::known_keys;
use super::console::Console;
use super::exit::{Exit, Failure};
use super::settings::{Settings, Verbosity};
use super::stores::Stores;
use super::{facts, station};

/// Findings that are shown to people in full.
const SHOWN: usize = 100;

/// What is to be validated, and how the findings are told.
#[derive(Debug)]
pub(crate) struct ValidateOptions {
    /// Files and folders, as given.
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) format: FindingFormat,
    pub(crate) deny: Deny,
    pub(crate) cwd: PathBuf,
    pub(crate) unknown_keys: UnknownKeys,
    /// Folders with packages, looked through in this order.
    pub(crate) package_path: Vec<PathBuf>,
    /// The station whose config keys and runners must be there; `None`: they may be anything.
    pub(crate) station: Option<Station>,
    /// The config keys of that station, where they are known.
    pub(crate) cfg_keys: Option<BTreeSet<String>>,
    pub(crate) color: bool,
    pub(crate) unicode: bool,
    pub(crate) width: usize,
    /// Without the line that counts.
    pub(crate) quiet: bool,
    pub(crate) threads: usize,
}

/// The form of the findings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum FindingFormat {
    /// the lines, with each place underlined
    #[default]
    Human,
    /// one JSON document, for scripts and editors
    Json,
    /// SARIF 2.1.0, for code scanning services
    Sarif,
    /// workflow commands that GitHub shows beside the lines
    Github,
}

/// From which severity on findings are a reason to fail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Deny {
    #[default]
    Errors,
    Warnings,
}

/// Runs the command as it was typed.
pub(crate) fn run(
    args: &ValidateArgs,
    settings: &Settings,
    console: &mut Console,
) -> Result<Exit, Failure> {
    if let Some(code) = &args.explain {
        return Ok(explain(code, console.out, console.err));
    }
    let station = station::load(settings, console)?;
    let options = ValidateOptions {
        paths: args.paths.clone(),
        format: args.format,
        deny: match args.deny {
            Some(Denied::Warnings) => Deny::Warnings,
            None => Deny::Errors,
        },
        cwd: settings.cwd.clone(),
        unknown_keys: station.unknown_keys,
        package_path: station
            .package_path
            .iter()
            .map(|path| settings.resolve(path))
            .collect(),
        cfg_keys: cfg_keys(settings, &station),
        station: settings.station.is_some().then_some(station),
        color: settings.terminal.color_stdout,
        unicode: settings.terminal.utf8,
        width: usize::from(settings.terminal.columns.unwrap_or(100)),
        quiet: settings.verbosity == Verbosity::Quiet,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
    };
    Ok(validate(&options, console.out, console.err))
}

/// The config keys of the station that is asked for, as far as this computer knows them: hooks and
/// editors must not wait for a database.
fn cfg_keys(settings: &Settings, station: &Station) -> Option<BTreeSet<String>> {
    settings.station.as_ref()?;
    let home = settings.home(station.home.as_deref());
    known_keys(station, &Stores::of(station, &home, None).ok()?)
}

/// Validates and writes the findings to `out`, everything else to `err`. Returns the exit code.
pub(crate) fn validate(
    options: &ValidateOptions,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Exit {
    let (roots, mut unreadable) = roots(options, err);
    let load_options = LoadOptions {
        read: ReadOptions {
            unknown_keys: options.unknown_keys,
        },
        cwd: options.cwd.clone(),
        package_path: options.package_path.clone(),
        threads: options.threads,
    };
    let mut loaded = load(&roots, &load_options);
    let mut known = facts::of_files(&loaded.package);
    if let Some(station) = &options.station {
        facts::add_station(&mut known, station, options.cfg_keys.as_ref());
    }
    let findings = check::findings(&mut loaded, &known, options.threads);
    unreadable |= loaded.unreadable;
    unreadable |= nothing_found(options, &loaded, &findings, err);
    if let Err(error) = write_findings(options, &findings, &loaded, out) {
        let _ = writeln!(err, "error: cannot write to standard output: {error}");
        return Exit::Trouble;
    }
    if !options.quiet && options.format == FindingFormat::Human {
        let _ = writeln!(err, "{}", summary(&findings, loaded.package.files.len()));
    }
    if unreadable {
        Exit::Usage
    } else if findings
        .iter()
        .any(|finding| is_denied(finding, options.deny))
    {
        Exit::Negative
    } else {
        Exit::Done
    }
}

/// Prints what a code means.
pub(crate) fn explain(name: &str, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    let Some(code) = Code::parse(name.trim()) else {
        let names = Code::ALL.iter().map(|code| code.as_str());
        let help = did_you_mean(name, names).unwrap_or_else(|| {
            "the codes stand in front of the findings, as in error[limit-reversed]".to_owned()
        });
        let _ = writeln!(
            err,
            "error: no finding has the code `{name}`\n help: {help}"
        );
        return Exit::Usage;
    };
    let text = format!("{code}\n\n{}\n", code.explanation());
    match write_all(out, &text) {
        Ok(()) => Exit::Done,
        Err(_) => Exit::Trouble,
    }
}

fn is_denied(finding: &Diagnostic, deny: Deny) -> bool {
    match deny {
        Deny::Errors => finding.severity >= Severity::Error,
        Deny::Warnings => finding.severity >= Severity::Warning,
    }
}

/// The files that the paths stand for, and whether a folder could not be listed.
fn roots(options: &ValidateOptions, err: &mut dyn Write) -> (Vec<RootFile>, bool) {
    let mut roots = Vec::new();
    let mut unreadable = false;
    for path in &options.paths {
        let path = options.cwd.join(path);
        if !path.is_dir() {
            roots.push(RootFile {
                path,
                origin: Origin::Named,
            });
            continue;
        }
        let walked = walk(&path);
        for (folder, error) in walked.failures {
            let _ = writeln!(err, "error: cannot list `{}`: {error}", folder.display());
            unreadable = true;
        }
        roots.extend(walked.files);
    }
    (roots, unreadable)
}

/// A path with nothing to validate below it is a slip of the keyboard, not a success.
fn nothing_found(
    options: &ValidateOptions,
    loaded: &Loaded,
    findings: &[Diagnostic],
    err: &mut dyn Write,
) -> bool {
    let package = &loaded.package;
    let nothing = package.files.is_empty() && package.packages.is_empty() && findings.is_empty();
    if nothing {
        let paths: Vec<String> = options
            .paths
            .iter()
            .map(|p| format!("`{}`", p.display()))
            .collect();
        let _ = writeln!(err, "error: no test definition in {}", paths.join(", "));
    }
    nothing
}

fn write_findings(
    options: &ValidateOptions,
    findings: &[Diagnostic],
    loaded: &Loaded,
    out: &mut dyn Write,
) -> io::Result<()> {
    let sources = &loaded.package.sources;
    let text = match options.format {
        FindingFormat::Json => json(findings, sources),
        FindingFormat::Sarif => sarif(findings, sources),
        FindingFormat::Github => github(findings, sources),
        FindingFormat::Human => {
            let style = HumanStyle {
                color: options.color,
                unicode: options.unicode,
                width: options.width,
                limit: SHOWN,
            };
            human(findings, sources, style)
        }
    };
    write_all(out, &text)
}

/// A reader that went away is no reason to fail.
fn write_all(out: &mut dyn Write, text: &str) -> io::Result<()> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

fn summary(findings: &[Diagnostic], files: usize) -> String {
    let kinds = [Severity::Error, Severity::Warning, Severity::Hint];
    let counted = kinds.into_iter().filter_map(|severity| {
        let count = findings.iter().filter(|f| f.severity == severity).count();
        (count > 0).then(|| plural(count, severity.as_str()))
    });
    let counted: Vec<String> = counted.collect();
    let counted = if counted.is_empty() {
        "nothing to complain about".to_owned()
    } else {
        counted.join(", ")
    };
    format!("{}: {counted}", plural(files, "test"))
}

fn plural(count: usize, word: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {word}{ending}")
}

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
