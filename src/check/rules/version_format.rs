//! `version-format`.

use super::Findings;
use crate::check::view::TestView;
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn check(view: &TestView<'_>, findings: &mut Findings) {
    let version = &view.definition().version;
    if version.is_empty() || is_version(version) {
        return;
    }
    let message = format!(
        "the version `{}` does not begin with MAJOR.MINOR.PATCH",
        version.value
    );
    findings.push(
        Diagnostic::warning(Code::VersionFormat, message)
            .at(version.span, "kept as written")
            .help("write it like \"1.0.0\", in quotes"),
    );
}

/// Whether a text begins with three numbers.
pub(super) fn is_version(text: &str) -> bool {
    let mut parts = text.trim().splitn(3, '.');
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let (major, minor, patch) = (parts.next(), parts.next(), parts.next());
    major.is_some_and(digits)
        && minor.is_some_and(digits)
        && patch.is_some_and(|patch| {
            let number = patch.split(|c: char| !c.is_ascii_digit()).next();
            number.is_some_and(digits)
        })
}

#[cfg(test)]
mod tests {
    use super::is_version;

    #[test]
    fn three_numbers_with_anything_behind_are_a_version() {
        for good in ["1.2.3", "10.0.0-rc.1", "1.2.3+build", "1.2.3.4"] {
            assert!(is_version(good), "{good}");
        }
        for bad in ["1", "1.2", "v1.2.3", "1..3", "1.2.x", ""] {
            assert!(!is_version(bad), "{bad}");
        }
    }
}
