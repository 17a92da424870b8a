//! `retry` and `repeat`.

use crate::package::model::{Repeat, RepeatVerdict, Retry, RetryOn};
use crate::package::read::step::read_step;
use crate::package::read::{Fields, Reader};
use crate::package::yaml::Node;
use crate::source::Spanned;

/// More is an endless loop by another name.
const MAX_COUNT: u64 = u32::MAX as u64;

pub(super) fn retry(reader: &mut Reader<'_>, node: &Node) -> Option<Retry> {
    let mut fields = Fields::open(reader, node, "retry", "`retry`")?;
    let count = count(reader, &mut fields, "count", "count is required for retry");
    let words = [
        ("fail", RetryOn::Fail),
        ("error", RetryOn::Error),
        ("timeout", RetryOn::Timeout),
        ("undetermined", RetryOn::Undetermined),
    ];
    let retry = Retry {
        count,
        delay_ms: fields
            .take("delay_ms")
            .and_then(|n| reader.whole(n, "delay_ms", MAX_COUNT)),
        on: fields.take("on").map_or_else(Vec::new, |n| {
            let items = reader.items(n, "on");
            let words = items
                .into_iter()
                .map(|item| reader.word(item, "on", &words));
            words.collect::<Vec<_>>().into_iter().flatten().collect()
        }),
        before: fields
            .take("before")
            .and_then(|n| read_step(reader, n))
            .map(Box::new),
    };
    fields.finish(reader);
    Some(retry)
}

pub(super) fn repeat(reader: &mut Reader<'_>, node: &Node) -> Option<Repeat> {
    let mut fields = Fields::open(reader, node, "repeat", "`repeat`")?;
    let words = [
        ("worst", RepeatVerdict::Worst),
        ("last", RepeatVerdict::Last),
    ];
    let repeat = Repeat {
        condition: fields
            .take("condition")
            .and_then(|n| reader.text(n, "condition")),
        max_iterations: count(
            reader,
            &mut fields,
            "max_iterations",
            "max_iterations is required",
        ),
        verdict: fields
            .take("verdict")
            .and_then(|n| reader.word(n, "verdict", &words)),
    };
    fields.finish(reader);
    Some(repeat)
}

fn count(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    field: &'static str,
    message: &str,
) -> Spanned<u32> {
    let Some(node) = fields.take(field) else {
        reader.missing(fields.head, message, &format!("add `{field}:`"));
        return Spanned::new(1, fields.head);
    };
    let least = u64::from(field == "max_iterations");
    let count = reader.whole(node, field, MAX_COUNT);
    if count.as_ref().is_some_and(|count| count.value < least) {
        reader.out_of_range(node, field, "1 or more: the body runs before the condition");
    }
    let count = count.map(|count| count.map(|count| count as u32));
    count.unwrap_or_else(|| Spanned::new(1, node.span))
}
