//! The nearest of the names that would have been right.

/// The names most like `word`, best first, at most `count`.
///
/// Case, `_` and `-` are ignored at first, so `timeoutMs` finds `timeout_ms`.
pub(crate) fn nearest<'a>(
    word: &str,
    names: impl IntoIterator<Item = &'a str>,
    count: usize,
) -> Vec<&'a str> {
    let folded = fold(word);
    let mut scored: Vec<(usize, &str)> = names
        .into_iter()
        .filter(|name| *name != word)
        .filter_map(|name| score(&folded, name).map(|score| (score, name)))
        .collect();
    scored.sort_unstable();
    scored.dedup();
    scored
        .into_iter()
        .take(count)
        .map(|(_, name)| name)
        .collect()
}

/// A help text such as ``did you mean `low_limit`?``, where some name is near.
pub(crate) fn did_you_mean<'a>(
    word: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let near = nearest(word, names, 2);
    match near.as_slice() {
        [] => None,
        [one] => Some(format!("did you mean `{one}`?")),
        [one, other, ..] => Some(format!("did you mean `{one}` or `{other}`?")),
    }
}

/// The number of edits between the two, `None` where that is too many to be a slip.
fn score(folded_word: &str, name: &str) -> Option<usize> {
    let folded = fold(name);
    // Hostile names may be long; edit distance is quadratic.
    if folded_word.len() > 100 || folded.len() > 100 {
        return None;
    }
    let distance = strsim::osa_distance(folded_word, &folded);
    // A beginning that names only one thing is no slip but an abbreviation.
    let is_beginning = folded_word.len() > 3 && folded.starts_with(folded_word);
    let shorter = folded_word.chars().count().min(folded.chars().count());
    let allowed = match shorter {
        0..=2 => 0,
        3..=5 => 1,
        6..=8 => 2,
        _ => 3,
    };
    (distance <= allowed || is_beginning).then_some(distance)
}

fn fold(name: &str) -> String {
    let letters = name.chars().filter(|c| !matches!(c, '_' | '-' | ' '));
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_and_camel_case_find_the_name() {
        let keys = ["timeout_ms", "low_limit", "high_limit", "name"];
        assert_eq!(nearest("timeoutMs", keys, 2), ["timeout_ms"]);
        assert_eq!(nearest("low_limt", keys, 2), ["low_limit"]);
        assert_eq!(did_you_mean("nmae", keys).unwrap(), "did you mean `name`?");
        assert_eq!(did_you_mean("colour", keys), None);
    }
}
