//! The gates before a run (EXECUTION section 1, item 1): each names both values.

use regex::Regex;
use serde_json::{Map, Value};

use crate::event::Mode;
use crate::plan::Plan;
use crate::station::Station;

/// Longest serial number.
const SERIAL_BYTES: usize = 1024;

/// What the gates look at.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) plan: &'a Plan,
    pub(super) station: &'a Station,
    pub(super) serial: Option<&'a str>,
    pub(super) fixture: Option<&'a str>,
    /// Tags of the definition and of the command line.
    pub(super) tags: &'a Map<String, Value>,
    pub(super) mode: Mode,
    /// Whether the package's work tree has changes; asked only when the station wants to know.
    pub(super) is_dirty: Option<bool>,
}

/// Why a run may not start, one sentence for each closed gate.
pub(super) fn closed(entry: &Entry<'_>) -> Vec<String> {
    [
        product(entry),
        lifecycle(entry),
        clean(entry),
        fixture(entry),
        serial(entry),
        serial_length(entry),
        mode(entry),
    ]
    .into_iter()
    .flatten()
    .chain(required_tags(entry))
    .collect()
}

fn tag<'a>(entry: &'a Entry<'_>, key: &str) -> Option<&'a str> {
    entry
        .tags
        .get(key)
        .and_then(Value::as_str)
        .filter(|text| !text.trim().is_empty())
}

fn product(entry: &Entry<'_>) -> Option<String> {
    let package = entry.plan.packages.first()?;
    let product = tag(entry, "ProductId")?;
    let supported = &package.supported_product_ids;
    let fits = supported.is_empty() || supported.iter().any(|id| id == product);
    (!fits).then(|| {
        format!(
            "tag ProductId is '{product}', and package '{}' supports {}",
            package.ident.name,
            supported.join(", ")
        )
    })
}

fn lifecycle(entry: &Entry<'_>) -> Option<String> {
    let accepted = &entry.station.accept_lifecycle;
    let package = entry.plan.packages.first()?;
    let status = package
        .ident
        .lifecycle_status
        .as_deref()
        .unwrap_or("NotReleased");
    let fits = accepted.is_empty() || accepted.iter().any(|a| a.eq_ignore_ascii_case(status));
    (!fits).then(|| {
        format!(
            "package '{}' is {status}, and station '{}' accepts {}",
            package.ident.name,
            entry.station.id,
            accepted.join(", ")
        )
    })
}

fn clean(entry: &Entry<'_>) -> Option<String> {
    if !entry.station.require_clean {
        return None;
    }
    let name = &entry.plan.packages.first()?.ident.name;
    let wanted = format!("and station '{}' requires a clean one", entry.station.id);
    match entry.is_dirty {
        Some(false) => None,
        Some(true) => Some(format!(
            "the work tree of package '{name}' has changes, {wanted}"
        )),
        None => Some(format!(
            "package '{name}' lies in no Git work tree, {wanted}"
        )),
    }
}

fn fixture(entry: &Entry<'_>) -> Option<String> {
    let missing = entry.station.require_fixture && entry.fixture.is_none();
    missing.then(|| {
        format!(
            "no fixture is given, and station '{}' requires one: --fixture ID",
            entry.station.id
        )
    })
}

fn serial(entry: &Entry<'_>) -> Option<String> {
    let pattern = entry.station.serial_pattern.as_deref()?;
    let Ok(whole) = Regex::new(&format!("^(?:{pattern})$")) else {
        return Some(format!(
            "serial_pattern '{pattern}' is no regular expression"
        ));
    };
    match entry.serial {
        None => Some(format!(
            "no serial number is given, and it must match '{pattern}'"
        )),
        Some(serial) if !whole.is_match(serial) => Some(format!(
            "serial number '{serial}' does not match serial_pattern '{pattern}'"
        )),
        Some(_) => None,
    }
}

/// The index of a database takes 2.7 kB; a longer serial number would keep its run out of it.
fn serial_length(entry: &Entry<'_>) -> Option<String> {
    let bytes = entry.serial?.len();
    (bytes > SERIAL_BYTES).then(|| {
        format!("the serial number is {bytes} bytes long, and at most {SERIAL_BYTES} can be stored")
    })
}

fn mode(entry: &Entry<'_>) -> Option<String> {
    let allowed = &entry.station.allow_modes;
    let wanted = entry.mode.as_str();
    let fits = allowed.is_empty() || allowed.iter().any(|mode| mode.eq_ignore_ascii_case(wanted));
    (!fits).then(|| {
        format!(
            "this would be a run in mode '{wanted}', and station '{}' allows {}",
            entry.station.id,
            allowed.join(", ")
        )
    })
}

fn required_tags(entry: &Entry<'_>) -> Vec<String> {
    let missing = entry
        .plan
        .required_tags
        .iter()
        .filter(|key| tag(entry, key).is_none());
    missing
        .map(|key| {
            format!(
                "required tag '{key}' has no value, and test '{}' requires it: --tag {key}=…",
                entry.plan.test_name
            )
        })
        .collect()
}
