//! Numbers and tables for people.

use std::fmt::Write as _;

use crate::store::upkeep::Going;

/// What would go or has gone, month by month.
pub(super) fn going(going: &Going) -> String {
    let mut text = String::new();
    for (month, tables) in &going.months {
        let rows = |table: &str| tables.get(table).copied().unwrap_or(0);
        let runs = rows("test_executions");
        let steps = rows("step_results");
        let measurements = rows("measurements");
        let others = tables.values().sum::<u64>() - runs - steps - measurements;
        let _ = writeln!(
            text,
            "  {month}  {:>13}  {steps:>10} steps  {measurements:>12} measurements  \
             {others:>10} other rows",
            self::runs(runs)
        );
    }
    text
}

/// Which runs of that age stay, and why.
pub(super) fn kept(going: &Going) -> String {
    let kept = going.kept;
    [
        (kept.unfinished, "without an end"),
        (kept.undelivered, "whose journal waits for a store"),
        (kept.not_sent_to_mes, "that the MES has not got"),
        (kept.clock_suspect, "whose clock was wrong"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .fold(String::new(), |mut text, (number, why)| {
        let _ = writeln!(text, "  stays: {} {why}", runs(number));
        text
    })
}

/// `1 run`, `2 runs`.
pub(super) fn runs(number: u64) -> String {
    match number {
        1 => "1 run".to_owned(),
        _ => format!("{number} runs"),
    }
}

/// A size in the unit that suits it.
pub(in crate::cli) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut size = bytes as f64;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    match unit {
        0 => format!("{bytes} B"),
        _ => format!("{size:.1} {}", UNITS[unit]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_has_the_unit_that_suits_it() {
        let table = [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1_572_864, "1.5 MiB"),
            (u64::MAX, "16777216.0 TiB"),
        ];
        for (bytes, text) in table {
            assert_eq!(size(bytes), text);
        }
    }
}
