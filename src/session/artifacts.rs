//! Files that belong to a run: what runners return, and values too large for an event.
//!
//! Everything lies under `$MAESTRO_HOME/artifacts/<run>/`; events name it by digest and size.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::mask::{FileMask, Masker};
use crate::event::{ArtifactRef, Event, StepFinished, StepNo, hex};

/// A value of more bytes than this leaves the event (PROTOCOL, Bounds).
const VALUE_AT_MOST: usize = 16 * 1024;

/// The values of one event together; what is beyond leaves it too.
const EVENT_AT_MOST: usize = 200 * 1024;

/// Bytes of a large value that stay in the event.
const HEAD: usize = 256;

/// What a replaced value takes at most: its head, escaped, and where it lies.
const REPLACED: usize = 6 * HEAD + 1024;

/// Name of the value that stands for those that did not fit.
const MORE: &str = "more";

/// The artifacts of one run.
#[derive(Debug)]
pub(super) struct Artifacts {
    home: PathBuf,
    run: String,
    masker: Masker,
    count: u32,
}

impl Artifacts {
    pub(super) const fn new(home: PathBuf, run: String, masker: Masker) -> Self {
        Self {
            home,
            run,
            masker,
            count: 0,
        }
    }

    /// Copies a file that a runner returned, without the secrets in it.
    pub(super) fn keep_file(
        &mut self,
        artifact: &maestro_protocol::Artifact,
        workdir: &Path,
    ) -> io::Result<ArtifactRef> {
        let source = workdir.join(&artifact.path);
        let mut name = artifact.name.clone();
        self.masker.text(&mut name);
        let (relative, mut target) = self.create(&name)?;
        let mut mask = FileMask::new(self.masker.clone());
        let mut digest = Sha256::new();
        let mut size = 0;
        let mut file = File::open(&source)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other(format!(
                "{} is not a file",
                source.display()
            )));
        }
        let mut chunk = vec![0; 64 * 1024];
        loop {
            let read = file.read(&mut chunk)?;
            let masked = match read {
                0 => mask.end(),
                read => mask.next(&chunk[..read]),
            };
            digest.update(&masked);
            target.write_all(&masked)?;
            size += masked.len() as u64;
            if read == 0 {
                break;
            }
        }
        target.sync_data()?;
        Ok(ArtifactRef {
            name,
            path: relative,
            media_type: artifact
                .media_type
                .clone()
                .unwrap_or_else(|| "application/octet-stream".to_owned()),
            digest: hex(&digest.finalize()),
            size,
        })
    }

    /// Takes values out of an event that is too large for a journal line; gives the artifacts that
    /// hold them now.
    pub(super) fn shrink(&mut self, event: &mut Event) -> Vec<(StepNo, ArtifactRef)> {
        let mut kept = Vec::new();
        match event {
            Event::StepFinished(finished) => {
                let step = finished.step;
                let mut room = EVENT_AT_MOST;
                self.shrink_map(step, &mut finished.outputs, &mut room, &mut kept);
                self.shrink_map(step, &mut finished.published, &mut room, &mut kept);
                if let Some(parameters) = &mut finished.parameters {
                    self.shrink_map(step, parameters, &mut room, &mut kept);
                }
                for measurement in &mut finished.measurements {
                    shrink_text(&mut measurement.actual_text);
                    shrink_text(&mut measurement.raw_value);
                    shrink_text(&mut measurement.reason);
                }
                shrink_text(&mut finished.reason);
                if let Some(error) = &mut finished.error {
                    cut(&mut error.message);
                    shrink_text(&mut error.traceback);
                }
            }
            Event::AttemptFinished(finished) => {
                let mut room = EVENT_AT_MOST;
                self.shrink_map(finished.step, &mut finished.outputs, &mut room, &mut kept);
                for measurement in &mut finished.measurements {
                    shrink_text(&mut measurement.actual_text);
                }
                shrink_text(&mut finished.reason);
            }
            Event::VariableSet(set) => match set.step {
                Some(step) => {
                    let mut room = EVENT_AT_MOST;
                    self.shrink_map(step, &mut set.values, &mut room, &mut kept);
                }
                None => cut_values(&mut set.values),
            },
            // The runner is called by the plan: this only tells of it.
            Event::StepStarted(started) => started.target.iter_mut().for_each(cut_value),
            Event::PromptOpened { prompt, .. } => {
                cut(&mut prompt.message);
                shrink_text(&mut prompt.title);
            }
            Event::FactFound { value, .. } => cut_value(value),
            Event::Logged { message, .. } => cut(message),
            Event::RunnerStopped { reason, .. } => cut(reason),
            Event::Progressed { message, .. } => shrink_text(message),
            _ => {}
        }
        kept
    }

    fn shrink_map(
        &mut self,
        step: StepNo,
        map: &mut Map<String, Value>,
        room: &mut usize,
        kept: &mut Vec<(StepNo, ArtifactRef)>,
    ) {
        let is_small = map.values().all(|value| size_of(value) <= VALUE_AT_MOST);
        let whole: usize = map
            .iter()
            .map(|(name, value)| name.len() + size_of(value))
            .sum();
        if is_small && whole <= *room {
            *room -= whole;
            return;
        }
        let mut rest = Map::new();
        for (name, mut value) in std::mem::take(map) {
            let mut size = name.len() + size_of(&value);
            if size > VALUE_AT_MOST && name.len() < HEAD && *room > REPLACED {
                value = self.replace(step, &name, &value, kept);
                size = REPLACED;
            }
            if size <= *room {
                *room -= size;
                map.insert(name, value);
            } else {
                rest.insert(name, value);
            }
        }
        // What does not fit goes into one file: many small values must not become many files.
        if !rest.is_empty() {
            let rest = self.replace(step, MORE, &Value::Object(rest), kept);
            map.insert(MORE.to_owned(), rest);
        }
    }

    /// Keeps a value in a file; gives what stands for it in the event.
    fn replace(
        &mut self,
        step: StepNo,
        name: &str,
        value: &Value,
        kept: &mut Vec<(StepNo, ArtifactRef)>,
    ) -> Value {
        let text = value.to_string();
        let head = &text[..text.floor_char_boundary(HEAD)];
        match self.keep_text(name, &text) {
            Ok(artifact) => {
                let value = json!({
                    "artifact": artifact.path,
                    "digest": artifact.digest,
                    "size": artifact.size,
                    "head": head,
                });
                kept.push((step, artifact));
                value
            }
            Err(error) => json!({ "lost": error.to_string(), "size": text.len(), "head": head }),
        }
    }

    fn keep_text(&mut self, name: &str, text: &str) -> io::Result<ArtifactRef> {
        let (relative, mut file) = self.create(&format!("{name}.json"))?;
        file.write_all(text.as_bytes())?;
        file.sync_data()?;
        Ok(ArtifactRef {
            name: name.to_owned(),
            path: relative,
            media_type: "application/json".to_owned(),
            digest: hex(&Sha256::digest(text.as_bytes())),
            size: text.len() as u64,
        })
    }

    /// A new file of the run and its path relative to the folder of all artifacts.
    fn create(&mut self, name: &str) -> io::Result<(String, File)> {
        self.count += 1;
        let safe: String = name
            .chars()
            .map(|c| {
                if c.is_alphanumeric() || matches!(c, '.' | '-' | '_') {
                    c
                } else {
                    '_'
                }
            })
            .take(80)
            .collect();
        let relative = format!("{}/{:04}-{safe}", self.run, self.count);
        let path = self.home.join("artifacts").join(&relative);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok((relative, File::create_new(path)?))
    }
}

/// About how many bytes a value takes as JSON.
fn size_of(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 5,
        Value::Number(_) => 12,
        Value::String(text) => text.len() + 2,
        Value::Array(items) => items.iter().map(|item| size_of(item) + 1).sum::<usize>() + 2,
        Value::Object(map) => {
            map.iter()
                .map(|(key, value)| key.len() + 4 + size_of(value))
                .sum::<usize>()
                + 2
        }
    }
}

/// Cuts what is too large for an event in a step beside the test, which leaves no artifacts.
pub(super) fn cut_step(finished: &mut StepFinished) {
    cut_values(&mut finished.outputs);
    shrink_text(&mut finished.reason);
    if let Some(error) = &mut finished.error {
        cut(&mut error.message);
    }
}

/// Cuts values that no step's artifacts can hold: what the definition declares is in the record.
fn cut_values(values: &mut Map<String, Value>) {
    let mut room = EVENT_AT_MOST;
    for value in values.values_mut() {
        let size = size_of(value);
        if size <= VALUE_AT_MOST.min(room) {
            room -= size;
            continue;
        }
        let text = value.to_string();
        let head = &text[..text.floor_char_boundary(HEAD.min(room))];
        *value = json!({ "size": text.len(), "head": head });
        room = room.saturating_sub(size_of(value));
    }
}

/// The same for one value, the parts of a map each.
fn cut_value(value: &mut Value) {
    if size_of(value) <= VALUE_AT_MOST {
        return;
    }
    if let Value::Object(map) = value {
        return cut_values(map);
    }
    let text = value.to_string();
    let head = &text[..text.floor_char_boundary(HEAD)];
    *value = json!({ "size": text.len(), "head": head });
}

fn shrink_text(text: &mut Option<String>) {
    if let Some(text) = text {
        cut(text);
    }
}

/// Cuts a text that is too long for an event and says so.
fn cut(text: &mut String) {
    if text.len() > VALUE_AT_MOST {
        let whole = text.len();
        text.truncate(text.floor_char_boundary(VALUE_AT_MOST));
        let _ = write!(text, "… ({whole} bytes in all)");
    }
}
