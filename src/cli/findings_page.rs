//! The manual page `maestro-findings(7)`: every code with its explanation.

use std::fmt::Write as _;

use crate::diagnostic::Code;

/// File name of the page.
pub(crate) const FILE: &str = "maestro-findings.7";

/// The page in roff, made from the list of codes.
pub(crate) fn page() -> String {
    let mut page = String::from(
        ".TH MAESTRO-FINDINGS 7\n\
         .SH NAME\n\
         maestro-findings \\- what the findings of maestro mean\n\
         .SH DESCRIPTION\n\
         Each finding of\n\
         .B maestro validate\n\
         has a code, which never changes.\n\
         .B maestro validate \\-\\-explain\n\
         .I CODE\n\
         prints one of these texts.\n\
         .SH CODES\n",
    );
    for code in Code::ALL {
        let _ = writeln!(page, ".TP\n.B {}", escaped(code.as_str()));
        let mut paragraphs = code.explanation().split("\n\n");
        if let Some(first) = paragraphs.next() {
            let _ = writeln!(page, "{}", escaped(first));
        }
        for paragraph in paragraphs {
            let _ = writeln!(page, ".sp\n{}", escaped(paragraph));
        }
    }
    page.push_str(".SH SEE ALSO\nmaestro\\-validate(1), maestro\\-package(5)\n");
    page
}

/// Text without meaning for roff; every sentence gets a line of its own.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    let text = text.replace('\'', "\\(aq").replace(". ", ".\n");
    let lines = text.lines().map(|line| {
        // A zero-width mark in front keeps a leading dot from being a request.
        if line.starts_with('.') {
            format!("\\&{line}")
        } else {
            line.to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}
