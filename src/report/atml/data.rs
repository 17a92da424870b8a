//! Values and limits as the common types of IEEE Std 1671 have them.

use serde_json::Value;

use super::write::Xml;
use crate::measure::{Comparator, Kind, Measurement, read_boolean};

/// Data and limits of one measurement.
pub(super) fn measurement(point: &Measurement, xml: &mut Xml) {
    xml.element("tr:TestData", &[], |xml| data(point, xml));
    if has_limits(point) {
        xml.element("tr:TestLimits", &[], |xml| {
            xml.element("tr:Limits", &[], |xml| limits(point, xml));
        });
    }
}

fn data(point: &Measurement, xml: &mut Xml) {
    let unit = point.unit.as_deref();
    let text = point.actual_text.as_deref();
    match (point.kind, point.actual_value) {
        (Kind::Array, _) => match text.and_then(elements) {
            Some(elements) => array(&elements, unit, xml),
            None => string("c:Datum", text.unwrap_or_default(), xml),
        },
        (Kind::Boolean, _) => {
            let flag = text.and_then(|text| read_boolean(&Value::String(text.to_owned())));
            match flag {
                Some(flag) => datum("c:boolean", if flag { "true" } else { "false" }, None, xml),
                None => string("c:Datum", text.unwrap_or_default(), xml),
            }
        }
        (Kind::Numeric, Some(value)) => number(value, unit, xml),
        (Kind::Numeric | Kind::String, _) => string("c:Datum", text.unwrap_or_default(), xml),
    }
}

fn elements(text: &str) -> Option<Vec<f64>> {
    let list: Vec<Value> = serde_json::from_str(text).ok()?;
    list.iter().map(Value::as_f64).collect()
}

fn array(elements: &[f64], unit: Option<&str>, xml: &mut Xml) {
    let dimensions = format!("[{}]", elements.len());
    let mut attributes = vec![("xsi:type", "c:doubleArray"), ("dimensions", &dimensions)];
    attributes.extend(unit.map(|unit| ("nonStandardUnit", unit)));
    xml.element("c:IndexedArray", &attributes, |xml| {
        for (place, element) in elements.iter().enumerate() {
            let position = format!("[{place}]");
            let value = double(*element);
            xml.empty("c:Element", &[("position", &position), ("value", &value)]);
        }
    });
}

/// Whether something was compared that the standard's limits can say.
fn has_limits(point: &Measurement) -> bool {
    let bounds = [point.low_limit, point.high_limit];
    point.operator != Some(Comparator::Log)
        && (bounds.iter().any(Option::is_some) || expected(point).is_some())
}

fn limits(point: &Measurement, xml: &mut Xml) {
    let strict = matches!(point.operator, Some(Comparator::Gt | Comparator::Lt));
    let low = point
        .low_limit
        .map(|low| (if strict { "GT" } else { "GE" }, low));
    let high = point
        .high_limit
        .map(|high| (if strict { "LT" } else { "LE" }, high));
    let unit = point.unit.as_deref();
    let limit = |xml: &mut Xml, name: &str, (comparator, value): (&str, f64)| {
        xml.element(name, &[("comparator", comparator)], |xml| {
            number(value, unit, xml);
        });
    };
    match (low, high) {
        // A band that must be left is two limits of which one holds.
        (Some((_, low)), Some((_, high))) if point.operator == Some(Comparator::Ne) => {
            xml.element("c:LimitPair", &[("operator", "OR")], |xml| {
                limit(xml, "c:Limit", ("LT", low));
                limit(xml, "c:Limit", ("GT", high));
            });
        }
        (Some(low), Some(high)) => xml.element("c:LimitPair", &[("operator", "AND")], |xml| {
            limit(xml, "c:Limit", low);
            limit(xml, "c:Limit", high);
            if let Some(target) = point.target {
                xml.element("c:Nominal", &[], |xml| number(target, unit, xml));
            }
        }),
        (Some(one), None) | (None, Some(one)) => limit(xml, "c:SingleLimit", one),
        (None, None) => {
            if let Some((comparator, expected)) = expected(point) {
                xml.element(
                    "c:Expected",
                    &[("comparator", comparator)],
                    |xml| match expected {
                        Expected::Number(value) => number(value, unit, xml),
                        Expected::Text(text) => string("c:Datum", text, xml),
                    },
                );
            }
        }
    }
}

enum Expected<'a> {
    Number(f64),
    Text(&'a str),
}

/// What a value must be or must not be. Patterns have no comparator in the standard: they are in
/// our own record only.
fn expected(point: &Measurement) -> Option<(&'static str, Expected<'_>)> {
    // CIEQ and CINE compare without case, and ours never do.
    let comparator = match point.operator {
        None | Some(Comparator::Within | Comparator::Eq) => "EQ",
        Some(Comparator::Ne) => "NE",
        Some(_) => return None,
    };
    let text = point.expected.as_deref().map(Expected::Text);
    let number = || {
        point
            .target
            .filter(|_| point.operator.is_some())
            .map(Expected::Number)
    };
    text.filter(|_| point.kind != Kind::Numeric)
        .or_else(number)
        .or_else(|| point.expected.as_deref().map(Expected::Text))
        .map(|expected| (comparator, expected))
}

fn number(value: f64, unit: Option<&str>, xml: &mut Xml) {
    datum("c:double", &double(value), unit, xml);
}

/// A number as XML Schema writes it.
pub(super) fn double(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "INF" } else { "-INF" }.to_owned();
    }
    value.to_string()
}

/// A value that stands in an attribute.
fn datum(kind: &str, value: &str, unit: Option<&str>, xml: &mut Xml) {
    let mut attributes = vec![("xsi:type", kind), ("value", value)];
    attributes.extend(unit.map(|unit| ("nonStandardUnit", unit)));
    xml.empty("c:Datum", &attributes);
}

fn string(name: &str, text: &str, xml: &mut Xml) {
    xml.element(name, &[("xsi:type", "c:string")], |xml| {
        xml.text("c:Value", text);
    });
}
