//! How the end of a process is seen: by a descriptor of the process, never by EOF of a pipe.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, WaitIdStatus, kill_process_group, pidfd_open,
    waitid,
};

/// A child process whose end can be waited for with `poll`.
///
/// Nobody else may reap the process: until [`ExitWatch::reap`] its pid, which is also the number of
/// its session, cannot come to mean another process.
#[derive(Debug)]
pub(crate) struct ExitWatch {
    pid: Pid,
    fd: OwnedFd,
}

impl ExitWatch {
    pub(crate) fn open(pid: Pid) -> io::Result<Self> {
        let fd = pidfd_open(pid, PidfdFlags::empty())?;
        Ok(Self { pid, fd })
    }

    /// The status of the process if it has ended. It stays a zombie.
    pub(crate) fn ended(&self) -> Option<String> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        match waitid(WaitId::PidFd(self.fd.as_fd()), options) {
            Ok(status) => status.as_ref().map(describe_status),
            Err(error) => Some(format!("gone, status unknown: {error}")),
        }
    }

    /// Reaps the process if it has ended; tells whether it is gone.
    pub(crate) fn reap(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
        !matches!(waitid(WaitId::PidFd(self.fd.as_fd()), options), Ok(None))
    }

    /// Asks the process and those of its children that stayed in its group to end.
    pub(crate) fn terminate(&self) {
        kill_process_group(self.pid, Signal::TERM).ok();
    }

    pub(crate) fn pid(&self) -> Pid {
        self.pid
    }
}

impl AsFd for ExitWatch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// The end of a process in words: `exit code 3`, `killed by signal 11 (SIGSEGV)`.
fn describe_status(status: &WaitIdStatus) -> String {
    if let Some(code) = status.exit_status() {
        return format!("exit code {code}");
    }
    match status.terminating_signal() {
        Some(number) => match signal_name(number) {
            Some(name) => format!("killed by signal {number} ({name})"),
            None => format!("killed by signal {number}"),
        },
        None => "ended".to_owned(),
    }
}

fn signal_name(number: i32) -> Option<&'static str> {
    let name = match Signal::from_named_raw(number)? {
        Signal::HUP => "SIGHUP",
        Signal::INT => "SIGINT",
        Signal::QUIT => "SIGQUIT",
        Signal::ILL => "SIGILL",
        Signal::TRAP => "SIGTRAP",
        Signal::ABORT => "SIGABRT",
        Signal::BUS => "SIGBUS",
        Signal::FPE => "SIGFPE",
        Signal::KILL => "SIGKILL",
        Signal::SEGV => "SIGSEGV",
        Signal::PIPE => "SIGPIPE",
        Signal::ALARM => "SIGALRM",
        Signal::TERM => "SIGTERM",
        Signal::XCPU => "SIGXCPU",
        Signal::SYS => "SIGSYS",
        _ => return None,
    };
    Some(name)
}
