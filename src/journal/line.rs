//! One line of a journal: an envelope as JSON, a tab, its CRC32C, a newline.

use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

use crate::event::{Envelope, Event, FORMAT_VERSION, Timestamp};

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
    let json = json_of(line)?;
    match decode_known(json) {
        Some(envelope) => Ok(envelope),
        None => decode_any(json),
    }
}

/// The JSON of a line without its newline, if the sum is right.
pub(super) fn json_of(line: &[u8]) -> Result<&[u8], LineFault> {
    let split = line.len().checked_sub(SUM_BYTES).ok_or(LineFault::Shape)?;
    let (json, sum) = line.split_at(split);
    if sum[0] != b'\t' {
        return Err(LineFault::Shape);
    }
    let sum = parse_sum(&sum[1..]).ok_or(LineFault::Shape)?;
    if crc32c::crc32c(json) != sum {
        return Err(LineFault::Checksum);
    }
    Ok(json)
}

/// Reads JSON of any shape that an envelope may have.
fn decode_any(json: &[u8]) -> Result<Envelope, LineFault> {
    match serde_json::from_slice::<Envelope>(json) {
        Ok(envelope) if envelope.v <= FORMAT_VERSION => Ok(envelope),
        Ok(envelope) => Err(LineFault::Newer(envelope.v)),
        Err(error) => Err(match version(json) {
            Some(version) if version > FORMAT_VERSION => LineFault::Newer(version),
            _ => LineFault::Content(error.to_string()),
        }),
    }
}

/// Reads the events that make up nearly all of a journal, in the order of fields in which
/// [`encode`] writes them. They are read in place, where the general way would first keep every
/// field aside until it has met `type`. `None` means nothing but that the general way must be
/// gone.
fn decode_known(json: &[u8]) -> Option<Envelope> {
    let rest = json.strip_prefix(b"{\"v\":1,\"seq\":")?;
    let (seq, rest) = digits(rest)?;
    let rest = rest.strip_prefix(b",\"time\":")?;
    let (time, rest) = digits(rest)?;
    let rest = rest.strip_prefix(b",\"type\":\"")?;
    let end = rest.iter().position(|&byte| byte == b'"')?;
    let event = match &rest[..end] {
        b"step_started" => Event::StepStarted(serde_json::from_slice(json).ok()?),
        b"step_finished" => Event::StepFinished(serde_json::from_slice(json).ok()?),
        b"attempt_finished" => Event::AttemptFinished(serde_json::from_slice(json).ok()?),
        _ => return None,
    };
    Some(Envelope {
        v: FORMAT_VERSION,
        seq,
        time: Timestamp(i64::try_from(time).ok()?),
        event,
    })
}

/// A number at the beginning, and what follows it.
fn digits(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let length = bytes.iter().position(|byte| !byte.is_ascii_digit())?;
    let (number, rest) = bytes.split_at(length);
    Some((std::str::from_utf8(number).ok()?.parse().ok()?, rest))
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
    /// Seen only where the journal is read whole: numbers have no gaps.
    #[error("{0} events before it are missing")]
    Gap(u64),
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
    use crate::event::Level;
    use crate::record::samples::{full_run, run_id};

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
    fn both_ways_of_reading_give_the_same() {
        let mut short_cuts = 0;
        for envelope in full_run(run_id(1)) {
            let line = line(&envelope);
            let json = &line[..line.len() - SUM_BYTES];
            assert_eq!(decode_any(json).as_ref(), Ok(&envelope));
            if let Some(known) = decode_known(json) {
                assert_eq!(known, envelope);
                short_cuts += 1;
            }
        }
        assert_eq!(short_cuts, 11, "steps and attempts take the short way");
        let other = br#"{"seq":1,"v":1,"time":2,"type":"step_started"}"#;
        assert_eq!(decode_known(other), None);
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
