//! The history of a fleet: what is asked of it, of both kinds of store, and what comes out.

#[path = "../../population/mod.rs"]
mod population;

mod annotate;
mod documents;
mod export;
mod figures;
mod same;

use population::{MEASUREMENTS, Population, fill_postgres, fill_sqlite};

use crate::rig::Rig;
use crate::servers::TestDatabase;

/// The end of the time that is told of: 2026-11-01.
const UNTIL: i64 = 1_793_491_200_000_000;

/// The same past in the embedded and in the shared store of a station.
struct Past {
    local: Rig,
    shared: Rig,
    // Invariant: outlives the station that reads it.
    _database: TestDatabase,
}

impl Past {
    fn of(measurements: usize) -> Self {
        let database = TestDatabase::new();
        let local = Rig::new();
        let shared = Rig::new().env("MAESTRO_DATABASE_URL", &database.url());
        let population = Population {
            runs: measurements / MEASUREMENTS,
            until: UNTIL,
            seed: 1,
        };
        for rig in [&local, &shared] {
            rig.run(["db", "migrate"]).passes();
        }
        let path = local.home().join("maestro.sqlite3");
        std::thread::scope(|scope| {
            scope.spawn(|| fill_sqlite(&path, &population));
            fill_postgres(&database.url(), &population);
        });
        Self {
            local,
            shared,
            _database: database,
        }
    }
}
