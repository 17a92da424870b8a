//! Journals that no run wrote: valid lines made as fast as a disk takes them, and contents that no
//! run of today would write.
//!
//! [`Journal`] numbers events, gives them times and adds the checksum of each line. It knows the
//! shape of the few events that a day of a fleet consists of; anything else is added as JSON.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may panic; not every binary that holds this module uses all of it"
)]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use uuid::Uuid;

/// A journal that grows in memory.
#[derive(Debug, Clone)]
pub(crate) struct Journal {
    pub(crate) run: Uuid,
    /// Time of the next event, in µs.
    pub(crate) time: i64,
    seq: u64,
    steps: u32,
    bytes: Vec<u8>,
}

/// Where and of what a run is.
#[derive(Debug, Clone)]
pub(crate) struct Unit<'a> {
    pub(crate) station: &'a str,
    pub(crate) serial: &'a str,
    /// Makes run ids differ that begin in the same millisecond.
    pub(crate) number: u64,
    /// µs since 1970.
    pub(crate) started_at: i64,
}

impl Journal {
    /// Begins with `run_started`.
    pub(crate) fn begin(unit: &Unit<'_>) -> Self {
        let mut chance = [0; 10];
        chance[2..].copy_from_slice(&unit.number.to_be_bytes());
        let millis = u64::try_from(unit.started_at.max(0) / 1000).unwrap();
        let run = uuid::Builder::from_unix_timestamp_millis(millis, &chance).into_uuid();
        let mut journal = Self {
            run,
            time: unit.started_at,
            seq: 0,
            steps: 0,
            bytes: Vec::new(),
        };
        journal.add(&json!({
            "type": "run_started", "run": run, "test_name": "Fleet", "test_version": "1.0.0",
            "device": "Power board",
            "packages": [{"name": "fleet", "version": "1.0.0", "digest": "00"}],
            "definition_digest": "00", "definition_path": "tests/main.yaml",
            "serial_number": unit.serial, "operator_id": "ann", "operator_source": "flag",
            "station_id": unit.station, "slot": 1, "host": unit.station, "mode": "production",
            "unattended": false, "steps_planned": 1, "engine_version": "0.1.0", "pid": 1,
        }));
        journal
    }

    /// Adds an event; number, time and checksum are added to it.
    pub(crate) fn add(&mut self, event: &Value) {
        let event = serde_json::to_string(event).unwrap();
        self.line(event.strip_prefix('{').unwrap());
    }

    /// A step that passes, with so many measurements in which every column has a value that a
    /// measurement of a runner can have.
    pub(crate) fn step(&mut self, measurements: u32) {
        self.steps += 1;
        let step = self.steps;
        self.line(&format!(
            r#""type":"step_started","step":{step},"position":{step},"path":"steps/Measure {step}","section":"steps","name":"Measure {step}","kind":"runner","runner":"python","target":{{"module":"board","function":"measure"}}}}"#
        ));
        self.time += 1000;
        let mut event = format!(
            r#""type":"step_finished","step":{step},"verdict":"PASS","duration_us":1000,"attempts":1,"timeout_ms":1000,"parameters":{{"channel":{step}}},"measurements":["#
        )
        .into_bytes();
        for position in 0..measurements {
            if position > 0 {
                event.push(b',');
            }
            measurement(&mut event, step, position);
        }
        event.extend_from_slice(b"]}");
        self.line(std::str::from_utf8(&event).unwrap());
    }

    /// Ends with `run_finished`.
    pub(crate) fn finish(&mut self) {
        let steps = self.steps;
        self.add(&json!({
            "type": "run_finished", "verdict": "PASS", "status": "Completed",
            "cleanup": "complete", "forced": false, "unattended": false,
            "duration_us": 1000 * steps, "counts": [steps, 0, 0, 0, 0, 0],
        }));
    }

    /// How many events it holds.
    pub(crate) fn events(&self) -> u64 {
        self.seq
    }

    /// Writes it as a journal that waits for delivery.
    pub(crate) fn write(&self, home: &Path) -> PathBuf {
        let open = home.join("journal/open");
        fs::create_dir_all(&open).unwrap();
        let path = open.join(format!("{}.jsonl", self.run));
        fs::write(&path, &self.bytes).unwrap();
        path
    }

    /// A line from the rest of its JSON object.
    fn line(&mut self, rest: &str) {
        self.seq += 1;
        let start = self.bytes.len();
        write!(
            self.bytes,
            r#"{{"v":1,"seq":{},"time":{},{rest}"#,
            self.seq, self.time
        )
        .unwrap();
        let sum = crc32c::crc32c(&self.bytes[start..]);
        writeln!(self.bytes, "\t{sum:08x}").unwrap();
    }
}

fn measurement(event: &mut Vec<u8>, step: u32, position: u32) {
    // Neighbours differ, as readings do.
    let value = 3.3 + f64::from((step * 7919 + position * 104_729) % 1000) * 1e-5;
    let millivolts = value * 1e3;
    write!(
        event,
        r#"{{"position":{position},"name":"VOUT_{position}","kind":"numeric","origin":"runner","actual_value":{value},"actual_text":"{value}","raw_value":"{millivolts}","raw_unit":"mV","low_limit":3.135,"high_limit":3.465,"target":3.3,"tolerance":0.165,"low_limit_declared":"3.135","high_limit_declared":"3.465","target_declared":"3.3","tolerance_declared":"5%","expected":"3.3","expected_declared":"{{{{ nominal }}}}","limits_source":"yaml","operator":"between","unit":"V","verdict":"PASS","reason":"within 5% of 3.3 V","flags":["rounded"]}}"#
    )
    .unwrap();
}
