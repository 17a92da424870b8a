//! Rows as CSV, the same bytes from every store.
//!
//! UTF-8, commas, a line feed after each row. NULL is nothing at all, an empty text is `""`; a
//! value with a comma, a quote or a line break stands in quotes, which are doubled inside. Flags
//! are `true` and `false`, times RFC 3339 in UTC with microseconds. PostgreSQL's own `COPY` writes
//! and reads the same.

use std::io::{self, Write};

/// Writes one value; a row ends with [`end_row`].
pub(crate) fn write_value(
    out: &mut dyn Write,
    is_first: bool,
    value: Option<&str>,
) -> io::Result<()> {
    if !is_first {
        out.write_all(b",")?;
    }
    let Some(value) = value else { return Ok(()) };
    let needs_quotes = |byte| matches!(byte, b',' | b'"' | b'\n' | b'\r');
    // `\.` alone would end the input of PostgreSQL.
    if !value.is_empty() && value != "\\." && !value.bytes().any(needs_quotes) {
        return out.write_all(value.as_bytes());
    }
    out.write_all(b"\"")?;
    out.write_all(value.replace('"', "\"\"").as_bytes())?;
    out.write_all(b"\"")
}

/// Ends a row.
pub(crate) fn end_row(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_and_empty_text_differ_and_everything_comes_back() {
        let values = [
            Some(""),
            None,
            Some("a,b"),
            Some("say \"hi\""),
            Some("two\nlines"),
            Some("µV"),
            Some("\\."),
        ];
        let mut bytes = Vec::new();
        for (i, value) in values.iter().enumerate() {
            write_value(&mut bytes, i == 0, *value).unwrap();
        }
        end_row(&mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(
            text,
            "\"\",,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",µV,\"\\.\"\n"
        );
        let mut reader = ::csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes());
        let record = reader.records().next().unwrap().unwrap();
        let read: Vec<_> = record.iter().collect();
        assert_eq!(read, values.map(Option::unwrap_or_default));
    }
}
