//! Where a server lives: a folder, a free port, and a guard process.
//!
//! The guard waits for the end of a pipe that the test process holds. That end comes when the
//! server's value is dropped and when the test process is gone for any reason; the guard then kills
//! what the file `pid` names and removes the folder. It needs no help from the test process, so a
//! killed test leaves nothing behind.

use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime};

use rustix::process::{Pid, Signal, kill_process};

/// Longest wait for a server to start or to end.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// Ends the server, unmounts a small disk, gives shared memory of a killed PostgreSQL back, and
/// removes the folder. The loop is for processes that still write while they end.
const GUARD: &str = r#"
trap '' HUP INT TERM
read -r _
pid=$(cat "$1/pid" 2>/dev/null)
if [ -n "$pid" ]; then
  kill -CONT "$pid" $(cat "/proc/$pid/task/$pid/children")
  kill -QUIT "$pid"
  n=0
  while [ -e "/proc/$pid/exe" ] && [ $n -lt 50 ]; do sleep 0.1; n=$((n + 1)); done
  kill -KILL "$pid"
fi
memory=$(awk 'NR == 7 { print $2 }' "$1/data/postmaster.pid") && ipcrm -m "$memory"
[ ! -e "$1/disk" ] || umount "$1/disk" || umount -l "$1/disk"
n=0
while [ -e "$1" ] && [ $n -lt 50 ]; do rm -rf "$1" && break; sleep 0.1; n=$((n + 1)); done
"#;

/// A folder below the system's temporary one, with its guard.
#[derive(Debug)]
pub(super) struct Place {
    folder: PathBuf,
    guard: Child,
    /// The pipe whose end the guard waits for.
    alive: Option<ChildStdin>,
}

impl Place {
    pub(super) fn new(name: &str) -> Self {
        let folder = tempfile::Builder::new()
            .prefix(&format!("maestro-{name}-"))
            .tempdir()
            .unwrap()
            .keep();
        let mut guard = Command::new("sh")
            .args(["-c", GUARD, "guard"])
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .current_dir("/")
            .process_group(0)
            .spawn()
            .unwrap();
        let alive = guard.stdin.take();
        Self {
            folder,
            guard,
            alive,
        }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the server's messages go.
    pub(super) fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// Starts a server whose messages go to [`Self::log`], and tells the guard of it.
    pub(super) fn spawn(&self, command: &mut Command) -> Child {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .unwrap();
        let child = command
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        fs::write(self.folder.join("pid"), child.id().to_string()).unwrap();
        child
    }

    /// Waits for the end of a server, kills it when that takes too long, and tells the guard.
    pub(super) fn await_end(&self, mut child: Child) {
        let end = Instant::now() + PATIENCE;
        while child.try_wait().unwrap().is_none() {
            if Instant::now() > end {
                let _ = child.kill();
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let _ = fs::remove_file(self.folder.join("pid"));
    }

    /// The last messages of the server.
    pub(super) fn last_words(&self) -> String {
        let text = fs::read(self.log()).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines = text.lines().collect::<Vec<_>>();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(self.alive.take());
        let _ = self.guard.wait();
    }
}

/// A port that nobody listens on, below those that the system hands out by itself.
pub(super) fn free_port() -> u16 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let mut mixed = now.unwrap().subsec_nanos() ^ std::process::id().rotate_left(16);
    loop {
        mixed = mixed
            .wrapping_add(COUNT.fetch_add(1, Ordering::Relaxed))
            .wrapping_mul(0x9E37_79B1);
        let port = 20_000 + (mixed >> 8) % 12_000;
        if TcpListener::bind(("127.0.0.1", port as u16)).is_ok() {
            return port as u16;
        }
    }
}

/// Sends a signal to processes; one that is gone already is no error.
pub(super) fn signal(pids: &[u32], signal: Signal) {
    for &pid in pids {
        if let Some(pid) = Pid::from_raw(pid.cast_signed()) {
            let _ = kill_process(pid, signal);
        }
    }
}

/// The direct children of a process.
pub(super) fn children_of(pid: u32) -> Vec<u32> {
    fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|pid| pid.parse().ok())
        .collect()
}

/// Fails the test because a program is not there.
pub(super) fn not_installed(program: &str, package: &str) -> ! {
    panic!(
        "`{program}` is not installed, and this test needs it: run `tests/run`, which installs \
         it, or install what the Debian package `{package}` holds"
    )
}
