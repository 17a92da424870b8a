//! A short report for merge requests and chat: the verdict, what failed, and the numbers.

use std::fmt::Write as _;

use super::Subject;
use super::html::{Failures, Head};

/// Failures that are listed.
const LISTED: usize = 20;

/// Renders one run.
pub(crate) fn render(subject: &Subject<'_>) -> String {
    let head = Head::new(subject);
    let failures = Failures::new(subject);
    let mut out = String::new();
    let flags = head.flags.iter().map(|flag| format!(" {flag}"));
    let _ = writeln!(
        out,
        "## {} {}{}: {}\n",
        head.shape,
        head.word,
        escape(&flags.collect::<String>()),
        escape(head.serial.as_deref().unwrap_or("no serial number")),
    );
    let _ = writeln!(out, "**{}** · {}\n", escape(&head.test), escape(&head.line));
    if let Some(live) = &head.live {
        let _ = writeln!(out, "**⚡ UNIT MAY BE LIVE.** {}\n", escape(live));
    }
    for note in &head.notes {
        let _ = writeln!(out, "> {}\n", escape(&note.text));
    }
    table(&failures, &mut out);
    for (name, text) in &head.facts {
        if matches!(*name, "Steps" | "Package" | "Commit" | "Operator" | "Run") {
            let _ = writeln!(out, "- {name}: {}", escape(text));
        }
    }
    out
}

fn table(failures: &Failures, out: &mut String) {
    if failures.list.is_empty() {
        return;
    }
    out.push_str("| Verdict | What | Value | Limits | Step |\n|---|---|---:|---|---|\n");
    for failure in failures.list.iter().take(LISTED) {
        let value = if failure.value.is_empty() {
            failure.reason.as_deref().unwrap_or_default()
        } else {
            &failure.value
        };
        let cells = [&failure.name, value, &failure.limits, &failure.step];
        let _ = write!(out, "| {} {} ", failure.shape, failure.verdict);
        for cell in cells {
            let _ = write!(out, "| {} ", escape(cell.trim_end_matches(" › ")));
        }
        out.push_str("|\n");
    }
    let more = failures.list.len().saturating_sub(LISTED) + failures.more;
    if more > 0 {
        let _ = writeln!(out, "\nand {more} more");
    }
    out.push('\n');
}

/// Text that stays text, also in a cell: no markup, no line end, no mention, no link of its own.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '!' | '&' => {
                out.push('\\');
                out.push(letter);
            }
            // A mention would call somebody.
            '@' => out.push_str("@\u{200b}"),
            '\n' => out.push_str("<br>"),
            letter if letter.is_control() => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::sample::{Stage, eventful};
    use crate::record::RunRecord;
    use serde_json::json;

    fn report(stage: &Stage) -> String {
        render(&Subject::of(
            &RunRecord::from_events(&stage.events).unwrap(),
        ))
    }

    #[test]
    fn eventful_run_as_markdown() {
        insta::assert_snapshot!(report(&eventful()));
    }

    #[test]
    fn text_of_a_test_is_no_markup() {
        let mut stage = Stage::new(1);
        let step = stage.start("a | b\n<img> @all", json!({}));
        stage.finish(step, "FAIL", json!({"reason": "*boom*"}));
        stage.end("FAIL", json!({}));
        let text = report(&stage);
        assert!(text.contains(r"| a \| b<br>\<img\> @"), "{text}");
        assert!(text.contains(r"\*boom\*"), "{text}");
        assert!(!text.contains("@all"), "{text}");
    }
}
