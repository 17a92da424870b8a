//! Colours and signs of the screen. Nothing is told by colour alone.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};

use super::picture::Pictures;
use crate::frontend::text::{Script, Tone};
use crate::verdict::Verdict;

/// What the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Theme {
    pub(crate) script: Script,
    pub(crate) has_color: bool,
    pub(crate) pictures: Pictures,
}

impl Theme {
    /// A piece of text set off.
    pub(super) fn style(self, tone: Tone) -> Style {
        let plain = Style::new();
        let style = match tone {
            Tone::Plain => plain,
            Tone::Strong => plain.add_modifier(Modifier::BOLD),
            Tone::Dim if self.has_color => plain.fg(Color::DarkGray),
            Tone::Dim => plain.add_modifier(Modifier::DIM),
            Tone::Good => plain.fg(Color::Green),
            Tone::Bad => plain.fg(Color::Red).add_modifier(Modifier::BOLD),
            Tone::Warn => plain.fg(Color::Yellow),
            Tone::Note => plain.fg(Color::Cyan),
        };
        if self.has_color {
            style
        } else {
            Style::new().add_modifier(style.add_modifier)
        }
    }

    /// The selected row.
    pub(super) const fn selected() -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// The ground of a verdict, readable from far away.
    pub(super) fn ground(self, verdict: Verdict) -> Style {
        if !self.has_color {
            return Style::new().add_modifier(Modifier::BOLD | Modifier::REVERSED);
        }
        let (ink, ground) = match verdict {
            Verdict::Pass => (Color::Black, Color::Green),
            Verdict::Fail | Verdict::Error => (Color::White, Color::Red),
            Verdict::Aborted | Verdict::Undetermined | Verdict::Skipped => {
                (Color::Black, Color::Yellow)
            }
        };
        Style::new().fg(ink).bg(ground).add_modifier(Modifier::BOLD)
    }

    /// Text from outside, made harmless and showable.
    pub(super) fn clean(self, text: &str) -> String {
        self.script.clean(text).into_owned()
    }

    /// Replaces what the terminal cannot show in a frame that is drawn.
    pub(super) fn finish(self, buffer: &mut Buffer) {
        if self.script == Script::Unicode {
            return;
        }
        for cell in &mut buffer.content {
            if !cell.symbol().is_ascii() {
                let sign = plain_sign(cell.symbol());
                cell.set_char(sign);
            }
        }
    }
}

/// One character for a sign of ours.
fn plain_sign(symbol: &str) -> char {
    match symbol.chars().next().unwrap_or(' ') {
        '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' | '╭' | '╮' | '╰' | '╯' | '✓' => {
            '+'
        }
        '─' | '╌' | '╺' | '–' | '▃' | '▅' => '-',
        '━' => '=',
        '│' | '┃' | '▏' => '|',
        '█' | '▀' | '▄' | '■' => '#',
        '●' => '*',
        '✗' => 'x',
        '▾' | '↓' => 'v',
        '▸' | '→' => '>',
        '←' => '<',
        '↻' => '~',
        '▁' | '▂' => '_',
        '↑' | '▆' | '▇' => '^',
        '·' | '…' => '.',
        _ => '?',
    }
}
