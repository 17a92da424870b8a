//! Cells as SQLite values, and SQLite rows as columns.

use rusqlite::Row;
use rusqlite::types::{FromSql, ToSql, ToSqlOutput, Value, ValueRef};
use uuid::Uuid;

use crate::event::Timestamp;
use crate::store::rows::Cell;
use crate::store::rows::read::{Columns, ReadError};

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Flag(flag) => ToSqlOutput::Owned(Value::Integer(i64::from(*flag))),
            Self::Int(number) => ToSqlOutput::Owned(Value::Integer(*number)),
            Self::Real(number) => ToSqlOutput::Owned(Value::Real(*number)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Json(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Time(time) => ToSqlOutput::Owned(Value::Text(time_text(*time))),
            Self::Uuid(id) => ToSqlOutput::Owned(Value::Text(id.hyphenated().to_string())),
        })
    }
}

impl Columns for &Row<'_> {
    fn text(&self, column: &str) -> Result<Option<String>, ReadError> {
        get(self, column)
    }

    fn int(&self, column: &str) -> Result<Option<i64>, ReadError> {
        get(self, column)
    }

    fn real(&self, column: &str) -> Result<Option<f64>, ReadError> {
        get(self, column)
    }

    fn time(&self, column: &str) -> Result<Option<Timestamp>, ReadError> {
        self.text(column)?
            .map(|text| {
                text.parse::<jiff::Timestamp>()
                    .map(|time| Timestamp(time.as_microsecond()))
                    .map_err(|error| ReadError::new(column, &error))
            })
            .transpose()
    }

    fn uuid(&self, column: &str) -> Result<Option<Uuid>, ReadError> {
        self.text(column)?
            .map(|text| text.parse().map_err(|error| ReadError::new(column, &error)))
            .transpose()
    }
}

fn get<T: FromSql>(row: &Row<'_>, column: &str) -> Result<Option<T>, ReadError> {
    row.get(column)
        .map_err(|error| ReadError::new(column, &error))
}

/// RFC 3339 in UTC with microseconds. The same as [`Timestamp::to_rfc3339`], several times faster:
/// every row has a time or two.
fn time_text(time: Timestamp) -> String {
    const MICROS_PER_DAY: i64 = 86_400_000_000;
    // Years with four digits; the others are left to the library.
    if !(0..253_402_128_000_000_000).contains(&time.0) {
        return time.to_rfc3339();
    }
    let (year, month, day) = civil_date(time.0 / MICROS_PER_DAY);
    let micros = time.0 % MICROS_PER_DAY;
    let seconds = micros / 1_000_000;
    let numbers = [
        (0, 4, year),
        (5, 2, month),
        (8, 2, day),
        (11, 2, seconds / 3600),
        (14, 2, seconds / 60 % 60),
        (17, 2, seconds % 60),
        (20, 6, micros % 1_000_000),
    ];
    let mut text = *b"0000-00-00T00:00:00.000000Z";
    for (start, digits, mut number) in numbers {
        for place in (start..start + digits).rev() {
            text[place] = b'0' + (number % 10) as u8;
            number /= 10;
        }
    }
    text.iter().map(|&byte| char::from(byte)).collect()
}

/// Year, month and day of a day since 1970 (H. Hinnant, chrono-compatible low-level date
/// algorithms): years begin in March, so that the leap day is the last.
const fn civil_date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn fast_time_is_the_time_of_the_library(micros in 0..253_402_128_000_000_000_i64) {
            prop_assert_eq!(time_text(Timestamp(micros)), Timestamp(micros).to_rfc3339());
        }
    }

    #[test]
    fn leap_days_and_ends_of_years_are_right() {
        for text in [
            "1970-01-01T00:00:00.000000Z",
            "1999-12-31T23:59:59.999999Z",
            "2000-02-29T12:00:00.000001Z",
            "2024-02-29T00:00:00.000000Z",
            "2026-03-01T00:00:00.000000Z",
            "2100-02-28T23:59:59.000000Z",
            "9999-12-28T23:59:59.999999Z",
        ] {
            let time: jiff::Timestamp = text.parse().unwrap();
            assert_eq!(time_text(Timestamp(time.as_microsecond())), text);
        }
        assert!(time_text(Timestamp(-1)).starts_with("1969"));
    }
}
