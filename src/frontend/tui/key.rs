//! What the screen hears: keys, scans, clicks.

use crossterm::event::{
    Event as TerminalEvent, KeyCode, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind,
};

/// Separates the elements of a label (ISO/IEC 15434, GS1).
pub(super) const GS: char = '\u{1d}';

/// One thing that a person did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    Char(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    F(u8),
    /// Ctrl and a letter.
    Ctrl(char),
    /// Text that came in one piece: a paste, or a scanner that is set to it.
    Paste(String),
    /// A click at column and row.
    Click(u16, u16),
    ScrollUp,
    ScrollDown,
}

impl Key {
    /// Reads an event of the terminal; `None` for what means nothing here.
    pub(super) fn of(event: &TerminalEvent) -> Option<Self> {
        match event {
            TerminalEvent::Key(key) if key.kind != KeyEventKind::Release => {
                Self::of_code(key.code, key.modifiers)
            }
            TerminalEvent::Paste(text) => Some(Self::Paste(text.clone())),
            TerminalEvent::Mouse(mouse) => match mouse.kind {
                MouseEventKind::Down(MouseButton::Left) => {
                    Some(Self::Click(mouse.column, mouse.row))
                }
                MouseEventKind::ScrollUp => Some(Self::ScrollUp),
                MouseEventKind::ScrollDown => Some(Self::ScrollDown),
                _ => None,
            },
            _ => None,
        }
    }

    fn of_code(code: KeyCode, modifiers: KeyModifiers) -> Option<Self> {
        Some(match code {
            // A terminal cannot tell a scanner's group separator from this key.
            KeyCode::Char('5') if modifiers.contains(KeyModifiers::CONTROL) => Self::Char(GS),
            // A line feed, with which a scanner may end.
            KeyCode::Char('j') if modifiers.contains(KeyModifiers::CONTROL) => Self::Enter,
            KeyCode::Char(c) if modifiers.contains(KeyModifiers::CONTROL) => {
                Self::Ctrl(c.to_ascii_lowercase())
            }
            KeyCode::Char(c) => Self::Char(c),
            KeyCode::Enter => Self::Enter,
            KeyCode::Esc => Self::Esc,
            KeyCode::Tab => Self::Tab,
            KeyCode::BackTab => Self::BackTab,
            KeyCode::Backspace => Self::Backspace,
            KeyCode::Delete => Self::Delete,
            KeyCode::Up => Self::Up,
            KeyCode::Down => Self::Down,
            KeyCode::Left => Self::Left,
            KeyCode::Right => Self::Right,
            KeyCode::PageUp => Self::PageUp,
            KeyCode::PageDown => Self::PageDown,
            KeyCode::Home => Self::Home,
            KeyCode::End => Self::End,
            KeyCode::F(number) => Self::F(number),
            _ => return None,
        })
    }
}
