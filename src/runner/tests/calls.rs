//! What goes well: calls, prompts, progress, log, cancel, waking.

use maestro_protocol::{PromptReply, RequestId, error};
use serde_json::json;

use super::*;

#[test]
fn answer_comes_back_under_its_call() {
    let mut rig = Rig::ready(r#"def execute(m): reply(m, got=m["params"]["parameters"]["x"])"#);
    for value in [json!(1.5), json!("ä\n"), json!([1, null])] {
        let call = rig.execute_with(json!({"x": value}));
        assert_eq!(rig.expect_reply(call).unwrap().outputs["got"], value);
    }
}

#[test]
fn error_answer_keeps_code_and_message() {
    let mut rig = Rig::ready(r#"def execute(m): fail(m, -32003, "too low")"#);
    let call = rig.execute();
    let error = rig.expect_reply(call).unwrap_err();
    assert_eq!(
        (error.code, error.message.as_str()),
        (error::ASSERTION, "too low")
    );
}

#[test]
fn stderr_and_log_of_a_call_come_before_its_answer_and_under_its_call() {
    let mut rig = Rig::ready(
        r#"
def execute(m):
    os.write(2, b"one\ntwo")
    send(method="log", params={"level": "warning", "message": "three"})
    reply(m)
    time.sleep(0.05)
    os.write(2, b"\nafter\n")
"#,
    );
    let call = rig.execute();
    rig.expect_reply(call).unwrap();
    let mut log = rig.log();
    log.sort_by_key(|(_, text)| text.len());
    assert_eq!(
        log,
        [
            (Some(call), "one"),
            (Some(call), "two"),
            (Some(call), "three")
        ]
    );
    rig.events.clear();
    rig.wait(|event| matches!(event, FleetEvent::Log { call: None, text, .. } if text == "after"));
}

#[test]
fn of_many_progress_messages_the_last_is_told() {
    let mut rig = Rig::ready(
        r#"
def execute(m):
    for i in range(101): send(method="progress", params={"fraction": i / 100})
    reply(m)
"#,
    );
    let call = rig.execute();
    rig.expect_reply(call).unwrap();
    let last = rig.events.iter().rev().find_map(|event| match event {
        FleetEvent::Progress { fraction, .. } => Some(*fraction),
        _ => None,
    });
    assert_eq!(last, Some(1.0));
}

#[test]
fn prompt_is_answered_refused_or_withdrawn() {
    let mut rig = Rig::ready(
        r#"
def execute(m):
    send(id="q", method="prompt", params={"message": "ok?"})
    answer = receive()
    while answer.get("method"): answer = receive()
    reply(m, action=answer.get("result", {}).get("action"), code=answer.get("error", {}).get("code"))
"#,
    );
    let request = RequestId::Text("q".to_owned());
    let is_prompt = |event: &FleetEvent| matches!(event, FleetEvent::Prompt { .. });
    let call = rig.execute();
    rig.wait(is_prompt);
    let reply = PromptReply {
        action: "pass".to_owned(),
        ..PromptReply::default()
    };
    assert!(rig.fleet.answer_prompt(ONE, &request, &reply));
    assert!(!rig.fleet.answer_prompt(ONE, &request, &reply));
    assert_eq!(rig.expect_reply(call).unwrap().outputs["action"], "pass");

    let call = rig.execute();
    rig.wait(is_prompt);
    rig.fleet.refuse_prompt(ONE, &request, "unattended");
    assert_eq!(
        rig.expect_reply(call).unwrap().outputs["code"],
        error::NOBODY_ANSWERS
    );

    let call = rig.execute();
    rig.wait(is_prompt);
    rig.fleet.cancel(ONE, call);
    assert!(!rig.fleet.answer_prompt(ONE, &request, &reply));
    match rig.wait(|_| true) {
        FleetEvent::LateReply { result, .. } => {
            assert_eq!(result.unwrap().outputs["code"], error::CANCELLED);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn prompt_outside_a_call_and_unknown_request_are_refused_at_once() {
    let mut rig = Rig::ready(
        r#"
asked = []
def execute(m):
    reply(m, codes=asked)
    send(id=1, method="prompt", params={"message": "ok?"})
    asked.append(receive()["error"]["code"])
    send(id=2, method="dance", params={})
    asked.append(receive()["error"]["code"])
"#,
    );
    assert_eq!(rig.outputs()["codes"], json!([]));
    rig.expect_silence(Duration::from_millis(50));
    assert_eq!(
        rig.outputs()["codes"],
        json!([error::NOBODY_ANSWERS, error::NOT_FOUND])
    );
}

#[test]
fn cancelled_call_answers_late_and_the_runner_is_kept() {
    let mut rig = Rig::ready(
        r#"
def execute(m):
    assert receive() == {"jsonrpc": "2.0", "method": "cancel", "params": {"id": m["id"]}}
    fail(m, -32800, "cancelled")
"#,
    );
    for _ in 0..3 {
        let call = rig.execute();
        rig.fleet.cancel(ONE, CallId(99));
        rig.fleet.cancel(ONE, call);
        match rig.wait(|_| true) {
            FleetEvent::LateReply {
                call: late, result, ..
            } => {
                assert_eq!((late, result.unwrap_err().code), (call, error::CANCELLED));
            }
            other => panic!("{other:?}"),
        }
        assert!(rig.fleet.is_ready(ONE));
    }
    assert_eq!(rig.fleet.generation(ONE), 1);
}

#[test]
fn large_call_is_written_while_the_runner_talks() {
    let mut rig = Rig::ready(
        r#"
def execute(m):
    size = len(m["params"]["parameters"]["x"])
    reply(m, size=size, back="y" * size)
"#,
    );
    let size = 5_000_000;
    let call = rig.execute_with(json!({"x": "x".repeat(size)}));
    let outputs = rig.expect_reply(call).unwrap().outputs;
    assert_eq!(outputs["size"], size);
    assert_eq!(outputs["back"].as_str().unwrap().len(), size);
}

#[test]
fn call_over_the_line_limit_is_not_sent() {
    let mut rig = Rig::ready("");
    let lost = rig.execute_with(json!({"x": "x".repeat(maestro_protocol::MAX_LINE)}));
    match rig.wait(|_| true) {
        FleetEvent::NotSent { call, reason, .. } => {
            assert_eq!(call, lost);
            assert!(reason.contains("16777216"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
    rig.outputs();
}

#[test]
fn waker_ends_a_wait_from_another_thread() {
    let mut rig = Rig::ready("");
    let waker = rig.fleet.waker();
    let thread = std::thread::spawn(move || waker.wake());
    assert!(matches!(rig.wait(|_| true), FleetEvent::Wake));
    thread.join().unwrap();
    rig.expect_silence(Duration::from_millis(5));
}

#[test]
fn runners_start_side_by_side() {
    let mut rig = Rig::idle("time.sleep(1)", |_| ());
    let begin = clock::now();
    for index in 0..3 {
        rig.start_as(RunnerId(index));
        assert!(!rig.fleet.needs_restart(RunnerId(index)));
    }
    for _ in 0..3 {
        rig.expect_ready();
    }
    assert!(clock::now() - begin < Duration::from_millis(2_800));
}

#[test]
fn runner_has_a_session_of_its_own_and_no_terminal() {
    let mut rig = Rig::idle(
        r#"
def execute(m):
    try: os.close(os.open("/dev/tty", os.O_RDWR)); tty = True
    except OSError: tty = False
    reply(m, leads=os.getsid(0) == os.getpid(), tty=tty, mark=os.environ["MAESTRO_RUNNER"], x=os.environ["X"])
"#,
        |_| (),
    );
    rig.spec.env = vec![("X".into(), "y".into())];
    rig.start();
    rig.expect_ready();
    let outputs = rig.outputs();
    assert_eq!(outputs["leads"], true);
    assert_eq!(outputs["tty"], false);
    assert_eq!(outputs["x"], "y");
    let mark = format!("{}/test0/1", rig.fleet.options.run);
    assert_eq!(outputs["mark"], json!(mark));
}
