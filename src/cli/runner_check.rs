//! `maestro runner check`: plays the conformance cases against a runner, rule by rule.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::cli::exit::Failure;
use crate::runner::conformance::{self, Outcome, Told};

/// Widest name of a case, for the column.
const COLUMN: usize = 18;

/// Plays the cases named in `only`, or all, against the runner that `command` starts in `workdir`,
/// and writes a line for each. Returns the exit code: 0 when every rule holds, 1 when one is broken,
/// 2 without a command.
pub(crate) fn check(
    command: &[OsString],
    only: &[String],
    workdir: &Path,
    out: &mut dyn Write,
) -> u8 {
    let Some((program, args)) = command.split_first() else {
        return 2;
    };
    let mut counts = [0_usize; 3];
    let conforms = conformance::check(
        PathBuf::from(program),
        args.to_vec(),
        workdir.to_owned(),
        &|name| only.is_empty() || only.iter().any(|wanted| wanted == name),
        |told| {
            counts[rank(told.outcome)] += 1;
            // A reader that went away does not change the verdict.
            let _ = out.write_all(line(told).as_bytes());
            let _ = out.flush();
        },
    );
    let [holds, broken, skipped] = counts;
    let _ = writeln!(
        out,
        "\n{holds} rules hold, {broken} broken, {skipped} not tested\n\
         In brackets: the section of maestro-runner(7) that says so."
    );
    u8::from(!conforms)
}

/// Refuses names that no rule has.
pub(crate) fn known(only: &[String]) -> Result<(), Failure> {
    let is_known = |name: &&String| conformance::names().any(|known| known == *name);
    match only.iter().find(|name| !is_known(name)) {
        None => Ok(()),
        Some(name) => {
            let names: Vec<&str> = conformance::names().collect();
            Err(Failure::usage(format!("there is no rule '{name}'"))
                .help(format!("the rules are {}", names.join(", "))))
        }
    }
}

fn rank(outcome: &Outcome) -> usize {
    match outcome {
        Outcome::Holds => 0,
        Outcome::Breaks(_) => 1,
        Outcome::Skipped(_) => 2,
    }
}

fn line(told: &Told<'_>) -> String {
    let (sign, more) = match told.outcome {
        Outcome::Holds => ('✓', None),
        Outcome::Breaks(how) => ('✗', Some(how)),
        Outcome::Skipped(why) => ('–', Some(why)),
    };
    let Told {
        name,
        rule,
        section,
        ..
    } = told;
    let mut text = format!("{sign} {name:COLUMN$} {rule} [{section}]\n");
    for detail in more.iter().flat_map(|more| more.lines()) {
        text.push_str("  ");
        text.extend(std::iter::repeat_n(' ', COLUMN + 1));
        text.push_str(detail);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_rule_is_shown_under_its_line_and_gives_code_1() {
        let mut out = Vec::new();
        let command = ["python3", "-S", "-c", "raise SystemExit('no')"].map(OsString::from);
        assert_eq!(check(&command, &[], Path::new("/"), &mut out), 1);
        let text = String::from_utf8(out).unwrap();
        assert!(
            text.starts_with("✗ initialize         answers `initialize`"),
            "{text}"
        );
        assert!(text.contains("the runner ended (exit code 1)"), "{text}");
        assert!(
            text.contains("\n0 rules hold, 1 broken, 0 not tested\n"),
            "{text}"
        );
    }

    #[test]
    fn program_that_is_not_there_is_named() {
        let mut out = Vec::new();
        assert_eq!(
            check(&["no-such-runner".into()], &[], Path::new("/"), &mut out),
            1
        );
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("program no-such-runner not found"), "{text}");
        assert_eq!(check(&[], &[], Path::new("/"), &mut Vec::new()), 2);
    }
}
