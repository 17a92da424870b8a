use std::fs;
use std::io::Read as _;
use std::net::TcpListener;
use std::time::Duration;

use maestro_protocol::{LogLevel, error};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::json;

use super::simulated::{Bench, Simulated, SimulatedLine, samples};
use super::*;
use crate::clock;

/// Somebody who cancels once the instrument has heard something, and remembers what was logged.
#[derive(Default)]
struct Listener {
    cancels: Option<(std::sync::Arc<Bench>, &'static str)>,
    log: Vec<(LogLevel, String)>,
}

impl Listener {
    fn logged(&self, level: LogLevel) -> String {
        let lines = self.log.iter().filter(|(known, _)| *known == level);
        let lines: Vec<&str> = lines.map(|(_, line)| line.as_str()).collect();
        lines.join("\n")
    }
}

impl Talk for Listener {
    fn is_cancelled(&self) -> bool {
        let heard = |(bench, text): &(std::sync::Arc<Bench>, &'static str)| {
            bench.heard().iter().any(|heard| heard == text)
        };
        self.cancels.as_ref().is_some_and(heard)
    }

    fn is_abandoned(&self) -> bool {
        false
    }

    fn log(&mut self, level: LogLevel, message: String) {
        self.log.push((level, message));
    }
}

/// Sessions with one instrument and everything that a step needs.
pub(super) struct Rig {
    resource: String,
    sessions: Sessions,
    files: Files,
    talk: Listener,
}

impl Rig {
    fn new(resource: &str) -> Self {
        Self {
            resource: resource.to_owned(),
            sessions: Sessions::default(),
            files: Files::default(),
            talk: Listener::default(),
        }
    }

    fn execute(&mut self, fields: Value) -> Result<ExecuteResult, ErrorObject> {
        let mut target = fields;
        target["resource"] = self.resource.clone().into();
        execute(
            &mut self.sessions,
            &target,
            None,
            &mut self.files,
            &mut self.talk,
        )
    }

    #[track_caller]
    fn query(&mut self, text: &str) -> Value {
        let answer = self.execute(json!({ "query": text })).unwrap();
        answer.outputs["result"].clone()
    }

    #[track_caller]
    fn write(&mut self, text: &str) {
        self.execute(json!({ "write": text })).unwrap();
    }

    #[track_caller]
    fn refused(&mut self, fields: Value) -> ErrorObject {
        self.execute(fields).unwrap_err()
    }
}

#[test]
fn instrument_is_written_to_and_asked_over_one_connection() {
    let instrument = Simulated::listen();
    let mut rig = Rig::new(&instrument.resource());
    rig.write("VOLT 3.3");
    rig.write("OUTP ON");
    assert_eq!(rig.query("MEAS:VOLT:DC?"), json!(3.3));
    assert_eq!(rig.query("*IDN?"), "maestro,SIM-1,0001,1.0");
    assert_eq!(instrument.bench.connections(), 1);
    let log = rig.talk.logged(LogLevel::Debug);
    assert!(
        log.contains(r#"> "MEAS:VOLT:DC?\n" < "+3.30000000E0\n" ("#),
        "{log}"
    );
}

#[test]
fn answers_are_taken_apart_as_the_step_says() {
    let instrument = Simulated::listen();
    let mut rig = Rig::new(&instrument.resource());
    assert_eq!(rig.query("OVER?"), "Infinity");
    assert_eq!(rig.query("UNIT?"), "3.30 V");
    assert_eq!(rig.query("LATIN?"), "21 °C");
    let list = rig
        .execute(json!({"query": "LIST?", "parse": "list"}))
        .unwrap();
    assert_eq!(list.outputs["result"], json!([1.5, -2, "ON", "a,b"]));
    let text = rig
        .execute(json!({"query": "OUTP?", "parse": "text"}))
        .unwrap();
    assert_eq!(text.outputs["result"], "0");
    let groups = json!({"query": "UNIT?", "parse": r"(?P<volts>[\d.]+) (?P<unit>\w)"});
    let groups = rig.execute(groups).unwrap().outputs;
    assert_eq!(Value::Object(groups), json!({"volts": "3.30", "unit": "V"}));
    let error = rig.refused(json!({"query": "UNIT?", "parse": "number"}));
    assert_eq!(error.message, "the answer \"3.30 V\" is no number");
    let error = rig.refused(json!({"query": "UNIT?", "parse": "binary"}));
    assert_eq!(error.message, "the answer \"3.30 V\" is no block");
}

#[test]
fn blocks_become_files_whatever_bytes_they_hold() {
    let instrument = Simulated::listen();
    let mut rig = Rig::new(&instrument.resource());
    for query in ["CURV?", "CURV:BARE?", "CURV:OPEN?", "CURV?"] {
        let answer = rig
            .execute(json!({"query": query, "parse": "binary"}))
            .unwrap();
        assert_eq!(answer.outputs["result"], 256, "{query}");
        let path = answer.outputs["file"].as_str().unwrap();
        assert_eq!(answer.artifacts[0].path, path);
        assert!(fs::read(path).unwrap() == samples(), "{query}");
        assert_eq!(rig.query("OUTP?"), 0, "after {query}");
    }
    assert_eq!(rig.talk.logged(LogLevel::Warning), "");
    assert_eq!(instrument.bench.connections(), 1);
}

#[test]
fn long_text_is_a_file_with_its_head_as_the_result() {
    let instrument = Simulated::listen();
    let mut rig = Rig::new(&instrument.resource());
    let answer = rig.execute(json!({"query": "BIG? 300000"})).unwrap();
    assert_eq!(answer.outputs["result"].as_str().unwrap().len(), 64 << 10);
    assert_eq!(answer.artifacts[0].name, "BIG.txt");
    assert_eq!(fs::read(&answer.artifacts[0].path).unwrap().len(), 300_000);
}

#[test]
fn what_is_written_can_be_read_in_a_later_step() {
    let instrument = Simulated::listen();
    let mut rig = Rig::new(&instrument.resource());
    rig.write("UNIT?");
    let answer = rig.execute(json!({"read": true})).unwrap();
    assert_eq!(answer.outputs["result"], "3.30 V");
    assert_eq!(rig.query("OUTP?"), 0);
    assert_eq!(instrument.bench.connections(), 1);
}

#[test]
fn completion_and_errors_are_asked_for_after_the_exchange() {
    let instrument = Simulated::listen();
    let mut rig = Rig::new(&instrument.resource());
    rig.execute(json!({"write": "VOLT 5", "opc": true, "check_errors": true}))
        .unwrap();
    assert_eq!(instrument.bench.heard(), ["VOLT 5", "*OPC?", "SYST:ERR?"]);
    rig.write("VOLT 98");
    let error = rig.refused(json!({"write": "VOLT 99", "check_errors": true}));
    assert_eq!(error.code, error::EXCEPTION);
    let says = "reports after `VOLT 99`: -222 Data out of range;VOLT 98; -222 Data out of range";
    assert!(error.message.contains(says), "{}", error.message);
    rig.execute(json!({"query": "OUTP?", "check_errors": true}))
        .unwrap();
}

#[test]
fn error_queue_that_never_ends_is_told_with_its_beginning() {
    let instrument = Simulated::listen();
    let mut rig = Rig::new(&instrument.resource());
    let mut told = |count| {
        for _ in 0..count {
            rig.write("VOLT 99");
        }
        let step = json!({"write": "OUTP ON", "check_errors": true});
        rig.refused(step).message
    };
    let nine = told(9);
    assert!(
        nine.ends_with("-222 Data out of range;VOLT 99; and 1 more"),
        "{nine}"
    );
    let endless = told(80);
    let end = "the queue is not empty after 64 errors: does the instrument answer `SYST:ERR?`?";
    assert!(endless.ends_with(end), "{endless}");
    assert_eq!(endless.matches("-222").count(), 8);
}

#[test]
fn message_that_was_taken_in_part_never_swallows_the_next_one() {
    let instrument = Simulated::listen();
    let mut rig = Rig::new(&instrument.resource());
    instrument.bench.hold_at("DEAF");
    rig.write("DEAF");
    // Long enough to begin with it on a busy machine.
    rig.resource = format!("{}?timeout_ms=3000", instrument.resource());
    // More than all buffers on the way hold.
    let long = format!("DATA {}", "x".repeat(12 << 20));
    let error = rig.refused(json!({ "write": long }));
    assert!(
        error.message.contains("does not take `DATA xxx"),
        "{}",
        error.message
    );
    assert!(error.message.len() < 300, "{}", error.message);
    rig.resource = format!("{}?timeout_ms=10000", instrument.resource());
    rig.write("OUTP ON");
    assert_eq!(rig.query("OUTP?"), 1);
    let told = rig.talk.logged(LogLevel::Info);
    assert!(told.contains("only a part of the message before"), "{told}");
    instrument.bench.go_on();
}

#[test]
fn query_that_the_instrument_does_not_know_is_told_with_its_reason() {
    let instrument = Simulated::listen();
    let mut rig = Rig::new(&format!("{}?timeout_ms=200", instrument.resource()));
    let error = rig.refused(json!({"query": "MEAS:VOTL?", "check_errors": true}));
    let says = "does not answer to `MEAS:VOTL?` within 200 ms; the instrument reports -113";
    assert!(error.message.contains(says), "{}", error.message);
}

#[test]
fn late_answer_is_never_that_of_the_next_query() {
    let instrument = Simulated::listen();
    let mut rig = Rig::new(&format!("{}?timeout_ms=200", instrument.resource()));
    let error = rig.refused(json!({"query": "LATE?"}));
    assert!(
        error.message.contains("does not answer to `LATE?`"),
        "{}",
        error.message
    );
    assert_eq!(rig.query("OUTP?"), 0);
    assert_eq!(instrument.bench.connections(), 2);
    let log = rig.talk.logged(LogLevel::Warning);
    assert!(log.contains("was opened anew"), "{log}");
    let error = rig.refused(json!({"query": "HALF?"}));
    assert!(
        error.message.ends_with("so far: \"3.3\""),
        "{}",
        error.message
    );
    assert_eq!(rig.query("OUTP?"), 0);
}

#[test]
fn answer_that_nobody_asked_for_is_thrown_away_and_told() {
    let instrument = Simulated::listen();
    let mut rig = Rig::new(&instrument.resource());
    assert_eq!(rig.query("TWICE?"), 1);
    assert_eq!(rig.query("OUTP?"), 0);
    let log = rig.talk.logged(LogLevel::Warning);
    assert!(log.contains("nobody asked for it: \"2\\n\""), "{log}");
    // The answer to a query that was only written is nobody's either.
    rig.write("UNIT?");
    assert_eq!(rig.query("OUTP?"), 0);
}

#[test]
fn lost_connection_is_an_error_once_and_opened_anew_for_the_next_step() {
    let instrument = Simulated::listen();
    let mut rig = Rig::new(&instrument.resource());
    let error = rig.refused(json!({"query": "DIE?"}));
    assert!(
        error.message.contains("is lost: the instrument closed"),
        "{}",
        error.message
    );
    assert_eq!(rig.query("OUTP?"), 0);
    // One that was closed between two steps is noticed before anything is sent.
    rig.write("DIE");
    let until = clock::now() + Duration::from_secs(5);
    while clock::now() < until && rig.talk.logged(LogLevel::Info).matches("closed:").count() < 2 {
        rig.execute(json!({"write": "OUTP ON"})).ok();
    }
    assert_eq!(rig.query("OUTP?"), 1);
}

#[test]
fn sessions_are_closed_when_their_runner_ends() {
    let instrument = Simulated::listen();
    let mut rig = Rig::new(&instrument.resource());
    rig.write("OUTP ON");
    assert_eq!(rig.query("OUTP?"), 1);
    assert_eq!(instrument.bench.open(), 1);
    drop(rig);
    let until = clock::now() + Duration::from_secs(5);
    while instrument.bench.open() > 0 {
        assert!(clock::now() < until, "the connection is still open");
        std::thread::yield_now();
    }
}

#[test]
fn cancelled_wait_ends_at_once_and_leaves_no_answer_behind() {
    let instrument = Simulated::listen();
    let mut rig = Rig::new(&format!("{}?timeout_ms=60000", instrument.resource()));
    rig.talk.cancels = Some((instrument.bench.clone(), "LATE?"));
    let started = clock::now();
    let error = rig.refused(json!({"query": "LATE?"}));
    assert_eq!(error.code, error::CANCELLED);
    assert!(started.elapsed() < Duration::from_secs(5));
    rig.talk.cancels = None;
    assert_eq!(rig.query("OUTP?"), 0);
}

#[test]
fn instrument_that_is_not_there_is_named_with_what_to_look_at() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let mut rig = Rig::new(&format!("TCPIP::127.0.0.1::{port}::SOCKET"));
    let error = rig.refused(json!({"query": "*IDN?"}));
    assert!(
        error
            .message
            .contains("refuses the connection: is the instrument on")
    );
    let mut rig = Rig::new("TCPIP::no-such-host.invalid::1::SOCKET");
    let error = rig.refused(json!({"query": "*IDN?"}));
    assert!(error.message.contains("is not known"), "{}", error.message);
}

#[test]
fn terminator_of_the_instrument_can_be_any() {
    let instrument = Simulated::listen();
    let mut rig = Rig::new(&instrument.resource());
    let answer = rig
        .execute(json!({"query": "LATIN?", "terminator": "\r\n"}))
        .unwrap();
    assert_eq!(answer.outputs["result"], "21 °C");
    // Without one, silence ends the answer.
    let answer = rig
        .execute(json!({"query": "HALF?\n", "terminator": "none"}))
        .unwrap();
    assert_eq!(answer.outputs["result"], 3.3);
}

#[test]
fn question_in_quotes_asks_nothing() {
    assert!(asks_for_answer("*IDN?") && asks_for_answer(":FUNC 'VOLT'; VAL?"));
    assert!(!asks_for_answer("DISP:TEXT \"ready?\"") && !asks_for_answer("OUTP ON"));
}

#[test]
fn serial_line_carries_texts_and_blocks() {
    let instrument = SimulatedLine::plug_in();
    let mut rig = Rig::new(&instrument.resource());
    rig.write("VOLT 3.3");
    rig.write("OUTP ON");
    assert_eq!(rig.query("MEAS:VOLT:DC?"), json!(3.3));
    let answer = rig
        .execute(json!({"query": "CURV?", "parse": "binary"}))
        .unwrap();
    let path = answer.outputs["file"].as_str().unwrap();
    assert!(fs::read(path).unwrap() == samples());
    assert_eq!(rig.query("OUTP?"), 1);
    // More than the line takes at once.
    let long = format!("DISP:TEXT \"{}\"", "x".repeat(3000));
    rig.write(&long);
    assert_eq!(rig.query("OUTP?"), 1);
    assert!(instrument.bench.heard().contains(&long));
}

#[test]
fn late_answer_on_a_serial_line_is_thrown_away_before_anything_else_is_asked() {
    let instrument = SimulatedLine::plug_in();
    let mut rig = Rig::new(&format!("{}&timeout_ms=700", instrument.resource()));
    // It comes with the answer to the next message only.
    rig.refused(json!({"query": "LATE?"}));
    assert_eq!(rig.query("OUTP?"), 0);
    let log = rig.talk.logged(LogLevel::Warning);
    assert!(log.contains("`LATE?` was left without an answer"), "{log}");
    // What is only written does not wait for that.
    rig.refused(json!({"query": "LATE?"}));
    let started = clock::now();
    rig.write("OUTP ON");
    assert!(started.elapsed() < Duration::from_millis(500));
    assert_eq!(rig.query("OUTP?"), 1);
}

#[test]
fn line_is_used_by_one_at_a_time() {
    let instrument = SimulatedLine::plug_in();
    let mut rig = Rig::new(&instrument.resource());
    rig.write("OUTP ON");
    let mut other = Rig::new(&instrument.resource());
    let error = other.refused(json!({"query": "OUTP?"}));
    assert!(
        error.message.contains("is in use by another program"),
        "{}",
        error.message
    );
    drop(rig);
    assert_eq!(other.query("OUTP?"), 1);
}

#[test]
fn other_settings_open_the_line_anew() {
    let instrument = SimulatedLine::plug_in();
    let mut rig = Rig::new(&instrument.resource());
    rig.write("OUTP ON");
    rig.resource = rig
        .resource
        .replace("115200", "9600&parity=none&stop_bits=2");
    assert_eq!(rig.query("OUTP?"), 1);
    let log = rig.talk.logged(LogLevel::Info);
    assert!(log.contains("opened with other settings"), "{log}");
}

#[test]
fn device_that_is_none_is_named_with_its_trouble() {
    let mut rig = Rig::new("ASRL/dev/no-such-line::INSTR");
    let error = rig.refused(json!({"query": "*IDN?"}));
    assert!(
        error
            .message
            .contains("there is no device /dev/no-such-line")
    );
    let mut rig = Rig::new("ASRL/dev/null::INSTR");
    let error = rig.refused(json!({"query": "*IDN?"}));
    assert!(
        error.message.contains("/dev/null is no serial line"),
        "{}",
        error.message
    );
}

#[test]
fn line_that_is_unplugged_is_told_as_that() {
    let end = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&end).unwrap();
    unlockpt(&end).unwrap();
    let path = ptsname(&end, Vec::new()).unwrap().into_string().unwrap();
    let mut rig = Rig::new(&format!("ASRL{path}::INSTR?baud=115200"));
    // It goes with the first message.
    let unplugged = std::thread::spawn(move || {
        let mut end = fs::File::from(end);
        end.read_exact(&mut [0]).unwrap();
    });
    let error = rig.refused(json!({"query": "OUTP?"}));
    unplugged.join().unwrap();
    assert!(
        error.message.contains("is it unplugged?"),
        "{}",
        error.message
    );
}
