//! Compiles the runner.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::find::{DotnetError, Runtime};
use super::source;
use crate::runner::RunnerSpec;
use crate::runner::install::install;
use crate::runner::tool;

/// How long a compiler may take; the first call of an SDK sets up a good deal.
const PATIENCE: Duration = Duration::from_mins(5);
/// Most of a compiler's complaint that is shown.
const SHOWN: usize = 600;

/// Everything that compiling takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recipe {
    pub(super) runtime: Runtime,
    /// What the compiled program is started with.
    pub(super) host: PathBuf,
    pub(crate) compiler: PathBuf,
    /// Folder in which compiled runners lie.
    pub(super) place: PathBuf,
    /// Name of this one's folder.
    pub(super) name: String,
}

impl Recipe {
    /// Whether it is compiled already.
    pub(super) fn is_built(&self) -> bool {
        is_whole(&self.place.join(&self.name), self.runtime)
    }

    /// Compiles, unless somebody has done so meanwhile; returns the folder.
    pub(crate) fn build(&self) -> Result<PathBuf, DotnetError> {
        let runtime = self.runtime;
        install(
            &self.place,
            &self.name,
            |folder| is_whole(folder, runtime),
            |fresh| self.compile(fresh),
        )
    }

    fn compile(&self, fresh: &Path) -> Result<(), DotnetError> {
        let source = fresh.join("source");
        source::write(&source)?;
        match self.runtime {
            Runtime::Framework => {
                self.run(&source, compile_framework(fresh))?;
                self.compile_ahead(fresh);
            }
            Runtime::Core(wanted) => {
                let framework = self.newest_framework(&source, wanted)?;
                self.run(&source, build_core(fresh, &framework))?;
            }
        }
        if !is_whole(fresh, self.runtime) {
            return Err(self.failed(format!("it made no {}", self.runtime.file())));
        }
        fs::remove_dir_all(&source)?;
        Ok(())
    }

    /// Lets Mono translate the program for this processor: it starts and makes its first call in
    /// two thirds of the time. That takes an assembler and a linker, and works without.
    fn compile_ahead(&self, fresh: &Path) {
        let args = vec!["--aot".into(), self.runtime.file().into()];
        tool::run(&spec(&self.host, args, fresh), PATIENCE).ok();
    }

    /// The framework of the SDK itself: only for that one it needs nothing from a registry.
    fn newest_framework(&self, folder: &Path, wanted: Option<u32>) -> Result<String, DotnetError> {
        let said = self.run(folder, vec!["--version".into()])?;
        let version = said.trim();
        let major: Option<u32> = version.split('.').next().and_then(|text| text.parse().ok());
        let Some(major) = major else {
            return Err(self.failed(format!("its version is `{}`", shorten(version))));
        };
        match wanted {
            Some(wanted) if wanted > major => Err(self.failed(format!(
                "it is the SDK of .NET {major}, and .NET {wanted} is asked for"
            ))),
            _ => Ok(format!("net{major}.0")),
        }
    }

    /// What the compiler says, if it succeeds.
    fn run(&self, folder: &Path, args: Vec<OsString>) -> Result<String, DotnetError> {
        let spec = spec(&self.compiler, args, folder);
        let ended = tool::run(&spec, PATIENCE).map_err(|reason| self.failed(reason))?;
        let said = String::from_utf8_lossy(&ended.stdout).into_owned();
        if ended.is_success() {
            return Ok(said);
        }
        let complaint = String::from_utf8_lossy(&ended.stderr);
        let words = if complaint.trim().is_empty() {
            said.as_str()
        } else {
            &*complaint
        };
        let folder = format!("{}/", folder.display());
        let words = words.replace(&folder, "");
        Err(self.failed(format!("{}: {}", ended.status, shorten(&words))))
    }

    fn failed(&self, reason: String) -> DotnetError {
        DotnetError::NotCompiled {
            compiler: self.compiler.clone(),
            reason,
        }
    }
}

/// A tool that is run in a folder.
fn spec(program: &Path, args: Vec<OsString>, folder: &Path) -> RunnerSpec {
    let quiet = [
        ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"),
        ("DOTNET_NOLOGO", "1"),
        ("DOTNET_SKIP_FIRST_TIME_EXPERIENCE", "1"),
        ("MSBUILDDISABLENODEREUSE", "1"),
    ];
    let mut env: Vec<(OsString, OsString)> = quiet.map(|(k, v)| (k.into(), v.into())).to_vec();
    // A service has no home, and the SDK wants a folder for its notes.
    env.push(("DOTNET_CLI_HOME".into(), folder.into()));
    RunnerSpec {
        name: "compiler".to_owned(),
        program: program.to_owned(),
        args,
        env,
        workdir: folder.to_owned(),
    }
}

/// The command line of `mcs` and of `csc`, in the folder of the source.
fn compile_framework(fresh: &Path) -> Vec<OsString> {
    let mut out = OsString::from("-out:");
    out.push(fresh.join(Runtime::Framework.file()));
    let mut args: Vec<OsString> = vec![
        "-nologo".into(),
        "-langversion:5".into(),
        "-optimize+".into(),
        "-r:System.dll".into(),
        "-r:System.Numerics.dll".into(),
        out,
    ];
    args.extend(source::code().map(OsString::from));
    args
}

fn build_core(fresh: &Path, framework: &str) -> Vec<OsString> {
    let mut args: Vec<OsString> = ["build", source::PROJECT, "--nologo", "-v", "quiet"]
        .map(OsString::from)
        .to_vec();
    args.extend(["-c", "Release", "-nodeReuse:false", "-o"].map(OsString::from));
    args.push(fresh.into());
    args.push(format!("-p:TargetFrameworks={framework}").into());
    args.extend(["-p:UseAppHost=false", "-p:UseSharedCompilation=false"].map(OsString::from));
    args
}

fn is_whole(folder: &Path, runtime: Runtime) -> bool {
    let has = |name: &str| folder.join(name).is_file();
    match runtime {
        Runtime::Framework => has(runtime.file()),
        Runtime::Core(_) => has(runtime.file()) && has("maestro-runner.runtimeconfig.json"),
    }
}

fn shorten(text: &str) -> &str {
    let text = text.trim();
    &text[..text.floor_char_boundary(SHOWN)]
}
