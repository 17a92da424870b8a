//! Which runtime is meant, and what starts the runner on it.

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::build::Recipe;
use super::source;
use crate::event::hex;
use crate::runner::search::{is_executable, on_path};

/// What decides about the runtime.
pub(crate) struct DotnetQuery<'a> {
    /// The station's `runners.dotnet.command`; empty if not set.
    pub(crate) command: &'a [String],
    /// The definition's `runner_type`, such as `net48`.
    pub(crate) runner_type: Option<&'a str>,
    /// Folder in which the runner will start.
    pub(crate) workdir: &'a Path,
    /// Reads a variable of the environment.
    pub(crate) env: &'a dyn Fn(&str) -> Option<OsString>,
    /// `$MAESTRO_HOME`: compiled runners lie below it.
    pub(crate) home: &'a Path,
}

/// How the runner is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dotnet {
    pub(crate) program: PathBuf,
    /// All arguments. Those of the runner itself name a file that `missing` makes.
    pub(crate) args: Vec<OsString>,
    /// What must be compiled before the program can be started.
    pub(crate) missing: Option<Recipe>,
}

/// The two kinds of .NET, between which nothing compiled is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runtime {
    /// .NET Framework, which is Mono where there is no Windows.
    Framework,
    /// .NET, formerly .NET Core; the oldest major version that is asked for.
    Core(Option<u32>),
}

/// Why the runner cannot be started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DotnetError {
    #[error("program `{program}` of `runners.dotnet.command` not found")]
    NoCommand { program: String },
    #[error("`runner_type: {given}` is no .NET: net48, net472 … or mono, net10.0, net8.0 …")]
    UnknownType { given: String },
    #[error("the .NET runner cannot be started: {}", reasons.join("; "))]
    NoRuntime { reasons: Vec<String> },
    #[error("the .NET runner cannot be compiled with {}: {reason}", compiler.display())]
    NotCompiled { compiler: PathBuf, reason: String },
    #[error("the .NET runner cannot be kept: {0}")]
    Io(#[from] std::io::Error),
}

/// Finds the runtime that is asked for, the compiled runner for it or the way to compile it.
///
/// Without a `runner_type` .NET is taken if it is there, else Mono.
pub(crate) fn find_dotnet(query: &DotnetQuery<'_>) -> Result<Dotnet, DotnetError> {
    let wanted = Runtime::wanted(query.runner_type)?;
    let Some((program, args)) = query.command.split_first() else {
        return from_path(&wanted, query);
    };
    let Some(program) = locate(program, query) else {
        return Err(DotnetError::NoCommand {
            program: program.clone(),
        });
    };
    let mut args: Vec<OsString> = args.iter().map(OsString::from).collect();
    // A command that is no runtime (`ssh`, a script) is the runner itself.
    let Some(runtime) = Runtime::of_host(&program) else {
        return Ok(Dotnet {
            program,
            args,
            missing: None,
        });
    };
    let kept = kept(runtime, &program, query).map_err(|reason| DotnetError::NoRuntime {
        reasons: vec![reason],
    })?;
    args.push(kept.file.into_os_string());
    Ok(Dotnet {
        program,
        args,
        missing: kept.missing,
    })
}

fn from_path(wanted: &[Runtime], query: &DotnetQuery<'_>) -> Result<Dotnet, DotnetError> {
    let mut reasons = Vec::new();
    for &runtime in wanted {
        let Some(host) = on_path(&[runtime.host()], &search_path(query))
            .into_iter()
            .next()
        else {
            reasons.push(format!("there is no `{}` on PATH", runtime.host()));
            continue;
        };
        match kept(runtime, &host, query) {
            Ok(kept) => {
                let mut args: Vec<OsString> = runtime.host_args().map(OsString::from).to_vec();
                args.retain(|argument| !argument.is_empty());
                args.push(kept.file.into_os_string());
                return Ok(Dotnet {
                    program: host,
                    args,
                    missing: kept.missing,
                });
            }
            Err(reason) => reasons.push(reason),
        }
    }
    Err(DotnetError::NoRuntime { reasons })
}

/// A compiled runner, or the place where it will lie.
struct Kept {
    file: PathBuf,
    missing: Option<Recipe>,
}

fn kept(runtime: Runtime, host: &Path, query: &DotnetQuery<'_>) -> Result<Kept, String> {
    let place = query.home.join("runners");
    let prefix = format!("dotnet-{}-{}-", runtime.name(), source::digest());
    let compiler = match runtime {
        Runtime::Core(wanted) => match Sdk::beside(host) {
            Sdk::None => None,
            Sdk::Major(major) if wanted.is_some_and(|wanted| wanted > major) => {
                return Err(format!(
                    "{} has the SDK of .NET {major}, and {runtime} is asked for",
                    host.display()
                ));
            }
            Sdk::Major(_) | Sdk::Hidden => Some(host.to_owned()),
        },
        Runtime::Framework => on_path(&["mcs", "csc"], &search_path(query))
            .into_iter()
            .next(),
    };
    let Some(compiler) = compiler else {
        // One that was compiled before serves as long as the source is the same.
        let name = earlier(&place, &prefix, runtime).ok_or_else(|| runtime.lacks())?;
        return Ok(Kept {
            file: place.join(name).join(runtime.file()),
            missing: None,
        });
    };
    let name = format!("{prefix}{}", identity(&compiler, runtime));
    let file = place.join(&name).join(runtime.file());
    let recipe = Recipe {
        runtime,
        host: host.to_owned(),
        compiler,
        place,
        name,
    };
    let missing = (!recipe.is_built()).then_some(recipe);
    Ok(Kept { file, missing })
}

fn earlier(place: &Path, prefix: &str, runtime: Runtime) -> Option<String> {
    let entries = fs::read_dir(place).ok()?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names
        .filter(|name| name.starts_with(prefix) && place.join(name).join(runtime.file()).is_file())
        .min()
}

/// What can be seen of an SDK without starting it.
enum Sdk {
    None,
    /// Its major version; of several, that of the newest.
    Major(u32),
    /// A script stands in front of it.
    Hidden,
}

impl Sdk {
    fn beside(host: &Path) -> Self {
        let real = fs::canonicalize(host).unwrap_or_else(|_| host.to_owned());
        let root = real.parent().unwrap_or(Path::new("/"));
        if !root.join("shared").is_dir() {
            return Self::Hidden;
        }
        let entries = fs::read_dir(root.join("sdk")).into_iter().flatten();
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let majors = names.filter_map(|name| name.split('.').next()?.parse().ok());
        majors.max().map_or(Self::None, Self::Major)
    }
}

/// What tells one version of a compiler from another, as a short name.
fn identity(compiler: &Path, runtime: Runtime) -> String {
    let real = fs::canonicalize(compiler).unwrap_or_else(|_| compiler.to_owned());
    let mut hash = Sha256::new();
    let mut add = |path: &Path| {
        hash.update(path.as_os_str().as_bytes());
        if let Ok(meta) = fs::metadata(path) {
            hash.update(meta.size().to_le_bytes());
            hash.update(meta.mtime().to_le_bytes());
        }
    };
    add(compiler);
    add(&real);
    // Every SDK beside `dotnet` may be the one that compiles.
    if let (Runtime::Core(_), Some(root)) = (runtime, real.parent()) {
        add(&root.join("sdk"));
    }
    hex(&hash.finalize()[..4])
}

fn locate(program: &str, query: &DotnetQuery<'_>) -> Option<PathBuf> {
    if program.contains('/') {
        // `join` keeps an absolute path as it is.
        return Some(query.workdir.join(program)).filter(|path| is_executable(path));
    }
    on_path(&[program], &search_path(query)).into_iter().next()
}

fn search_path(query: &DotnetQuery<'_>) -> OsString {
    (query.env)("PATH").unwrap_or_default()
}

impl Runtime {
    /// What a `runner_type` asks for, best first.
    pub(crate) fn wanted(runner_type: Option<&str>) -> Result<Vec<Self>, DotnetError> {
        let Some(given) = runner_type.map(str::trim) else {
            return Ok(vec![Self::Core(None), Self::Framework]);
        };
        if given == "dotnet" {
            return Ok(vec![Self::Core(None), Self::Framework]);
        }
        Self::parse(given)
            .map(|runtime| vec![runtime])
            .ok_or_else(|| DotnetError::UnknownType {
                given: given.to_owned(),
            })
    }

    /// Reads `net48`, `mono` and `net10.0`.
    fn parse(given: &str) -> Option<Self> {
        if given == "mono" {
            return Some(Self::Framework);
        }
        let core = given.strip_prefix("netcoreapp");
        let version = core.or_else(|| given.strip_prefix("net"))?;
        // `net10.0-windows` is a .NET 10 with more in it.
        let version = version.split('-').next()?;
        if let Some((major, minor)) = version.split_once('.') {
            minor.parse::<u32>().ok()?;
            return major.parse().ok().map(|major| Self::Core(Some(major)));
        }
        let is_framework = version.starts_with('4') && version.parse::<u32>().is_ok();
        (is_framework && core.is_none()).then_some(Self::Framework)
    }

    /// The kind that a program of this name runs.
    fn of_host(program: &Path) -> Option<Self> {
        let name = program.file_name()?.to_string_lossy();
        if name.starts_with("mono") {
            Some(Self::Framework)
        } else if name == "dotnet" {
            Some(Self::Core(None))
        } else {
            None
        }
    }

    fn host(self) -> &'static str {
        match self {
            Self::Framework => "mono",
            Self::Core(_) => "dotnet",
        }
    }

    /// Mono tells lines of the source only if it is asked to, and is no slower for it.
    fn host_args(self) -> [&'static str; 1] {
        match self {
            Self::Framework => ["--debug"],
            Self::Core(_) => [""],
        }
    }

    /// Part of the folder's name.
    fn name(self) -> String {
        match self {
            Self::Framework => "framework".to_owned(),
            Self::Core(_) => "core".to_owned(),
        }
    }

    /// The compiled program.
    pub(super) fn file(self) -> &'static str {
        match self {
            Self::Framework => "maestro-runner.exe",
            Self::Core(_) => "maestro-runner.dll",
        }
    }

    fn lacks(self) -> String {
        match self {
            Self::Framework => {
                "there is `mono`, and no compiler for it (`mcs` or `csc`) on PATH".to_owned()
            }
            Self::Core(_) => "there is `dotnet`, and no SDK with it".to_owned(),
        }
    }
}

impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Framework => f.write_str(".NET Framework (Mono)"),
            Self::Core(None) => f.write_str(".NET"),
            Self::Core(Some(major)) => write!(f, ".NET {major}"),
        }
    }
}
