//! Pictures by the graphics protocol of kitty, for stations that ask for it.
//!
//! The pixels are sent once, beside the frames; cells of placeholders say where they are seen. So a
//! picture moves, is covered and goes away like any other text, also in tmux, which only has to let
//! the pixels pass. The terminal is told to answer nothing.

use std::collections::HashMap;
use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;
use sha2::{Digest as _, Sha256};

use super::album::Album;
use super::pixels::Pixels;
use crate::prompt::Picture;

/// Stands for a part of a picture.
const PLACEHOLDER: char = '\u{10eeee}';

/// Text in one piece of what is sent.
const PIECE: usize = 4096;

/// What follows a placeholder: which row and which column of the picture it is, from 0 on. The
/// column of a cell beyond these is told by the cell before it.
const PLACES: [char; 77] = [
    '\u{305}', '\u{30d}', '\u{30e}', '\u{310}', '\u{312}', '\u{33d}', '\u{33e}', '\u{33f}',
    '\u{346}', '\u{34a}', '\u{34b}', '\u{34c}', '\u{350}', '\u{351}', '\u{352}', '\u{357}',
    '\u{35b}', '\u{363}', '\u{364}', '\u{365}', '\u{366}', '\u{367}', '\u{368}', '\u{369}',
    '\u{36a}', '\u{36b}', '\u{36c}', '\u{36d}', '\u{36e}', '\u{36f}', '\u{483}', '\u{484}',
    '\u{485}', '\u{486}', '\u{487}', '\u{592}', '\u{593}', '\u{594}', '\u{595}', '\u{597}',
    '\u{598}', '\u{599}', '\u{59c}', '\u{59d}', '\u{59e}', '\u{59f}', '\u{5a0}', '\u{5a1}',
    '\u{5a8}', '\u{5a9}', '\u{5ab}', '\u{5ac}', '\u{5af}', '\u{5c4}', '\u{610}', '\u{611}',
    '\u{612}', '\u{613}', '\u{614}', '\u{615}', '\u{616}', '\u{617}', '\u{657}', '\u{658}',
    '\u{659}', '\u{65a}', '\u{65b}', '\u{65d}', '\u{65e}', '\u{6d6}', '\u{6d7}', '\u{6d8}',
    '\u{6d9}', '\u{6da}', '\u{6db}', '\u{6dc}', '\u{6df}',
];

/// What lies between this program and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Straight,
    /// tmux, which passes on what is wrapped, where its `allow-passthrough` is on.
    Tmux,
}

/// Pictures that the terminal has, by their numbers, and what it still has to be sent.
#[derive(Debug, Default)]
pub(super) struct Sent {
    known: HashMap<u8, (Picture, (u16, u16))>,
    unsent: Vec<u8>,
}

impl Sent {
    /// What the terminal has to be sent beside a frame.
    pub(super) fn take_unsent(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.unsent)
    }

    /// The terminal may have forgotten all of it.
    pub(super) fn forget(&mut self) {
        self.known.clear();
    }

    fn send(&mut self, picture: &Picture, pixels: &Pixels, size: (u16, u16), way: Way) {
        let number = number_of(picture);
        let wanted = (picture.clone(), size);
        if self.known.get(&number) != Some(&wanted) {
            transmit(pixels, number, size, way, &mut self.unsent);
            self.known.insert(number, wanted);
        }
    }
}

/// Draws a picture that has arrived into all of an area.
pub(in super::super) fn draw(
    album: &mut Album,
    picture: &Picture,
    way: Way,
    buffer: &mut Buffer,
    area: Rect,
) {
    let Some((pixels, sent)) = album.with_sent(picture) else {
        return;
    };
    sent.send(picture, pixels, (area.width, area.height), way);
    let number = number_of(picture);
    for (row, row_sign) in (0..area.height).zip(PLACES) {
        for column in 0..area.width {
            let mut symbol = String::from(PLACEHOLDER);
            symbol.push(row_sign);
            symbol.extend(PLACES.get(usize::from(column)));
            if let Some(cell) = buffer.cell_mut((area.x + column, area.y + row)) {
                cell.set_symbol(&symbol).set_fg(Color::Indexed(number));
            }
        }
    }
}

/// The number under which the terminal keeps a picture. It is told by the colour of the cells; of
/// 255 colours also those terminals know all that have few.
fn number_of(picture: &Picture) -> u8 {
    let digest = Sha256::digest(picture.path.as_bytes());
    digest.first().copied().unwrap_or_default().max(1)
}

/// The escape codes of a picture that is seen in so many columns and rows.
fn transmit(pixels: &Pixels, number: u8, size: (u16, u16), way: Way, out: &mut Vec<u8>) {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    // Neither of them can fail: both write to memory.
    let written = packed.write_all(pixels.data.as_flattened());
    let Ok(packed) = written.and_then(|()| packed.finish()) else {
        return;
    };
    let text = STANDARD.encode(packed);
    let mut head = format!(
        "a=T,U=1,q=2,f=24,o=z,i={number},s={},v={},c={},r={},",
        pixels.width, pixels.height, size.0, size.1
    );
    let mut pieces = text.as_bytes().chunks(PIECE).peekable();
    while let Some(piece) = pieces.next() {
        let more = u8::from(pieces.peek().is_some());
        let mut code = format!("\x1b_G{head}m={more};").into_bytes();
        code.extend_from_slice(piece);
        code.extend_from_slice(b"\x1b\\");
        wrap(&code, way, out);
        "q=2,".clone_into(&mut head);
    }
}

/// An escape code as `way` lets it pass.
fn wrap(code: &[u8], way: Way, out: &mut Vec<u8>) {
    match way {
        Way::Straight => out.extend_from_slice(code),
        Way::Tmux => {
            out.extend_from_slice(b"\x1bPtmux;");
            for &byte in code {
                if byte == 0x1b {
                    out.push(byte);
                }
                out.push(byte);
            }
            out.extend_from_slice(b"\x1b\\");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::ZlibDecoder;

    use super::*;
    use crate::frontend::text::columns;

    fn pixels() -> Pixels {
        let data = (0..90_000_u32).map(|n| [n as u8, (n / 7) as u8, (n / 300 * n % 251) as u8]);
        Pixels {
            width: 300,
            height: 300,
            data: data.collect(),
        }
    }

    /// Reads what a terminal would: the keys of the first piece, and the pixels.
    fn received(bytes: &[u8]) -> (String, Vec<u8>) {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let mut keys = Vec::new();
        let mut packed = String::new();
        let mut codes = text.split("\x1b\\").peekable();
        while let Some(code) = codes.next() {
            if code.is_empty() && codes.peek().is_none() {
                break;
            }
            let (head, piece) = code
                .strip_prefix("\x1b_G")
                .unwrap()
                .split_once(';')
                .unwrap();
            assert!(piece.len() <= PIECE);
            keys.push(head.to_owned());
            packed.push_str(piece);
        }
        let (last, others) = keys.split_last().unwrap();
        assert!(last.ends_with("m=0") && others.iter().all(|it| it.ends_with("m=1")));
        assert!(
            keys[1..].iter().all(|it| it.starts_with("q=2,m=")),
            "{keys:?}"
        );
        let mut raw = Vec::new();
        let packed = STANDARD.decode(packed).unwrap();
        ZlibDecoder::new(&packed[..]).read_to_end(&mut raw).unwrap();
        (keys[0].clone(), raw)
    }

    #[test]
    fn terminal_receives_every_pixel_and_answers_nothing() {
        let mut out = Vec::new();
        transmit(&pixels(), 7, (40, 20), Way::Straight, &mut out);
        let (keys, raw) = received(&out);
        assert_eq!(keys, "a=T,U=1,q=2,f=24,o=z,i=7,s=300,v=300,c=40,r=20,m=1");
        assert_eq!(raw, pixels().data.as_flattened());
    }

    #[test]
    fn tmux_passes_on_what_is_wrapped() {
        let (mut straight, mut wrapped) = (Vec::new(), Vec::new());
        transmit(&pixels(), 7, (40, 20), Way::Straight, &mut straight);
        transmit(&pixels(), 7, (40, 20), Way::Tmux, &mut wrapped);
        // As tmux does it: without the frame, and with half of the escapes.
        let text = String::from_utf8(wrapped).unwrap();
        let passed = text
            .replace("\x1bPtmux;", "")
            .replace("\x1b\x1b\\\x1b\\", "\x1b\x1b\\");
        let passed = passed.replace("\x1b\x1b", "\x1b");
        assert_eq!(passed.as_bytes(), straight);
    }

    #[test]
    fn picture_is_sent_once_and_again_in_another_size_or_to_a_terminal_that_forgot_it() {
        let picture = Picture {
            path: "a.png".to_owned(),
            digest: None,
        };
        let mut sent = Sent::default();
        let is_sent = |sent: &mut Sent, size| {
            sent.send(&picture, &pixels(), size, Way::Straight);
            !sent.take_unsent().is_empty()
        };
        assert!(is_sent(&mut sent, (40, 20)));
        assert!(!is_sent(&mut sent, (40, 20)));
        assert!(is_sent(&mut sent, (20, 10)));
        sent.forget();
        assert!(is_sent(&mut sent, (20, 10)));
    }

    #[test]
    fn placeholder_takes_one_column() {
        let text = String::from_iter([PLACEHOLDER, PLACES[3], PLACES[76]]);
        assert_eq!(columns(&text), 1);
        assert!(PLACES.is_sorted());
    }
}
