//! Keys that are commands. Each letter waits for company: what comes in a burst was sent by a
//! scanner, and a scan commands nothing.

use super::key::Key;
use super::pace::{ALONE, Tempo};
use crate::event::Timestamp;

/// The letter that waits, and whether a scan is coming in.
#[derive(Debug, Default)]
pub(super) struct Commands {
    armed: Option<(Key, Timestamp)>,
    is_in_scan: bool,
}

impl Commands {
    /// Takes a key; gives those that count now, in their order.
    pub(super) fn key(&mut self, key: &Key, tempo: Tempo, now: Timestamp) -> Vec<Key> {
        let armed = self.armed.take().map(|(key, _)| key);
        if !matches!(key, Key::Char(_) | Key::Enter | Key::Paste(_)) {
            return armed.into_iter().chain([key.clone()]).collect();
        }
        let is_pasted = matches!(key, Key::Paste(_));
        if tempo == Tempo::Single && !is_pasted {
            self.is_in_scan = false;
            // What comes behind it is text, whoever sends it.
            if *key == Key::Char('/') {
                return armed.into_iter().chain([key.clone()]).collect();
            }
            self.armed = Some((key.clone(), now));
            return armed.into_iter().collect();
        }
        // A key that is kept down repeats as fast as a scanner types.
        if !self.is_in_scan && moves(key) && armed.as_ref() == Some(key) {
            self.armed = Some((key.clone(), now));
            return armed.into_iter().collect();
        }
        self.is_in_scan = true;
        Vec::new()
    }

    /// Time passes: a letter that stayed alone counts.
    pub(super) fn tick(&mut self, now: Timestamp) -> Option<Key> {
        let (key, _) = self.armed.take_if(|(_, at)| now.since(*at) >= ALONE)?;
        Some(key)
    }

    /// The letter that waits was meant for something that is gone.
    pub(super) fn forget(&mut self) {
        self.armed = None;
    }

    /// Whether a letter waits for company.
    pub(super) const fn is_armed(&self) -> bool {
        self.armed.is_some()
    }

    /// Whether the newest key belongs to a scan.
    pub(super) const fn is_in_scan(&self) -> bool {
        self.is_in_scan
    }
}

/// Keys that people keep down.
const fn moves(key: &Key) -> bool {
    matches!(key, Key::Char('j' | 'k'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(millis: i64) -> Timestamp {
        Timestamp(millis * 1_000)
    }

    #[test]
    fn letter_counts_once_it_stayed_alone() {
        let mut commands = Commands::default();
        assert!(
            commands
                .key(&Key::Char('l'), Tempo::Single, at(0))
                .is_empty()
        );
        assert_eq!(commands.tick(at(59)), None);
        assert_eq!(commands.tick(at(60)), Some(Key::Char('l')));
        commands.key(&Key::Char('f'), Tempo::Single, at(100));
        let keys = commands.key(&Key::Down, Tempo::Single, at(140));
        assert_eq!(keys, [Key::Char('f'), Key::Down]);
    }

    #[test]
    fn scan_commands_nothing_and_its_return_neither() {
        let mut commands = Commands::default();
        commands.key(&Key::Char('l'), Tempo::Single, at(0));
        for (key, millis) in [(Key::Char('1'), 2), (Key::Enter, 4)] {
            assert!(commands.key(&key, Tempo::Burst, at(millis)).is_empty());
            assert!(commands.is_in_scan());
        }
        assert_eq!(commands.tick(at(500)), None);
        commands.key(&Key::Enter, Tempo::Single, at(600));
        assert!(!commands.is_in_scan());
        assert_eq!(commands.tick(at(660)), Some(Key::Enter));
    }

    #[test]
    fn key_that_is_kept_down_goes_on() {
        let mut commands = Commands::default();
        commands.key(&Key::Char('j'), Tempo::Single, at(0));
        let moved: usize = (1..10)
            .map(|n| {
                commands
                    .key(&Key::Char('j'), Tempo::Burst, at(30 * n))
                    .len()
            })
            .sum();
        assert_eq!(moved, 9);
    }
}
