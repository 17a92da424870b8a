//! `maestro config`, and runs that read what it keeps.

#[cfg(feature = "postgres")]
mod shared;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::pty::{Controlling, Terminal};
use crate::rig::Rig;

/// Judges `cfg.A` against what a tag says.
const SHOW: &str = "\
test:
  name: Show
  version: 1.0.0
  tags: {Want: none}
  steps:
    - name: Look
      type: mock
      measurement: {name: a, type: string, value: '{{cfg.A}}', expected: '{{exec.tag.Want}}'}
";

fn rig() -> Rig {
    Rig::new().package("show", SHOW, "")
}

/// A run in which `cfg.A` must be this.
fn run_wanting(want: &str) -> Vec<String> {
    let words = ["run", "show", "--serial=S1", "--headless"];
    let mut args: Vec<String> = words.map(str::to_owned).to_vec();
    args.push(format!("--tag=Want={want}"));
    args
}

/// The snapshot in the record of the last run.
fn snapshot(rig: &Rig) -> Value {
    let shown = rig
        .run(["results", "show", "--format=json"])
        .passes()
        .json();
    shown["run"]["config_snapshot"].clone()
}

#[test]
fn station_wins_over_global_over_the_file_and_the_run_keeps_what_it_saw() {
    let rig = rig().file("station.yaml", "cfg: {A: file, B: only here}\n");
    let with_file = |want: &str| {
        let mut args = run_wanting(want);
        args.push("--config=station.yaml".to_owned());
        rig.run(args).passes();
    };
    with_file("file");
    rig.run(["config", "set", "A", "global", "--scope=global"])
        .passes();
    with_file("global");
    rig.run(["config", "set", "A", "other", "--station=other"])
        .passes();
    with_file("global");
    rig.run(["config", "set", "A", "mine"]).passes();
    with_file("mine");
    assert_eq!(snapshot(&rig), json!({"A": "mine", "B": "only here"}));
    rig.run(["config", "merged", "--config=station.yaml"])
        .passes()
        .shows("A mine station")
        .shows("B only here station.yaml");
    rig.run(["config", "unset", "A"])
        .passes()
        .stderr("- A (station rig) was mine");
    with_file("global");
}

#[test]
fn values_have_the_type_that_they_read_as() {
    let rig = rig();
    for (text, value) in [
        ("5025", json!(5025)),
        ("-1.5", json!(-1.5)),
        ("true", json!(true)),
        ("0012", json!("0012")),
        ("10.0.0.7:5025", json!("10.0.0.7:5025")),
        ("[1, two, {three: 3}]", json!([1, "two", {"three": 3}])),
    ] {
        rig.run(["config", "set", "A", text]).passes();
        let got = rig
            .run(["config", "get", "A", "--format=json"])
            .passes()
            .json();
        assert_eq!(got, value, "{text}");
    }
    rig.run(["config", "set", "A", "5025", "--type=text"])
        .passes();
    assert_eq!(
        rig.run(["config", "get", "A", "--format=json"]).json(),
        json!("5025")
    );
    assert_eq!(rig.run(["config", "get", "A"]).stdout, "5025\n");
    rig.run(["config", "set", "A", "5 V", "--type=number"])
        .exit(2)
        .stderr("`5 V` is not a number");
    rig.run(["config", "set", "A B", "1"])
        .exit(2)
        .stderr("cannot be named as cfg.KEY");
    rig.run(["config", "get", "NONE"])
        .exit(1)
        .stderr("`NONE` is not set");
    rig.run(["config", "unset", "NONE"])
        .exit(1)
        .stderr("`NONE` (station rig) is not set");
}

#[test]
fn list_and_history_say_who_set_what_when() {
    let rig = rig().env("USER", "ada");
    rig.run(["config", "list"])
        .passes()
        .stderr("nothing is set");
    let set = [
        "config",
        "set",
        "DMM",
        "10.0.0.7",
        "--category=bench",
        "--description=left one",
    ];
    rig.run(set)
        .passes()
        .stderr("+ DMM (station rig) = \"10.0.0.7\"");
    rig.run(set)
        .passes()
        .stderr("DMM (station rig) is so already");
    rig.run(["config", "set", "DMM", "10.0.0.8"]).passes();
    rig.run(["config", "set", "DMM", "--description="]).passes();
    rig.run(["config", "list"])
        .passes()
        .shows("DMM \"10.0.0.8\" station rig bench ada");
    rig.run(["config", "list", "--category=none"])
        .passes()
        .hides("DMM");
    let entry = &rig
        .run(["config", "list", "--format=json"])
        .passes()
        .json_events()[0];
    assert_eq!(entry["value"], "10.0.0.8");
    assert_eq!(entry["category"], "bench");
    assert_eq!(entry["description"], Value::Null);
    assert_eq!(entry["updated_by"], "ada");
    let history = rig
        .run(["config", "history", "--format=json"])
        .passes()
        .json_events();
    let values: Vec<&Value> = history.iter().map(|row| &row["value"]).collect();
    assert_eq!(values, ["10.0.0.8", "10.0.0.8", "10.0.0.7"]);
    rig.run(["config", "history", "DMM", "-n1"])
        .passes()
        .shows("ada DMM \"10.0.0.8\"");
}

#[test]
fn secret_is_short_of_nothing_and_shown_by_nobody() {
    let rig = rig()
        .file("pw", "correct horse\n")
        .file("short", "1234567\n");
    rig.run(["config", "set", "A", "--secret", "--from=short"])
        .exit(2)
        .stderr("a secret has at least 8 characters, and this has 7");
    rig.run(["config", "set", "A", "--secret", "--from=pw"])
        .passes()
        .silent_about("horse");
    for args in [
        &["config", "get", "A"][..],
        &["config", "get", "A", "--format=json"],
        &["config", "get", "A", "--scope=station"],
        &["config", "list"],
        &["config", "list", "--format=json"],
        &["config", "merged"],
        &["config", "merged", "--format=json"],
        &["config", "history"],
        &["config", "history", "--format=json"],
    ] {
        rig.run(args)
            .passes()
            .shows("(secret)")
            .silent_about("horse");
    }
    // The run gets the text, its record a mark.
    rig.run(run_wanting("correct horse"))
        .passes()
        .silent_about("horse");
    assert_eq!(snapshot(&rig), json!({"A": "(secret)"}));
    rig.run(["config", "set", "A", "plain"])
        .exit(2)
        .stderr("is a secret and stays one");
    rig.run(["config", "set", "A", "--description=of the MES"])
        .passes();
    rig.run(run_wanting("correct horse")).passes();
    let path = rig.home().join("secrets.json");
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    rig.run(["config", "list"])
        .passes()
        .stderr("others can read the secrets");
    rig.run(["config", "unset", "A"]).passes();
    assert!(!fs::read_to_string(&path).unwrap().contains("horse"));
    assert_eq!(mode(&path), 0o600, "written anew, with its mode");
}

#[test]
fn secret_on_the_command_line_is_taken_with_a_warning() {
    let rig = rig();
    rig.run(["config", "set", "A", "correct horse", "--secret"])
        .passes()
        .stderr("the secret stood on the command line");
    rig.run(run_wanting("correct horse")).passes();
}

#[test]
fn secret_is_asked_for_twice_and_never_shown() {
    let rig = rig();
    let command = rig.command(["config", "set", "A", "--secret"]);
    let mut terminal = Terminal::run(&command, Controlling::Yes);
    terminal.sees("A (not shown): ");
    terminal.press("corredt\x7f\x7fct hors\u{e9}\x7fe\r");
    terminal.sees("once more: ");
    terminal.press("correct horse\r");
    terminal.sees("+ A (station rig) = (secret)");
    let text = terminal.ends_with(0);
    assert!(!text.contains("horse"), "{text}");
    rig.run(run_wanting("correct horse")).passes();
    let mut terminal = Terminal::run(&command, Controlling::Yes);
    terminal.sees("A (not shown): ");
    terminal.press("another one\r");
    terminal.sees("once more: ");
    terminal.press("quite another one\r");
    terminal.sees("the two entries differ");
    terminal.ends_with(2);
    let mut terminal = Terminal::run(&command, Controlling::Yes);
    terminal.sees("A (not shown): ");
    terminal.press("half of\x03");
    terminal.sees("interrupted; nothing is changed");
    terminal.ends_with(4);
    rig.run(run_wanting("correct horse")).passes();
}

#[test]
fn export_and_import_are_exact_and_name_what_is_missing() {
    let rig = rig().file("pw", "correct horse\n");
    rig.run([
        "config",
        "set",
        "A",
        "{x: [1.0, \"yes\"], z: null}",
        "--category=c: d",
    ])
    .passes();
    rig.run([
        "config",
        "set",
        "B",
        "two\nlines ",
        "--scope=global",
        "--type=text",
    ])
    .passes();
    rig.run([
        "config",
        "set",
        "PW",
        "--secret",
        "--from=pw",
        "--scope=global",
    ])
    .passes();
    rig.run(["config", "export", "out.yaml"]).passes();
    let exported = fs::read_to_string(rig.work().join("out.yaml")).unwrap();
    assert!(!exported.contains("horse"), "{exported}");

    let other = self::rig().file("in.yaml", &exported);
    other
        .run(["config", "import", "in.yaml", "--dry-run"])
        .passes()
        .shows("+ A (station rig) = {x: [1.0, \"yes\"], z: null}")
        .stderr("2 changes, none made")
        .stderr("maestro config set PW --secret --scope global");
    other
        .run(["config", "list"])
        .passes()
        .stderr("nothing is set");
    other
        .run(["config", "import", "in.yaml"])
        .passes()
        .stderr("2 changes");
    other
        .run(["config", "import", "in.yaml"])
        .passes()
        .stderr("nothing differs");
    let file = other.work().join("pw");
    fs::write(&file, "correct horse").unwrap();
    other
        .run([
            "config",
            "set",
            "PW",
            "--secret",
            "--from=pw",
            "--scope=global",
        ])
        .passes();
    assert_eq!(other.run(["config", "export"]).passes().stdout, exported);

    other.run(["config", "set", "C", "3"]).passes();
    other
        .run(["config", "import", "in.yaml"])
        .passes()
        .hides("C (station");
    other
        .run(["config", "import", "in.yaml", "--prune", "--format=json"])
        .passes()
        .shows(
            "{\"scope\":\"station\",\"station_id\":\"rig\",\"key\":\"C\",\"from\":3,\"to\":null}",
        );
}

#[test]
fn import_with_a_mistake_changes_nothing_and_tells_the_place() {
    let rig = rig().file("in.yaml", "global:\n  A: { value: 1 }\n  B: { valu: 2 }\n");
    rig.run(["config", "import", "in.yaml"])
        .exit(2)
        .stderr("in.yaml:3:8: a value of the config has no field `valu`")
        .stderr("in.yaml:3:3: `B` has no value");
    rig.run(["config", "list"])
        .passes()
        .stderr("nothing is set");
}

#[test]
fn validate_for_a_station_knows_the_keys_that_its_store_has() {
    let rig = rig();
    rig.run(["validate", "show", "--station=rig"])
        .fails()
        .shows("has no key `A`");
    rig.run(["config", "set", "A", "1", "--scope=global"])
        .passes();
    rig.run(["validate", "show", "--station=rig"]).passes();
    rig.run(["config", "unset", "A", "--scope=global"]).passes();
    // A shared store is not asked; without a copy of it nobody knows what it has.
    let away = rig.env("MAESTRO_DATABASE_URL", "postgresql://nobody@192.0.2.1/none");
    away.run(["validate", "show", "--station=rig"])
        .passes()
        .within(Duration::from_secs(2));
}
