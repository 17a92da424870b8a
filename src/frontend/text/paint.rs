//! Colours and shapes. Nothing is told by colour alone: each verdict has a shape and a word too.

use crate::verdict::Verdict;

/// How a piece of text is set off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Strong,
    Dim,
    Good,
    Bad,
    Warn,
    Note,
}

impl Tone {
    const fn codes(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Strong => "1",
            Self::Dim => "2",
            Self::Good => "32",
            Self::Bad => "1;31",
            Self::Warn => "33",
            Self::Note => "36",
        }
    }

    /// The tone of a verdict.
    pub(crate) const fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass => Self::Good,
            Verdict::Fail | Verdict::Error => Self::Bad,
            Verdict::Aborted | Verdict::Undetermined => Self::Warn,
            Verdict::Skipped => Self::Dim,
        }
    }
}

/// Whether colours are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    Color,
    Plain,
}

impl Paint {
    /// Appends `text` in `tone`.
    pub(crate) fn push(self, out: &mut String, tone: Tone, text: &str) {
        if self == Self::Plain || tone == Tone::Plain || text.is_empty() {
            out.push_str(text);
            return;
        }
        out.push_str("\x1b[");
        out.push_str(tone.codes());
        out.push('m');
        out.push_str(text);
        out.push_str("\x1b[0m");
    }

    /// Appends `text` on a coloured ground, for the verdict of a run.
    pub(crate) fn push_banner(self, out: &mut String, verdict: Verdict, text: &str) {
        if self == Self::Plain {
            out.push_str(text);
            return;
        }
        out.push_str(match verdict {
            Verdict::Pass => "\x1b[1;97;42m",
            Verdict::Fail | Verdict::Error => "\x1b[1;97;41m",
            Verdict::Aborted | Verdict::Undetermined | Verdict::Skipped => "\x1b[1;30;43m",
        });
        out.push_str(text);
        out.push_str("\x1b[0m");
    }
}
