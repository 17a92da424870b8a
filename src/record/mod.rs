//! What a run looks like, folded from its events; the history query trait.
