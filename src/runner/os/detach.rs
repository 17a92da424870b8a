//! How a runner is cut loose from the terminal and tied to its supervisor.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use rustix::process::{
    Pid, Signal, getpid, getppid, set_child_subreaper, set_parent_process_death_signal, setsid,
};

/// Makes this process adopt the orphans among its descendants, so that they can be found and
/// reaped. Best effort: without it (an old kernel) the marker still finds them.
pub(crate) fn become_subreaper() {
    // Any pid switches it on; only its presence counts.
    set_child_subreaper(Some(getpid())).ok();
}

/// Lets `command` start in a session of its own, without a controlling terminal, and get SIGTERM
/// when its supervisor dies.
///
/// The kernel ties the death signal to the *thread* that starts the process: runners are started
/// by the thread that outlives them, the session's.
/// SIGTERM and not SIGKILL: test code that installs a handler can still leave the unit safe; what
/// then stays behind is ended by the recovery.
pub(crate) fn detach(command: &mut Command) {
    let supervisor = getpid();
    // SAFETY: the closure runs between fork and exec in the child of a possibly threaded process.
    // It makes plain system calls only: no allocation, no lock, no destructor.
    unsafe {
        command.pre_exec(move || leave(supervisor));
    }
}

fn leave(supervisor: Pid) -> io::Result<()> {
    setsid()?;
    set_parent_process_death_signal(Some(Signal::TERM))?;
    // The supervisor may have died before the line above took effect.
    if getppid() != Some(supervisor) {
        return Err(io::Error::from_raw_os_error(
            rustix::io::Errno::SRCH.raw_os_error(),
        ));
    }
    Ok(())
}
