//! The station's `safe_state`: after a kill, after cleanup that failed, and never otherwise.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::faults::records::assert_no_process;
use crate::instrument::simulated::Simulated;
use crate::live::{Live, eventually};
use crate::rig::Rig;
use crate::seat::{Bare, Seat};

/// A supply that is switched by a file, and a cleanup that can be told to fail.
const MAIN: &str = "\
test:
  name: Supply
  version: 1.0.0
  variables: { hold: 0, broken: 0 }
  steps:
    - { name: 'On', runner: command, program: /bin/sh, args: [-c, 'echo on >> ../supply'], timeout_ms: 5000 }
    - { name: Hold, type: delay, duration: '{{hold}}' }
  teardown:
    - { name: 'Off', runner: command, program: /bin/sh, args: [-c, 'exit {{broken}}'], timeout_ms: 5000 }
";

/// The first step fails, and the second runs all the same.
const STATION: &str = "\
station_id: rig
cfg: { SUPPLY: ../supply, PASSWORD: x }
safe_state:
  - { name: Load off, runner: command, program: /nonexistent/load, timeout_ms: 2000 }
  - { name: Settle, type: delay, duration: 0.01 }
  - { name: Supply off, runner: command, program: /bin/sh, args: [-c, 'echo off >> {{cfg.SUPPLY}}'], timeout_ms: 2000 }
";

fn rig(station: &str) -> Rig {
    let station = station.replace("../supply", "supply");
    let rig = Rig::new().package("supply-test", MAIN, "");
    let config = rig.work().join("station.yaml");
    rig.file("station.yaml", &station)
        .env("MAESTRO_CONFIG", config.to_str().unwrap())
}

fn supply(rig: &Rig) -> String {
    fs::read_to_string(rig.work().join("supply")).unwrap_or_default()
}

/// Name and verdict of the steps of section `safe_state`, from the record.
fn made_safe(rig: &Rig) -> Vec<(String, String)> {
    let shown = rig
        .run(["results", "show", "--format", "json"])
        .passes()
        .json();
    let steps = shown["steps"].as_array().unwrap().clone();
    let safe = steps.iter().filter(|step| step["section"] == "safe_state");
    let text = |step: &Value, key: &str| step[key].as_str().unwrap().to_owned();
    safe.map(|step| (text(step, "name"), text(step, "verdict")))
        .collect()
}

fn expected() -> Vec<(String, String)> {
    [
        ("Load off", "ERROR"),
        ("Settle", "PASS"),
        ("Supply off", "PASS"),
    ]
    .map(|(name, verdict)| (name.to_owned(), verdict.to_owned()))
    .to_vec()
}

/// Starts a run and kills it with the supply on.
fn killed(rig: &Rig) {
    let mut run = rig.command([
        "run",
        "supply-test",
        "-s",
        "S1",
        "--var",
        "hold=60",
        "--headless",
    ]);
    let mut child = run.spawn().unwrap();
    let end = Instant::now() + Duration::from_secs(30);
    while !supply(rig).contains("on") {
        assert!(Instant::now() < end, "the supply was never switched on");
        sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn killed_run_leaves_the_supply_on_until_recovery_switches_it_off() {
    let rig = rig(STATION);
    killed(&rig);
    assert_eq!(supply(&rig), "on\n");
    rig.run(["recover"])
        .exit(5)
        .stderr("UNIT MAY BE LIVE")
        .stderr("THE STATION'S SAFE STATE FAILED");
    assert_eq!(supply(&rig), "on\noff\n");
    assert_eq!(made_safe(&rig), expected());
    // Once: what is closed is closed.
    rig.run(["recover"]).passes();
    assert_eq!(supply(&rig), "on\noff\n");
}

#[test]
fn unit_stays_told_as_live_until_somebody_acknowledges_it() {
    let rig = rig(STATION);
    killed(&rig);
    // What is found only now nobody can have looked at.
    rig.run(["recover", "--acknowledge"])
        .exit(5)
        .stderr("of unit S1 was interrupted and is closed as ABORTED: UNIT MAY BE LIVE")
        .stderr("maestro recover --acknowledge");
    let live = rig.run(["recover", "--format", "json"]).passes().json();
    assert_eq!(live[0]["serial_number"], "S1", "{live}");
    assert_eq!(live[0]["may_be_live"], true, "{live}");
    for mode in ["--headless", "--unattended"] {
        rig.run(["run", "supply-test", "-s", "S2", mode])
            .passes()
            .stderr("UNIT MAY BE LIVE: unit S1 since")
            .stderr("its test Supply was interrupted and is closed as ABORTED; THE STATION'S SAFE")
            .stderr("maestro recover --acknowledge");
    }
    rig.run(["recover"])
        .passes()
        .stderr("UNIT MAY BE LIVE: unit S1 since");
    rig.run(["recover", "--acknowledge"])
        .passes()
        .stderr("unit S1 is taken for safe");
    let live = rig.run(["recover", "--format", "json"]).passes().json();
    assert_eq!(live, serde_json::json!([]));
    rig.run(["recover"]).passes().stderr("nothing to recover");
    let run = rig.run(["run", "supply-test", "-s", "S2"]).passes();
    assert!(!run.stderr.contains("LIVE"), "{run}");
}

#[test]
fn unit_of_a_simulated_run_or_of_another_station_is_not_told() {
    let rig = rig(STATION);
    killed(&rig);
    let other = rig.run(["--station", "other", "recover"]).passes();
    assert!(other.stderr.contains("UNIT MAY BE LIVE"), "{other}");
    rig.run(["--station", "other", "recover"])
        .passes()
        .stderr("nothing to recover");
    rig.run(["recover"]).passes().stderr("unit S1");
    let broken = ["run", "supply-test", "-s", "S3", "--var", "broken=3"];
    rig.run(broken.iter().chain(&["--mode", "simulation"]))
        .exit(5);
    let told = rig.run(["recover"]).passes();
    assert!(!told.stderr.contains("S3"), "{told}");
}

#[test]
fn next_run_switches_the_supply_off_before_it_begins() {
    let whole = STATION.replace("/nonexistent/load", "/bin/true");
    let rig = rig(&whole);
    killed(&rig);
    rig.run(["run", "supply-test", "-s", "S2"])
        .passes()
        .stderr("the station's safe_state was carried out");
    assert_eq!(supply(&rig), "on\noff\non\n");
}

/// Waits in the middle until somebody lets it go on.
const SLOW_STATION: &str = "\
station_id: rig
safe_state:
  - { name: Supply off, runner: command, program: /bin/sh, args: [-c, 'echo off >> supply; until [ -e go ]; do sleep 0.01; done'], timeout_ms: 60000 }
";

#[test]
fn no_run_begins_while_its_station_is_made_safe() {
    let rig = rig(SLOW_STATION);
    killed(&rig);
    let recovery = Live::start(rig.command(["recover"]), "maestro recover");
    eventually("the station is being made safe", || {
        supply(&rig).contains("off")
    });
    let run = ["run", "supply-test", "-s", "S2"];
    rig.run(run).exit(6).stderr("station 'rig' slot 1 is busy");
    fs::write(rig.work().join("go"), "").unwrap();
    recovery.end().exit(0);
    rig.run(run).passes();
    assert_eq!(supply(&rig), "on\noff\non\n");
}

#[test]
fn cleanup_that_fails_is_followed_by_the_safe_state_and_a_complete_one_is_not() {
    let rig = rig(STATION);
    rig.run(["run", "supply-test", "-s", "S1"]).passes();
    assert_eq!(supply(&rig), "on\n");
    assert_eq!(made_safe(&rig), []);
    rig.run(["run", "supply-test", "-s", "S1", "--var", "broken=3"])
        .exit(5)
        .shows("UNIT MAY BE LIVE")
        .shows("Safe state of the station")
        .shows("Supply off");
    assert_eq!(supply(&rig), "on\non\noff\n");
    assert_eq!(made_safe(&rig), expected());
}

#[test]
fn step_that_says_too_much_is_recorded_with_its_beginning() {
    let flood = "\
station_id: rig
safe_state:
  - { name: Flood, runner: command, program: /bin/sh, args: [-c, 'yes off | head -c 200000'], timeout_ms: 20000 }
";
    let rig = rig(flood);
    killed(&rig);
    rig.run(["recover"]).passes();
    let show = rig.run(["results", "show", "--format", "json"]).passes();
    let record = show.json();
    let steps = record["steps"].as_array().unwrap();
    let flood = steps.iter().find(|step| step["name"] == "Flood").unwrap();
    assert_eq!(flood["verdict"], "PASS");
    let head = flood["outputs"]["stdout"]["head"].as_str().unwrap();
    assert!(head.starts_with("\"off\\noff"), "{head}");
}

/// A runner that ends after its first answer; the step between waits until it has, and is a zombie
/// or gone already.
const MORTAL_STATION: &str = "\
station_id: rig
runners: { mortal: { command: [python3, mortal.py] } }
safe_state:
  - { name: Load off, runner: mortal, target: { x: load }, timeout_ms: 20000 }
  - { name: Settle, runner: command, program: /bin/sh, args: [-c, 'p=$(cat $0/mortal.pid); while s=$(cat /proc/$p/stat 2>&-) && case \"$s\" in *\") Z\"*) false;; esac; do sleep 0.01; done', WORK], timeout_ms: 20000 }
  - { name: Supply off, runner: mortal, target: { x: supply }, timeout_ms: 20000 }
";

const MORTAL: &str = "\
import json, os, sys
for line in sys.stdin:
    request = json.loads(line)
    answer = {}
    if request['method'] == 'initialize':
        answer = {'protocol': 1, 'name': 'n', 'version': '1', 'runtime': 'r', 'capabilities': []}
    if request['method'] == 'execute':
        open('supply', 'a').write('off ' + request['params']['target']['x'] + '\\n')
        open('mortal.pid', 'w').write(str(os.getpid()))
    print(json.dumps({'jsonrpc': '2.0', 'id': request['id'], 'result': answer}), flush=True)
    if request['method'] == 'execute':
        break
";

#[test]
fn runner_that_ends_between_two_steps_of_the_safe_state_is_started_anew() {
    let rig = rig(MORTAL_STATION).file("mortal.py", MORTAL);
    let config = MORTAL_STATION.replace("WORK", rig.work().to_str().unwrap());
    let rig = rig.file("station.yaml", &config);
    killed(&rig);
    rig.run(["recover"]).passes();
    assert_eq!(supply(&rig), "on\noff load\noff supply\n");
}

/// The same with a supply on the network: it hangs in a query while its output is on.
const SUPPLY: &str = "\
test:
  name: Supply
  version: 1.0.0
  setup:
    - { name: 'Set', runner: scpi, resource: '{{cfg.PSU}}', write: VOLT 3.3, timeout_ms: 5000 }
  steps:
    - { name: 'On', runner: scpi, resource: '{{cfg.PSU}}', write: OUTP ON, opc: true, timeout_ms: 5000 }
    - { name: Hang, runner: scpi, resource: '{{cfg.PSU}}', query: '{{cfg.LAST}}', timeout_ms: 60000 }
  teardown:
    - { name: 'Off', runner: scpi, resource: '{{cfg.PSU}}', write: OUTP OFF, timeout_ms: 5000 }
";

/// A station with that supply and a load that is not there; `last` is what the test asks at its end.
fn station_of(supply: &Simulated, last: &str) -> Rig {
    let station = format!(
        "\
station_id: rig
cfg: {{ PSU: '{}', LAST: '{last}' }}
safe_state:
  - {{ name: Load off, runner: scpi, resource: 'TCPIP::127.0.0.1::1::SOCKET', write: INP OFF, timeout_ms: 2000 }}
  - {{ name: Supply off, runner: scpi, resource: '{{{{cfg.PSU}}}}', write: OUTP OFF, opc: true, check_errors: true, timeout_ms: 5000 }}
  - {{ name: Is it off, runner: scpi, resource: '{{{{cfg.PSU}}}}', query: 'OUTP?', timeout_ms: 5000 }}
",
        supply.resource()
    );
    let rig = Rig::new().package("supply-test", SUPPLY, "");
    let config = rig.work().join("station.yaml");
    rig.file("station.yaml", &station)
        .env("MAESTRO_CONFIG", config.to_str().unwrap())
}

/// Kills maestro while its runner waits for an answer of the supply, whose output is on.
fn killed_in_a_query(rig: &Rig, supply: &Simulated) -> String {
    let run = rig.command([
        "run",
        "supply-test",
        "-s",
        "S1",
        "--headless",
        "--format=json",
    ]);
    let mut live = Live::start(run, "maestro run");
    let started = live.until_event("its start", |event| event["type"] == "run_started");
    eventually("the supply is asked", || {
        supply
            .bench
            .heard()
            .iter()
            .any(|message| message == "NEVER?")
    });
    live.signal(rustix::process::Signal::KILL);
    live.end().exit(-9);
    assert!(supply.bench.is_on(), "nobody has switched it off");
    started["run"].as_str().unwrap().to_owned()
}

/// The record of the killed run says that the supply was switched off, and how.
#[track_caller]
fn says_that_it_is_off(rig: &Rig, run: &str) {
    let show = rig.run(["results", "show", run, "--format=json"]).passes();
    let record = show.json();
    assert_eq!(record["run"]["verdict"], "ABORTED");
    assert_eq!(record["run"]["cleanup"], "not_run");
    let steps = record["steps"].as_array().unwrap();
    let safe: Vec<&Value> = steps
        .iter()
        .filter(|step| step["section"] == "safe_state")
        .collect();
    let ends = safe
        .iter()
        .map(|step| format!("{} {}", step["name"], step["verdict"]));
    assert_eq!(
        ends.collect::<Vec<_>>(),
        [
            r#""Load off" "ERROR""#,
            r#""Supply off" "PASS""#,
            r#""Is it off" "PASS""#
        ],
        "{record:#}"
    );
    let off = safe[1].to_string();
    assert!(off.contains("OUTP OFF"), "{off}");
    assert_eq!(safe[2]["outputs"]["result"], 0, "{}", safe[2]);
    assert_no_process(run);
}

#[test]
fn recovery_switches_the_output_of_an_instrument_off_after_a_kill() {
    let supply = Simulated::listen();
    let rig = station_of(&supply, "NEVER?");
    let run = killed_in_a_query(&rig, &supply);
    rig.run(["recover"])
        .exit(5)
        .stderr("unit S1 was interrupted and is closed as ABORTED: UNIT MAY BE LIVE")
        .stderr("THE STATION'S SAFE STATE FAILED");
    assert!(!supply.bench.is_on());
    says_that_it_is_off(&rig, &run);
    eventually("every connection is closed", || supply.bench.open() == 0);
}

#[test]
fn next_run_switches_the_output_of_an_instrument_off_before_it_begins() {
    let supply = Simulated::listen();
    let rig = station_of(&supply, "NEVER?");
    let run = killed_in_a_query(&rig, &supply);
    let before = supply.bench.heard().len();
    let config = fs::read_to_string(rig.work().join("station.yaml")).unwrap();
    let rig = rig.file("station.yaml", &config.replace("NEVER?", "OUTP?"));
    rig.run(["run", "supply-test", "-s", "S2"]).passes();
    assert!(!supply.bench.is_on());
    // First the station is made safe, then the next unit is tested.
    let heard = supply.bench.heard().split_off(before);
    let heard: Vec<&str> = heard
        .iter()
        .map(String::as_str)
        .filter(|message| message.starts_with("OUTP O") || message.starts_with("VOLT"))
        .collect();
    assert_eq!(heard, ["OUTP OFF", "VOLT 3.3", "OUTP ON", "OUTP OFF"]);
    says_that_it_is_off(&rig, &run);
}

#[test]
fn screen_asks_for_no_unit_before_somebody_says_that_the_one_before_is_safe() {
    let supply = Simulated::listen();
    let rig = station_of(&supply, "NEVER?");
    killed_in_a_query(&rig, &supply);
    let mut seat = Bare::sit(&rig, 100, 30);
    seat.starts("run supply-test --operator anna");
    let screen = seat.sees("Make it safe before you touch it");
    assert!(
        screen.contains("Unit S1: its test Supply was interrupted"),
        "{screen}"
    );
    assert!(!supply.bench.is_on(), "it is off before anybody is asked");
    // A scanner acknowledges nothing.
    seat.scan("SN-2");
    seat.presses("\x1a");
    let screen = seat.sees("Ctrl-Z is refused");
    assert!(screen.contains("Unit S1"), "{screen}");
    sleep(Duration::from_millis(600));
    seat.presses("\r");
    seat.sees("Scan the serial number");
    seat.presses("\x1b");
    seat.sees("Leave?");
    seat.presses("y");
    seat.ended_with(0);
    // Said once.
    seat.starts("run supply-test --operator anna");
    seat.sees("Scan the serial number");
}

/// The screen of a run whose cleanup failed, at its end.
fn failed_cleanup(rig: &Rig) -> Bare {
    let mut seat = Bare::sit(rig, 100, 30);
    seat.starts("run supply-test --operator anna -s S1 --var broken=3");
    seat.sees("Enter: it is safe");
    seat
}

#[test]
fn screen_asks_again_after_somebody_left_without_calling_the_unit_safe() {
    let rig = rig(STATION);
    // His terminal goes while the unit is told.
    let seat = failed_cleanup(&rig);
    let program = seat.program();
    seat.hang_up();
    eventually("the program has ended", || {
        !fs::read_to_string(format!("/proc/{program}/stat")).is_ok_and(|it| !it.contains(") Z "))
    });
    assert!(!rig.home().join("crash").exists(), "the screen broke");
    let mut seat = Bare::sit(&rig, 100, 30);
    for key in ["\x03", "\x1b", "\r"] {
        seat.starts("run supply-test --operator anna");
        let screen = seat.sees("Make it safe before you touch it");
        let story = "Unit S1: its test Supply ended as ERROR and its cleanup did not finish";
        assert!(screen.contains(story), "{screen}");
        sleep(Duration::from_millis(600));
        seat.presses(key);
        if key != "\r" {
            seat.sees("nobody said that the unit is safe");
            seat.ended_with(4);
        }
    }
    seat.sees("Scan the serial number");
    assert_eq!(supply(&rig), "on\noff\n");
}

#[test]
fn screen_does_not_ask_again_about_a_unit_that_was_called_safe_at_its_end() {
    let rig = rig(STATION);
    let mut seat = failed_cleanup(&rig);
    // Ctrl-C leaves no unit that may be live.
    seat.presses("\x03");
    seat.sees("press Enter once it is safe");
    sleep(Duration::from_millis(600));
    seat.presses("\r");
    seat.ended_with(5);
    seat.starts("run supply-test --operator anna");
    seat.sees("Scan the serial number");
}
