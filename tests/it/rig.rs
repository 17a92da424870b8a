//! Runs the executable in a world of its own: own home, own locks, own packages, bounded time.

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// Longest time that a command may take before the test kills it and fails.
const DEADLINE: Duration = Duration::from_mins(1);

/// A station with nothing on it but what the test puts there.
#[derive(Debug)]
pub(crate) struct Rig {
    world: TempDir,
    env: Vec<(String, String)>,
}

impl Rig {
    pub(crate) fn new() -> Self {
        let world = TempDir::with_prefix("maestro-rig-").unwrap();
        for folder in ["home", "lock", "work"] {
            fs::create_dir(world.path().join(folder)).unwrap();
        }
        Self {
            world,
            env: Vec::new(),
        }
    }

    /// The folder in which commands run and packages lie.
    pub(crate) fn work(&self) -> PathBuf {
        self.world.path().join("work")
    }

    /// `$MAESTRO_HOME` of the commands.
    pub(crate) fn home(&self) -> PathBuf {
        self.world.path().join("home")
    }

    /// Writes a file below [`Self::work`].
    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        let path = self.work().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        self
    }

    /// Writes a package: its manifest, `main` as its `tests/main.yaml`, `python` as `module.py`.
    pub(crate) fn package(self, name: &str, main: &str, python: &str) -> Self {
        let manifest = format!(
            r#"{{"name": "{name}", "version": "1.0.0", "author": "A. Tester", "description": "A sample"}}"#
        );
        let rig = self
            .file(&format!("{name}/package.json"), &manifest)
            .file(&format!("{name}/tests/main.yaml"), main);
        if python.is_empty() {
            rig
        } else {
            rig.file(&format!("{name}/python_modules/module.py"), python)
        }
    }

    /// Sets a variable for the commands.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The command with this rig's world around it, for tests that start it themselves.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_maestro"));
        command.args(args).current_dir(self.work());
        self.surround(&mut command);
        command
    }

    /// Gives any command this rig's environment.
    pub(crate) fn surround(&self, command: &mut Command) {
        for (name, _) in std::env::vars() {
            let ours = ["MAESTRO_", "XDG_", "LC_", "LANG", "NO_COLOR"];
            if ours.iter().any(|prefix| name.starts_with(prefix)) {
                command.env_remove(name);
            }
        }
        command
            .env("HOME", self.world.path())
            .env("LANG", "C.UTF-8")
            .env("MAESTRO_HOME", self.home())
            .env("MAESTRO_LOCK_DIR", self.world.path().join("lock"))
            .env("MAESTRO_STATION_ID", "rig")
            .envs(self.env.iter().map(|(k, v)| (k, v)));
    }

    /// Runs the executable to its end.
    #[track_caller]
    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Outcome {
        let args = args
            .into_iter()
            .map(|arg| arg.as_ref().to_owned())
            .collect::<Vec<_>>();
        let line = args
            .iter()
            .map(|arg| arg.to_string_lossy())
            .collect::<Vec<_>>()
            .join(" ");
        self.finish(self.command(&args), &format!("maestro {line}"))
    }

    /// Runs any command to its end; kills it, with its process group, at the deadline.
    #[expect(
        clippy::unused_self,
        reason = "a command is finished in the rig's world"
    )]
    #[track_caller]
    pub(crate) fn finish(&self, mut command: Command, line: &str) -> Outcome {
        let started = Instant::now();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("{line}: {error}"));
        let stdout = collect(child.stdout.take().unwrap());
        let stderr = collect(child.stderr.take().unwrap());
        let code = wait(&mut child, line);
        Outcome {
            line: line.to_owned(),
            code,
            stdout: text_of(&stdout),
            stderr: text_of(&stderr),
            took: started.elapsed(),
        }
    }
}

/// How a command ended. Each check panics with everything that the command said.
#[derive(Debug)]
pub(crate) struct Outcome {
    line: String,
    /// Exit code, or the negative number of the signal that ended it.
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Outcome {
    /// What a command came to that was not run by [`Rig::finish`].
    pub(crate) fn new(
        line: &str,
        code: i32,
        stdout: String,
        stderr: String,
        took: Duration,
    ) -> Self {
        let line = line.to_owned();
        Self {
            line,
            code,
            stdout,
            stderr,
            took,
        }
    }

    #[track_caller]
    pub(crate) fn passes(self) -> Self {
        self.exit(0)
    }

    #[track_caller]
    pub(crate) fn fails(self) -> Self {
        self.exit(1)
    }

    #[track_caller]
    pub(crate) fn exit(self, code: i32) -> Self {
        assert!(self.code == code, "exit code {code} expected; {self}");
        self
    }

    /// Standard output holds `text`; runs of blanks count as one.
    #[track_caller]
    pub(crate) fn shows(self, text: &str) -> Self {
        let found = squeeze(&self.stdout).contains(&squeeze(text));
        assert!(found, "stdout does not show {text:?}; {self}");
        self
    }

    #[track_caller]
    pub(crate) fn hides(self, text: &str) -> Self {
        let found = squeeze(&self.stdout).contains(&squeeze(text));
        assert!(!found, "stdout shows {text:?}; {self}");
        self
    }

    /// Standard error holds `text`; runs of blanks count as one.
    #[track_caller]
    pub(crate) fn stderr(self, text: &str) -> Self {
        let found = squeeze(&self.stderr).contains(&squeeze(text));
        assert!(found, "stderr does not show {text:?}; {self}");
        self
    }

    /// Nothing was said on standard error.
    #[track_caller]
    pub(crate) fn silent(self) -> Self {
        assert!(self.stderr.is_empty(), "stderr is not empty; {self}");
        self
    }

    /// Neither stream holds `text`.
    #[track_caller]
    pub(crate) fn silent_about(self, text: &str) -> Self {
        let found = self.stdout.contains(text) || self.stderr.contains(text);
        assert!(!found, "it shows {text:?}; {self}");
        self
    }

    #[track_caller]
    pub(crate) fn within(self, limit: Duration) -> Self {
        assert!(self.took <= limit, "took {:?}; {self}", self.took);
        self
    }

    /// Standard output as one JSON value.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}; {self}"))
    }

    /// Standard output as JSON lines.
    #[track_caller]
    pub(crate) fn json_events(&self) -> Vec<Value> {
        let parse = |line: &str| {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}; {self}"))
        };
        self.stdout.lines().map(parse).collect()
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "`{}` ended with {}\n--- stdout\n{}\n--- stderr\n{}",
            self.line, self.code, self.stdout, self.stderr
        )
    }
}

/// The root of the repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads a stream to its end on a thread of its own, so that no full pipe stops the command.
fn collect(mut stream: impl Read + Send + 'static) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}

/// The text, or what says that some process still holds the pipe open.
fn text_of(stream: &mpsc::Receiver<Vec<u8>>) -> String {
    stream.recv_timeout(Duration::from_secs(5)).map_or_else(
        |_| "(the stream is still held open by a process that was left behind)".to_owned(),
        |bytes| String::from_utf8_lossy(&bytes).into_owned(),
    )
}

#[track_caller]
fn wait(child: &mut Child, line: &str) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    let end = Instant::now() + DEADLINE;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status
                .code()
                .unwrap_or_else(|| -status.signal().unwrap_or(0));
        }
        if Instant::now() > end {
            kill_group(child);
            panic!("`{line}` did not end within {DEADLINE:?}");
        }
        thread::sleep(Duration::from_millis(2));
    }
}

fn kill_group(child: &mut Child) {
    if let Some(group) = rustix::process::Pid::from_raw(child.id() as i32) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.wait();
}
