//! The loop: events in, lines and questions out, until the run is over.

use std::io::{self, Stdin, Write};
use std::time::Duration;

use crate::event::{Envelope, Event};
use crate::frontend::text::Paint;
use crate::session::{Clock, Command, Feed, FeedState, Handle, RunEnd};

use super::ask::{Asked, Asker};
use super::lines::{Lines, Look};
use super::progress::Progress;

/// How often a terminal is looked after: bar, keyboard.
const TICK: Duration = Duration::from_millis(33);

/// How long nothing needs to be looked after where there is no terminal.
const REST: Duration = Duration::from_millis(250);

/// Digits at the end of a run id that are enough to name it.
const SHORT_ID: usize = 8;

/// How a run is shown.
#[derive(Debug)]
pub(crate) struct Show {
    pub(crate) look: Look,
    pub(crate) output: Output,
    /// Whether stderr is a terminal, on which a progress bar is welcome.
    pub(crate) progress: bool,
    /// What questions need; `None` where nobody can be asked.
    pub(crate) asking: Option<Asking>,
    /// Rows of the closing block: what was done with the result.
    pub(crate) rows: Vec<(&'static str, String)>,
}

/// What goes to stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    Lines,
    /// The events as JSON lines.
    Json,
}

/// What questions need.
#[derive(Debug)]
pub(crate) struct Asking {
    /// Colours of stderr.
    pub(crate) paint: Paint,
}

/// Shows a run to its end. Every event passes `observe` first.
///
/// A stdout that was closed is forgotten. A stderr or keyboard that is gone ends the asking, which
/// the session is told; the run goes on.
pub(crate) fn watch<'a>(
    feed: &mut Feed,
    handle: &'a Handle,
    clock: Clock,
    show: Show,
    streams: Streams<'a>,
    observe: &mut dyn FnMut(&Envelope),
) -> Result<RunEnd, String> {
    let mut screen = Screen::new(show, streams, handle, clock);
    loop {
        match feed
            .next(screen.patience())
            .map_err(|error| error.to_string())?
        {
            FeedState::Batch(events) => {
                events.iter().for_each(&mut *observe);
                screen.show(&events);
            }
            FeedState::Idle => screen.progress.tick(),
            FeedState::Died => {
                screen.progress.hide();
                return Err("the session is gone".to_owned());
            }
            FeedState::Ended(end) => {
                screen.close(&end);
                return Ok(end);
            }
        }
        screen.look_at_keyboard();
    }
}

/// Where the front end writes.
pub(crate) struct Streams<'a> {
    pub(crate) out: &'a mut dyn Write,
    pub(crate) err: &'a mut dyn Write,
}

struct Screen<'a> {
    lines: Lines,
    output: Output,
    progress: Progress,
    asker: Option<Asker<Stdin>>,
    is_terminal: bool,
    rows: Vec<(&'static str, String)>,
    streams: Streams<'a>,
    is_out_closed: bool,
    handle: &'a Handle,
    clock: Clock,
    text: String,
}

impl<'a> Screen<'a> {
    fn new(show: Show, streams: Streams<'a>, handle: &'a Handle, clock: Clock) -> Self {
        let script = show.look.script;
        let asker = show
            .asking
            .map(|asking| Asker::new(io::stdin(), script, asking.paint));
        Self {
            lines: Lines::new(show.look),
            output: show.output,
            progress: Progress::new(show.progress, script),
            is_terminal: show.progress || asker.is_some(),
            asker,
            rows: show.rows,
            streams,
            is_out_closed: false,
            handle,
            clock,
            text: String::new(),
        }
    }

    /// How long to wait for events before something else needs care.
    const fn patience(&self) -> Duration {
        if self.is_terminal { TICK } else { REST }
    }

    /// Writes what a batch of events has to say, with one write.
    fn show(&mut self, events: &[Envelope]) {
        self.text.clear();
        for envelope in events {
            if let (Event::RunStarted(started), Some(asker)) = (&envelope.event, &mut self.asker) {
                asker.operator.clone_from(&started.operator_id);
            }
            if let (Event::OperatorChanged(changed), Some(asker)) =
                (&envelope.event, &mut self.asker)
            {
                asker.operator = Some(changed.to.clone());
            }
            self.move_bar(&envelope.event);
            match self.output {
                Output::Lines => self.lines.render(envelope, &mut self.text),
                Output::Json => push_json(envelope, &mut self.text),
            }
            self.watch_variables(&envelope.event);
            if is_asking(&envelope.event) {
                // What was said before the question stands above it.
                self.write_out();
                self.ask(&envelope.event);
            }
        }
        if !self.text.is_empty() {
            self.write_out();
            self.with_asker(|asker, err, _| asker.remind(err));
        }
    }

    fn move_bar(&mut self, event: &Event) {
        match event {
            Event::RunStarted(started) => self.progress.set_length(started.steps_planned),
            Event::StepStarted(step) => self
                .progress
                .step(step.position, &self.lines.clean(&step.name)),
            Event::Progressed {
                step,
                fraction,
                message,
            } => {
                let name = self.lines.name_of(*step).unwrap_or_default();
                let message = message.as_deref().map(|text| self.lines.clean(text));
                self.progress
                    .note(&self.lines.clean(name), *fraction, message.as_deref());
            }
            Event::RunFinished(_) => self.progress.hide(),
            _ => {}
        }
    }

    fn ask(&mut self, event: &Event) {
        match event {
            Event::PromptOpened { prompt, .. } => {
                self.progress.hide();
                let prompt = (**prompt).clone();
                self.with_asker(|asker, err, now| asker.open(prompt, now, err));
            }
            Event::PromptAnswered { answer, .. } => {
                let why = answer.timed_out.then_some("nobody answered in time");
                self.with_asker(|asker, err, _| asker.close(&answer.prompt_id, why, err));
                self.progress.show();
            }
            Event::PromptWithdrawn { prompt, reason, .. } => {
                self.with_asker(|asker, err, _| asker.close(prompt, Some(reason), err));
                self.progress.show();
            }
            Event::RunHeld(held) => {
                self.progress.hide();
                let (held, planned) = ((**held).clone(), self.lines.planned());
                self.with_asker(|asker, err, _| asker.hold(held, planned, err));
            }
            Event::HoldCommanded(_) => {
                if let Some(asker) = &mut self.asker {
                    asker.release();
                }
                self.progress.show();
            }
            _ => {}
        }
    }

    /// Only a run that can be held has its variables looked at.
    fn watch_variables(&mut self, event: &Event) {
        if let Some(asker) = &mut self.asker
            && self.lines.is_debug()
        {
            asker.observe(event);
        }
    }

    fn look_at_keyboard(&mut self) {
        let mut asked = Asked::Nothing;
        self.with_asker(|asker, err, now| {
            asked = asker.look(now, err)?;
            Ok(())
        });
        match asked {
            Asked::Nothing => {}
            Asked::Answered(answer) => self.handle.answer(*answer),
            Asked::Ordered(order) => self.handle.send(Command::Hold(order)),
            Asked::Gone => self.stop_asking(),
        }
    }

    /// Calls the asker, where there is one. A terminal that cannot be written is gone.
    fn with_asker(
        &mut self,
        call: impl FnOnce(&mut Asker<Stdin>, &mut dyn Write, crate::event::Timestamp) -> io::Result<()>,
    ) {
        let Some(asker) = &mut self.asker else {
            return;
        };
        if call(asker, self.streams.err, self.clock.now()).is_err() {
            self.stop_asking();
        }
    }

    fn stop_asking(&mut self) {
        self.asker = None;
        self.handle.send(Command::Detach);
    }

    fn write_out(&mut self) {
        if self.text.is_empty() || self.is_out_closed {
            self.text.clear();
            return;
        }
        let (out, text) = (&mut self.streams.out, &self.text);
        let written = self
            .progress
            .aside(|| out.write_all(text.as_bytes()).and_then(|()| out.flush()));
        // A reader that went away never ends a run.
        self.is_out_closed = written.is_err();
        self.text.clear();
    }

    fn close(&mut self, end: &RunEnd) {
        self.progress.hide();
        let lost = end.not_recorded.as_deref();
        if self.output == Output::Lines {
            let id = end.run.to_string();
            let short = &id[id.len().saturating_sub(SHORT_ID)..];
            let next = format!("maestro results show {short}");
            self.rows.push(("Next", next));
            self.lines
                .close(&end.finished, lost, &self.rows, &mut self.text);
            self.write_out();
        } else if let Some(why) = lost {
            let _ = writeln!(self.streams.err, "NOT RECORDED: TEST AGAIN ({why})");
        }
    }
}

const fn is_asking(event: &Event) -> bool {
    matches!(
        event,
        Event::PromptOpened { .. }
            | Event::PromptAnswered { .. }
            | Event::PromptWithdrawn { .. }
            | Event::RunHeld(_)
            | Event::HoldCommanded(_)
    )
}

fn push_json(envelope: &Envelope, text: &mut String) {
    // An event serialises always: the journal has just done the same.
    if let Ok(line) = serde_json::to_string(envelope) {
        text.push_str(&line);
        text.push('\n');
    }
}
