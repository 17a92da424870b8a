//! `maestro report`: every form of a run that failed, held against what reads it.

mod browser;
mod page;

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::rig::{Rig, repository};
use crate::servers::{ask_oracle, oracle_python};

/// Every kind of measurement, a loop, a sequence and a failure, with text that is markup elsewhere.
const MAIN: &str = r#"
test:
  name: Forms & <limits>
  version: 1.0.0
  device: PB-100
  tags: { ProductId: PB-100 }
  policy: { on_step_failure: continue }
  variables: { word: "a,b\n\"c\"" }
  steps:
    - name: Numbers
      type: mock
      measurements:
        - { name: INSIDE, value: 3.301, low_limit: 3.135, high_limit: 3.465, unit: V }
        - { name: ABOVE, value: 5.4, target: 5, tolerance: 2%, unit: V }
        - { name: LEAST, value: -2.5e-7, low_limit: -1e-6, operator: GT }
        - { name: COUNT, value: 3, target: 3, operator: EQ }
        - { name: LOGGED, value: 1, operator: log }
    - name: Words
      type: mock
      measurements:
        - { name: TEXT, type: string, value: "{{ word }}", expected: "=1+1" }
        - { name: FLAG, type: boolean, value: true, expected: true }
        - { name: WAVE, type: array, value: [1, 2.5, 9], low_limit: 0, high_limit: 5, unit: mV }
    - name: Round {{ __iteration__ }}
      type: mock
      repeat: { condition: __iteration__ < 2, max_iterations: 3 }
      measurement: { name: LOOP, value: "{{ __iteration__ }}", high_limit: 1 }
"#;

/// A rig in which that run is over, and reports of it lie.
fn ran() -> Rig {
    let rig = Rig::new().package("forms", MAIN, "");
    rig.run(["run", "forms", "--serial", "F-1"]).fails();
    rig
}

fn report(rig: &Rig, form: &str, file: &str) -> String {
    rig.run(["report", "last", "--format", form, "-o", file])
        .passes();
    std::fs::read_to_string(rig.work().join(file)).unwrap()
}

#[track_caller]
fn fits(schema: &str, document: &Path) {
    let output = Command::new("xmllint")
        .args(["--noout", "--schema"])
        .arg(repository().join("fixtures").join(schema))
        .arg(document)
        .output()
        .expect("xmllint starts: tests/run installs it");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn xml_reports_fit_their_schemas() {
    let rig = ran();
    let reason = ["--reason", "fixture <open>"];
    rig.run(
        ["results", "annotate", "last", "--void"]
            .into_iter()
            .chain(reason),
    )
    .passes();
    let atml = report(&rig, "atml", "run.atml.xml");
    fits(
        "atml/TestResultsCollection.xsd",
        &rig.work().join("run.atml.xml"),
    );
    for part in [
        r#"<tr:Outcome value="Failed"/>"#,
        r#"<c:LimitPair operator="AND">"#,
        r#"<c:SingleLimit comparator="GT">"#,
        r#"<c:IndexedArray xsi:type="c:doubleArray" dimensions="[3]" nonStandardUnit="mV">"#,
        r#"name="Forms &amp; &lt;limits&gt;""#,
        r#"<m:Annotation kind="void" reason="fixture &lt;open&gt;""#,
        r#"<c:IdentificationNumber xsi:type="c:UserDefinedIdentificationNumber" number="PB-100" type="Part""#,
    ] {
        assert!(atml.contains(part), "{part}\n{atml}");
    }
    report(&rig, "junit", "run.junit.xml");
    fits("junit/junit.xsd", &rig.work().join("run.junit.xml"));
}

#[test]
fn schema_of_atml_refuses_what_the_standard_does_not_know() {
    let rig = ran();
    let text = report(&rig, "atml", "run.xml").replace("value=\"Failed\"", "value=\"FAIL\"");
    let path = rig.work().join("wrong.xml");
    std::fs::write(&path, text).unwrap();
    let schema = repository().join("fixtures/atml/TestResultsCollection.xsd");
    let output = Command::new("xmllint")
        .args(["--noout", "--schema"])
        .args([schema, path])
        .output()
        .unwrap();
    assert!(!output.status.success());
}

#[test]
fn csv_is_read_with_the_right_types_by_pandas_and_duckdb() {
    let rig = ran();
    report(&rig, "csv", "run.csv");
    let script = r#"
import duckdb, json, pandas, sys
path = json.load(sys.stdin)
frame = pandas.read_csv(path)
point = lambda name: frame[frame.measurement_name == name].iloc[0]
table = duckdb.read_csv(path)
types = dict(zip(table.columns, map(str, table.types)))
print(json.dumps({
    "rows": len(frame),
    "pandas": {name: str(frame[name].dtype) for name in ("actual_value", "low_limit", "sequence_no")},
    "duckdb": {name: types[name] for name in ("actual_value", "high_limit", "started_at", "sequence_no")},
    "text": point("TEXT").actual_text,
    "expected": point("TEXT").expected,
    "least": point("LEAST").actual_value,
    "failed": sorted(frame[frame.verdict == "FAIL"].measurement_name),
    "sum": duckdb.execute(
        "SELECT sum(actual_value) FROM read_csv(?) WHERE measurement_name = 'LOOP'", [path]
    ).fetchone()[0],
}))
"#;
    let path = rig.work().join("run.csv");
    let read = ask_oracle(script, &json!(path.to_str().unwrap()));
    let expected = json!({
        "rows": 11,
        "pandas": {"actual_value": "float64", "low_limit": "float64", "sequence_no": "int64"},
        "duckdb": {
            "actual_value": "DOUBLE", "high_limit": "DOUBLE",
            "started_at": "TIMESTAMP WITH TIME ZONE", "sequence_no": "BIGINT",
        },
        "text": "a,b\n\"c\"",
        "expected": "=1+1",
        "least": -2.5e-7,
        "failed": ["ABOVE", "LOOP", "TEXT", "WAVE"],
        "sum": 3.0,
    });
    assert_eq!(read, expected);
}

#[test]
fn json_and_html_hold_every_measurement() {
    let rig = ran();
    let report_json: Value = serde_json::from_str(&report(&rig, "json", "run.json")).unwrap();
    let html = report(&rig, "html", "run.html");
    let steps = report_json["steps"].as_array().unwrap();
    let points = steps
        .iter()
        .flat_map(|step| step["measurements"].as_array().unwrap());
    for point in points {
        let name = point["measurement_name"].as_str().unwrap();
        assert!(
            html.contains(&format!("<span class=\"n\">{name}")),
            "{name}"
        );
    }
    assert!(html.contains("Forms &amp; &lt;limits&gt;"));
    assert!(html.contains("aria-label=\"3 values over their place, 1 of 3 outside the limits\""));
}

#[test]
fn markdown_names_what_failed() {
    let rig = ran();
    let text = report(&rig, "markdown", "run.md");
    assert!(text.starts_with("## ✗ FAIL: F-1\n"), "{text}");
    assert!(text.contains(r"**Forms \& \<limits\> 1.0.0**"), "{text}");
    assert!(text.contains("| ✗ FAIL | ABOVE | 5.4 V |"), "{text}");
}

#[test]
fn all_forms_can_be_written_at_the_end_of_a_run() {
    let rig = Rig::new().package("forms", MAIN, "");
    let forms = ["html", "json", "junit", "csv", "markdown", "atml"];
    let targets = forms.map(|form| format!("{form}:out/run.{form}"));
    let mut args = vec!["run", "forms", "--serial", "F-1"];
    args.extend(targets.iter().flat_map(|target| ["--report", target]));
    rig.run(args).fails();
    for form in forms {
        let at_the_end = std::fs::read_to_string(
            rig.work()
                .join("out/run.")
                .with_file_name(format!("run.{form}")),
        );
        let later = report(&rig, form, &format!("later.{form}"));
        assert!(at_the_end.unwrap() == later, "{form}");
    }
}

#[test]
fn ending_that_says_no_form_is_asked_about_instead_of_getting_html() {
    let rig = ran();
    for file in ["run.docx", "run.xml"] {
        rig.run(["report", "last", "-o", file])
            .exit(2)
            .stderr("which form has a file that ends in")
            .stderr("--format");
        assert!(!rig.work().join(file).exists());
    }
    rig.run(["report", "last", "-o", "run"]).passes();
}

#[test]
fn report_of_a_run_that_does_not_exist_says_where_to_look() {
    let rig = ran();
    rig.run(["report", "00000000"])
        .exit(1)
        .stderr("maestro results list");
}

/// The template that the manual page shows.
fn certificate() -> String {
    let page = std::fs::read_to_string(repository().join("man/maestro-package.5")).unwrap();
    let after = page
        .split(".Pa reports/certificate.html.j2 :\n")
        .nth(1)
        .unwrap();
    let example = after.split(".Bd -literal -offset indent\n").nth(1).unwrap();
    let example = example.split(".Ed\n").next().unwrap();
    example.replace("\\e", "\\").replace("\\&", "")
}

#[test]
fn template_of_the_package_is_filled_and_printed() {
    let rig = Rig::new()
        .package("forms", MAIN, "")
        .file("forms/reports/certificate.html.j2", &certificate());
    rig.run([
        "run",
        "forms",
        "--serial",
        "F-1",
        "--report",
        "certificate:out/c.html",
        "--report",
        "certificate:out/c.pdf",
    ])
    .fails();
    let html = std::fs::read_to_string(rig.work().join("out/c.html")).unwrap();
    assert!(html.contains("<h1>Unit F-1: FAIL</h1>"), "{html}");
    assert!(html.contains("<p>Forms &amp; &lt;limits&gt;, "), "{html}");
    assert!(html.contains("<tr><td>ABOVE<td>5.4 V<td>FAIL"), "{html}");
    assert!(page::text_of(&rig.work().join("out/c.pdf")).contains("Unit F-1: FAIL"));
    let args = ["report", "last", "--template", "certificate"];
    let later = rig.run(args).passes().stdout;
    assert_eq!(later, html);
    // What the browser needed meanwhile is gone.
    let left = std::fs::read_dir(rig.home().join("cache")).unwrap();
    assert_eq!(left.count(), 0);
}

#[test]
fn mistake_in_a_template_is_shown_before_anything_is_started() {
    let rig = Rig::new()
        .package("forms", MAIN, "")
        .file(
            "forms/reports/bad.html.j2",
            "one\n{{ run.serial_number | }}\n",
        )
        .file("forms/reports/late.html.j2", "{{ run.serail.number }}");
    rig.run(["run", "forms", "--serial", "F-1", "--report", "bad:x.html"])
        .exit(2)
        .stderr("forms/reports/bad.html.j2, line 2")
        .stderr("{{ run.serial_number | }}")
        .stderr("^^");
    rig.run(["results", "list"]).shows("No run");
    rig.run([
        "run",
        "forms",
        "--serial",
        "F-1",
        "--report",
        "nothing:x.html",
    ])
    .exit(2)
    .stderr("`nothing` is neither a form of report nor a template")
    .stderr("the templates here are bad, late");
    rig.run(["run", "forms", "--serial", "F-1"]).fails();
    rig.run(["report", "--template", "late"])
        .exit(2)
        .stderr("line 1: undefined value");
}

#[test]
fn pdf_is_the_page_printed() {
    let rig = ran();
    rig.run(["report", "last", "-o", "run.pdf"]).passes();
    let file = rig.work().join("run.pdf");
    let text = page::text_of(&file);
    assert!(text.contains("FAIL") && text.contains("INSIDE"), "{text}");
    assert!(
        page::size_of(&file).contains("A4"),
        "{}",
        page::size_of(&file)
    );
    let american = Rig::new()
        .env("LC_ALL", "en_US.UTF-8")
        .package("forms", MAIN, "");
    american
        .run(["run", "forms", "--serial", "F-1", "--report", "pdf:run.pdf"])
        .fails();
    assert!(page::size_of(&american.work().join("run.pdf")).contains("letter"));
}

#[test]
fn pdf_without_a_browser_says_what_to_install_before_anything_is_started() {
    let rig = Rig::new()
        .package("forms", MAIN, "")
        .env("PATH", "/nowhere");
    rig.run(["run", "forms", "--serial", "F-1", "--report", "pdf:run.pdf"])
        .exit(2)
        .stderr("a PDF needs Chromium, Chrome, Edge or Typst")
        .stderr("apt install chromium");
    rig.run(["results", "list"]).shows("No run");
}

/// `typst` of its command line, as far as we use it, around the same Typst as a library.
const TYPST: &str = r#"import sys, typst
_, command, flag, root, source, target = sys.argv
assert (command, flag) == ("compile", "--root")
try:
    typst.compile(source, output=target, root=root)
except typst.TypstError as error:
    sys.exit(f"error: {error}")
"#;

/// A rig whose `PATH` has a `typst` and nothing else.
fn with_typst(rig: Rig) -> Rig {
    let python = oracle_python();
    let script = format!("#!{}\n{TYPST}", python.display());
    let rig = rig.file("bin/typst", &script);
    let program = rig.work().join("bin/typst");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&program, mode).unwrap();
    let path = program.parent().unwrap().display().to_string();
    rig.env("PATH", &path)
}

#[test]
fn typst_sets_the_report_where_there_is_no_browser() {
    let rig = with_typst(Rig::new().package("forms", MAIN, ""));
    rig.run([
        "run",
        "forms",
        "--serial",
        "F-1 #[*x*] $y$",
        "--report",
        "pdf:run.pdf",
    ])
    .fails();
    let file = rig.work().join("run.pdf");
    let text = page::text_of(&file);
    for part in [
        "F-1 #[*x*] $y$",
        "What failed",
        "Forms & <limits>",
        "3.301 V",
        "[3.135 … 3.465]",
        "worst 9 mV",
        "5.4 V is above high_limit 5.1 V",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(page::size_of(&file).contains("A4"));
    rig.run([
        "results",
        "annotate",
        "last",
        "--void",
        "--reason",
        "fixture open",
    ])
    .passes();
    rig.run(["report", "last", "-o", "void.pdf"]).passes();
    let text = page::text_of(&rig.work().join("void.pdf"));
    assert!(
        text.contains("VOID") && text.contains("Declared void: fixture open"),
        "{text}"
    );
    // A template is HTML, which Typst does not read.
    let rig = rig.file(
        "forms/reports/certificate.html.j2",
        "<p>{{ run.verdict }}</p>",
    );
    rig.run(["report", "last", "--template", "certificate", "-o", "c.pdf"])
        .exit(2)
        .stderr("a PDF of a template needs Chromium, Chrome or Edge");
}

#[test]
fn every_part_of_a_report_is_set_by_typst() {
    let package = repository().join("fixtures/packages/demo-board");
    let package = package.display().to_string();
    let rig = Rig::new();
    rig.run(["run", &package, "--serial", "PB-7", "--unattended"])
        .passes();
    let rig = with_typst(rig);
    rig.run(["report", "last", "-o", "run.pdf"]).passes();
    let text = page::text_of(&rig.work().join("run.pdf"));
    for part in [
        "Setup",
        "attempt 1, not counted",
        "Questions",
        "Visual inspection",
        "Log",
        "Runners",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn browser_that_hangs_is_ended_with_what_it_started() {
    let rig = ran();
    let told = rig.work().join("child");
    let script = format!(
        "#!/bin/sh\nsleep 987654 &\necho $! >'{}'\nsleep 987654\n",
        told.display()
    );
    let rig = rig.file("bin/chromium", &script);
    let program = rig.work().join("bin/chromium");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&program, mode).unwrap();
    let path = format!("{}:/usr/bin:/bin", program.parent().unwrap().display());
    let rig = rig.env("PATH", &path);
    let mut child = rig
        .command(["report", "last", "-o", "run.pdf"])
        .spawn()
        .unwrap();
    let sleeping = loop {
        match std::fs::read_to_string(&told) {
            Ok(pid) if pid.ends_with('\n') => break pid.trim().to_owned(),
            _ => std::thread::sleep(std::time::Duration::from_millis(20)),
        }
    };
    // Ctrl-C goes to this process only: the browser has a session of its own.
    let maestro = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(maestro, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(4));
    let state = std::fs::read_to_string(format!("/proc/{sleeping}/stat")).unwrap_or_default();
    assert!(state.is_empty() || state.contains(") Z "), "{state}");
    assert!(!rig.work().join("run.pdf").exists());
}
