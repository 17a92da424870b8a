//! What one call of a step costs in each runner that comes along, without an engine around.
//!
//! `cargo bench --bench runners` starts each runner and sends it the same small call again and
//! again, one after the other: the bare round trip over its pipes. The first lines are what the pipes
//! alone cost with the same bytes: with `cat` at the other end, and with a Python that reads and
//! writes and understands nothing. Figures are the median of all calls, with the 1st and 99th
//! percentile, and how many times the bare pipe (`cat`) that is. Python is measured with a waveform
//! of 2,000 numbers that comes back, too. `-- --quick` makes fewer calls.

use std::fs;
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
    let small = Load::of(&query, "{}");
    let bare = measure("pipe (cat)", Command::new("cat"), &small, calls, None)?;
    measure("scpi over loopback", own("scpi"), &small, calls, bare)?;
    let program = Load::of(r#"{"program":"/bin/true"}"#, "{}");
    let command = own("command");
    measure("command (/bin/true)", command, &program, calls / 10, bare)?;
    let home = tempfile::tempdir()?;
    match dotnet(home.path())? {
        Some(dotnet) => {
            let target = Load::of(r#"{"conformance":"read"}"#, "{}");
            measure(".NET under Mono", dotnet, &target, calls, bare)?;
        }
        None => say(".NET under Mono: not measured, there is no Mono with mcs\n")?,
    }
    python(home.path(), calls)
}

/// The Python runner with what the standard library has for JSON, and with orjson.
fn python(home: &Path, calls: u64) -> io::Result<()> {
    let bench = "def reading(channel: int):\n    return {'voltage': 3.3}\n\n\
                 def back(value: list):\n    return {'value': value}\n";
    // The runner finds orjson by itself where it is installed.
    let without = format!("import sys\nsys.modules['orjson'] = None\n{bench}");
    fs::write(home.join("bench.py"), without)?;
    let with_orjson = format!("import orjson\n{bench}");
    fs::write(home.join("bench_orjson.py"), with_orjson)?;
    let wave: Vec<String> = (0..2_000).map(|each| format!("{each}.25")).collect();
    let wave = format!(r#"{{"value":[{}]}}"#, wave.join(","));
    let loads = [
        ("a reading", "reading", r#"{"channel":1}"#.to_owned(), calls),
        ("2,000 numbers", "back", wave, calls / 5),
    ];
    for (what, function, parameters, calls) in loads {
        let load = |module: &str| {
            let target = format!(r#"{{"module":"{module}","function":"{function}"}}"#);
            Load::of(&target, &parameters).package(home)
        };
        say(&format!("{what}:\n"))?;
        let plain = load("bench");
        let bare = measure("  pipe (cat)", Command::new("cat"), &plain, calls, None)?;
        measure(
            "  pipe (idle Python)",
            script(&["-c", MIRROR]),
            &plain,
            calls,
            bare,
        )?;
        let runner = concat!(env!("CARGO_MANIFEST_DIR"), "/runners/python/start.py");
        measure("  Python, json", script(&[runner]), &plain, calls, bare)?;
        if script(&["-c", "import orjson"])
            .stderr(Stdio::null())
            .status()?
            .success()
        {
            measure(
                "  Python, orjson",
                script(&[runner]),
                &load("bench_orjson"),
                calls,
                bare,
            )?;
        } else {
            say("  Python, orjson: not measured, the interpreter has none\n")?;
        }
    }
    Ok(())
}

/// A Python that gives back what it gets.
const MIRROR: &str = "import posix\nwhile True:\n    data = posix.read(0, 65536)\n    \
                      if not data: break\n    posix.write(1, data)\n";

/// `python3`, with a script as the engine starts it or with code.
fn script(arguments: &[&str]) -> Command {
    let mut command = Command::new("python3");
    // Only the runner brings in site-packages by itself.
    if arguments[0] != "-c" {
        command.arg("-S");
    }
    command.args(arguments);
    command
}

fn say(text: &str) -> io::Result<()> {
    io::stdout().write_all(text.as_bytes())
}

/// What is sent: the params of `initialize` and of each `execute`.
struct Load {
    hello: String,
    execute: String,
}

impl Load {
    fn of(target: &str, parameters: &str) -> Self {
        let hello = r#"{"protocol":1,"engine":"bench","station":"bench","workdir":"/"}"#;
        let execute = format!(
            r#"{{"run":"r","step":"s","package":"bench","attempt":1,"target":{target},"parameters":{parameters},"timeout_ms":5000}}"#
        );
        Self {
            hello: hello.to_owned(),
            execute,
        }
    }

    /// With a package whose code is in `folder`.
    fn package(mut self, folder: &Path) -> Self {
        let root = folder.display();
        self.hello = format!(
            r#"{{"protocol":1,"engine":"bench","station":"bench","workdir":"{root}","packages":[{{"name":"bench","root":"{root}","search_paths":["{root}"],"typed_parameters":true}}]}}"#
        );
        self
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

/// Prints the round trip of a load, and returns its median in µs.
fn measure(
    name: &str,
    command: Command,
    load: &Load,
    calls: u64,
    bare: Option<f64>,
) -> io::Result<Option<f64>> {
    let mut runner = Runner::start(command, name.trim_start().starts_with("pipe"))?;
    runner.call(1, "initialize", &load.hello)?;
    let mut times = Vec::new();
    for id in 0..calls {
        let started = now();
        runner.call(id + 2, "execute", &load.execute)?;
        times.push(started.elapsed().as_secs_f64() * 1e6);
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let (median, low, high) = (at(0.5), at(0.01), at(0.99));
    let ratio = bare.map_or(String::new(), |bare| format!("  {:6.1} ×", median / bare));
    say(&format!(
        "{name:24} {median:8.1} µs   ({low:.1} to {high:.1}){ratio}\n"
    ))?;
    Ok(Some(median))
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn now() -> Instant {
    Instant::now()
}
