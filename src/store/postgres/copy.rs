//! Rows in the binary form of `COPY`.
//!
//! A cell's own type says how it is sent: whole numbers are `bigint` in every table, so that no
//! type has to be looked up.

use crate::event::Timestamp;
use crate::store::rows::{Cell, Cells};

/// Microseconds from 1970 to 2000, where the server counts from.
pub(super) const EPOCH: i64 = 946_684_800_000_000;

const HEAD: &[u8; 19] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// Rows of one table on their way to the server.
#[derive(Debug)]
pub(super) struct CopyBuffer {
    bytes: Vec<u8>,
    /// The columns that every row names.
    columns: Vec<&'static str>,
}

impl CopyBuffer {
    /// An empty buffer for rows with the columns of `first`.
    pub(super) fn for_rows_like(first: &Cells<'_>) -> Self {
        Self {
            bytes: HEAD.to_vec(),
            columns: first.iter().map(|(column, _)| *column).collect(),
        }
    }

    pub(super) fn push(&mut self, row: &Cells<'_>) {
        let bytes = &mut self.bytes;
        bytes.extend_from_slice(&(row.len() as i16).to_be_bytes());
        for (_, cell) in row {
            encode(cell, bytes);
        }
    }

    /// The statement that takes the rows.
    pub(super) fn statement(&self, table: &str) -> String {
        let columns = self.columns.join(", ");
        format!("COPY {table} ({columns}) FROM STDIN (FORMAT binary)")
    }

    /// The rows with what ends them.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.bytes.extend_from_slice(&(-1_i16).to_be_bytes());
        self.bytes
    }
}

fn encode(cell: &Cell<'_>, bytes: &mut Vec<u8>) {
    match cell {
        Cell::Null => bytes.extend_from_slice(&(-1_i32).to_be_bytes()),
        Cell::Flag(flag) => {
            begin(1, bytes);
            bytes.push(u8::from(*flag));
        }
        Cell::Int(number) => {
            begin(8, bytes);
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        Cell::Real(number) => {
            begin(8, bytes);
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        Cell::Text(text) => {
            begin(text.len(), bytes);
            bytes.extend_from_slice(text.as_bytes());
        }
        Cell::Json(text) => {
            begin(text.len() + 1, bytes);
            // The version of the format of `jsonb`.
            bytes.push(1);
            bytes.extend_from_slice(text.as_bytes());
        }
        Cell::Time(time) => {
            begin(8, bytes);
            bytes.extend_from_slice(&micros(*time).to_be_bytes());
        }
        Cell::Uuid(id) => {
            begin(16, bytes);
            bytes.extend_from_slice(id.as_bytes());
        }
    }
}

fn begin(length: usize, bytes: &mut Vec<u8>) {
    // Invariant: a line of a journal is 4 MiB long at most, and a cell is a part of one.
    bytes.extend_from_slice(&(length as i32).to_be_bytes());
}

/// The server's count of a time. One that it cannot hold becomes one that it refuses: the two ends
/// would mean infinity.
fn micros(time: Timestamp) -> i64 {
    time.0
        .saturating_sub(EPOCH)
        .clamp(i64::MIN + 1, i64::MAX - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(cell: &Cell<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode(cell, &mut bytes);
        bytes
    }

    #[test]
    fn cells_are_sent_with_their_length() {
        assert_eq!(encoded(&Cell::Null), [0xff; 4]);
        assert_eq!(encoded(&Cell::Flag(true)), [0, 0, 0, 1, 1]);
        assert_eq!(encoded(&Cell::Text("ä".into())), [0, 0, 0, 2, 0xc3, 0xa4]);
        assert_eq!(
            encoded(&Cell::Json("{}".to_owned())),
            [0, 0, 0, 3, 1, b'{', b'}']
        );
        assert_eq!(
            encoded(&Cell::Int(-2)),
            [0, 0, 0, 8, 255, 255, 255, 255, 255, 255, 255, 254]
        );
        let start = Cell::Time(Timestamp(EPOCH + 1));
        assert_eq!(encoded(&start), [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn no_time_becomes_infinity() {
        for time in [i64::MIN, i64::MIN + EPOCH, -1, 0, i64::MAX] {
            let micros = micros(Timestamp(time));
            assert!(micros != i64::MIN && micros != i64::MAX, "{time}");
        }
    }

    #[test]
    fn rows_stand_between_head_and_end() {
        let row = vec![("id", Cell::Int(7)), ("name", Cell::Null)];
        let mut buffer = CopyBuffer::for_rows_like(&row);
        buffer.push(&row);
        assert_eq!(
            buffer.statement("things"),
            "COPY things (id, name) FROM STDIN (FORMAT binary)"
        );
        let bytes = buffer.finish();
        assert_eq!(&bytes[..19], HEAD);
        assert_eq!(bytes[19..21], [0, 2]);
        assert_eq!(bytes[bytes.len() - 2..], [255, 255]);
    }
}
