//! Resource strings: what VISA calls them, with options behind a `?`.
//!
//! ```text
//! TCPIP::192.168.1.5::5025::SOCKET
//! ASRL/dev/ttyUSB0::INSTR?baud=115200&terminator=cr
//! USB0::0x0957::0x1796::MY1234::INSTR?timeout_ms=5000
//! ```

use std::path::PathBuf;

use maestro_protocol::ErrorObject;

use crate::failure::wrong;

/// Where an instrument is and how it is spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resource {
    /// The resource without its options, for messages.
    pub(super) name: String,
    pub(super) address: Address,
    pub(super) options: Options,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Address {
    /// A TCP connection.
    Socket { host: String, port: u16 },
    /// A serial line.
    Serial(PathBuf),
    /// Whatever the VISA library makes of it.
    Visa(String),
}

/// What stands behind the `?`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) timeout_ms: Option<u64>,
    pub(super) terminator: Option<Vec<u8>>,
    pub(super) check_errors: Option<bool>,
    pub(super) line: Line,
}

/// Settings of a serial line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) baud: u32,
    pub(super) data_bits: u8,
    pub(super) stop_bits: u8,
    pub(super) parity: Parity,
    pub(super) flow: Flow,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parity {
    None,
    Even,
    Odd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    None,
    XonXoff,
    RtsCts,
}

impl Default for Line {
    /// What VISA prescribes.
    fn default() -> Self {
        Self {
            baud: 9600,
            data_bits: 8,
            stop_bits: 1,
            parity: Parity::None,
            flow: Flow::None,
        }
    }
}

/// Says what is wrong with a resource string, for the check of a package. Nothing is opened.
pub fn check_resource(text: &str) -> Result<(), String> {
    Resource::read(text)
        .map(drop)
        .map_err(|error| error.message)
}

impl Resource {
    pub(super) fn read(text: &str) -> Result<Self, ErrorObject> {
        let text = text.trim();
        let (name, options) = text.split_once('?').unwrap_or((text, ""));
        let address = Address::read(name).map_err(|why| wrong(format!("`{name}` {why}")))?;
        let mut resource = Self {
            name: name.to_owned(),
            address,
            options: Options::default(),
        };
        for option in options.split('&').filter(|option| !option.is_empty()) {
            let (key, value) = option.split_once('=').unwrap_or((option, ""));
            resource
                .set(key.trim(), value.trim())
                .map_err(|why| wrong(format!("`{name}`: {why}")))?;
        }
        Ok(resource)
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let is_serial = matches!(self.address, Address::Serial(_));
        let options = &mut self.options;
        match key {
            "timeout_ms" => options.timeout_ms = Some(number(key, value)?),
            "terminator" => options.terminator = Some(terminator(value)),
            "check_errors" => {
                let words = [("true", true), ("false", false)];
                options.check_errors = Some(word(key, value, &words)?);
            }
            "baud" | "data_bits" | "stop_bits" | "parity" | "flow" if !is_serial => {
                return Err(format!("the option `{key}` is for serial lines (ASRL)"));
            }
            "baud" => options.line.baud = number(key, value)?,
            "data_bits" => {
                let words = [("5", 5), ("6", 6), ("7", 7), ("8", 8)];
                options.line.data_bits = word(key, value, &words)?;
            }
            "stop_bits" => options.line.stop_bits = word(key, value, &[("1", 1), ("2", 2)])?,
            "parity" => {
                let words = [
                    ("none", Parity::None),
                    ("even", Parity::Even),
                    ("odd", Parity::Odd),
                ];
                options.line.parity = word(key, value, &words)?;
            }
            "flow" => {
                let words = [
                    ("none", Flow::None),
                    ("xonxoff", Flow::XonXoff),
                    ("rtscts", Flow::RtsCts),
                ];
                options.line.flow = word(key, value, &words)?;
            }
            other => {
                let serial = if is_serial {
                    ", baud, data_bits, parity, stop_bits, flow"
                } else {
                    ""
                };
                return Err(format!(
                    "there is no option `{other}`; there are timeout_ms, terminator, \
                     check_errors{serial}"
                ));
            }
        }
        Ok(())
    }
}

impl Address {
    /// The same for all spellings of one address.
    pub(super) fn key(&self) -> Self {
        match self {
            Self::Socket { host, port } => Self::Socket {
                host: host.to_ascii_lowercase(),
                port: *port,
            },
            Self::Serial(path) => Self::Serial(path.clone()),
            Self::Visa(name) => Self::Visa(name.to_ascii_uppercase()),
        }
    }

    fn read(name: &str) -> Result<Self, String> {
        let upper = name.to_ascii_uppercase();
        if upper.starts_with("TCPIP") && upper.ends_with("::SOCKET") {
            return socket(name).ok_or_else(|| {
                "is no socket resource: write `TCPIP::host::port::SOCKET`".to_owned()
            });
        }
        if upper.starts_with("ASRL") {
            return serial(name).ok_or_else(|| {
                "is no serial resource: write `ASRL/dev/ttyUSB0::INSTR`".to_owned()
            });
        }
        if name.contains("::") {
            let kinds = [
                "TCPIP", "USB", "GPIB", "PXI", "VXI", "VICP", "RSNRP", "VISA:",
            ];
            return if kinds.iter().any(|kind| upper.starts_with(kind)) {
                Ok(Self::Visa(name.to_owned()))
            } else {
                Err(format!(
                    "begins with no interface; there are {}, ASRL",
                    kinds[..5].join(", ")
                ))
            };
        }
        if let Some((host, port)) = name.rsplit_once(':') {
            return Err(format!(
                "is no resource: write `TCPIP::{host}::{port}::SOCKET`"
            ));
        }
        let is_alias = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ');
        if name.is_empty() || !name.chars().all(is_alias) {
            return Err("is no resource, such as `TCPIP::host::5025::SOCKET`".to_owned());
        }
        // A name that the configuration of the VISA library gives to a resource.
        Ok(Self::Visa(name.to_owned()))
    }
}

/// `TCPIP[n]::host::port::SOCKET`; a host in brackets may hold colons.
fn socket(name: &str) -> Option<Address> {
    let (interface, rest) = name.split_once("::")?;
    let board = interface.get("TCPIP".len()..)?;
    let rest = rest.get(..rest.len().checked_sub("::SOCKET".len())?)?;
    let (host, port) = rest.rsplit_once("::")?;
    let host = host.trim_start_matches('[').trim_end_matches(']').trim();
    let is_plain = !host.is_empty() && !host.contains(char::is_whitespace);
    let is_board = board.bytes().all(|byte| byte.is_ascii_digit());
    Some(Address::Socket {
        host: (is_plain && is_board).then(|| host.to_owned())?,
        port: port.trim().parse().ok().filter(|port| *port != 0)?,
    })
}

/// `ASRL<n>::INSTR` with VISA's numbers (1 is the first), or the path of a device.
fn serial(name: &str) -> Option<Address> {
    let (device, class) = name["ASRL".len()..]
        .split_once("::")
        .unwrap_or((&name["ASRL".len()..], "INSTR"));
    if !class.eq_ignore_ascii_case("INSTR") || device.is_empty() {
        return None;
    }
    let path = if device.starts_with('/') {
        device.to_owned()
    } else if device.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: u32 = device.parse().ok()?;
        format!("/dev/ttyS{}", number.checked_sub(1)?)
    } else {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
        device
            .chars()
            .all(is_name)
            .then(|| format!("/dev/{device}"))?
    };
    Some(Address::Serial(path.into()))
}

/// The bytes of a terminator: one of the words, or a text in which `\r` and `\n` may be spelled.
pub(super) fn terminator(text: &str) -> Vec<u8> {
    match text.to_ascii_lowercase().as_str() {
        "lf" => b"\n".to_vec(),
        "cr" => b"\r".to_vec(),
        "crlf" => b"\r\n".to_vec(),
        "none" => Vec::new(),
        _ => text
            .replace("\\r", "\r")
            .replace("\\n", "\n")
            .replace("\\0", "\0")
            .into_bytes(),
    }
}

fn number<T: std::str::FromStr>(key: &str, value: &str) -> Result<T, String> {
    value
        .parse()
        .map_err(|_| format!("`{key}={value}` is no number that it takes"))
}

fn word<T: Copy>(key: &str, value: &str, words: &[(&str, T)]) -> Result<T, String> {
    let found = words
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(value));
    found.map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(known, _)| *known).collect();
        format!("`{key}={value}` cannot be: it is {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Resource::read(text).unwrap().address
    }

    fn refusal(text: &str) -> String {
        check_resource(text).unwrap_err()
    }

    #[test]
    fn sockets_are_read() {
        for (text, host, port) in [
            ("TCPIP::192.168.1.5::5025::SOCKET", "192.168.1.5", 5025),
            ("tcpip0::dmm.lab::1::socket", "dmm.lab", 1),
            ("TCPIP2::[fe80::1]::5025::SOCKET", "fe80::1", 5025),
        ] {
            let host = host.to_owned();
            assert_eq!(address(text), Address::Socket { host, port }, "{text}");
        }
        for text in [
            "TCPIP::5025::SOCKET",
            "TCPIP::dmm::0::SOCKET",
            "TCPIP::dmm::99999::SOCKET",
            "TCPIPX::dmm::1::SOCKET",
            "TCPIP::SOCKET",
            "TCPIP::::1::SOCKET",
        ] {
            assert!(
                refusal(text).contains("TCPIP::host::port::SOCKET"),
                "{text}"
            );
        }
    }

    #[test]
    fn serial_lines_are_numbers_names_or_paths() {
        for (text, path) in [
            ("ASRL/dev/ttyUSB0::INSTR", "/dev/ttyUSB0"),
            ("asrl1::instr", "/dev/ttyS0"),
            ("ASRLttyACM3::INSTR", "/dev/ttyACM3"),
            ("ASRL/dev/serial/by-id/usb-x", "/dev/serial/by-id/usb-x"),
        ] {
            assert_eq!(address(text), Address::Serial(path.into()), "{text}");
        }
        for text in ["ASRL::INSTR", "ASRL0::INSTR", "ASRL1::RAW", "ASRL a::INSTR"] {
            assert!(refusal(text).contains("no serial resource"), "{text}");
        }
    }

    #[test]
    fn everything_else_is_for_the_visa_library() {
        for text in [
            "USB0::0x0957::0x1796::MY1::INSTR",
            "GPIB0::12::INSTR",
            "TCPIP::dmm::INSTR",
            "TCPIP0::dmm::hislip0::INSTR",
            "PXI0::1::INSTR",
            "My_DMM",
        ] {
            assert_eq!(address(text), Address::Visa(text.to_owned()));
        }
        assert!(refusal("10.0.0.1:5025").contains("TCPIP::10.0.0.1::5025::SOCKET"));
        assert!(refusal("GIPB0::12::INSTR").contains("begins with no interface"));
        assert!(refusal("").contains("is no resource"));
    }

    #[test]
    fn options_are_read_and_wrong_ones_named() {
        let resource =
            Resource::read("ASRL1::INSTR?baud=115200&parity=Even&terminator=\\r&timeout_ms=50")
                .unwrap();
        assert_eq!(resource.name, "ASRL1::INSTR");
        assert_eq!(resource.options.line.baud, 115_200);
        assert_eq!(resource.options.line.parity, Parity::Even);
        assert_eq!(resource.options.terminator.as_deref(), Some(&b"\r"[..]));
        assert_eq!(resource.options.timeout_ms, Some(50));
        assert!(refusal("ASRL1::INSTR?bauds=1").contains("there is no option `bauds`"));
        assert!(refusal("ASRL1::INSTR?parity=mark").contains("it is none, even, odd"));
        assert!(refusal("ASRL1::INSTR?baud=fast").contains("is no number"));
        assert!(refusal("TCPIP::h::1::SOCKET?baud=1").contains("for serial lines"));
    }
}
