//! A picture as rows of pixels, and another size of it.

/// Pixels row by row, from the top left corner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pixels {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) data: Vec<[u8; 3]>,
}

impl Pixels {
    pub(super) fn at(&self, x: u32, y: u32) -> [u8; 3] {
        let place = y as usize * self.width as usize + x as usize;
        self.data.get(place).copied().unwrap_or_default()
    }

    /// The same picture in another size: each pixel is the mean of those that it stands for.
    pub(super) fn scaled(&self, width: u32, height: u32) -> Self {
        let columns = spans(self.width, width);
        let rows = spans(self.height, height);
        let mut data = Vec::with_capacity(columns.len() * rows.len());
        for &(top, bottom) in &rows {
            for &(left, right) in &columns {
                data.push(self.mean((left, right), (top, bottom)));
            }
        }
        Self {
            width,
            height,
            data,
        }
    }

    /// At most so many pixels wide and high.
    pub(super) fn bounded(self, most: u32) -> Self {
        if self.width <= most && self.height <= most {
            return self;
        }
        let (width, height) = fitting((self.width, self.height), (most, most));
        self.scaled(width, height)
    }

    fn mean(&self, (left, right): (u32, u32), (top, bottom): (u32, u32)) -> [u8; 3] {
        let mut sums = [0_u64; 3];
        for y in top..bottom {
            for x in left..right {
                for (sum, value) in sums.iter_mut().zip(self.at(x, y)) {
                    *sum += u64::from(value);
                }
            }
        }
        let count = u64::from(right - left) * u64::from(bottom - top);
        sums.map(|sum| (sum / count.max(1)) as u8)
    }

    /// The picture as a camera means it that was held another way (EXIF, tag Orientation).
    pub(super) fn turned(self, orientation: u16) -> Self {
        let (width, height) = (self.width, self.height);
        let (right, low) = (width.saturating_sub(1), height.saturating_sub(1));
        let source = |x: u32, y: u32| match orientation {
            2 => (right - x, y),
            3 => (right - x, low - y),
            4 => (x, low - y),
            5 => (y, x),
            6 => (y, low - x),
            7 => (right - y, low - x),
            8 => (right - y, x),
            _ => (x, y),
        };
        let (width, height) = match orientation {
            5..=8 => (height, width),
            2..=4 => (width, height),
            _ => return self,
        };
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let data = places.map(|(x, y)| {
            let (x, y) = source(x, y);
            self.at(x, y)
        });
        Self {
            width,
            height,
            data: data.collect(),
        }
    }
}

/// The largest size of the same shape inside of some room, at least one pixel.
pub(in super::super) fn fitting(size: (u32, u32), room: (u32, u32)) -> (u32, u32) {
    let (width, height) = (f64::from(size.0.max(1)), f64::from(size.1.max(1)));
    let scale = (f64::from(room.0) / width).min(f64::from(room.1) / height);
    let scaled = |length: f64, most: u32| ((length * scale).round() as u32).clamp(1, most.max(1));
    (scaled(width, room.0), scaled(height, room.1))
}

/// The pixels that each of `count` pixels stands for, of `all` in a row.
fn spans(all: u32, count: u32) -> Vec<(u32, u32)> {
    let place = |at: u32| (u64::from(at) * u64::from(all) / u64::from(count.max(1))) as u32;
    (0..count)
        .map(|at| {
            let from = place(at);
            (from, place(at + 1).max(from + 1))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(width: u32, values: &[u8]) -> Pixels {
        Pixels {
            width,
            height: values.len() as u32 / width,
            data: values.iter().map(|&value| [value; 3]).collect(),
        }
    }

    #[test]
    fn smaller_picture_is_made_of_means_and_a_larger_one_of_copies() {
        let picture = grey(4, &[0, 10, 20, 30, 10, 20, 30, 40]);
        assert_eq!(picture.scaled(2, 1), grey(2, &[10, 30]));
        assert_eq!(grey(1, &[7]).scaled(2, 2), grey(2, &[7, 7, 7, 7]));
        assert_eq!(picture.scaled(3, 2).data.len(), 6);
    }

    #[test]
    fn shape_is_kept() {
        assert_eq!(fitting((480, 300), (80, 80)), (80, 50));
        assert_eq!(fitting((300, 480), (80, 40)), (25, 40));
        assert_eq!(fitting((10_000, 1), (80, 40)), (80, 1));
        assert_eq!(fitting((0, 0), (0, 0)), (1, 1));
    }

    #[test]
    fn picture_of_a_camera_stands_upright() {
        // 1 2 3
        // 4 5 6
        let picture = grey(3, &[1, 2, 3, 4, 5, 6]);
        let turned: Vec<Vec<u8>> = (1..=8)
            .map(|it| {
                picture
                    .clone()
                    .turned(it)
                    .data
                    .iter()
                    .map(|p| p[0])
                    .collect()
            })
            .collect();
        assert_eq!(
            turned,
            [
                [1, 2, 3, 4, 5, 6],
                [3, 2, 1, 6, 5, 4],
                [6, 5, 4, 3, 2, 1],
                [4, 5, 6, 1, 2, 3],
                [1, 4, 2, 5, 3, 6],
                [4, 1, 5, 2, 6, 3],
                [6, 3, 5, 2, 4, 1],
                [3, 6, 2, 5, 1, 4],
            ]
        );
        assert_eq!(picture.turned(6).width, 2);
    }
}
