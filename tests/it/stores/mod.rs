//! Delivery, maintenance and archives, with the real executable and a real PostgreSQL.

mod archive;
mod prune;
mod sync;

use crate::rig::Rig;

/// Two measurements and a log line, in a few milliseconds.
const BOARD: &str = "
test:
  name: Board
  version: 1.0.0
  steps:
    - name: Rails
      type: mock
      measurements:
        - {name: VOUT_3V3, value: 3.31, low_limit: 3.1, high_limit: 3.5, unit: V}
        - {name: 'RIPPLE, \"peak\"', value: 12, high_limit: 50, unit: mV}
";

/// A station with the package `board`.
fn station() -> Rig {
    Rig::new().package("board", BOARD, "")
}

/// The same with a shared store.
fn station_at(url: &str) -> Rig {
    station().env("MAESTRO_DATABASE_URL", url)
}

/// Arguments of a run of one unit.
fn run(serial: &str) -> Vec<String> {
    ["run", "board", "--serial", serial, "--sync", "20"]
        .map(str::to_owned)
        .to_vec()
}
