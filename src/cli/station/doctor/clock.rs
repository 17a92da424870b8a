//! The clock of the computer: against its own past, and whether a time server keeps it.

use std::path::Path;
use std::time::Duration;

use super::Patient;
use super::page::Check;
use crate::cli::age::age;
use crate::event::Timestamp;
use crate::journal::archive;
use crate::session::wall_clock;

/// The beginning of 2024, in microseconds: no clock that is right is before it.
const WRITTEN: Timestamp = Timestamp(1_704_067_200_000_000);

/// Longer than any journal is written ahead of the clock.
const SLACK: Duration = Duration::from_secs(2);

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    let now = wall_clock();
    let shown = now.to_rfc3339();
    let shown = format!(
        "{} UTC",
        shown.get(..16).unwrap_or(&shown).replace('T', " ")
    );
    let mend = "set the clock, and let a time server keep it (chrony, systemd-timesyncd)";
    if now < WRITTEN {
        let says = format!("{shown}: that time is over");
        return vec![Check::fail("clock", says, mend)];
    }
    let newest = archive::newest_change(&patient.home.join("journal"));
    if let Some(ahead) = newest
        .map(|newest| newest.since(now))
        .filter(|ahead| *ahead > SLACK)
    {
        let says = format!(
            "{shown}: the newest journal was written {} later",
            age(ahead)
        );
        return vec![Check::fail("clock", says, mend)];
    }
    vec![match synchronised() {
        Some(false) => Check::warn(
            "clock",
            format!("{shown}; no time server has set it since the computer started"),
            "look at `timedatectl`: results of stations can be put in order by time only with \
             clocks that agree",
        ),
        Some(true) => Check::ok("clock", format!("{shown}, set by a time server")),
        None => Check::ok("clock", shown),
    }]
}

/// What systemd-timesyncd says; `None` where it does not run.
fn synchronised() -> Option<bool> {
    let folder = Path::new("/run/systemd/timesync");
    folder
        .is_dir()
        .then(|| folder.join("synchronized").exists())
}
