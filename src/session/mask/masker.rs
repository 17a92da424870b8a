//! Finds secrets in texts and values.

use std::ops::Range;
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use serde_json::{Map, Value};

use super::forms::{Edges, Forms};
use crate::station::config::Secret;

/// What stands where a secret stood.
pub(super) const MASK: &str = "***";

/// The shortest text that is looked for. `config set` refuses secrets of fewer than eight
/// characters; what came into a database by other ways and is shorter than this would blacken
/// whole records.
const SHORTEST: usize = 4;

/// Bytes of a form that count as it where a text was cut.
pub(super) const CUT_AT_LEAST: usize = 4;

/// Marks of a text that was cut.
const CUTS: [&str; 2] = ["…", "..."];

/// Knows the secrets of one run. Cloning it is cheap.
#[derive(Debug, Clone, Default)]
pub(crate) struct Masker {
    found: Option<Arc<Finder>>,
    /// The serial number of the unit: as a whole text it is no secret.
    serial: Option<Arc<str>>,
}

/// The automaton over all forms of all secrets.
pub(super) struct Finder {
    automaton: AhoCorasick,
    edges: Vec<Edges>,
    /// Forms in the order of their bytes, and with their bytes in reverse.
    forward: Vec<Vec<u8>>,
    backward: Vec<Vec<u8>>,
    shortest: usize,
    /// Bytes of the longest form.
    pub(super) longest: usize,
}

impl std::fmt::Debug for Finder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Finder of {} forms", self.edges.len())
    }
}

impl Masker {
    /// Masks these secrets in the run of the unit with this serial number.
    pub(crate) fn new(secrets: &[Secret], serial: Option<&str>) -> Self {
        let mut forms = Forms::default();
        for secret in secrets {
            if secret.reveal().chars().count() >= SHORTEST {
                forms.add(secret.reveal());
            }
        }
        Self {
            found: Finder::new(forms).map(Arc::new),
            serial: serial.map(Arc::from),
        }
    }

    /// Whether there is nothing to mask.
    pub(crate) const fn is_empty(&self) -> bool {
        self.found.is_none()
    }

    pub(super) fn finder(&self) -> Option<&Arc<Finder>> {
        self.found.as_ref()
    }

    /// Masks a text in place.
    pub(crate) fn text(&self, text: &mut String) {
        if let Some(finder) = &self.found
            && let Some(masked) = finder.masked(text)
            && self.serial.as_deref() != Some(text)
        {
            *text = masked;
        }
    }

    pub(super) fn texts<'t>(&self, texts: impl IntoIterator<Item = &'t mut String>) {
        for text in texts {
            self.text(text);
        }
    }

    pub(crate) fn maybe(&self, text: &mut Option<String>) {
        if let Some(text) = text {
            self.text(text);
        }
    }

    /// Masks a text that may be the spelling of a number, which is never masked.
    pub(super) fn unless_number(&self, text: &mut String) {
        if !self.is_empty() && text.trim().parse::<f64>().is_err() {
            self.text(text);
        }
    }

    /// Masks every text of a value, keys too; numbers stay.
    pub(crate) fn value(&self, value: &mut Value) {
        if self.is_empty() {
            return;
        }
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
            Value::String(text) => self.text(text),
            Value::Array(items) => {
                for item in items {
                    self.value(item);
                }
            }
            Value::Object(map) => self.map(map),
        }
    }

    /// Masks the texts and keys of a map.
    pub(crate) fn map(&self, map: &mut Map<String, Value>) {
        let Some(finder) = &self.found else { return };
        for value in map.values_mut() {
            self.value(value);
        }
        if map.keys().any(|key| finder.masked(key).is_some()) {
            *map = self.renamed(std::mem::take(map));
        }
    }

    /// A map with masked keys; those that became the same are told apart by a number.
    fn renamed(&self, map: Map<String, Value>) -> Map<String, Value> {
        let mut renamed = Map::new();
        for (mut key, value) in map {
            self.text(&mut key);
            let mut name = key.clone();
            let mut count = 1;
            while renamed.contains_key(&name) {
                count += 1;
                name = format!("{key} ({count})");
            }
            renamed.insert(name, value);
        }
        renamed
    }
}

impl Finder {
    fn new(forms: Forms) -> Option<Self> {
        let (forward, edges): (Vec<_>, Vec<_>) = forms.into_sorted().into_iter().unzip();
        if forward.is_empty() {
            return None;
        }
        let automaton = AhoCorasick::new(&forward)
            .expect("the forms of some short texts are fewer than the automaton can hold");
        let reversed = |form: &Vec<u8>| form.iter().rev().copied().collect();
        let mut backward: Vec<Vec<u8>> = forward.iter().map(reversed).collect();
        backward.sort_unstable();
        Some(Self {
            automaton,
            edges,
            shortest: forward.iter().map(Vec::len).min().unwrap_or(0),
            longest: forward.iter().map(Vec::len).max().unwrap_or(0),
            forward,
            backward,
        })
    }

    /// The places of secrets, in order, apart from each other.
    pub(super) fn places(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        // Most texts are short or hold none, and this search may skip.
        if bytes.len() < self.shortest || self.automaton.find(bytes).is_none() {
            return Vec::new();
        }
        let found = self.automaton.find_overlapping_iter(bytes);
        joined(found.map(|found| self.widened(found.range(), found.pattern().as_usize(), bytes)))
    }

    /// The text without secrets, if it holds any.
    pub(super) fn masked(&self, text: &str) -> Option<String> {
        let mut places = self.places(text.as_bytes());
        if has_cut(text) {
            places = joined(places.into_iter().chain(self.cut_places(text)));
        }
        (!places.is_empty()).then(|| replaced(text, &places))
    }

    /// Bytes at the end of `bytes` that are the beginning of a form, as many as can be.
    pub(super) fn begun(&self, bytes: &[u8]) -> usize {
        let least = bytes.len().saturating_sub(self.longest.saturating_sub(1));
        let begins = |at: &usize| is_beginning(&self.forward, &bytes[*at..]);
        (least..bytes.len())
            .find(begins)
            .map_or(0, |at| bytes.len() - at)
    }

    /// Bytes at the start of `bytes` that are the end of a form, as many as can be.
    fn ended(&self, bytes: &[u8]) -> usize {
        let head = &bytes[..bytes.len().min(self.longest.saturating_sub(1))];
        let reversed: Vec<u8> = head.iter().rev().copied().collect();
        let ends = |at: &usize| is_beginning(&self.backward, &reversed[*at..]);
        (0..reversed.len())
            .find(ends)
            .map_or(0, |at| reversed.len() - at)
    }

    /// Where a cut has left the beginning or the end of a secret.
    fn cut_places(&self, text: &str) -> Vec<Range<usize>> {
        let mut places = Vec::new();
        for mark in CUTS {
            for (at, _) in text.match_indices(mark) {
                let before = self.begun(&text.as_bytes()[..at]);
                if before >= CUT_AT_LEAST {
                    places.push(at - before..at);
                }
                let next = at + mark.len();
                let after = self.ended(&text.as_bytes()[next..]);
                if after >= CUT_AT_LEAST {
                    places.push(next..next + after);
                }
            }
        }
        places
    }

    /// With the characters of base64 that hold the first and the last bits of the secret.
    fn widened(&self, place: Range<usize>, pattern: usize, bytes: &[u8]) -> Range<usize> {
        let edges = self.edges[pattern];
        let is_base64 = |at: usize| {
            bytes.get(at).is_some_and(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
            })
        };
        let before = edges.before && place.start > 0 && is_base64(place.start - 1);
        let after = edges.after && is_base64(place.end);
        place.start - usize::from(before)..place.end + usize::from(after)
    }
}

/// The text with the mask in these places.
pub(super) fn replaced(text: &str, places: &[Range<usize>]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut end = 0;
    for place in places {
        // A form that is no UTF-8 can match only where a text is strange.
        let start = text.floor_char_boundary(place.start).max(end);
        masked.push_str(&text[end..start]);
        masked.push_str(MASK);
        end = text.ceil_char_boundary(place.end);
    }
    masked.push_str(&text[end..]);
    masked
}

/// Whether something of a text may be missing.
fn has_cut(text: &str) -> bool {
    // Both marks take three bytes: one pass finds either.
    let is_mark = |bytes: &[u8]| CUTS.iter().any(|mark| bytes == mark.as_bytes());
    text.len() > CUT_AT_LEAST && text.as_bytes().windows(CUTS[0].len()).any(is_mark)
}

/// Whether some form is longer than `bytes` and begins with them. `forms` are sorted.
fn is_beginning(forms: &[Vec<u8>], bytes: &[u8]) -> bool {
    let at = forms.partition_point(|form| form.as_slice() <= bytes);
    forms.get(at).is_some_and(|form| form.starts_with(bytes))
}

/// Ranges in order, with those that meet made one.
fn joined(ranges: impl IntoIterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = ranges.into_iter().collect();
    ranges.sort_unstable_by_key(|range| range.start);
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match apart.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}
