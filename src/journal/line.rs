//! One line of a journal: an envelope as JSON, a tab, its CRC32C, a newline.

use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

use crate::event::{Envelope, FORMAT_VERSION};

/// Tab and eight digits.
const SUM_BYTES: usize = 9;

/// Adds the line of an envelope to `buffer`.
///
/// NUL in any text becomes U+FFFD, since databases refuse it.
pub(super) fn encode(envelope: &Envelope, buffer: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    let start = buffer.len();
    envelope.serialize(&mut Serializer::with_formatter(&mut *buffer, WithoutNul))?;
    let sum = crc32c::crc32c(&buffer[start..]);
    buffer.push(b'\t');
    for shift in (0..8).rev() {
        buffer.push(HEX[(sum >> (shift * 4) & 0xF) as usize]);
    }
    buffer.push(b'\n');
    Ok(())
}

/// Reads a line without its newline.
pub(super) fn decode(line: &[u8]) -> Result<Envelope, LineFault> {
    let split = line.len().checked_sub(SUM_BYTES).ok_or(LineFault::Shape)?;
    let (json, sum) = line.split_at(split);
    if sum[0] != b'\t' {
        return Err(LineFault::Shape);
    }
    let sum = parse_sum(&sum[1..]).ok_or(LineFault::Shape)?;
    if crc32c::crc32c(json) != sum {
        return Err(LineFault::Checksum);
    }
    serde_json::from_slice(json)
        .map_err(|error| match version(json) {
            Some(version) if version > FORMAT_VERSION => LineFault::Newer(version),
            _ => LineFault::Content(error.to_string()),
        })
        .and_then(|envelope: Envelope| {
            if envelope.v > FORMAT_VERSION {
                Err(LineFault::Newer(envelope.v))
            } else {
                Ok(envelope)
            }
        })
}

/// Why a line is no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LineFault {
    #[error("it does not end with a checksum")]
    Shape,
    #[error("its checksum is wrong")]
    Checksum,
    #[error("it was written by a newer maestro (format {0})")]
    Newer(u8),
    #[error("its content is no event: {0}")]
    Content(String),
    #[error("it is too long")]
    TooLong,
}

const HEX: &[u8; 16] = b"0123456789abcdef";

fn parse_sum(digits: &[u8]) -> Option<u32> {
    let mut sum = 0;
    for &digit in digits {
        let value = HEX.iter().position(|&hex| hex == digit)?;
        sum = sum << 4 | value as u32;
    }
    Some(sum)
}

fn version(json: &[u8]) -> Option<u8> {
    #[derive(serde::Deserialize)]
    struct Head {
        v: u8,
    }
    serde_json::from_slice::<Head>(json).ok().map(|head| head.v)
}

/// Compact JSON in which NUL is written as U+FFFD.
struct WithoutNul;

impl Formatter for WithoutNul {
    fn write_char_escape<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        match escape {
            CharEscape::AsciiControl(0) => writer.write_all("\u{FFFD}".as_bytes()),
            other => CompactFormatter.write_char_escape(writer, other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, Level, Timestamp};

    fn logged(message: &str) -> Envelope {
        Envelope {
            v: FORMAT_VERSION,
            seq: 7,
            time: Timestamp(1_700_000_000_000_000),
            event: Event::Logged {
                step: None,
                level: Level::Info,
                source: "engine".to_owned(),
                message: message.to_owned(),
            },
        }
    }

    fn line(envelope: &Envelope) -> Vec<u8> {
        let mut buffer = Vec::new();
        encode(envelope, &mut buffer).unwrap();
        assert_eq!(buffer.pop(), Some(b'\n'));
        buffer
    }

    #[test]
    fn line_is_json_then_tab_then_sum() {
        let line = String::from_utf8(line(&logged("a\tb\nc"))).unwrap();
        let (json, sum) = line.split_once('\t').unwrap();
        assert!(json.starts_with(r#"{"v":1,"seq":7,"time":1700000000000000,"type":"logged""#));
        assert_eq!(sum, format!("{:08x}", crc32c::crc32c(json.as_bytes())));
    }

    #[test]
    fn event_comes_back_as_it_was_written() {
        let envelope = logged("Spannung zu hoch: 5,3 V — Prüfling entnehmen \u{1F6D1}");
        assert_eq!(decode(&line(&envelope)), Ok(envelope));
    }

    #[test]
    fn nul_becomes_the_replacement_character() {
        let line = line(&logged("a\0b\\u0000"));
        assert_eq!(decode(&line), Ok(logged("a\u{FFFD}b\\u0000")));
    }

    #[test]
    fn any_flipped_bit_is_noticed() {
        let good = line(&logged("3.3 V"));
        for place in 0..good.len() {
            for bit in 0..8 {
                let mut bad = good.clone();
                bad[place] ^= 1 << bit;
                assert!(decode(&bad).is_err(), "byte {place}, bit {bit}");
            }
        }
    }

    #[test]
    fn line_of_a_newer_format_says_so() {
        let json = br#"{"v":9,"seq":1,"time":0,"type":"teleported"}"#;
        let mut bytes = json.to_vec();
        bytes.extend(format!("\t{:08x}", crc32c::crc32c(json)).bytes());
        assert_eq!(decode(&bytes), Err(LineFault::Newer(9)));
    }
}
