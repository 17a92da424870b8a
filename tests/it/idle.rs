//! A screen on which nothing happens leaves the processor to the test.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::rig::Rig;
use crate::terminal::Terminal;

/// How long is looked.
const LOOK: Duration = Duration::from_secs(2);

/// Of [`LOOK`]; the figures of the README are far below it.
const AT_MOST: Duration = Duration::from_millis(40);

const QUESTION: &str = "
test:
  name: Idle
  version: 1.0.0
  steps:
    - { name: Look, type: manual, prompt: { message: Is the LED green? } }
";

const DELAY: &str = "
test:
  name: Idle
  version: 1.0.0
  steps:
    - { name: Soak, type: delay, duration: 600 }
";

#[test]
fn screen_that_waits_for_an_answer_a_unit_or_the_end_of_a_step_takes_no_processor() {
    let cases = [
        ("run question --serial U1", "Is the LED green?"),
        ("run delay --serial U1", "Soak"),
        ("run question --loop", "Who tests?"),
    ];
    for (command, shown) in cases {
        // One for each: the next run would find that the one before was killed.
        let rig = Rig::new()
            .package("question", QUESTION, "")
            .package("delay", DELAY, "")
            .env("TERM", "xterm-256color");
        let terminal = Terminal::start(&rig, command.split(' '), 120);
        terminal.waits_for(shown);
        let process = terminal.process();
        comes_to_rest(process);
        let before = processor_time(process);
        sleep(LOOK);
        let spent = processor_time(process).saturating_sub(before);
        assert!(spent < AT_MOST, "{command}: {spent:?} of {LOOK:?}");
    }
}

/// Waits until what is done once after the first frame is over, which takes long on a busy machine.
fn comes_to_rest(process: u32) {
    let end = Instant::now() + Duration::from_secs(20);
    let mut spent = processor_time(process);
    while Instant::now() < end {
        sleep(Duration::from_millis(250));
        let before = std::mem::replace(&mut spent, processor_time(process));
        if spent.saturating_sub(before) < AT_MOST / 8 {
            return;
        }
    }
}

/// What all threads of a process have taken of the processors.
fn processor_time(process: u32) -> Duration {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let times = tasks.filter_map(|task| {
        let text = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(times.sum())
}
