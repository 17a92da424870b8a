//! The value of `config set`: where it comes from, and what it is.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde_json::Value;

use super::ask::ask_secret;
use crate::cli::args::{ConfigSetArgs, ValueType};
use crate::cli::console::Console;
use crate::cli::exit::Failure;
use crate::cli::settings::Settings;
use crate::cli::station::told;
use crate::source::{SourceFile, Sources};
use crate::station::config::{NewValue, Secret, document};

/// Bytes that a value may take.
const LONGEST: u64 = 64 * 1024;

/// Bytes that a secret may take: every form of it is looked for in every text of a run.
const LONGEST_SECRET: usize = 8 * 1024;

/// What the command line makes of the value.
pub(super) fn of(
    args: &ConfigSetArgs,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<NewValue, Failure> {
    if args.secret {
        return secret(args, settings, console).map(NewValue::Secret);
    }
    let text = match (&args.value, &args.from) {
        (Some(text), _) => text.clone(),
        (None, Some(path)) => without_line_end(read(path, settings)?),
        (None, None) if args.category.is_some() || args.description.is_some() => {
            return Ok(NewValue::Kept);
        }
        (None, None) => {
            return Err(Failure::usage("there is no value").help(
                "give it behind the key, read it with --from FILE, or keep a secret with --secret",
            ));
        }
    };
    refuse_nul(&text)?;
    typed(&text, args.value_type).map(NewValue::Plain)
}

fn secret(
    args: &ConfigSetArgs,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<Secret, Failure> {
    let text = match (&args.value, &args.from) {
        (Some(text), _) => {
            console.warning(
                "the secret stood on the command line, where other users and the shell's history \
                 see it; without a value it is asked for, or read from standard input",
            );
            text.clone()
        }
        (None, Some(path)) => without_line_end(read(path, settings)?),
        (None, None) if settings.terminal.can_ask() => ask_secret(&args.key, console)?,
        (None, None) => without_line_end(read(Path::new("-"), settings)?),
    };
    refuse_nul(&text)?;
    if text.len() > LONGEST_SECRET {
        return Err(Failure::usage(format!(
            "a secret has at most {LONGEST_SECRET} bytes, and this has {}",
            text.len()
        )));
    }
    Secret::new(text).map_err(|error| {
        Failure::usage(error.to_string())
            .help("a short text would be masked wherever it stands in a record by chance")
    })
}

/// A file or standard input, as text.
pub(super) fn read(path: &Path, settings: &Settings) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let (shown, done) = if path == Path::new("-") {
        let done = io::stdin().take(LONGEST + 1).read_to_end(&mut bytes);
        ("standard input".to_owned(), done)
    } else {
        let path = settings.resolve(path);
        let done =
            File::open(&path).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes));
        (path.display().to_string(), done)
    };
    done.map_err(|error| Failure::usage(format!("cannot read {shown}: {error}")))?;
    if bytes.len() as u64 > LONGEST {
        return Err(Failure::usage(format!(
            "{shown} is longer than {LONGEST} bytes"
        )));
    }
    String::from_utf8(bytes).map_err(|_| Failure::usage(format!("{shown} is no UTF-8 text")))
}

/// Editors and `echo` end a text with one; nobody means it.
fn without_line_end(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    text
}

fn refuse_nul(text: &str) -> Result<(), Failure> {
    if text.contains('\0') {
        return Err(Failure::usage("a value cannot hold a NUL character"));
    }
    Ok(())
}

fn typed(text: &str, value_type: ValueType) -> Result<Value, Failure> {
    let is_not = |what: &str| {
        Err(Failure::usage(format!("`{text}` is not {what}")).help("--type says what the value is"))
    };
    match value_type {
        ValueType::Text => Ok(text.into()),
        ValueType::Auto => auto(text),
        ValueType::Yaml => yaml(text),
        ValueType::Json => serde_json::from_str(text)
            .map_err(|error| Failure::usage(format!("the value is no JSON: {error}"))),
        ValueType::Number => match serde_json::from_str(text.trim()) {
            Ok(Value::Number(number)) => Ok(Value::Number(number)),
            _ => is_not("a number"),
        },
        ValueType::Boolean => match text.trim() {
            "true" => Ok(true.into()),
            "false" => Ok(false.into()),
            _ => is_not("true or false"),
        },
    }
}

/// As `--var` does it; a bracket begins a list or a mapping, in JSON or YAML.
fn auto(text: &str) -> Result<Value, Failure> {
    match serde_json::from_str(text) {
        Ok(value) => Ok(value),
        Err(_) if text.trim_start().starts_with(['[', '{']) => {
            yaml(text).map_err(|failure| failure.help("--type text keeps it as it is"))
        }
        Err(_) => Ok(text.into()),
    }
}

fn yaml(text: &str) -> Result<Value, Failure> {
    let mut sources = Sources::default();
    let source = sources.add(SourceFile::new("value", "value".into(), text));
    let mut findings = Vec::new();
    let value = document::read_value(text, source, &mut findings);
    match findings.iter().find(|finding| finding.is_error()) {
        Some(finding) => Err(Failure::usage(told(finding, &sources))),
        None => Ok(value.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn value_is_what_it_reads_as() {
        let table = [
            ("5025", json!(5025)),
            ("1.0", json!(1.0)),
            ("true", json!(true)),
            ("null", json!(null)),
            ("[1, a]", json!([1, "a"])),
            ("{host: h, port: 1}", json!({"host": "h", "port": 1})),
            ("{\"host\": \"h\"}", json!({"host": "h"})),
            ("\"5025\"", json!("5025")),
            ("0012", json!("0012")),
            ("10.0.0.7:5025", json!("10.0.0.7:5025")),
            ("yes", json!("yes")),
            ("Note: check it", json!("Note: check it")),
            ("# no comment", json!("# no comment")),
            ("", json!("")),
        ];
        for (text, value) in table {
            assert_eq!(typed(text, ValueType::Auto), Ok(value), "{text}");
        }
        let failure = typed("{a: b", ValueType::Auto).unwrap_err();
        assert_eq!(
            failure.help.as_deref(),
            Some("--type text keeps it as it is")
        );
    }

    #[test]
    fn type_is_kept_to() {
        assert_eq!(typed("5", ValueType::Text), Ok(json!("5")));
        assert_eq!(typed(" 5 ", ValueType::Number), Ok(json!(5)));
        assert_eq!(typed("a: [1]", ValueType::Yaml), Ok(json!({"a": [1]})));
        for (text, value_type) in [
            ("5 V", ValueType::Number),
            ("yes", ValueType::Boolean),
            ("{a: 1}", ValueType::Json),
        ] {
            assert!(typed(text, value_type).is_err(), "{text}");
        }
    }

    #[test]
    fn one_line_end_is_left_out() {
        for (text, left) in [
            ("a\n", "a"),
            ("a\r\n", "a"),
            ("a\n\n", "a\n"),
            ("a", "a"),
            ("\n", ""),
        ] {
            assert_eq!(without_line_end(text.to_owned()), left);
        }
    }
}
