//! The names that a text reads, judged against the scope.

use std::collections::BTreeSet;

use super::scope::{Knowledge, Scope};
use super::walk::Surroundings;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::expr::{Condition, NameUse, Template};
use crate::package::model::has_template;
use crate::source::Span;

/// `exec.*` besides `exec.tag.*`.
const EXEC: [&str; 12] = [
    "serial_number",
    "operator_id",
    "station_id",
    "execution_id",
    "test_name",
    "test_version",
    "package_name",
    "package_version",
    "started_at",
    "unattended",
    "prompt.response",
    "prompt.action",
];

/// A text that is rendered or evaluated.
#[derive(Debug, Clone, Copy)]
pub(super) enum Used<'a> {
    Template(&'a str, Span),
    Condition(&'a str, Span),
}

/// A judged name: the finding and what it is about.
pub(super) struct Verdict {
    pub(super) finding: Diagnostic,
    pub(super) name: String,
}

/// Judges every name of a text. What cannot be parsed is told by the rule `syntax`.
pub(super) fn judge(
    used: Used<'_>,
    scope: &Scope<'_>,
    surroundings: &Surroundings<'_>,
) -> Vec<Verdict> {
    let (text, span, names) = match used {
        Used::Template(text, _) if !has_template(text) => return Vec::new(),
        Used::Template(text, span) => (text, span, Template::parse(text).map(|t| t.names())),
        Used::Condition(text, span) => {
            let names = Condition::parse(text).map(|condition| condition.names().to_vec());
            (text, span, names)
        }
    };
    let names = names.unwrap_or_default();
    let judged = names.iter().filter(|name| !is_guarded(name, scope));
    judged
        .filter_map(|name| {
            let range = name.range.clone();
            let place = surroundings.package.sources.inside(span, text, range);
            let finding = judge_name(&name.name, place, scope, surroundings)?;
            Some(Verdict {
                finding,
                name: name.name.clone(),
            })
        })
        .collect()
}

/// Whether the expression copes with a missing name, or is a name as a whole (`{{my-var}}`).
fn is_guarded(name: &NameUse, scope: &Scope<'_>) -> bool {
    let Some(within) = &name.within else {
        return false;
    };
    let copes = within.contains("default") || within.contains(" is ");
    copes || scope.knows(within.trim()) == Knowledge::Certain
}

fn judge_name(
    name: &str,
    place: Span,
    scope: &Scope<'_>,
    surroundings: &Surroundings<'_>,
) -> Option<Diagnostic> {
    if scope.knows(name) == Knowledge::Certain {
        return None;
    }
    let (root, rest) = name.split_once('.').unwrap_or((name, ""));
    match root {
        "test" => bare(rest, place, scope, surroundings),
        "cfg" => cfg(rest, place, surroundings),
        "exec" => exec(rest, place, surroundings),
        // Known when the run starts, and not before.
        "mes" | "global" => None,
        _ => bare(name, place, scope, surroundings),
    }
}

fn bare(
    name: &str,
    place: Span,
    scope: &Scope<'_>,
    surroundings: &Surroundings<'_>,
) -> Option<Diagnostic> {
    match scope.knows(name) {
        Knowledge::Certain => None,
        Knowledge::Never if surroundings.may_have_callers => Some(uncertain(
            name,
            place,
            "set by the calling test, if at all",
            scope,
        )),
        Knowledge::Possible => Some(uncertain(
            name,
            place,
            "exists only if an earlier step returns it",
            scope,
        )),
        Knowledge::Never => Some(undeclared(name, place, did_you_mean(name, scope.names()))),
    }
}

fn uncertain(name: &str, place: Span, label: &str, scope: &Scope<'_>) -> Diagnostic {
    let message = format!("Variable '{name}' is declared nowhere");
    Diagnostic::hint(Code::VariableNotCertain, message)
        .at(place, label)
        .help("declare it in `variables` to be certain")
        .maybe_help(did_you_mean(name, scope.names()))
}

fn undeclared(name: &str, place: Span, help: Option<String>) -> Diagnostic {
    Diagnostic::error(
        Code::UndeclaredVariable,
        format!("Undeclared variable '{name}'"),
    )
    .at(place, "nothing produces it before this")
    .help("declare it in `variables`, or set it in `outputs` of an earlier step")
    .maybe_help(help)
}

fn cfg(key: &str, place: Span, surroundings: &Surroundings<'_>) -> Option<Diagnostic> {
    let keys = surroundings.facts.cfg_keys.as_ref()?;
    if key.is_empty() || contains(keys.iter().map(String::as_str), key) {
        return None;
    }
    let message = format!("the station config has no key `{key}`");
    Some(
        Diagnostic::error(Code::CfgKeyUnknown, message)
            .at(place, "not set at this station")
            .help("set it, or write `{{ cfg.KEY | default(…) }}`")
            .maybe_help(did_you_mean(key, keys.iter().map(String::as_str))),
    )
}

fn exec(key: &str, place: Span, surroundings: &Surroundings<'_>) -> Option<Diagnostic> {
    if key.is_empty() || contains(EXEC.into_iter(), key) || matches!(key, "prompt" | "tag") {
        return None;
    }
    if let Some(tag) = key.strip_prefix("tag.") {
        if contains(surroundings.tags.iter().map(String::as_str), tag)
            || surroundings.may_have_callers
        {
            return None;
        }
        let message = format!("the test has no tag `{tag}`");
        return Some(
            Diagnostic::hint(Code::VariableNotCertain, message)
                .at(place, "exists only if it is given with `--tag`")
                .help("declare it in `tags`, or require it in `required_tags`"),
        );
    }
    let name = format!("exec.{key}");
    let help = did_you_mean(key, EXEC).map(|help| help.replacen('`', "`exec.", 1));
    Some(undeclared(&name, place, help))
}

/// Whether a key is there, ignoring case and `_`. A key may lead into a value (`DMM.port`).
fn contains<'a>(mut keys: impl Iterator<Item = &'a str>, key: &str) -> bool {
    let fold = |text: &str| {
        let letters = text.chars().filter(|c| *c != '_');
        letters.flat_map(char::to_lowercase).collect::<String>()
    };
    let wanted = fold(key);
    keys.any(|known| {
        let known = fold(known);
        wanted == known
            || wanted
                .strip_prefix(&known)
                .is_some_and(|rest| rest.starts_with('.'))
    })
}

/// Names about which a hint was given, by file: one is enough.
pub(super) type Hinted = BTreeSet<(usize, String)>;
