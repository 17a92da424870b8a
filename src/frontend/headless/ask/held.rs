//! A held run, from its text to what it is told, line by line. Pure: it reads and writes nothing.

use std::fmt::Write as _;

use crate::event::RunHeld;
use crate::expr::Variables;
use crate::frontend::text::{
    KEY_GAP, Paint, Script, Tone, assignment, cut, hold_cause, hold_detail, hold_keys, hold_title,
    wrap,
};
use crate::measure::spell;
use crate::record::KnownVariables;
use crate::session::HoldWish;

use super::dialogue::WIDTH;

/// A run that is held.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) held: RunHeld,
    planned: u32,
}

/// What a line led to.
#[derive(Debug, PartialEq)]
pub(super) enum Told {
    /// Say this and go on asking.
    Again(String),
    /// Show the variables and go on asking.
    Variables,
    Wish(HoldWish),
}

impl Held {
    pub(super) const fn new(held: RunHeld, planned: u32) -> Self {
        Self { held, planned }
    }

    /// Where and why the run is held.
    pub(super) fn text(&self, script: Script, paint: Paint) -> String {
        let mut out = String::from("\n");
        let why = hold_cause(self.held.because);
        let title = format!("{} ({why})", hold_title(&self.held));
        let detail = hold_detail(&self.held, self.planned);
        let lines = [(Tone::Strong, Some(title)), (Tone::Dim, detail)];
        for (tone, text) in lines {
            for line in wrap(&script.clean(&text.unwrap_or_default()), WIDTH) {
                out.push_str("  ");
                paint.push(&mut out, tone, &line);
                out.push('\n');
            }
        }
        out
    }

    /// What can be typed, ending where it is typed.
    pub(super) fn hint(&self, script: Script, paint: Paint) -> String {
        let mut out = String::new();
        for row in hold_keys(&self.held, WIDTH) {
            let keys = row.iter().map(|(key, what)| format!("{key} {what}"));
            let keys: Vec<String> = keys.collect();
            out.push_str("  ");
            paint.push(&mut out, Tone::Dim, &keys.join(KEY_GAP));
            out.push('\n');
        }
        paint.push(&mut out, Tone::Note, &script.sign("▸"));
        out.push(' ');
        out
    }

    /// The variables, one a line.
    pub(super) fn variables(known: &KnownVariables, script: Script) -> String {
        let mut out = String::new();
        let listed = known
            .iter()
            .filter(|(name, _)| !Variables::is_reserved(name));
        for (name, value) in listed {
            let line = format!("{name} = {}", spell(value));
            let line = cut(&script.clean(&line), WIDTH, script).into_owned();
            // Writing to a text cannot fail.
            let _ = writeln!(out, "  {line}");
        }
        out.push_str("  set one with NAME=VALUE\n");
        out
    }

    /// Takes a line that was typed.
    pub(super) fn take(line: &str) -> Told {
        let line = line.trim();
        let wish = match line {
            "" | "n" | "run" => HoldWish::Run,
            "o" => HoldWish::Over,
            "s" | "skip" => HoldWish::Skip,
            "r" | "again" => HoldWish::Again,
            "c" => HoldWish::GoOn,
            "v" => return Told::Variables,
            line if line.contains('=') => {
                let text = line.strip_prefix("v ").unwrap_or(line);
                return match assignment(text) {
                    Ok((name, value)) => Told::Wish(HoldWish::Set { name, value }),
                    Err(why) => Told::Again(why),
                };
            }
            other => return Told::Again(format!("'{other}' means nothing here")),
        };
        Told::Wish(wish)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::event::{HoldCause, StepKind, StepNo, Upcoming};
    use crate::verdict::Verdict;

    fn held(after: Option<u32>, next: Upcoming) -> Held {
        let held = RunHeld {
            hold: 3,
            because: HoldCause::Break,
            after: after.map(StepNo),
            next,
        };
        Held::new(held, 12)
    }

    fn before(kind: StepKind) -> Upcoming {
        Upcoming::Step {
            position: Some(4),
            path: "steps/Sweep load".to_owned(),
            name: "Sweep load".to_owned(),
            kind,
        }
    }

    fn shown(held: &Held) -> String {
        held.text(Script::Unicode, Paint::Plain) + &held.hint(Script::Unicode, Paint::Plain)
    }

    #[test]
    fn held_run_says_where_why_and_what_can_be_typed() {
        let held = held(Some(3), before(StepKind::Runner));
        assert_eq!(
            shown(&held),
            "\n  Held before Sweep load (breakpoint)\n  step 4 of 12: steps/Sweep load\n  \
             Enter run it   s skip it   r run the last one again   v variables\n  \
             c go on without holding   Ctrl-C abort\n▸ "
        );
    }

    #[test]
    fn only_what_can_be_done_is_offered() {
        let text = shown(&held(None, before(StepKind::Sequence)));
        assert!(
            text.contains("o run it whole") && !text.contains("again"),
            "{text}"
        );
        let verdict = Verdict::Pass;
        let text = shown(&held(Some(1), Upcoming::End { verdict }));
        assert!(
            text.contains("Held before the end of the run: PASS"),
            "{text}"
        );
        assert!(!text.contains("skip"), "{text}");
        let message = "step 'x' is FAIL".to_owned();
        let text = shown(&held(Some(1), Upcoming::Abort { message }));
        assert!(text.contains("Held before the run is aborted"), "{text}");
        assert!(text.contains("step 'x' is FAIL"), "{text}");
    }

    #[test]
    fn lines_are_commands_or_assignments() {
        for (line, wish) in [
            ("", HoldWish::Run),
            (" n ", HoldWish::Run),
            ("s", HoldWish::Skip),
            ("r", HoldWish::Again),
            ("c", HoldWish::GoOn),
            ("o", HoldWish::Over),
        ] {
            assert_eq!(Held::take(line), Told::Wish(wish), "{line}");
        }
        for line in ["v volts=3.3", "volts = 3.3"] {
            let wish = HoldWish::Set {
                name: "volts".to_owned(),
                value: json!(3.3),
            };
            assert_eq!(Held::take(line), Told::Wish(wish), "{line}");
        }
        assert_eq!(Held::take("v"), Told::Variables);
        for line in ["x", "skip it", "cfg.a=1"] {
            assert!(matches!(Held::take(line), Told::Again(_)), "{line}");
        }
    }
}
