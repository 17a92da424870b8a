//! A runner on another machine, which here is the loop-back address.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::rig::Rig;

const MAIN: &str = "\
test:
  name: Remote
  version: 1.0.0
  steps:
    - { name: Far, runner: far, target: {program: /bin/sh, args: [-c, 'echo 3.3'], parse: text}, timeout_ms: 5000 }
    - { name: Stuck, runner: far, timeout_ms: 300, precondition: stuck == 1,
        target: {program: /bin/sleep, args: ['60']} }
    - { name: Again, runner: far, target: {program: /bin/echo, args: [x]}, timeout_ms: 5000 }
";

/// `maestro runner listen`, killed when the test ends.
pub(crate) struct Listening {
    child: Child,
    pub(crate) address: String,
}

impl Listening {
    fn start(rig: &Rig) -> Self {
        let maestro = env!("CARGO_BIN_EXE_maestro");
        Self::with(rig, &[maestro, "runner", "serve", "command"])
    }

    /// Listens for stations that use this runner.
    pub(crate) fn with(rig: &Rig, runner: &[&str]) -> Self {
        let listen = ["runner", "listen", "127.0.0.1:0"];
        let mut command = rig.command(listen.iter().chain(runner));
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut told = BufReader::new(child.stderr.take().unwrap());
        told.read_line(&mut line).unwrap();
        let address = line.trim().rsplit(' ').next().unwrap().to_owned();
        // Nobody reads on: what the listener tells from now on is lost, which must not stop it.
        drop(told);
        Self { child, address }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn rig() -> Rig {
    let main = MAIN.replace("  steps:", "  variables: { stuck: 0 }\n  steps:");
    Rig::new().package("remote", &main, "")
}

fn at(rig: Rig, address: &str) -> Rig {
    let config = rig.work().join("station.yaml");
    let text = format!("station_id: rig\nrunners: {{ far: {{ connect: '{address}' }} }}\n");
    rig.file("station.yaml", &text)
        .env("MAESTRO_CONFIG", config.to_str().unwrap())
}

#[test]
fn remote_runner_carries_out_steps_and_is_there_for_the_next_run() {
    let rig = rig();
    let far = Listening::start(&rig);
    let rig = at(rig, &far.address);
    for _ in 0..2 {
        rig.run(["run", "remote", "-s", "1"])
            .passes()
            .shows("Again");
    }
}

#[test]
fn what_the_remote_runner_prints_is_in_the_log_of_its_step() {
    let main = "\
test:
  name: Prints
  version: 1.0.0
  steps:
    - {name: Far, runner: far, target: {program: /bin/sh, args: [-c, 'echo settling ä >&2; echo 3.3']}, timeout_ms: 5000}
";
    // The runner itself writes it, not the program.
    let runner = "import sys, json, os\n\
        for line in sys.stdin:\n    r = json.loads(line)\n    m = r['method']\n    \
        a = {'protocol': 1, 'name': 'n', 'version': '1', 'runtime': 'r', 'capabilities': []} \
        if m == 'initialize' else {}\n    \
        if m == 'execute': print('settling ä', file=sys.stderr, flush=True)\n    \
        print(json.dumps({'jsonrpc': '2.0', 'id': r['id'], 'result': a}), flush=True)\n    \
        if m == 'shutdown': break\n";
    let rig = Rig::new().package("remote", main, "");
    let far = Listening::with(&rig, &["python3", "-S", "-c", runner]);
    let rig = at(rig, &far.address);
    let run = ["run", "remote", "-s", "1", "--format=json"];
    let events = rig.run(run).passes().json_events();
    let said = events.iter().find(|event| event["message"] == "settling ä");
    assert_eq!(said.unwrap()["step"], 1, "{said:?}");
    // An ordinary end is none that is complained about.
    let is_told = |event: &&serde_json::Value| event.to_string().contains("closed the connection");
    assert_eq!(events.iter().find(is_told), None);
}

#[test]
fn remote_runner_that_hangs_is_left_and_connected_anew() {
    let rig = rig();
    let far = Listening::start(&rig);
    let rig = at(rig, &far.address);
    let run = ["run", "remote", "-s", "1", "--var", "stuck=1"];
    rig.run(run)
        .exit(4)
        .within(Duration::from_secs(15))
        .shows("Stuck");
    // The machine is free for the next station.
    rig.run(["run", "remote", "-s", "1"]).passes();
}

#[test]
fn machine_that_does_not_answer_is_named() {
    let rig = at(rig(), "127.0.0.1:1");
    rig.run(["run", "remote", "-s", "1"])
        .exit(5)
        .shows("127.0.0.1:1")
        .shows("refused");
}

/// A runner in Python: `work` is done at `execute`, `after` behind the answer to `initialize`.
fn runner(work: &str, after: &str) -> String {
    format!(
        "import sys, json, os, time, subprocess\n\
         for line in sys.stdin:\n    r = json.loads(line)\n    m = r['method']\n    \
         a = {{'protocol': 1, 'name': 'n', 'version': '1', 'runtime': 'r', 'capabilities': []}} \
         if m == 'initialize' else {{}}\n    \
         if m == 'execute': {work}\n    \
         print(json.dumps({{'jsonrpc': '2.0', 'id': r['id'], 'result': a}}), flush=True)\n    \
         if m == 'initialize': {after}\n    \
         if m == 'shutdown': break\n"
    )
}

fn one_step(target: &str) -> Rig {
    let main = format!(
        "test:\n  name: Far\n  version: 1.0.0\n  steps:\n    \
         - {{ name: Far, runner: far, target: {{ x: {target} }}, timeout_ms: {{TIMEOUT}} }}\n"
    );
    let timeout = if target.len() > 10 { "2000" } else { "60000" };
    Rig::new().package("remote", &main.replace("{TIMEOUT}", timeout), "")
}

#[test]
fn death_of_a_remote_runner_is_noticed_although_another_process_holds_its_output() {
    let rig = one_step("1");
    let left = "subprocess.Popen(['sleep', '60'], start_new_session=True); os._exit(3)";
    let far = Listening::with(&rig, &["python3", "-S", "-c", &runner(left, "pass")]);
    let rig = at(rig, &far.address);
    rig.run(["run", "remote", "-s", "1"])
        .exit(5)
        .within(Duration::from_secs(20))
        .shows("closed the connection");
}

#[test]
fn machine_is_free_again_after_a_runner_that_took_no_more_requests() {
    // More than a pipe holds: whoever writes it to the runner waits for it.
    let rig = one_step(&"x".repeat(1 << 20));
    let flag = rig.work().join("hangs");
    let hang = format!("\n        while os.path.exists({flag:?}): time.sleep(0.01)");
    std::fs::write(&flag, "").unwrap();
    let far = Listening::with(&rig, &["python3", "-c", &runner("pass", &hang)]);
    let rig = at(rig, &far.address);
    let run = ["run", "remote", "-s", "1", "--unattended"];
    rig.run(run).exit(4).within(Duration::from_secs(20));
    std::fs::remove_file(&flag).unwrap();
    rig.run(run).passes();
}
