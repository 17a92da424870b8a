//! The real visa-rs, against a small stand-in for a vendor's library.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use super::scpi::{log, reason, rig, run, verdict};
use super::simulated::{Simulated, SimulatedLine};
use crate::faults::records::of_kind;
use crate::rig::{Rig, repository};

/// The stand-in, compiled once for all tests of this process.
fn library() -> &'static str {
    static LIBRARY: OnceLock<(tempfile::TempDir, String)> = OnceLock::new();
    let (_, path) = LIBRARY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("libstandin.so");
        let source = repository().join("tests/it/instrument/stand_in.c");
        let status = Command::new("cc")
            .args([
                "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o",
            ])
            .args([&path, &source])
            .status()
            .unwrap();
        assert!(status.success(), "the stand-in does not compile");
        let path = path.display().to_string();
        (folder, path)
    });
    path
}

fn resource(instrument: &Simulated, kind: &str) -> String {
    format!("USB0::1::{}::{kind}::INSTR", instrument.port)
}

/// A station with these steps, this instrument and the stand-in.
fn bench(steps: &str, resource: &str) -> Rig {
    rig(steps, resource).env("MAESTRO_VISA_LIBRARY", library())
}

#[test]
fn instrument_is_driven_through_the_library() {
    for kind in ["SIM", "UNLOCKABLE", "PIECES"] {
        let instrument = Simulated::listen();
        let rig = bench(super::scpi::SESSION, &resource(&instrument, kind));
        let events = run(&rig).passes().json_events();
        assert!(!instrument.bench.is_on());
        assert_eq!(instrument.bench.connections(), 1, "{kind}");
        let log = log(&events);
        assert!(
            log.contains("the stand-in prints on standard output"),
            "{log}"
        );
        assert!(log.contains("::INSTR: > \"OUTP ON\\n\""), "{log}");
    }
}

#[test]
fn late_answer_is_cleared_away_and_a_waiting_read_ends_at_once() {
    let steps = r#"
    - {name: Late, runner: scpi, resource: "{{cfg.PSU}}?timeout_ms=200", query: "LATE?", timeout_ms: 20000, retry: {count: 0}}
    - {name: After, runner: scpi, resource: "{{cfg.PSU}}", query: "OUTP?", timeout_ms: 20000, measurement: {name: O, operator: equal, target: 0}}
    - {name: Waits, runner: scpi, resource: "{{cfg.PSU}}", query: "NEVER?", timeout_ms: 300, grace_ms: 15000}
  teardown:
    - {name: "Off", runner: scpi, resource: "{{cfg.PSU}}", query: "OUTP?", timeout_ms: 20000, measurement: {name: O, operator: equal, target: 0}}
"#;
    let instrument = Simulated::listen();
    let rig = bench(steps, &resource(&instrument, "SIM"));
    // A read that heard nothing would wait for the 15 s of its grace.
    let events = run(&rig)
        .exit(5)
        .within(Duration::from_secs(14))
        .json_events();
    assert!(reason(&events, "Late").contains("within 200 ms"));
    for (step, expected) in [("After", "PASS"), ("Waits", "ABORTED"), ("Off", "PASS")] {
        assert_eq!(verdict(&events, step), expected, "{step}");
    }
    assert_eq!(
        of_kind(&events, "runner_started").count(),
        1,
        "it was not killed"
    );
    let log = log(&events);
    assert!(
        log.contains("`LATE?` was left without an answer; the instrument was cleared"),
        "{log}"
    );
}

#[test]
fn clear_that_takes_its_time_leaves_the_next_answer_alone() {
    // The first clear takes 500 ms, the answer after it 900 ms.
    let steps = r#"
    - {name: Waits, runner: scpi, resource: "{{cfg.PSU}}", query: "NEVER?", timeout_ms: 300, grace_ms: 15000}
  teardown:
    - {name: Next, runner: scpi, resource: "{{cfg.PSU}}", query: "SLOW? 900", timeout_ms: 20000, measurement: {name: O, operator: equal, target: 7}}
"#;
    let instrument = Simulated::listen();
    let rig = bench(steps, &resource(&instrument, "SLOW"));
    let events = run(&rig).exit(4).json_events();
    assert_eq!(verdict(&events, "Waits"), "ABORTED");
    assert_eq!(verdict(&events, "Next"), "PASS", "{}", log(&events));
}

#[test]
fn library_that_hangs_or_crashes_ends_a_step_and_no_run() {
    let steps = r#"
    - {name: Crash, runner: scpi, resource: "{{cfg.PSU}}", query: "CRASH?", timeout_ms: 20000}
    - {name: Lives, runner: scpi, resource: "{{cfg.PSU}}", query: "OUTP?", timeout_ms: 20000}
    - {name: Hang, runner: scpi, resource: "{{cfg.PSU}}", query: "NEVER?", timeout_ms: 300, grace_ms: 200}
  teardown:
    - {name: "Off", runner: scpi, resource: "{{cfg.PSU}}", write: OUTP OFF, opc: true, timeout_ms: 20000}
"#;
    let instrument = Simulated::listen();
    let rig = bench(steps, &resource(&instrument, "HANGS"));
    let events = run(&rig)
        .exit(5)
        .within(Duration::from_secs(20))
        .json_events();
    for (step, expected) in [
        ("Crash", "ERROR"),
        ("Lives", "PASS"),
        ("Hang", "ABORTED"),
        ("Off", "PASS"),
    ] {
        assert_eq!(verdict(&events, step), expected, "{step}");
    }
}

#[test]
fn what_the_library_says_is_told() {
    let instrument = Simulated::listen();
    let steps = "    - {name: A, runner: scpi, resource: '{{cfg.PSU}}', query: '*IDN?', timeout_ms: 20000}\n";
    for (kind, says) in [
        ("TAKEN", "is in use by another program"),
        ("STRANGE", "to CompletionCode failed"),
    ] {
        let rig = bench(steps, &resource(&instrument, kind));
        let events = run(&rig).exit(5).json_events();
        let reason = reason(&events, "A");
        assert!(reason.contains(says), "{kind}: {reason}");
    }
    let rig = bench(steps, "GPIB0::5::INSTR");
    let events = run(&rig).exit(5).json_events();
    assert!(reason(&events, "A").contains("cannot be opened: "));
}

#[test]
fn without_a_library_the_way_out_is_told_and_sockets_and_serial_lines_work() {
    let socket = Simulated::listen();
    let line = SimulatedLine::plug_in();
    let steps = format!(
        r#"
    - {{name: Visa, runner: scpi, resource: "GPIB0::5::INSTR", query: "*IDN?", timeout_ms: 20000}}
    - {{name: Socket, runner: scpi, resource: "{}", query: "OUTP?", timeout_ms: 20000}}
    - {{name: Serial, runner: scpi, resource: "{}", query: "OUTP?", timeout_ms: 20000}}
"#,
        socket.resource(),
        line.resource()
    );
    let rig = rig(&steps, "").env("MAESTRO_VISA_LIBRARY", "/no/such/libvisa.so");
    let events = run(&rig).exit(5).json_events();
    assert!(reason(&events, "Visa").contains("/no/such/libvisa.so"));
    assert_eq!(verdict(&events, "Socket"), "PASS");
    assert_eq!(verdict(&events, "Serial"), "PASS");
    if !has_library() {
        let rig = self::rig(&steps, "");
        let reason = reason(&run(&rig).exit(5).json_events(), "Visa");
        assert!(
            reason.contains("this machine has no VISA library"),
            "{reason}"
        );
        assert!(reason.contains("MAESTRO_VISA_LIBRARY: PATH"), "{reason}");
        rig.run(["runner", "list"])
            .shows("✓ scpi comes with maestro; no VISA library: sockets and serial lines only");
    }
    let path = PathBuf::from(library());
    let station = format!(
        "runners: {{scpi: {{env: {{MAESTRO_VISA_LIBRARY: {}}}}}}}\n",
        path.display()
    );
    Rig::new()
        .file("station.yaml", &station)
        .run(["--config=station.yaml", "runner", "list"])
        .shows(&format!(
            "✓ scpi comes with maestro; VISA library {}",
            path.display()
        ));
}

/// Whether somebody has installed a library on this machine.
fn has_library() -> bool {
    let folders = [
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib64",
        "/usr/lib",
        "/usr/local/lib",
    ];
    let files = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).into_iter().flatten());
    files.flatten().any(|file| {
        let name = file.file_name().to_string_lossy().into_owned();
        name.contains("visa") && name.contains(".so")
    })
}
