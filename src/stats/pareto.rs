//! The vital few: what fails most, and what share of all it makes up.

/// One cause with its share.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cause<T> {
    pub(crate) what: T,
    pub(crate) count: u64,
    /// Of all counts, 0 to 1.
    pub(crate) share: f64,
    /// The shares of this one and of those before it.
    pub(crate) cumulative: f64,
}

/// Orders causes by count, the greatest first; equal ones by what they are.
pub(crate) fn pareto<T: Ord>(counts: impl IntoIterator<Item = (T, u64)>) -> Vec<Cause<T>> {
    let mut counts: Vec<(T, u64)> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
    counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    let total: u64 = counts.iter().map(|(_, count)| count).sum();
    let mut before = 0;
    let cause = |(what, count): (T, u64)| {
        before += count;
        Cause {
            what,
            count,
            share: count as f64 / total as f64,
            cumulative: before as f64 / total as f64,
        }
    };
    counts.into_iter().map(cause).collect()
}
