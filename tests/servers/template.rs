//! The programs of PostgreSQL, the account that runs them, and data folders made quickly.
//!
//! `initdb` takes a second. The first server's fresh data folder is therefore kept below
//! `target/test-servers` and copied for every later one.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::geteuid;

use super::place::not_installed;

/// The programs, and who runs them.
#[derive(Debug, Clone)]
pub(super) struct Programs {
    folder: PathBuf,
    /// User and group to run as; `None` where the test's own account will do.
    account: Option<(u32, u32)>,
}

impl Programs {
    pub(super) fn find() -> Self {
        let folder = newest_folder().unwrap_or_else(|| not_installed("postgres", "postgresql"));
        let account = geteuid().is_root().then(account);
        Self { folder, account }
    }

    pub(super) fn account(&self) -> Option<(u32, u32)> {
        self.account
    }

    /// A command that runs a program of PostgreSQL as an account that it accepts.
    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.folder.join(program));
        command.env("LC_ALL", "C").env_remove("PGDATA");
        if let Some((user, group)) = self.account {
            command.uid(user).gid(group);
        }
        command
    }

    /// Gives a file or folder to the account that the server runs as.
    pub(super) fn give(&self, path: &Path) {
        if let Some((user, group)) = self.account {
            std::os::unix::fs::chown(path, Some(user), Some(group)).unwrap();
        }
    }

    /// Makes a data folder; its parent belongs to the server's account.
    pub(super) fn make_data(&self, data: &Path) {
        let template = self.template();
        if template.exists() {
            copy(&template, data);
            return;
        }
        let mut initdb = self.command("initdb");
        initdb
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8"])
            .args(["--no-locale", "--no-sync", "--no-instructions", "-D"])
            .arg(data)
            .current_dir("/");
        run(&mut initdb);
        let fresh = template.with_extension(format!("new-{}", std::process::id()));
        fs::create_dir_all(template.parent().unwrap()).unwrap();
        let _ = fs::remove_dir_all(&fresh);
        copy(data, &fresh);
        // Another test process may have been faster: both folders are alike.
        if fs::rename(&fresh, &template).is_err() {
            fs::remove_dir_all(&fresh).unwrap();
        }
    }

    /// Where the data folder for this version and account is kept.
    fn template(&self) -> PathBuf {
        let said = Command::new(self.folder.join("postgres"))
            .arg("--version")
            .output()
            .unwrap();
        let version = String::from_utf8_lossy(&said.stdout).into_owned();
        let version = version.split_whitespace().nth(2).unwrap_or("unknown");
        let owner = self.account.map_or(geteuid().as_raw(), |(user, _)| user);
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("target/test-servers")
            .join(format!("postgres-{version}-{owner}").replace('.', "_"))
    }
}

/// The newest of Debian's folders, else the one on the search path.
fn newest_folder() -> Option<PathBuf> {
    let version = |path: &PathBuf| {
        let name = path.file_name()?.to_str()?;
        name.parse::<u32>().ok()
    };
    let debian = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join("bin/initdb").exists() && path.join("bin/postgres").exists())
        .max_by_key(version);
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian
        .map(|path| path.join("bin"))
        .or_else(|| std::env::split_paths(&path).find(|path| path.join("initdb").exists()))
}

/// PostgreSQL refuses to run as root: its own account, else `nobody`.
fn account() -> (u32, u32) {
    let accounts = fs::read_to_string("/etc/passwd").unwrap();
    let find = |name: &str| {
        accounts.lines().find_map(|line| {
            let fields = line.split(':').collect::<Vec<_>>();
            match fields.as_slice() {
                [found, _, user, group, ..] if *found == name => {
                    Some((user.parse().ok()?, group.parse().ok()?))
                }
                _ => None,
            }
        })
    };
    find("postgres")
        .or_else(|| find("nobody"))
        .expect("an account that is not root")
}

fn copy(from: &Path, to: &Path) {
    let mut cp = Command::new("cp");
    cp.args(["-a", "--reflink=auto"]).arg(from).arg(to);
    run(&mut cp);
}

fn run(command: &mut Command) {
    let output = command
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {output:?}");
}
