//! .NET test code from outside, under Mono: whole runs with Python beside it.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::faults::records::{assert_no_process, end_of_step, of_kind, only, word};
use crate::rig::{Outcome, Rig, repository};

/// A rig with the package `p` whose `assemblies/` holds the compiled `Bench.cs`.
fn rig(steps: &str, python: &str) -> Rig {
    let main = format!("test:\n  name: Net\n  version: 1.0.0\n{steps}");
    let rig = Rig::new().package("p", &main, python);
    let assemblies = rig.work().join("p/assemblies");
    fs::create_dir(&assemblies).unwrap();
    let source = repository().join("tests/it/dotnet/Bench.cs");
    compile(&source, &assemblies.join("Bench.dll"));
    rig
}

/// Compiles a library with Mono.
pub(crate) fn compile(source: &Path, out: &Path) {
    let compiled = Command::new("mcs")
        .args([
            "-target:library",
            "-debug+",
            "-r:System.dll,System.Core.dll",
        ])
        .arg(format!("-out:{}", out.display()))
        .arg(source)
        .output()
        .expect("Mono's compiler is needed (Debian: mono-mcs)");
    assert!(compiled.status.success(), "{compiled:?}");
}

/// A step that calls a method of `Lab.Bench`; `more` begins with a comma.
fn step(name: &str, method: &str, more: &str) -> String {
    format!(
        "    - {{name: {name}, runner: dotnet, assembly: Bench.dll, class: Lab.Bench, method: {method}{more}}}\n"
    )
}

fn run(rig: &Rig) -> Outcome {
    rig.run(["run", "p", "--serial=S1", "--unattended", "--format=json"])
}

fn verdict(events: &[Value], name: &str) -> String {
    word(&end_of_step(events, name), "verdict")
}

fn logs(events: &[Value]) -> String {
    let lines = of_kind(events, "logged").map(|event| word(event, "message"));
    lines.collect::<Vec<_>>().join("\n")
}

const PYTHON: &str = r#"
def start():
    return {"volts": 3.25, "samples": 4, "names": ["a", "b"], "gains": {"x": 2.0}, "fast": True}

def end(total: float, whole: float, count: int, text: str, range: str, nested: dict, half: float):
    assert (total, count, text, range, half) == (26.0, 3, "b+a", "High", 13.0), locals()
    assert isinstance(whole, float) and nested == {"list": [1, 2], "exact": 1.1, "wide": 2**64 - 1}
    return {"all": "well"}
"#;

#[test]
fn values_pass_between_python_dotnet_and_a_program_in_one_sequence() {
    let given = ", parameters: {volts: \"{{volts}}\", samples: \"{{samples}}\", names: \"{{names}}\", gains: \"{{gains}}\", fast: \"{{fast}}\", range: high}";
    let back = ["total", "whole", "count", "text", "range", "nested", "half"];
    let back = back
        .map(|name| format!("{name}: \"{{{{{name}}}}}\""))
        .join(", ");
    let steps = [
        "  steps:\n    - {name: Start, runner: python, module: module, function: start, timeout_ms: 20000}\n",
        &step("Mix", "Mix", &format!("{given}, timeout_ms: 20000")),
        &step("Rails", "Rails", ", timeout_ms: 20000, measurement: {name: 3V3, low_limit: 3200, high_limit: 3400, unit: mV}"),
        // `total` is not given: the variable of that name is.
        &step("Later", "Later", ", outputs: {half: \"{{result}}\"}, timeout_ms: 20000"),
        "    - {name: Program, runner: command, program: printf, args: [\"%s\", \"{{text}}\"], timeout_ms: 20000, measurement: {name: T, type: string, value: \"{{stdout}}\", expected: b+a}}\n",
        &format!("    - {{name: End, runner: python, module: module, function: end, parameters: {{{back}}}, timeout_ms: 20000}}\n"),
    ]
    .concat();
    let rig = rig(&steps, PYTHON);
    let outcome = run(&rig).passes().stderr("compiling the .NET runner with");
    let events = outcome.json_events();
    assert!(logs(&events).contains("mixing 2 names"));
    assert!(logs(&events).contains("step 'Later' does not give 'total': it gets the variable"));
    assert!(outcome.stdout.contains("RIPPLE"), "{outcome}");
    assert_no_process(&word(only(&events, "run_started"), "run"));
    // What was compiled is there the next time.
    let again = run(&rig).passes();
    assert!(!again.stderr.contains("compiling"), "{}", again.stderr);
}

#[test]
fn exception_is_an_error_of_the_station_and_an_assertion_fails_the_unit() {
    let steps = [
        "  steps:\n",
        &step("Breaks", "Breaks", ", timeout_ms: 20000"),
        &step("Dark", "IsDark", ", timeout_ms: 20000"),
    ]
    .concat();
    let events = run(&rig(&steps, "")).exit(1).json_events();
    let broken = end_of_step(&events, "Breaks").to_string();
    assert!(
        broken.contains("InvalidOperationException: the DMM does not answer"),
        "{broken}"
    );
    assert!(broken.contains("Bench.cs:"), "{broken}");
    assert_eq!(verdict(&events, "Breaks"), "ERROR");
    assert_eq!(verdict(&events, "Dark"), "FAIL");
    assert!(
        end_of_step(&events, "Dark")
            .to_string()
            .contains("LED 3 is dark")
    );
}

#[test]
fn method_that_hangs_is_ended_at_its_limit_and_the_runner_stays() {
    let steps = [
        "  steps:\n",
        &step("First", "Call", ", timeout_ms: 20000"),
        &step("Hang", "Sleeps", ", timeout_ms: 300"),
        "  teardown:\n",
        &step("Second", "Call", ", timeout_ms: 20000, measurement: {name: N, value: \"{{result}}\", target: 2, operator: eq, unit: \"\"}"),
    ]
    .concat();
    let rig = rig(&steps, "");
    let events = run(&rig).exit(4).json_events();
    assert_eq!(verdict(&events, "Hang"), "ABORTED");
    assert_eq!(verdict(&events, "Second"), "PASS");
    assert_eq!(of_kind(&events, "runner_started").count(), 1);
    assert!(logs(&events).contains("cleaned up"));
    // The object of the run was disposed of at its end.
    assert_eq!(
        fs::read_to_string(rig.work().join("p/closed")).unwrap(),
        "2"
    );
}

#[test]
fn object_that_cannot_be_disposed_of_makes_the_cleanup_incomplete() {
    let use_it = step("Use", "Use", ", timeout_ms: 20000").replace("Lab.Bench", "Lab.Fragile");
    let rig = rig(&format!("  steps:\n{use_it}"), "");
    let events = run(&rig).passes().json_events();
    let logs = logs(&events);
    assert!(logs.contains("the relay sticks"), "{logs}");
    assert!(
        logs.contains("did not close Lab.Fragile: UNIT MAY BE LIVE"),
        "{logs}"
    );
    assert_eq!(word(only(&events, "run_finished"), "cleanup"), "incomplete");
}

#[test]
fn task_that_hears_no_cancel_is_killed_and_cleanup_gets_a_new_runner() {
    let steps = [
        "  steps:\n",
        &step("Hang", "Deaf", ", timeout_ms: 300"),
        "  teardown:\n",
        &step("After", "Call", ", timeout_ms: 20000"),
    ]
    .concat();
    let events = run(&rig(&steps, "")).exit(4).json_events();
    assert_eq!(verdict(&events, "Hang"), "ABORTED");
    assert_eq!(verdict(&events, "After"), "PASS");
    assert_eq!(of_kind(&events, "runner_started").count(), 2);
    assert!(
        logs(&events).contains("without a CancellationToken"),
        "{}",
        logs(&events)
    );
    assert_no_process(&word(only(&events, "run_started"), "run"));
}

#[test]
fn runner_that_is_killed_at_a_step_costs_that_step_only() {
    let steps = [
        "  steps:\n",
        &step("Before", "Call", ", timeout_ms: 20000"),
        &step("Dies", "Dies", ", timeout_ms: 20000"),
        &step("After", "Call", ", timeout_ms: 20000"),
        "    - {name: Python, runner: python, module: module, function: f, timeout_ms: 20000}\n",
    ]
    .concat();
    let events = run(&rig(&steps, "def f():\n    return 1\n"))
        .exit(5)
        .json_events();
    for (name, expected) in [
        ("Before", "PASS"),
        ("Dies", "ERROR"),
        ("After", "PASS"),
        ("Python", "PASS"),
    ] {
        assert_eq!(verdict(&events, name), expected, "{name}");
    }
    assert_eq!(word(only(&events, "run_finished"), "verdict"), "ERROR");
    assert_no_process(&word(only(&events, "run_started"), "run"));
}

#[test]
fn what_the_assembly_does_not_have_is_told_before_the_first_step() {
    let steps = [
        "  steps:\n    - {name: First, runner: python, module: module, function: f, timeout_ms: 20000}\n",
        &step("Typo", "Raisl", ", timeout_ms: 20000"),
        &step("Extra", "Call", ", parameters: {channel: 3}, timeout_ms: 20000"),
    ]
    .concat();
    let rig = rig(&steps, "def f():\n    return 1\n");
    let outcome = run(&rig).exit(5);
    let text = outcome.stdout.clone() + &outcome.stderr;
    assert!(text.contains("did you mean `Rails`?"), "{text}");
    assert!(
        text.contains("gives parameter 'channel', which the target does not have"),
        "{text}"
    );
    assert_eq!(of_kind(&outcome.json_events(), "step_started").count(), 0);
    rig.run(["runner", "describe", "p"])
        .fails()
        .shows("✗ dotnet Bench.dll.Lab.Bench.Raisl")
        .shows("✓ dotnet Bench.dll.Lab.Bench.Call()");
    fs::remove_file(rig.work().join("p/assemblies/Bench.dll")).unwrap();
    rig.run(["validate", "p"]).fails().shows("assembly-missing");
}

#[test]
fn parameter_that_no_variable_fills_aborts_its_step() {
    let steps = ["  steps:\n", &step("Later", "Later", ", timeout_ms: 20000")].concat();
    let events = run(&rig(&steps, "")).exit(4).json_events();
    let end = end_of_step(&events, "Later").to_string();
    assert!(
        end.contains("parameter 'total' is not given, and there is no variable of that name"),
        "{end}"
    );
}

#[test]
fn runner_is_installed_listed_and_checked_by_its_name() {
    let rig = Rig::new();
    rig.run(["runner", "list"])
        .passes()
        .shows("compiled when it is first needed");
    rig.run(["runner", "install", "dotnet", "--runner-type=net48"])
        .passes()
        .shows("installed: ")
        .shows("maestro-runner.exe")
        .stderr("compiling the .NET runner with");
    rig.run(["runner", "install", "dotnet"])
        .passes()
        .shows("is there already")
        .silent();
    rig.run(["runner", "list"])
        .passes()
        .shows("✓ dotnet ")
        .hides("first needed");
    rig.run(["runner", "check", "dotnet"])
        .passes()
        .shows("0 broken, 0 not tested");
    rig.run(["runner", "install", "dotnet", "--runner-type=java"])
        .exit(2)
        .stderr("is no .NET");
}

#[test]
fn station_without_dotnet_lacks_nothing_until_a_test_asks_for_it() {
    let steps = ["  steps:\n", &step("Call", "Call", ", timeout_ms: 20000")].concat();
    let rig = rig(&steps, "");
    let bin = rig.work().join("bin");
    fs::create_dir(&bin).unwrap();
    let python = Command::new("python3")
        .args(["-c", "import sys; print(sys.executable)"])
        .output()
        .unwrap();
    let python = String::from_utf8(python.stdout).unwrap();
    std::os::unix::fs::symlink(python.trim(), bin.join("python3")).unwrap();
    let rig = rig.env("PATH", bin.to_str().unwrap());
    rig.run(["runner", "list"])
        .passes()
        .shows("– dotnet")
        .shows("there is no `mono` on PATH");
    run(&rig)
        .exit(2)
        .stderr("there is no `dotnet` on PATH; there is no `mono` on PATH")
        .stderr("maestro runner install dotnet");
}
