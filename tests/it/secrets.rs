//! A run whose test code tells its secrets in every way there is, and a search for them in
//! everything that it leaves.

use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rusqlite::Connection;
use serde_json::Value;

use crate::rig::Rig;

/// With everything in them that some encoding escapes.
const SECRETS: [&str; 4] = [
    "hunter2-hunter2",
    "q\"uo\\te/d 'it' \u{fc}\u{20ac}\u{1f511} +%=&",
    "first line of two\nsecond line of two",
    "/Ab+Cd/Ef9x==",
];

/// What `encodeURIComponent` and its like leave as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

const PYTHON: &str = r#"
import base64, json, logging, os, re, subprocess, sys, time, urllib.parse
import maestro

def forms(text):
    raw = text.encode()
    yield text
    yield text * 3
    yield "(" + text + ")"
    yield repr(text)
    yield ascii(text)
    yield repr(raw)
    for ensure in (True, False):
        yield json.dumps({"password": text}, ensure_ascii=ensure)
        yield json.dumps(json.dumps({text: [text]}, ensure_ascii=ensure), ensure_ascii=ensure)
    for safe in ("", "/", "-_.!~*'()"):
        yield urllib.parse.quote(text, safe=safe)
        yield re.sub("%..", lambda m: m.group().lower(), urllib.parse.quote(text, safe=safe))
    yield urllib.parse.urlencode({"p": text})
    yield "".join("%%%02x" % byte for byte in raw)
    for before in (b"", b"u", b"us", b"user:"):
        for encode in (base64.standard_b64encode, base64.urlsafe_b64encode):
            yield encode(before + raw).decode()
            yield encode(before + raw + b"!").decode().rstrip("=")
            yield "Authorization: Basic " + encode(before + raw).decode()

def say(a, b, c, d):
    secrets = (a, b, c, d)
    for text in secrets:
        for form in forms(text):
            print(form)
            print(form, file=sys.stderr)
            maestro.log("log " + form, level="warning")
            logging.warning("logging %s", form)
            maestro.progress(0.5, "at " + form)
        # Lines that are told in pieces, with the secret across every border.
        for before in range(8192 - len(text.encode()) - 3, 8192 + 2):
            print("x" * before + text)
        print(("y" * 100 + text) * 300)
        maestro.log("z" * (65536 - len(text) // 2) + text)
        # A line that comes in several writes.
        half = len(text) // 2
        for piece in (text[:half], text[half:], "\n"):
            sys.stderr.write(piece)
            sys.stderr.flush()
            time.sleep(0.02)
        subprocess.run([sys.executable, "-c", "import sys; print(sys.argv[1])", text])
    return True

def half(a):
    sys.stderr.write("begun " + a[:9])
    sys.stderr.flush()

def other_half(a):
    sys.stderr.write(a[9:] + " ended\n")
    sys.stderr.flush()

def give(a, b, c, d):
    for index, text in enumerate((a, b, c, d)):
        maestro.artifact(("file of " + text).encode(), name="name of " + text)
        maestro.artifact(b"\xff\x00" * 40000 + text.encode() + b"\xfe", name="bytes%d.bin" % index)
        maestro.measure("told %d" % index, text)
        maestro.measure("told by name " + text, 1.0)
    return {
        "texts": [a, b, {"deep": c, d: d}], a: "as key",
        "long": " ".join(form for text in (a, b, c, d) for form in forms(text)) * 20,
        "number": 12345678, "body": json.dumps({"a": a, "b": b, "c": c, "d": d}),
        "said": "token=" + a + "; " + d,
    }

def ask(a):
    maestro.prompt("is " + a + " right?", buttons=[{"name": "Yes", "action": "continue"}], title=a)

def fail(a, b):
    raise maestro.Fail("wrong password " + a + " " + repr(b))

def crash(a, b):
    try:
        raise KeyError(b)
    except KeyError as error:
        raise ValueError("cannot log in with " + a) from error

def die(a, b):
    print("last words: " + a + " " * 150 + b, file=sys.stderr, flush=True)
    os._exit(3)
"#;

fn main_yaml() -> String {
    let call = |name: &str, function: &str, parameters: &str| {
        format!(
            "    - name: {name}\n      runner: python\n      module: module\n      function: {function}\n      \
             timeout_ms: 60000\n      parameters: {{{parameters}}}\n"
        )
    };
    let (a, b) = ("a: '{{cfg.S0}}'", "b: '{{cfg.S1}}'");
    let all = format!("{a}, {b}, c: '{{{{cfg.S2}}}}', d: '{{{{cfg.S3}}}}'");
    let mut steps = String::new();
    for text in [
        call("Say it", "say", &all),
        call("Half of it", "half", a),
        call("The other half", "other_half", a),
        call("Give it", "give", &all),
        call(
            "'Named {{cfg.S0}} and {{cfg.S1}}'",
            "half",
            "a: '{{cfg.S1}}'",
        ),
        call("Ask", "ask", a),
        call("Fail", "fail", &format!("{a}, {b}")),
        call("Crash", "crash", &format!("{a}, {b}")),
        call("Die", "die", &format!("{a}, {b}")),
    ] {
        steps.push_str(&text);
    }
    for (index, secret) in ["S0", "S1", "S2", "S3"].iter().enumerate() {
        writeln!(
            steps,
            "    - {{name: Compare {index}, type: mock, precondition: \
             \"cfg.{secret} != 'x'\", measurement: {{name: m{index}, type: string, value: \
             'is {{{{cfg.{secret}}}}}', expected: 'not {{{{cfg.{secret}}}}}'}}}}"
        )
        .unwrap();
    }
    let prompt = "    - {name: Prompt, type: prompt, prompt: {message: \
                  'Enter {{cfg.S0}}', title: '{{cfg.S1}}', input: {mode: text, default: \
                  '{{cfg.S0}}'}}}\n";
    format!(
        "test:\n  name: Leaky\n  version: 1.0.0\n  variables: {{leak: none, copy: '{{{{cfg.S1}}}}'}}\n  policy: \
         {{on_step_failure: continue}}\n  steps:\n{steps}{prompt}"
    )
}

/// Every text that nothing may hold: raw, JSON-escaped, percent-encoded, base64 at each place.
fn forbidden() -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for text in SECRETS {
        forms.push(text.as_bytes().to_vec());
        let json = Value::from(text).to_string();
        forms.push(json.as_bytes()[1..json.len() - 1].to_vec());
        let ascii: String = json[1..json.len() - 1]
            .encode_utf16()
            .map(|unit| match unit {
                0..0x80 => char::from(unit as u8).to_string(),
                unit => format!("\\u{unit:04x}"),
            })
            .collect();
        forms.push(ascii.into_bytes());
        for set in [NON_ALPHANUMERIC, UNRESERVED] {
            let percent = utf8_percent_encode(text, set).to_string();
            forms.push(lower_hex(&percent).into_bytes());
            forms.push(percent.into_bytes());
        }
        for before in 0..3 {
            for engine in [&STANDARD, &URL_SAFE] {
                let padded = [vec![0; before], text.as_bytes().to_vec()].concat();
                let encoded = engine.encode(&padded);
                // The characters that stand for nothing else than the secret.
                let (start, end) = ((before * 8).div_ceil(6), padded.len() * 8 / 6);
                forms.push(encoded.as_bytes()[start..end].to_vec());
            }
        }
        forms.extend(text.lines().map(|line| line.as_bytes().to_vec()));
    }
    forms.sort();
    forms.dedup();
    forms
}

/// The digits behind `%` in lower case.
fn lower_hex(percent: &str) -> String {
    let mut digits = 0;
    let lower = |c: char| {
        digits = if c == '%' {
            2
        } else {
            i32::max(digits - 1, -1)
        };
        if digits >= 0 && c != '%' {
            c.to_ascii_lowercase()
        } else {
            c
        }
    };
    percent.chars().map(lower).collect()
}

#[track_caller]
fn assert_clean(bytes: &[u8], place: &str) {
    static FORBIDDEN: LazyLock<AhoCorasick> =
        LazyLock::new(|| AhoCorasick::new(forbidden()).unwrap());
    if let Some(found) = FORBIDDEN.find(bytes) {
        let around = found.start().saturating_sub(60)..(found.end() + 60).min(bytes.len());
        let shown = |range: Range<usize>| String::from_utf8_lossy(&bytes[range]).into_owned();
        panic!(
            "{:?} is in {place}: {:?}",
            shown(found.range()),
            shown(around)
        );
    }
}

/// Every file below a folder but the one that holds the secrets.
fn assert_folder_is_clean(folder: &Path, count: &mut u32) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert_clean(name.as_bytes(), "the name of a file");
        if path.is_dir() {
            assert_folder_is_clean(&path, count);
        } else if name != "secrets.json" {
            assert_clean(&fs::read(&path).unwrap(), &path.display().to_string());
            *count += 1;
        }
    }
}

/// All rows of all tables, since a page may split a text.
fn assert_database_is_clean(path: &Path) {
    let database = Connection::open(path).unwrap();
    let mut tables = database
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
        .unwrap();
    let tables: Vec<String> = tables
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(tables.len() > 20);
    let mut cells = 0;
    for table in tables {
        let mut rows = database.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                if let Ok(text) = row.get::<_, String>(column) {
                    assert_clean(text.as_bytes(), &format!("table {table}"));
                    cells += 1;
                }
            }
        }
    }
    assert!(cells > 1000, "{cells} cells are not the record of this run");
}

/// A station whose config holds the secrets, and the package that tells them.
fn leaky() -> Rig {
    let mut rig = Rig::new().package("leaky", &main_yaml(), PYTHON);
    for (index, text) in SECRETS.iter().enumerate() {
        rig = rig.file(&format!("secret{index}"), text);
    }
    rig
}

fn set_secrets(rig: &Rig) {
    for index in 0..SECRETS.len() {
        let scope = if index % 2 == 0 { "global" } else { "station" };
        let (key, file) = (format!("S{index}"), format!("secret{index}"));
        let args = [
            "config", "set", &key, "--secret", "--from", &file, "--scope", scope,
        ];
        let outcome = rig.run(args).passes();
        assert_clean(outcome.stderr.as_bytes(), "config set");
    }
}

fn run_all_ways(rig: &Rig) {
    let run = [
        "run",
        "leaky",
        "--serial",
        "SN-1",
        "--unattended",
        "--headless",
    ];
    let leak = format!("--var=leak={}", SECRETS[1]);
    let ways: [&[&str]; 3] = [
        &[
            "--verbose",
            "--report=json:report.json",
            "--report=junit:report.xml",
            "--record=recording.jsonl",
        ],
        &["--format=json", "--report=html:report.html"],
        &["--quiet", &leak],
    ];
    for (number, more) in ways.iter().enumerate() {
        // No report of that form yet: the run goes without.
        let more: Vec<&str> = more
            .iter()
            .copied()
            .filter(|arg| !arg.contains("html"))
            .collect();
        let outcome = rig.run([&run[..], &more].concat());
        assert!(matches!(outcome.code, 1 | 5), "{outcome}");
        assert_clean(outcome.stdout.as_bytes(), "standard output");
        assert_clean(outcome.stderr.as_bytes(), "standard error");
        if number == 0 {
            assert!(outcome.stdout.contains("***"), "{outcome}");
        }
        if number == 1 {
            let events = outcome.json_events();
            let logs = events
                .iter()
                .filter(|event| event["type"] == "logged")
                .count();
            assert!(
                logs > 800,
                "{logs} lines: the test code did not tell everything"
            );
            // The code got the clear text: it compared and measured with it.
            let told = outcome.stdout.contains("\"begun ***");
            assert!(told, "{}", &outcome.stdout[..2000]);
        }
    }
    let shown: [&[&str]; 8] = [
        &["results", "show", "--verbose"],
        &["results", "show", "--format=json"],
        &["results", "list"],
        &["config", "list"],
        &["config", "list", "--format=json"],
        &["config", "merged"],
        &["config", "export"],
        &["config", "history", "--format=json"],
    ];
    for args in shown {
        let outcome = rig.run(args).passes();
        assert_clean(outcome.stdout.as_bytes(), &args.join(" "));
        assert_clean(outcome.stderr.as_bytes(), &args.join(" "));
    }
    for report in ["report.json", "report.xml", "recording.jsonl"] {
        let text = fs::read(rig.work().join(report)).unwrap();
        assert!(text.len() > 10_000);
        assert_clean(&text, report);
    }
    let recorded = fs::read_to_string(rig.work().join("recording.jsonl")).unwrap();
    assert_clean(told_in_pieces(&recorded).as_bytes(), "the recorded log");
}

/// What a recording has of the log, without the borders between the pieces of a long line.
fn told_in_pieces(recording: &str) -> String {
    let lines = recording
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let said: Vec<Value> = lines
        .filter_map(|line| line["said"].as_array().cloned())
        .flatten()
        .collect();
    let told = said
        .iter()
        .filter_map(|said| said["log"]["message"].as_str());
    told.collect()
}

#[test]
fn secret_that_test_code_tells_is_nowhere_in_files_screens_and_reports() {
    let rig = leaky();
    set_secrets(&rig);
    run_all_ways(&rig);
    let mut files = 0;
    assert_folder_is_clean(&rig.home(), &mut files);
    assert!(files > 20, "{files} files are not those of three runs");
    assert_database_is_clean(&rig.home().join("maestro.sqlite3"));
    let kept = fs::read_to_string(rig.home().join("secrets.json")).unwrap();
    assert!(kept.contains(SECRETS[0]), "the test looks for nothing");
}

#[test]
#[cfg(feature = "postgres")]
fn secret_of_the_shared_config_is_nowhere_in_a_dump_of_its_database() {
    use crate::servers::TestDatabase;

    let database = TestDatabase::new();
    let rig = leaky().env("MAESTRO_DATABASE_URL", &database.url());
    set_secrets(&rig);
    run_all_ways(&rig);
    rig.run(["sync"]).passes();
    let mut files = 0;
    assert_folder_is_clean(&rig.home(), &mut files);
    assert_database_is_clean(&rig.home().join("maestro.sqlite3"));
    let mut client = database.client();
    let tables = client
        .query(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'station_secrets'",
            &[],
        )
        .unwrap();
    let mut rows = 0;
    for table in tables {
        let table: String = table.get(0);
        for row in client
            .query(&format!("SELECT to_json(t)::text FROM {table} t"), &[])
            .unwrap()
        {
            let value: Value = serde_json::from_str(row.get(0)).unwrap();
            for cell in value.as_object().unwrap().values() {
                let text = cell
                    .as_str()
                    .map_or_else(|| cell.to_string(), str::to_owned);
                assert_clean(text.as_bytes(), &table);
            }
            rows += 1;
        }
    }
    assert!(rows > 1000, "{rows} rows are not the record of three runs");
    let kept = client
        .query("SELECT value FROM station_secrets", &[])
        .unwrap();
    assert_eq!(kept.len(), SECRETS.len(), "the test looks for nothing");
}

#[test]
#[cfg(feature = "redis")]
fn secret_is_in_no_variable_and_no_event_that_redis_gets() {
    use std::io::{Read as _, Write as _};
    use std::net::{Shutdown, TcpStream};

    use crate::servers::RedisServer;

    let server = RedisServer::start();
    let rig = leaky().env("MAESTRO_REDIS_URL", &server.url());
    set_secrets(&rig);
    let mut monitor = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    monitor.write_all(b"MONITOR\r\n").unwrap();
    let mut answer = [0; 5];
    monitor.read_exact(&mut answer).unwrap();
    let mut ear = monitor.try_clone().unwrap();
    let heard = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = ear.read_to_end(&mut bytes);
        bytes
    });
    let leak = format!("--var=leak={}", SECRETS[3]);
    rig.run([
        "run",
        "leaky",
        "--serial=SN-1",
        "--unattended",
        "--headless",
        &leak,
    ]);
    monitor.shutdown(Shutdown::Both).unwrap();
    let heard = unescaped(&heard.join().unwrap());
    let text = String::from_utf8_lossy(&heard);
    for part in [
        "realm:",
        ":leak",
        "maestro:events:rig",
        "step_finished",
        "***",
    ] {
        assert!(text.contains(part), "the test heard no {part}");
    }
    assert_clean(&heard, "what Redis got");
}

/// What Redis showed in quotes, as it was.
#[cfg(feature = "redis")]
fn unescaped(shown: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(shown.len());
    let mut rest = shown.iter().copied();
    while let Some(byte) = rest.next() {
        let escaped = if byte == b'\\' { rest.next() } else { None };
        bytes.push(match escaped {
            None => byte,
            Some(b'n') => b'\n',
            Some(b't') => b'\t',
            Some(b'x') => {
                let digits = [rest.next(), rest.next()].map(Option::unwrap_or_default);
                let digits = String::from_utf8_lossy(&digits).into_owned();
                u8::from_str_radix(&digits, 16).unwrap()
            }
            Some(other) => other,
        });
    }
    bytes
}
