//! Whatever a runner starts ends with it.

use super::*;
use crate::runner::kill_run;
use crate::runner::os::KillReport;

/// Children of every kind: plain, in a session of its own, orphaned, without the marker, and the
/// worst, which is all of these.
const FAMILY: &str = r#"
def child(code, env=None):
    if os.fork() == 0:
        code(); os.execvpe("sleep", ["sleep", "60"], os.environ if env is None else env)
def orphan(code, env=None):
    if os.fork() == 0:
        code(); child(code, env); os._exit(0)
    os.wait()
def family():
    child(lambda: None)
    child(os.setsid)
    child(lambda: None, {"PATH": os.environ["PATH"]})
    orphan(lambda: None)
    orphan(os.setsid)
    orphan(lambda: None, {"PATH": os.environ["PATH"]})
def worst(): orphan(os.setsid, {"PATH": os.environ["PATH"]})
"#;

/// Fails if this process still has adopted children. Where other tests share the process, their
/// runners cannot be told apart, and nothing is said.
fn expect_no_orphans(is_alone: bool) {
    assert!(!is_alone || super::super::os::adopted() == 0);
}

fn is_alone() -> bool {
    super::super::fleet::is_alone()
}

#[test]
fn kill_ends_the_whole_tree_quickly() {
    let mut rig = Rig::ready(&format!(
        "{FAMILY}\ndef execute(m):\n    family()\n    reply(m)"
    ));
    rig.outputs();
    let begin = clock::now();
    rig.fleet.kill(ONE);
    let took = clock::now() - begin;
    let event = rig.wait(|_| true);
    let FleetEvent::Killed { report, .. } = event else {
        panic!("{event:?}");
    };
    assert_eq!(report, KillReport { killed: 7, left: 0 });
    // Half of the time after which it gives up.
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert!(rig.marked().is_empty());
    expect_no_orphans(is_alone());
}

#[test]
fn kill_ends_a_tree_that_keeps_forking() {
    let mut rig = Rig::ready(
        r"
def execute(m):
    for i in range(3):
        if os.fork() == 0:
            while True:
                if os.fork() == 0: os.setsid(); time.sleep(60)
                time.sleep(0.001)
    reply(m)
",
    );
    rig.outputs();
    rig.fleet.kill(ONE);
    let event = rig.wait(|_| true);
    assert!(matches!(
        event,
        FleetEvent::Killed {
            report: KillReport { left: 0, .. },
            ..
        }
    ));
    assert!(rig.marked().is_empty());
}

#[test]
fn grandchild_that_holds_stdout_delays_no_death() {
    let mut rig = Rig::ready(&format!(
        "{FAMILY}\ndef execute(m):\n    family(); worst()\n    os._exit(1)"
    ));
    let begin = clock::now();
    rig.execute();
    rig.wait(|event| matches!(event, FleetEvent::Died { .. }));
    assert!(clock::now() - begin < Duration::from_secs(1));
    assert!(rig.marked().is_empty());
}

#[test]
fn daemon_without_any_mark_ends_with_the_fleet() {
    let mut rig = Rig::ready(&format!(
        "{FAMILY}\ndef execute(m):\n    worst()\n    reply(m)"
    ));
    rig.outputs();
    let is_alone = is_alone();
    rig.shut_down();
    expect_no_orphans(is_alone);
}

#[test]
fn ordinary_end_leaves_no_process_behind() {
    let mut rig = Rig::ready(&format!(
        "{FAMILY}\ndef execute(m):\n    family()\n    reply(m)"
    ));
    rig.outputs();
    assert!(rig.marked().len() >= 5);
    rig.shut_down();
    assert!(rig.marked().is_empty());
}

#[test]
fn dropped_fleet_leaves_no_process_behind() {
    let mut rig = Rig::ready(&format!(
        "{FAMILY}\ndef execute(m):\n    family()\n    reply(m)"
    ));
    rig.outputs();
    let run = rig.fleet.options.run.clone();
    drop(rig);
    assert!(marked(&run).is_empty());
}

#[test]
fn recovery_ends_what_a_run_left_and_nothing_of_another_run() {
    let run = format!("lost-{}", std::process::id());
    let orphan = |run: &str| {
        let mark = format!("{run}/python/1");
        let mut command = Command::new("sleep");
        command.arg("60").env("MAESTRO_RUNNER", mark);
        command.spawn().unwrap()
    };
    let mut lost = [orphan(&run), orphan(&run)];
    let another = format!("{run}0");
    let mut other = orphan(&another);
    until(|| marked(&run).len() == 2 && marked(&another).len() == 1);
    let report = kill_run(&run);
    assert_eq!(report, KillReport { killed: 2, left: 0 });
    for child in &mut lost {
        child.wait().ok();
    }
    assert_eq!(other.try_wait().unwrap(), None);
    other.kill().unwrap();
    other.wait().unwrap();
}
