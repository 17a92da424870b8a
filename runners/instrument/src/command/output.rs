//! What a program wrote, kept in memory up to a bound and in a file beyond it.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

use maestro_protocol::{Artifact, ErrorObject};

use crate::failure::internal;
use crate::files::Files;

/// Bytes that are kept in memory: what `parse` can look at.
const KEPT: usize = 8 << 20;
/// Bytes of one stream that a step may leave behind in a file.
const FILED: u64 = 1 << 30;
/// The largest text that is an output as a whole (PROTOCOL, Bounds).
const WHOLE: usize = 256 << 10;
/// What is left of a larger one.
const HEAD: usize = 64 << 10;

/// One stream of a program.
#[derive(Debug)]
pub(super) struct Output {
    /// `stdout` or `stderr`.
    pub(super) name: &'static str,
    kept: Vec<u8>,
    file: Option<(PathBuf, File)>,
    total: u64,
}

/// The text of a stream, as far as it goes into an answer.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) shown: String,
    /// What was left out or changed, for the log.
    pub(super) notes: Vec<String>,
    pub(super) artifact: Option<Artifact>,
}

impl Output {
    pub(super) const fn new(name: &'static str) -> Self {
        Self {
            name,
            kept: Vec::new(),
            file: None,
            total: 0,
        }
    }

    /// Takes more of the stream.
    pub(super) fn push(&mut self, bytes: &[u8], files: &mut Files) -> Result<(), ErrorObject> {
        let before = self.total;
        self.total += bytes.len() as u64;
        let room = KEPT - self.kept.len();
        if bytes.len() > room && self.file.is_none() {
            self.write_file(files)?;
        }
        self.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if let Some((path, file)) = &mut self.file
            && before < FILED
        {
            file.write_all(bytes)
                .map_err(|error| internal(format!("{}: {error}", path.display())))?;
        }
        Ok(())
    }

    fn write_file(&mut self, files: &mut Files) -> Result<(), ErrorObject> {
        let (path, mut file) = files.create(&format!("{}.txt", self.name))?;
        file.write_all(&self.kept)
            .map_err(|error| internal(format!("{}: {error}", path.display())))?;
        self.file = Some((path, file));
        Ok(())
    }

    /// All of it, for `parse`; `None` when it is too much.
    pub(super) fn whole(&self) -> Option<std::borrow::Cow<'_, str>> {
        (self.total as usize <= KEPT).then(|| String::from_utf8_lossy(&self.kept))
    }

    pub(super) const fn total(&self) -> u64 {
        self.total
    }

    /// The stream as an output, and the file of one that is too long for that.
    pub(super) fn text(&mut self, files: &mut Files) -> Result<Text, ErrorObject> {
        let mut notes = Vec::new();
        let name = self.name;
        let is_text = std::str::from_utf8(&self.kept).is_ok() || self.cut_in_character();
        if !is_text {
            notes.push(format!(
                "{name} is not UTF-8: what could not be read is shown as \u{fffd}"
            ));
        }
        let text = String::from_utf8_lossy(&self.kept);
        if text.len() <= WHOLE {
            return Ok(Text {
                shown: text.into_owned(),
                notes,
                artifact: None,
            });
        }
        let head = text[..text.floor_char_boundary(HEAD)].to_owned();
        if self.file.is_none() {
            self.write_file(files)?;
        }
        notes.push(format!(
            "{name} has {} bytes: the output has the first {}, the artifact {name}.txt all",
            self.total,
            head.len()
        ));
        if self.total > FILED {
            notes.push(format!("of {name} about {FILED} bytes were kept"));
        }
        let artifact = self.file.as_ref().map(|(path, _)| Artifact {
            name: format!("{name}.txt"),
            path: path.display().to_string(),
            media_type: Some("text/plain".to_owned()),
        });
        Ok(Text {
            shown: head,
            notes,
            artifact,
        })
    }

    /// Whether the only fault of the kept bytes is that they end within a character.
    fn cut_in_character(&self) -> bool {
        let is_cut = self.total as usize > self.kept.len();
        is_cut && std::str::from_utf8(&self.kept).is_err_and(|error| error.error_len().is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(bytes: &[u8], files: &mut Files) -> Output {
        let mut output = Output::new("stdout");
        for chunk in bytes.chunks(64 << 10) {
            output.push(chunk, files).unwrap();
        }
        output
    }

    #[test]
    fn short_text_is_whole_and_leaves_no_file() {
        let mut files = Files::default();
        let text = output("ok ä\n".as_bytes(), &mut files)
            .text(&mut files)
            .unwrap();
        assert_eq!(text.shown, "ok ä\n");
        assert!(text.notes.is_empty() && text.artifact.is_none());
    }

    #[test]
    fn bytes_that_are_no_text_are_said() {
        let mut files = Files::default();
        let text = output(b"a\xffb", &mut files).text(&mut files).unwrap();
        assert_eq!(text.shown, "a\u{fffd}b");
        assert!(text.notes[0].contains("not UTF-8"), "{:?}", text.notes);
    }

    #[test]
    fn flood_leaves_its_head_and_a_file_with_all_of_it() {
        for size in [WHOLE + 1, KEPT + 12_345] {
            let mut files = Files::default();
            let bytes: Vec<u8> = (0..size).map(|at| b'a' + (at % 23) as u8).collect();
            let mut output = output(&bytes, &mut files);
            assert_eq!(output.whole().is_some(), size <= KEPT);
            let text = output.text(&mut files).unwrap();
            assert_eq!(text.shown.len(), HEAD);
            let path = text.artifact.unwrap().path;
            assert!(std::fs::read(path).unwrap() == bytes);
        }
    }
}
