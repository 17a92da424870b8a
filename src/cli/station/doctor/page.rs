//! What was found, line by line.

use std::fmt::Write as _;

use serde::Serialize;

use crate::frontend::headless::Look;
use crate::frontend::text::{Tone, columns, wrap};

/// Columns of the name of a part.
const PART: usize = 13;

/// Columns before the text of a line: sign, state, part.
const INDENT: usize = 9 + PART;

/// How a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// The station does without it.
    Off,
    Ok,
    Warn,
    Fail,
}

/// One part of the station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Check {
    pub(super) part: String,
    pub(super) state: State,
    pub(super) says: String,
    /// How to mend what is wrong.
    pub(super) mend: Option<String>,
}

impl Check {
    pub(super) fn ok(part: impl Into<String>, says: impl Into<String>) -> Self {
        Self::new(State::Ok, part.into(), says.into())
    }

    pub(super) fn off(part: impl Into<String>, says: impl Into<String>) -> Self {
        Self::new(State::Off, part.into(), says.into())
    }

    pub(super) fn warn(
        part: impl Into<String>,
        says: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self {
            mend: Some(mend.into()),
            ..Self::new(State::Warn, part.into(), says.into())
        }
    }

    pub(super) fn fail(
        part: impl Into<String>,
        says: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self {
            mend: Some(mend.into()),
            ..Self::new(State::Fail, part.into(), says.into())
        }
    }

    const fn new(state: State, part: String, says: String) -> Self {
        Self {
            part,
            state,
            says,
            mend: None,
        }
    }
}

impl State {
    const fn sign(self) -> &'static str {
        match self {
            Self::Off => "–",
            Self::Ok => "✓",
            Self::Warn => "!",
            Self::Fail => "✗",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }

    const fn tone(self) -> Tone {
        match self {
            Self::Off => Tone::Dim,
            Self::Ok => Tone::Good,
            Self::Warn => Tone::Warn,
            Self::Fail => Tone::Bad,
        }
    }
}

/// The lines of one part, `width` columns wide.
pub(super) fn line(check: &Check, look: &Look, width: usize) -> String {
    let mut out = String::new();
    let state = check.state;
    let mark = format!("{} {:<4}", look.script.sign(state.sign()), state.word());
    look.paint.push(&mut out, state.tone(), &mark);
    let part = look.script.clean(&check.part);
    let gap = PART.saturating_sub(columns(&part)).max(1);
    let _ = write!(out, "   {part}{}", " ".repeat(gap));
    let tone = if state == State::Off {
        Tone::Dim
    } else {
        Tone::Plain
    };
    hang(&mut out, look, tone, "", &check.says, width);
    if let Some(mend) = &check.mend {
        out.push_str(&" ".repeat(INDENT));
        hang(&mut out, look, Tone::Note, "-> ", mend, width);
    }
    out
}

/// A text whose further lines stand under its first; every paragraph begins a line.
fn hang(out: &mut String, look: &Look, tone: Tone, head: &str, text: &str, width: usize) {
    let room = width.saturating_sub(INDENT + head.len());
    let paragraphs = text
        .lines()
        .flat_map(|one| wrap(&look.script.clean(one), room));
    for (number, piece) in paragraphs.enumerate() {
        let lead = if number == 0 {
            head.to_owned()
        } else {
            " ".repeat(INDENT + head.len())
        };
        out.push_str(&lead);
        look.paint.push(out, tone, &piece);
        out.push('\n');
    }
}

/// How it is all in all.
pub(super) fn closing(checks: &[Check], look: &Look) -> String {
    let count = |state| checks.iter().filter(|check| check.state == state).count();
    let (fine, warnings, failures) = (count(State::Ok), count(State::Warn), count(State::Fail));
    let plural = |number: usize, word: &str| match number {
        1 => format!("1 {word}"),
        _ => format!("{number} {word}s"),
    };
    let worst = checks.iter().map(|check| check.state).max();
    let text = format!(
        "{fine} fine, {}, {}",
        plural(warnings, "warning"),
        plural(failures, "failure")
    );
    let mut out = "\n".to_owned();
    look.paint
        .push(&mut out, worst.unwrap_or(State::Ok).tone(), &text);
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::headless::{Detail, Layout};
    use crate::frontend::text::{Paint, Script};

    fn look(script: Script) -> Look {
        Look {
            script,
            paint: Paint::Plain,
            layout: Layout::new(Some(80)),
            detail: Detail::Normal,
        }
    }

    fn checks() -> Vec<Check> {
        vec![
            Check::ok("settings", "/etc/maestro/station.yaml"),
            Check::warn(
                "name",
                "`vm`, the name of this computer: nobody chose one",
                "set it",
            ),
            Check::fail(
                "PostgreSQL",
                "db:5432/maestro: error connecting to server: Connection refused (os error 111)\nsecond paragraph",
                "start the server, or correct `database_url`; until then runs go on, and their results wait",
            ),
            Check::off("Redis", "not configured"),
            Check::ok("a-runner-with-a-long-name", "python3"),
        ]
    }

    #[test]
    fn page_fits_80_columns_and_hangs_under_its_text() {
        let look = look(Script::Unicode);
        let mut page: String = checks().iter().map(|one| line(one, &look, 80)).collect();
        page.push_str(&closing(&checks(), &look));
        insta::assert_snapshot!(page);
        assert!(page.lines().all(|line| columns(line) <= 80));
    }

    #[test]
    fn states_are_told_by_word_and_sign_in_ascii_too() {
        let look = look(Script::Ascii);
        let page: Vec<String> = checks().iter().map(|one| line(one, &look, 80)).collect();
        let begins = ["+ ok  ", "! warn", "x fail", "- off ", "+ ok  "];
        for (line, begin) in page.iter().zip(begins) {
            assert!(line.starts_with(begin) && line.is_ascii(), "{line}");
        }
    }
}
