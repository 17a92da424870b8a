//! What tests of environments share: wheels made on the spot, a stand-in for uv that stops where a
//! test wants it, and a world without a network.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::rig::{Rig, repository};

/// A test that calls `module.call`, which needs the distribution `gauge`.
pub(super) const MAIN: &str = "
test:
  name: Gauge
  version: 1.0.0
  steps:
    - {name: Read, runner: python, module: module, function: read, timeout_ms: 20000}
";

pub(super) const PYTHON: &str = "
def read():
    import sys, gauge
    return {'value': gauge.VALUE, 'prefix': sys.prefix}
";

/// A package `bench` with these requirements.
pub(super) fn package(rig: Rig, requirements: &str) -> Rig {
    let manifest = format!(
        r#"{{"name": "bench", "version": "1.0.0", "author": "A. Tester", "description": "A sample",
            "requirements": {requirements}}}"#
    );
    rig.package("bench", MAIN, PYTHON)
        .file("bench/package.json", &manifest)
}

/// Writes the wheel of a distribution with one module into a folder.
pub(super) fn wheel(folder: &Path, name: &str, version: &str, code: &str) {
    const SCRIPT: &str = r#"
import sys, zipfile
folder, name, version, code = sys.argv[1:]
info = "%s-%s.dist-info/" % (name, version)
with zipfile.ZipFile("%s/%s-%s-py3-none-any.whl" % (folder, name, version), "w") as wheel:
    wheel.writestr(name + ".py", code)
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\nName: %s\nVersion: %s\n" % (name, version))
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    wheel.writestr(info + "RECORD", "".join(f + ",,\n" for f in (name + ".py", info + "METADATA", info + "WHEEL", info + "RECORD")))
"#;
    fs::create_dir_all(folder).unwrap();
    let status = Command::new("python3")
        .args(["-c", SCRIPT])
        .arg(folder)
        .args([name, version, code])
        .status()
        .unwrap();
    assert!(status.success());
}

/// A stand-in for uv, in a folder of its own.
pub(super) struct Tool(PathBuf);

impl Tool {
    /// Puts it first on the path of the rig. It makes a virtual environment, and installs the module
    /// `gauge` that lies beside it; each call is written down.
    pub(super) fn put(rig: Rig) -> (Rig, Self) {
        let folder = rig.work().join("tools");
        fs::create_dir(&folder).unwrap();
        let script = r#"#!/bin/sh
here=${0%/*}
echo "$@" >>"$here/calls"
case " $* " in
  *" venv "*)
    for folder; do :; done
    exec python3 -m venv --without-pip "$folder" ;;
  *" install "*)
    if [ -e "$here/hang" ]; then
      echo "fetching gauge"
      : >"$here/hangs"
      while [ -e "$here/hang" ]; do sleep 0.05; done
    fi
    while [ "$1" != --python ]; do shift; done
    site=$("$2" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
    cp "$here/gauge.py" "$site/" ;;
esac
"#;
        let program = folder.join("uv");
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(folder.join("gauge.py"), "VALUE = 1\n").unwrap();
        let path = format!("{}:{}", folder.display(), search_path());
        (rig.env("PATH", &path), Self(folder))
    }

    /// Lets the next installation stand still.
    pub(super) fn hang(&self) {
        fs::write(self.0.join("hang"), "").unwrap();
    }

    pub(super) fn hangs(&self) -> bool {
        self.0.join("hangs").exists()
    }

    pub(super) fn go_on(&self) {
        fs::remove_file(self.0.join("hang")).unwrap();
        fs::remove_file(self.0.join("hangs")).ok();
    }

    /// How many environments were begun.
    pub(super) fn builds(&self) -> usize {
        let calls = fs::read_to_string(self.0.join("calls")).unwrap_or_default();
        calls.lines().filter(|call| call.contains("venv")).count()
    }
}

pub(super) fn search_path() -> String {
    std::env::var("PATH").unwrap_or_default()
}

/// The same without uv, whatever this machine has.
pub(super) fn path_without_uv() -> String {
    let path = search_path();
    let has_uv = |folder: &&str| Path::new(folder).join("uv").exists();
    let folders: Vec<&str> = path.split(':').filter(|folder| !has_uv(folder)).collect();
    folders.join(":")
}

/// The real uv, where `tests/run` has installed it.
pub(super) fn uv() -> Option<PathBuf> {
    let uv = repository().join("target/test-venv/bin/uv");
    uv.exists().then_some(uv)
}

/// What `tests/run` has fetched for `visa-bench`.
pub(super) fn fetched_wheels() -> Option<PathBuf> {
    let folder = repository().join("target/test-wheels");
    folder.exists().then_some(folder)
}

/// Takes the network away: proxies that nobody serves, and, where this account may, a network with
/// no interface in it.
pub(super) fn offline(rig: Rig) -> (Rig, bool) {
    let mut rig = rig;
    for name in [
        "http_proxy",
        "https_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
    ] {
        rig = rig.env(name, "http://127.0.0.1:9");
    }
    // What would be asked if anybody asked.
    let rig = rig
        .env("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
        .env("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple");
    let unshared = Command::new("unshare")
        .args(["-rn", "true"])
        .stderr(Stdio::null())
        .status();
    (rig, unshared.is_ok_and(|status| status.success()))
}

/// The command, in a network of its own where that can be had.
pub(super) fn alone(command: &Command, unshared: bool) -> Command {
    if !unshared {
        let mut same = Command::new(command.get_program());
        same.args(command.get_args());
        return dressed(same, command);
    }
    let mut alone = Command::new("unshare");
    alone
        .arg("-rn")
        .arg(command.get_program())
        .args(command.get_args());
    dressed(alone, command)
}

fn dressed(mut command: Command, like: &Command) -> Command {
    if let Some(folder) = like.get_current_dir() {
        command.current_dir(folder);
    }
    for (name, value) in like.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}
