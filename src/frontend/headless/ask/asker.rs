//! Asks one question after another: shows, waits until it was visible, reads, withdraws.

use std::io::{self, Write};
use std::os::fd::AsFd;
use std::time::Duration;

use crate::event::{Event, RunHeld, Timestamp};
use crate::frontend::text::{Paint, Script, Tone};
use crate::prompt::{Answer, Prompt};
use crate::record::KnownVariables;
use crate::session::HoldOrder;

use super::dialogue::{Dialogue, Reply};
use super::held::{Held, Told};
use super::keyboard::{Keyboard, Typed};

/// What is typed before a question was visible for so long answers nothing (EXECUTION section 5).
const VISIBLE: Duration = Duration::from_millis(500);

/// Asks on a terminal.
#[derive(Debug)]
pub(in super::super) struct Asker<F> {
    keyboard: Keyboard<F>,
    script: Script,
    paint: Paint,
    /// Who answers.
    pub(in super::super) operator: Option<String>,
    open: Option<Open>,
    held: Option<Held>,
    variables: KnownVariables,
}

#[derive(Debug)]
struct Open {
    dialogue: Dialogue,
    shown_at: Timestamp,
    is_listening: bool,
}

/// What looking at the keyboard led to.
#[derive(Debug)]
pub(in super::super) enum Asked {
    Nothing,
    Answered(Box<Answer>),
    /// Somebody says how the held run goes on.
    Ordered(HoldOrder),
    /// The terminal is gone: nobody can be asked any more.
    Gone,
}

impl<F: AsFd> Asker<F> {
    pub(in super::super) const fn new(terminal: F, script: Script, paint: Paint) -> Self {
        Self {
            keyboard: Keyboard::new(terminal),
            script,
            paint,
            operator: None,
            open: None,
            held: None,
            variables: KnownVariables::new(),
        }
    }

    /// Shows a question.
    pub(in super::super) fn open(
        &mut self,
        prompt: Prompt,
        now: Timestamp,
        err: &mut dyn Write,
    ) -> io::Result<()> {
        let dialogue = Dialogue::new(prompt);
        let text = dialogue.text(self.script, self.paint);
        let hint = dialogue.hint(self.script, self.paint);
        self.open = Some(Open {
            dialogue,
            shown_at: now,
            is_listening: false,
        });
        write!(err, "{text}{hint}")?;
        err.flush()
    }

    /// Takes the question with this id back; `why` is told where there is something to say.
    pub(in super::super) fn close(
        &mut self,
        id: &str,
        why: Option<&str>,
        err: &mut dyn Write,
    ) -> io::Result<()> {
        if self.open.take_if(|open| open.dialogue.is(id)).is_none() {
            return Ok(());
        }
        self.keyboard.drop_typed();
        match why {
            Some(why) => self.say(&format!("withdrawn: {why}"), err),
            None => Ok(()),
        }
    }

    /// Takes in what an event says of variables, to show them while the run is held.
    pub(in super::super) fn observe(&mut self, event: &Event) {
        self.variables.fold(event);
    }

    /// Shows that the run is held. What was typed before is about something else.
    pub(in super::super) fn hold(
        &mut self,
        held: RunHeld,
        planned: u32,
        err: &mut dyn Write,
    ) -> io::Result<()> {
        let held = Held::new(held, planned);
        self.keyboard.drop_typed();
        err.write_all(held.text(self.script, self.paint).as_bytes())?;
        self.held = Some(held);
        self.remind(err)
    }

    /// The run goes on.
    pub(in super::super) fn release(&mut self) {
        self.held = None;
    }

    /// Shows what can be typed again, after other lines were written in between.
    pub(in super::super) fn remind(&self, err: &mut dyn Write) -> io::Result<()> {
        let hint = match (&self.open, &self.held) {
            (Some(open), _) => open.dialogue.hint(self.script, self.paint),
            (None, Some(held)) => held.hint(self.script, self.paint),
            (None, None) => return Ok(()),
        };
        err.write_all(hint.as_bytes())?;
        err.flush()
    }

    /// Looks at the keyboard, without waiting.
    pub(in super::super) fn look(
        &mut self,
        now: Timestamp,
        err: &mut dyn Write,
    ) -> io::Result<Asked> {
        let Some(open) = &mut self.open else {
            return self.look_while_held(err);
        };
        if !open.is_listening {
            if now.since(open.shown_at) < VISIBLE {
                return Ok(Asked::Nothing);
            }
            self.keyboard.drop_typed();
            open.is_listening = true;
        }
        let line = match self.keyboard.line() {
            Typed::Nothing => return Ok(Asked::Nothing),
            Typed::Gone => {
                self.open = None;
                return Ok(Asked::Gone);
            }
            Typed::Line(line) => line,
        };
        match open.dialogue.take(&line, self.operator.as_deref()) {
            Reply::Done(answer) => {
                self.open = None;
                Ok(Asked::Answered(answer))
            }
            Reply::Next => self.remind(err).map(|()| Asked::Nothing),
            Reply::Again(message) => {
                self.say(&message, err)?;
                self.remind(err).map(|()| Asked::Nothing)
            }
        }
    }

    /// The order names the hold, so that it cannot be about a later one. The run says when it obeys;
    /// until then, or where it refuses, it is still held.
    fn look_while_held(&mut self, err: &mut dyn Write) -> io::Result<Asked> {
        let Some(held) = &self.held else {
            return Ok(Asked::Nothing);
        };
        let line = match self.keyboard.line() {
            Typed::Nothing => return Ok(Asked::Nothing),
            Typed::Gone => {
                self.held = None;
                return Ok(Asked::Gone);
            }
            Typed::Line(line) => line,
        };
        match Held::take(&line) {
            Told::Wish(wants) => Ok(Asked::Ordered(HoldOrder {
                hold: held.held.hold,
                wants,
                by: self.operator.clone(),
                front_end: Some("headless".to_owned()),
            })),
            Told::Again(message) => {
                self.say(&message, err)?;
                self.remind(err).map(|()| Asked::Nothing)
            }
            Told::Variables => {
                let text = Held::variables(&self.variables, self.script);
                err.write_all(text.as_bytes())?;
                self.remind(err).map(|()| Asked::Nothing)
            }
        }
    }

    fn say(&self, text: &str, err: &mut dyn Write) -> io::Result<()> {
        let mut line = String::from("  ");
        self.paint
            .push(&mut line, Tone::Warn, &self.script.clean(text));
        writeln!(err, "{line}")
    }
}
