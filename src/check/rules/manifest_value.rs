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
    let requirements = &manifest.requirements;
    for requirement in &requirements.pip_packages {
        if !is_requirement(requirement) {
            let help = "write NAME with a version behind it, such as \"PyVISA>=1.14\"; wheels \
                        belong into the folder wheels/, options of pip into its configuration";
            let label = "not a requirement";
            findings.push(finding(requirement, "pipPackages", label, help));
        }
    }
    let versions = [
        (&requirements.min_python_version, "minPythonVersion", "3.11"),
        (&requirements.min_dotnet_version, "minDotNetVersion", "4.8"),
    ];
    for (version, field, sample) in versions {
        if let Some(version) = version.as_ref().filter(|version| !is_dotted(version)) {
            let help = format!("write numbers with points between them, such as \"{sample}\"");
            findings.push(finding(version, field, "not a version", &help));
        }
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

/// A name, perhaps with extras, then a version, an address, a condition or nothing; or an address
/// alone. Anything else would be an option or a file name to pip.
fn is_requirement(text: &str) -> bool {
    let text = text.trim();
    if text.contains(char::is_control) || text.ends_with('\\') {
        return false;
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return false;
    }
    let is_address = |rest: &str| {
        let scheme = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '+'));
        scheme.is_some_and(|at| at > 0 && rest[at..].starts_with("://"))
    };
    let rest = rest.trim_start();
    let rest = match rest
        .strip_prefix('[')
        .and_then(|extras| extras.split_once(']'))
    {
        Some((_, rest)) => rest.trim_start(),
        None => rest,
    };
    let is_file = [".whl", ".gz", ".zip", ".txt"]
        .iter()
        .any(|end| name.ends_with(end));
    let goes_on = rest.is_empty() || rest.starts_with(['=', '<', '>', '!', '~', '@', ';', '(']);
    is_address(text) || (!is_file && goes_on)
}

fn is_dotted(text: &str) -> bool {
    let text = text.trim();
    let mut parts = text
        .strip_prefix(">=")
        .unwrap_or(text)
        .trim_start()
        .split('.');
    parts.all(|part| !part.is_empty() && part.len() < 6 && part.bytes().all(|b| b.is_ascii_digit()))
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
    fn requirements_are_names_and_addresses_and_never_options() {
        for good in [
            "PyVISA",
            "pyvisa==1.14.1",
            "numpy >= 1.24, < 3",
            "pyserial[cp2110]~=3.5",
            "tool; python_version < '3.11'",
            "driver @ https://files.example/driver-1.0-py3-none-any.whl",
            "git+https://git.example/driver.git@v1",
            "zope.interface (>=5)",
        ] {
            assert!(is_requirement(good), "{good}");
        }
        for bad in [
            "",
            "--index-url=https://index.example",
            "-r requirements.txt",
            "requirements.txt",
            "./driver",
            "/opt/driver",
            "driver-1.0-py3-none-any.whl",
            "two words",
            "a\n--index-url=x",
            "a \\",
        ] {
            assert!(!is_requirement(bad), "{bad}");
        }
    }

    #[test]
    fn versions_of_languages_are_numbers() {
        assert!(is_dotted("3.11") && is_dotted("4") && is_dotted("10.0.100"));
        assert!(is_dotted(">= 3.10"));
        for bad in ["", "3.", ">3.10", "v3", "3.x", "3.999999"] {
            assert!(!is_dotted(bad), "{bad}");
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
