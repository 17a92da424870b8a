//! A value between its limits, and a row of values, in characters.

/// Cells beside the limits in which a value outside of them shows.
const MARGIN: usize = 2;

/// A bar of `width` cells from the low to the high limit with the value on it. A limit that is
/// missing leaves its end open.
pub(super) fn bar(value: f64, low: Option<f64>, high: Option<f64>, width: usize) -> String {
    let width = width.max(2 * MARGIN + 5);
    let inner = width - 2 * MARGIN;
    let (from, to) = match (low, high) {
        (Some(low), Some(high)) => (low, high),
        // With one limit the value stands in the middle, or at the limit where it is beyond.
        (Some(low), None) => (low, low + 2.0 * (value - low).abs().max(f64::MIN_POSITIVE)),
        (None, Some(high)) => (
            high - 2.0 * (high - value).abs().max(f64::MIN_POSITIVE),
            high,
        ),
        (None, None) => (value, value),
    };
    let mut cells: Vec<char> = std::iter::repeat_n(' ', MARGIN)
        .chain(std::iter::repeat_n('─', inner))
        .chain(std::iter::repeat_n(' ', MARGIN))
        .collect();
    cells[MARGIN] = if low.is_some() { '├' } else { '─' };
    cells[width - MARGIN - 1] = if high.is_some() { '┤' } else { '─' };
    let place = place_of(value, from, to, inner);
    cells[place] = '●';
    cells.into_iter().collect()
}

/// The cell of a value; a value inside its limits never stands outside of them, nor the other way.
fn place_of(value: f64, from: f64, to: f64, inner: usize) -> usize {
    let last = MARGIN + inner - 1;
    if value < from {
        return MARGIN - 1;
    }
    if value > to {
        return last + 1;
    }
    let share = if to > from {
        (value - from) / (to - from)
    } else {
        0.5
    };
    let cell = (share * (inner - 1) as f64).round();
    if cell.is_finite() {
        MARGIN + (cell as usize).min(inner - 1)
    } else {
        MARGIN + inner / 2
    }
}

/// The newest values as a row of blocks, scaled from the least to the greatest.
pub(super) fn sparkline(values: &[f64], width: usize) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let shown = &values[values.len().saturating_sub(width)..];
    let least = shown.iter().copied().fold(f64::INFINITY, f64::min);
    let greatest = shown.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let range = greatest - least;
    shown
        .iter()
        .map(|value| {
            if range > 0.0 && range.is_finite() {
                BLOCKS[(((value - least) / range * 7.0).round() as usize).min(7)]
            } else {
                BLOCKS[3]
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_stands_where_it_is_between_its_limits() {
        assert_eq!(bar(3.3, Some(3.0), Some(3.6), 15), "  ├────●────┤  ");
        assert_eq!(bar(3.0, Some(3.0), Some(3.6), 15), "  ●─────────┤  ");
        assert_eq!(bar(3.6, Some(3.0), Some(3.6), 15), "  ├─────────●  ");
    }

    #[test]
    fn value_outside_its_limits_stands_outside_of_the_bar() {
        assert_eq!(bar(2.9, Some(3.0), Some(3.6), 15), " ●├─────────┤  ");
        assert_eq!(bar(9.0, Some(3.0), Some(3.6), 15), "  ├─────────┤● ");
        assert_eq!(bar(2.9, Some(3.0), None, 15), " ●├──────────  ");
    }

    #[test]
    fn one_limit_leaves_the_other_end_open() {
        assert_eq!(bar(5.0, Some(3.0), None, 15), "  ├────●─────  ");
        assert_eq!(bar(5.0, None, Some(9.0), 15), "  ─────●────┤  ");
    }

    #[test]
    fn odd_numbers_draw_something() {
        for value in [f64::MAX, f64::MIN, 0.0, f64::MIN_POSITIVE] {
            for limit in [None, Some(f64::MAX), Some(f64::MIN), Some(0.0)] {
                assert_eq!(bar(value, limit, limit, 15).chars().count(), 15);
            }
        }
    }

    #[test]
    fn sparkline_shows_the_newest_values() {
        assert_eq!(sparkline(&[9.0, 1.0, 2.0, 3.0], 3), "▁▅█");
        assert_eq!(sparkline(&[2.0, 2.0], 9), "▄▄");
        assert_eq!(sparkline(&[], 9), "");
    }
}
