//! `station.yaml` and the variables beside it, read into a [`Station`].

use std::path::{Path, PathBuf};

use jiff::civil::Time;
use serde_json::Value;

use super::{RunnerConfig, ScreenConfig, Station, Surroundings};
use crate::diagnostic::{Code, Diagnostic};
use crate::package::read::{Fields, ReadOptions, Reader, UnknownKeys, read_steps};
use crate::package::yaml::{self, Node, NodeKind};
use crate::source::SourceId;

const UNKNOWN_KEYS: [(&str, UnknownKeys); 2] =
    [("error", UnknownKeys::Error), ("warn", UnknownKeys::Warn)];

/// A month: longer than any run, shorter than what a server would keep by accident.
const REDIS_TTL_S_MAX: u64 = 31 * 86_400;

impl Station {
    /// Reads a station. `file` is the text of `station.yaml` and its folder, to which relative
    /// paths in it refer.
    pub(crate) fn read(
        file: Option<(&str, SourceId, &Path)>,
        around: Surroundings<'_>,
        findings: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut station = Self::unconfigured();
        if let Some((text, source, folder)) = file
            && let Some(node) = yaml::parse(text, source, findings)
            && !node.is_null()
        {
            let mut reader = Reader::new(findings, ReadOptions::default());
            station.read_file(&mut reader, &node, folder);
        }
        station.read_environment(around, findings);
        if let Some(id) = around.station_flag {
            id.clone_into(&mut station.id);
        }
        if station.id.is_empty() {
            around.host.clone_into(&mut station.id);
            station.is_id_default = true;
        }
        station
    }

    fn read_file(&mut self, reader: &mut Reader<'_>, node: &Node, folder: &Path) {
        let Some(mut fields) = Fields::open(reader, node, "station.yaml", "`station.yaml`") else {
            return;
        };
        let fields = &mut fields;
        let text = |reader: &mut Reader<'_>, fields: &mut Fields<'_>, key: &'static str| {
            let node = fields.take(key)?;
            reader.text(node, key).map(|text| text.value)
        };
        self.id = text(reader, fields, "station_id").unwrap_or_default();
        self.home = text(reader, fields, "home").map(|path| folder.join(path));
        self.lock_dir = text(reader, fields, "lock_dir").map(|path| folder.join(path));
        self.database_url = text(reader, fields, "database_url");
        self.redis_url = text(reader, fields, "redis_url");
        self.database_url_file =
            text(reader, fields, "database_url_file").map(|path| folder.join(path));
        self.redis_url_file = text(reader, fields, "redis_url_file").map(|path| folder.join(path));
        self.serial_pattern = text(reader, fields, "serial_pattern");
        self.read_numbers(reader, fields);
        self.read_gates(reader, fields);
        if let Some(node) = fields.take("shift_starts") {
            self.shift_starts = times(reader, node, "shift_starts");
        }
        if let Some(node) = fields.take("runners") {
            self.read_runners(reader, node);
        }
        if let Some(node) = fields.take("package_path") {
            let paths = reader.texts(node, "package_path");
            self.package_path = paths.iter().map(|path| folder.join(&path.value)).collect();
        }
        if let Some(node) = fields.take("safe_state") {
            self.safe_state = read_steps(reader, node, "safe_state");
        }
        self.mes = fields.take("mes").map(Node::to_json);
        self.scanner = fields.take("scanner").map(Node::to_json);
        if let Some(node) = fields.take("screen") {
            self.screen = ScreenConfig::read(reader, node);
        }
        if let Some(node) = fields.take("cfg")
            && let Value::Object(map) = node.to_json()
        {
            self.cfg = map;
        }
        report_rest(reader, fields);
    }

    fn read_numbers(&mut self, reader: &mut Reader<'_>, fields: &mut Fields<'_>) {
        let whole = |reader: &mut Reader<'_>, node: Option<&Node>, key, max| {
            node.and_then(|node| reader.whole(node, key, max))
                .map(|number| number.value)
        };
        let slots = whole(reader, fields.take("slots"), "slots", 64);
        self.slots = slots.map_or(self.slots, |slots| slots as u32);
        let days = whole(
            reader,
            fields.take("retention_days"),
            "retention_days",
            100_000,
        );
        self.retention_days = days.map_or(self.retention_days, |days| days as u32);
        let life = whole(
            reader,
            fields.take("redis_ttl_s"),
            "redis_ttl_s",
            REDIS_TTL_S_MAX,
        );
        self.redis_ttl_s = life.map_or(self.redis_ttl_s, |life| life.max(1) as u32);
        let idle = fields.take("operator_idle_min");
        self.operator_idle_min =
            whole(reader, idle, "operator_idle_min", 100_000).map(|minutes| minutes as u32);
        let limit = fields.take("default_timeout_ms");
        self.default_timeout_ms = whole(reader, limit, "default_timeout_ms", u64::MAX);
        let limit = fields.take("cleanup_timeout_ms");
        self.cleanup_timeout_ms =
            whole(reader, limit, "cleanup_timeout_ms", u64::MAX).unwrap_or(self.cleanup_timeout_ms);
    }

    fn read_gates(&mut self, reader: &mut Reader<'_>, fields: &mut Fields<'_>) {
        let texts = |reader: &mut Reader<'_>, node: Option<&Node>, key| {
            node.map_or_else(Vec::new, |node| {
                reader
                    .texts(node, key)
                    .into_iter()
                    .map(|text| text.value)
                    .collect()
            })
        };
        let accept = fields.take("accept_lifecycle");
        self.accept_lifecycle = texts(reader, accept, "accept_lifecycle");
        self.allow_modes = texts(reader, fields.take("allow_modes"), "allow_modes");
        let flag = |reader: &mut Reader<'_>, node: Option<&Node>, key| {
            node.and_then(|node| reader.boolean(node, key))
                .is_some_and(|flag| flag.value)
        };
        self.require_clean = flag(reader, fields.take("require_clean"), "require_clean");
        self.require_fixture = flag(reader, fields.take("require_fixture"), "require_fixture");
        self.redis_remote_set = flag(reader, fields.take("redis_remote_set"), "redis_remote_set");
        if let Some(choice) = fields
            .take("unknown_keys")
            .and_then(|node| reader.word(node, "unknown_keys", &UNKNOWN_KEYS))
        {
            self.unknown_keys = choice.value;
        }
    }

    fn read_runners(&mut self, reader: &mut Reader<'_>, node: &Node) {
        let Some(mapping) = node.mapping() else {
            reader.wrong_type(node, "runners", "a mapping");
            return;
        };
        for entry in &*mapping.entries {
            let name = entry.key.value.to_string();
            if let Some(config) = read_runner(reader, &entry.value) {
                self.runners.insert(name, config);
            }
        }
    }

    /// `MAESTRO_STATION_ID` and its like; a variable that is set wins over the file.
    fn read_environment(&mut self, around: Surroundings<'_>, findings: &mut Vec<Diagnostic>) {
        let get = |key: &str| {
            around
                .env
                .get(key)
                .filter(|value| !value.is_empty())
                .cloned()
        };
        let path = |key: &str| get(key).map(PathBuf::from);
        self.id = get("MAESTRO_STATION_ID").unwrap_or_else(|| self.id.clone());
        self.home = path("MAESTRO_HOME").or_else(|| self.home.take());
        self.lock_dir = path("MAESTRO_LOCK_DIR").or_else(|| self.lock_dir.take());
        self.database_url = get("MAESTRO_DATABASE_URL").or_else(|| self.database_url.take());
        self.database_url_file =
            path("MAESTRO_DATABASE_URL_FILE").or_else(|| self.database_url_file.take());
        self.redis_url_file = path("MAESTRO_REDIS_URL_FILE").or_else(|| self.redis_url_file.take());
        self.redis_url = get("MAESTRO_REDIS_URL").or_else(|| self.redis_url.take());
        self.serial_pattern = get("MAESTRO_SERIAL_PATTERN").or_else(|| self.serial_pattern.take());
        if let Some(paths) = get("MAESTRO_PACKAGE_PATH") {
            self.package_path = paths
                .split(':')
                .filter(|path| !path.is_empty())
                .map(PathBuf::from)
                .collect();
        }
        if let Some(list) = get("MAESTRO_ACCEPT_LIFECYCLE") {
            self.accept_lifecycle = words(&list);
        }
        if let Some(list) = get("MAESTRO_ALLOW_MODES") {
            self.allow_modes = words(&list);
        }
        let mut number = |key: &str, set: &mut dyn FnMut(u64)| {
            let Some(text) = get(key) else { return };
            match text.trim().parse::<u64>() {
                Ok(number) => set(number),
                Err(_) => findings.push(bad_variable(key, &text, "a whole number")),
            }
        };
        number("MAESTRO_SLOTS", &mut |n| self.slots = n.clamp(1, 64) as u32);
        number("MAESTRO_RETENTION_DAYS", &mut |n| {
            self.retention_days = n.min(100_000) as u32;
        });
        number("MAESTRO_REDIS_TTL_S", &mut |n| {
            self.redis_ttl_s = n.clamp(1, REDIS_TTL_S_MAX) as u32;
        });
        number("MAESTRO_DEFAULT_TIMEOUT_MS", &mut |n| {
            self.default_timeout_ms = Some(n);
        });
        number("MAESTRO_CLEANUP_TIMEOUT_MS", &mut |n| {
            self.cleanup_timeout_ms = n;
        });
        let mut flag = |key: &str, set: &mut dyn FnMut(bool)| {
            let Some(text) = get(key) else { return };
            match text.trim().to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" | "1" => set(true),
                "false" | "no" | "off" | "0" => set(false),
                _ => findings.push(bad_variable(key, &text, "true or false")),
            }
        };
        flag("MAESTRO_REQUIRE_CLEAN", &mut |is| self.require_clean = is);
        flag("MAESTRO_REDIS_REMOTE_SET", &mut |is| {
            self.redis_remote_set = is;
        });
        flag("MAESTRO_REQUIRE_FIXTURE", &mut |is| {
            self.require_fixture = is;
        });
        if let Some(text) = get("MAESTRO_UNKNOWN_KEYS") {
            match UNKNOWN_KEYS
                .iter()
                .find(|(word, _)| text.eq_ignore_ascii_case(word))
            {
                Some((_, choice)) => self.unknown_keys = *choice,
                None => findings.push(bad_variable(
                    "MAESTRO_UNKNOWN_KEYS",
                    &text,
                    "`error` or `warn`",
                )),
            }
        }
    }
}

fn read_runner(reader: &mut Reader<'_>, node: &Node) -> Option<RunnerConfig> {
    let mut fields = Fields::open(reader, node, "runners", "a runner of the station")?;
    let mut config = RunnerConfig::default();
    if let Some(command) = fields.take("command") {
        config.command = match &command.kind {
            NodeKind::Scalar(scalar) => scalar.text.split_whitespace().map(str::to_owned).collect(),
            _ => reader
                .texts(command, "command")
                .into_iter()
                .map(|word| word.value)
                .collect(),
        };
    }
    if let Some(env) = fields.take("env") {
        match env.mapping() {
            None => reader.wrong_type(env, "env", "a mapping"),
            Some(mapping) => {
                for entry in &*mapping.entries {
                    if let Some(value) = reader.text(&entry.value, "env") {
                        config.env.push((entry.key.value.to_string(), value.value));
                    }
                }
            }
        }
    }
    if let Some(connect) = fields.take("connect") {
        config.connect = reader.text(connect, "connect").map(|address| address.value);
    }
    fields.finish(reader);
    Some(config)
}

/// A key that nobody knows is reported, and the rest of the file still counts.
fn report_rest(reader: &mut Reader<'_>, fields: &Fields<'_>) {
    const KNOWN: &[&str] = &[
        "station_id",
        "database_url",
        "database_url_file",
        "redis_url",
        "redis_url_file",
        "redis_ttl_s",
        "redis_remote_set",
        "home",
        "lock_dir",
        "slots",
        "runners",
        "package_path",
        "mes",
        "safe_state",
        "retention_days",
        "default_timeout_ms",
        "cleanup_timeout_ms",
        "accept_lifecycle",
        "require_clean",
        "require_fixture",
        "serial_pattern",
        "scanner",
        "screen",
        "operator_idle_min",
        "shift_starts",
        "allow_modes",
        "unknown_keys",
        "cfg",
    ];
    for entry in fields.rest() {
        reader.unknown_key(&entry.key, entry.key.span, "`station.yaml`", KNOWN);
    }
}

/// Times of day, as a clock on the wall shows them.
fn times(reader: &mut Reader<'_>, node: &Node, field: &str) -> Vec<Time> {
    let mut times = Vec::new();
    for item in reader.items(node, field) {
        let text = reader.text(item, field);
        match text.and_then(|text| Time::strptime("%H:%M", text.value.trim()).ok()) {
            Some(time) => times.push(time),
            None => reader.wrong_type(item, field, "a list of times such as \"06:00\""),
        }
    }
    times
}

fn words(list: &str) -> Vec<String> {
    list.split(',')
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

fn bad_variable(key: &str, text: &str, wanted: &str) -> Diagnostic {
    let message = format!("the variable {key} must be {wanted}, and is `{text}`");
    Diagnostic::error(Code::StationValue, message)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::source::{SourceFile, Sources};
    use crate::station::PictureStyle;

    fn read(text: &str, env: &[(&str, &str)]) -> (Station, Vec<Diagnostic>) {
        let mut sources = Sources::default();
        let source = sources.add(SourceFile::new("station.yaml", "/etc/s.yaml".into(), text));
        let env: BTreeMap<String, String> = env
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        let mut findings = Vec::new();
        let around = Surroundings {
            env: &env,
            host: "bench-7",
            station_flag: None,
        };
        let file = Some((text, source, Path::new("/etc/maestro")));
        let station = Station::read(file, around, &mut findings);
        (station, findings)
    }

    #[test]
    fn variable_wins_over_the_file() {
        let (station, findings) = read(
            "station_id: ST-01\ncleanup_timeout_ms: 5000\n",
            &[
                ("MAESTRO_STATION_ID", "ST-02"),
                ("MAESTRO_CLEANUP_TIMEOUT_MS", "7000"),
            ],
        );
        assert!(findings.is_empty(), "{findings:?}");
        assert_eq!(station.id, "ST-02");
        assert_eq!(station.cleanup_timeout_ms, 7000);
    }

    #[test]
    fn station_without_an_id_takes_the_name_of_the_host_and_says_so() {
        let (station, _) = read("", &[]);
        assert_eq!(station.id, "bench-7");
        assert!(station.is_id_default);
        assert_eq!(station.cleanup_timeout_ms, Station::CLEANUP_TIMEOUT_MS);
    }

    #[test]
    fn misspelled_key_is_found_with_its_nearest() {
        let (_, findings) = read("station_idd: X\n", &[]);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].code, Code::UnknownKey);
        assert!(findings[0].help.as_deref().unwrap().contains("station_id"));
    }

    #[test]
    fn runners_paths_and_cfg_are_read() {
        let (station, findings) = read(
            "runners:\n  python: {command: [python3.11, -X, dev], env: {A: b}}\n\
             package_path: [packages, /opt/p]\ncfg: {DMM: 'tcp', RAIL: 3.3}\n",
            &[],
        );
        assert!(findings.is_empty(), "{findings:?}");
        assert_eq!(
            station.runners["python"].command,
            ["python3.11", "-X", "dev"]
        );
        assert_eq!(station.package_path[0], Path::new("/etc/maestro/packages"));
        assert_eq!(station.cfg["RAIL"], 3.3);
    }

    #[test]
    fn bad_number_in_a_variable_is_a_finding() {
        let (_, findings) = read("", &[("MAESTRO_SLOTS", "many")]);
        assert_eq!(findings[0].code, Code::StationValue);
    }

    #[test]
    fn screen_asks_nothing_of_the_terminal_unless_the_station_says_so() {
        assert!(!read("station_id: ST-01\n", &[]).0.screen.mouse);
        let (station, findings) = read("screen: { mouse: true }\n", &[]);
        assert!(station.screen.mouse && findings.is_empty(), "{findings:?}");
        let (station, findings) = read("screen: { pictures: kitty }\n", &[]);
        assert_eq!(station.screen.pictures, PictureStyle::Kitty);
        assert!(findings.is_empty(), "{findings:?}");
        let (_, findings) = read("screen: { pictures: sixel }\n", &[]);
        assert_eq!(findings.len(), 1);
        let (_, findings) = read("screen: { mose: true }\n", &[]);
        assert_eq!(findings.len(), 1);
        let (_, findings) = read("screen: true\n", &[]);
        assert_eq!(findings.len(), 1);
    }
}
