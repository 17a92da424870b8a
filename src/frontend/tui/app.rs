//! The state of the screen and how it changes. It decides nothing about the run: what a person
//! wants becomes a [`Wish`] that the loop sends on.

use std::time::Duration;

use jiff::tz::TimeZone;
use ratatui::layout::Rect;

use super::commands::Commands;
use super::entry::TextField;
use super::form::{Form, Reaction};
use super::held::{Meaning, Pane};
use super::key::Key;
use super::outline::Outline;
use super::pace::{ALONE, Tempo};
use super::past::Remembered;
use super::picture::{Album, Pictures};
use super::replay::Playing;
use super::run::Run;
use super::scan::Scanner;
use super::theme::Theme;
use super::tree::Find;
use crate::event::{Cleanup, Envelope, Timestamp};
use crate::prompt::Answer;
use crate::session::{HoldOrder, RunEnd};
use crate::verdict::Verdict;

/// Keys that come sooner after a screen appeared were meant for the one before.
const VISIBLE: Duration = Duration::from_millis(500);

/// How long a note stands in the place of the keys.
const NOTED: Duration = Duration::from_secs(8);

/// Everything that is drawn.
#[derive(Debug)]
pub(super) struct App {
    pub(super) run: Run,
    pub(super) screen: Screen,
    pub(super) form: Option<Form>,
    /// The run is held.
    pub(super) hold: Option<Pane>,
    pub(super) end: Option<RunEnd>,
    pub(super) past: Remembered,
    pub(super) album: Album,
    pub(super) theme: Theme,
    pub(super) zone: TimeZone,
    pub(super) scanner: Scanner,
    /// Microseconds that earlier runs of this test took.
    pub(super) expected_us: Option<u64>,
    pub(super) now: Timestamp,
    /// A line for the operator, until the next key or for a while.
    pub(super) note: Option<String>,
    noted_at: Option<Timestamp>,
    /// Rows of the step list at the last drawing.
    pub(super) page: usize,
    /// First row of the step list at the last drawing.
    pub(super) top: usize,
    /// Where the rows of the step list were then.
    pub(super) list: Rect,
    /// The window was too small for everything at the last drawing.
    pub(super) is_cramped: bool,
    /// The terminal tells of clicks.
    pub(super) has_mouse: bool,
    /// This is no live run.
    pub(super) playing: Option<Playing>,
    /// What somebody has said to the question about an abort, unless it was a scanner.
    said: Option<(Said, Timestamp)>,
    /// A letter came since that question was asked.
    has_letter: bool,
    /// Whether the question took keys at the last drawing.
    was_listening: bool,
    /// A key that had waited has changed something since then.
    has_acted: bool,
    /// What was looked for last.
    pub(super) sought: String,
    since: Timestamp,
    commands: Commands,
    /// What help was asked about.
    beneath: Option<Screen>,
}

/// What is shown.
#[derive(Debug)]
pub(super) enum Screen {
    /// The run goes on: steps, the selected one, the log.
    Steps,
    /// The whole log; how many lines the view is scrolled up.
    Log(usize),
    /// The name of a step is being typed.
    Find(TextField),
    Help,
    Question,
    /// The run is held: the steps, and how it can go on.
    Held,
    /// A variable of the held run is being set.
    Variables(TextField),
    /// Who takes over at a question is being scanned or typed.
    Operator(TextField),
    /// Whether the run is to be aborted.
    AskAbort(Abort),
    Verdict,
}

/// What an abort would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Abort {
    /// Ctrl-C or Esc.
    Run,
    /// The button of the question that is open.
    Button,
}

/// An answer to the question whether a run is to be aborted.
#[derive(Debug, Clone, Copy)]
enum Said {
    Abort(Abort),
    GoOn,
}

/// What a person wants.
#[derive(Debug, PartialEq)]
pub(super) enum Wish {
    Answer(Box<Answer>),
    /// How the held run goes on.
    Hold(HoldOrder),
    /// Another person is here now.
    Operator(String),
    /// The run is to be aborted, as confirmed.
    Abort,
    /// The abort goes on already: hurry.
    Interrupt,
    /// Back to the shell, for a while.
    Suspend,
    /// The screen may close.
    Close,
}

impl App {
    pub(super) fn new(outline: &Outline, theme: Theme, zone: TimeZone, now: Timestamp) -> Self {
        Self {
            run: Run::new(outline),
            screen: Screen::Steps,
            form: None,
            hold: None,
            end: None,
            past: Remembered::default(),
            album: Album::default(),
            theme,
            zone,
            scanner: Scanner::default(),
            expected_us: None,
            now,
            note: None,
            noted_at: None,
            page: 10,
            top: 0,
            list: Rect::ZERO,
            is_cramped: false,
            has_mouse: false,
            playing: None,
            said: None,
            has_letter: false,
            was_listening: false,
            has_acted: false,
            sought: String::new(),
            since: now,
            commands: Commands::default(),
            beneath: None,
        }
    }

    /// Takes events in.
    pub(super) fn events(&mut self, events: Vec<Envelope>) {
        let noted = self.run.noted;
        for envelope in events {
            self.run.take(envelope);
        }
        if let Screen::Log(up) = &mut self.screen
            && *up > 0
        {
            // Who reads older lines goes on reading them.
            *up = (*up + self.run.noted - noted).min(self.run.log.len().saturating_sub(1));
        }
        self.follow_question();
        self.follow_hold();
    }

    /// The run is over.
    pub(super) fn ended(&mut self, end: RunEnd) {
        self.end = Some(end);
        self.form = None;
        self.hold = None;
        self.show(Screen::Verdict);
    }

    /// Time passes, and no key is left that nobody has taken: what waits for company came alone.
    pub(super) fn tick(&mut self, now: Timestamp) -> Option<Wish> {
        self.now = now;
        let was_waiting = self.is_waiting_for_time();
        let wish = self.act(now);
        self.has_acted |= was_waiting && !self.is_waiting_for_time();
        self.forget_note(now);
        wish
    }

    /// A note stands where the keys are told: it has been read after a while.
    fn forget_note(&mut self, now: Timestamp) {
        match (&self.note, self.noted_at) {
            (Some(_), Some(at)) if now.since(at) >= NOTED => self.note = None,
            (Some(_), None) => self.noted_at = Some(now),
            (None, Some(_)) => self.noted_at = None,
            _ => {}
        }
    }

    /// What stayed alone for long enough happens.
    fn act(&mut self, now: Timestamp) -> Option<Wish> {
        if let Some(order) = self.hold.as_mut().and_then(|pane| pane.tick(now)) {
            return Some(Wish::Hold(order));
        }
        match self.said.take_if(|(_, at)| now.since(*at) >= ALONE) {
            Some((Said::Abort(abort), _)) => return Some(self.confirm(abort)),
            Some((Said::GoOn, _)) => self.back(),
            None => {}
        }
        if let Some(key) = self.commands.tick(now) {
            return self.carry_out(&key);
        }
        let reaction = self.form.as_mut()?.tick(now);
        self.react(reaction)
    }

    /// The screen was drawn.
    pub(super) fn drawn(&mut self) {
        let now = self.now;
        match (&self.screen, &mut self.form) {
            (_, Some(form)) if self.is_cramped => form.hidden(),
            (Screen::Question, Some(form)) => form.shown(now),
            _ => {}
        }
        self.was_listening = self.is_listening();
        self.has_acted = false;
    }

    /// Whether the question takes keys.
    pub(super) fn is_listening(&self) -> bool {
        let form = self.form.as_ref();
        form.is_some_and(|form| form.is_listening(self.now))
    }

    /// Whether time alone has changed what is shown since the last drawing.
    pub(super) fn looks_different(&self) -> bool {
        self.has_acted || self.was_listening != self.is_listening()
    }

    /// Whether something will change soon without an event, so that the loop looks again at once.
    pub(super) fn is_waiting_for_time(&self) -> bool {
        let is_pressing = self.form.as_ref().is_some_and(Form::is_armed);
        is_pressing
            || self.said.is_some()
            || self.commands.is_armed()
            || self.hold.as_ref().is_some_and(Pane::is_armed)
    }

    /// A person did something.
    pub(super) fn key(&mut self, key: &Key, tempo: Tempo, now: Timestamp) -> Option<Wish> {
        self.now = now;
        (self.note, self.noted_at) = (None, None);
        if *key == Key::Ctrl('c') {
            return self.interrupt();
        }
        if *key == Key::Ctrl('z') {
            return self.suspend();
        }
        if self.is_cramped && !self.is_seen_cramped(key) {
            return None;
        }
        match &mut self.screen {
            Screen::Steps | Screen::Log(_) | Screen::Help => {
                return self.command(key, tempo, now);
            }
            Screen::Find(_) => self.find_key(key),
            Screen::Question | Screen::Held if *key == Key::F(2) => self.ask_operator(),
            Screen::Held => return self.held_key(key, tempo),
            Screen::Variables(_) => return self.variables_key(key),
            Screen::Operator(_) => return self.operator_key(key),
            Screen::Question => {
                let reaction = self.form.as_mut()?.key(key, tempo, now);
                return self.react(reaction);
            }
            Screen::AskAbort(abort) => {
                let abort = *abort;
                self.abort_key(key, tempo, abort);
            }
            Screen::Verdict => {
                let is_seen = now.since(self.since) >= VISIBLE || self.playing.is_some();
                if is_seen || tempo == Tempo::Burst {
                    return self.command(key, tempo, now);
                }
            }
        }
        None
    }

    /// In a small window only what it shows takes keys, and of a verdict those that leave it.
    const fn is_seen_cramped(&self, key: &Key) -> bool {
        match self.screen {
            Screen::AskAbort(_) | Screen::Operator(_) | Screen::Variables(_) | Screen::Find(_) => {
                true
            }
            Screen::Verdict => matches!(key, Key::Enter | Key::Esc),
            _ => false,
        }
    }

    /// Whether the run is over, and its verdict is what a small window shows.
    pub(super) const fn is_at_verdict(&self) -> bool {
        self.end.is_some() && !matches!(self.screen, Screen::Find(_))
    }

    /// A key where nothing waits for text: a person's commands, a scanner's do nothing.
    fn command(&mut self, key: &Key, tempo: Tempo, now: Timestamp) -> Option<Wish> {
        if self.playing.is_some() {
            return self.carry_out(key);
        }
        let mut wish = None;
        for key in self.commands.key(key, tempo, now) {
            wish = self.carry_out(&key).or(wish);
        }
        if self.commands.is_in_scan() {
            let text = match self.screen {
                Screen::Verdict => "a scan came too early: Enter goes on, then scan again",
                _ => "a scan came, and nothing waits for one: scan again when you are asked",
            };
            self.note = Some(text.to_owned());
        }
        wish
    }

    fn carry_out(&mut self, key: &Key) -> Option<Wish> {
        match &self.screen {
            Screen::Held if *key == Key::Char('v') => {
                self.show(Screen::Variables(TextField::default()));
            }
            Screen::Steps | Screen::Held => self.steps_key(key),
            Screen::Log(_) => self.log_key(key),
            Screen::Help => self.leave_help(),
            Screen::Verdict => return self.verdict_key(key),
            _ => {}
        }
        None
    }

    /// Every key, over what is shown now.
    pub(super) fn help(&mut self) {
        let beneath = std::mem::replace(&mut self.screen, Screen::Help);
        self.show(Screen::Help);
        self.beneath = Some(beneath);
    }

    fn leave_help(&mut self) {
        match self.beneath.take() {
            Some(screen) => self.show(screen),
            None => self.back(),
        }
    }

    /// Whether letters are text now, and no commands.
    pub(super) const fn is_reading_text(&self) -> bool {
        matches!(
            self.screen,
            Screen::Find(_) | Screen::Variables(_) | Screen::Operator(_)
        )
    }

    /// The verdict that is shown: none that counts where the record was lost.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        let end = self.end.as_ref()?;
        Some(match end.not_recorded {
            Some(_) => Verdict::Error,
            None => end.finished.verdict,
        })
    }

    pub(super) fn show(&mut self, screen: Screen) {
        self.screen = screen;
        self.beneath = None;
        self.commands.forget();
        (self.said, self.has_letter) = (None, false);
        self.since = self.now;
    }

    /// Back to what is underneath.
    pub(super) fn back(&mut self) {
        let screen = match (&self.form, &self.hold, &self.end) {
            (Some(_), _, _) => Screen::Question,
            (None, Some(_), _) => Screen::Held,
            (None, None, Some(_)) => Screen::Verdict,
            (None, None, None) => Screen::Steps,
        };
        self.show(screen);
    }

    /// Opens the form of a question that came, and closes that of one that is gone.
    fn follow_question(&mut self) {
        let open = self.run.question.as_ref();
        let is_same = match (&self.form, open) {
            (Some(form), Some(open)) => {
                form.prompt.id == open.prompt.id && form.opened_at == open.opened_at
            }
            (None, None) => true,
            _ => false,
        };
        if is_same {
            return;
        }
        self.form = open.map(|open| {
            let operator = self.run.operator().map(str::to_owned);
            let scanner = self.scanner.clone();
            Form::new(open.prompt.clone(), open.opened_at, operator, scanner)
        });
        if let Some(picture) = self.form.as_ref().and_then(|it| it.prompt.picture.as_ref())
            && self.theme.pictures != Pictures::Named
        {
            self.album.want(picture);
        }
        // A question about an abort stays, unless it was about the question that is gone.
        if !matches!(self.screen, Screen::AskAbort(Abort::Run)) {
            self.back();
        }
    }

    /// Shows the hold that came, and takes away the one that is over.
    fn follow_hold(&mut self) {
        let open = self.run.hold();
        let shown = self.hold.as_ref().map(|pane| pane.held.hold);
        if shown == open.map(|held| held.hold) {
            return;
        }
        let operator = self.run.operator().map(str::to_owned);
        self.hold = open.map(|held| Pane::new(held.clone(), operator));
        match &self.hold {
            Some(pane) => self.run.tree.hold(pane.after(), pane.next()),
            None => self.run.tree.go_on(),
        }
        if !matches!(self.screen, Screen::AskAbort(Abort::Run)) {
            self.back();
        }
    }

    /// A key while the run is held: the run's, or one that moves about.
    fn held_key(&mut self, key: &Key, tempo: Tempo) -> Option<Wish> {
        let now = self.now;
        let pane = self.hold.as_mut()?;
        match pane.key(key, tempo, now) {
            Meaning::Taken => self.commands.forget(),
            Meaning::Other => return self.command(key, tempo, now),
        }
        None
    }

    fn react(&mut self, reaction: Reaction) -> Option<Wish> {
        match reaction {
            Reaction::Nothing => None,
            Reaction::Answer(answer) => Some(Wish::Answer(answer)),
            Reaction::AskAbort => {
                self.show(Screen::AskAbort(Abort::Button));
                None
            }
        }
    }

    /// Ctrl-Z: a unit that is under power is not left alone, unless its run is held.
    fn suspend(&mut self) -> Option<Wish> {
        let why = match &self.end {
            _ if self.playing.is_some() || self.run.hold().is_some() => return Some(Wish::Suspend),
            Some(end) if end.finished.cleanup == Cleanup::Complete => return Some(Wish::Suspend),
            Some(_) => "Ctrl-Z is refused: the unit may be live",
            None => "Ctrl-Z is refused while a unit is tested; Ctrl-C aborts",
        };
        self.note = Some(why.to_owned());
        None
    }

    /// Ctrl-C: asks first; once the abort goes on it is an interrupt like any other.
    fn interrupt(&mut self) -> Option<Wish> {
        if self.end.is_some() {
            return self.leave_unless_live();
        }
        if self.run.is_aborting() {
            let text = "cleanup goes on; again to hurry, a third time gives it up";
            self.note = Some(text.to_owned());
            return Some(Wish::Interrupt);
        }
        if let Screen::AskAbort(abort) = self.screen {
            return Some(self.confirm(abort));
        }
        self.show(Screen::AskAbort(Abort::Run));
        None
    }

    /// Closes the screen of a run that is over: a unit that may be live is first said to be safe.
    fn leave_unless_live(&mut self) -> Option<Wish> {
        let is_live = |end: &RunEnd| end.finished.cleanup != Cleanup::Complete;
        if self.playing.is_some() || !self.end.as_ref().is_some_and(is_live) {
            return Some(Wish::Close);
        }
        self.note = Some("the unit may be live: press Enter once it is safe".to_owned());
        self.show(Screen::Verdict);
        None
    }

    /// The label of a unit may begin with any letter: an answer waits for company.
    fn abort_key(&mut self, key: &Key, tempo: Tempo, abort: Abort) {
        let is_scan = tempo == Tempo::Burst && self.has_letter;
        let said = match key {
            Key::Esc => return self.back(),
            Key::Char('y' | 'Y' | 'a' | 'A') if !is_scan => Some(Said::Abort(abort)),
            Key::Char('n' | 'N') if !is_scan => Some(Said::GoOn),
            _ => None,
        };
        self.has_letter |= matches!(key, Key::Char(_));
        self.said = said.map(|said| (said, self.now));
    }

    fn confirm(&mut self, abort: Abort) -> Wish {
        let answer = match abort {
            Abort::Run => None,
            Abort::Button => self.form.as_ref().and_then(Form::abort_answer),
        };
        self.back();
        answer.map_or(Wish::Abort, Wish::Answer)
    }

    fn verdict_key(&mut self, key: &Key) -> Option<Wish> {
        match key {
            Key::Enter => return Some(Wish::Close),
            Key::Esc | Key::Char('q') => return self.leave_unless_live(),
            Key::Char('s' | 'd') | Key::Down | Key::Up => {
                self.show(Screen::Steps);
                if !self.run.tree.next_failure(Find::Here) {
                    self.run.tree.follow();
                }
            }
            Key::Char('l') => self.show(Screen::Log(0)),
            Key::Char('?') | Key::F(1) => self.help(),
            _ => {}
        }
        None
    }
}
