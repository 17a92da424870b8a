//! Pictures of questions, on terminals that know characters only.
//!
//! [`decode`] makes pixels of a file, on a thread of its own ([`album`]); [`pixels`] brings them to
//! the size of the screen; [`blocks`] draws two of them in each cell, [`kitty`] has the terminal draw
//! all of them, where the station says that it can. A picture that cannot be shown
//! says why. Never asks the terminal what it can do: one that does not answer would leave the
//! screen deaf.

mod album;
mod blocks;
mod decode;
mod exif;
mod kitty;
mod pixels;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::prompt::Picture;

pub(super) use album::{Album, State};
pub(crate) use kitty::Way;
pub(super) use pixels::fitting;

/// How pictures are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pictures {
    /// By their name.
    Named,
    /// As half blocks.
    Blocks(Palette),
    /// As the pixels that they are made of.
    Kitty(Way),
}

/// Draws a picture that has arrived into all of an area.
pub(super) fn draw(
    album: &mut Album,
    picture: &Picture,
    pictures: Pictures,
    buffer: &mut Buffer,
    area: Rect,
) {
    match pictures {
        Pictures::Named => {}
        Pictures::Blocks(palette) => blocks::draw(album, picture, palette, buffer, area),
        Pictures::Kitty(way) => kitty::draw(album, picture, way, buffer, area),
    }
}

/// The colours of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Palette {
    /// The 240 fixed ones.
    Fixed,
    /// Any.
    Full,
}
