//! Periods of the calendar, in the zone of the person who asks.

use jiff::Zoned;
use jiff::tz::TimeZone;

use crate::event::Timestamp;
use crate::stats::survey::Axis;

/// A period of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    Hour,
    Day,
    /// Of ISO 8601: from Monday on.
    Week,
    Month,
}

impl Period {
    /// The name of the period that holds `time`; names sort as the periods do.
    pub(crate) fn name(self, time: Timestamp, zone: &TimeZone) -> String {
        let Some(time) = zoned(time, zone) else {
            return "unknown time".to_owned();
        };
        match self {
            Self::Hour => time.strftime("%Y-%m-%d %H:00").to_string(),
            Self::Day => time.strftime("%Y-%m-%d").to_string(),
            Self::Week => time.strftime("%G-W%V").to_string(),
            Self::Month => time.strftime("%Y-%m").to_string(),
        }
    }

    /// What a store counts by, so that its counts can be put together to periods of `zone`: hours
    /// of UTC, unless the zone is no whole hours from it.
    pub(crate) fn axis(zone: &TimeZone, now: Timestamp) -> Axis {
        // In winter and in summer.
        let halves = [now, Timestamp(now.0 - 182 * 86_400_000_000)];
        let is_whole =
            |time| zoned(time, zone).is_none_or(|time| time.offset().seconds() % 3600 == 0);
        if halves.into_iter().all(is_whole) {
            Axis::Hour
        } else {
            Axis::Minute
        }
    }
}

fn zoned(time: Timestamp, zone: &TimeZone) -> Option<Zoned> {
    let time = jiff::Timestamp::from_microsecond(time.0).ok()?;
    Some(time.to_zoned(zone.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_those_of_the_calendar() {
        let at = |text: &str| Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_microsecond());
        let zone = TimeZone::fixed(jiff::tz::offset(-5));
        // New Year's Eve there, and a week that belongs to the next year.
        let time = at("2025-01-01T03:10:00Z");
        assert_eq!(Period::Hour.name(time, &zone), "2024-12-31 22:00");
        assert_eq!(Period::Day.name(time, &zone), "2024-12-31");
        assert_eq!(Period::Week.name(time, &zone), "2025-W01");
        assert_eq!(Period::Month.name(time, &zone), "2024-12");
        assert_eq!(Period::axis(&zone, time), Axis::Hour);
        let half = TimeZone::fixed(jiff::tz::Offset::from_seconds(5 * 3600 + 1800).unwrap());
        assert_eq!(Period::axis(&half, time), Axis::Minute);
        assert_eq!(Period::Hour.name(time, &half), "2025-01-01 08:00");
    }
}
