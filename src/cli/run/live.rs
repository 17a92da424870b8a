//! Redis beside a run: the first look, the mirror, the global variables.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use crate::cli::age::age;
use crate::cli::console::Console;
use crate::cli::exit::Failure;
use crate::event::{Level, RunId};
use crate::mirror::{
    Address, Globals, LinkError, Mirror, MirrorOptions, Opened, Opening, RemoteOptions, Watch,
    WatchOptions,
};
use crate::plan::Plan;
use crate::plan::globals::GlobalNames;
use crate::session::{Command, Running, steady_clock};
use crate::station::Station;
use crate::store::sqlite::database_path;
use crate::store::sqlite::globals::GlobalsCopy;

/// A first look at Redis that goes on.
#[derive(Debug)]
pub(super) struct Beginning(Option<(Address, GlobalNames, Opening)>);

/// What Redis is to a run; nothing where the station has none.
#[derive(Debug)]
pub(super) struct Live {
    redis: Option<Redis>,
    globals: BTreeMap<String, Value>,
    /// What the record says of the values that the run began with.
    remark: Option<String>,
    follows: RefCell<Option<(Mirror, Option<Watch>)>>,
}

/// The Redis of a station.
#[derive(Debug)]
struct Redis {
    address: Address,
    names: GlobalNames,
    opened: RefCell<Option<Opened>>,
    copy: PathBuf,
}

impl Beginning {
    /// Reads the URL, and connects while the run is prepared.
    pub(super) fn of(station: &Station, plan: &Plan) -> Result<Self, Failure> {
        let Some(url) = &station.redis_url else {
            return Ok(Self(None));
        };
        let address = Address::parse(url).map_err(|why| {
            Failure::usage(format!("the `redis_url` of the station is wrong: {why}")).help(
                "write redis://HOST:PORT/DATABASE, rediss:// for TLS, or unix:///PATH of a socket",
            )
        })?;
        let names = plan.global_names();
        let opening = Opening::begin(&address, &names, steady_clock);
        Ok(Self(Some((address, names, opening))))
    }

    /// Waits for Redis, 200 ms in all; without it takes the last known global variables.
    pub(super) fn wait(self, home: &Path, console: &mut Console<'_>) -> Live {
        let Some((address, names, opening)) = self.0 else {
            return Live::none();
        };
        let mut live = Live::none();
        let copy = database_path(home);
        let opened = match opening.wait() {
            Ok(opened) => {
                live.globals.clone_from(&opened.globals.values);
                Some(opened)
            }
            Err(error) => {
                live.remark = live.take_copy(&copy, &names);
                console.warning(&away(&address, &error, live.remark.as_deref()));
                None
            }
        };
        live.redis = Some(Redis {
            address,
            names,
            opened: RefCell::new(opened),
            copy,
        });
        live
    }
}

impl Live {
    const fn none() -> Self {
        Self {
            redis: None,
            globals: BTreeMap::new(),
            remark: None,
            follows: RefCell::new(None),
        }
    }

    /// Values of `global.*` for the beginning of the run.
    pub(super) const fn globals(&self) -> &BTreeMap<String, Value> {
        &self.globals
    }

    /// Takes the values that were kept of names that the plan reads. Says how old they are.
    fn take_copy(&mut self, path: &Path, names: &GlobalNames) -> Option<String> {
        if names.is_empty() {
            return None;
        }
        let mut kept = GlobalsCopy::new(path.to_owned()).load().unwrap_or_default();
        kept.retain(|name, _| names.reads(name));
        let oldest = kept.values().map(|kept| kept.seen_at).min();
        self.globals = kept
            .into_iter()
            .map(|(name, kept)| (name, kept.value))
            .collect();
        Some(match oldest {
            Some(seen_at) => format!(
                "its global variables are those of {} ago ({seen_at})",
                age(steady_clock().since(seen_at))
            ),
            None => "no global variable was ever read here, so that there is none".to_owned(),
        })
    }

    /// Begins to follow a run that has just started.
    pub(super) fn follow(
        &self,
        station: &Station,
        plan: &Plan,
        fixed: &BTreeSet<String>,
        run: RunId,
        journal: &Path,
        running: &Running,
    ) {
        let Some(redis) = &self.redis else { return };
        if let Some(remark) = &self.remark {
            running.handle.send(Command::Log {
                level: Level::Warning,
                source: "redis".to_owned(),
                message: format!("Redis is away; {remark}"),
            });
        }
        let seed = run.0.as_u64_pair().1;
        let opened = redis.opened.take();
        let known = opened.as_ref().map(|opened| opened.globals.clone());
        let remote = station.redis_remote_set.then(|| RemoteOptions {
            handle: running.handle.clone(),
            locked: plan.limit_names().union(fixed).cloned().collect(),
        });
        let options = MirrorOptions {
            address: redis.address.clone(),
            run,
            station: station.id.clone(),
            ttl_s: station.redis_ttl_s,
            journal: journal.to_owned(),
            positions: Arc::clone(&running.positions),
            now: steady_clock,
            seed,
            remote,
        };
        let mirror = Mirror::begin(options, opened);
        let watch = (!redis.names.is_empty()).then(|| redis.watch(known, running, seed));
        self.follows.replace(Some((mirror, watch)));
    }

    /// The run is over: no key stays, as far as Redis is there.
    pub(super) fn finish(self) {
        if let Some((mirror, watch)) = self.follows.into_inner() {
            drop(watch);
            mirror.finish();
        }
    }
}

impl Redis {
    fn watch(&self, known: Option<Globals>, running: &Running, seed: u64) -> Watch {
        let mut copy = GlobalsCopy::new(self.copy.clone());
        Watch::begin(WatchOptions {
            address: self.address.clone(),
            names: self.names.clone(),
            known,
            handle: running.handle.clone(),
            // A copy that cannot be kept now can be with the next change.
            keep: Box::new(move |values| drop(copy.keep(values, steady_clock()))),
            seed,
            now: steady_clock,
        })
    }
}

fn away(address: &Address, error: &LinkError, remark: Option<&str>) -> String {
    let remark = remark.map_or_else(String::new, |remark| format!("; {remark}"));
    format!(
        "Redis at {} is away ({error}): the run goes on without a live mirror{remark}",
        address.shown()
    )
}
