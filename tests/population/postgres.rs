//! Into the shared store: COPY in its binary form.

use std::io::Write as _;

use ::postgres::{Client, NoTls};
use jiff::tz::TimeZone;
use jiff::{ToSpan as _, Zoned};

use super::fleet::Population;
use super::row::{ANNOTATIONS, Cell, EXECUTIONS, MEASURED, STEPS, Table};

/// Runs of a transaction.
const BATCH: usize = 4_000;

/// What a binary COPY begins with.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// Its last field count.
const END: [u8; 2] = (-1_i16).to_be_bytes();

/// The server counts from 2000 on.
const EPOCH: i64 = 946_684_800_000_000;

/// Adds the rows of a population to a database that has the schema, and lets the server look at
/// them as it does by itself sooner or later.
pub(crate) fn fill_postgres(url: &str, population: &Population) {
    let mut client = Client::connect(url, NoTls).unwrap();
    make_months(&mut client, population);
    let tables = [&EXECUTIONS, &STEPS, &MEASURED, &ANNOTATIONS];
    let mut texts = tables.map(|_| HEADER.to_vec());
    let mut runs = 0;
    population.each(|run| {
        add(&mut texts[0], &run.execution);
        run.steps.iter().for_each(|row| add(&mut texts[1], row));
        run.measurements
            .iter()
            .for_each(|row| add(&mut texts[2], row));
        run.annotations
            .iter()
            .for_each(|row| add(&mut texts[3], row));
        runs += 1;
        if runs % BATCH == 0 {
            copy(&mut client, &tables, &mut texts);
        }
    });
    copy(&mut client, &tables, &mut texts);
    client.batch_execute("VACUUM (ANALYZE)").unwrap();
}

/// The program makes a month before its first row; here their first row comes from elsewhere.
fn make_months(client: &mut Client, population: &Population) {
    let at = |micros| -> Zoned {
        jiff::Timestamp::from_microsecond(micros)
            .unwrap()
            .to_zoned(TimeZone::UTC)
    };
    let mut month = at(population.since()).first_of_month().unwrap();
    while month < at(population.until) {
        let next = month.checked_add(1.month()).unwrap();
        let first = |of: &Zoned| of.strftime("%Y-%m-01 00:00:00+00").to_string();
        client
            .batch_execute(&format!(
                "CREATE TABLE IF NOT EXISTS measurements_{} PARTITION OF measurements \
                 FOR VALUES FROM ('{}') TO ('{}')",
                month.strftime("%Y_%m"),
                first(&month),
                first(&next)
            ))
            .unwrap();
        month = next;
    }
}

fn copy(client: &mut Client, tables: &[&Table; 4], texts: &mut [Vec<u8>; 4]) {
    let mut transaction = client.transaction().unwrap();
    for (table, rows) in tables.iter().zip(texts) {
        let columns = table.columns.join(", ");
        let query = format!("COPY {} ({columns}) FROM STDIN BINARY", table.name);
        let mut writer = transaction.copy_in(&query).unwrap();
        rows.extend_from_slice(&END);
        writer.write_all(rows).unwrap();
        writer.finish().unwrap();
        rows.truncate(HEADER.len());
    }
    transaction.commit().unwrap();
}

fn add(bytes: &mut Vec<u8>, row: &[Cell]) {
    bytes.extend_from_slice(&(row.len() as i16).to_be_bytes());
    for cell in row {
        match cell {
            Cell::Null => bytes.extend_from_slice(&(-1_i32).to_be_bytes()),
            Cell::Flag(flag) => field(bytes, &[u8::from(*flag)]),
            Cell::Int(number) => field(bytes, &number.to_be_bytes()),
            Cell::Real(number) => field(bytes, &number.to_be_bytes()),
            Cell::Text(text) => field(bytes, text.as_bytes()),
            Cell::Json(text) => {
                bytes.extend_from_slice(&(text.len() as i32 + 1).to_be_bytes());
                bytes.push(1);
                bytes.extend_from_slice(text.as_bytes());
            }
            Cell::Time(micros) => field(bytes, &(micros - EPOCH).to_be_bytes()),
            Cell::Uuid(id) => field(bytes, id.as_bytes()),
        }
    }
}

fn field(bytes: &mut Vec<u8>, value: &[u8]) {
    bytes.extend_from_slice(&(value.len() as i32).to_be_bytes());
    bytes.extend_from_slice(value);
}
