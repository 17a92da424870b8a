//! The search with scripts in place of runtimes; compiling with Mono's compiler.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::find::{Dotnet, DotnetQuery, Runtime, find_dotnet};

/// A machine with the programs that a test puts on it.
struct Machine {
    folder: TempDir,
    path: OsString,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bin").into_os_string();
        fs::create_dir(&path).unwrap();
        Self { folder, path }
    }

    /// One with the programs of this machine behind those of the test.
    fn real() -> Self {
        let mut machine = Self::new();
        machine.path.push(":");
        machine.path.push(std::env::var_os("PATH").unwrap());
        machine
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn program(self, name: &str, body: &str) -> Self {
        let path = self.at("bin").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        self
    }

    /// A `dotnet` as it is installed, with an SDK of this version if any.
    fn dotnet(self, sdk: Option<&str>) -> Self {
        fs::create_dir_all(self.at("bin/shared")).unwrap();
        if let Some(version) = sdk {
            fs::create_dir_all(self.at("bin/sdk").join(version)).unwrap();
        }
        // As much of an SDK as compiling asks of it.
        self.program(
            "dotnet",
            r#"
            case "$1" in
            --version) echo 10.0.100 ;;
            build)
                echo "$@" >>"$0.asked"
                [ -f maestro-runner.csproj ] && [ -f src/Program.cs ] || exit 9
                while [ "$1" != -o ]; do shift; done
                echo dll >"$2/maestro-runner.dll"
                echo {} >"$2/maestro-runner.runtimeconfig.json" ;;
            esac"#,
        )
    }

    fn find(&self, command: &[&str], runner_type: Option<&str>) -> Result<Dotnet, String> {
        let command: Vec<String> = command.iter().map(ToString::to_string).collect();
        let query = DotnetQuery {
            command: &command,
            runner_type,
            workdir: self.folder.path(),
            env: &|name| (name == "PATH").then(|| self.path.clone()),
            home: &self.at("home"),
        };
        find_dotnet(&query).map_err(|error| error.to_string())
    }

    /// Names of the folders with compiled runners.
    fn compiled(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.at("home/runners")) else {
            return Vec::new();
        };
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }
}

fn last(dotnet: &Dotnet) -> &Path {
    Path::new(dotnet.args.last().unwrap())
}

#[test]
fn runner_types_name_the_runtime() {
    for (given, expected) in [
        ("net48", Runtime::Framework),
        ("net472", Runtime::Framework),
        (" mono ", Runtime::Framework),
        ("net10.0", Runtime::Core(Some(10))),
        ("net8.0-windows", Runtime::Core(Some(8))),
        ("netcoreapp3.1", Runtime::Core(Some(3))),
    ] {
        let found = Runtime::wanted(Some(given)).unwrap();
        assert_eq!(found, [expected], "{given}");
    }
    assert_eq!(Runtime::wanted(None).unwrap().len(), 2);
    for given in [
        "",
        "net",
        "net5x",
        "net10",
        "java",
        "netcoreapp4",
        "net10.x",
    ] {
        let error = Runtime::wanted(Some(given)).unwrap_err().to_string();
        assert!(error.contains("is no .NET"), "{given}: {error}");
    }
}

#[test]
fn dotnet_is_taken_before_mono_unless_it_cannot_compile() {
    let machine = Machine::new().program("mono", "").program("mcs", "");
    let mono = machine.find(&[], None).unwrap();
    assert_eq!(mono.program, machine.at("bin/mono"));
    assert_eq!(mono.args[0], "--debug");
    assert!(last(&mono).starts_with(machine.at("home/runners")));
    assert!(last(&mono).ends_with("maestro-runner.exe"));
    assert!(mono.missing.is_some());

    let machine = machine.dotnet(None);
    assert_eq!(machine.find(&[], None).unwrap(), mono);
    let error = machine.find(&[], Some("net10.0")).unwrap_err();
    assert!(error.contains("no SDK with it"), "{error}");

    let machine = machine.dotnet(Some("10.0.100"));
    let dotnet = machine.find(&[], None).unwrap();
    assert_eq!(dotnet.program, machine.at("bin/dotnet"));
    assert!(last(&dotnet).ends_with("maestro-runner.dll"));
    assert_eq!(machine.find(&[], Some("net48")).unwrap(), mono);
}

#[test]
fn what_is_missing_is_named() {
    let machine = Machine::new();
    let error = machine.find(&[], None).unwrap_err();
    assert!(
        error.contains("there is no `dotnet` on PATH; there is no `mono` on PATH"),
        "{error}"
    );
    let machine = machine.program("mono", "");
    let error = machine.find(&[], Some("mono")).unwrap_err();
    assert!(
        error.contains("no compiler for it (`mcs` or `csc`)"),
        "{error}"
    );
    let error = machine.find(&["no-mono"], None).unwrap_err();
    assert!(error.contains("program `no-mono`"), "{error}");
    let machine = machine.dotnet(Some("8.0.404"));
    let error = machine.find(&[], Some("net10.0")).unwrap_err();
    assert!(
        error.contains("the SDK of .NET 8, and .NET 10 is asked for"),
        "{error}"
    );
    assert!(machine.find(&[], Some("net8.0")).is_ok());
}

#[test]
fn command_of_the_station_is_a_runtime_or_the_runner_itself() {
    let machine = Machine::new()
        .program("mono-sgen", "")
        .program("mcs", "")
        .program("box", "");
    let mono = machine.find(&["mono-sgen", "--gc=sgen"], None).unwrap();
    assert_eq!(mono.args[0], "--gc=sgen");
    assert!(last(&mono).ends_with("maestro-runner.exe"));
    let own = machine.find(&["bin/box", "-v"], Some("net48")).unwrap();
    assert_eq!(own.program, machine.at("bin/box"));
    assert_eq!((own.args, own.missing), (vec![OsString::from("-v")], None));
}

#[test]
fn sdk_builds_for_its_own_version_and_what_it_made_is_kept() {
    let machine = Machine::real().dotnet(Some("10.0.100"));
    let dotnet = machine.find(&[], None).unwrap();
    dotnet.missing.as_ref().unwrap().build().unwrap();
    assert!(last(&dotnet).is_file());
    let asked = fs::read_to_string(machine.at("bin/dotnet.asked")).unwrap();
    assert!(asked.contains("-p:TargetFrameworks=net10.0"), "{asked}");
    assert_eq!(machine.compiled().len(), 1);
    assert_eq!(machine.find(&[], Some("net10.0")).unwrap().missing, None);
    // Another compiler makes another one.
    fs::write(machine.at("bin/sdk/10.0.200"), "").unwrap();
    fs::remove_file(machine.at("bin/dotnet")).unwrap();
    let machine = machine.program("dotnet", "exit 1");
    assert!(machine.find(&[], None).unwrap().missing.is_some());
}

#[test]
fn complaint_of_a_compiler_is_told_and_nothing_is_left() {
    let machine = Machine::new().program("mono", "").program(
        "mcs",
        "echo \"$PWD/src/Call.cs(1,2): error CS1002\" >&2; exit 1",
    );
    let recipe = machine.find(&[], None).unwrap().missing.unwrap();
    let error = recipe.build().unwrap_err().to_string();
    let compiler = machine.at("bin/mcs");
    assert_eq!(
        error,
        format!(
            "the .NET runner cannot be compiled with {}: exit code 1: src/Call.cs(1,2): error CS1002",
            compiler.display()
        )
    );
    assert_eq!(machine.compiled(), [] as [&str; 0]);
    let machine = machine.program("mcs", "");
    let recipe = machine.find(&[], None).unwrap().missing.unwrap();
    let error = recipe.build().unwrap_err().to_string();
    assert!(error.ends_with("it made no maestro-runner.exe"), "{error}");
}

#[test]
fn runner_is_compiled_once_and_used_without_its_compiler() {
    let machine = Machine::real();
    let mono = machine.find(&[], Some("mono")).unwrap();
    let recipe = mono
        .missing
        .clone()
        .expect("an empty home has no compiled runner");
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| recipe.build().unwrap());
        }
    });
    assert_eq!(machine.compiled().len(), 1, "{:?}", machine.compiled());
    let written = fs::metadata(last(&mono)).unwrap().modified().unwrap();
    recipe.build().unwrap();
    assert_eq!(
        fs::metadata(last(&mono)).unwrap().modified().unwrap(),
        written
    );
    let folder = last(&mono).parent().unwrap();
    assert!(!folder.join("source").exists());

    let mut bare = machine;
    bare.path = bare.at("bin").into_os_string();
    let bare = bare.program("mono", "");
    let found = bare.find(&[], None).unwrap();
    assert_eq!((last(&found), &found.missing), (last(&mono), &None));
}

#[test]
fn the_dotnet_runner_passes_its_own_tests() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("runners/dotnet/tests");
    let run = Command::new("python3")
        .args(["-m", "unittest", "discover"])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(tests)
        .output()
        .expect("python3 is needed to test the .NET runner");
    let report = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{report}");
}
