//! Arbitrary blocks of IEEE 488.2: `#` and how long they are, then bytes of any value.

/// The longest block that is taken.
pub(super) const LONGEST: usize = 512 << 20;

/// How a message begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    /// Too little was read to tell.
    Unknown,
    /// No block: text up to the terminator.
    Text,
    /// `#3100`: so many bytes after a header of this length.
    Definite { header: usize, length: usize },
    /// `#0`: as many bytes as come until the message ends.
    Indefinite,
    /// Longer than anybody needs.
    TooLong(usize),
}

impl Head {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let digits = match bytes {
            [] | [b'#'] => return Self::Unknown,
            [b'#', b'0', ..] => return Self::Indefinite,
            [b'#', digits @ b'1'..=b'9', ..] => usize::from(digits - b'0'),
            _ => return Self::Text,
        };
        let Some(length) = bytes.get(2..2 + digits) else {
            let is_length = bytes[2..].iter().all(u8::is_ascii_digit);
            return if is_length { Self::Unknown } else { Self::Text };
        };
        let length = std::str::from_utf8(length).ok();
        let is_plain = length.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        match is_plain.and_then(|text| text.parse::<usize>().ok()) {
            Some(length) if length > LONGEST => Self::TooLong(length),
            Some(length) => Self::Definite {
                header: 2 + digits,
                length,
            },
            None => Self::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_is_told_from_text_as_soon_as_it_can_be() {
        for (bytes, head) in [
            (&b""[..], Head::Unknown),
            (b"#", Head::Unknown),
            (b"#2", Head::Unknown),
            (b"#21", Head::Unknown),
            (
                b"#210",
                Head::Definite {
                    header: 4,
                    length: 10,
                },
            ),
            (
                b"#10",
                Head::Definite {
                    header: 3,
                    length: 0,
                },
            ),
            (b"#0abc", Head::Indefinite),
            (b"#9999999999", Head::TooLong(999_999_999)),
            (b"#H1F", Head::Text),
            (b"#2x", Head::Text),
            (b"#2 5", Head::Text),
            (b"3.3", Head::Text),
        ] {
            assert_eq!(
                Head::of(bytes),
                head,
                "{:?}",
                String::from_utf8_lossy(bytes)
            );
        }
    }
}
