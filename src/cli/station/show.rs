//! `maestro station show`: every setting, and where it comes from.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Found, hide, look};
use crate::cli::args::{OutputFormat, StationShowArgs};
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::look as appearance;
use crate::cli::run::lock_folder;
use crate::cli::settings::Settings;
use crate::expr::spell;
use crate::frontend::headless::Look;
use crate::frontend::text::{Tone, columns};
use crate::package::read::UnknownKeys;
use crate::station::{RunnerConfig, Station};

/// Narrowest column of values.
const NARROW: usize = 20;

/// A setting as it counts.
#[derive(Debug, PartialEq, Serialize)]
struct Setting {
    key: String,
    /// `null` where there is none.
    value: Value,
    source: String,
}

pub(super) fn run(
    args: &StationShowArgs,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let mut found = look(settings);
    for warning in &found.warnings {
        console.warning(warning);
    }
    if let Some(trouble) = found.trouble.take() {
        return Err(trouble);
    }
    let all = gather(&found, settings);
    console.result(&match args.format {
        OutputFormat::Json => as_json(&found, &all),
        OutputFormat::Human => page(
            &found,
            &all,
            &appearance::of(settings),
            super::width(settings),
        ),
    })?;
    Ok(Exit::Done)
}

/// Every setting, in the order of the manual page.
fn gather(found: &Found, settings: &Settings) -> Vec<Setting> {
    let sources = Sources { found, settings };
    let mut all = Vec::new();
    for (key, value) in values(&found.station, settings) {
        let source = sources.of(key);
        match (key, value) {
            // Each on a line of its own.
            ("cfg" | "runners", Value::Object(map)) if !map.is_empty() => {
                all.extend(map.into_iter().map(|(name, value)| Setting {
                    value: hide::value(&name, &value),
                    key: format!("{key}.{name}"),
                    source: source.clone(),
                }));
            }
            (key, value) => all.push(Setting {
                key: key.to_owned(),
                value: hide::value(key, &value),
                source,
            }),
        }
    }
    all
}

fn values(station: &Station, settings: &Settings) -> Vec<(&'static str, Value)> {
    let lock = lock_folder(settings, station);
    let home = settings.home(station.home.as_deref());
    let optional = |path: &Option<PathBuf>| path.as_deref().map_or(Value::Null, shown);
    vec![
        ("station_id", json!(station.id)),
        ("slots", json!(station.slots)),
        ("home", shown(&home)),
        ("lock_dir", shown(&lock)),
        (
            "package_path",
            station
                .package_path
                .iter()
                .map(|path| shown(path))
                .collect(),
        ),
        ("default_timeout_ms", json!(station.default_timeout_ms)),
        ("cleanup_timeout_ms", json!(station.cleanup_timeout_ms)),
        ("safe_state", steps(station)),
        ("unknown_keys", unknown_keys(station.unknown_keys)),
        ("accept_lifecycle", json!(station.accept_lifecycle)),
        ("allow_modes", json!(station.allow_modes)),
        ("require_clean", json!(station.require_clean)),
        ("require_fixture", json!(station.require_fixture)),
        ("serial_pattern", json!(station.serial_pattern)),
        ("scanner", station.scanner.clone().unwrap_or_default()),
        ("screen", screen(station)),
        ("operator_idle_min", json!(station.operator_idle_min)),
        (
            "shift_starts",
            station
                .shift_starts
                .iter()
                .map(|time| time.strftime("%H:%M").to_string())
                .collect(),
        ),
        ("retention_days", json!(station.retention_days)),
        ("database_url", json!(station.database_url)),
        ("database_url_file", optional(&station.database_url_file)),
        ("redis_url", json!(station.redis_url)),
        ("redis_url_file", optional(&station.redis_url_file)),
        ("redis_ttl_s", json!(station.redis_ttl_s)),
        ("redis_remote_set", json!(station.redis_remote_set)),
        ("mes", station.mes.clone().unwrap_or_default()),
        ("runners", runners(station)),
        ("cfg", Value::Object(station.cfg.clone())),
    ]
}

fn shown(path: &Path) -> Value {
    Value::from(path.display().to_string())
}

fn steps(station: &Station) -> Value {
    let names = station.safe_state.iter();
    names
        .map(|step| Value::from(step.name.value.clone()))
        .collect()
}

fn unknown_keys(choice: UnknownKeys) -> Value {
    Value::from(match choice {
        UnknownKeys::Error => "error",
        UnknownKeys::Warn => "warn",
    })
}

fn runners(station: &Station) -> Value {
    let one = |config: &RunnerConfig| match &config.connect {
        Some(address) => json!({ "connect": address }),
        None if config.env.is_empty() => json!({ "command": config.command }),
        None => {
            let env: Map<String, Value> = config
                .env
                .iter()
                .map(|(name, value)| (name.clone(), json!(value)))
                .collect();
            json!({ "command": config.command, "env": env })
        }
    };
    let runners = station.runners.iter();
    runners
        .map(|(name, config)| (name.clone(), one(config)))
        .collect()
}

/// Where settings come from.
struct Sources<'a> {
    found: &'a Found,
    settings: &'a Settings,
}

impl Sources<'_> {
    fn of(&self, key: &str) -> String {
        let variable = format!("MAESTRO_{}", key.to_uppercase());
        if key == "station_id" && self.settings.station.is_some() {
            return "--station".to_owned();
        }
        if self.settings.set.contains(key) {
            return "--set".to_owned();
        }
        if is_variable(key) && self.settings.env.get(&variable).is_some() {
            return variable;
        }
        if let Some(line) = self.found.lines.get(key) {
            return format!("{}:{line}", self.file_name());
        }
        let in_file = format!("{key}_file");
        if key.ends_with("_url") && self.of(&in_file) != DEFAULT {
            return in_file;
        }
        DEFAULT.to_owned()
    }

    fn file_name(&self) -> String {
        let name = self.found.file.as_deref().and_then(Path::file_name);
        name.unwrap_or_default().to_string_lossy().into_owned()
    }
}

fn screen(station: &Station) -> Value {
    let pictures = station.screen.pictures.word();
    json!({ "mouse": station.screen.mouse, "pictures": pictures })
}

const DEFAULT: &str = "default";

/// Maps, and lists of more than words, have no variable.
fn is_variable(key: &str) -> bool {
    !matches!(
        key,
        "runners" | "cfg" | "safe_state" | "mes" | "scanner" | "screen"
    )
}

fn as_json(found: &Found, all: &[Setting]) -> String {
    let settings: Map<String, Value> = all
        .iter()
        .map(|one| {
            let told = json!({ "value": one.value, "source": one.source });
            (one.key.clone(), told)
        })
        .collect();
    let file = found.file.as_deref().map(shown);
    let page = json!({ "file": file, "settings": settings });
    serde_json::to_string_pretty(&page).unwrap_or_default() + "\n"
}

fn page(found: &Found, all: &[Setting], look: &Look, width: usize) -> String {
    let mut out = String::new();
    let file = match &found.file {
        Some(file) => file.display().to_string(),
        None => "none; every setting has a default".to_owned(),
    };
    look.paint.push(&mut out, Tone::Strong, "Settings file");
    let _ = writeln!(out, "  {}\n", look.script.clean(&file));
    let texts: Vec<String> = all.iter().map(|one| text_of(&one.value)).collect();
    let widest = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or(0);
    let keys = widest(&mut all.iter().map(|one| columns(&one.key)));
    let sources = widest(&mut all.iter().map(|one| columns(&one.source)));
    let room = width.saturating_sub(keys + sources + 6).max(NARROW);
    let values = widest(&mut texts.iter().map(|text| columns(text))).min(room);
    for (one, text) in all.iter().zip(&texts) {
        let is_default = one.source == DEFAULT;
        for (number, line) in pieces(&look.script.clean(text), values).iter().enumerate() {
            let key = if number == 0 { one.key.as_str() } else { "" };
            let _ = write!(out, "  {key}{}  ", pad(key, keys));
            let tone = if is_default { Tone::Dim } else { Tone::Plain };
            look.paint.push(&mut out, tone, line);
            if number == 0 {
                let _ = write!(out, "{}  ", pad(line, values));
                look.paint.push(&mut out, Tone::Dim, &one.source);
            }
            out.push('\n');
        }
    }
    out
}

/// A value as people read it.
fn text_of(value: &Value) -> String {
    match value {
        // A runner: its words, and the variables that it gets.
        Value::Object(map) if map.contains_key("command") => {
            let words = map["command"].as_array().into_iter().flatten();
            let env = map.get("env").and_then(Value::as_object);
            let env = env.into_iter().flatten();
            let env = env.map(|(name, value)| format!("{name}={}", spell(value)));
            env.chain(words.map(spell)).collect::<Vec<_>>().join(" ")
        }
        Value::Null => "–".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Array(items) if items.is_empty() => "–".to_owned(),
        Value::Object(map) if map.is_empty() => "–".to_owned(),
        Value::Array(items) => items.iter().map(spell).collect::<Vec<_>>().join(", "),
        other => spell(other),
    }
}

/// A text in pieces of so many columns; paths and URLs have no spaces to break at.
fn pieces(text: &str, width: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for c in text.chars() {
        let last = pieces.len() - 1;
        if columns(&pieces[last]) + columns(c.encode_utf8(&mut [0; 4])) > width {
            pieces.push(String::new());
        }
        let last = pieces.len() - 1;
        pieces[last].push(c);
    }
    pieces
}

fn pad(text: &str, width: usize) -> String {
    " ".repeat(width.saturating_sub(columns(text)))
}
