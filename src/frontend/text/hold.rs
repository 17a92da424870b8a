//! How a held run is called, and which keys let it go on: the same on the whole screen and in lines.

use serde_json::Value;

use crate::event::{HoldCause, RunHeld, StepKind, Upcoming};
use crate::expr::{Variables, typed};

/// Where the run is held.
pub(crate) fn hold_title(held: &RunHeld) -> String {
    match &held.next {
        Upcoming::Step { name, .. } => format!("Held before {name}"),
        Upcoming::Ended { name, verdict, .. } => {
            format!("Held before the end of {name}: {verdict}")
        }
        Upcoming::Abort { .. } => "Held before the run is aborted".to_owned(),
        Upcoming::End { verdict } => format!("Held before the end of the run: {verdict}"),
        Upcoming::Other => "Held".to_owned(),
    }
}

/// Why it is held.
pub(crate) const fn hold_cause(cause: HoldCause) -> &'static str {
    match cause {
        HoldCause::Step => "step by step",
        HoldCause::Break => "breakpoint",
    }
}

/// What there is to know of what comes next.
pub(crate) fn hold_detail(held: &RunHeld, planned: u32) -> Option<String> {
    match &held.next {
        Upcoming::Step { position, path, .. } => Some(position.map_or_else(
            || path.clone(),
            |position| format!("step {position} of {planned}: {path}"),
        )),
        Upcoming::Ended { path, .. } => Some(path.clone()),
        Upcoming::Abort { message } => Some(format!("{message}; cleanup runs without being held")),
        Upcoming::End { .. } | Upcoming::Other => None,
    }
}

/// A key, and what it does.
pub(crate) type HoldKey = (&'static str, &'static str);

/// Keys that mean something at a hold, in rows that are not wider than some columns.
pub(crate) fn hold_keys(held: &RunHeld, width: usize) -> Vec<Vec<HoldKey>> {
    let mut rows: Vec<Vec<HoldKey>> = vec![Vec::new()];
    let mut used = 0;
    for (key, what) in keys(held) {
        let needed = key.len() + what.len() + 1 + KEY_GAP.len();
        if used + needed > width + KEY_GAP.len() && used > 0 {
            rows.push(Vec::new());
            used = 0;
        }
        used += needed;
        if let Some(row) = rows.last_mut() {
            row.push((key, what));
        }
    }
    rows
}

/// What stands between two keys.
pub(crate) const KEY_GAP: &str = "   ";

fn keys(held: &RunHeld) -> Vec<HoldKey> {
    let mut keys = Vec::new();
    match &held.next {
        Upcoming::Step { kind, .. } => {
            let is_sequence = *kind == StepKind::Sequence;
            keys.push((
                "Enter",
                if is_sequence {
                    "step into it"
                } else {
                    "run it"
                },
            ));
            if is_sequence {
                keys.push(("o", "run it whole"));
            }
            keys.push(("s", "skip it"));
        }
        Upcoming::Ended { .. } | Upcoming::Other => keys.push(("Enter", "go on")),
        Upcoming::Abort { .. } => keys.push(("Enter", "let it be aborted")),
        Upcoming::End { .. } => keys.push(("Enter", "let it end")),
    }
    if held.after.is_some() {
        keys.push(("r", "run the last one again"));
    }
    keys.push(("v", "variables"));
    keys.push(("c", "go on without holding"));
    keys.push(("Ctrl-C", "abort"));
    keys
}

/// Reads `NAME=VALUE`; the value is what it spells as JSON, else a text.
pub(crate) fn assignment(text: &str) -> Result<(String, Value), String> {
    let Some((name, value)) = text.split_once('=') else {
        return Err("write it as NAME=VALUE".to_owned());
    };
    let name = name.trim();
    if name.is_empty() {
        return Err("write the name of a variable before the =".to_owned());
    }
    if Variables::is_reserved(name) {
        return Err(format!("{name} is a reserved name and cannot be set"));
    }
    Ok((name.to_owned(), typed(value.trim())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn assignment_takes_what_the_value_spells() {
        let cases = [
            ("x=5", "x", json!(5)),
            (" x = 3.30 ", "x", json!(3.30)),
            ("on=true", "on", json!(true)),
            ("name=a=b", "name", json!("a=b")),
            ("name=\" a\"", "name", json!(" a")),
            ("list=[1, 2]", "list", json!([1, 2])),
            ("empty=", "empty", json!("")),
        ];
        for (text, name, value) in cases {
            assert_eq!(assignment(text), Ok((name.to_owned(), value)), "{text}");
        }
        for text in ["x", "=5", "cfg.DMM=1", "global.lot=2", "__iteration__=1"] {
            assert!(assignment(text).is_err(), "{text}");
        }
    }
}
