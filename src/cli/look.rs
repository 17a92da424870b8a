//! How lines on stdout look for this terminal and these flags.

use crate::frontend::headless::{Detail, Layout, Look};
use crate::frontend::text::{Paint, Script};

use super::settings::{Settings, Verbosity};

/// Characters, colours, columns and detail that the surroundings ask for.
pub(crate) fn of(settings: &Settings) -> Look {
    let terminal = settings.terminal;
    Look {
        script: if terminal.utf8 {
            Script::Unicode
        } else {
            Script::Ascii
        },
        paint: paint(terminal.color_stdout),
        layout: Layout::new(terminal.columns.filter(|_| terminal.stdout)),
        detail: match settings.verbosity {
            Verbosity::Quiet => Detail::Closing,
            Verbosity::Normal => Detail::Normal,
            Verbosity::Verbose => Detail::Full,
        },
    }
}

/// Colours or none.
pub(crate) const fn paint(colors: bool) -> Paint {
    if colors { Paint::Color } else { Paint::Plain }
}
