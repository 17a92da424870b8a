//! `PyVISA` in a package: fetched from an index, then vendored with no network in sight.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::bench::{alone, fetched_wheels, offline, path_without_uv, uv};
use crate::faults::records::{end_of_step, only};
use crate::rig::{Outcome, Rig, repository};

/// A meter that speaks SCPI over TCP; gives its port.
fn meter() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut answers = stream.try_clone().unwrap();
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    let answer = match line.trim() {
                        "*IDN?" => "Example,DMM-SIM,0007,1.0",
                        "MEAS:VOLT:DC?" => "+4.99812E+00",
                        _ => continue,
                    };
                    writeln!(answers, "{answer}").unwrap();
                }
            });
        }
    });
    port
}

/// An index of packages as pip and uv ask it, over HTTP; gives its address.
fn index(wheels: &Path) -> String {
    let mut files: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for entry in fs::read_dir(wheels).unwrap().flatten() {
        let path = entry.path();
        let file = entry.file_name().into_string().unwrap();
        let is_wheel = path.extension().is_some_and(|ending| ending == "whl");
        if let Some((name, _)) = file.split_once('-').filter(|_| is_wheel) {
            let name = name.replace(['_', '.'], "-").to_lowercase();
            files.entry(name).or_default().push(path);
        }
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut request = String::new();
            let mut lines = BufReader::new(stream.try_clone().unwrap());
            lines.read_line(&mut request).unwrap();
            let mut header = String::from("-");
            while !header.trim().is_empty() {
                header.clear();
                lines.read_line(&mut header).unwrap();
            }
            let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
            let (status, kind, body) = answer(&path, &files);
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
                 Connection: close\r\n\r\n",
                body.len()
            );
            let mut stream = stream;
            stream.write_all(head.as_bytes()).unwrap();
            if !request.starts_with("HEAD") {
                stream.write_all(&body).unwrap();
            }
        }
    });
    format!("http://{address}/simple")
}

fn answer(
    path: &str,
    files: &BTreeMap<String, Vec<PathBuf>>,
) -> (&'static str, &'static str, Vec<u8>) {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let found = parts.get(1).and_then(|name| files.get(*name));
    match (found, parts.get(2)) {
        (Some(files), None) => {
            let mut page = "<!DOCTYPE html><html><body>".to_owned();
            for file in files {
                let name = file.file_name().unwrap().to_string_lossy();
                let _ = write!(page, "<a href=\"{name}\">{name}</a> ");
            }
            page.push_str("</body></html>");
            ("200 OK", "text/html", page.into_bytes())
        }
        (Some(files), Some(wanted)) => {
            let file = files.iter().find(|file| file.ends_with(wanted)).unwrap();
            let kind = "application/octet-stream";
            ("200 OK", kind, fs::read(file).unwrap())
        }
        (None, _) => ("404 Not Found", "text/plain", Vec::new()),
    }
}

/// The package of the fixtures, where a wheel folder can be put into it.
fn package(rig: &Rig) -> PathBuf {
    let folder = rig.work().join("visa-bench");
    let source = repository().join("fixtures/packages/visa-bench");
    let mut command = std::process::Command::new("cp");
    let copied = command.arg("-r").arg(source).arg(&folder).status().unwrap();
    assert!(copied.success());
    folder
}

fn run_args(port: u16) -> [String; 6] {
    let meter = format!("meter=TCPIP::127.0.0.1::{port}::SOCKET");
    [
        "run",
        "visa-bench",
        "--serial=V1",
        "--format=json",
        "--var",
        &meter,
    ]
    .map(str::to_owned)
}

fn measured(outcome: &Outcome) {
    let events = outcome.json_events();
    let step = end_of_step(&events, "Measure 5 V");
    assert_eq!(step["outputs"]["voltage"], 4.99812, "{outcome}");
    let supply = end_of_step(&events, "Switch on 5 V");
    assert_eq!(supply["outputs"]["is_on"], true, "{outcome}");
}

#[test]
fn pyvisa_comes_from_an_index_once_and_then_starts_at_once() {
    let Some(wheels) = fetched_wheels() else {
        eprintln!("skipped: PyVISA is not there; tests/run fetches it");
        return;
    };
    let path = match uv() {
        Some(uv) => format!("{}:{}", uv.parent().unwrap().display(), path_without_uv()),
        None => path_without_uv(),
    };
    let index = index(&wheels);
    let rig = Rig::new()
        .env("PATH", &path)
        .env("PIP_INDEX_URL", &index)
        .env("PIP_FIND_LINKS", "")
        .env("no_proxy", "127.0.0.1");
    package(&rig);
    let port = meter();
    let first = rig.run(run_args(port)).passes().stderr("built in");
    measured(&first);

    // With nothing to build the runner is there in less than a tenth of a second; twice that is
    // left to a machine that does other things, and the best of five counts.
    let mut best = (u64::MAX, u128::MAX);
    for _ in 0..5 {
        let begin = Instant::now();
        let again = rig.run(run_args(port)).passes();
        measured(&again);
        let events = again.json_events();
        let runner = only(&events, "runner_started");
        let ready = runner["time"].as_u64().unwrap()
            - only(&events, "run_started")["time"].as_u64().unwrap();
        best = best.min((
            runner["start_ms"].as_u64().unwrap(),
            u128::from(ready / 1000),
        ));
        println!("whole command: {:?}", begin.elapsed());
    }
    let (start_ms, ready_ms) = best;
    println!("second run: the runner started in {start_ms} ms, ready {ready_ms} ms into the run");
    assert!(start_ms < 200 && ready_ms < 200, "{best:?}");
}

#[test]
fn vendored_pyvisa_drives_simulated_instruments_with_no_network() {
    let Some(wheels) = fetched_wheels() else {
        eprintln!("skipped: PyVISA is not there; tests/run fetches it");
        return;
    };
    let rig = Rig::new().env("PATH", &path_without_uv());
    let folder = package(&rig).join("wheels");
    fs::create_dir(&folder).unwrap();
    for entry in fs::read_dir(wheels).unwrap().flatten() {
        fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
    }
    let (rig, unshared) = offline(rig);
    let port = meter();
    // Built where there is no network at all; the meter is behind one, if only the loopback.
    let describe = rig.command(["runner", "describe", "visa-bench"]);
    rig.finish(alone(&describe, unshared), "maestro runner describe")
        .passes()
        .stderr("pip, from wheels")
        .shows("visa_bench.identify(resource)");
    let outcome = rig.run(run_args(port)).passes().silent();
    measured(&outcome);
}
