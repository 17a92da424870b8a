//! Durations as people read them.

/// A duration in at most eight columns up to an hour: `0.4 ms`, `12 ms`, `1.20 s`, `2:03 min`.
pub(crate) fn shown(micros: u64) -> String {
    let millis = micros as f64 / 1_000.0;
    match micros {
        0..1_000 => format!("{millis:.1} ms"),
        1_000..999_500 => format!("{millis:.0} ms"),
        999_500..59_995_000 => format!("{:.2} s", millis / 1_000.0),
        _ => {
            let seconds = (millis / 1_000.0).round() as u64;
            if seconds < 3_600 {
                format!("{}:{:02} min", seconds / 60, seconds % 60)
            } else {
                format!("{}:{:02} h", seconds / 3_600, seconds / 60 % 60)
            }
        }
    }
}

/// A running time as a clock shows it: `00:42`, `1:02:03`.
pub(crate) fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes:02}:{seconds:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_range_has_its_unit_without_gaps() {
        let table = [
            (0, "0.0 ms"),
            (40, "0.0 ms"),
            (432, "0.4 ms"),
            (12_345, "12 ms"),
            (999_499, "999 ms"),
            (999_500, "1.00 s"),
            (1_204_000, "1.20 s"),
            (59_994_000, "59.99 s"),
            (59_996_000, "1:00 min"),
            (123_000_000, "2:03 min"),
            (7_260_000_000, "2:01 h"),
        ];
        for (micros, text) in table {
            assert_eq!(shown(micros), text);
        }
    }
}
