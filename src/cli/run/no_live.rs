//! A maestro that was built without Redis.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::cli::console::Console;
use crate::cli::exit::Failure;
use crate::event::RunId;
use crate::plan::Plan;
use crate::session::Running;
use crate::station::Station;

/// Whether there would be a Redis to look at.
#[derive(Debug)]
pub(super) struct Beginning {
    is_wanted: bool,
}

/// Nothing beside a run.
#[derive(Debug, Default)]
pub(super) struct Live {
    globals: BTreeMap<String, Value>,
}

impl Beginning {
    #[expect(clippy::unnecessary_wraps, reason = "with Redis a URL can be wrong")]
    pub(super) const fn of(station: &Station, _plan: &Plan) -> Result<Self, Failure> {
        Ok(Self {
            is_wanted: station.redis_url.is_some(),
        })
    }

    /// Says that Redis is not used.
    pub(super) fn wait(self, _home: &Path, console: &mut Console<'_>) -> Live {
        if self.is_wanted {
            console.warning(
                "the station has a `redis_url`, and this maestro was built without Redis: the run \
                 goes on without a live mirror and without global variables",
            );
        }
        Live::default()
    }
}

impl Live {
    pub(super) const fn globals(&self) -> &BTreeMap<String, Value> {
        &self.globals
    }

    #[expect(
        clippy::unused_self,
        reason = "with Redis there is something to follow"
    )]
    pub(super) const fn follow(
        &self,
        _station: &Station,
        _plan: &Plan,
        _fixed: &BTreeSet<String>,
        _run: RunId,
        _journal: &Path,
        _running: &Running,
    ) {
    }

    pub(super) fn finish(self) {
        drop(self);
    }
}
