//! `measurement` and `measurements`.

use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::{MeasurementDecl, MeasurementType, Operator, Value};
use crate::package::read::value::{self, Braces};
use crate::package::read::{Fields, Reader};
use crate::package::yaml::{Node, NodeKind};
use crate::source::Spanned;

const TYPES: [(&str, MeasurementType); 4] = [
    ("numeric", MeasurementType::Numeric),
    ("boolean", MeasurementType::Boolean),
    ("string", MeasurementType::String),
    ("array", MeasurementType::Array),
];

const OPERATORS: [(&str, Operator); 19] = [
    ("between", Operator::Between),
    ("equal", Operator::Equal),
    ("eq", Operator::Equal),
    ("notequal", Operator::NotEqual),
    ("ne", Operator::NotEqual),
    ("greaterthan", Operator::GreaterThan),
    ("gt", Operator::GreaterThan),
    ("greaterthanorequal", Operator::GreaterThanOrEqual),
    ("gte", Operator::GreaterThanOrEqual),
    ("ge", Operator::GreaterThanOrEqual),
    ("lessthan", Operator::LessThan),
    ("lt", Operator::LessThan),
    ("lessthanorequal", Operator::LessThanOrEqual),
    ("lte", Operator::LessThanOrEqual),
    ("le", Operator::LessThanOrEqual),
    ("log", Operator::Log),
    ("matches", Operator::Matches),
    ("regex", Operator::Matches),
    ("contains", Operator::Contains),
];

/// Reads both fields; `measurements` wins where both stand.
pub(super) fn measurements(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
) -> Vec<MeasurementDecl> {
    let (one, several) = (fields.entry("measurement"), fields.entry("measurements"));
    if let (Some(one), Some(several)) = (one, several) {
        let message = "`measurements` wins and `measurement` is not judged";
        reader.push(
            Diagnostic::warning(Code::MeasurementsTwice, message)
                .at(one.key.span, "not judged")
                .at(several.key.span, "this one counts")
                .help("move the point into `measurements`"),
        );
    }
    if let Some(several) = several {
        return points(reader, &several.value);
    }
    let Some(one) = one else {
        return Vec::new();
    };
    if matches!(one.value.kind, NodeKind::Sequence(_)) {
        reader.push(
            Diagnostic::error(
                Code::WrongType,
                "`measurement` is one point, and this is a list",
            )
            .at(one.key.span, "one point")
            .help("write `measurements:`"),
        );
        return Vec::new();
    }
    measurement(reader, &one.value).into_iter().collect()
}

fn points(reader: &mut Reader<'_>, node: &Node) -> Vec<MeasurementDecl> {
    let items = reader.list(node, "measurements").into_iter();
    items.filter_map(|item| measurement(reader, item)).collect()
}

fn measurement(reader: &mut Reader<'_>, node: &Node) -> Option<MeasurementDecl> {
    let mut fields = Fields::open(reader, node, "measurement", "a measurement")?;
    let name = if let Some(node) = fields.take("name") {
        reader.text(node, "name")
    } else {
        let help = "results are stored and charted under it";
        reader.missing(fields.head, "name is required for a measurement", help);
        None
    };
    let declaration = MeasurementDecl {
        name: name.unwrap_or_else(|| Spanned::new(String::new(), fields.head)),
        kind: fields
            .take("type")
            .and_then(|n| reader.word(n, "type", &TYPES)),
        value: any(&mut fields, "value"),
        target: scalar(reader, &mut fields, "target"),
        low_limit: scalar(reader, &mut fields, "low_limit"),
        high_limit: scalar(reader, &mut fields, "high_limit"),
        expected: any(&mut fields, "expected"),
        tolerance: scalar(reader, &mut fields, "tolerance"),
        operator: fields.take("operator").and_then(|n| operator(reader, n)),
        unit: fields.take("unit").and_then(|n| reader.text(n, "unit")),
    };
    fields.finish(reader);
    Some(declaration)
}

/// Any value.
pub(super) fn any(fields: &mut Fields<'_>, field: &'static str) -> Option<Value> {
    let node = fields.take(field)?;
    Some(value::value(node, Braces::Template))
}

/// A literal or a template, no list and no mapping.
pub(super) fn scalar(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    field: &'static str,
) -> Option<Value> {
    let node = fields.take(field)?;
    if node.scalar().is_none() {
        reader.wrong_type(node, field, "a number or a template");
        return None;
    }
    Some(value::value(node, Braces::Template))
}

/// An operator by its name; a sign is told its name.
fn operator(reader: &mut Reader<'_>, node: &Node) -> Option<Spanned<Operator>> {
    let sign = node.scalar().map(|scalar| scalar.text.trim());
    let name = match sign {
        Some("=" | "==") => "equal",
        Some("!=" | "<>") => "notequal",
        Some(">") => "greaterthan",
        Some(">=") => "greaterthanorequal",
        Some("<") => "lessthan",
        Some("<=") => "lessthanorequal",
        _ => return reader.word(node, "operator", &OPERATORS),
    };
    let message = format!("`operator` cannot be `{}`", sign.unwrap_or_default());
    reader.push(
        Diagnostic::error(Code::UnknownValue, message)
            .at(node.span, "operators are words")
            .help(format!("write `operator: {name}`")),
    );
    None
}
