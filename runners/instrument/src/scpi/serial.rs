//! Instruments behind a serial line.

use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::time::Duration;

use rustix::io::Errno;
use serialport::{
    ClearBuffer, DataBits, ErrorKind, FlowControl, Parity, SerialPort as _, StopBits, TTYPort,
};

use super::resource::{self, Flow, Line};
use super::stream::Stream;

/// Bytes that a line takes at once where it takes any: a write never blocks.
const PIECE: usize = 128;

/// An open line, which nobody else can open.
#[derive(Debug)]
pub(super) struct Serial {
    port: TTYPort,
}

impl Serial {
    pub(super) fn open(path: &Path, line: Line) -> Result<Self, String> {
        let builder = serialport::new(path.to_string_lossy(), line.baud)
            .data_bits(data_bits(line.data_bits))
            .stop_bits(match line.stop_bits {
                2 => StopBits::Two,
                _ => StopBits::One,
            })
            .parity(match line.parity {
                resource::Parity::None => Parity::None,
                resource::Parity::Even => Parity::Even,
                resource::Parity::Odd => Parity::Odd,
            })
            .flow_control(match line.flow {
                Flow::None => FlowControl::None,
                Flow::XonXoff => FlowControl::Software,
                Flow::RtsCts => FlowControl::Hardware,
            });
        let port = TTYPort::open(&builder).map_err(|error| refusal(path, &error))?;
        // What came before it was opened is nobody's answer.
        port.clear(ClearBuffer::Input).ok();
        Ok(Self { port })
    }

    fn set_timeout(&mut self, wait: Duration) -> io::Result<()> {
        self.port.set_timeout(wait).map_err(io::Error::from)
    }
}

impl Stream for Serial {
    fn read(&mut self, room: &mut [u8], wait: Duration) -> io::Result<usize> {
        self.set_timeout(wait)?;
        self.port.read(room).map_err(unplugged)
    }

    fn write(&mut self, bytes: &[u8], wait: Duration) -> io::Result<usize> {
        self.set_timeout(wait)?;
        let piece = &bytes[..bytes.len().min(PIECE)];
        self.port.write(piece).map_err(unplugged)
    }

    fn can_be_opened_anew(&self) -> bool {
        // What the instrument sends late arrives on any opening of the line.
        false
    }
}

const fn data_bits(count: u8) -> DataBits {
    match count {
        5 => DataBits::Five,
        6 => DataBits::Six,
        7 => DataBits::Seven,
        _ => DataBits::Eight,
    }
}

/// The system calls a device that is gone by many names.
fn unplugged(error: io::Error) -> io::Error {
    let gone = [Errno::IO, Errno::NXIO, Errno::NODEV, Errno::BADF].map(Errno::raw_os_error);
    let is_gone = error.kind() == io::ErrorKind::BrokenPipe
        || error
            .raw_os_error()
            .is_some_and(|code| gone.contains(&code));
    if is_gone {
        let text = format!("the serial device is gone, is it unplugged? ({error})");
        return io::Error::new(io::ErrorKind::BrokenPipe, text);
    }
    error
}

/// Says what is the matter with the device: the library calls most of it "no device".
fn refusal(path: &Path, error: &serialport::Error) -> String {
    let shown = path.display();
    if !path.exists() {
        return format!("there is no device {shown}");
    }
    if error.kind() == ErrorKind::Io(io::ErrorKind::PermissionDenied) {
        return format!(
            "this account may not open {shown}: it needs to be in the group that owns the device, \
             often dialout"
        );
    }
    let text = &error.description;
    let is_used = text.contains("exclusive lock") || text.contains("busy");
    if is_used {
        return format!("{shown} is in use by another program");
    }
    if text.contains("Inappropriate ioctl") || text.contains("Not a typewriter") {
        return format!("{shown} is no serial line");
    }
    format!("{shown}: {text}")
}
