//! What a report is about: the record of a run, and what the caller knows beside it.

use jiff::tz::TimeZone;

use crate::event::{ArtifactRef, Timestamp};
use crate::record::RunRecord;

/// A run to report on.
pub(crate) struct Subject<'a> {
    pub(crate) record: &'a RunRecord,
    /// Why the run could not be recorded, where its journal was lost.
    pub(crate) not_recorded: Option<&'a str>,
    /// The zone in which people read times.
    pub(crate) zone: TimeZone,
    /// The paper that a printed page is made for.
    pub(crate) paper: Paper,
    /// The bytes of an artifact; `None` where they cannot be read here.
    pub(crate) artifact: &'a dyn Fn(&ArtifactRef) -> Option<Vec<u8>>,
}

/// A size of paper, as style sheets name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paper {
    /// Whatever the printer has.
    Any,
    A4,
    Letter,
}

impl Paper {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "auto",
            Self::A4 => "A4",
            Self::Letter => "letter",
        }
    }
}

impl Subject<'_> {
    /// Date and time of day with the offset of the zone.
    pub(super) fn time(&self, time: Timestamp) -> String {
        self.shown(time, "%Y-%m-%d %H:%M:%S %:z")
    }

    /// The time of day, to the millisecond.
    pub(super) fn time_of_day(&self, time: Timestamp) -> String {
        self.shown(time, "%H:%M:%S%.3f")
    }

    fn shown(&self, time: Timestamp, form: &str) -> String {
        jiff::Timestamp::from_microsecond(time.0).map_or_else(
            |_| time.to_rfc3339(),
            |time| time.to_zoned(self.zone.clone()).strftime(form).to_string(),
        )
    }
}

#[cfg(test)]
impl<'a> Subject<'a> {
    /// A record and nothing else, read in UTC.
    pub(super) fn of(record: &'a RunRecord) -> Self {
        Self {
            record,
            not_recorded: None,
            zone: TimeZone::UTC,
            paper: Paper::Any,
            artifact: &|_| None,
        }
    }
}
