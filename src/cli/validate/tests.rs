use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::*;

/// Runs the command over a folder of its own.
struct Bench {
    folder: TempDir,
    options: ValidateOptions,
}

struct Said {
    exit: Exit,
    out: String,
    err: String,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cwd = folder.path().canonicalize().unwrap();
        Self {
            folder,
            options: ValidateOptions {
                paths: vec![".".into()],
                format: FindingFormat::Human,
                deny: Deny::Errors,
                cwd,
                unknown_keys: UnknownKeys::Error,
                package_path: Vec::new(),
                station: None,
                cfg_keys: Some(BTreeSet::new()),
                color: false,
                unicode: true,
                width: 100,
                quiet: false,
                threads: 2,
            },
        }
    }

    fn file(&self, path: &str, text: &str) -> &Self {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// A test with these steps.
    fn test(&self, path: &str, steps: &str) -> &Self {
        self.file(
            path,
            &format!("test:\n  name: t\n  version: 1.0.0\n  steps:\n{steps}\n"),
        )
    }

    fn said(&self) -> Said {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let exit = validate(&self.options, &mut out, &mut err);
        Said {
            exit,
            out: String::from_utf8(out).unwrap(),
            err: String::from_utf8(err).unwrap(),
        }
    }
}

const MANIFEST: &str = r#"{"name": "NAME", "version": "1.0.0", "author": "x", "description": "y"}"#;
const GOOD: &str = "    - { name: a, type: mock }";
const BAD: &str = "    - { name: a, type: foo }";

#[test]
fn exit_code_tells_what_was_found() {
    let bench = Bench::new();
    bench.test("tests/main.yaml", GOOD);
    assert_eq!(bench.said().exit, Exit::Done);
    bench.test("tests/main.yaml", BAD);
    assert_eq!(bench.said().exit, Exit::Negative);
    let mut bench = Bench::new();
    bench.test(
        "tests/main.yaml",
        "    - { name: a, type: mock, duration: 1 }",
    );
    assert_eq!(bench.said().exit, Exit::Done);
    bench.options.deny = Deny::Warnings;
    assert_eq!(bench.said().exit, Exit::Negative);
    bench.options.paths = vec!["tests/none.yaml".into()];
    let said = bench.said();
    assert_eq!(said.exit, Exit::Usage);
    assert!(said.out.contains("file-unreadable"), "{}", said.out);
}

#[test]
fn every_file_is_judged_once_whatever_names_it() {
    let mut bench = Bench::new();
    bench
        .test("p/tests/main.yaml", BAD)
        .test("p/tests/b.yaml", BAD);
    bench.file("p/ci.yaml", "jobs: 1\n");
    bench.options.paths = [".", "p", "p/tests/main.yaml", "./p/../p/tests/b.yaml"]
        .map(Into::into)
        .into();
    let said = bench.said();
    assert_eq!(said.out.matches("Unknown step type 'foo'").count(), 2);
    assert_eq!(said.err, "2 tests: 2 errors\n");
}

#[test]
fn order_does_not_depend_on_threads_or_arguments() {
    let mut bench = Bench::new();
    for index in 0..40 {
        bench.test(&format!("p{index}/tests/main.yaml"), BAD);
    }
    bench.options.format = FindingFormat::Json;
    let first = bench.said().out;
    bench.options.threads = 1;
    bench.options.paths = (0..40)
        .rev()
        .map(|index| format!("p{index}").into())
        .collect();
    assert_eq!(bench.said().out, first);
}

#[test]
fn folder_without_tests_is_no_success() {
    let bench = Bench::new();
    bench.file("a.yaml", "x: 1\n");
    let said = bench.said();
    assert_eq!((said.exit, said.out.as_str()), (Exit::Usage, ""));
    assert!(
        said.err.contains("no test definition in `.`"),
        "{}",
        said.err
    );
}

#[test]
fn facts_come_from_the_package() {
    let bench = Bench::new();
    let python = "    - { name: a, runner: python, module: rails, function: FUNCTION, timeout_ms: 1, parameters: { channel: 1 } }";
    bench.file("package.json", &MANIFEST.replace("NAME", "p"));
    bench.file(
        "python_modules/rails.py",
        "def measure(channel, rate=1):\n    return {}\n",
    );
    bench.test("tests/main.yaml", &python.replace("FUNCTION", "measure"));
    assert_eq!(bench.said().out, "");
    bench.test("tests/main.yaml", &python.replace("FUNCTION", "mesure"));
    let said = bench.said();
    assert!(said.out.contains("did you mean `measure`?"), "{}", said.out);
    bench.test(
        "tests/main.yaml",
        "    - { name: a, type: prompt, prompt: { message: m, image: images/no.png } }",
    );
    assert!(bench.said().out.contains("image-missing"));
}

#[test]
fn station_facts_are_asked_for_only_with_a_station() {
    let mut bench = Bench::new();
    let steps = "    - { name: '{{cfg.DMM}}', runner: bench-runner, timeout_ms: 5 }";
    bench.test("tests/main.yaml", steps);
    assert_eq!(bench.said().out, "");
    bench.options.station = Some(Station::default());
    let said = bench.said();
    assert!(said.out.contains("cfg-key-unknown"), "{}", said.out);
    assert!(said.out.contains("runner-unknown"), "{}", said.out);
}

#[test]
fn two_modules_of_one_name_in_one_run_are_told() {
    let bench = Bench::new();
    for name in ["a", "b"] {
        bench.file(
            &format!("{name}/package.json"),
            &format!(
                r#"{{"name": "{name}", "version": "1.0.0", "author": "x", "description": "y"}}"#
            ),
        );
        bench.file(
            &format!("{name}/python_modules/util.py"),
            &format!("def {name}(): pass\n"),
        );
        bench.test(&format!("{name}/tests/main.yaml"), GOOD);
    }
    assert_eq!(bench.said().out, "");
    bench.test(
        "a/tests/main.yaml",
        "    - { name: s, type: sequence, sequence: b/tests/main.yaml }",
    );
    assert!(bench.said().out.contains("python-module-twice"));
}

#[test]
fn codes_are_explained_and_slips_corrected() {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    assert_eq!(explain("limit-reversed", &mut out, &mut err), Exit::Done);
    assert!(
        String::from_utf8(out)
            .unwrap()
            .starts_with("limit-reversed\n\nThe lower limit")
    );
    let mut out = Vec::new();
    assert_eq!(explain("limit-revresed", &mut out, &mut err), Exit::Usage);
    assert!(
        String::from_utf8(err)
            .unwrap()
            .contains("did you mean `limit-reversed`?")
    );
}

/// Every sample that is meant to be good has no error.
#[test]
fn good_samples_have_no_errors() {
    let mut bench = Bench::new();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/packages");
    bench.options.cwd.clone_from(&fixtures);
    let folders = fs::read_dir(&fixtures)
        .unwrap()
        .flatten()
        .map(|entry| entry.path());
    bench.options.paths = folders
        .filter(|path| path.is_dir() && !path.ends_with("invalid"))
        .collect();
    let said = bench.said();
    assert_eq!(said.exit, Exit::Done, "{}", said.out);
}

/// Texts that are meant to hurt: a finding or nothing, and soon.
#[test]
fn hostile_texts_end_in_findings() {
    let brackets = "(".repeat(100_000);
    let cases = [
        format!("    - {{ name: a, type: mock, precondition: \"{brackets}\" }}"),
        format!(
            "    - {{ name: a, type: mock, precondition: \"{}x\" }}",
            "!".repeat(100_000)
        ),
        format!("    - {{ name: a, type: mock, outputs: {{ x: \"{{{{ {brackets} }}}}\" }} }}"),
        format!(
            "    - {{ name: a, type: mock, outputs: {{ x: \"{}\" }} }}",
            "{{".repeat(100_000)
        ),
        format!(
            "    - {{ name: a, type: mock, measurement: {{ name: m, type: string, value: x, operator: matches, expected: \"{brackets}\" }} }}"
        ),
        format!(
            "    - {{ name: {}, type: mock, {}: 1 }}",
            "a".repeat(200_000),
            "k".repeat(1_000)
        ),
        format!(
            "    - {{ name: a, type: sequence, sequence: \"{}\" }}",
            "a/".repeat(50_000)
        ),
        format!(
            "    - {{ name: a, runner: python, module: \"{}\", function: f, timeout_ms: 1 }}",
            "a.".repeat(50_000)
        ),
        format!(
            "    - {{ name: a, type: prompt, prompt: {{ message: m, image: \"{}\" }} }}",
            "../".repeat(50_000)
        ),
        "    - { name: a, runner: python, module: \"m\\0\", function: f, timeout_ms: 1 }"
            .to_owned(),
    ];
    for steps in cases {
        let bench = Bench::new();
        bench.test("tests/main.yaml", &steps);
        let said = bench.said();
        assert_eq!(said.exit, Exit::Negative, "{}", &steps[..60]);
    }
}

#[test]
fn sequences_that_multiply_are_walked_within_bounds() {
    let mut bench = Bench::new();
    for level in 0..40 {
        let call = format!(
            "    - {{ name: s, type: sequence, sequence: l{}.yaml }}\n",
            level + 1
        );
        bench.test(&format!("l{level}.yaml"), &call.repeat(3));
    }
    bench.test("l40.yaml", GOOD);
    bench.options.deny = Deny::Errors;
    let said = bench.said();
    assert_eq!(said.exit, Exit::Negative);
    assert!(said.out.contains("plan-too-large"), "{}", said.out);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// Words of the format in any order and place.
    #[test]
    fn arbitrary_definitions_never_panic(words in proptest::collection::vec(word(), 0..60)) {
        let bench = Bench::new();
        bench.file("a.yaml", &format!("test:\n{}", words.concat()));
        bench.said();
    }
}

fn word() -> impl proptest::strategy::Strategy<Value = String> {
    let words = [
        "  ",
        "\n",
        "\n  ",
        "\n    - ",
        "name: ",
        "steps:",
        "type: ",
        "mock",
        "prompt",
        "sequence: ",
        "a.yaml",
        "runner: ",
        "python",
        "module: m",
        "function: f",
        "measurement: ",
        "low_limit: ",
        "5.3",
        "\"{{ x }}\"",
        "{{",
        "}}",
        "{ ",
        " }",
        "[",
        "]",
        ", ",
        "precondition: ",
        "x > 3",
        "retry: ",
        "before: ",
        "count: 1",
        "repeat: ",
        "&a ",
        "*a",
        "<<: ",
        "µ",
        "\t",
        "'",
        "\"",
        "- ",
        "prompt: ",
        "message: m",
        "input: ",
        "options: ",
        "enabled: yes",
        "010",
        "3,3",
        "|\n",
    ];
    proptest::sample::select(words.map(str::to_owned).to_vec())
}
