//! An instrument for tests: it has an output, a reading and an error queue, and does on request
//! whatever instruments do wrong.
//!
//! Speaks over TCP or over a pseudo-terminal. The tests of the executable use this file too.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// The state of one instrument, which outlives its connections.
#[derive(Debug, Default)]
pub(crate) struct Bench {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    volts: f64,
    is_on: bool,
    errors: VecDeque<String>,
    heard: Vec<String>,
    connections: usize,
    open: usize,
    gate: Gate,
}

/// A message after which nothing is answered or heard on its connection until the test says so.
#[derive(Debug, Default, PartialEq)]
enum Gate {
    #[default]
    Open,
    At(String),
    /// The message has come, and waits.
    Holds,
}

/// What comes back after a message.
enum Answer {
    Bytes(Vec<u8>),
    /// Sent when the next message comes, before its own answer.
    Later(Vec<u8>),
    Nothing,
    HangUp,
}

/// An instrument that listens on a port of this machine.
#[derive(Debug)]
pub(crate) struct Simulated {
    pub(crate) bench: Arc<Bench>,
    pub(crate) port: u16,
}

impl Simulated {
    /// Starts to listen; connections are served side by side until the test ends.
    pub(crate) fn listen() -> Self {
        let bench = Arc::new(Bench::default());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let served = Arc::clone(&bench);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let bench = Arc::clone(&served);
                thread::spawn(move || bench.serve(&stream));
            }
        });
        Self { bench, port }
    }

    pub(crate) fn resource(&self) -> String {
        format!("TCPIP::127.0.0.1::{}::SOCKET", self.port)
    }
}

/// An instrument at the end of a serial line.
#[derive(Debug)]
pub(crate) struct SimulatedLine {
    pub(crate) bench: Arc<Bench>,
    /// The device to open.
    pub(crate) path: String,
    /// Held open, so that the line does not hang up between two openings.
    _line: OwnedFd,
}

impl SimulatedLine {
    /// Plugs the instrument into a new line.
    pub(crate) fn plug_in() -> Self {
        let bench = Arc::new(Bench::default());
        let end = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&end).unwrap();
        unlockpt(&end).unwrap();
        let path = ptsname(&end, Vec::new()).unwrap().into_string().unwrap();
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let line = open(path.as_str(), flags, Mode::empty()).unwrap();
        let served = Arc::clone(&bench);
        let end = File::from(end);
        thread::spawn(move || served.talk(&end, &end));
        Self {
            bench,
            path,
            _line: line,
        }
    }

    pub(crate) fn resource(&self) -> String {
        format!("ASRL{}::INSTR?baud=115200", self.path)
    }
}

impl Bench {
    fn serve(&self, stream: &TcpStream) {
        stream.set_nodelay(true).unwrap();
        self.talk(stream, stream);
    }

    /// Hears messages and answers them until the other side hangs up.
    pub(crate) fn talk(&self, from: impl Read, mut to: impl Write) {
        self.state().connections += 1;
        self.state().open += 1;
        self.converse(from, &mut to);
        self.state().open -= 1;
    }

    fn converse(&self, from: impl Read, to: &mut impl Write) {
        let mut from = BufReader::new(from);
        let mut later = Vec::new();
        loop {
            let mut line = Vec::new();
            match from.read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            let message = String::from_utf8_lossy(&line).trim().to_owned();
            let mut answer = std::mem::take(&mut later);
            let heard = self.hear(&message);
            self.wait_at_gate(&message);
            match heard {
                Answer::Bytes(bytes) => answer.extend(bytes),
                Answer::Later(bytes) => later = bytes,
                Answer::Nothing => {}
                Answer::HangUp => return,
            }
            if to.write_all(&answer).and_then(|()| to.flush()).is_err() {
                return;
            }
        }
    }

    /// Every message that came, in order.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.state().heard.clone()
    }

    pub(crate) fn is_on(&self) -> bool {
        self.state().is_on
    }

    pub(crate) fn connections(&self) -> usize {
        self.state().connections
    }

    /// Connections that nobody has closed yet.
    pub(crate) fn open(&self) -> usize {
        self.state().open
    }

    /// `message` will be obeyed, and hold up its connection.
    #[allow(dead_code, reason = "not every test holds it")]
    pub(crate) fn hold_at(&self, message: &str) {
        self.state().gate = Gate::At(message.to_owned());
    }

    /// Whether that message has come.
    #[allow(dead_code, reason = "not every test holds it")]
    pub(crate) fn is_holding(&self) -> bool {
        self.state().gate == Gate::Holds
    }

    /// Lets the connection go on that is held up.
    #[allow(dead_code, reason = "not every test holds it")]
    pub(crate) fn go_on(&self) {
        self.state().gate = Gate::Open;
    }

    fn wait_at_gate(&self, message: &str) {
        let mut state = self.state();
        if matches!(&state.gate, Gate::At(at) if at == message) {
            state.gate = Gate::Holds;
            drop(state);
            while self.is_holding() {
                thread::sleep(Duration::from_millis(2));
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn hear(&self, message: &str) -> Answer {
        self.state().heard.push(message.to_owned());
        let (head, argument) = message.split_once(' ').unwrap_or((message, ""));
        let text = |text: &str| Answer::Bytes(format!("{text}\n").into_bytes());
        match head {
            "*IDN?" => text("maestro,SIM-1,0001,1.0"),
            "*OPC?" => text("1"),
            "ECHO?" => text(argument),
            "SYST:ERR?" => {
                let oldest = self.state().errors.pop_front();
                text(&oldest.unwrap_or_else(|| "0,\"No error\"".to_owned()))
            }
            "OUTP" => self.switch(argument),
            "OUTP?" => text(if self.is_on() { "1" } else { "0" }),
            "VOLT" => self.set_volts(argument),
            "MEAS:VOLT:DC?" => {
                let state = self.state();
                let volts = if state.is_on { state.volts } else { 0.0 };
                text(&format!("{volts:+.8E}"))
            }
            "LIST?" => text("1.5,-2,ON,\"a,b\""),
            "UNIT?" => text("3.30 V"),
            "OVER?" => text("+9.90000000E+37"),
            "CURV?" => block("#3256", true),
            "CURV:BARE?" => block("#3256", false),
            "CURV:OPEN?" => block("#0", true),
            "BIG?" => big(argument.parse().unwrap_or(1 << 20)),
            "LATIN?" => Answer::Bytes(b"21 \xb0C\r\n".to_vec()),
            "SLOW?" => {
                thread::sleep(Duration::from_millis(argument.parse().unwrap_or(100)));
                text("7")
            }
            "LATE?" => Answer::Later(b"666\n".to_vec()),
            "HALF?" => Answer::Bytes(b"3.3".to_vec()),
            "TWICE?" => Answer::Bytes(b"1\n2\n".to_vec()),
            "NEVER?" => Answer::Nothing,
            "DIE?" | "DIE" => Answer::HangUp,
            _ => self.refuse(head),
        }
    }

    fn switch(&self, argument: &str) -> Answer {
        self.state().is_on = argument.eq_ignore_ascii_case("ON");
        Answer::Nothing
    }

    fn set_volts(&self, argument: &str) -> Answer {
        let mut state = self.state();
        match argument.parse() {
            Ok(volts) if (0.0..=30.0).contains(&volts) => state.volts = volts,
            _ => {
                let mut error = String::new();
                write!(error, "-222,\"Data out of range;VOLT {argument}\"").unwrap();
                state.errors.push_back(error);
            }
        }
        Answer::Nothing
    }

    fn refuse(&self, head: &str) -> Answer {
        let error = format!("-113,\"Undefined header;{head}\"");
        self.state().errors.push_back(error);
        Answer::Nothing
    }
}

/// All values that a byte can have.
pub(crate) fn samples() -> Vec<u8> {
    (0..=255).collect()
}

fn block(header: &str, is_ended: bool) -> Answer {
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend(samples());
    if is_ended {
        bytes.push(b'\n');
    }
    Answer::Bytes(bytes)
}

fn big(size: usize) -> Answer {
    let mut bytes: Vec<u8> = (0..size).map(|at| b'a' + (at % 26) as u8).collect();
    bytes.push(b'\n');
    Answer::Bytes(bytes)
}
