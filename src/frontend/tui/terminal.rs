//! The terminal: taken for the screen, and always given back.
//!
//! The screen is drawn on stderr; stdout stays for data. Whatever ends the process, [`give_back`]
//! is called: by the guard, by the panic hook, by who catches a signal.

use std::io::{self, Stderr, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::cursor::Show;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// Whether the terminal is ours now.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// The reader looks at nothing when it has no time at all.
const LOOK: Duration = Duration::from_millis(1);

/// The terminal while the screen has it.
pub(crate) struct Window {
    pub(super) terminal: Terminal<CrosstermBackend<Stderr>>,
}

impl Window {
    pub(crate) fn open() -> io::Result<Self> {
        enable_raw_mode()?;
        IS_TAKEN.store(true, Ordering::SeqCst);
        let entered = execute!(io::stderr(), EnterAlternateScreen, EnableBracketedPaste);
        let terminal = entered.and_then(|()| Terminal::new(CrosstermBackend::new(io::stderr())));
        terminal
            .map(|terminal| Self { terminal })
            .inspect_err(|_| give_back())
    }

    /// Whether the terminal is still ours: a panic of any thread gives it back.
    pub(crate) fn is_open() -> bool {
        is_taken()
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        give_back();
    }
}

/// Whether the terminal is still ours: a panic of any thread has given it back.
pub(super) fn is_taken() -> bool {
    IS_TAKEN.load(Ordering::SeqCst)
}

/// Waits for keys; an error means that the terminal is gone. Never blocks on one that hung up.
pub(super) fn wait_for_keys(patience: Duration) -> io::Result<bool> {
    let stdin = io::stdin();
    let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
    let timeout = Timespec {
        tv_sec: patience.as_secs() as i64,
        tv_nsec: i64::from(patience.subsec_nanos()),
    };
    match poll(&mut fds, Some(&timeout)) {
        // A signal, such as that of a new size.
        Ok(_) | Err(Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    if fds[0]
        .revents()
        .intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL)
    {
        return Err(io::Error::other("the terminal hung up"));
    }
    crossterm::event::poll(LOOK)
}

/// Gives the terminal back as it was, if it is taken; may be called from anywhere and more than
/// once.
pub(crate) fn give_back() {
    if !IS_TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut stderr = io::stderr();
    // A terminal that is gone needs nothing back.
    let _ = queue!(stderr, DisableBracketedPaste, LeaveAlternateScreen, Show);
    let _ = stderr.flush();
    let _ = disable_raw_mode();
}
