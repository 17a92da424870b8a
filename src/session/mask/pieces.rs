//! A text that comes in pieces, where a secret may lie across two of them.

use super::Masker;
use super::masker::{CUT_AT_LEAST, replaced};

/// The end of what came of one text: the beginning of what may become a secret.
#[derive(Debug, Clone, Default)]
pub(in crate::session) struct Pieces {
    begun: String,
}

impl Pieces {
    /// Forgets the text before: what comes next begins another.
    pub(in crate::session) fn begin(&mut self) {
        self.begun.clear();
    }

    /// Masks the next piece. `goes_on` says that more of the same text may come; nothing waits for
    /// it: what looks like the beginning of a secret is masked at once.
    pub(in crate::session) fn next(
        &mut self,
        masker: &Masker,
        piece: String,
        goes_on: bool,
    ) -> String {
        let Some(finder) = masker.finder() else {
            return piece;
        };
        let mut text = std::mem::take(&mut self.begun);
        let told = text.len();
        text.push_str(&piece);
        let mut places = finder.places(text.as_bytes());
        if goes_on {
            let done = places.last().map_or(0, |place| place.end);
            let start = text.len() - finder.begun(text.as_bytes());
            let start = text.ceil_char_boundary(start.max(done));
            text[start..].clone_into(&mut self.begun);
            if self.begun.len() >= CUT_AT_LEAST {
                places.push(start..text.len());
            }
        }
        // What was told with the pieces before is not told again.
        places.retain_mut(|place| {
            place.start = place.start.saturating_sub(told);
            place.end = place.end.saturating_sub(told);
            place.start < place.end
        });
        replaced(&piece, &places)
    }
}
