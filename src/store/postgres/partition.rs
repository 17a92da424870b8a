//! The months of `measurements`, each a table of its own.
//!
//! A month is made as a table and attached, which stops nobody who writes; making it as a partition
//! at once would wait for every writer and stop those that come after. It is made before the
//! transaction that needs it, so that no lock is held with another.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error};

use super::error::DatabaseError;
use super::session::{QUERY, Session};
use crate::event::Timestamp;

/// Held while a month is made or taken away.
pub(crate) const LOCK: i64 = 0x6D61_6573_7472_6F02;

/// How long making a month may take, with the wait for another station that makes one.
const MAKE: Duration = Duration::from_secs(20);

/// A month in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// The month of a time; `None` for one before the year 1 or after 9998.
    pub(crate) fn of(time: Timestamp) -> Option<Self> {
        let time = jiff::Timestamp::from_microsecond(time.0).ok()?;
        let date = TimeZone::UTC.to_datetime(time).date();
        Self::new(date.year(), date.month())
    }

    fn new(year: i16, month: i8) -> Option<Self> {
        let is_one = (1..9999).contains(&year) && (1..=12).contains(&month);
        is_one.then_some(Self { year, month })
    }

    /// The month after it.
    pub(crate) fn next(self) -> Option<Self> {
        match self.month {
            12 => Self::new(self.year + 1, 1),
            month => Self::new(self.year, month + 1),
        }
    }

    /// The name of its table.
    pub(crate) fn table(self) -> String {
        format!("measurements_{:04}_{:02}", self.year, self.month)
    }

    /// The month of a table's name.
    fn of_table(name: &str) -> Option<Self> {
        let (year, month) = name.strip_prefix("measurements_")?.split_once('_')?;
        Self::new(year.parse().ok()?, month.parse().ok()?)
    }

    /// Its first moment as a literal of SQL.
    pub(crate) fn start(self) -> String {
        format!("'{:04}-{:02}-01 00:00:00+00'", self.year, self.month)
    }

    /// The first moment after it as a literal of SQL.
    fn end(self) -> String {
        let (year, month) = match self.month {
            12 => (self.year + 1, 1),
            month => (self.year, month + 1),
        };
        Self { year, month }.start()
    }
}

/// The months that are there.
pub(crate) fn months(session: &mut Session) -> Result<BTreeSet<Month>, DatabaseError> {
    session.run("listing the months", QUERY, async |client| {
        let rows = client
            .query_typed(
                "SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid \
                 WHERE i.inhparent = 'measurements'::regclass",
                &[],
            )
            .await?;
        let mut months = BTreeSet::new();
        for row in rows {
            months.extend(Month::of_table(row.try_get(0)?));
        }
        Ok(months)
    })
}

/// The month that the server's clock shows.
pub(super) fn this_month(session: &mut Session) -> Result<Option<Month>, DatabaseError> {
    let parts = session.run("asking for the time", QUERY, async |client| {
        let row = client
            .query_typed_one(
                "SELECT extract(year FROM now() AT TIME ZONE 'UTC')::int4, \
                 extract(month FROM now() AT TIME ZONE 'UTC')::int4",
                &[],
            )
            .await?;
        Ok((row.try_get::<_, i32>(0)?, row.try_get::<_, i32>(1)?))
    })?;
    Ok(Month::new(parts.0 as i16, parts.1 as i8))
}

/// Makes a month unless it is there. As many as like may do so at once.
pub(crate) fn make(session: &mut Session, month: Month) -> Result<(), DatabaseError> {
    session.run("making a month", MAKE, async |client| {
        match make_in(client, month).await {
            // Somebody keeps the months in larger tables; the row that follows shows whether it
            // has a place.
            Err(error) if error.code() == Some(&SqlState::INVALID_OBJECT_DEFINITION) => {
                client.batch_execute("ROLLBACK").await
            }
            made => made,
        }
    })
}

async fn make_in(client: &Client, month: Month) -> Result<(), Error> {
    client
        .batch_execute(&format!("BEGIN; SELECT pg_advisory_xact_lock({LOCK})"))
        .await?;
    let table = month.table();
    let row = client
        .query_typed_one(
            "SELECT EXISTS (SELECT 1 FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid \
             WHERE i.inhparent = 'measurements'::regclass AND c.relname = $1)",
            &[(&table, Type::TEXT)],
        )
        .await?;
    if !row.try_get::<_, bool>(0)? {
        let (start, end) = (month.start(), month.end());
        // One that is there and not attached was left by an archive that did not end.
        client
            .batch_execute(&format!(
                "CREATE TABLE IF NOT EXISTS {table} (LIKE measurements INCLUDING ALL); \
                 ALTER TABLE measurements ATTACH PARTITION {table} \
                 FOR VALUES FROM ({start}) TO ({end})"
            ))
            .await?;
    }
    client.batch_execute("COMMIT").await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month_at(text: &str) -> Option<Month> {
        let time: jiff::Timestamp = text.parse().unwrap();
        Month::of(Timestamp(time.as_microsecond()))
    }

    #[test]
    fn time_belongs_to_its_month_in_utc() {
        let cases = [
            ("1970-01-01T00:00:00Z", "measurements_1970_01"),
            ("2026-11-30T23:59:59.999999Z", "measurements_2026_11"),
            ("2026-12-01T00:00:00+01:00", "measurements_2026_11"),
            ("2099-12-31T23:59:59Z", "measurements_2099_12"),
        ];
        for (text, table) in cases {
            let month = month_at(text).unwrap();
            assert_eq!(month.table(), table, "{text}");
            assert_eq!(Month::of_table(table), Some(month));
        }
        assert_eq!(month_at("9999-01-01T00:00:00Z"), None);
        assert_eq!(Month::of(Timestamp(i64::MAX)), None);
        assert_eq!(Month::of_table("measurements_old"), None);
    }

    #[test]
    fn months_follow_one_another() {
        let december = month_at("2099-12-31T00:00:00Z").unwrap();
        assert_eq!(december.start(), "'2099-12-01 00:00:00+00'");
        assert_eq!(december.end(), "'2100-01-01 00:00:00+00'");
        assert_eq!(december.next().unwrap().start(), december.end());
        assert_eq!(month_at("9998-12-01T00:00:00Z").unwrap().next(), None);
    }
}
