//! The bootstrap configuration of a station (STORAGE section 5).
//!
//! [`Station::read`] merges `station.yaml`, `MAESTRO_…` variables and the flag `--station`; the
//! later ones win. Text, variables and host name are handed in: nothing here reads a file or the
//! environment. Mistakes are findings like those of a package.

pub(crate) mod config;
mod read;
mod screen;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Time;
use serde_json::{Map, Value};

use crate::package::model::Step;
use crate::package::read::UnknownKeys;

pub(crate) use screen::{PictureStyle, ScreenConfig};

/// What a station says about itself; see the manual page `maestro-station(5)` for each key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Station {
    pub(crate) id: String,
    /// Nobody set the id: it is the host's name.
    pub(crate) is_id_default: bool,
    pub(crate) home: Option<PathBuf>,
    pub(crate) lock_dir: Option<PathBuf>,
    /// How many runs may go on side by side.
    pub(crate) slots: u32,
    pub(crate) database_url: Option<String>,
    /// File that holds the URL of the database, so that the password stands in no other.
    pub(crate) database_url_file: Option<PathBuf>,
    pub(crate) redis_url: Option<String>,
    pub(crate) redis_url_file: Option<PathBuf>,
    /// Seconds after which the variables of a run that died are gone from Redis.
    pub(crate) redis_ttl_s: u32,
    /// Whether a `SET` from outside may change a variable of a run.
    pub(crate) redis_remote_set: bool,
    pub(crate) runners: BTreeMap<String, RunnerConfig>,
    /// Folders with packages, looked through in this order.
    pub(crate) package_path: Vec<PathBuf>,
    pub(crate) mes: Option<Value>,
    pub(crate) safe_state: Vec<Step>,
    pub(crate) retention_days: u32,
    /// Limit of runner steps that declare none.
    pub(crate) default_timeout_ms: Option<u64>,
    /// Limit of cleanup steps that declare none.
    pub(crate) cleanup_timeout_ms: u64,
    /// `lifecycleStatus` values that may run; empty: all.
    pub(crate) accept_lifecycle: Vec<String>,
    /// Only packages without uncommitted changes may run.
    pub(crate) require_clean: bool,
    /// A run needs the tag `FixtureId`.
    pub(crate) require_fixture: bool,
    /// Regular expression that a serial number must match as a whole.
    pub(crate) serial_pattern: Option<String>,
    pub(crate) scanner: Option<Value>,
    pub(crate) screen: ScreenConfig,
    /// Minutes without a key after which the screen asks who tests.
    pub(crate) operator_idle_min: Option<u32>,
    /// When shifts begin, in local time: the screen asks who tests.
    pub(crate) shift_starts: Vec<Time>,
    /// Modes in which runs may start; empty: all.
    pub(crate) allow_modes: Vec<String>,
    pub(crate) unknown_keys: UnknownKeys,
    /// Values of `cfg.*` for stations without a store of them.
    pub(crate) cfg: Map<String, Value>,
}

/// How a runner of a given name is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RunnerConfig {
    /// Program and arguments.
    pub(crate) command: Vec<String>,
    pub(crate) env: Vec<(String, String)>,
    /// `host:port` of a runner on another machine.
    pub(crate) connect: Option<String>,
}

impl RunnerConfig {
    /// Whether it names no program and no address: only settings for a runner that comes along.
    pub(crate) fn is_built_in(&self) -> bool {
        self.command.is_empty() && self.connect.is_none()
    }
}

/// What the caller knows of the surroundings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    pub(crate) env: &'a BTreeMap<String, String>,
    /// Name of the computer.
    pub(crate) host: &'a str,
    /// `--station`.
    pub(crate) station_flag: Option<&'a str>,
}

impl Station {
    /// Default of `retention_days`.
    pub(crate) const RETENTION_DAYS: u32 = 365;

    /// Default of `cleanup_timeout_ms` (EXECUTION section 3).
    pub(crate) const CLEANUP_TIMEOUT_MS: u64 = 60_000;

    /// Default of `redis_ttl_s` (STORAGE section 4).
    pub(crate) const REDIS_TTL_S: u32 = 600;

    /// A station about which nothing was said.
    fn unconfigured() -> Self {
        Self {
            slots: 1,
            retention_days: Self::RETENTION_DAYS,
            cleanup_timeout_ms: Self::CLEANUP_TIMEOUT_MS,
            redis_ttl_s: Self::REDIS_TTL_S,
            ..Self::default()
        }
    }
}
