//! Units that may be live, kept until somebody says that they are safe (EXECUTION section 3).
//!
//! `$MAESTRO_HOME/live/<run>.json`: one small file for each run whose cleanup is not complete. It is
//! there before the end of that run is told, and outlives the screen, the process and the computer:
//! a record cannot say what somebody did to the unit afterwards. Only [`Alarms::clear`] takes one
//! away, for a person. It judges nothing and asks nobody.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::event::{Cleanup, RunId, RunStarted, Timestamp};
use crate::verdict::Verdict;

/// Form of the files.
const FORM: u32 = 1;

/// A unit that may be live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Alarm {
    pub(crate) v: u32,
    pub(crate) run: RunId,
    pub(crate) station_id: String,
    pub(crate) slot: u32,
    pub(crate) serial_number: Option<String>,
    pub(crate) test_name: String,
    /// Since when nobody knows better.
    pub(crate) since: Timestamp,
    pub(crate) verdict: Verdict,
    pub(crate) cleanup: Cleanup,
    /// The process of the run was gone before its end.
    pub(crate) is_interrupted: bool,
    /// Whether all of the station's `safe_state` was carried out; `None` where it has none.
    pub(crate) is_made_safe: Option<bool>,
}

impl Alarm {
    /// What there is to say of a run that was cut off; `None` where nothing real was switched on.
    pub(crate) fn of(started: &RunStarted, since: Timestamp) -> Option<Self> {
        (!started.is_simulated()).then(|| Self {
            v: FORM,
            run: started.run,
            station_id: started.station_id.clone(),
            slot: started.slot,
            serial_number: started.serial_number.clone(),
            test_name: started.test_name.clone(),
            since,
            verdict: Verdict::Aborted,
            cleanup: Cleanup::NotRun,
            is_interrupted: true,
            is_made_safe: None,
        })
    }
}

/// The alarms of one home.
#[derive(Debug, Clone)]
pub(crate) struct Alarms(PathBuf);

impl Alarms {
    pub(crate) fn below(home: &Path) -> Self {
        Self(home.join("live"))
    }

    /// Keeps an alarm; one of the same run is replaced. On the disk when this returns.
    pub(crate) fn raise(&self, alarm: &Alarm) -> io::Result<()> {
        fs::create_dir_all(&self.0)?;
        let path = self.path(alarm.run);
        let fresh = path.with_extension(format!("{}.new", std::process::id()));
        let mut file = File::create(&fresh)?;
        file.write_all(serde_json::to_string(alarm)?.as_bytes())?;
        file.sync_all()?;
        fs::rename(&fresh, &path)?;
        File::open(&self.0)?.sync_all()
    }

    /// Whether there is an alarm of this run.
    pub(crate) fn is_raised(&self, run: RunId) -> bool {
        self.path(run).exists()
    }

    /// Somebody has said that the unit of this run is safe.
    pub(crate) fn clear(&self, run: RunId) -> io::Result<()> {
        match fs::remove_file(self.path(run)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The units of a station that nobody has called safe, the oldest first. A file that cannot be
    /// read is an alarm of which only the run is known.
    pub(crate) fn of_station(&self, station_id: &str) -> Vec<Alarm> {
        let mut alarms: Vec<Alarm> = fs::read_dir(&self.0)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| read(&entry.path(), station_id))
            .filter(|alarm| alarm.station_id == station_id)
            .collect();
        alarms.sort_by_key(|alarm| (alarm.since, alarm.run));
        alarms
    }

    fn path(&self, run: RunId) -> PathBuf {
        self.0.join(format!("{run}.json"))
    }
}

/// The alarm of a file; `None` for one that is none.
fn read(path: &Path, station_id: &str) -> Option<Alarm> {
    let name = path.file_name()?.to_str()?.strip_suffix(".json")?;
    let run = RunId(Uuid::try_parse(name).ok()?);
    let text = match fs::read(path) {
        // Somebody has cleared it a moment ago.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        text => text.unwrap_or_default(),
    };
    let known = serde_json::from_slice(&text)
        .ok()
        .filter(|alarm: &Alarm| alarm.run == run && alarm.v == FORM);
    Some(known.unwrap_or_else(|| unknown(run, station_id)))
}

fn unknown(run: RunId, station_id: &str) -> Alarm {
    Alarm {
        v: FORM,
        run,
        station_id: station_id.to_owned(),
        slot: 1,
        serial_number: None,
        test_name: "unknown".to_owned(),
        since: Timestamp::default(),
        verdict: Verdict::Aborted,
        cleanup: Cleanup::NotRun,
        is_interrupted: true,
        is_made_safe: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alarm(run: u128, station: &str, since: i64) -> Alarm {
        Alarm {
            since: Timestamp(since),
            serial_number: Some("SN-1".to_owned()),
            is_made_safe: Some(true),
            ..unknown(RunId(Uuid::from_u128(run)), station)
        }
    }

    #[test]
    fn alarm_stays_until_it_is_cleared_and_is_of_one_station() {
        let home = tempfile::tempdir().unwrap();
        let alarms = Alarms::below(home.path());
        assert_eq!(alarms.of_station("A"), []);
        let (late, early) = (alarm(1, "A", 20), alarm(2, "A", 10));
        for each in [&late, &early, &alarm(3, "B", 5)] {
            alarms.raise(each).unwrap();
        }
        // Raised again with more known.
        alarms.raise(&late).unwrap();
        assert_eq!(alarms.of_station("A"), [early.clone(), late.clone()]);
        alarms.clear(early.run).unwrap();
        alarms.clear(early.run).unwrap();
        assert_eq!(alarms.of_station("A"), [late]);
        assert_eq!(alarms.of_station("B").len(), 1);
    }

    #[test]
    fn file_that_cannot_be_read_is_an_alarm_and_another_file_is_none() {
        let home = tempfile::tempdir().unwrap();
        let alarms = Alarms::below(home.path());
        let torn = alarm(7, "A", 1);
        alarms.raise(&torn).unwrap();
        fs::write(alarms.path(torn.run), "{\"v\":").unwrap();
        fs::write(alarms.0.join("README.json"), "{}").unwrap();
        fs::write(alarms.0.join("x.1.new"), "{}").unwrap();
        let found = alarms.of_station("A");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].run, &found[0].serial_number), (torn.run, &None));
    }
}
