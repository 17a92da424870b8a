//! Interpreters are shell scripts that count how often they are asked.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use tempfile::TempDir;

use super::*;

struct Bench {
    folder: TempDir,
    variables: Vec<(&'static str, OsString)>,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shims").into_os_string();
        Self {
            folder,
            variables: vec![("PATH", path)],
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a shim on the path that answers for `version`, living in `real/<version>`.
    fn shim(&self, name: &str, version: &str) {
        let real = self.path(&format!("real-{version}"));
        fs::write(&real, "").unwrap();
        let count = self.path("count");
        let answer = format!(
            "echo x >>{}; printf '{version}\\n{}'",
            count.display(),
            real.display()
        );
        self.script(name, &answer);
    }

    fn script(&self, name: &str, body: &str) {
        let path = self.path("shims").join(name);
        fs::create_dir_all(self.path("shims")).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn asked(&self) -> usize {
        fs::read_to_string(self.path("count"))
            .unwrap_or_default()
            .lines()
            .count()
    }

    fn find(&self, command: &[&str], runner_type: Option<&str>) -> Result<Python, String> {
        let command: Vec<String> = command.iter().map(ToString::to_string).collect();
        let env = |name: &str| {
            let found = self.variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.clone())
        };
        let query = PythonQuery {
            command: &command,
            runner_type,
            least: None,
            workdir: self.folder.path(),
            env: &env,
            cache: &self.path("cache"),
        };
        find_python(&query).map_err(|error| error.to_string())
    }

    fn real(&self, version: &str) -> PathBuf {
        self.path(&format!("real-{version}"))
    }
}

#[test]
fn shim_is_asked_once_until_something_that_decides_changes() {
    let mut bench = Bench::new();
    bench.shim("python3", "3.12.1");
    for _ in 0..3 {
        let python = bench.find(&[], None).unwrap();
        assert_eq!(python.program, bench.real("3.12.1"));
        assert_eq!(python.version, Some([3, 12, 1]));
    }
    assert_eq!(bench.asked(), 1);
    bench.variables.push(("PYENV_VERSION", "3.12".into()));
    bench.find(&[], None).unwrap();
    assert_eq!(bench.asked(), 2);
    fs::write(bench.path(".python-version"), "3.12").unwrap();
    bench.find(&[], None).unwrap();
    assert_eq!(bench.asked(), 3);
    fs::write(bench.path("version"), "3.12").unwrap();
    bench.find(&[], None).unwrap();
    bench.find(&[], None).unwrap();
    assert_eq!(bench.asked(), 4);
}

#[test]
fn executable_that_is_gone_is_asked_for_again() {
    let bench = Bench::new();
    bench.shim("python3", "3.12.1");
    bench.find(&[], None).unwrap();
    fs::remove_file(bench.real("3.12.1")).unwrap();
    bench.find(&[], None).unwrap();
    assert_eq!(bench.asked(), 2);
}

#[test]
fn runner_type_names_the_version() {
    let bench = Bench::new();
    bench.shim("python3", "3.12.1");
    bench.shim("python3.11", "3.11.9");
    let wanted = |runner_type| {
        bench
            .find(&[], Some(runner_type))
            .map(|python| python.program)
    };
    assert_eq!(wanted("python3.11"), Ok(bench.real("3.11.9")));
    // No executable of that name, but the version is there.
    assert_eq!(wanted("python3.12"), Ok(bench.real("3.12.1")));
    assert_eq!(wanted("python3"), Ok(bench.real("3.12.1")));
    assert_eq!(wanted("python"), Ok(bench.real("3.12.1")));
}

#[test]
fn what_is_there_instead_is_named() {
    let bench = Bench::new();
    let message = bench.find(&[], None).unwrap_err();
    assert!(message.starts_with("no Python 3.9 or newer on PATH (no Python at all); install"));
    bench.shim("python3", "3.8.10");
    bench.script(
        "python3.11",
        "echo 'pyenv: python3.11: command not found' >&2; exit 127",
    );
    let message = bench.find(&[], Some("python3.11")).unwrap_err();
    assert!(message.starts_with("no Python 3.11 on PATH ("), "{message}");
    assert!(message.contains("python3 is 3.8.10"), "{message}");
    assert!(message.contains("exit code 127: pyenv: python3.11: command not found"));
}

#[test]
fn command_of_the_station_wins_and_keeps_its_arguments() {
    let bench = Bench::new();
    bench.shim("python3", "3.12.1");
    bench.shim("python3.11", "3.11.9");
    let python = bench
        .find(&["python3.11", "-X", "dev"], Some("python3.12"))
        .unwrap();
    assert_eq!(python.program, bench.real("3.11.9"));
    assert_eq!(python.args, ["-X", "dev"]);
    let by_path = bench.find(&["shims/python3"], None).unwrap();
    assert_eq!(by_path.program, bench.real("3.12.1"));
}

#[test]
fn command_that_is_no_interpreter_is_taken_as_it_is() {
    let bench = Bench::new();
    bench.script("ssh", "exit 1");
    let python = bench.find(&["ssh", "bench", "python3"], None).unwrap();
    assert_eq!(python.program, bench.path("shims/ssh"));
    assert_eq!((python.args.len(), python.version), (2, None));
}

#[test]
fn command_that_does_not_work_says_why() {
    let bench = Bench::new();
    let message = bench.find(&["python3.11"], None).unwrap_err();
    assert!(message.starts_with("program `python3.11` of `runners.python.command` not found"));
    bench.script("python3.11", "exit 3");
    let message = bench.find(&["python3.11"], None).unwrap_err();
    assert!(message.ends_with("does not work: exit code 3"), "{message}");
    bench.script("python3.11", "echo hello");
    let message = bench.find(&["python3.11"], None).unwrap_err();
    assert!(message.ends_with("a strange answer: hello"), "{message}");
    bench.shim("python3.11", "3.8.1");
    let message = bench.find(&["python3.11"], None).unwrap_err();
    assert_eq!(
        message,
        "`python3.11` is Python 3.8.1; Python 3.9 or newer is wanted"
    );
}

#[test]
fn cache_that_cannot_be_written_costs_nothing_but_time() {
    let bench = Bench::new();
    bench.shim("python3", "3.12.1");
    fs::write(bench.path("cache"), "a file").unwrap();
    bench.find(&[], None).unwrap();
    bench.find(&[], None).unwrap();
    assert_eq!(bench.asked(), 2);
}

#[test]
fn real_interpreter_answers() {
    let path = ["/usr/bin", "/bin", "/usr/local/bin"].join(":");
    let mut bench = Bench::new();
    bench.variables = vec![("PATH", path.into())];
    match bench.find(&[], None) {
        Ok(python) => assert!(python.program.is_absolute() && python.version.is_some()),
        // A machine whose Python lives elsewhere.
        Err(message) => assert!(message.contains("no Python at all"), "{message}"),
    }
}
