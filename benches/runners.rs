//! What one call of a step costs in each runner that comes along, without an engine around.
//!
//! `cargo bench --bench runners` starts each runner and sends it the same small call again and
//! again, one after the other: the bare round trip over its pipes. The first line is what the pipes
//! alone cost, with `cat` at the other end. Figures are the median of all calls, with the 1st and
//! 99th percentile. `-- --quick` makes fewer calls.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Instant;

const MAESTRO: &str = env!("CARGO_BIN_EXE_maestro");

fn main() -> io::Result<()> {
    let is_quick = std::env::args().any(|arg| arg == "--quick");
    let calls = if is_quick { 500 } else { 5_000 };
    let port = instrument()?;
    let resource = format!("TCPIP::127.0.0.1::{port}::SOCKET");
    let query = format!(r#"{{"resource":"{resource}","query":"MEAS:VOLT:DC?"}}"#);
    let own = |name: &str| {
        let mut command = Command::new(MAESTRO);
        command.args(["runner", "serve", name]);
        command
    };
    measure("pipe (cat)", Command::new("cat"), &query, calls)?;
    measure("scpi over loopback", own("scpi"), &query, calls)?;
    let program = r#"{"program":"/bin/true"}"#;
    measure("command (/bin/true)", own("command"), program, calls / 10)?;
    let home = tempfile::tempdir()?;
    match dotnet(home.path())? {
        Some(dotnet) => measure(
            ".NET under Mono",
            dotnet,
            r#"{"conformance":"read"}"#,
            calls,
        ),
        None => {
            io::stdout().write_all(b".NET under Mono          not measured: no Mono with mcs\n")
        }
    }
}

/// The .NET runner, compiled into a home of its own; `None` where that cannot be done.
fn dotnet(home: &Path) -> io::Result<Option<Command>> {
    let installed = Command::new(MAESTRO)
        .args(["runner", "install", "dotnet", "--runner-type=mono"])
        .env("MAESTRO_HOME", home)
        .output()?;
    let said = String::from_utf8_lossy(&installed.stdout);
    let Some((_, line)) = said.trim().split_once(": ") else {
        return Ok(None);
    };
    let mut words = line.split(' ');
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words);
    Ok(Some(command))
}

/// An instrument that answers every line with a reading.
fn instrument() -> io::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A bench that cannot be served shows as a call without an answer.
            stream.set_nodelay(true).ok();
            let mut lines = BufReader::new(&stream);
            let mut line = String::new();
            while lines.read_line(&mut line).is_ok_and(|count| count > 0) {
                line.clear();
                if (&stream).write_all(b"+3.30000000E+00\n").is_err() {
                    break;
                }
            }
        }
    });
    Ok(port)
}

/// A process and the lines that go to and fro.
struct Runner {
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// `cat` gives back what it gets, and logs nothing.
    is_mirror: bool,
}

impl Runner {
    fn start(mut command: Command, is_mirror: bool) -> io::Result<Self> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let gone = || io::Error::other("the runner has no pipes");
        let requests = process.stdin.take().ok_or_else(gone)?;
        let answers = BufReader::new(process.stdout.take().ok_or_else(gone)?);
        Ok(Self {
            process,
            requests,
            answers,
            is_mirror,
        })
    }

    /// Sends a request and reads up to its answer.
    fn call(&mut self, id: u64, method: &str, params: &str) -> io::Result<()> {
        let request =
            format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#);
        self.requests.write_all(request.as_bytes())?;
        self.requests.write_all(b"\n")?;
        let mut line = String::new();
        loop {
            line.clear();
            if self.answers.read_line(&mut line)? == 0 {
                return Err(io::Error::other("the runner ended"));
            }
            if self.is_mirror || line.contains(r#""result":"#) {
                return Ok(());
            }
            if line.contains(r#""error":"#) {
                return Err(io::Error::other(line));
            }
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn measure(name: &str, command: Command, target: &str, calls: u64) -> io::Result<()> {
    let mut runner = Runner::start(command, name.starts_with("pipe"))?;
    let hello = r#"{"protocol":1,"engine":"bench","station":"bench","workdir":"/"}"#;
    runner.call(1, "initialize", hello)?;
    let execute = format!(
        r#"{{"run":"r","step":"s","attempt":1,"target":{target},"parameters":{{}},"timeout_ms":5000}}"#
    );
    let mut times = Vec::new();
    for id in 0..calls {
        let started = now();
        runner.call(id + 2, "execute", &execute)?;
        times.push(started.elapsed().as_secs_f64() * 1e6);
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let line = format!(
        "{name:24} {:8.1} µs   ({:.1} to {:.1})\n",
        at(0.5),
        at(0.01),
        at(0.99)
    );
    io::stdout().write_all(line.as_bytes())
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn now() -> Instant {
    Instant::now()
}
