//! Texts that no record and no screen may show.

use std::fmt;

/// What stands for a secret wherever an entry is shown or recorded.
pub(crate) const SECRET_MARK: &str = "(secret)";

/// The text of a secret. It can be compared and revealed; formatting it shows [`SECRET_MARK`].
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

/// A text is too short to be a secret: masking it would spoil what is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a secret has at least {shortest} characters, and this has {count}", shortest = Secret::SHORTEST)]
pub(crate) struct TooShort {
    pub(crate) count: usize,
}

impl Secret {
    /// Characters that a secret has at least.
    pub(crate) const SHORTEST: usize = 8;

    /// A new secret.
    pub(crate) fn new(text: String) -> Result<Self, TooShort> {
        match text.chars().count() {
            count if count < Self::SHORTEST => Err(TooShort { count }),
            _ => Ok(Self(text)),
        }
    }

    /// A secret as a store has kept it, whatever its length.
    pub(crate) const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text itself: for runners, stores and the mask, for nobody else.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SECRET_MARK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(Secret::new("äöüß".to_owned()), Err(TooShort { count: 4 }));
        assert!(Secret::new("äöüßäöüß".to_owned()).is_ok());
    }

    #[test]
    fn formatting_shows_no_text() {
        let secret = Secret::stored("hunter2-hunter2".to_owned());
        assert_eq!(
            format!("{secret:?} {:#?}", Some(&secret))
                .matches("hunter")
                .count(),
            0
        );
    }
}
