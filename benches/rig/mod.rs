//! What the benches share: a folder with packages and a home in which the real executable runs,
//! medians with their spread, and what a process has taken of the processors.

mod figures;
mod packages;
mod process;
pub(crate) mod pty;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) use figures::Figures;
use packages::MODULE;
pub(crate) use packages::{MOCK_STEP, PYTHON_STEP, definition, manifest};
pub(crate) use process::{processor_time, processor_time_of_all};

const MAESTRO: &str = env!("CARGO_BIN_EXE_maestro");

/// The interpreter itself, not the script of a version manager.
const ASK_PYTHON: &str = "import sys; print(sys.executable)";

/// A folder with packages and a home.
pub(crate) struct Bench {
    pub(crate) folder: PathBuf,
    pub(crate) python: String,
}

/// What one run of the executable cost.
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    /// From the first step to the verdict.
    pub(crate) run_us: f64,
    /// Processor time of the engine's thread.
    pub(crate) engine_us: f64,
}

/// What a run is told beside its package.
pub(crate) type Environment = [(&'static str, String)];

impl Bench {
    pub(crate) fn new(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let output = Command::new("python3").args(["-c", ASK_PYTHON]).output()?;
        let python = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let bench = Self {
            folder: folder.to_owned(),
            python,
        };
        for steps in [1, 1_000, 10_000] {
            bench.write_package(&format!("python-{steps}"), steps, PYTHON_STEP)?;
            bench.write_package(&format!("mock-{steps}"), steps, MOCK_STEP)?;
        }
        let station = format!(
            "station_id: bench\nlock_dir: {}\nrunners:\n  python: {{command: [\"{}\"]}}\n",
            folder.join("lock").display(),
            bench.python
        );
        fs::write(folder.join("station.yaml"), station)?;
        Ok(bench)
    }

    /// One run of a package.
    pub(crate) fn run(&self, name: &str) -> io::Result<Cost> {
        let start = now();
        let output = self.start_run(name, &[])?.wait_with_output()?;
        let wall = now() - start;
        expect(
            output.status.success(),
            &String::from_utf8_lossy(&output.stderr),
        )?;
        Ok(Cost {
            wall,
            run_us: self.duration_of_newest_run()?,
            engine_us: 0.0,
        })
    }

    pub(crate) fn start_run(&self, name: &str, environment: &Environment) -> io::Result<Child> {
        self.command()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .args(["run", "--headless", "--quiet", "--serial", "B1"])
            .arg(self.folder.join(name))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
    }

    /// The duration that the newest journal tells, in µs; the journal is removed.
    pub(crate) fn duration_of_newest_run(&self) -> io::Result<f64> {
        let mut folders = vec![self.folder.join("home/journal")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)?.filter_map(Result::ok) {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "jsonl") {
                    let text = fs::read_to_string(&path)?;
                    fs::remove_file(&path)?;
                    let last = text.lines().last().unwrap_or_default();
                    let told = last.split("\"duration_us\":").nth(1).and_then(|rest| {
                        rest.split(|c: char| !c.is_ascii_digit())
                            .next()?
                            .parse()
                            .ok()
                    });
                    return told.ok_or_else(|| io::Error::other("the journal tells its end"));
                }
            }
        }
        Err(io::Error::other("a run leaves a journal"))
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(MAESTRO);
        command
            .arg("--config")
            .arg(self.folder.join("station.yaml"))
            .env("MAESTRO_HOME", self.folder.join("home"));
        command
    }

    pub(crate) fn write_package(
        &self,
        name: &str,
        steps: usize,
        step: fn(usize) -> String,
    ) -> io::Result<()> {
        let folder = self.folder.join(name);
        fs::create_dir_all(folder.join("tests"))?;
        fs::create_dir_all(folder.join("python_modules"))?;
        fs::write(folder.join("package.json"), manifest("p"))?;
        fs::write(folder.join("python_modules/board.py"), MODULE)?;
        fs::write(folder.join("tests/main.yaml"), definition(steps, step))
    }
}

pub(crate) fn expect(holds: bool, what: &str) -> io::Result<()> {
    if holds {
        Ok(())
    } else {
        Err(io::Error::other(what.to_owned()))
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
