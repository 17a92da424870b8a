//! The embedded store and the shared one.

use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, Instant};

use super::Patient;
use super::page::Check;
use crate::cli::age::age;
use crate::cli::args::StoreName;
use crate::cli::db::text::size;
use crate::cli::exit::{Exit, Failure};
use crate::cli::stores::Stores;
use crate::event::Timestamp;
use crate::session::wall_clock;
use crate::store::sqlite::database_path;
use crate::store::upkeep::{Database, Purpose, UpkeepError, schema};

const EMBEDDED: &str = "local store";
const SHARED: &str = "PostgreSQL";

/// A larger database is not read whole.
const READ_AT_MOST: u64 = 1 << 30;

/// A server whose clock differs by more makes results hard to put in order.
const CLOCKS_APART: Duration = Duration::from_secs(2);

/// An answer that takes longer slows down whoever looks at results.
const SLOW: Duration = Duration::from_millis(200);

pub(super) fn embedded(patient: &Patient<'_>) -> Vec<Check> {
    let path = database_path(&patient.home);
    if !path.exists() {
        return vec![Check::ok(EMBEDDED, "empty: no run has been recorded yet")];
    }
    let looked = stores(patient).and_then(|stores| {
        let mut database = stores.database(StoreName::Local, Purpose::Look)?;
        Ok(look_into(&mut *database, &path)?)
    });
    let mut checks = Vec::new();
    match looked {
        Ok((check, rejects)) => {
            checks.push(check);
            checks.extend(rejects);
        }
        Err(failure) if failure.exit == Exit::Negative => {
            checks.push(Check::ok(EMBEDDED, "empty: no run has been recorded yet"));
        }
        Err(failure) => checks.push(Check::fail(
            EMBEDDED,
            &failure.message,
            format!(
                "move {} away; what is in `journal/done` comes back with `maestro sync --all`",
                path.display()
            ),
        )),
    }
    checks
}

fn look_into(
    database: &mut dyn Database,
    path: &std::path::Path,
) -> Result<(Check, Vec<Check>), UpkeepError> {
    let bytes = fs::metadata(path).map_or(0, |metadata| metadata.len());
    let version = schema(database)?;
    let runs = first(database, "SELECT count(*) FROM test_executions")?;
    let mut says = format!("schema {version}, {runs} runs, {}", size(bytes));
    if bytes > READ_AT_MOST {
        says.push_str("; too large to be read whole here");
    } else {
        let found = first(database, "PRAGMA quick_check(1)")?;
        if found != "ok" {
            return Err(UpkeepError::Database(format!(
                "{} is damaged: {found}",
                path.display()
            )));
        }
        says.push_str(", whole");
    }
    let rejects = rejects(EMBEDDED, database, "")?;
    Ok((Check::ok(EMBEDDED, says), rejects))
}

pub(super) fn shared(patient: &Patient<'_>) -> Vec<Check> {
    let station = &patient.found.station;
    if station.database_url.is_none() {
        return vec![Check::off(
            SHARED,
            "not configured: results stay on this computer",
        )];
    }
    let asked = stores(patient).and_then(|stores| {
        let mut database = stores.database(StoreName::Shared, Purpose::Look)?;
        Ok(ask(&mut *database, &station.id)?)
    });
    match asked {
        Ok(checks) => checks,
        Err(failure) if failure.exit == Exit::Negative => vec![Check::ok(
            SHARED,
            format!("{}; the first delivery makes its tables", unnamed(&failure)),
        )],
        Err(failure) => vec![Check::fail(
            SHARED,
            unnamed(&failure),
            failure.help.clone().unwrap_or_else(|| {
                "start the server, or correct `database_url`; until then runs go on, and \
                 their results wait in the journal"
                    .to_owned()
            }),
        )],
    }
}

/// What went wrong, without the name that stands before it anyway.
fn unnamed(failure: &Failure) -> &str {
    let message = &failure.message;
    message.strip_prefix("PostgreSQL ").unwrap_or(message)
}

fn ask(database: &mut dyn Database, station: &str) -> Result<Vec<Check>, UpkeepError> {
    let version = schema(database)?;
    let before = wall_clock();
    let began = now();
    let server = first(
        database,
        "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
    )?;
    let took = now().duration_since(began);
    let shown = database.shown();
    let shown = shown.strip_prefix("PostgreSQL ").unwrap_or(&shown);
    let says = format!(
        "{shown}, schema {version}, answers in {:.1} ms",
        took.as_secs_f64() * 1e3
    );
    let mut checks = vec![if took > SLOW {
        Check::warn(
            SHARED,
            says,
            "look at the network and the load of the server",
        )
    } else {
        Check::ok(SHARED, says)
    }];
    checks.extend(may_write(database)?);
    let middle = before.after(took / 2);
    checks.extend(
        server
            .parse()
            .ok()
            .and_then(|time| clocks(middle, Timestamp(time))),
    );
    let own = format!(
        " WHERE run_id IN (SELECT id FROM test_executions WHERE station_id = '{}')",
        station.replace('\'', "''")
    );
    checks.extend(rejects(SHARED, database, &own)?);
    Ok(checks)
}

fn may_write(database: &mut dyn Database) -> Result<Option<Check>, UpkeepError> {
    let refused = first(
        database,
        "SELECT CASE \
         WHEN pg_is_in_recovery() THEN 'it is a standby' \
         WHEN current_setting('default_transaction_read_only') = 'on' \
           THEN 'it is set to read only' \
         WHEN NOT has_table_privilege('test_executions', 'INSERT, UPDATE') \
           OR NOT has_table_privilege('measurements', 'INSERT') \
           THEN 'user ' || current_user || ' may not write its tables' \
         ELSE '' END",
    )?;
    Ok((!refused.is_empty()).then(|| {
        Check::fail(
            SHARED,
            format!("results cannot be written: {refused}"),
            "name the server that takes writes, or let the user write; results wait in the \
             journal",
        )
    }))
}

fn clocks(here: Timestamp, there: Timestamp) -> Option<Check> {
    let apart = here.since(there).max(there.since(here));
    (apart > CLOCKS_APART).then(|| {
        let which = if here > there { "ahead of" } else { "behind" };
        Check::warn(
            SHARED,
            format!(
                "the clock of this station is {} {which} that of the server",
                age(apart)
            ),
            "let both computers take their time from a time server",
        )
    })
}

/// Events that a store refused for their content: the newest by name.
fn rejects(part: &str, database: &mut dyn Database, own: &str) -> Result<Vec<Check>, UpkeepError> {
    let count = first(
        database,
        &format!("SELECT count(*) FROM delivery_rejects{own}"),
    )?;
    if count == "0" {
        return Ok(Vec::new());
    }
    let newest = database.rows(&format!(
        "SELECT run_id, seq, reason FROM delivery_rejects{own} ORDER BY rejected_at DESC LIMIT 3"
    ))?;
    let mut says = match count.as_str() {
        "1" => "1 event was refused for its content".to_owned(),
        many => format!("{many} events were refused for their content, the newest"),
    };
    for row in newest {
        let cell = |at: usize| row.get(at).cloned().flatten().unwrap_or_default();
        let _ = write!(says, "\nrun {}, event {}: {}", cell(0), cell(1), cell(2));
    }
    let mend = "the rest of each run is stored; the events stand in the table delivery_rejects, \
                and a newer maestro may take them";
    Ok(vec![Check::warn(part, says, mend)])
}

/// The only value of a query.
fn first(database: &mut dyn Database, sql: &str) -> Result<String, UpkeepError> {
    let row = database.rows(sql)?.into_iter().next();
    Ok(row
        .and_then(|row| row.into_iter().next().flatten())
        .unwrap_or_default())
}

fn stores(patient: &Patient<'_>) -> Result<Stores, Failure> {
    Stores::of(&patient.found.station, &patient.home, None)
}

#[expect(
    clippy::disallowed_methods,
    reason = "measures how long an answer takes"
)]
fn now() -> Instant {
    Instant::now()
}
