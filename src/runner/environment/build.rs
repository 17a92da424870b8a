//! Building an environment: uv where it is there, else venv and pip.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use sha2::{Digest as _, Sha256};

use super::failure::{Cause, EnvironmentError, cause_of, quote};
use super::needs::Needs;
use crate::event::hex;
use crate::runner::clock;
use crate::runner::process::{Process, Read};
use crate::runner::search::is_executable;
use crate::runner::spec::{Mark, RunnerSpec};
use crate::runner::{Python, kill_run};

/// Longest that one command may take: a large package that is compiled over a slow network.
const LIMIT: Duration = Duration::from_mins(30);
/// How often an interrupt is looked for.
const LOOK: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 50_000_000,
};
/// Most of the output that is looked at for the cause of a failure.
const KEPT: usize = 256 * 1024;
/// What pip is told, and uv under another name.
const SHARED_SETTINGS: [(&str, &str); 3] = [
    ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"),
    ("PIP_EXTRA_INDEX_URL", "UV_INDEX"),
    ("PIP_FIND_LINKS", "UV_FIND_LINKS"),
];

/// What there is to build with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tools {
    uv: Option<PathBuf>,
    /// Settings of pip, as uv wants them.
    uv_env: Vec<(OsString, OsString)>,
    /// Whether somebody has said how often pip tries again.
    has_retries: bool,
}

impl Tools {
    /// Looks for uv on the `PATH` of these variables.
    pub(crate) fn find(env: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let path = env("PATH").unwrap_or_default();
        let uv = std::env::split_paths(&path)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join("uv"))
            .find(|program| is_executable(program));
        let uv_env = SHARED_SETTINGS
            .iter()
            .filter(|(_, uv)| env(uv).is_none())
            .filter_map(|(pip, uv)| Some((OsString::from(uv), env(pip)?)))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        Self {
            uv,
            uv_env,
            has_retries: env("PIP_RETRIES").is_some(),
        }
    }

    pub(super) const fn name(&self) -> &'static str {
        if self.uv.is_some() { "uv" } else { "pip" }
    }
}

/// How the caller takes part in a build.
pub(crate) struct Watch<'a> {
    pub(crate) tell: &'a mut dyn FnMut(Told<'_>),
    /// Looked at while an environment is waited for or built.
    pub(crate) is_interrupted: &'a dyn Fn() -> bool,
}

/// What a caller is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told<'a> {
    /// Somebody else builds the environment: it is waited for.
    Waits,
    /// What is built, and with what.
    Begins(&'a str),
    /// A line that a program said.
    Says(&'a str),
}

/// One build.
pub(super) struct Build<'a> {
    pub(super) folder: &'a Path,
    /// Where the programs' output goes.
    pub(super) log: &'a Path,
    pub(super) needs: &'a Needs,
    pub(super) python: &'a Python,
    pub(super) tools: &'a Tools,
}

impl Build<'_> {
    /// Makes the environment in a folder that does not exist. What an earlier build left running
    /// is ended first.
    pub(super) fn run(&self, watch: &mut Watch<'_>) -> Result<(), EnvironmentError> {
        kill_run(&self.mark());
        let log = File::create(self.log);
        let mut log = log.map_err(|error| EnvironmentError::io("write", self.log, error))?;
        let (make, install) = match &self.tools.uv {
            Some(uv) => (self.uv_venv(uv), self.uv_install(uv)),
            None => (self.venv(), self.pip_install()),
        };
        self.command(&make, &mut log, watch)?;
        let list = self.requirements();
        let text = self.needs.requirements.join("\n") + "\n";
        fs::write(&list, text).map_err(|error| EnvironmentError::io("write", &list, error))?;
        self.command(&install, &mut log, watch)
    }

    fn venv(&self) -> RunnerSpec {
        let program = &self.python.program;
        self.spec(
            program,
            &["-I", "-m", "venv"],
            &[self.folder.as_os_str()],
            Vec::new(),
        )
    }

    fn pip_install(&self) -> RunnerSpec {
        let mut args = vec!["-I", "-m", "pip", "install", "--disable-pip-version-check"];
        args.extend(["--no-input", "--no-color", "--no-user"]);
        let mut env = Vec::new();
        if self.needs.is_offline {
            // Neither variables nor files may name an index or a page with links.
            args.extend(["--isolated", "--no-index"]);
            env.push(("PIP_CONFIG_FILE".into(), "/dev/null".into()));
        } else if !self.tools.has_retries {
            // Five rounds for each requirement are minutes where there is no network.
            args.extend(["--retries", "2"]);
        }
        self.spec(&self.folder.join("bin/python"), &args, &self.sources(), env)
    }

    fn uv_venv(&self, uv: &Path) -> RunnerSpec {
        let mut args = self.uv_modes();
        args.extend(["venv", "--no-project", "--python"]);
        let rest = [self.python.program.as_os_str(), self.folder.as_os_str()];
        self.spec(uv, &args, &rest, Vec::new())
    }

    fn uv_install(&self, uv: &Path) -> RunnerSpec {
        let mut args = self.uv_modes();
        args.extend(["pip", "install", "--compile-bytecode"]);
        let mut env = Vec::new();
        if self.needs.is_offline {
            args.push("--no-index");
            // What is set and empty counts as not set.
            env.extend(["UV_FIND_LINKS", "UV_INDEX"].map(|name| (name.into(), OsString::new())));
        } else {
            env.clone_from(&self.tools.uv_env);
        }
        args.push("--python");
        let python = self.folder.join("bin/python");
        let mut rest = vec![python.into_os_string()];
        rest.extend(self.sources());
        self.spec(uv, &args, &rest, env)
    }

    fn uv_modes(&self) -> Vec<&'static str> {
        // The cache knows wheels of a folder by name and version: other content would not be seen.
        if self.needs.is_offline {
            vec!["--offline", "--no-config", "--no-cache"]
        } else if self.needs.folders.is_empty() {
            Vec::new()
        } else {
            vec!["--no-cache"]
        }
    }

    /// Where wheels lie, and the list of what is wanted.
    fn sources(&self) -> Vec<OsString> {
        let mut args = Vec::new();
        for folder in &self.needs.folders {
            args.extend([OsString::from("--find-links"), folder.clone().into()]);
        }
        args.extend([OsString::from("-r"), self.requirements().into()]);
        args
    }

    fn requirements(&self) -> PathBuf {
        self.folder.join("requirements.txt")
    }

    fn spec<S: AsRef<OsStr>>(
        &self,
        program: &Path,
        args: &[&str],
        rest: &[S],
        env: Vec<(OsString, OsString)>,
    ) -> RunnerSpec {
        let rest = rest.iter().map(|arg| arg.as_ref().to_owned());
        RunnerSpec {
            name: "environment".to_owned(),
            program: program.to_owned(),
            args: args.iter().map(OsString::from).chain(rest).collect(),
            env,
            // Neither program shall find settings of a project that happens to lie around.
            workdir: self.log.parent().unwrap_or(Path::new("/")).to_owned(),
        }
    }

    /// The marker of all builds in this folder: another home may build the same.
    fn mark(&self) -> String {
        let hash = Sha256::digest(self.folder.as_os_str().as_encoded_bytes());
        format!("environment-{}", hex(&hash[..8]))
    }

    /// Runs one command to its end; an interrupt ends it with everything that it started.
    fn command(
        &self,
        spec: &RunnerSpec,
        log: &mut File,
        watch: &mut Watch<'_>,
    ) -> Result<(), EnvironmentError> {
        let failure = |status: String, output: &str, cause| EnvironmentError::Build {
            command: command_line(spec),
            status,
            quoted: quote(output),
            cause,
            log: self.log.to_owned(),
        };
        let _: io::Result<()> = writeln!(log, "$ {}", command_line(spec));
        let mark = Mark::new(&self.mark(), &spec.name, 0);
        let process = Process::spawn(spec, mark);
        let process = process.map_err(|reason| failure(reason, "", Cause::Program))?;
        let mut output = Output::new(process, log);
        let end = output.follow(watch);
        let text = output.finish();
        let tool = self.tools.name();
        match end {
            End::Status(status) if status == "exit code 0" => Ok(()),
            End::Status(status) => {
                let status = format!("{tool} ended with {status}");
                Err(failure(status, &text, cause_of(&text)))
            }
            End::Late => {
                let status = format!("{tool} was not done after {} min", LIMIT.as_secs() / 60);
                Err(failure(status, &text, Cause::Program))
            }
            End::Interrupted => Err(EnvironmentError::Interrupted),
        }
    }
}

/// How a command came to its end.
enum End {
    Status(String),
    Late,
    Interrupted,
}

/// A command that runs, and what it has said.
struct Output<'a> {
    process: Process,
    log: &'a mut File,
    /// The last [`KEPT`] bytes.
    text: Vec<u8>,
    /// The line that has not ended yet.
    line: Vec<u8>,
    is_open: [bool; 2],
}

impl<'a> Output<'a> {
    const fn new(process: Process, log: &'a mut File) -> Self {
        Self {
            process,
            log,
            text: Vec::new(),
            line: Vec::new(),
            is_open: [true; 2],
        }
    }

    fn follow(&mut self, watch: &mut Watch<'_>) -> End {
        let end = clock::now() + LIMIT;
        loop {
            self.wait();
            self.read(watch.tell);
            if let Some(status) = self.process.exit.ended() {
                return End::Status(status);
            }
            if (watch.is_interrupted)() {
                return End::Interrupted;
            }
            if clock::now() >= end {
                return End::Late;
            }
        }
    }

    /// Waits for the end of the process, for output, or for the next look.
    fn wait(&self) {
        let mut fds = vec![PollFd::new(&self.process.exit, PollFlags::IN)];
        let streams = [
            self.process.stdout.as_ref().map(|stream| stream.as_fd()),
            self.process.stderr.as_ref().map(|stream| stream.as_fd()),
        ];
        for (stream, is_open) in streams.into_iter().zip(self.is_open) {
            if let Some(stream) = stream.filter(|_| is_open) {
                fds.push(PollFd::from_borrowed_fd(stream, PollFlags::IN));
            }
        }
        // An interrupted wait is a look that comes early.
        poll(&mut fds, Some(&LOOK)).ok();
    }

    fn read(&mut self, tell: &mut dyn FnMut(Told<'_>)) {
        let mut room = [0; 8192];
        for stream in 0..2 {
            loop {
                let read = match stream {
                    0 => self.process.read_stdout(&mut room),
                    _ => self.process.read_stderr(&mut room),
                };
                match read {
                    Read::Bytes(count) => self.take(&room[..count], tell),
                    Read::Empty => break,
                    Read::End => {
                        self.is_open[stream] = false;
                        break;
                    }
                }
            }
        }
    }

    fn take(&mut self, bytes: &[u8], tell: &mut dyn FnMut(Told<'_>)) {
        // A log that cannot be written is no reason to stop.
        let _: io::Result<()> = self.log.write_all(bytes);
        self.text.extend_from_slice(bytes);
        if self.text.len() > 2 * KEPT {
            self.text.drain(..self.text.len() - KEPT);
        }
        for byte in bytes {
            if !matches!(byte, b'\n' | b'\r') {
                self.line.push(*byte);
                continue;
            }
            let line = String::from_utf8_lossy(&self.line);
            if !line.trim().is_empty() {
                tell(Told::Says(line.trim()));
            }
            self.line.clear();
        }
    }

    /// Ends what is left of the command and gives what it said.
    fn finish(mut self) -> String {
        self.process.end_tree();
        self.read(&mut |_| {});
        String::from_utf8_lossy(&self.text).into_owned()
    }
}

/// The command as it would be typed.
fn command_line(spec: &RunnerSpec) -> String {
    let words =
        std::iter::once(spec.program.as_os_str()).chain(spec.args.iter().map(OsString::as_os_str));
    let words: Vec<String> = words.map(|word| quoted(&word.to_string_lossy())).collect();
    words.join(" ")
}

fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
