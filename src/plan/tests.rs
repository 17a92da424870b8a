//! No text of a package makes the compiler fail, and targets keep their fields.

use std::collections::BTreeSet;
use std::fs;

use serde_json::json;

use super::{Kind, Plan, compile};
use crate::check::{Checked, Facts, check};
use crate::diagnostic::Code;
use crate::package::load::{LoadOptions, Origin, RootFile, load};

const HEAD: &str = "test:\n  name: T\n  version: 1.0.0\n  steps:\n";

fn checked(text: &str, runners: &[&str]) -> Checked {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("main.yaml");
    fs::write(&path, text).unwrap();
    fs::write(
        folder.path().join("child.yaml"),
        format!("{HEAD}    - {{name: m, type: mock}}\n"),
    )
    .unwrap();
    let root = RootFile {
        path,
        origin: Origin::Named,
    };
    let options = LoadOptions {
        cwd: folder.path().to_path_buf(),
        ..LoadOptions::default()
    };
    let facts = Facts {
        runners: Some(runners.iter().map(|&name| name.to_owned()).collect()),
        ..Facts::default()
    };
    check(load(&[root], &options), &facts)
}

fn plan(text: &str, runners: &[&str]) -> Plan {
    let checked = checked(text, runners);
    compile(
        checked
            .package
            .unwrap_or_else(|| panic!("{:#?}", checked.findings)),
    )
}

/// Every field that takes a text, with something harmless between `@` and `@`.
const FIELDS: &str = "\
test:
  name: @T@
  version: @1.0.0@
  device: @D@
  tags: {a: @t@}
  required_tags: [@a@]
  variables: {v: @1@, l: [@1@], m: {k: @1@}}
  setup:
    - {name: @open@, runner: @vision@, target: {a: @1@}, timeout_ms: @100@, grace_ms: @10@, requires: [@DMM@]}
  steps:
    - name: @measure@
      runner: python
      runner_type: @python3@
      module: @m@
      function: @f@
      timeout_ms: 100
      parameters: {p: @1@, q: [@1@, {r: @2@}]}
      outputs: {o: @1@}
      measurements:
        - {name: @w@, unit: @V@, value: @1@, low_limit: @1@, high_limit: @2@}
        - {name: @x@, unit: V, value: 1, target: @1@, tolerance: @5%@}
        - {name: @y@, type: @string@, value: @a@, expected: @a@, operator: @matches@}
      precondition: @v == 1@
      retry: {count: @1@, delay_ms: @1@, on: [@fail@], before: {name: @reset@, type: delay, duration: @1@}}
      repeat: {condition: @v == 2@, max_iterations: @2@, verdict: @last@}
      run_on_abort: @true@
      post_execution_action: @terminate-on-fail@
      interruptible: @true@
      restore: @true@
    - {name: forced, type: @mock@, force: @fail@, enabled: @true@}
    - {name: @call@, type: sequence, sequence: @child.yaml@, parameters: {p: @1@}, outputs: {o: @1@}}
    - name: @ask@
      type: prompt
      prompt:
        message: @Ready?@
        title: @Look@
        image: @a.png@
        buttons: [{name: @Go@, action: @pass@}]
        default_button: @Go@
        timeout_s: @10@
        on_timeout: @fail@
        input: {mode: @text@, variable: @answer@, unit: @V@, expected: @a@, pattern: @a+@, default: @a@, prefill: @true@, show_limits: @true@}
    - name: choose
      type: prompt
      prompt:
        message: Which?
        input: {mode: list, options: [@a@, @b@]}
    - name: enter
      type: prompt
      prompt:
        message: Volts?
        input: {mode: number, low_limit: @1@, high_limit: @2@}
    - {name: s, timeout_ms: 100, runner: scpi, resource: @R@, query: @Q?@, parse: @number@, terminator: @x@, opc: @true@, check_errors: @true@}
    - {name: c, timeout_ms: 100, runner: command, program: @ls@, args: [@a@], env: {E: @b@}, stdin: @c@, expect_exit: @0@, parse: @json@}
    - {name: d, timeout_ms: 100, runner: dotnet, assembly: @a@, class: @B@, method: @C@}
  teardown:
    - {name: t, type: delay, duration: @1@}
  policy: {timeout: @10@, on_step_failure: @abort@}
";

/// The definition with `text` in one place and harmless values in all others.
fn with_one(place: usize, text: &str) -> Option<String> {
    let mut whole = String::new();
    let mut is_there = false;
    for (index, piece) in FIELDS.split('@').enumerate() {
        let is_value = index % 2 == 1;
        let is_place = is_value && index / 2 == place;
        is_there |= is_place;
        match (is_value, is_place) {
            (_, true) => whole.push_str(text),
            (true, false) => {
                whole.push('"');
                whole.push_str(piece);
                whole.push('"');
            }
            (false, false) => whole.push_str(piece),
        }
    }
    is_there.then_some(whole)
}

#[test]
fn no_text_in_any_field_makes_the_compiler_fail() {
    let runners = ["python", "vision", "scpi", "command", "dotnet"];
    let texts = ["'{{'", "'((('", "''", "'{{v}}'", "[]"];
    let mut places = 0;
    let mut compiled = 0;
    while with_one(places, "").is_some() {
        for text in texts {
            let whole = with_one(places, text).unwrap();
            if let Some(package) = checked(&whole, &runners).package {
                compile(package);
                compiled += 1;
            }
        }
        places += 1;
    }
    let harmless = checked(&with_one(places - 1, "abort").unwrap(), &runners);
    assert!(harmless.package.is_some(), "{:#?}", harmless.findings);
    assert!(
        compiled > places,
        "{compiled} of {places} times {}",
        texts.len()
    );
}

#[test]
fn runner_that_the_station_does_not_have_is_refused_before_anything_starts() {
    let steps = [
        ("scpi", "resource: 'TCPIP::x', query: '*IDN?'"),
        ("command", "program: ls"),
        ("dotnet", "assembly: a, class: B, method: C"),
        ("vision", "target: {job: 1}"),
    ];
    for (runner, fields) in steps {
        let step = format!("    - {{name: a, timeout_ms: 100, runner: {runner}, {fields}}}\n");
        let checked = checked(&format!("{HEAD}{step}"), &["python"]);
        let codes: BTreeSet<_> = checked.findings.iter().map(|f| f.code).collect();
        assert!(codes.contains(&Code::RunnerUnknown), "{runner}: {codes:?}");
        assert!(checked.package.is_none(), "{runner}");
    }
}

#[test]
fn program_of_the_station_gets_the_fields_of_its_step() {
    let steps = "    - {name: a, timeout_ms: 100, runner: scpi, resource: '{{cfg.DMM}}', query: 'MEAS?', parse: number, opc: true}\n    - {name: b, timeout_ms: 100, runner: command, program: tool, args: [-v, 2], env: {A: b}, expect_exit: 3, parse: json}\n    - {name: c, timeout_ms: 100, runner: vision, target: {job: 7}}\n";
    let plan = plan(&format!("{HEAD}{steps}"), &["scpi", "command", "vision"]);
    let targets = plan.steps.iter().map(|step| match &step.kind {
        Kind::Runner(call) => call.target.declared_value(),
        other => panic!("{other:?}"),
    });
    let targets: Vec<_> = targets.collect();
    assert_eq!(
        targets,
        [
            json!({"resource": "{{cfg.DMM}}", "query": "MEAS?", "parse": "number", "opc": true}),
            json!({"program": "tool", "args": ["-v", "2"], "env": {"A": "b"}, "expect_exit": 3, "parse": "json"}),
            json!({"job": 7}),
        ]
    );
}
