//! A stream of a command on whose terminal the screen may be open.

use std::io::{self, Write};

use crate::frontend::tui::Window;

/// Keeps what is written while the screen is open, and writes it once it is closed: nothing may be
/// written over a screen.
pub(super) struct Later<'a> {
    stream: &'a mut dyn Write,
    kept: Vec<u8>,
}

impl<'a> Later<'a> {
    pub(super) fn new(stream: &'a mut dyn Write) -> Self {
        let kept = Vec::new();
        Self { stream, kept }
    }

    fn release(&mut self) -> io::Result<()> {
        let kept = std::mem::take(&mut self.kept);
        self.stream.write_all(&kept)
    }
}

impl Write for Later<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if Window::is_open() {
            self.kept.extend_from_slice(bytes);
            return Ok(bytes.len());
        }
        self.release()?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        if Window::is_open() {
            return Ok(());
        }
        self.release()?;
        self.stream.flush()
    }
}

impl Drop for Later<'_> {
    fn drop(&mut self) {
        // Whoever closed a stream does not want to know.
        let _: io::Result<()> = self.flush();
    }
}
