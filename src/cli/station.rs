//! Finds and reads the station file, and says what is wrong with it; `maestro station …`.

mod doctor;
mod hide;
mod show;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::check;
use crate::diagnostic::Diagnostic;
use crate::package::yaml;
use crate::source::{SourceFile, SourceId, Sources};
use crate::station::{Station, Surroundings};

use super::args::{StationArgs, StationCommand};
use super::console::Console;
use super::exit::{Exit, Failure};
use super::settings::Settings;

/// Where an administrator puts the station file.
const SYSTEM_FILE: &str = "/etc/maestro/station.yaml";

/// No station file is longer; whatever is, is something else.
const SIZE_LIMIT: u64 = 1 << 20;

/// A station as its file and the surroundings describe it, with what is to be said about that.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) station: Station,
    pub(crate) file: Option<PathBuf>,
    /// Keys of the file, each with its line.
    pub(crate) lines: BTreeMap<String, usize>,
    pub(crate) warnings: Vec<String>,
    /// Why nothing should be done for it.
    pub(crate) trouble: Option<Failure>,
}

/// Reads the station that this command works for; warnings go to the console.
///
/// `--config` names the file; else the person's own settings come before those of the computer.
/// No file at all is fine: every key has a default.
pub(crate) fn load(settings: &Settings, console: &mut Console) -> Result<Station, Failure> {
    let found = look(settings);
    for warning in &found.warnings {
        console.warning(warning);
    }
    match found.trouble {
        None => Ok(found.station),
        Some(trouble) => Err(trouble),
    }
}

/// Reads the station as far as it can be read.
pub(crate) fn look(settings: &Settings) -> Found {
    let path = file(settings);
    let mut sources = Sources::default();
    let mut findings = Vec::new();
    let (text, unread) = match path.as_deref().map(read).transpose() {
        Ok(text) => (text, None),
        Err(failure) => (None, Some(failure)),
    };
    let file = path.as_deref().zip(text.as_deref()).map(|(path, text)| {
        let shown = path.display().to_string();
        let source = sources.add(SourceFile::new(shown, path.to_owned(), text));
        (text, source, path.parent().unwrap_or(Path::new("/")))
    });
    let host = host_name();
    let around = Surroundings {
        env: settings.env.as_map(),
        host: &host,
        station_flag: settings.station.as_deref(),
    };
    let mut station = Station::read(file, around, &mut findings);
    findings.extend(check::safe_state(&station.safe_state));
    let (errors, others) = findings
        .iter()
        .partition::<Vec<_>, _>(|finding| finding.is_error());
    let warnings: Vec<String> = others.iter().map(|one| told(one, &sources)).collect();
    let trouble = if errors.is_empty() {
        read_urls(&mut station, settings).err()
    } else {
        let lines = errors.into_iter().map(|finding| told(finding, &sources));
        let message = format!(
            "the station's configuration has mistakes\n{}",
            lines.collect::<Vec<_>>().join("\n")
        );
        let failure = Failure::usage(message);
        Some(failure.help("the keys are told in the manual page maestro-station(5)"))
    };
    Found {
        station,
        lines: file.map_or_else(BTreeMap::new, |(text, source, _)| {
            lines_of_keys(text, source, &sources)
        }),
        file: path,
        warnings,
        trouble: unread.or(trouble),
    }
}

/// Where each key of the file stands.
fn lines_of_keys(text: &str, source: SourceId, sources: &Sources) -> BTreeMap<String, usize> {
    let node = yaml::parse(text, source, &mut Vec::new());
    let entries = node.as_ref().and_then(|node| node.mapping());
    let entries = entries.map_or(&[][..], |mapping| &mapping.entries);
    let lines = entries.iter().map(|entry| {
        let line = sources.position(entry.key.span).line;
        (entry.key.value.to_string(), line)
    });
    lines.collect()
}

/// The URLs of the stores, where a file of their own holds them; a URL that stands beside the name
/// of a file wins.
fn read_urls(station: &mut Station, settings: &Settings) -> Result<(), Failure> {
    let read = |file: &Option<PathBuf>| -> Result<Option<String>, Failure> {
        let Some(file) = file else { return Ok(None) };
        let text = read(&settings.resolve(file))?;
        Ok(Some(text.trim().to_owned()))
    };
    if station.database_url.is_none() {
        station.database_url = read(&station.database_url_file)?;
    }
    if station.redis_url.is_none() {
        station.redis_url = read(&station.redis_url_file)?;
    }
    Ok(())
}

/// `maestro station …`.
pub(super) fn run(
    args: &StationArgs,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    match &args.command {
        StationCommand::Show(args) => show::run(args, settings, console),
        StationCommand::Doctor(args) => doctor::run(args, settings, console),
    }
}

/// Columns of a page about the station.
fn width(settings: &Settings) -> usize {
    const FILE: u16 = 100;
    let terminal = settings.terminal;
    let columns = terminal.columns.filter(|_| terminal.stdout);
    usize::from(columns.unwrap_or(FILE).clamp(50, 120))
}

/// The name of this computer.
pub(crate) fn host_name() -> String {
    let name = rustix::system::uname();
    name.nodename().to_string_lossy().into_owned()
}

/// The station file, where there is one.
pub(super) fn file(settings: &Settings) -> Option<PathBuf> {
    if let Some(path) = &settings.config {
        return Some(settings.resolve(path));
    }
    [
        settings.config_folder().join("station.yaml"),
        PathBuf::from(SYSTEM_FILE),
    ]
    .into_iter()
    .find(|path| path.exists())
}

fn read(path: &Path) -> Result<String, Failure> {
    let failed = |what: &dyn std::fmt::Display| {
        Failure::usage(format!(
            "cannot read the station file {}: {what}",
            path.display()
        ))
        .help("`--config FILE` or MAESTRO_CONFIG names another one")
    };
    let is_file = std::fs::metadata(path)
        .map_err(|error| failed(&error))?
        .is_file();
    if !is_file {
        return Err(failed(&"it is no file"));
    }
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(SIZE_LIMIT + 1).read_to_string(&mut text))
        .map_err(|error| failed(&error))?;
    if text.len() as u64 > SIZE_LIMIT {
        return Err(failed(&"it is longer than 1 MiB"));
    }
    Ok(text)
}

/// A finding as `file:line:column: message`.
pub(super) fn told(finding: &Diagnostic, sources: &Sources) -> String {
    let mut text = String::new();
    if let Some(span) = finding.primary() {
        let position = sources.position(span);
        let file = sources.file(span.source).shown();
        let _ = write!(text, "{file}:{}:{}: ", position.line, position.column);
    }
    text.push_str(&finding.message);
    if let Some(help) = &finding.help {
        let _ = write!(text, " ({help})");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::settings::tests::settings;

    fn load_from(text: &str) -> (Result<Station, Failure>, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("station.yaml");
        std::fs::write(&path, text).unwrap();
        let mut settings = settings(&[]);
        settings.config = Some(path);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut console = Console::new(&mut out, &mut err, &settings);
        let station = load(&settings, &mut console);
        (station, String::from_utf8(err).unwrap())
    }

    #[test]
    fn keys_of_the_file_count() {
        let (station, err) = load_from("station_id: bench-7\nslots: 2\n");
        let station = station.unwrap();
        assert_eq!((station.id.as_str(), station.slots), ("bench-7", 2));
        assert_eq!(err, "");
    }

    #[test]
    fn safe_state_takes_what_needs_no_package() {
        let load = |step: &str| load_from(&format!("station_id: b\nsafe_state: [{step}]\n"));
        for good in [
            "{name: off, type: delay, duration: 1}",
            "{name: off, runner: scpi, resource: '{{cfg.PSU}}', write: 'OUTP OFF'}",
            "{name: off, runner: command, program: relay, args: [off]}",
        ] {
            let (station, err) = load(good);
            assert_eq!(station.unwrap().safe_state.len(), 1);
            assert_eq!(err, "");
        }
        for (bad, reason) in [
            (
                "{name: off, runner: python, module: a, function: b}",
                "without a package",
            ),
            ("{name: off, type: mock}", "without a package"),
            (
                "{name: off, runner: scpi, resource: '{{cfg.', write: x}",
                "'off'",
            ),
            (
                "{name: off, runner: command, program: x, retry: {count: 1}}",
                "judges nothing",
            ),
        ] {
            let (station, _) = load(bad);
            assert!(station.unwrap_err().message.contains(reason), "{bad}");
        }
    }

    #[test]
    fn url_may_stand_in_a_file_beside_the_station() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("url"), "postgres://m:secret@db/m\n").unwrap();
        let file = folder.path().join("url");
        let text = format!("station_id: b\ndatabase_url_file: {}\n", file.display());
        let (station, err) = load_from(&text);
        let url = station.unwrap().database_url;
        assert_eq!(url.as_deref(), Some("postgres://m:secret@db/m"));
        assert_eq!(err, "");
        let (missing, _) = load_from("station_id: b\ndatabase_url_file: /nowhere/url\n");
        assert!(missing.unwrap_err().message.contains("/nowhere/url"));
    }

    #[test]
    fn mistake_is_told_with_its_place() {
        let (station, _) = load_from("station_id: b\nslots: many\n");
        let failure = station.unwrap_err();
        assert_eq!(failure.exit.code(), 2);
        assert!(failure.message.contains("station.yaml:2:"), "{failure}");
    }

    #[test]
    fn file_that_was_asked_for_must_be_there() {
        let mut settings = settings(&[]);
        settings.config = Some(PathBuf::from("/nowhere/station.yaml"));
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut console = Console::new(&mut out, &mut err, &settings);
        let failure = load(&settings, &mut console).unwrap_err();
        assert!(
            failure.message.contains("/nowhere/station.yaml"),
            "{failure}"
        );
    }
}
