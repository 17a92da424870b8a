//! Fleets with real child processes: small Python programs in temporary folders.

mod calls;
mod ends;
mod floods;
mod python;
mod trees;
mod violations;

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use maestro_protocol::{ErrorObject, ExecuteParams, ExecuteResult, InitializeParams};
use serde_json::json;
use tempfile::TempDir;

use super::{CallId, Fleet, FleetEvent, FleetOptions, RunnerId, RunnerSpec, clock};

/// Longer than anything takes on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);
const ONE: RunnerId = RunnerId(0);

/// What every test runner begins with; `execute(m)` is the test's.
const PREAMBLE: &str = r#"
import sys, json, os, time, signal
def raw(data):
    while data: data = data[os.write(1, data):]
def send(**message):
    message["jsonrpc"] = "2.0"
    raw((json.dumps(message) + "\n").encode())
def reply(m, **outputs): send(id=m["id"], result={"outputs": outputs})
def fail(m, code, message): send(id=m["id"], error={"code": code, "message": message})
def receive():
    line = sys.stdin.buffer.readline()
    return json.loads(line) if line else sys.exit(0)
def initialize(m):
    send(id=m["id"], result={"protocol": 1, "name": "test", "version": "1", "runtime": "x",
        "capabilities": ["cancel", "log", "progress", "prompt"]})
def execute(m): reply(m)
def shutdown(m):
    send(id=m["id"], result={})
    sys.exit(0)
def cancel(m): pass
"#;

const LOOP: &str = r#"
while True:
    m = receive()
    globals()[m["method"]](m)
"#;

/// A fleet and the events that nobody has asked for yet.
struct Rig {
    fleet: Fleet,
    spec: RunnerSpec,
    events: Vec<FleetEvent>,
    last_call: u64,
    folder: TempDir,
}

impl Rig {
    /// A rig whose runner is defined by `body`; not started.
    fn idle(body: &str, change: impl FnOnce(&mut FleetOptions)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("runner.py");
        std::fs::write(&program, format!("{PREAMBLE}{body}{LOOP}")).unwrap();
        let run = format!("run-{}", folder.path().file_name().unwrap().display());
        let mut options = FleetOptions::new(run, 2);
        change(&mut options);
        let spec = RunnerSpec {
            name: "test".to_owned(),
            program: python(),
            args: vec!["-ISE".into(), program.into()],
            env: Vec::new(),
            workdir: folder.path().to_owned(),
        };
        Self {
            fleet: Fleet::new(options).unwrap(),
            spec,
            events: Vec::new(),
            last_call: 0,
            folder,
        }
    }

    /// A rig whose runner is ready.
    fn ready(body: &str) -> Self {
        let mut rig = Self::idle(body, |_| ());
        rig.start();
        rig.expect_ready();
        rig
    }

    fn start(&mut self) {
        self.start_as(ONE);
    }

    fn start_as(&mut self, runner: RunnerId) {
        let params = InitializeParams {
            protocol: 1,
            ..InitializeParams::default()
        };
        self.spec.name = format!("test{runner}");
        self.fleet.start(runner, &self.spec, &params, clock::now());
    }

    fn expect_ready(&mut self) -> u32 {
        match self.wait(|event| !matches!(event, FleetEvent::Log { .. })) {
            FleetEvent::Ready { pid, .. } => pid,
            other => panic!("{other:?}"),
        }
    }

    fn execute(&mut self) -> CallId {
        self.execute_with(json!({}))
    }

    fn execute_with(&mut self, parameters: serde_json::Value) -> CallId {
        self.last_call += 1;
        let call = CallId(self.last_call);
        let serde_json::Value::Object(parameters) = parameters else {
            panic!("parameters are a map");
        };
        let params = ExecuteParams {
            parameters,
            ..ExecuteParams::default()
        };
        self.fleet.execute(ONE, call, &params);
        call
    }

    /// The next event that `is_wanted`; what came before is kept in `events`.
    #[track_caller]
    fn wait(&mut self, is_wanted: impl Fn(&FleetEvent) -> bool) -> FleetEvent {
        let until = clock::now() + LIMIT;
        let mut looked = 0;
        loop {
            let found = self.events[looked..].iter().position(&is_wanted);
            if let Some(at) = found {
                return self.events.remove(looked + at);
            }
            looked = self.events.len();
            assert!(
                clock::now() < until,
                "no such event: {:.2000}",
                format!("{:?}", self.events)
            );
            self.fleet.poll(Some(until), &mut self.events).unwrap();
        }
    }

    #[track_caller]
    fn expect_reply(&mut self, wanted: CallId) -> Result<ExecuteResult, ErrorObject> {
        let is_wanted = |event: &FleetEvent| {
            !matches!(event, FleetEvent::Log { .. } | FleetEvent::Progress { .. })
        };
        match self.wait(is_wanted) {
            FleetEvent::Reply { call, result, .. } if call == wanted => result,
            other => panic!("{other:?}"),
        }
    }

    /// Calls and returns the outputs.
    #[track_caller]
    fn outputs(&mut self) -> serde_json::Map<String, serde_json::Value> {
        let call = self.execute();
        self.expect_reply(call).unwrap().outputs
    }

    /// Polls for `time` and expects nothing.
    fn expect_silence(&mut self, time: Duration) {
        let until = clock::now() + time;
        self.fleet.poll(Some(until), &mut self.events).unwrap();
        assert!(self.events.is_empty(), "{:?}", self.events);
    }

    /// Ends the fleet and tells how long that took.
    fn shut_down(&mut self) -> Duration {
        let begin = clock::now();
        self.fleet.shutdown_all(begin);
        while !self.fleet.is_empty() {
            let until = begin + LIMIT;
            assert!(clock::now() < until, "{:?}", self.events);
            self.fleet.poll(Some(until), &mut self.events).unwrap();
        }
        clock::now() - begin
    }

    /// Text of the log so far, with the call that each line belongs to.
    fn log(&self) -> Vec<(Option<CallId>, &str)> {
        let log = self.events.iter().filter_map(|event| match event {
            FleetEvent::Log { call, text, .. } => Some((*call, text.as_str())),
            _ => None,
        });
        log.collect()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Processes that carry the mark of this rig's run.
    fn marked(&self) -> Vec<i32> {
        marked(&self.fleet.options.run)
    }
}

/// Living processes of a run.
fn marked(run: &str) -> Vec<i32> {
    super::os::marked(&super::spec::Mark::start(), run)
}

/// The real interpreter: a version manager's shim would cost a shell per start.
fn python() -> PathBuf {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON
        .get_or_init(|| {
            let system = PathBuf::from("/usr/bin/python3");
            if system.is_file() {
                return system;
            }
            let ask = ["-c", "import sys; print(sys.executable)"];
            let answer = Command::new("python3").args(ask).output().unwrap();
            String::from_utf8(answer.stdout).unwrap().trim().into()
        })
        .clone()
}

fn is_violation(event: &FleetEvent) -> bool {
    matches!(event, FleetEvent::Violation { .. })
}

/// Waits until `holds`, which some other process makes true.
#[track_caller]
fn until(holds: impl Fn() -> bool) {
    let end: Instant = clock::now() + LIMIT;
    while !holds() {
        assert!(clock::now() < end, "never came true");
        std::thread::sleep(Duration::from_millis(1));
    }
}
