//! The runner on the first page of maestro-runner(7): what is printed there is what is tested.

use std::fs;

use crate::rig::{Rig, repository};

/// The literal blocks of the section: the runner, what the station is told, a step.
fn blocks() -> Vec<String> {
    let page = fs::read_to_string(repository().join("man/maestro-runner.7")).unwrap();
    let (_, section) = page.split_once(".Sh A COMPLETE RUNNER\n").unwrap();
    let (section, _) = section.split_once("\n.Sh ").unwrap();
    let blocks = section.split(".Bd -literal").skip(1);
    blocks
        .map(|block| {
            let (_, text) = block.split_once('\n').unwrap();
            let (text, _) = text.split_once("\n.Ed").unwrap();
            assert!(!text.contains('\\'), "nothing is escaped: {text}");
            text.to_owned()
        })
        .collect()
}

/// A bench with the runner and the station of the page, and a test of its one step.
fn bench(parameters: &str) -> Rig {
    let blocks = blocks();
    let [runner, station, step] = blocks.as_slice() else {
        panic!("{} blocks", blocks.len());
    };
    assert!(runner.lines().count() < 35, "it is to be a small one");
    let step = step.replace("{ a: 1, b: 2 }", parameters);
    let step = step.replace('\n', "\n    ");
    let main = format!("test:\n  name: Adder\n  version: 1.0.0\n  steps:\n    {step}");
    let rig = Rig::new()
        .package("adding", main.trim_end(), "")
        .file("adder.py", runner);
    let place = rig.work().join("adder.py").display().to_string();
    let station = station.replace("/opt/runners/adder.py", &place);
    rig.file("station.yaml", &station)
}

#[test]
fn runner_of_the_manual_breaks_no_rule() {
    bench("{ a: 1, b: 2 }")
        .run(["runner", "check", "python3", "adder.py"])
        .passes()
        .shows("✓ torn-line")
        .shows("✓ cancel-flood")
        .shows("✓ half-line")
        .shows(" 0 broken");
}

#[test]
fn runner_of_the_manual_carries_out_the_step_of_the_manual() {
    let run = ["run", "adding", "--serial=S1", "--config=station.yaml"];
    bench("{ a: 1, b: 2 }")
        .run(run)
        .passes()
        .shows("Add")
        .shows("3");
    bench("{ a: 1, b: two }")
        .run(run)
        .exit(5)
        .shows("could not convert string to float");
}
