//! Where a command writes: results on stdout, everything else on stderr.

use std::io::{self, Write};

use super::exit::Failure;
use super::settings::{Settings, Verbosity};

/// The two streams of a command, with what it may write on them.
pub(crate) struct Console<'a> {
    pub(crate) out: &'a mut dyn Write,
    pub(crate) err: &'a mut dyn Write,
    color_stderr: bool,
    verbosity: Verbosity,
}

impl<'a> Console<'a> {
    pub(crate) fn new(out: &'a mut dyn Write, err: &'a mut dyn Write, settings: &Settings) -> Self {
        Self {
            out,
            err,
            color_stderr: settings.terminal.color_stderr,
            verbosity: settings.verbosity,
        }
    }

    /// Writes a result. A reader that went away is no fault of the command.
    pub(crate) fn result(&mut self, text: &str) -> Result<(), Failure> {
        self.bytes(text.as_bytes())
    }

    /// The same of a result that is no text.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = self.out.write_all(bytes).and_then(|()| self.out.flush());
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::trouble(
                format!("cannot write to standard output: {error}"),
            )),
            _ => Ok(()),
        }
    }

    /// Tells a person what was done; silent with `--quiet`.
    pub(crate) fn note(&mut self, text: &str) {
        if self.verbosity > Verbosity::Quiet {
            let _ = writeln!(self.err, "{text}");
        }
    }

    /// Tells a person what is odd.
    pub(crate) fn warning(&mut self, text: &str) {
        self.labelled("warning", "33", text);
    }

    /// Tells a person why the command failed and what to do.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        self.labelled("error", "31", &failure.message);
        if let Some(help) = &failure.help {
            self.labelled(" help", "36", help);
        }
    }

    /// Continuation lines of a text stand under its first word.
    fn labelled(&mut self, label: &str, color: &str, text: &str) {
        let text = text.replace('\n', "\n       ");
        let _ = if self.color_stderr {
            writeln!(self.err, "\x1b[1;{color}m{label}\x1b[0m: {text}")
        } else {
            writeln!(self.err, "{label}: {text}")
        };
    }
}
