//! Pictures of questions, on terminals that know characters only.
//!
//! [`decode`] makes pixels of a file, on a thread of its own ([`album`]); [`pixels`] brings them to
//! the size of the screen; [`blocks`] draws two of them in each cell. A picture that cannot be shown
//! says why. Never asks the terminal what it can do: one that does not answer would leave the
//! screen deaf.

mod album;
mod blocks;
mod decode;
mod exif;
mod pixels;

pub(super) use album::{Album, State};
pub(super) use blocks::draw;
pub(super) use pixels::fitting;

/// How pictures are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pictures {
    /// By their name.
    Named,
    /// As half blocks.
    Blocks(Palette),
}

/// The colours of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Palette {
    /// The 240 fixed ones.
    Fixed,
    /// Any.
    Full,
}
