//! The terminal: taken for the screen, and always given back.
//!
//! The screen is drawn on stderr; stdout stays for data. Whatever ends the process, [`give_back`]
//! is called: by the guard, by the panic hook, by who catches a signal. While the screen is open
//! nothing else may be written there: what has to be said goes through [`say`].

use std::io::{self, BufWriter, Stderr, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::cursor::Show;
use crossterm::event::{self as terminal_event, DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::backend::CrosstermBackend;
use ratatui::{Frame, Terminal};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::aside;
use super::group::Group;
use super::key::Key;
use super::signals::Signals;

/// Whether the terminal is ours now.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// The reader looks at nothing when it has no time at all, and spins for as long as it has: it is
/// asked only when there is something to read.
const LOOK: Duration = Duration::from_millis(1);

/// A frame goes out in one write, since stderr keeps nothing back: no terminal shows half of it.
const FRAME_BYTES: usize = 64 * 1024;

/// How often is looked whether a shell has given the terminal to us again.
const BEHIND: Duration = Duration::from_millis(100);

/// Whether the terminal tells of clicks now, and has to be told to stop.
static HAS_MOUSE: AtomicBool = AtomicBool::new(false);

/// Presses, releases and the wheel, with coordinates of any size; not each move, which nobody wants
/// over a slow line.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1000l";

/// To whom the mouse belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mouse {
    /// The terminal selects text with it.
    Terminal,
    /// Clicks and the wheel go to the screen.
    Screen,
}

/// The terminal while the screen has it.
pub(crate) struct Window {
    terminal: Terminal<CrosstermBackend<Frames>>,
    signals: Signals,
    group: Option<Group>,
    mouse: Mouse,
    /// Another process group has the terminal, or had it until a moment ago.
    is_behind: bool,
    /// The reader may have taken in more keys than it has given.
    may_hold_keys: bool,
}

/// What the terminal has to tell.
#[derive(Debug)]
pub(super) enum Heard {
    Key(Key),
    /// The screen was taken anew, or has another size: all of it must be drawn.
    Anew,
    /// Something beside the screen had to say this.
    Word(String),
}

impl Window {
    pub(crate) fn open(mouse: Mouse) -> io::Result<Self> {
        let signals = Signals::catch()?;
        let terminal = take(mouse).inspect_err(|_| give_back())?;
        Ok(Self {
            terminal,
            signals,
            group: Group::of_this_process(),
            mouse,
            is_behind: false,
            may_hold_keys: false,
        })
    }

    /// Whether the terminal is still ours: a panic of the screen gives it back.
    pub(crate) fn is_open() -> bool {
        IS_TAKEN.load(Ordering::SeqCst)
    }

    /// Whether clicks and the wheel go to the screen.
    pub(super) fn has_mouse(&self) -> bool {
        self.mouse == Mouse::Screen
    }

    /// Whether a signal has asked this process to end since the screen was opened.
    pub(super) fn is_asked_to_leave(&self) -> bool {
        self.signals.has_to_leave()
    }

    /// Draws a frame, unless somebody else has the terminal.
    pub(super) fn draw(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.is_behind |= !self.is_in_front();
        if self.is_behind {
            return Ok(());
        }
        self.terminal.draw(render).map(drop)
    }

    /// Sends what is no part of a frame, such as the pixels of a picture.
    pub(super) fn send(&mut self, codes: &[u8]) -> io::Result<()> {
        if codes.is_empty() || self.is_behind {
            return Ok(());
        }
        let mut stderr = io::stderr();
        stderr.write_all(codes)?;
        stderr.flush()
    }

    /// Waits for something to happen; an error means that the terminal is gone.
    pub(super) fn hear(&mut self, patience: Duration) -> io::Result<Option<Heard>> {
        if !self.is_in_front() {
            // Reading or setting the terminal now would stop the whole process, run and all.
            self.is_behind = true;
            std::thread::sleep(patience.min(BEHIND));
            return Ok(None);
        }
        if self.signals.take_resumed() || self.is_behind {
            self.take_anew()?;
            return Ok(Some(Heard::Anew));
        }
        if self.signals.take_suspend() {
            return Ok(Some(Heard::Key(Key::Ctrl('z'))));
        }
        if let Some(word) = aside::newest() {
            return Ok(Some(Heard::Word(word)));
        }
        if !self.may_hold_keys {
            self.may_hold_keys = self.wait(patience)?;
            if self.signals.take_resized() {
                return Ok(Some(Heard::Anew));
            }
        }
        Ok(self.next_key()?.map(Heard::Key))
    }

    /// Forgets the keys that nobody has read.
    pub(super) fn forget_keys(&mut self) -> io::Result<()> {
        self.may_hold_keys |= self.wait(Duration::ZERO)?;
        while self.next_key()?.is_some() {}
        Ok(())
    }

    /// The next key that is there.
    fn next_key(&mut self) -> io::Result<Option<Key>> {
        // Who was stopped meanwhile may have gone on behind a shell.
        while self.may_hold_keys && self.is_in_front() {
            if !terminal_event::poll(LOOK)? {
                self.may_hold_keys = false;
            } else if let Some(key) = Key::of(&terminal_event::read()?) {
                return Ok(Some(key));
            }
        }
        Ok(None)
    }

    /// Waits for keys or a signal; whether there are keys. An error means that the terminal is
    /// gone. Never blocks on one that hung up.
    fn wait(&self, patience: Duration) -> io::Result<bool> {
        let stdin = io::stdin();
        let mut fds = [
            PollFd::new(&stdin, PollFlags::IN),
            PollFd::from_borrowed_fd(self.signals.bell(), PollFlags::IN),
        ];
        let timeout = Timespec {
            tv_sec: patience.as_secs() as i64,
            tv_nsec: i64::from(patience.subsec_nanos()),
        };
        match poll(&mut fds, Some(&timeout)) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let [keys, bell] = fds.map(|fd| fd.revents());
        if keys.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
            return Err(io::Error::other("the terminal hung up"));
        }
        if bell.contains(PollFlags::IN) {
            self.signals.silence();
        }
        Ok(keys.contains(PollFlags::IN))
    }

    /// Gives the terminal back and stops, with everything that was started together with this
    /// process, until a shell goes on with it; [`Self::hear`] then takes the screen anew. Gives the
    /// reason where nobody could go on with it.
    pub(super) fn suspend(&mut self) -> Result<(), &'static str> {
        if !self.group.is_some_and(Group::is_job) {
            return Err("there is no shell behind this screen to come back from");
        }
        give_back();
        let stopped = Group::stop();
        // From here on this process was continued.
        self.is_behind = true;
        stopped.map_err(|_| "this system does not let the program stop")
    }

    /// Whether the terminal is ours to read and draw on.
    fn is_in_front(&self) -> bool {
        self.group.is_none_or(Group::is_in_front)
    }

    /// Takes the terminal again after somebody else had it, or may have changed it.
    fn take_anew(&mut self) -> io::Result<()> {
        if Self::is_open() {
            // Modes that a shell has set meanwhile are set again only after ours were left.
            disable_raw_mode()?;
        }
        self.terminal = take(self.mouse)?;
        self.is_behind = false;
        Ok(())
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        give_back();
    }
}

/// Takes the terminal and makes it empty.
fn take(mouse: Mouse) -> io::Result<Terminal<CrosstermBackend<Frames>>> {
    enable_raw_mode()?;
    IS_TAKEN.store(true, Ordering::SeqCst);
    aside::open();
    execute!(
        io::stderr(),
        EnterAlternateScreen,
        EnableBracketedPaste,
        Clear(ClearType::All)
    )?;
    if mouse == Mouse::Screen {
        HAS_MOUSE.store(true, Ordering::SeqCst);
        io::stderr().write_all(MOUSE_ON.as_bytes())?;
    }
    let whole_frames = BufWriter::with_capacity(FRAME_BYTES, io::stderr());
    Terminal::new(CrosstermBackend::new(Frames(whole_frames)))
}

/// Frames on their way to standard error. Once the screen was given back, what cannot be written
/// counts as written: the end of [`Terminal`] shows the cursor, and panics where that fails and
/// standard error cannot tell, as on a terminal that hung up.
struct Frames(BufWriter<Stderr>);

impl io::Write for Frames {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes) {
            Err(_) if !Window::is_open() => Ok(bytes.len()),
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.0.flush() {
            Err(_) if !Window::is_open() => Ok(()),
            flushed => flushed,
        }
    }
}

/// Gives the terminal back as it was, if it is taken; may be called from anywhere and more than
/// once. What was kept for the time after the screen is written now.
pub(crate) fn give_back() {
    if !IS_TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut stderr = io::stderr();
    // A terminal that is gone needs nothing back.
    if HAS_MOUSE.swap(false, Ordering::SeqCst) {
        let _ = stderr.write_all(MOUSE_OFF.as_bytes());
    }
    let _ = queue!(stderr, DisableBracketedPaste, LeaveAlternateScreen, Show);
    let _ = stderr.flush();
    let _ = disable_raw_mode();
    let _ = stderr.write_all(aside::close().as_bytes());
}

/// Writes to stderr, where the screen is: at once, if the thread of the screen itself has come to
/// an end of it; else the text is kept until the screen is closed, and shown on it.
pub(crate) fn say(text: &str) {
    if Window::is_open() && aside::keep(text) {
        return;
    }
    give_back();
    // A terminal that is gone hears nothing.
    let _ = io::stderr().write_all(text.as_bytes());
}
