use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use maestro_protocol::{LogLevel, error};
use serde_json::json;

use super::*;
use crate::clock;

/// Somebody who cancels after a while and remembers what was logged.
struct Listener {
    cancels: Option<PathBuf>,
    is_abandoned: bool,
    log: Vec<(LogLevel, String)>,
}

impl Listener {
    const fn new() -> Self {
        Self {
            cancels: None,
            is_abandoned: false,
            log: Vec::new(),
        }
    }

    /// Cancels once this file has a line.
    fn cancels_at(file: PathBuf) -> Self {
        Self {
            cancels: Some(file),
            ..Self::new()
        }
    }

    fn logged(&self) -> String {
        let lines: Vec<&str> = self.log.iter().map(|(_, line)| line.as_str()).collect();
        lines.join("\n")
    }
}

impl Talk for Listener {
    fn is_cancelled(&self) -> bool {
        self.cancels
            .as_ref()
            .is_some_and(|file| fs::read_to_string(file).is_ok_and(|text| text.ends_with('\n')))
    }

    fn is_abandoned(&self) -> bool {
        self.is_abandoned && self.is_cancelled()
    }

    fn log(&mut self, level: LogLevel, message: String) {
        self.log.push((level, message));
    }
}

fn execute(target: &Value, talk: &mut Listener) -> Result<ExecuteResult, ErrorObject> {
    in_folder(target, Path::new("/"), talk)
}

fn in_folder(
    target: &Value,
    folder: &Path,
    talk: &mut Listener,
) -> Result<ExecuteResult, ErrorObject> {
    let roots = [folder.to_path_buf()];
    let place = Place {
        workdir: folder,
        roots: &roots,
    };
    Programs::default().execute(target, &place, &mut Files::default(), talk)
}

fn outputs(target: &Value) -> Value {
    Value::Object(execute(target, &mut Listener::new()).unwrap().outputs)
}

fn sh(script: &str) -> Value {
    json!({"program": "sh", "args": ["-c", script]})
}

#[test]
fn exit_code_and_both_streams_are_outputs() {
    let mut target = sh("cat; echo trouble >&2; exit 3");
    target["stdin"] = json!("a\nb\n");
    target["expect_exit"] = json!(3);
    assert_eq!(
        outputs(&target),
        json!({"exit_code": 3, "stdout": "a\nb\n", "stderr": "trouble\n", "result": "a\nb"})
    );
}

#[test]
fn list_or_map_of_a_template_is_json_on_standard_input() {
    let mut target = sh("cat");
    target["parse"] = json!("json");
    target["stdin"] = json!({"name": "ü", "real": 3.0, "list": [1, true, null]});
    let outputs = outputs(&target);
    assert_eq!(
        (&outputs["name"], &outputs["real"], &outputs["list"]),
        (&json!("ü"), &json!(3.0), &json!([1, true, null]))
    );
}

#[test]
fn no_shell_touches_the_arguments() {
    let target = json!({"program": "printf", "args": ["%s|", "$HOME", "*", "a b", ";", "`id`"]});
    assert_eq!(outputs(&target)["result"], "$HOME|*|a b|;|`id`|");
}

#[test]
fn keys_of_json_are_outputs_and_a_scalar_is_the_result() {
    let mut target = sh(r#"echo '{"volts": 3.3, "tags": [1], "stdout": "x"}'"#);
    target["parse"] = json!("json");
    let mut talk = Listener::new();
    let result = execute(&target, &mut talk).unwrap().outputs;
    assert_eq!(
        (&result["volts"], &result["tags"]),
        (&json!(3.3), &json!([1]))
    );
    assert!(result["stdout"].as_str().unwrap().starts_with('{'));
    assert!(
        talk.logged().contains("the key `stdout`"),
        "{}",
        talk.logged()
    );
    target["args"] = json!(["-c", "echo 7"]);
    assert_eq!(outputs(&target)["result"], 7);
    target["args"] = json!(["-c", "echo volts: 3"]);
    let error = execute(&target, &mut Listener::new()).unwrap_err();
    assert_eq!(error.code, error::EXCEPTION);
    assert!(error.message.contains(r#""volts: 3""#), "{}", error.message);
}

#[test]
fn groups_of_a_pattern_are_outputs() {
    let mut target = sh("echo 'V=3.3 I=0.1'");
    target["parse"] = json!(r"^V=(?P<volts>\S+) I=(?P<amps>\S+)$");
    let outputs = outputs(&target);
    assert_eq!(
        (&outputs["volts"], &outputs["amps"]),
        (&json!("3.3"), &json!("0.1"))
    );
    assert!(outputs.get("result").is_none());
}

#[test]
fn other_exit_code_says_why_with_the_last_line() {
    let error = execute(
        &sh("echo begin; echo 'no board' >&2; exit 2"),
        &mut Listener::new(),
    );
    let error = error.unwrap_err();
    assert_eq!(
        error.message,
        "sh ended with exit code 2 instead of 0: no board"
    );
    let details = error.exception().unwrap().traceback;
    assert!(details.contains("stdout:\nbegin\n"), "{details}");
    let error = execute(&sh("kill -9 $$"), &mut Listener::new()).unwrap_err();
    assert_eq!(error.message, "sh was ended by signal 9");
}

#[test]
fn program_of_the_package_goes_before_one_of_the_path() {
    let folder = tempfile::tempdir().unwrap();
    let script = |name: &str, mode: u32| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "#!/bin/sh\necho own; pwd\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    };
    script("ls", 0o755);
    script("tools/flash", 0o755);
    script("tools/plain", 0o644);
    let own = format!("own\n{}", folder.path().canonicalize().unwrap().display());
    let run = |program: &str| {
        in_folder(
            &json!({"program": program}),
            folder.path(),
            &mut Listener::new(),
        )
    };
    assert_eq!(run("ls").unwrap().outputs["result"], own.as_str());
    assert_eq!(run("tools/flash").unwrap().outputs["result"], own.as_str());
    assert_eq!(run("true").unwrap().outputs["exit_code"], 0);
    for (program, says) in [
        ("tools/plain", "chmod +x"),
        ("tools/gone", "tools/gone not found in"),
        ("no-such-program", "nor in a folder of PATH"),
        ("/no/such", "/no/such not found"),
        ("tools", "neither in"),
    ] {
        let error = run(program).unwrap_err();
        assert_eq!(error.code, error::NOT_FOUND, "{program}");
        assert!(error.message.contains(says), "{program}: {}", error.message);
    }
}

#[test]
fn file_that_no_machine_runs_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for (text, says) in [
        ("echo hi\n", "no program for this machine"),
        ("#!/no/such/shell\n", "an interpreter in its first line"),
    ] {
        let path = folder.path().join("tool");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let target = json!({"program": "./tool"});
        let error = in_folder(&target, folder.path(), &mut Listener::new()).unwrap_err();
        assert!(error.message.contains(says), "{}", error.message);
    }
}

#[test]
fn variables_are_set_and_taken_away() {
    let mut target = sh("echo $A-${HOME-none}");
    target["env"] = json!({"A": 1.5, "HOME": null});
    assert_eq!(outputs(&target)["result"], "1.5-none");
}

#[test]
fn program_that_does_not_read_its_input_is_no_trouble() {
    let mut target = sh("exec <&-; echo done");
    target["stdin"] = json!("x".repeat(1 << 20));
    assert_eq!(outputs(&target)["result"], "done");
    target["args"] = json!(["-c", "wc -c"]);
    assert_eq!(
        outputs(&target)["result"].as_str().unwrap().trim(),
        "1048576"
    );
}

#[test]
fn lines_of_standard_error_are_logged_as_they_come_and_a_flood_is_cut() {
    let mut talk = Listener::new();
    execute(&sh("echo one >&2; printf two >&2"), &mut talk).unwrap();
    assert_eq!(talk.logged(), "one\ntwo");
    let mut talk = Listener::new();
    let result = execute(&sh("yes trouble | head -c 3000000 >&2"), &mut talk).unwrap();
    assert_eq!(result.artifacts[0].name, "stderr.txt");
    assert!(talk.logged().len() < 80_000 && talk.logged().contains("not logged"));
}

#[test]
fn bytes_that_are_no_text_are_read_and_said() {
    let mut talk = Listener::new();
    let result = execute(&sh(r"printf 'a\377b'"), &mut talk).unwrap();
    assert_eq!(result.outputs["result"], "a\u{fffd}b");
    assert!(
        talk.logged().contains("stdout is not UTF-8"),
        "{}",
        talk.logged()
    );
}

#[test]
fn process_that_is_left_behind_does_not_hold_up_the_step() {
    let started = clock::now();
    let outputs = outputs(&sh("sleep 30 & echo $!"));
    assert!(started.elapsed() < Duration::from_secs(5));
    let pid: i32 = outputs["result"].as_str().unwrap().parse().unwrap();
    assert!(is_alive(pid), "what a step leaves on purpose stays");
    kill(pid);
}

#[test]
fn process_that_is_left_behind_and_writes_on_does_not_hold_up_the_step() {
    let started = clock::now();
    let result = execute(&sh("yes & exit 0"), &mut Listener::new()).unwrap();
    assert!(started.elapsed() < Duration::from_secs(15));
    assert_eq!(result.outputs["exit_code"], 0);
}

#[test]
fn cancelled_program_is_asked_first_and_nothing_of_it_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let script = "trap 'echo cleaned > cleaned; exit' TERM; sleep 60 & echo $! > pid; wait";
    let target = sh(script);
    let mut talk = Listener::cancels_at(folder.path().join("pid"));
    let error = in_folder(&target, folder.path(), &mut talk).unwrap_err();
    assert_eq!(error.code, error::CANCELLED);
    assert!(folder.path().join("cleaned").exists());
    let pid = fs::read_to_string(folder.path().join("pid")).unwrap();
    assert!(!is_alive(pid.trim().parse().unwrap()));
}

#[test]
fn program_that_stays_is_killed_with_its_children_when_nobody_else_does_it() {
    let folder = tempfile::tempdir().unwrap();
    let target = sh("trap '' TERM; sleep 60 & echo $! > pid; while :; do sleep 1; done");
    let mut talk = Listener {
        is_abandoned: true,
        ..Listener::cancels_at(folder.path().join("pid"))
    };
    let started = clock::now();
    let error = in_folder(&target, folder.path(), &mut talk).unwrap_err();
    assert_eq!(error.code, error::CANCELLED);
    assert!(started.elapsed() < Duration::from_secs(3));
    let pid = fs::read_to_string(folder.path().join("pid")).unwrap();
    assert!(!is_alive(pid.trim().parse().unwrap()));
}

/// Whether a process runs; a dead one that nobody has reaped does not.
fn is_alive(pid: i32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        !stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .starts_with(" Z")
    })
}

fn kill(pid: i32) {
    if let Some(pid) = rustix::process::Pid::from_raw(pid) {
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    }
}
