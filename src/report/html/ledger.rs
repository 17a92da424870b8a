//! The rest of a report: questions and answers, holds, logs, files, and everything the run was
//! made with.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::event::{ArtifactRef, Level, Upcoming, hex};
use crate::measure::spell;
use crate::record::{
    HoldRecord, OPERATOR_CHANGED, PromptOutcome, PromptRecord, VARIABLE_SET, duration_text,
};
use crate::report::Subject;

/// Images up to so many bytes are part of the document.
const IMAGE_AT_MOST: u64 = 1 << 20;

/// View of `ledger.html.j2`.
#[derive(Debug, Serialize)]
pub(in crate::report) struct Ledger<'a> {
    prompts: Vec<PromptView<'a>>,
    holds: Vec<HoldView<'a>>,
    logs: Vec<Vec<LogView<'a>>>,
    log_count: usize,
    files: Vec<FileRow<'a>>,
    /// Headings, and names with values.
    tables: Vec<(&'static str, Vec<(String, String)>)>,
    engine_version: &'a str,
    definition: &'a str,
}

#[derive(Debug, Serialize)]
struct PromptView<'a> {
    step: u32,
    name: String,
    title: Option<&'a str>,
    message: &'a str,
    image: Option<&'a str>,
    image_digest: Option<&'a str>,
    opened: String,
    answer: String,
    by: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct HoldView<'a> {
    at: String,
    because: &'static str,
    next: &'a str,
    command: String,
    by: &'a str,
    held: String,
}

#[derive(Debug, Serialize)]
struct LogView<'a> {
    at: String,
    class: &'static str,
    level: &'static str,
    source: &'a str,
    step: Option<u32>,
    message: &'a str,
}

#[derive(Debug, Serialize)]
struct FileRow<'a> {
    step: u32,
    file: FileView<'a>,
    digest: &'a str,
}

/// A file of a step.
#[derive(Debug, Serialize)]
pub(super) struct FileView<'a> {
    name: &'a str,
    path: &'a str,
    media_type: &'a str,
    size: String,
    /// The file itself, where it is an image that a page can hold.
    image: Option<String>,
    /// The file that lies there now is not the one that was recorded.
    is_changed: bool,
}

impl<'a> FileView<'a> {
    pub(super) fn new(file: &'a ArtifactRef, subject: &Subject<'_>) -> Self {
        let wanted = is_image(&file.media_type) && file.size <= IMAGE_AT_MOST;
        let bytes = if wanted {
            (subject.artifact)(file)
        } else {
            None
        };
        let is_changed = bytes
            .as_ref()
            .is_some_and(|bytes| hex(&Sha256::digest(bytes)) != file.digest);
        let image = bytes
            .filter(|_| !is_changed)
            .map(|bytes| format!("data:{};base64,{}", file.media_type, STANDARD.encode(bytes)));
        Self {
            name: &file.name,
            path: &file.path,
            media_type: &file.media_type,
            size: size(file.size),
            image,
            is_changed,
        }
    }
}

fn is_image(media_type: &str) -> bool {
    let known = ["png", "jpeg", "gif", "webp", "svg+xml"];
    media_type
        .strip_prefix("image/")
        .is_some_and(|form| known.contains(&form))
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// Lines of a log that a browser lays out at once.
const CHUNK: usize = 200;

impl<'a> Ledger<'a> {
    pub(in crate::report) fn new(subject: &'a Subject<'a>) -> Self {
        let record = subject.record;
        let logs: Vec<_> = record
            .logs
            .chunks(CHUNK)
            .map(|chunk| {
                let lines = chunk.iter().map(|log| LogView {
                    at: subject.time_of_day(log.at),
                    class: match log.level {
                        Level::Error => "error",
                        Level::Warning => "aborted",
                        Level::Info | Level::Debug => "open",
                    },
                    level: log.level.as_str(),
                    source: &log.source,
                    step: log.step.map(|step| step.0),
                    message: &log.message,
                });
                lines.collect()
            })
            .collect();
        Self {
            prompts: record
                .prompts
                .iter()
                .map(|prompt| prompt_view(prompt, subject))
                .collect(),
            holds: record
                .holds
                .iter()
                .map(|hold| hold_view(hold, subject))
                .collect(),
            logs,
            log_count: record.logs.len(),
            files: files(subject),
            tables: tables(subject),
            engine_version: &record.started.engine_version,
            definition: &record.started.definition_digest,
        }
    }
}

fn prompt_view<'a>(record: &'a PromptRecord, subject: &Subject<'_>) -> PromptView<'a> {
    let (answer, by) = match &record.outcome {
        None => (
            "no answer: the run ended while it was open".to_owned(),
            None,
        ),
        Some(PromptOutcome::Withdrawn { reason, .. }) => (format!("withdrawn: {reason}"), None),
        Some(PromptOutcome::Answered { at, answer }) => {
            let mut parts = Vec::new();
            parts.extend(answer.button.clone());
            parts.extend(answer.raw.clone());
            if let (Some(value), None) = (&answer.value, &answer.raw) {
                parts.push(spell(value));
            }
            if answer.unattended {
                parts.push("(unattended: nobody was there)".to_owned());
            }
            if answer.timed_out {
                parts.push("(the time ran out)".to_owned());
            }
            parts.push(format!("at {}", subject.time_of_day(*at)));
            (parts.join(" "), answer.by.as_deref())
        }
    };
    let step = subject.record.step(record.step);
    PromptView {
        step: record.step.0,
        name: step
            .map(|step| step.started.name.clone())
            .unwrap_or_default(),
        title: record.prompt.title.as_deref(),
        message: &record.prompt.message,
        image: record.prompt.image.as_deref(),
        image_digest: record.prompt.image_digest(),
        opened: subject.time_of_day(record.opened_at),
        answer,
        by,
    }
}

fn hold_view<'a>(hold: &'a HoldRecord, subject: &Subject<'_>) -> HoldView<'a> {
    let commanded = hold.commanded.as_ref().map(|(_, commanded)| commanded);
    HoldView {
        at: subject.time_of_day(hold.at),
        because: hold.held.because.as_str(),
        next: match &hold.held.next {
            Upcoming::Step { path, .. } | Upcoming::Ended { path, .. } => path,
            Upcoming::Abort { .. } | Upcoming::End { .. } | Upcoming::Other => "the end",
        },
        command: commanded
            .map_or("none", |told| told.command.as_str())
            .to_owned(),
        by: commanded
            .and_then(|told| told.by.as_deref())
            .unwrap_or_default(),
        held: duration_text(hold.held_us()),
    }
}

fn files<'a>(subject: &'a Subject<'a>) -> Vec<FileRow<'a>> {
    let steps = subject.record.steps.iter();
    steps
        .flat_map(|step| step.artifacts.iter().map(move |file| (step.no().0, file)))
        .map(|(step, file)| FileRow {
            step,
            file: FileView {
                image: None,
                ..FileView::new(file, subject)
            },
            digest: &file.digest,
        })
        .collect()
}

/// What the run was made with.
fn tables(subject: &Subject<'_>) -> Vec<(&'static str, Vec<(String, String)>)> {
    let record = subject.record;
    let started = &record.started;
    let map = |map: &serde_json::Map<String, Value>| -> Vec<_> {
        map.iter()
            .map(|(key, value)| (key.clone(), spell(value)))
            .collect()
    };
    let facts = record.facts.iter().map(|(name, value)| {
        let name = match name.as_str() {
            VARIABLE_SET => "variables set",
            OPERATOR_CHANGED => "operator changed",
            other => other,
        };
        (name.to_owned(), spell(value))
    });
    let packages = started.packages.iter().map(|package| {
        let commit = package.commit.as_deref().unwrap_or("no commit");
        (
            format!("{} {}", package.name, package.version),
            format!("{commit}, digest {}", package.digest),
        )
    });
    let runners = record.runners.iter().map(|runner| {
        let name = format!("{} (start {})", runner.runner, runner.generation);
        (
            name,
            format!("{} {}, {}", runner.name, runner.version, runner.runtime),
        )
    });
    let definitions = record.definitions.iter().map(|definition| {
        let package = definition
            .package
            .as_deref()
            .map_or_else(String::new, |name| format!("{name}/"));
        (
            format!("{package}{}", definition.path),
            definition.digest.clone(),
        )
    });
    let tables = vec![
        ("Given by hand", map(&started.overrides)),
        ("Tags", map(&started.tags)),
        ("Station config", map(&started.config_snapshot)),
        ("Packages", packages.collect()),
        ("Definitions", definitions.collect()),
        ("Runners", runners.collect()),
        ("Facts", facts.collect()),
    ];
    tables
        .into_iter()
        .filter(|(_, rows)| !rows.is_empty())
        .collect()
}
