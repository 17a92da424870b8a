//! How runners fail to start, die and are stopped.

use super::*;
use crate::runner::Stop;

#[track_caller]
fn start_failure(rig: &mut Rig) -> String {
    rig.start();
    match rig.wait(|event| !matches!(event, FleetEvent::Log { .. })) {
        FleetEvent::StartFailed { reason, .. } => {
            assert!(rig.fleet.is_empty());
            assert!(rig.fleet.needs_restart(ONE));
            reason
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_missing_for_a_start_is_named() {
    let mut rig = Rig::idle("", |_| ());
    let script = rig.path("script");
    std::fs::write(&script, "#!/no/such/interpreter\n").unwrap();
    let good = std::mem::replace(&mut rig.spec.program, "no-such-program".into());
    assert_eq!(start_failure(&mut rig), "program no-such-program not found");
    rig.spec.program = script;
    assert!(start_failure(&mut rig).ends_with("may not be executed by this user"));
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&rig.spec.program, mode).unwrap();
    assert!(start_failure(&mut rig).contains("names an interpreter"));
    rig.spec.program = good;
    rig.spec.workdir = "/no/such/folder".into();
    assert_eq!(
        start_failure(&mut rig),
        "the folder /no/such/folder does not exist"
    );
}

#[test]
fn early_death_is_told_with_the_last_words() {
    let mut rig = Rig::idle("raise ValueError('no bench')", |_| ());
    let reason = start_failure(&mut rig);
    let expected = "it ended before it answered `initialize`: exit code 1: ValueError: no bench";
    assert_eq!(reason, expected);
}

#[test]
fn silence_at_the_start_ends_at_the_limit() {
    let mut rig = Rig::idle("time.sleep(60)", |options| {
        options.start_limit = Duration::from_millis(100);
    });
    assert_eq!(
        start_failure(&mut rig),
        "no answer to `initialize` within 0.1 s"
    );
    assert!(rig.marked().is_empty());
}

#[test]
fn answer_that_came_while_nobody_looked_is_in_time() {
    let body =
        "answer = initialize\ndef initialize(m):\n    answer(m)\n    open('answered', 'w')\n";
    let mut rig = Rig::idle(body, |options| {
        options.start_limit = Duration::from_millis(1);
    });
    rig.start();
    until(|| rig.path("answered").exists());
    rig.expect_ready();
}

#[test]
fn wrong_answers_to_initialize_are_told() {
    let mut rig = Rig::idle("raw(b'usage: x\\n')", |_| ());
    assert!(start_failure(&mut rig).contains("usage: x"));
    let other = "def initialize(m): send(id=m['id'], result={'protocol': 2, 'name': 'r', 'version': '9', 'runtime': 'x'})";
    let mut rig = Rig::idle(other, |_| ());
    assert_eq!(
        start_failure(&mut rig),
        "r 9 speaks protocol 2, this engine speaks 1"
    );
    let mut rig = Rig::idle("def initialize(m): fail(m, -32603, 'no licence')", |_| ());
    assert!(start_failure(&mut rig).ends_with("an error: no licence"));
}

#[test]
fn death_in_a_call_is_told_with_status_and_call() {
    for (body, expected) in [
        ("os._exit(3)", "exit code 3"),
        ("os.kill(os.getpid(), 11)", "killed by signal 11 (SIGSEGV)"),
        (
            "os.write(2, b'out of paper\\n'); os._exit(4)",
            "exit code 4: out of paper",
        ),
    ] {
        let mut rig = Rig::ready(&format!("def execute(m): {body}"));
        let lost = rig.execute();
        match rig.wait(|event| !matches!(event, FleetEvent::Log { .. })) {
            FleetEvent::Died {
                open_call, status, ..
            } => {
                assert_eq!((open_call, status.as_str()), (Some(lost), expected));
            }
            other => panic!("{other:?}"),
        }
        assert!(rig.fleet.needs_restart(ONE));
    }
}

#[test]
fn answer_before_death_counts() {
    let mut rig = Rig::ready("def execute(m):\n    reply(m, x=1)\n    os._exit(0)");
    assert_eq!(rig.outputs()["x"], 1);
    let event = rig.wait(|_| true);
    assert!(
        matches!(
            event,
            FleetEvent::Died {
                open_call: None,
                ..
            }
        ),
        "{event:?}"
    );
    let lost = rig.execute();
    let event = rig.wait(|_| true);
    assert!(matches!(event, FleetEvent::NotSent { call, .. } if call == lost));
}

#[test]
fn ordinary_end_takes_no_signal_and_no_grace() {
    let patient = |options: &mut FleetOptions| {
        options.shutdown_grace = Duration::from_secs(6);
    };
    let mut rig = Rig::idle(
        r#"
import atexit
atexit.register(lambda: os.write(2, b"bye\n"))
"#,
        patient,
    );
    rig.start();
    rig.expect_ready();
    rig.start_as(RunnerId(1));
    rig.expect_ready();
    let took = rig.shut_down();
    assert!(took < Duration::from_secs(3), "{took:?}");
    let asked = ("exit code 0".to_owned(), Stop::Asked);
    assert_eq!(stops(&rig), [asked.clone(), asked]);
    assert_eq!(rig.log(), [(None, "bye"); 2]);
}

fn stops(rig: &Rig) -> Vec<(String, Stop)> {
    let stops = rig.events.iter().filter_map(|event| match event {
        FleetEvent::Stopped { status, how, .. } => Some((status.clone(), *how)),
        _ => None,
    });
    stops.collect()
}

#[test]
fn runner_that_ignores_shutdown_gets_term_and_then_kill() {
    let quick = |options: &mut FleetOptions| {
        options.shutdown_grace = Duration::from_millis(30);
        options.term_grace = Duration::from_millis(100);
    };
    let mut rig = Rig::idle("def shutdown(m): time.sleep(60)", quick);
    rig.start();
    rig.expect_ready();
    rig.shut_down();
    assert_eq!(
        stops(&rig),
        [("killed by signal 15 (SIGTERM)".to_owned(), Stop::Terminated)]
    );

    let body = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\ndef shutdown(m): time.sleep(60)";
    let mut rig = Rig::idle(body, quick);
    rig.start();
    rig.expect_ready();
    let took = rig.shut_down();
    assert!(took > Duration::from_millis(125), "{took:?}");
    assert_eq!(
        stops(&rig),
        [("ignored SIGTERM, killed".to_owned(), Stop::Killed)]
    );
    assert!(rig.marked().is_empty());
}

#[test]
fn runner_that_only_reads_eof_ends_in_order() {
    let mut rig = Rig::ready("def shutdown(m): send(id=m['id'], result={})");
    rig.shut_down();
    assert_eq!(stops(&rig), [("exit code 0".to_owned(), Stop::Asked)]);
}

#[test]
fn death_of_the_supervising_thread_ends_the_runner() {
    let pid = std::thread::spawn(|| {
        let mut rig = Rig::ready("");
        let pid = rig.outputs_pid();
        // A crash runs no destructor.
        std::mem::forget(rig);
        pid
    })
    .join()
    .unwrap();
    until(|| super::super::os::is_gone(pid));
}

impl Rig {
    fn outputs_pid(&mut self) -> i32 {
        self.outputs();
        self.marked()[0]
    }
}
