//! Two pixels in each cell: the upper half block in one colour on a ground of another.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;

use super::Palette;
use super::album::Album;
use crate::prompt::Picture;

/// Steps of each colour in the fixed palette.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// Draws a picture that has arrived into all of an area.
pub(in super::super) fn draw(
    album: &mut Album,
    picture: &Picture,
    palette: Palette,
    buffer: &mut Buffer,
    area: Rect,
) {
    let size = (u32::from(area.width), 2 * u32::from(area.height));
    let Some(pixels) = album.scaled(picture, size.0, size.1) else {
        return;
    };
    for row in 0..area.height {
        for column in 0..area.width {
            let (x, y) = (u32::from(column), 2 * u32::from(row));
            if let Some(cell) = buffer.cell_mut((area.x + column, area.y + row)) {
                cell.set_char('▀')
                    .set_fg(palette.color(pixels.at(x, y)))
                    .set_bg(palette.color(pixels.at(x, y + 1)));
            }
        }
    }
}

impl Palette {
    fn color(self, rgb: [u8; 3]) -> Color {
        let [r, g, b] = rgb;
        match self {
            Self::Full => Color::Rgb(r, g, b),
            Self::Fixed => Color::Indexed(nearest(rgb)),
        }
    }
}

/// The nearest of the colours 16 to 255, which are the same on every terminal: a cube of 216 and
/// 24 greys.
fn nearest(rgb: [u8; 3]) -> u8 {
    let cube = rgb.map(step);
    let [r, g, b] = cube.map(|step| step as u8);
    let of_cube = (16 + 36 * r + 6 * g + b, cube.map(|step| STEPS[step]));
    let mean = rgb.iter().map(|&value| u32::from(value)).sum::<u32>() / 3;
    let grey = (mean.saturating_sub(3) / 10).min(23) as u8;
    let of_greys = (232 + grey, [8 + 10 * grey; 3]);
    if distance(rgb, of_greys.1) < distance(rgb, of_cube.1) {
        of_greys.0
    } else {
        of_cube.0
    }
}

/// The nearest step of the cube.
fn step(value: u8) -> usize {
    let nearest = STEPS
        .iter()
        .enumerate()
        .min_by_key(|(_, step)| step.abs_diff(value));
    nearest.map_or(0, |(place, _)| place)
}

fn distance(one: [u8; 3], other: [u8; 3]) -> u32 {
    one.iter()
        .zip(other)
        .map(|(one, other)| u32::from(one.abs_diff(other)).pow(2))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_colors_are_the_nearest_ones() {
        for (rgb, index) in [
            ([0, 0, 0], 16),
            ([255, 255, 255], 231),
            ([255, 0, 0], 196),
            ([0, 135, 255], 33),
            ([128, 128, 128], 244),
            ([9, 8, 8], 232),
        ] {
            assert_eq!(nearest(rgb), index, "{rgb:?}");
        }
    }
}
