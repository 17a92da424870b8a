//! The progress bar on stderr, which exists on a terminal only.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::frontend::text::Script;

/// A bar that is drawn when somebody calls it: no thread of its own.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    is_wanted: bool,
    /// Steps behind the running one.
    done: u64,
}

impl Progress {
    /// A bar where `wanted`, else one that draws nothing.
    pub(super) fn new(wanted: bool, script: Script) -> Self {
        let target = if wanted {
            ProgressDrawTarget::stderr_with_hz(10)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        bar.set_style(style(script));
        Self {
            bar,
            is_wanted: wanted,
            done: 0,
        }
    }

    /// Sets how many steps the plan holds.
    pub(super) fn set_length(&self, steps: u32) {
        self.bar.set_length(u64::from(steps));
    }

    /// Shows the running step. Loops and restores do not move the bar back.
    pub(super) fn step(&mut self, position: Option<u32>, name: &str) {
        let done = u64::from(position.unwrap_or(0).saturating_sub(1));
        if done > self.done {
            self.done = done;
            self.bar.set_position(done);
        }
        self.bar.set_message(name.to_owned());
    }

    /// Shows what the running step says of itself.
    pub(super) fn note(&self, name: &str, fraction: f64, message: Option<&str>) {
        let percent = (fraction.clamp(0.0, 1.0) * 100.0).round();
        let text = match message {
            Some(message) => format!("{name}: {percent} %, {message}"),
            None => format!("{name}: {percent} %"),
        };
        self.bar.set_message(text);
    }

    /// Moves the sign that shows that somebody is alive.
    pub(super) fn tick(&self) {
        self.bar.tick();
    }

    /// Runs `write` with the bar out of the way.
    pub(super) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    /// Takes the bar away, while a question is open or at the end.
    pub(super) fn hide(&self) {
        self.bar.finish_and_clear();
    }

    /// Brings the bar back after [`Self::hide`].
    pub(super) fn show(&mut self) {
        if self.is_wanted && self.bar.is_finished() {
            let bar = ProgressBar::with_draw_target(
                self.bar.length(),
                ProgressDrawTarget::stderr_with_hz(10),
            );
            self.bar = bar
                .with_style(self.bar.style())
                .with_position(self.done)
                .with_elapsed(self.bar.elapsed());
        }
    }
}

/// Template, signs of life, and parts of the bar.
const UNICODE: [&str; 3] = [
    "{spinner:.cyan} {bar:24.cyan/dim} {pos}/{len}  {wide_msg} {elapsed:.dim}",
    "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ",
    "━╸─",
];
const ASCII: [&str; 3] = [
    "{spinner} [{bar:24}] {pos}/{len}  {wide_msg} {elapsed}",
    "|/-\\ ",
    "=> ",
];

fn style(script: Script) -> ProgressStyle {
    let [template, signs, parts] = match script {
        Script::Unicode => UNICODE,
        Script::Ascii => ASCII,
    };
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .tick_chars(signs)
        .progress_chars(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_styles_are_understood() {
        for script in [Script::Unicode, Script::Ascii] {
            let mut progress = Progress::new(false, script);
            progress.set_length(10);
            progress.step(Some(4), "Measure");
            progress.step(Some(2), "Measure again");
            assert_eq!(progress.bar.position(), 3);
            progress.note("Flash", 0.424, Some("block 3"));
            assert_eq!(progress.bar.message(), "Flash: 42 %, block 3");
        }
    }

    #[test]
    fn templates_are_valid() {
        for [template, ..] in [UNICODE, ASCII] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }
}
