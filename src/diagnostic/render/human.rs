//! The form for people: the text with the place underlined.

use std::fmt::{self, Write as _};

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use super::place::Place;
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::source::{SourceFile, SourceId, Sources};

/// Longer lines are not shown: nobody could see what is underlined.
const LONG_LINE: usize = 1_000;

/// What the reader's terminal can show.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HumanStyle {
    pub(crate) color: bool,
    /// Lines and arrows beyond ASCII.
    pub(crate) unicode: bool,
    pub(crate) width: usize,
    /// Findings that are shown in full; the rest is only counted.
    pub(crate) limit: usize,
}

/// Every finding with its lines, and a line that counts them. Empty without findings.
pub(crate) fn human(findings: &[Diagnostic], sources: &Sources, style: HumanStyle) -> String {
    let mut out = String::new();
    let handler = handler(style);
    for finding in shown(findings, style.limit) {
        if !out.is_empty() {
            out.push('\n');
        }
        for report in reports(finding, sources) {
            if handler.render_report(&mut out, &report).is_err() {
                let _ = writeln!(out, "{}: {}", finding.code, finding.message);
            }
        }
    }
    let hidden = findings.len().saturating_sub(style.limit);
    if hidden > 0 {
        let _ = writeln!(out, "\n… and {hidden} more, which `--format json` lists");
    }
    out
}

/// Errors come first where not all can be shown, but stay in the order of their places.
fn shown(findings: &[Diagnostic], limit: usize) -> Vec<&Diagnostic> {
    if findings.len() <= limit {
        return findings.iter().collect();
    }
    let mut chosen: Vec<usize> = (0..findings.len()).collect();
    chosen.sort_by_key(|index| std::cmp::Reverse(findings[*index].severity));
    chosen.truncate(limit);
    chosen.sort_unstable();
    chosen.into_iter().map(|index| &findings[index]).collect()
}

fn handler(style: HumanStyle) -> GraphicalReportHandler {
    let theme = GraphicalTheme {
        characters: if style.unicode {
            ThemeCharacters::unicode()
        } else {
            ThemeCharacters::ascii()
        },
        styles: if style.color {
            ThemeStyles::ansi()
        } else {
            ThemeStyles::none()
        },
    };
    GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_width(style.width.clamp(40, 200))
        .with_context_lines(1)
}

/// The finding, and a note for each further file that its labels point into.
fn reports<'a>(finding: &Diagnostic, sources: &'a Sources) -> Vec<Report<'a>> {
    let home = finding.primary().map(|span| span.source);
    if has_long_line(finding, sources) {
        return vec![without_text(finding, sources)];
    }
    let mut reports = vec![Report {
        severity: finding.severity,
        code: Some(finding.code.as_str()),
        message: finding.message.clone(),
        help: finding.help.clone(),
        text: home.map(|source| Text(sources.file(source))),
        labels: home.map_or_else(Vec::new, |home| labels(finding, home, sources)),
    }];
    let mut elsewhere: Vec<SourceId> = Vec::new();
    for label in &finding.labels {
        let source = label.span.source;
        if Some(source) != home && !elsewhere.contains(&source) {
            elsewhere.push(source);
        }
    }
    reports.extend(elsewhere.into_iter().map(|source| Report {
        severity: Severity::Hint,
        code: None,
        message: format!("this belongs to the `{}` above", finding.code),
        help: None,
        text: Some(Text(sources.file(source))),
        labels: labels(finding, source, sources),
    }));
    reports
}

/// Whether a line that would be shown is too long for a screen, and for the renderer.
fn has_long_line(finding: &Diagnostic, sources: &Sources) -> bool {
    finding.labels.iter().any(|label| {
        let file = sources.file(label.span.source);
        let line = file.position(label.span.start as usize).line;
        let around = line.saturating_sub(1)..=line + 1;
        let mut lines = around.filter_map(|line| file.line(line));
        lines.any(|line| line.len() > LONG_LINE)
    })
}

/// The places as `file:line:column` instead of the text.
fn without_text<'a>(finding: &Diagnostic, sources: &Sources) -> Report<'a> {
    let mut message: String = finding.message.chars().take(LONG_LINE).collect();
    for label in &finding.labels {
        let place = Place::of(label.span, sources);
        let (file, line, column) = (place.file, place.line, place.column);
        let _ = write!(message, "\n{file}:{line}:{column}: {}", label.text);
    }
    Report {
        severity: finding.severity,
        code: Some(finding.code.as_str()),
        message,
        help: finding.help.clone(),
        text: None,
        labels: Vec::new(),
    }
}

fn labels(finding: &Diagnostic, source: SourceId, sources: &Sources) -> Vec<LabeledSpan> {
    let here = finding
        .labels
        .iter()
        .filter(|label| label.span.source == source);
    here.map(|label| labeled(label, sources)).collect()
}

/// The first line of a label's span: a finding about a whole block needs no page of it.
fn labeled(label: &Label, sources: &Sources) -> LabeledSpan {
    let covered = sources.text(label.span);
    let first = covered.split(['\n', '\r']).next().unwrap_or(covered);
    let text = (!label.text.is_empty()).then(|| label.text.clone());
    LabeledSpan::new(text, label.span.start as usize, first.len())
}

/// A finding in the shape that the renderer takes.
#[derive(Debug)]
struct Report<'a> {
    severity: Severity,
    code: Option<&'static str>,
    message: String,
    help: Option<String>,
    text: Option<Text<'a>>,
    labels: Vec<LabeledSpan>,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let code = self.code?;
        Some(Box::new(format!("{}[{code}]", self.severity.as_str())))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Hint => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.help.as_deref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        let text = self.text.as_ref()?;
        Some(text)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// A file as the renderer reads it.
#[derive(Debug)]
struct Text<'a>(&'a SourceFile);

impl SourceCode for Text<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let text: &str = self.0.text();
        let part = text.read_span(span, lines_before, lines_after)?;
        // Without context the renderer asks for the place in the heading: bytes would puzzle.
        let column = if lines_before == 0 && lines_after == 0 {
            self.0.position(span.offset()).column - 1
        } else {
            part.column()
        };
        Ok(Box::new(MietteSpanContents::new_named(
            self.0.shown().to_owned(),
            part.data(),
            *part.span(),
            part.line(),
            column,
            part.line_count(),
        )))
    }
}
