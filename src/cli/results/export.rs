//! `maestro results export`: rows for pandas, DuckDB and spreadsheets.
//!
//! Rows go out as they come: nothing is gathered. CSV follows RFC 4180 with a line of names; what is
//! not there is an empty field. JSON is one object a line.

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde_json::{Map, Value};

use crate::cli::args::{ExportFormat, ExportedName, ResultsExportArgs};
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::record::{ExportError, Exported, Field, Filter, History, HistoryError};
use crate::report;

/// By this Excel knows that a file is UTF-8.
const MARK: &[u8] = "\u{FEFF}".as_bytes();

/// `maestro results export`. A station without a run yet gives the names of the columns only.
pub(crate) fn export(
    args: &ResultsExportArgs,
    history: Result<Box<dyn History>, HistoryError>,
    filter: &Filter,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let history = match history {
        Err(HistoryError::Empty) => None,
        history => Some(history?),
    };
    let what = Exported::from(args.what);
    let form = form(args);
    let work = |out: &mut dyn Write| {
        let mut writer = Writer::new(BufWriter::with_capacity(1 << 16, out), what, form)?;
        if let Some(history) = &history {
            history.export(what, filter, &mut |row| writer.row(row))?;
        }
        writer.end()
    };
    let done = match &args.output {
        Some(path) => report::write_with(path, work),
        None => work(console.out),
    };
    match done {
        Ok(rows) => {
            if let Some(path) = &args.output {
                console.note(&format!("{rows} rows in {}", path.display()));
            }
            Ok(Exit::Done)
        }
        // A reader that went away is no fault of the command.
        Err(ExportError::Write(error))
            if args.output.is_none() && error.kind() == io::ErrorKind::BrokenPipe =>
        {
            Ok(Exit::Done)
        }
        Err(ExportError::Write(error)) => Err(Failure::trouble(format!(
            "cannot write {}: {error}",
            args.output
                .as_deref()
                .unwrap_or(Path::new("to standard output"))
                .display()
        ))),
        Err(ExportError::History(error)) => Err(error.into()),
    }
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv { texts: Texts, has_mark: bool },
    Json,
}

/// What becomes of a text that a spreadsheet would take for a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Texts {
    /// An apostrophe before it: it is shown, not computed.
    Shown,
    AsTheyAre,
}

fn form(args: &ResultsExportArgs) -> Form {
    let ends_in_json = |path: &Path| {
        let ending = path.extension().unwrap_or_default();
        ["json", "jsonl", "ndjson"]
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    };
    let named = args.output.as_deref().is_some_and(ends_in_json);
    match args.format {
        Some(ExportFormat::Json) => Form::Json,
        None if named => Form::Json,
        _ => Form::Csv {
            texts: if args.exact {
                Texts::AsTheyAre
            } else {
                Texts::Shown
            },
            has_mark: args.bom,
        },
    }
}

struct Writer<W: Write> {
    kind: Kind<W>,
    rows: u64,
}

enum Kind<W: Write> {
    Csv(Box<csv::Writer<W>>, Texts),
    Json(W, Vec<&'static str>),
}

impl<W: Write> Writer<W> {
    fn new(mut out: W, what: Exported, form: Form) -> Result<Self, ExportError> {
        let names: Vec<_> = what.columns().into_iter().map(|(name, _)| name).collect();
        let kind = match form {
            Form::Csv { texts, has_mark } => {
                if has_mark {
                    out.write_all(MARK)?;
                }
                let mut builder = csv::WriterBuilder::new();
                builder.terminator(csv::Terminator::CRLF);
                let mut writer = builder.from_writer(out);
                writer.write_record(&names).map_err(io::Error::from)?;
                Kind::Csv(Box::new(writer), texts)
            }
            Form::Json => Kind::Json(out, names),
        };
        Ok(Self { kind, rows: 0 })
    }

    fn row(&mut self, fields: &[Field]) -> io::Result<()> {
        self.rows += 1;
        match &mut self.kind {
            Kind::Csv(writer, texts) => {
                for field in fields {
                    writer.write_field(csv_text(field, *texts).as_bytes())?;
                }
                Ok(writer.write_record(None::<&[u8]>)?)
            }
            Kind::Json(out, names) => {
                let pairs = names.iter().zip(fields);
                let object: Map<String, Value> = pairs
                    .map(|(name, field)| ((*name).to_owned(), json_value(field)))
                    .collect();
                serde_json::to_writer(&mut *out, &object)?;
                out.write_all(b"\n")
            }
        }
    }

    /// Writes what is left; gives the number of rows.
    fn end(self) -> Result<u64, ExportError> {
        match self.kind {
            Kind::Csv(mut writer, _) => writer.flush()?,
            Kind::Json(mut out, _) => out.flush()?,
        }
        Ok(self.rows)
    }
}

fn csv_text(field: &Field, texts: Texts) -> Cow<'_, str> {
    match field {
        Field::Null => "".into(),
        Field::Flag(flag) => if *flag { "true" } else { "false" }.into(),
        Field::Int(number) => number.to_string().into(),
        // With a point or an exponent, so that no reader takes the column for whole numbers.
        Field::Real(number) => format!("{number:?}").into(),
        Field::Text(text) if texts == Texts::Shown && is_formula(text) => format!("'{text}").into(),
        Field::Text(text) => text.into(),
        Field::Json(value) => value.to_string().into(),
        Field::Time(time) => time.to_rfc3339().into(),
        Field::Uuid(id) => id.hyphenated().to_string().into(),
    }
}

/// Whether a spreadsheet would compute a text: what an operator typed or a unit answered must not
/// run on the computer of whoever opens the file. Numbers are no formulas.
fn is_formula(text: &str) -> bool {
    match text.as_bytes().first() {
        Some(b'=' | b'@' | b'\t' | b'\r') => true,
        Some(b'+' | b'-') => text.parse::<f64>().is_err(),
        _ => false,
    }
}

fn json_value(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Flag(flag) => (*flag).into(),
        Field::Int(number) => (*number).into(),
        Field::Real(number) => (*number).into(),
        Field::Text(text) => text.as_str().into(),
        Field::Json(value) => value.clone(),
        Field::Time(time) => time.to_rfc3339().into(),
        Field::Uuid(id) => id.hyphenated().to_string().into(),
    }
}

impl From<ExportedName> for Exported {
    fn from(name: ExportedName) -> Self {
        match name {
            ExportedName::Runs => Self::Runs,
            ExportedName::Steps => Self::Steps,
            ExportedName::Measurements => Self::Measurements,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_a_spreadsheet_would_compute_is_shown_instead() {
        let table = [
            ("=1+1", true),
            ("@SUM(A1)", true),
            ("\tx", true),
            ("+cmd|' /C calc'!A0", true),
            ("-2+3", true),
            ("-3.3", false),
            ("+1e-3", false),
            ("SN-=1", false),
            ("", false),
        ];
        for (text, is_formula) in table {
            let field = Field::Text(text.to_owned());
            let shown = csv_text(&field, Texts::Shown);
            assert_eq!(shown.starts_with('\''), is_formula, "{text}");
            assert_eq!(csv_text(&field, Texts::AsTheyAre), text);
        }
    }

    #[test]
    fn numbers_of_a_column_look_alike() {
        let text = |number| csv_text(&Field::Real(number), Texts::Shown).into_owned();
        assert_eq!(text(3.0), "3.0");
        assert_eq!(text(-0.1), "-0.1");
        assert_eq!(text(1e300), "1e300");
    }
}
