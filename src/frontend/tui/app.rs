//! The state of the screen and how it changes. It decides nothing about the run: what a person
//! wants becomes a [`Wish`] that the loop sends on.

use std::time::Duration;

use jiff::tz::TimeZone;

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
use crate::frontend::text::assignment;
use crate::prompt::Answer;
use crate::session::{HoldOrder, HoldWish, RunEnd};
use crate::verdict::Verdict;

/// Keys that come sooner after a screen appeared were meant for the one before.
const VISIBLE: Duration = Duration::from_millis(500);

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
    /// A line for the operator, until the next key.
    pub(super) note: Option<String>,
    /// Rows of the step list at the last drawing.
    pub(super) page: usize,
    /// First row of the step list at the last drawing, for clicks.
    pub(super) top: usize,
    /// This is no live run.
    pub(super) playing: Option<Playing>,
    /// What somebody has said to the question about an abort, unless it was a scanner.
    said: Option<(Said, Timestamp)>,
    /// A letter came since that question was asked.
    has_letter: bool,
    /// Whether the question took keys at the last drawing.
    was_listening: bool,
    sought: String,
    since: Timestamp,
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
            page: 10,
            top: 0,
            playing: None,
            said: None,
            has_letter: false,
            was_listening: false,
            sought: String::new(),
            since: now,
        }
    }

    /// Takes events in.
    pub(super) fn events(&mut self, events: Vec<Envelope>) {
        for envelope in events {
            self.run.take(envelope);
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
        if let Some(order) = self.hold.as_mut().and_then(|pane| pane.tick(now)) {
            return Some(Wish::Hold(order));
        }
        match self.said.take_if(|(_, at)| now.since(*at) >= ALONE) {
            Some((Said::Abort(abort), _)) => return Some(self.confirm(abort)),
            Some((Said::GoOn, _)) => self.back(),
            None => {}
        }
        let reaction = self.form.as_mut()?.tick(now);
        self.react(reaction)
    }

    /// The screen was drawn.
    pub(super) fn drawn(&mut self) {
        let now = self.now;
        if let (Screen::Question, Some(form)) = (&self.screen, &mut self.form) {
            form.shown(now);
        }
        self.was_listening = self.is_listening();
    }

    /// Whether the question takes keys.
    pub(super) fn is_listening(&self) -> bool {
        let form = self.form.as_ref();
        form.is_some_and(|form| form.is_listening(self.now))
    }

    /// Whether time alone has changed what is shown since the last drawing.
    pub(super) fn looks_different(&self) -> bool {
        self.was_listening != self.is_listening()
    }

    /// Whether something will change soon without an event, so that the loop looks again at once.
    pub(super) fn is_waiting_for_time(&self) -> bool {
        let is_pressing = self.form.as_ref().is_some_and(Form::is_armed);
        is_pressing || self.said.is_some() || self.hold.as_ref().is_some_and(Pane::is_armed)
    }

    /// A person did something.
    pub(super) fn key(&mut self, key: &Key, tempo: Tempo, now: Timestamp) -> Option<Wish> {
        self.now = now;
        self.note = None;
        if *key == Key::Ctrl('c') {
            return self.interrupt();
        }
        if *key == Key::Ctrl('z') {
            return self.suspend();
        }
        match &mut self.screen {
            Screen::Steps => self.steps_key(key),
            Screen::Log(_) => self.log_key(key),
            Screen::Find(_) => self.find_key(key),
            Screen::Held => self.held_key(key, tempo),
            Screen::Variables(_) => return self.variables_key(key),
            Screen::Help => self.back(),
            Screen::Operator(_) => return self.operator_key(key),
            Screen::Question if *key == Key::F(2) => self.ask_operator(),
            Screen::Question => {
                let reaction = self.form.as_mut()?.key(key, tempo, now);
                return self.react(reaction);
            }
            Screen::AskAbort(abort) => {
                let abort = *abort;
                self.abort_key(key, tempo, abort);
            }
            Screen::Verdict => {
                if now.since(self.since) >= VISIBLE && tempo == Tempo::Single {
                    return self.verdict_key(key);
                }
            }
        }
        None
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

    fn show(&mut self, screen: Screen) {
        self.screen = screen;
        (self.said, self.has_letter) = (None, false);
        self.since = self.now;
    }

    /// Back to what is underneath.
    fn back(&mut self) {
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

    /// F2: no button is pressed by it, so it counts at once.
    fn ask_operator(&mut self) {
        if self.playing.is_none() {
            self.show(Screen::Operator(TextField::default()));
        }
    }

    fn operator_key(&mut self, key: &Key) -> Option<Wish> {
        let Screen::Operator(field) = &mut self.screen else {
            return None;
        };
        match key {
            Key::Esc => self.back(),
            Key::Paste(text) => field.fill(text),
            // A scanner may end with a tab.
            Key::Enter | Key::Tab => {
                let name = self.scanner.read(&field.text()).trim().to_owned();
                if !name.is_empty() {
                    if let Some(form) = &mut self.form {
                        form.answered_by(name.clone());
                    }
                    self.back();
                    return Some(Wish::Operator(name));
                }
            }
            key => {
                field.key(key);
            }
        }
        None
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
    fn held_key(&mut self, key: &Key, tempo: Tempo) {
        let now = self.now;
        let meaning = self.hold.as_mut().map(|pane| pane.key(key, tempo, now));
        match meaning {
            Some(Meaning::Taken) => {}
            Some(Meaning::Variables) => self.show(Screen::Variables(TextField::default())),
            Some(Meaning::Other) | None => self.steps_key(key),
        }
    }

    fn variables_key(&mut self, key: &Key) -> Option<Wish> {
        let Screen::Variables(field) = &mut self.screen else {
            return None;
        };
        match key {
            Key::Esc => self.back(),
            Key::Enter => match assignment(&field.text()) {
                Ok((name, value)) => {
                    let pane = self.hold.as_ref()?;
                    let order = pane.order(HoldWish::Set { name, value });
                    self.back();
                    return Some(Wish::Hold(order));
                }
                Err(why) => self.note = Some(why),
            },
            key => {
                field.key(key);
            }
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

    fn steps_key(&mut self, key: &Key) {
        let page = self.page.max(1) as isize;
        let tree = &mut self.run.tree;
        match key {
            Key::Up | Key::Char('k') | Key::ScrollUp => tree.step_by(-1),
            Key::Down | Key::Char('j') | Key::ScrollDown => tree.step_by(1),
            Key::PageUp => tree.step_by(-page),
            Key::PageDown => tree.step_by(page),
            Key::Home | Key::Char('g') => tree.select_first(),
            Key::Left | Key::Char('h') => tree.close_selected(),
            Key::Right | Key::Char(' ') => tree.open_selected(),
            Key::Char('f') => self.jump_to_failure(Find::Onward),
            Key::Char('F') => self.jump_to_failure(Find::Back),
            Key::Char('n') => self.jump_to_sought(Find::Onward),
            Key::Char('N') => self.jump_to_sought(Find::Back),
            Key::Char('/') => self.show(Screen::Find(TextField::default())),
            Key::Char('l') => self.show(Screen::Log(0)),
            Key::Char('?') | Key::F(1) => self.show(Screen::Help),
            Key::Click(column, row) => self.click(*column, *row),
            Key::Enter | Key::Esc | Key::Char('q') if self.end.is_some() => self.back(),
            Key::End | Key::Esc | Key::Char('G') => tree.follow(),
            Key::Char('q') => {
                let text = "the run goes on; Ctrl-C aborts it";
                self.note = Some(text.to_owned());
            }
            _ => {}
        }
    }

    fn click(&mut self, _column: u16, row: u16) {
        // The list begins under the header and its frame.
        if let Some(row) = usize::from(row).checked_sub(super::view::LIST_TOP) {
            self.run.tree.select_row(self.top + row);
        }
    }

    fn jump_to_failure(&mut self, from: Find) {
        if !self.run.tree.next_failure(from) {
            self.note = Some("no step has failed".to_owned());
        }
    }

    fn jump_to_sought(&mut self, from: Find) {
        if self.sought.is_empty() {
            self.note = Some("nothing was looked for yet: press /".to_owned());
        } else if !self.run.tree.find(&self.sought, from) {
            self.note = Some(format!("no step is called {}", self.sought));
        }
    }

    fn log_key(&mut self, key: &Key) {
        let page = self.page.max(1);
        let most = self.run.log.len().saturating_sub(1);
        let Screen::Log(up) = &mut self.screen else {
            return;
        };
        match key {
            Key::Up | Key::Char('k') | Key::ScrollUp => *up = (*up + 1).min(most),
            Key::Down | Key::Char('j') | Key::ScrollDown => *up = up.saturating_sub(1),
            Key::PageUp => *up = (*up + page).min(most),
            Key::PageDown => *up = up.saturating_sub(page),
            Key::Home | Key::Char('g') => *up = most,
            Key::End | Key::Char('G') => *up = 0,
            Key::Esc | Key::Char('l' | 'q') | Key::Enter => self.back_to_steps(),
            Key::Char('?') | Key::F(1) => self.show(Screen::Help),
            _ => {}
        }
    }

    /// From a side view to the steps, also after the end.
    fn back_to_steps(&mut self) {
        let screen = match (&self.form, &self.hold) {
            (Some(_), _) => Screen::Question,
            (None, Some(_)) => Screen::Held,
            (None, None) => Screen::Steps,
        };
        self.show(screen);
    }

    fn find_key(&mut self, key: &Key) {
        let Screen::Find(field) = &mut self.screen else {
            return;
        };
        match key {
            Key::Esc => self.back_to_steps(),
            Key::Enter => {
                self.sought = field.text();
                self.back_to_steps();
                self.jump_to_sought(Find::Here);
            }
            key => {
                field.key(key);
                // The nearest match is shown while typing.
                let text = field.text();
                self.run.tree.find(&text, Find::Here);
            }
        }
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
            Key::Char('?') | Key::F(1) => self.show(Screen::Help),
            _ => {}
        }
        None
    }
}
