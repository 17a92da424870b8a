//! More than anybody wants to read: memory stays bounded and the answer comes through.

use serde_json::json;

use super::*;

/// Text of all log events, which must be near the limit of 1 MiB and not beyond.
fn kept(rig: &Rig) -> usize {
    rig.log().iter().map(|(_, text)| text.len()).sum()
}

#[test]
fn flood_of_100_mb_on_stderr_is_cut_counted_and_does_not_hold_up_the_answer() {
    let mut rig = Rig::ready(
        r#"
def execute(m):
    chunk = (b"x" * 99 + b"\n") * 10000
    for i in range(100):
        left = memoryview(chunk)
        while left: left = left[os.write(2, left):]
    reply(m)
"#,
    );
    let call = rig.execute();
    rig.expect_reply(call).unwrap();
    assert!(
        (1_000_000..1_050_000).contains(&kept(&rig)),
        "{}",
        kept(&rig)
    );
    let (of, note) = *rig.log().last().unwrap();
    assert_eq!(of, Some(call));
    let dropped: u64 = note.split(' ').next().unwrap().parse().unwrap();
    assert!((98_000_000..99_500_000).contains(&dropped), "{note}");
    assert!(rig.fleet.is_ready(ONE));
}

#[test]
fn flood_of_100_mb_of_log_messages_on_stdout_is_cut_and_counted() {
    let mut rig = Rig::ready(
        r#"
def execute(m):
    line = b'{"jsonrpc":"2.0","method":"log","params":{"level":"info","message":"%s"}}\n' % (b"x" * 1000000)
    for i in range(100): raw(line)
    reply(m)
"#,
    );
    let call = rig.execute();
    rig.expect_reply(call).unwrap();
    assert!((900_000..1_050_000).contains(&kept(&rig)), "{}", kept(&rig));
    let note = rig.log().last().unwrap().1;
    assert!(note.contains("bytes of log dropped"), "{note}");
}

#[test]
fn wait_ends_at_its_time_in_the_middle_of_a_flood() {
    let mut rig = Rig::ready(
        r#"
def execute(m):
    while True: os.write(2, b"x" * 99 + b"\n")
"#,
    );
    rig.execute();
    rig.wait(|event| matches!(event, FleetEvent::Log { .. }));
    let begin = clock::now();
    let until = begin + Duration::from_millis(100);
    while clock::now() < until {
        rig.fleet.poll(Some(until), &mut rig.events).unwrap();
    }
    assert!(clock::now() - begin < Duration::from_secs(2));
    rig.fleet.kill(ONE);
    rig.wait(|event| matches!(event, FleetEvent::Killed { .. }));
    assert!(kept(&rig) < 1_100_000);
}

#[test]
fn runner_that_does_not_read_blocks_nobody_and_its_cancel_kills() {
    let mut rig = Rig::ready("def execute(m): time.sleep(60)");
    rig.execute();
    let begin = clock::now();
    let call = rig.execute_with(json!({"x": "x".repeat(5_000_000)}));
    rig.expect_silence(Duration::from_millis(20));
    rig.fleet.cancel(ONE, call);
    let event = rig.wait(|_| true);
    assert!(matches!(event, FleetEvent::Killed { .. }), "{event:?}");
    assert!(clock::now() - begin < Duration::from_secs(8));
    assert!(rig.fleet.needs_restart(ONE));
}
