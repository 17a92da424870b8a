//! Where things stand on a line: sign and number, name, reading, duration at the right edge.

use crate::frontend::text::{Paint, Tone, columns};

/// Columns of output that does not go to a terminal.
const WIDTH_OF_FILES: usize = 100;

/// Columns kept for a duration and the gap before it.
const DURATION: usize = 10;

/// Columns of the output and of its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(super) width: usize,
    /// Column at which readings start.
    pub(super) reading: usize,
}

/// A piece of text and its tone.
pub(super) type Piece<'a> = (Tone, &'a str);

impl Layout {
    /// Fits the columns of a terminal; `None` stands for a file or a pipe.
    pub(crate) fn new(terminal: Option<u16>) -> Self {
        let width = terminal.map_or(WIDTH_OF_FILES, |columns| {
            usize::from(columns).clamp(60, 120)
        });
        // A reading such as `3.301 V [3.135 … 3.465]` needs 24 columns beside the duration.
        let reading = (width / 2).min(width - DURATION - 26);
        Self { width, reading }
    }

    /// Columns of a reading.
    pub(super) const fn reading_width(self) -> usize {
        self.width - self.reading - DURATION
    }

    /// Appends a line. `left` begins it, `reading` starts at its column and `duration` ends at the
    /// right edge; what does not fit moves to a line of its own, nothing is cut.
    pub(super) fn line(
        self,
        out: &mut String,
        paint: Paint,
        left: &[Piece<'_>],
        reading: &[Piece<'_>],
        duration: &str,
    ) {
        let mut at = push_all(out, paint, left);
        let reading_width = width_of(reading);
        let duration_width = columns(duration);
        if reading_width > 0 {
            let crosses = at + 2 > self.reading;
            let fits_after = at + 2 + reading_width + 2 + duration_width <= self.width;
            if crosses && !fits_after {
                out.push('\n');
                at = 0;
            }
            at += pad(out, self.reading.max(at + if at == 0 { 0 } else { 2 }) - at);
            at += push_all(out, paint, reading);
        }
        if duration_width > 0 {
            let start = self.width.saturating_sub(duration_width).max(at + 2);
            pad(out, start - at);
            paint.push(out, Tone::Dim, duration);
        }
        out.push('\n');
    }
}

fn width_of(pieces: &[Piece<'_>]) -> usize {
    pieces.iter().map(|(_, text)| columns(text)).sum()
}

fn push_all(out: &mut String, paint: Paint, pieces: &[Piece<'_>]) -> usize {
    for (tone, text) in pieces {
        paint.push(out, *tone, text);
    }
    width_of(pieces)
}

fn pad(out: &mut String, count: usize) -> usize {
    out.extend(std::iter::repeat_n(' ', count));
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(width: u16, name: &str, reading: &str) -> String {
        let mut out = String::new();
        let layout = Layout::new(Some(width));
        let left = [(Tone::Plain, name)];
        layout.line(
            &mut out,
            Paint::Plain,
            &left,
            &[(Tone::Plain, reading)],
            "12 ms",
        );
        out
    }

    #[test]
    fn columns_line_up() {
        let short = line(80, "a", "3.3 V");
        let long = line(80, "a somewhat longer name", "3.3 V");
        assert_eq!(short.find("3.3"), long.find("3.3"));
        assert_eq!(short.len(), 81);
        assert_eq!(long.len(), 81);
    }

    #[test]
    fn reading_beside_a_long_name_moves_to_its_own_line() {
        let name = "n".repeat(60);
        let text = line(80, &name, "3.301 V [3.135 .. 3.465]");
        let lines = text.lines().collect::<Vec<_>>();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0], name);
        assert_eq!(lines[1].len(), 80);
    }

    #[test]
    fn long_name_without_a_reading_uses_the_whole_line() {
        let text = line(80, &"n".repeat(60), "");
        assert_eq!(text.len(), 81);
        let text = line(80, &"n".repeat(90), "");
        assert!(text.ends_with("n  12 ms\n"));
    }

    #[test]
    fn narrow_and_wide_terminals_stay_readable() {
        assert_eq!(Layout::new(Some(20)).width, 60);
        assert_eq!(Layout::new(Some(400)).width, 120);
        assert!(Layout::new(Some(60)).reading_width() >= 24);
    }
}
