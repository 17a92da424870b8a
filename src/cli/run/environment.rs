//! The Python environments of a plan, and what a person sees of their making.

use std::path::Path;

use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::interrupts::Interrupts;
use crate::cli::progress::Progress;
use crate::cli::settings::{Settings, Verbosity};
use crate::event::Timestamp;
use crate::plan::Plan;
use crate::runner::Python;
use crate::runner::environment::{
    Cause, Environment, EnvironmentError, Needs, PackageNeeds, Store, Told, Tools, Watch,
};
use crate::session::steady_clock;

/// What a person sees while an environment is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Telling {
    /// A moving line on a terminal, else lines.
    Lines,
    /// The terminal belongs to a screen.
    Nothing,
}

/// Opens the environment that the packages of the plan want for this interpreter, which may take
/// minutes the first time; `None` where they want nothing.
pub(super) fn open(
    plan: &Plan,
    python: &Python,
    settings: &Settings,
    home: &Path,
    telling: Telling,
    console: &mut Console<'_>,
) -> Result<Option<Environment>, Failure> {
    let packages = plan.packages.iter().map(|package| PackageNeeds {
        name: &package.ident.name,
        root: &package.root,
        pip_packages: &package.pip_packages,
    });
    let needs = Needs::of(packages, &home.join("cache"))
        .map_err(|error| Failure::usage(format!("wheels cannot be read: {error}")))?;
    let Some(needs) = needs else {
        return Ok(None);
    };
    let tools = Tools::find(&|name| settings.env.get(name).map(Into::into));
    let interrupts = Interrupts::default();
    let mut teller = Teller::new(&plan.packages[0].ident.name, settings, telling, console);
    let mut watch = Watch {
        tell: &mut |told| {
            interrupts.catch();
            teller.tell(told);
        },
        is_interrupted: &|| interrupts.came(),
    };
    let opened = Store::below(home).open(&needs, python, &tools, &mut watch);
    // Pressed while the last command ended.
    let opened = match opened {
        Ok(_) if interrupts.came() => Err(EnvironmentError::Interrupted),
        opened => opened,
    };
    teller.ends(opened.as_ref().ok());
    opened
        .map(Some)
        .map_err(|error| failure(&error, &needs, python))
}

/// What went wrong, and the way out.
fn failure(error: &EnvironmentError, needs: &Needs, python: &Python) -> Failure {
    let asking = needs.asking();
    let cannot = format!("the Python environment of {asking} cannot be built");
    match error {
        EnvironmentError::Interrupted => Failure::new(
            Exit::Aborted,
            format!(
                "interrupted while the Python environment of {asking} was built; nothing was started"
            ),
        ),
        EnvironmentError::Io { source, .. } => {
            Failure::trouble(format!("{cannot}: {error}: {source}"))
                .help("free space, or set MAESTRO_HOME to another disk")
        }
        EnvironmentError::Build { cause, log, .. } => {
            let message = format!("{cannot}: {error}\noutput: {}", log.display());
            let exit = match cause {
                Cause::Requirement | Cause::NoVenv => Exit::Usage,
                Cause::Network | Cause::Disk | Cause::Program => Exit::Trouble,
            };
            Failure::new(exit, message).help(way_out(*cause, needs, python))
        }
    }
}

fn way_out(cause: Cause, needs: &Needs, python: &Python) -> String {
    let download = || {
        let version = python
            .version
            .map_or_else(String::new, |[major, minor, _]| format!("{major}.{minor}"));
        let list = needs.requirements().iter().map(|text| format!(" '{text}'"));
        let list: String = list.collect();
        format!("python{version} -m pip download --dest wheels{list}")
    };
    match cause {
        Cause::Requirement if needs.is_offline() => format!(
            "what is in wheels/ is all there is; add what is missing on a machine with a network:\n{}",
            download()
        ),
        Cause::Requirement => "correct `requirements.pipPackages` in package.json; an index that \
                               knows no version at all may also be the wrong one"
            .to_owned(),
        Cause::Network => format!(
            "the package index cannot be reached; name another one (PIP_INDEX_URL, for uv \
             UV_DEFAULT_INDEX), or put the wheels into the package:\n{}",
            download()
        ),
        Cause::Disk => "free space, or set MAESTRO_HOME to another disk".to_owned(),
        Cause::NoVenv => {
            "install the module `venv` (Debian: apt install python3-venv), or uv".to_owned()
        }
        Cause::Program => "see what it said, and run the command by hand".to_owned(),
    }
}

/// Tells a person what goes on.
struct Teller<'a, 'c> {
    /// The package that is run.
    package: &'a str,
    console: &'a mut Console<'c>,
    /// The moving line, where there is one.
    line: Option<Progress>,
    can_move: bool,
    is_silent: bool,
    began: Option<Timestamp>,
}

impl<'a, 'c> Teller<'a, 'c> {
    fn new(
        package: &'a str,
        settings: &Settings,
        telling: Telling,
        console: &'a mut Console<'c>,
    ) -> Self {
        let is_silent = telling == Telling::Nothing || settings.verbosity == Verbosity::Quiet;
        Self {
            package,
            console,
            line: None,
            can_move: settings.terminal.stderr,
            is_silent,
            began: None,
        }
    }

    fn tell(&mut self, told: Told<'_>) {
        let package = self.package;
        match told {
            Told::Waits => self.note(&format!(
                "another maestro builds the Python environment of '{package}': waiting for it"
            )),
            Told::Begins(what) => {
                self.began = Some(steady_clock());
                self.note(&format!(
                    "building the Python environment of '{package}': {what}"
                ));
            }
            Told::Says(text) => {
                if let Some(line) = &self.line {
                    line.show(text);
                }
            }
        }
    }

    fn note(&mut self, text: &str) {
        if !self.is_silent {
            self.console.note(text);
            if self.can_move {
                self.line.get_or_insert_with(|| Progress::new(true));
            }
        }
    }

    fn ends(&mut self, environment: Option<&Environment>) {
        if let Some(line) = self.line.take() {
            line.clear();
        }
        if let (Some(began), Some(environment), false) = (self.began, environment, self.is_silent) {
            let took = steady_clock().since(began).as_secs_f64();
            let folder = environment.folder.display();
            self.console
                .note(&format!("built in {took:.1} s: {folder}"));
        }
    }
}
