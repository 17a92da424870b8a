//! A recorded run on the same screen, with pause, step and jump.

use std::time::Duration;

use super::app::{App, Wish};
use super::key::Key;
use super::outline::Outline;
use super::pace::Tempo;
use super::terminal::{Heard, Window};
use super::view;
use super::watch::DeskShow;
use crate::event::{Envelope, Event, Timestamp};
use crate::record::{RunRecord, replay};
use crate::session::{Clock, RunEnd};

/// How often the time of the replay moves.
const TICK: Duration = Duration::from_millis(33);

/// The clocks that are shown move so often.
const SECOND: Duration = Duration::from_secs(1);

/// Slowest and fastest speed.
const SPEEDS: (f64, f64) = (0.125, 1024.0);

/// Where a replay is; what the header tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Playing {
    pub(super) speed: f64,
    pub(super) is_paused: bool,
}

/// Shows a run again; returns when somebody leaves or the terminal is gone.
pub(crate) fn replay_run(window: &mut Window, record: &RunRecord, show: &DeskShow, speed: f64) {
    let mut player = Player::new(record, show, speed);
    player.app.has_mouse = window.has_mouse();
    let clock = Clock::start();
    let mut before = clock.now();
    let (mut is_stale, mut drawn_at) = (true, before);
    loop {
        let now = clock.now();
        is_stale |= player.pass(now.since(before));
        is_stale |= player.app.album.collect();
        is_stale |= player.in_run(now.since(drawn_at)) >= SECOND;
        before = now;
        if window.is_asked_to_leave() {
            return;
        }
        if is_stale {
            let app = &mut player.app;
            if window.draw(|frame| view::draw(app, frame)).is_err() {
                return;
            }
            drawn_at = now;
            is_stale = false;
        }
        let mut patience = TICK;
        loop {
            let Ok(heard) = window.hear(patience) else {
                return;
            };
            match heard.map(|heard| player.hear(heard)) {
                None => break,
                Some(Turn::Stay) => {}
                Some(Turn::Leave) => return,
                Some(Turn::Suspend) => {
                    if let Err(why) = window.suspend() {
                        player.app.note = Some(why.to_owned());
                    }
                }
            }
            patience = Duration::ZERO;
            is_stale = true;
        }
    }
}

/// Whether somebody stays.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Stay,
    /// Back to the shell, for a while.
    Suspend,
    Leave,
}

/// The events of a run, and how far they are told.
pub(super) struct Player {
    pub(super) app: App,
    events: Vec<Envelope>,
    /// Events that are told.
    told: usize,
    /// The time in the run.
    now: Timestamp,
    make: Box<dyn Fn() -> App>,
    end: Option<RunEnd>,
}

impl Player {
    pub(super) fn new(record: &RunRecord, show: &DeskShow, speed: f64) -> Self {
        let events = replay(record);
        let outline = Outline::of_record(record);
        let (theme, zone) = (show.theme, show.zone.clone());
        let start = record.started_at;
        let make = move || App::new(&outline, theme, zone.clone(), start);
        let end = record.finished.as_ref().map(|finished| RunEnd {
            run: record.id(),
            finished: (**finished).clone(),
            not_recorded: None,
            tape_trouble: None,
        });
        let mut app = make();
        app.playing = Some(Playing {
            speed: speed.clamp(SPEEDS.0, SPEEDS.1),
            is_paused: false,
        });
        Self {
            app,
            events,
            told: 0,
            now: start,
            make: Box::new(make),
            end,
        }
    }

    /// How long a time is in the run: none while it does not go on.
    fn in_run(&self, time: Duration) -> Duration {
        match self.app.playing {
            Some(playing) if !playing.is_paused && self.told < self.events.len() => {
                time.mul_f64(playing.speed)
            }
            _ => Duration::ZERO,
        }
    }

    /// Real time passes; whether anything happened in it.
    pub(super) fn pass(&mut self, time: Duration) -> bool {
        let told = self.told;
        let time = self.in_run(time);
        if !time.is_zero() {
            self.now = self.now.after(time);
            let until = self.events.partition_point(|event| event.time <= self.now);
            self.tell(until);
        }
        self.app.now = self.now;
        self.told != told
    }

    /// Takes what the terminal tells.
    fn hear(&mut self, heard: Heard) -> Turn {
        match heard {
            Heard::Key(key) => return self.key(&key),
            Heard::Anew => {}
            Heard::Word(word) => self.app.note = Some(word),
        }
        Turn::Stay
    }

    pub(super) fn key(&mut self, key: &Key) -> Turn {
        if !self.app.is_reading_text() {
            match key {
                Key::Char(' ' | 'p') => return self.set(|it| it.is_paused = !it.is_paused),
                Key::Char('+' | '=') => {
                    return self.set(|it| it.speed = (it.speed * 2.0).min(SPEEDS.1));
                }
                Key::Char('-') => return self.set(|it| it.speed = (it.speed / 2.0).max(SPEEDS.0)),
                Key::Char('.') => return self.jump(self.next_step()),
                Key::Char(',') => return self.jump(self.step_before()),
                // The first event says what is tested.
                Key::Char('[') => return self.jump(1),
                Key::Char(']') => return self.jump(self.events.len()),
                Key::Char('q') | Key::Ctrl('c') => return Turn::Leave,
                _ => {}
            }
        }
        match self.app.key(key, Tempo::Single, self.now) {
            Some(Wish::Close) => Turn::Leave,
            Some(Wish::Suspend) => Turn::Suspend,
            _ => Turn::Stay,
        }
    }

    fn set(&mut self, change: impl FnOnce(&mut Playing)) -> Turn {
        if let Some(playing) = &mut self.app.playing {
            change(playing);
        }
        Turn::Stay
    }

    /// Tells the events up to a place, from the beginning where it lies behind.
    fn jump(&mut self, to: usize) -> Turn {
        let (mut playing, has_mouse) = (self.app.playing, self.app.has_mouse);
        if let Some(playing) = &mut playing {
            playing.is_paused = true;
        }
        if to < self.told {
            self.app = (self.make)();
            self.told = 0;
        }
        (self.app.playing, self.app.has_mouse) = (playing, has_mouse);
        self.tell(to);
        let last = self
            .told
            .checked_sub(1)
            .and_then(|last| self.events.get(last));
        self.now = last.map_or(self.app.now, |event| event.time);
        self.app.now = self.now;
        Turn::Stay
    }

    fn tell(&mut self, until: usize) {
        if until <= self.told {
            return;
        }
        self.app.events(self.events[self.told..until].to_vec());
        self.told = until;
        if until == self.events.len()
            && let Some(end) = self.end.clone()
        {
            self.app.ended(end);
        }
    }

    /// The place behind the next end of a step.
    fn next_step(&self) -> usize {
        let rest = self.events.iter().skip(self.told);
        let ahead = rest.take_while(|event| !is_end(event)).count();
        (self.told + ahead + 1).min(self.events.len())
    }

    /// The place behind the end of the step before the one that was told last.
    fn step_before(&self) -> usize {
        let told = &self.events[..self.told.saturating_sub(1)];
        told.iter().rposition(is_end).map_or(0, |place| place + 1)
    }
}

fn is_end(envelope: &Envelope) -> bool {
    matches!(envelope.event, Event::StepFinished(_))
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::event::sample::eventful;
    use crate::frontend::text::Script;
    use crate::frontend::tui::{Pictures, Theme};

    fn player() -> Player {
        let record = RunRecord::from_events(&eventful().events).unwrap();
        let theme = Theme {
            script: Script::Unicode,
            has_color: false,
            pictures: Pictures::Named,
        };
        let show = DeskShow {
            theme,
            zone: TimeZone::UTC,
        };
        Player::new(&record, &show, 1.0)
    }

    fn finished(player: &Player) -> u32 {
        player.app.run.tree.finished()
    }

    #[test]
    fn steps_forth_and_back_tell_one_step_each() {
        let mut player = player();
        let mut seen = Vec::new();
        for _ in 0..4 {
            player.key(&Key::Char('.'));
            seen.push(finished(&player));
        }
        assert_eq!(seen, [1, 2, 3, 4]);
        player.key(&Key::Char(','));
        assert_eq!(finished(&player), 3);
        player.key(&Key::Char('['));
        assert_eq!(finished(&player), 0);
        player.key(&Key::Char(']'));
        assert!(player.app.end.is_some());
        player.key(&Key::Char(','));
        assert!(
            player.app.end.is_none(),
            "before its end the run is not over"
        );
    }

    #[test]
    fn time_passes_as_fast_as_is_asked_for_and_not_while_paused() {
        let mut player = player();
        player.key(&Key::Char(' '));
        player.pass(Duration::from_hours(1));
        assert_eq!(finished(&player), 0);
        player.key(&Key::Char(' '));
        player.key(&Key::Char('+'));
        assert_eq!(player.app.playing.map(|it| it.speed), Some(2.0));
        player.pass(Duration::from_hours(1));
        assert!(player.app.end.is_some());
        assert_eq!(player.key(&Key::Char('q')), Turn::Leave);
    }
}
