//! How the operator's screen uses its terminal (station key `screen`).

use crate::package::read::{Fields, Reader};
use crate::package::yaml::Node;

/// What a terminal is not asked for unless the station says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ScreenConfig {
    /// Clicks and the wheel go to the screen; the terminal's own selection needs Shift then.
    pub(crate) mouse: bool,
    pub(crate) pictures: PictureStyle,
}

/// How the pictures of questions are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum PictureStyle {
    /// Two pixels in each cell, where the terminal has the colours.
    #[default]
    Blocks,
    /// By the graphics protocol of kitty: the terminal is not asked whether it knows it.
    Kitty,
    /// By the name of their file.
    Name,
}

impl PictureStyle {
    const WORDS: [(&'static str, Self); 3] = [
        ("blocks", Self::Blocks),
        ("kitty", Self::Kitty),
        ("name", Self::Name),
    ];

    /// How it is written in `station.yaml`.
    pub(crate) fn word(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(_, style)| *style == self);
        found.map_or("", |(word, _)| *word)
    }
}

impl ScreenConfig {
    pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Self {
        let mut config = Self::default();
        let Some(mut fields) = Fields::open(reader, node, "screen", "the screen of the station")
        else {
            return config;
        };
        if let Some(mouse) = fields.take("mouse") {
            config.mouse = reader
                .boolean(mouse, "mouse")
                .is_some_and(|flag| flag.value);
        }
        if let Some(style) = fields
            .take("pictures")
            .and_then(|node| reader.word(node, "pictures", &PictureStyle::WORDS))
        {
            config.pictures = style.value;
        }
        fields.finish(reader);
        config
    }
}
