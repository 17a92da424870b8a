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
struct Listening {
    child: Child,
    address: String,
}

impl Listening {
    fn start(rig: &Rig) -> Self {
        let maestro = env!("CARGO_BIN_EXE_maestro");
        let listen = [
            "runner",
            "listen",
            "127.0.0.1:0",
            maestro,
            "runner",
            "serve",
            "command",
        ];
        let mut command = rig.command(listen);
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
