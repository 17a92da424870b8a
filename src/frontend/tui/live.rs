//! A unit that an interrupted run may have left under power: told on the whole screen until somebody
//! says that it is safe (EXECUTION section 3).

use std::time::Duration;

use super::key::Key;
use super::pace::{Pace, Tempo};
use super::terminal::{Heard, Window};
use super::theme::Theme;
use super::view;
use crate::event::Timestamp;
use crate::session::Clock;

/// How long it must have stood there before a key can answer it.
const VISIBLE: Duration = Duration::from_millis(500);

/// How often the screen is drawn without a key.
const SECOND: Duration = Duration::from_secs(1);

/// A unit, and what became of its run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LiveUnit {
    pub(crate) serial: Option<String>,
    pub(crate) story: String,
}

/// What somebody said to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Acknowledged {
    /// The unit is safe.
    Safe,
    /// Nothing: he left, or the terminal is gone.
    Left,
}

/// The units that are told, and since when.
#[derive(Debug)]
pub(super) struct Notice<'a> {
    pub(super) units: &'a [LiveUnit],
    pub(super) note: Option<String>,
    since: Timestamp,
}

impl<'a> Notice<'a> {
    pub(super) const fn new(units: &'a [LiveUnit], since: Timestamp) -> Self {
        Self {
            units,
            note: None,
            since,
        }
    }

    /// A key: Enter counts when it was pressed by a person who has seen what it is about.
    pub(super) fn key(&mut self, key: &Key, tempo: Tempo, now: Timestamp) -> Option<Acknowledged> {
        self.note = None;
        let is_seen = now.since(self.since) >= VISIBLE && tempo == Tempo::Single;
        match key {
            Key::Enter if is_seen => Some(Acknowledged::Safe),
            Key::Ctrl('c') | Key::Esc => Some(Acknowledged::Left),
            Key::Ctrl('z') => {
                self.note = Some("Ctrl-Z is refused: the unit may be live".to_owned());
                None
            }
            _ => None,
        }
    }
}

/// Tells of these units until somebody says that they are safe; not at all where there are none.
pub(crate) fn acknowledge(
    window: &mut Window,
    units: &[LiveUnit],
    theme: Theme,
    clock: Clock,
) -> Acknowledged {
    if units.is_empty() {
        return Acknowledged::Safe;
    }
    let mut notice = Notice::new(units, clock.now());
    // What was typed before belongs to something else.
    if window.forget_keys().is_err() {
        return Acknowledged::Left;
    }
    let mut pace = Pace::default();
    while !window.is_asked_to_leave() {
        if window
            .draw(|frame| view::draw_live(&notice, theme, frame))
            .is_err()
        {
            break;
        }
        let asked = clock.now();
        match window.hear(SECOND) {
            Err(_) => break,
            Ok(None) => pace.quiet(clock.now()),
            Ok(Some(Heard::Anew)) => {}
            Ok(Some(Heard::Word(word))) => notice.note = Some(word),
            Ok(Some(Heard::Key(key))) => {
                let now = clock.now();
                if let Some(said) = notice.key(&key, pace.key(asked, now), now) {
                    return said;
                }
            }
        }
    }
    Acknowledged::Left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_enter_of_somebody_who_could_read_it_counts() {
        let units = [LiveUnit {
            serial: Some("SN-1".to_owned()),
            story: String::new(),
        }];
        let mut notice = Notice::new(&units, Timestamp(0));
        let at = |ms: i64| Timestamp(ms * 1_000);
        assert_eq!(notice.key(&Key::Enter, Tempo::Single, at(100)), None);
        assert_eq!(notice.key(&Key::Enter, Tempo::Burst, at(900)), None);
        assert_eq!(notice.key(&Key::Char('q'), Tempo::Single, at(900)), None);
        assert_eq!(notice.key(&Key::Ctrl('z'), Tempo::Single, at(900)), None);
        assert!(notice.note.is_some());
        let said = notice.key(&Key::Enter, Tempo::Single, at(900));
        assert_eq!(said, Some(Acknowledged::Safe));
        let said = notice.key(&Key::Ctrl('c'), Tempo::Single, at(900));
        assert_eq!(said, Some(Acknowledged::Left));
    }
}
