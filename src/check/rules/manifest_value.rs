//! `manifest-value`: forms of fields in `package.json`.

use super::Findings;
use super::version_format::is_version;
use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::Manifest;
use crate::source::Spanned;

pub(in crate::check) fn check(manifest: &Manifest, findings: &mut Findings) {
    let name = &manifest.name;
    if !name.trim().is_empty() && !is_name(name) {
        let help = "letters, digits, `_` and `-`, 64 at most, a letter or digit first";
        findings.push(finding(name, "name", "not a package name", help));
    }
    let version = &manifest.version;
    if !version.trim().is_empty() && !is_version(version) {
        let help = "begin with MAJOR.MINOR.PATCH, such as \"1.0.0\"";
        findings.push(finding(version, "version", "not a version", help));
    }
    if let Some(date) = &manifest.published_date
        && !is_date(date)
    {
        let help = "write it like \"2026-11-20\" or \"2026-11-20T08:30:00Z\"";
        findings.push(finding(date, "publishedDate", "not an ISO 8601 date", help));
    }
}

fn finding(text: &Spanned<String>, field: &str, label: &str, help: &str) -> Diagnostic {
    let message = format!("`{field}` cannot be `{}`", text.value);
    Diagnostic::error(Code::ManifestValue, message)
        .at(text.span, label)
        .help(help)
}

fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    let first = bytes.next().is_some_and(|b| b.is_ascii_alphanumeric());
    let rest = bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    first && rest && name.len() <= 64
}

/// A date, with or without a time behind it.
fn is_date(text: &str) -> bool {
    let text = text.trim();
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    day.parse::<jiff::civil::Date>().is_ok()
        && (day.len() == text.len()
            || text.parse::<jiff::Timestamp>().is_ok()
            || text.parse::<jiff::civil::DateTime>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_with_and_without_time_are_read() {
        for good in [
            "2026-11-20",
            "2026-11-20T08:30:00Z",
            "2026-11-20T08:30:00.5+01:00",
            "2026-11-20T08:30:00",
        ] {
            assert!(is_date(good), "{good}");
        }
        for bad in ["20.11.2026", "2026-13-01", "today", "", "2026-11-20Tsoon"] {
            assert!(!is_date(bad), "{bad}");
        }
    }

    #[test]
    fn names_follow_the_pattern() {
        assert!(is_name("demo-board_2"));
        for bad in ["-a", "a b", "ä", &"a".repeat(65)] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
