//! What the operator's screen costs. The figures of the README.
//!
//! `cargo bench --bench screen` runs the real executable on a real pseudo-terminal of 120x40:
//! 10,000 Python steps with the screen and headless, in turns; the same run with a person who
//! scrolls through its steps afterwards, for the cost of a frame; and the screen while nothing
//! happens: in a long delay, in a question, at the desk between two units. A frame counts from its
//! event to the last byte that the terminal took: it is the processor time of the screen's thread
//! by the frames that came out. `-- --quick` waits shorter.

#[allow(dead_code, unused_imports, reason = "each bench uses a part")]
mod rig;

use std::fs;
use std::io::{self, Write};
use std::thread;
use std::time::Duration;

use rig::pty::Pty;
use rig::{Bench, Figures, expect, manifest, now, processor_time, processor_time_of_all};

/// The thread that draws.
const SCREEN: &str = "maestro";

/// Times that 10,000 steps are run.
const ROUNDS: usize = 5;

/// Keys that scroll; slower than the screen looks for keys, so that each has a frame of its own.
const KEYS: usize = 100;
const PACE: Duration = Duration::from_millis(50);

fn main() -> io::Result<()> {
    let is_quick = std::env::args().any(|arg| arg == "--quick");
    let idle = Duration::from_secs(if is_quick { 3 } else { 10 });
    let folder = std::env::temp_dir().join(format!("maestro-screen-{}", std::process::id()));
    let bench = Bench::new(&folder)?;
    let result = measure(&bench, idle);
    fs::remove_dir_all(&folder)?;
    result
}

fn measure(bench: &Bench, idle: Duration) -> io::Result<()> {
    let mut out = io::stdout().lock();
    // Unpacks the runner and fills the caches; not counted.
    bench.run("python-1")?;
    measure_run(bench, &mut out)?;
    measure_frame(bench, &mut out)?;
    measure_idle(bench, idle, &mut out)
}

/// 10,000 Python steps with the screen and without.
fn measure_run(bench: &Bench, out: &mut dyn Write) -> io::Result<()> {
    let name = "python-10000";
    let (mut with, mut without, mut extra) = (vec![], vec![], vec![]);
    let (mut frames, mut cost, mut share) = (vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        let headless = bench.run(name)?.run_us / 1e4;
        let seen = seen_run(bench, name)?;
        let shown = bench.duration_of_newest_run()? / 1e4;
        without.push(headless);
        with.push(shown);
        extra.push((shown / headless - 1.0) * 100.0);
        frames.push(seen.frames);
        cost.push(seen.screen_us / seen.frames / 1e3);
        share.push(seen.screen_us / 1e4);
    }
    writeln!(out, "10000 Python steps, per step")?;
    writeln!(
        out,
        "  headless                       {} µs",
        Figures(without)
    )?;
    writeln!(out, "  with the screen                {} µs", Figures(with))?;
    writeln!(out, "  the screen adds                {} %", Figures(extra))?;
    writeln!(
        out,
        "  processor time of the screen   {} µs",
        Figures(share)
    )?;
    writeln!(out, "  frames                         {}", Figures(frames))?;
    writeln!(out, "  a frame and its events         {} ms", Figures(cost))
}

/// What a run on the screen took.
struct SeenRun {
    /// Of the screen's thread, to the verdict.
    screen_us: f64,
    frames: f64,
}

fn seen_run(bench: &Bench, name: &str) -> io::Result<SeenRun> {
    let mut terminal = start(bench, name, &["--serial", "B1"])?;
    let process = terminal.child.id();
    // What came before the first frame is no cost of the screen.
    terminal.wait_for("Unit ")?;
    let before = processor_time(process, SCREEN).unwrap_or_default();
    terminal.wait_for("take it out")?;
    let screen_us = processor_time(process, SCREEN).unwrap_or_default() - before;
    let frames = terminal.seen().frames as f64;
    close(&mut terminal)?;
    expect(terminal.end()?.success(), "the run passes")?;
    Ok(SeenRun { screen_us, frames })
}

/// A person scrolls through 10,000 steps.
fn measure_frame(bench: &Bench, out: &mut dyn Write) -> io::Result<()> {
    let mut figures = Vec::new();
    let mut terminal = start(bench, "mock-10000", &["--serial", "B1"])?;
    let process = terminal.child.id();
    terminal.wait_for("take it out")?;
    thread::sleep(Duration::from_secs(1));
    terminal.press("s")?;
    terminal.wait_for("of 10001")?;
    for key in ["\x1b[A", "\x1b[5~", "k", "\x1b[A", "\x1b[5~"] {
        let before = (processor_time(process, SCREEN), terminal.seen().frames);
        for _ in 0..KEYS {
            terminal.press(key)?;
            thread::sleep(PACE);
        }
        let after = (processor_time(process, SCREEN), terminal.seen().frames);
        let (Some(from), Some(to)) = (before.0, after.0) else {
            return Err(io::Error::other("the screen is gone"));
        };
        figures.push((to - from) / 1e3 / (after.1 - before.1) as f64);
    }
    writeln!(
        out,
        "a frame at 10000 steps           {} ms",
        Figures(figures)
    )?;
    terminal.press("q")?;
    close(&mut terminal)?;
    expect(terminal.end()?.success(), "the run passes")
}

/// Nothing happens.
fn measure_idle(bench: &Bench, time: Duration, out: &mut dyn Write) -> io::Result<()> {
    let steps = [
        ("delay", "{ name: Soak, type: delay, duration: 600 }"),
        (
            "question",
            "{ name: Look, type: manual, prompt: { message: Is it green? } }",
        ),
    ];
    let mut cases = Vec::new();
    for (name, step) in steps {
        let folder = bench.folder.join(name);
        fs::create_dir_all(folder.join("tests"))?;
        fs::write(folder.join("package.json"), manifest(name))?;
        let text = format!("test:\n  name: Idle\n  version: 1.0.0\n  steps:\n    - {step}\n");
        fs::write(folder.join("tests/main.yaml"), text)?;
        cases.push((format!("idle in a {name}"), name, &["--serial", "B1"][..]));
    }
    cases.push((
        "idle between two units".to_owned(),
        "delay",
        &["--loop"][..],
    ));
    let wanted = ["Soak", "Is it green?", "Who tests"];
    for ((title, name, arguments), wanted) in cases.into_iter().zip(wanted) {
        let terminal = start(bench, name, arguments)?;
        terminal.wait_for(wanted)?;
        thread::sleep(Duration::from_secs(1));
        let process = terminal.child.id();
        let (start, from) = (now(), processor_time_of_all(process));
        let frames = terminal.seen().frames;
        thread::sleep(time);
        let (end, to) = (now(), processor_time_of_all(process));
        let frames = terminal.seen().frames - frames;
        let (Some(from), Some(to)) = (from, to) else {
            return Err(io::Error::other("the screen is gone"));
        };
        let seconds = (end - start).as_secs_f64();
        writeln!(
            out,
            "{title:<32} {:>7.2} % of a core, {:.1} frames a second",
            (to - from) / 1e4 / seconds,
            frames as f64 / seconds
        )?;
        terminal.end_by_force()?;
    }
    Ok(())
}

fn start(bench: &Bench, name: &str, arguments: &[&str]) -> io::Result<Pty> {
    let mut command = bench.command();
    command
        .arg("run")
        .args(arguments)
        .arg(bench.folder.join(name));
    Pty::run(&command)
}

/// Closes the verdict, which takes keys only after it was visible for a while.
fn close(terminal: &mut Pty) -> io::Result<()> {
    thread::sleep(Duration::from_millis(700));
    terminal.press("\r")
}
