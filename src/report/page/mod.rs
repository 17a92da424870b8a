//! One self-contained HTML document: head, style, script, escaping; what stands in it is others'.
//!
//! Every page works from a file, by mail and years later: it asks for nothing outside itself, and
//! its content policy forbids the browser to. Style and script are allowed by their digests, so
//! that no text of a test can become either. A page is complete without its script.
//! Begin with [`Page`]; [`templates()`] gives the environment that fragments are made with.

mod escape;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use sha2::{Digest as _, Sha256};

pub(crate) use escape::{css_text, format, html};

/// The look of every page: colours, type, verdicts, tables, print.
const STYLE: &str = include_str!("page.css");

/// A document around a body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page<'a> {
    pub(crate) title: &'a str,
    /// Rules after those of every page.
    pub(crate) style: &'a str,
    /// Runs once the document is there; empty for none.
    pub(crate) script: &'a str,
    /// What stands at the foot of each printed page, beside its number.
    pub(crate) foot: &'a str,
    /// Size of the paper as style sheets name it; `auto` for what the printer has.
    pub(crate) paper: &'static str,
}

impl Page<'_> {
    /// The document around `body`, which is markup already.
    #[cfg_attr(
        not(test),
        allow(dead_code, reason = "pages of statistics are made whole")
    )]
    pub(crate) fn around(&self, body: &str) -> String {
        let mut out = String::with_capacity(body.len() + STYLE.len() + 4096);
        self.begin(&mut out);
        out.push_str(body);
        self.end(&mut out);
        out
    }

    /// Appends everything before the body.
    pub(crate) fn begin(&self, out: &mut String) {
        let style = format!("\n{STYLE}{}{}", self.style, self.print_foot());
        let mut policy = format!(
            "default-src 'none'; img-src data:; style-src '{}'; base-uri 'none'; form-action 'none'",
            digest(&style)
        );
        if !self.script.is_empty() {
            let _ = write!(policy, "; script-src '{}'", digest(self.script));
        }
        let _ = write!(
            out,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta name=\"generator\" content=\"maestro {}\">\n\
             <link rel=\"icon\" href=\"data:,\">\n<title>{}</title>\n<style>{style}</style>\n\
             </head>\n<body>\n",
            env!("CARGO_PKG_VERSION"),
            html(self.title),
        );
    }

    /// Appends everything after the body.
    pub(crate) fn end(&self, out: &mut String) {
        if !self.script.is_empty() {
            let _ = writeln!(out, "<script>{}</script>", self.script);
        }
        out.push_str("</body>\n</html>\n");
    }

    /// Text and number at the foot of printed pages.
    fn print_foot(&self) -> String {
        format!(
            "@page {{ size: {}; @bottom-left {{ content: {}; }} @bottom-right {{ content: counter(page) \" / \" counter(pages); }} }}\n",
            self.paper,
            css_text(self.foot)
        )
    }
}

/// The environment for fragments: everything that is put in is escaped, and a name that does not
/// exist is a mistake. Lines that hold a tag only leave no line behind.
pub(crate) fn templates() -> Environment<'static> {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    templates.set_formatter(format);
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build();
    templates.set_syntax(syntax.expect("the usual delimiters are valid"));
    templates
}

/// What a content policy calls an element by.
fn digest(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}
