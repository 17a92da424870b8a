//! The texts of the definitions, as the record keeps them.

use sha2::{Digest, Sha256};

use super::compile::definition_path;
use crate::event::{DefinitionPart, hex};
use crate::package::{FileIndex, LoadedPackage};

/// Longest piece of a definition's text in one event, in bytes.
const PART: usize = 160 * 1024;

/// The texts in pieces, and the digest of each.
pub(super) fn parts(
    loaded: &LoadedPackage,
    order: &[FileIndex],
) -> (Vec<DefinitionPart>, Vec<String>) {
    let mut parts = Vec::new();
    let mut digests = Vec::new();
    for &index in order {
        let file = loaded.file(index);
        let text = loaded.sources.file(file.source).text();
        let digest = hex(&Sha256::digest(text.as_bytes()));
        let pieces = pieces(text);
        for (number, piece) in pieces.iter().enumerate() {
            parts.push(DefinitionPart {
                digest: digest.clone(),
                path: definition_path(loaded, file),
                package: loaded.package(file.package).name().map(str::to_owned),
                part: number as u32 + 1,
                parts: pieces.len() as u32,
                text: (*piece).to_owned(),
            });
        }
        digests.push(digest);
    }
    (parts, digests)
}

/// Cuts a text into pieces of at most [`PART`] bytes, at character borders.
fn pieces(mut text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    while text.len() > PART {
        let (piece, rest) = text.split_at(text.floor_char_boundary(PART));
        pieces.push(piece);
        text = rest;
    }
    pieces.push(text);
    pieces
}
