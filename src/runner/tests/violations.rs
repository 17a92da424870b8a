//! What a runner does against the protocol, and that the next process works.

use maestro_protocol::DescribeParams;

use super::*;

/// Plays `body` up to the violation, then replaces the runner and expects it to work.
#[track_caller]
fn violate(body: &str) -> String {
    // Only the first process misbehaves.
    let body = format!(
        "{body}\nif os.environ['MAESTRO_RUNNER'].endswith('/2'):\n    def execute(m): reply(m, id=m['id'])\n"
    );
    let mut rig = Rig::ready(&body);
    let lost = rig.execute();
    let message = match rig.wait(is_violation) {
        FleetEvent::Violation {
            open_call, message, ..
        } => {
            assert_eq!(open_call, Some(lost));
            message
        }
        other => panic!("{other:?}"),
    };
    assert!(rig.fleet.needs_restart(ONE));
    rig.start();
    rig.wait(|event| matches!(event, FleetEvent::Ready { generation: 2, .. }));
    rig.events.clear();
    assert!(!rig.fleet.needs_restart(ONE));
    // The first process had ids 1 and 2, the second begins with 3.
    assert_eq!(rig.outputs()["id"], 4);
    message
}

#[test]
fn text_that_is_not_json_is_shown() {
    let message = violate(r#"def execute(m): raw(b"hello world\n")"#);
    assert!(message.contains("not JSON"), "{message}");
    assert!(message.ends_with("hello world"), "{message}");
}

#[test]
fn raw_bytes_are_shown_escaped() {
    let message = violate(r#"def execute(m): raw(bytes(range(128, 256)) + b"\n")"#);
    assert!(message.contains(r"\x80\x81"), "{message}");
}

#[test]
fn answer_with_a_wrong_id_is_named() {
    let message = violate(r"def execute(m): send(id=999, result={})");
    assert!(message.starts_with("answer with id 999, which was never issued"));
}

#[test]
fn second_answer_to_an_earlier_call_is_named() {
    let message = violate(r#"def execute(m): send(id=m["id"] - 1, result={})"#);
    assert!(message.starts_with("second answer with id 1"), "{message}");
}

#[test]
fn answer_of_the_wrong_shape_is_named() {
    let message = violate(r#"def execute(m): send(id=m["id"], result={"outputs": 7})"#);
    assert!(message.contains("result"), "{message}");
    let message = violate(r#"def execute(m): send(id=m["id"])"#);
    assert!(message.contains("neither"), "{message}");
}

#[test]
fn half_a_line_before_the_end_is_told_with_the_end() {
    let message = violate(
        r#"
def execute(m):
    raw(b'{"jsonrpc":"2.0","id"')
    os._exit(3)
"#,
    );
    assert!(message.contains("half a line"), "{message}");
    assert!(message.ends_with("(exit code 3)"), "{message}");
}

#[test]
fn line_of_20_mb_is_refused_without_keeping_it() {
    let message = violate(
        r#"
def execute(m):
    for i in range(20): raw(b"x" * 1000000)
    raw(b"\n")
"#,
    );
    assert!(message.contains("16777216"), "{message}");
    assert!(message.len() < 300);
}

#[test]
fn closed_stdout_is_found_before_the_deadline_of_the_call() {
    let message = violate(
        r"
def execute(m):
    os.close(1)
    time.sleep(60)
",
    );
    assert_eq!(message, "it closed its standard output and goes on");
}

#[test]
fn what_follows_a_violation_is_not_read_but_its_log_is() {
    let mut rig = Rig::ready(
        r#"
def execute(m):
    raw(b"garbage\n")
    reply(m)
    for i in range(3): raw(b"x" * 1000000)
    os.write(2, b"still there\n")
"#,
    );
    rig.execute();
    rig.wait(is_violation);
    rig.wait(|event| matches!(event, FleetEvent::Log { text, .. } if text == "still there"));
    let is_kill = |event: &FleetEvent| matches!(event, FleetEvent::Killed { .. });
    rig.wait(is_kill);
    assert!(rig.events.is_empty(), "{:?}", rig.events);
    let lost = rig.execute();
    let event = rig.wait(|_| true);
    assert!(matches!(event, FleetEvent::NotSent { call, .. } if call == lost));
}

#[test]
fn garbage_between_calls_costs_no_call() {
    let mut rig = Rig::ready("def execute(m):\n    reply(m)\n    raw(b'late\\n')");
    rig.outputs();
    let event = rig.wait(|_| true);
    assert!(
        matches!(
            event,
            FleetEvent::Violation {
                open_call: None,
                ..
            }
        ),
        "{event:?}"
    );
}

#[test]
fn runner_that_never_describes_its_targets_breaks_a_rule() {
    let mut rig = Rig::idle("def describe(m): pass\n", |options| {
        options.describe_limit = Duration::from_millis(100);
    });
    rig.start();
    rig.expect_ready();
    rig.fleet
        .describe(ONE, CallId(1), &DescribeParams::default());
    match rig.wait(|event| !matches!(event, FleetEvent::Log { .. })) {
        FleetEvent::Violation {
            open_call, message, ..
        } => {
            assert_eq!(open_call, Some(CallId(1)));
            assert_eq!(message, "no answer to `describe` within 0.1 s");
        }
        other => panic!("{other:?}"),
    }
}
