//! Times as people write them.
//!
//! Spans and dates are read by `jiff`; a few words for days and weeks come on top. Pure: what is
//! "now" is the caller's to say.

use jiff::civil::{DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan as _, Zoned};

use crate::event::Timestamp;

/// What [`moment`] understands, for messages.
pub(super) const ACCEPTED: &str = "\
times are written as one of
  2 days ago, 7d, 12h, 1h 30m, 1 week    so long ago (m: minutes, mo: months)
  today, yesterday, monday, 2026-11-21   the beginning of that day
  this week, last month, 2026-11         the beginning of that period
  06:00, yesterday 14:30, fri 22:00      a time of day
  2026-11-21T08:00:00Z                   a whole time";

/// The moment that a text means for somebody whose clock shows `now`; `None` for one that is no
/// time.
///
/// A span lies behind, whether it says "ago" or not. A day or a period is its beginning; a weekday
/// is the newest one that has begun, today where it is that day.
pub(super) fn moment(text: &str, now: &Zoned) -> Option<Zoned> {
    let words = text.trim().to_lowercase();
    let words = words.split_whitespace().collect::<Vec<_>>();
    if words == ["now"] {
        return Some(now.clone());
    }
    period(&words, now)
        .or_else(|| day_and_time(&words, now))
        .or_else(|| span_ago(&words, now))
        .or_else(|| instant(text.trim(), now))
}

/// [`moment`] for the clock and the zone of somebody, to the microsecond.
pub(super) fn timestamp(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let now = jiff::Timestamp::from_microsecond(now.0).ok()?;
    let time = moment(text, &now.to_zoned(zone.clone()))?;
    Some(Timestamp(time.timestamp().as_microsecond()))
}

/// The beginning of a week, month or year.
fn period(words: &[&str], now: &Zoned) -> Option<Zoned> {
    let back = match words {
        ["this", _] => 0,
        ["last", _] => 1,
        [month] => return day_of(&format!("{month}-01"), now),
        _ => return None,
    };
    let today = now.start_of_day().ok()?;
    match *words.get(1)? {
        "week" => {
            let gone = i64::from(today.weekday().to_monday_zero_offset());
            today.checked_sub((gone + 7 * back).days()).ok()
        }
        "month" => today.first_of_month().ok()?.checked_sub(back.months()).ok(),
        "year" => today.first_of_year().ok()?.checked_sub(back.years()).ok(),
        _ => None,
    }
}

/// A day, a time of day, or both.
fn day_and_time(words: &[&str], now: &Zoned) -> Option<Zoned> {
    let today = now.start_of_day().ok()?;
    let (day, time) = match words {
        [one] => match time_of_day(one) {
            Some(time) => (today, Some(time)),
            None => (day(one, &today)?, None),
        },
        ["last", weekday] => (weekday_before(weekday, &today, 1)?, None),
        ["last", weekday, time] => (
            weekday_before(weekday, &today, 1)?,
            Some(time_of_day(time)?),
        ),
        [one, time] => (day(one, &today)?, Some(time_of_day(time)?)),
        _ => return None,
    };
    match time {
        None => Some(day),
        Some(time) => day
            .date()
            .to_datetime(time)
            .to_zoned(now.time_zone().clone())
            .ok(),
    }
}

fn day(word: &str, today: &Zoned) -> Option<Zoned> {
    match word {
        "today" => Some(today.clone()),
        "yesterday" => today.yesterday().ok(),
        _ => weekday_before(word, today, 0).or_else(|| day_of(word, today)),
    }
}

/// The newest day of this name that lies at least so many days back.
fn weekday_before(word: &str, today: &Zoned, at_least: i8) -> Option<Zoned> {
    let weekday = match word {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" => Weekday::Tuesday,
        "wednesday" | "wed" => Weekday::Wednesday,
        "thursday" | "thu" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    };
    let back = today.weekday().since(weekday);
    let back = if back < at_least { back + 7 } else { back };
    today.checked_sub(i64::from(back).days()).ok()
}

/// `2026-11-21`.
fn day_of(word: &str, now: &Zoned) -> Option<Zoned> {
    // The library would take the date of a whole time as well.
    if word.contains(|letter: char| !letter.is_ascii_digit() && letter != '-') {
        return None;
    }
    let date: jiff::civil::Date = word.parse().ok()?;
    date.to_zoned(now.time_zone().clone()).ok()
}

/// `8:00`, `08:00` or `08:00:30`.
fn time_of_day(word: &str) -> Option<Time> {
    let hours = word.split(':').next()?;
    if !word.contains(':') || !(1..=2).contains(&hours.len()) {
        return None;
    }
    format!("{word:0>width$}", width = word.len() + 2 - hours.len())
        .parse()
        .ok()
}

fn span_ago(words: &[&str], now: &Zoned) -> Option<Zoned> {
    let words = match words {
        ["a" | "an", rest @ ..] => [&["1"], rest].concat(),
        words => words.to_vec(),
    };
    let span: Span = words.join(" ").parse().ok()?;
    now.checked_sub(span.abs()).ok()
}

/// A whole time, with a zone or an offset or in that of the person.
fn instant(text: &str, now: &Zoned) -> Option<Zoned> {
    let zone = || now.time_zone().clone();
    text.parse::<Zoned>()
        .ok()
        .or_else(|| Some(text.parse::<jiff::Timestamp>().ok()?.to_zoned(zone())))
        .or_else(|| text.parse::<DateTime>().ok()?.to_zoned(zone()).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Saturday in Berlin, in winter.
    const NOW: &str = "2026-11-21T10:15:30+01:00[Europe/Berlin]";

    fn at(text: &str) -> Option<String> {
        let now = NOW.parse().unwrap();
        let time = moment(text, &now)?;
        Some(time.strftime("%a %Y-%m-%d %H:%M:%S %:z").to_string())
    }

    #[test]
    fn span_lies_behind() {
        let table = [
            ("2 days ago", "Thu 2026-11-19 10:15:30 +01:00"),
            ("2 days", "Thu 2026-11-19 10:15:30 +01:00"),
            ("7d", "Sat 2026-11-14 10:15:30 +01:00"),
            ("12h", "Fri 2026-11-20 22:15:30 +01:00"),
            ("1h 30m ago", "Sat 2026-11-21 08:45:30 +01:00"),
            ("30 mins ago", "Sat 2026-11-21 09:45:30 +01:00"),
            ("an hour ago", "Sat 2026-11-21 09:15:30 +01:00"),
            ("A Week ago", "Sat 2026-11-14 10:15:30 +01:00"),
            ("2 weeks", "Sat 2026-11-07 10:15:30 +01:00"),
            // The clock was set back in between.
            ("1mo", "Wed 2026-10-21 10:15:30 +02:00"),
            ("1y", "Fri 2025-11-21 10:15:30 +01:00"),
            ("P1D", "Fri 2026-11-20 10:15:30 +01:00"),
            ("now", "Sat 2026-11-21 10:15:30 +01:00"),
        ];
        for (text, time) in table {
            assert_eq!(at(text).as_deref(), Some(time), "{text}");
        }
    }

    #[test]
    fn day_begins_at_midnight_where_the_person_is() {
        let table = [
            ("today", "Sat 2026-11-21 00:00:00 +01:00"),
            ("Yesterday", "Fri 2026-11-20 00:00:00 +01:00"),
            ("yesterday 14:30", "Fri 2026-11-20 14:30:00 +01:00"),
            ("06:00", "Sat 2026-11-21 06:00:00 +01:00"),
            ("6:00", "Sat 2026-11-21 06:00:00 +01:00"),
            ("today 6:00:30", "Sat 2026-11-21 06:00:30 +01:00"),
            ("monday", "Mon 2026-11-16 00:00:00 +01:00"),
            ("Fri 22:00", "Fri 2026-11-20 22:00:00 +01:00"),
            ("saturday", "Sat 2026-11-21 00:00:00 +01:00"),
            ("last saturday", "Sat 2026-11-14 00:00:00 +01:00"),
            ("last monday 08:00", "Mon 2026-11-16 08:00:00 +01:00"),
            ("2026-07-01", "Wed 2026-07-01 00:00:00 +02:00"),
            ("2026-07-01 08:30", "Wed 2026-07-01 08:30:00 +02:00"),
            ("2026-07-01T08:30", "Wed 2026-07-01 08:30:00 +02:00"),
        ];
        for (text, time) in table {
            assert_eq!(at(text).as_deref(), Some(time), "{text}");
        }
    }

    #[test]
    fn period_is_its_beginning() {
        let table = [
            ("this week", "Mon 2026-11-16 00:00:00 +01:00"),
            ("last week", "Mon 2026-11-09 00:00:00 +01:00"),
            ("this month", "Sun 2026-11-01 00:00:00 +01:00"),
            ("last month", "Thu 2026-10-01 00:00:00 +02:00"),
            ("this year", "Thu 2026-01-01 00:00:00 +01:00"),
            ("last year", "Wed 2025-01-01 00:00:00 +01:00"),
            ("2026-09", "Tue 2026-09-01 00:00:00 +02:00"),
        ];
        for (text, time) in table {
            assert_eq!(at(text).as_deref(), Some(time), "{text}");
        }
    }

    #[test]
    fn whole_time_may_name_its_zone() {
        let table = [
            ("2026-11-21T08:00:00Z", "Sat 2026-11-21 09:00:00 +01:00"),
            (
                "2026-11-21T08:00:00+09:00",
                "Sat 2026-11-21 00:00:00 +01:00",
            ),
            (
                "2026-11-21T08:00:00[Asia/Tokyo]",
                "Sat 2026-11-21 08:00:00 +09:00",
            ),
        ];
        for (text, time) in table {
            assert_eq!(at(text).as_deref(), Some(time), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            " ",
            "tomorrow",
            "soon",
            "week",
            "last",
            "last 2",
            "8",
            "25:00",
            "yesterday 25:00",
            "2026-13-01",
            "2026-02-30",
            "99999999 years",
            "now now",
            "ä",
            "-",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }
}
