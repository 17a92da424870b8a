//! The loop: events and keys in, frames and commands out, until the run is over and looked at.

use std::io;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::app::{App, Wish};
use super::desk::{Admission, Desk, Next, Unit};
use super::outline::Outline;
use super::pace::Pace;
use super::past::{LookUp, Remembered};
use super::scan::Scanner;
use super::terminal::{Heard, Window};
use super::theme::Theme;
use super::view;
use crate::event::{AbortCause, Envelope, OperatorSource, Timestamp};
use crate::session::{Clock, Command, Feed, FeedState, Handle, RunEnd};

/// How often events are looked for; a key is seen at once.
const TICK: Duration = Duration::from_millis(33);

/// While a key waits for company.
const SOON: Duration = Duration::from_millis(10);

/// How often a screen on which nothing happens is drawn: the clock moves.
const SECOND: Duration = Duration::from_secs(1);

/// What the screen is given.
pub(crate) struct Show {
    pub(crate) outline: Outline,
    pub(crate) theme: Theme,
    pub(crate) zone: TimeZone,
    /// Microseconds that earlier runs of this test took.
    pub(crate) expected_us: Option<u64>,
    pub(crate) past: Option<LookUp>,
    pub(crate) scanner: Scanner,
}

/// How the screen ended.
#[derive(Debug)]
pub(crate) enum Watched {
    /// The run is over, and somebody has seen its verdict: a unit that may be live was called safe.
    Seen(RunEnd),
    /// The run is over, and a signal or the loss of the terminal has closed the screen.
    Unseen(RunEnd),
    /// The terminal is gone; the run goes on without a screen.
    Gone,
}

/// Shows a run on the terminal until somebody has seen its verdict. Every event passes `observe`
/// first.
pub(crate) fn watch(
    window: &mut Window,
    feed: &mut Feed,
    handle: &Handle,
    clock: Clock,
    show: Show,
    observe: &mut dyn FnMut(&Envelope),
) -> Result<Watched, String> {
    let mut app = App::new(&show.outline, show.theme, show.zone, clock.now());
    app.expected_us = show.expected_us;
    app.scanner = show.scanner;
    app.has_mouse = window.has_mouse();
    app.past = show.past.map(Remembered::from).unwrap_or_default();
    let mut screen = Screen {
        app,
        window,
        handle,
        clock,
        is_stale: true,
        closes_at_once: false,
        drawn_at: Timestamp::default(),
        pace: Pace::default(),
    };
    if screen.window.is_asked_to_leave() {
        // It came before the run could hear of it.
        screen.handle.send(Command::Interrupt {
            by: "a signal".to_owned(),
        });
    }
    loop {
        if screen.app.end.is_none() {
            screen.take_events(feed, observe)?;
        }
        match screen.turn() {
            Ok(Turn::On) => {}
            Ok(Turn::Close) => {
                if let Some(end) = screen.app.end.take() {
                    return Ok(if screen.closes_at_once {
                        Watched::Unseen(end)
                    } else {
                        Watched::Seen(end)
                    });
                }
            }
            // A terminal that cannot be read or written is gone: the run goes on.
            Err(_) => {
                return Ok(screen.app.end.take().map_or(Watched::Gone, Watched::Unseen));
            }
        }
    }
}

struct Screen<'a> {
    app: App,
    window: &'a mut Window,
    handle: &'a Handle,
    clock: Clock,
    is_stale: bool,
    closes_at_once: bool,
    drawn_at: Timestamp,
    pace: Pace,
}

/// What a turn of the loop came to.
enum Turn {
    On,
    Close,
}

impl Screen<'_> {
    /// Takes in what came, for a tick at most; never waits.
    fn take_events(
        &mut self,
        feed: &mut Feed,
        observe: &mut dyn FnMut(&Envelope),
    ) -> Result<(), String> {
        let until = self.clock.now().after(TICK);
        loop {
            self.take_batch(feed, observe)?;
            if !feed.is_behind() || self.clock.now() >= until {
                return Ok(());
            }
        }
    }

    /// Takes in a batch of events, if there is one.
    fn take_batch(
        &mut self,
        feed: &mut Feed,
        observe: &mut dyn FnMut(&Envelope),
    ) -> Result<(), String> {
        let next = feed
            .next(Duration::ZERO)
            .map_err(|error| error.to_string())?;
        match next {
            FeedState::Batch(events) => {
                events.iter().for_each(&mut *observe);
                self.app.events(events);
                self.is_stale = true;
            }
            FeedState::Idle => {}
            FeedState::Died => return Err("the session is gone".to_owned()),
            FeedState::Ended(end) => {
                self.app.now = self.clock.now();
                // Who sent a signal waits for the process, not for somebody at the screen.
                self.closes_at_once = is_by_signal(&end);
                self.app.ended(end);
                self.is_stale = true;
            }
        }
        Ok(())
    }

    /// Draws what changed, then waits a tick for keys.
    fn turn(&mut self) -> io::Result<Turn> {
        // Also a signal that comes while the verdict stands there, or the end of the session.
        self.closes_at_once |= self.app.end.is_some() && self.window.is_asked_to_leave();
        if self.closes_at_once {
            return Ok(Turn::Close);
        }
        let now = self.clock.now();
        self.app.now = now;
        self.is_stale |= self.app.past.collect() | self.app.album.collect();
        self.is_stale |= self.app.looks_different();
        self.is_stale |= now.since(self.drawn_at) >= SECOND;
        if self.is_stale {
            let app = &mut self.app;
            self.window.draw(|frame| view::draw(app, frame))?;
            self.window.send(&self.app.album.take_unsent())?;
            self.app.drawn();
            self.drawn_at = now;
            self.is_stale = false;
        }
        let mut patience = if self.app.is_waiting_for_time() {
            SOON
        } else {
            TICK
        };
        loop {
            let asked = self.clock.now();
            let Some(heard) = self.window.hear(patience)? else {
                self.pace.quiet(self.clock.now());
                break;
            };
            patience = Duration::ZERO;
            self.is_stale = true;
            let wish = match heard {
                Heard::Key(key) => {
                    let now = self.clock.now();
                    let tempo = self.pace.key(asked, now);
                    self.app.key(&key, tempo, now)
                }
                Heard::Anew => {
                    self.app.album.send_again();
                    None
                }
                Heard::Word(word) => {
                    self.app.note = Some(word);
                    None
                }
            };
            if let Some(Turn::Close) = self.obey(wish) {
                return Ok(Turn::Close);
            }
        }
        // Behind the last key: one that seems to have come alone may have others behind it, which
        // a busy screen has not read yet.
        let wish = self.app.tick(self.clock.now());
        Ok(self.obey(wish).unwrap_or(Turn::On))
    }

    /// Sends on what a person wants.
    fn obey(&mut self, wish: Option<Wish>) -> Option<Turn> {
        match wish? {
            Wish::Answer(answer) => self.handle.answer(*answer),
            Wish::Hold(order) => self.handle.send(Command::Hold(order)),
            Wish::Operator(to) => self.handle.send(Command::ChangeOperator {
                to,
                source: OperatorSource::Scan,
                front_end: "tui".to_owned(),
            }),
            Wish::Abort => self.handle.send(Command::Abort {
                cause: AbortCause::Operator,
                by: "operator".to_owned(),
                message: "aborted at the screen".to_owned(),
            }),
            Wish::Interrupt => self.handle.send(Command::Interrupt {
                by: "Ctrl-C".to_owned(),
            }),
            Wish::Suspend => {
                if let Err(why) = self.window.suspend() {
                    self.app.note = Some(why.to_owned());
                }
            }
            Wish::Close => return Some(Turn::Close),
        }
        self.is_stale = true;
        None
    }
}

/// What the desk is shown with.
#[derive(Debug, Clone)]
pub(crate) struct DeskShow {
    pub(crate) theme: Theme,
    pub(crate) zone: TimeZone,
}

/// Asks which unit comes next, until there is one that may be tested; `None` when somebody leaves,
/// a signal asks the process to end, or the terminal is gone.
pub(crate) fn ask_unit(
    window: &mut Window,
    desk: &mut Desk,
    show: &DeskShow,
    clock: Clock,
    admit: &mut dyn FnMut(&Unit) -> Admission,
) -> Option<Unit> {
    // What was typed while the verdict was shown belongs to nobody.
    window.forget_keys().ok()?;
    let mut pace = Pace::default();
    loop {
        let now = clock.now();
        if desk.tick(now) == Next::Leave {
            return None;
        }
        let time = view::time_of_day(now, &show.zone);
        window
            .draw(|frame| view::draw_desk(desk, show.theme, &time, frame))
            .ok()?;
        let mut patience = if desk.is_waiting() { SOON } else { SECOND };
        loop {
            let asked = clock.now();
            let Some(heard) = window.hear(patience).ok()? else {
                pace.quiet(clock.now());
                break;
            };
            patience = Duration::ZERO;
            let key = match heard {
                Heard::Key(key) => key,
                Heard::Anew => continue,
                Heard::Word(word) => {
                    desk.tell(word);
                    continue;
                }
            };
            let now = clock.now();
            match desk.key(&key, pace.key(asked, now), now, admit) {
                Next::Stay => {}
                Next::Suspend => {
                    if let Err(why) = window.suspend() {
                        desk.tell(why.to_owned());
                    }
                }
                Next::Test(unit) => return Some(unit),
                Next::Leave => return None,
            }
        }
        if window.is_asked_to_leave() {
            return None;
        }
    }
}

/// Whether a signal from outside ended the run; Ctrl-C comes from the keyboard.
fn is_by_signal(end: &RunEnd) -> bool {
    let by = end.finished.aborted_by.as_deref();
    end.finished.abort_cause == Some(AbortCause::Signal) && by != Some("Ctrl-C")
}
