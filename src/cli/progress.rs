//! A line on stderr that moves while a command works, on a terminal only.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A line that is drawn when somebody calls it.
#[derive(Debug)]
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// A line where `is_shown`, else one that draws nothing.
    pub(super) fn new(is_shown: bool) -> Self {
        let target = if is_shown {
            ProgressDrawTarget::stderr_with_hz(10)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        // What does not fit into the terminal's width is cut off.
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    /// Says how far it is.
    pub(super) fn show(&self, text: &str) {
        self.0.set_message(text.to_owned());
    }

    /// Takes the line away.
    pub(super) fn clear(&self) {
        self.0.finish_and_clear();
    }
}
