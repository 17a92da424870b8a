//! What the process knows of its surroundings, gathered once and handed down.
//!
//! Nobody else reads the environment, asks for the working folder or tests for a terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use super::args::{ColorWhen, GlobalArgs};

/// Folder of a station that an administrator has prepared.
const SYSTEM_HOME: &str = "/var/lib/maestro";

/// The surroundings of one command.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) env: Environment,
    pub(crate) cwd: PathBuf,
    pub(crate) terminal: Terminal,
    pub(crate) verbosity: Verbosity,
    /// `--config`: this file instead of the usual places of `station.yaml`.
    pub(crate) config: Option<PathBuf>,
    /// `--station`: the station id that counts instead of the configured one.
    pub(crate) station: Option<String>,
    /// Keys of the station that `--set` gave; their values stand among the variables.
    pub(crate) set: BTreeSet<String>,
}

/// The environment variables that are valid text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Environment(BTreeMap<String, String>);

/// What stdin, stdout and stderr are, and what they can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terminal {
    pub(crate) stdin: bool,
    pub(crate) stdout: bool,
    pub(crate) stderr: bool,
    /// Columns of the terminal behind stdout, else behind stderr.
    pub(crate) columns: Option<u16>,
    /// Its lines.
    pub(crate) lines: Option<u16>,
    /// Whether the locale can show more than ASCII.
    pub(crate) utf8: bool,
    pub(crate) color_stdout: bool,
    pub(crate) color_stderr: bool,
}

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    Quiet,
    Normal,
    Verbose,
}

impl Settings {
    /// Reads the surroundings of this process.
    pub(crate) fn gather(global: &GlobalArgs) -> Self {
        let mut env = Environment::gather();
        for (key, value) in &global.overrides {
            env.set_station_key(key, value);
        }
        let terminal = Terminal::gather(&env, global.color);
        Self {
            // A working folder that was deleted leaves relative paths as they are.
            cwd: std::env::current_dir().unwrap_or_default(),
            verbosity: match (global.quiet, global.verbose) {
                (true, _) => Verbosity::Quiet,
                (false, true) => Verbosity::Verbose,
                (false, false) => Verbosity::Normal,
            },
            config: global.config.clone(),
            station: global.station.clone(),
            set: global
                .overrides
                .iter()
                .map(|(key, _)| key.clone())
                .collect(),
            env,
            terminal,
        }
    }

    /// `$MAESTRO_HOME`, else `configured` (the station's key `home`), else `/var/lib/maestro` where
    /// it is writable, else the XDG state folder.
    pub(crate) fn home(&self, configured: Option<&Path>) -> PathBuf {
        if let Some(home) = self.env.path("MAESTRO_HOME") {
            return self.cwd.join(home);
        }
        if let Some(home) = configured {
            return self.cwd.join(home);
        }
        if access(SYSTEM_HOME, Access::WRITE_OK).is_ok() {
            return PathBuf::from(SYSTEM_HOME);
        }
        self.env
            .xdg("XDG_STATE_HOME", ".local/state")
            .join("maestro")
    }

    /// The folder of the person's own settings, where `station.yaml` may lie.
    pub(crate) fn config_folder(&self) -> PathBuf {
        self.env.xdg("XDG_CONFIG_HOME", ".config").join("maestro")
    }

    /// The account that runs this process.
    pub(crate) fn account(&self) -> Option<String> {
        ["USER", "LOGNAME"]
            .into_iter()
            .find_map(|name| self.env.get(name))
            .map(str::to_owned)
    }

    /// Who is held responsible for what this command changes.
    pub(crate) fn actor(&self) -> String {
        self.account().unwrap_or_else(|| {
            let user = rustix::process::getuid();
            format!("uid {}", user.as_raw())
        })
    }

    /// The file that this process runs, to be started again as a runner.
    #[expect(clippy::unused_self, reason = "it belongs to the surroundings")]
    pub(crate) fn executable(&self) -> PathBuf {
        // A file that was replaced by an update meanwhile is still there under this name.
        const SELF: &str = "/proc/self/exe";
        std::env::current_exe()
            .ok()
            .filter(|path| path.is_file())
            .unwrap_or_else(|| PathBuf::from(SELF))
    }

    /// A path from the command line as one that does not depend on the working folder.
    pub(crate) fn resolve(&self, path: &Path) -> PathBuf {
        self.cwd.join(path)
    }
}

impl Environment {
    /// Reads the environment of this process.
    pub(crate) fn gather() -> Self {
        Self::from_pairs(std::env::vars_os())
    }

    /// Keeps the pairs that are text; paths in other encodings are not among our variables.
    fn from_pairs(pairs: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let text = |(key, value): (OsString, OsString)| {
            Some((key.into_string().ok()?, value.into_string().ok()?))
        };
        Self(pairs.into_iter().filter_map(text).collect())
    }

    /// The value of a variable that is set and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// A flag for a station key wins over its variable by taking its place.
    fn set_station_key(&mut self, key: &str, value: &str) {
        let name = format!("MAESTRO_{}", key.to_uppercase());
        self.0.insert(name, value.to_owned());
    }

    /// The map itself, for those who take it whole.
    pub(crate) const fn as_map(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        self.get(name).map(PathBuf::from)
    }

    /// A folder of the XDG convention, which wants absolute paths only.
    fn xdg(&self, name: &str, below_home: &str) -> PathBuf {
        self.path(name)
            .filter(|path| path.is_absolute())
            .or_else(|| self.path("HOME").map(|home| home.join(below_home)))
            .or_else(|| etcetera::home_dir().ok().map(|home| home.join(below_home)))
            .unwrap_or_else(|| PathBuf::from("/tmp"))
    }

    /// Whether the locale's character set is UTF-8.
    fn is_utf8(&self) -> bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .find_map(|name| self.get(name))
            .unwrap_or_default()
            .to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    }
}

impl Terminal {
    fn gather(env: &Environment, when: ColorWhen) -> Self {
        let stdout = std::io::stdout();
        let stderr = std::io::stderr();
        let (out_tty, err_tty) = (stdout.is_terminal(), stderr.is_terminal());
        let size = rustix::termios::tcgetwinsize(&stdout)
            .or_else(|_| rustix::termios::tcgetwinsize(&stderr));
        Self {
            stdin: std::io::stdin().is_terminal(),
            stdout: out_tty,
            stderr: err_tty,
            columns: size.ok().map(|size| size.ws_col).filter(|&cols| cols > 0),
            lines: size.ok().map(|size| size.ws_row).filter(|&rows| rows > 0),
            utf8: env.is_utf8(),
            color_stdout: when.applies(env, out_tty),
            color_stderr: when.applies(env, err_tty),
        }
    }

    /// Whether a person can be asked: questions are read from stdin and drawn on stderr.
    pub(crate) const fn can_ask(&self) -> bool {
        self.stdin && self.stderr
    }
}

impl ColorWhen {
    /// Decides for one stream; `NO_COLOR` and a terminal that cannot do it mean no.
    pub(crate) fn applies(self, env: &Environment, is_terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                is_terminal && env.get("NO_COLOR").is_none() && env.get("TERM") != Some("dumb")
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Environment {
        Environment::from_pairs(pairs.iter().map(|(k, v)| (k.into(), v.into())))
    }

    /// Surroundings without a terminal, in which only these variables are set.
    pub(crate) fn settings(pairs: &[(&str, &str)]) -> Settings {
        Settings {
            env: env(pairs),
            cwd: PathBuf::from("/bench"),
            terminal: Terminal {
                stdin: false,
                stdout: false,
                stderr: false,
                columns: None,
                lines: None,
                utf8: true,
                color_stdout: false,
                color_stderr: false,
            },
            verbosity: Verbosity::Normal,
            config: None,
            station: None,
            set: BTreeSet::new(),
        }
    }

    #[test]
    fn home_follows_the_variable_before_the_station() {
        let settings = settings(&[("MAESTRO_HOME", "state")]);
        assert_eq!(
            settings.home(Some(Path::new("/else"))),
            Path::new("/bench/state")
        );
    }

    #[test]
    fn home_follows_the_station_before_the_defaults() {
        let settings = settings(&[("XDG_STATE_HOME", "/x")]);
        assert_eq!(settings.home(Some(Path::new("/else"))), Path::new("/else"));
    }

    #[test]
    fn flag_for_a_station_key_wins_over_its_variable() {
        let mut env = env(&[("MAESTRO_LOCK_DIR", "/a")]);
        env.set_station_key("lock_dir", "/b");
        assert_eq!(env.get("MAESTRO_LOCK_DIR"), Some("/b"));
    }

    #[test]
    fn relative_xdg_folder_is_ignored() {
        let env = env(&[("XDG_STATE_HOME", "x"), ("HOME", "/home/op")]);
        assert_eq!(
            env.xdg("XDG_STATE_HOME", ".local/state"),
            Path::new("/home/op/.local/state")
        );
    }

    #[test]
    fn first_locale_variable_that_is_set_decides() {
        assert!(env(&[("LC_ALL", ""), ("LANG", "de_DE.UTF-8")]).is_utf8());
        assert!(env(&[("LANG", "C.utf8")]).is_utf8());
        assert!(!env(&[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")]).is_utf8());
        assert!(!env(&[]).is_utf8());
    }

    #[test]
    fn no_color_wins_over_a_terminal_and_a_flag_over_both() {
        let none = env(&[("NO_COLOR", "1")]);
        assert!(!ColorWhen::Auto.applies(&none, true));
        assert!(ColorWhen::Always.applies(&none, false));
        assert!(ColorWhen::Auto.applies(&env(&[("NO_COLOR", "")]), true));
        assert!(!ColorWhen::Auto.applies(&env(&[("TERM", "dumb")]), true));
    }
}
