//! A report that a package or a station lays out itself: a minijinja template over the JSON report.
//!
//! The names in a template are the fields of `maestro-report-1`. What the file is called decides the
//! escaping: `NAME.html.j2` and `NAME.xml.j2` escape markup, `NAME.json.j2` writes JSON, everything
//! else is plain text. Templates beside it can be included and extended, and nothing else on the
//! disk. A mistake names the file, the line and the words.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value, path_loader};

use super::Subject;
use super::json::context;

/// What every template file ends with.
pub(crate) const ENDING: &str = ".j2";

/// Steps of work that a template may take: some seconds, never for ever.
const FUEL: u64 = if cfg!(test) { 100_000 } else { 200_000_000 };

/// A template that was read and has no mistake that can be seen before it is filled.
#[derive(Debug)]
pub(crate) struct Template {
    name: String,
    folder: PathBuf,
    environment: Environment<'static>,
}

/// What is wrong with a template, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}: {what}{excerpt}", .file.display(), .line.map_or_else(String::new, |line| format!(", line {line}")))]
pub(crate) struct TemplateError {
    file: PathBuf,
    line: Option<usize>,
    what: String,
    /// The lines around the mistake, with the words underlined.
    excerpt: String,
}

impl Template {
    /// Reads the template and compiles it.
    pub(crate) fn load(file: &Path) -> Result<Self, TemplateError> {
        let trouble = |what: String| TemplateError {
            file: file.to_owned(),
            line: None,
            what,
            excerpt: String::new(),
        };
        let (Some(name), Some(folder)) = (file.file_name(), file.parent()) else {
            return Err(trouble("is no file".to_owned()));
        };
        let name = name.to_string_lossy().into_owned();
        // Said here, since the loader calls whatever it cannot read missing.
        std::fs::read_to_string(file)
            .map_err(|error| trouble(format!("cannot be read: {error}")))?;
        let template = Self {
            environment: environment(folder),
            folder: folder.to_owned(),
            name,
        };
        template
            .environment
            .get_template(&template.name)
            .map_err(|error| template.explain(&error))?;
        Ok(template)
    }

    /// Whether its result is a page that can be printed.
    pub(crate) fn is_html(&self) -> bool {
        matches!(escape_of(&self.name), AutoEscape::Html)
    }

    /// The template filled with a run.
    pub(crate) fn render(&self, subject: &Subject<'_>) -> Result<String, TemplateError> {
        let mut environment = self.environment.clone();
        let zone = subject.zone.clone();
        environment.add_filter("local", move |time: &str, form: Option<&str>| {
            local(time, form, &zone)
        });
        let report = context(subject.record);
        environment
            .get_template(&self.name)
            .and_then(|template| template.render(Value::from(Serde(&report))))
            .map_err(|error| self.explain(&error))
    }

    fn explain(&self, error: &Error) -> TemplateError {
        // The innermost error knows the place within an included template.
        let mut innermost = error;
        let mut source = std::error::Error::source(error);
        while let Some(next) = source {
            if let Some(next) = next.downcast_ref::<Error>() {
                innermost = next;
            }
            source = next.source();
        }
        let what = match (innermost.kind(), innermost.detail()) {
            (ErrorKind::OutOfFuel, _) => "takes too long: does a loop never end?".to_owned(),
            (kind, None) => kind.to_string(),
            (ErrorKind::SyntaxError, Some(detail)) => detail.to_owned(),
            (kind, Some(detail)) => format!("{kind}: {detail}"),
        };
        let name = innermost.name().unwrap_or(&self.name);
        let excerpt = innermost.template_source().zip(innermost.line());
        let excerpt = excerpt.map(|(text, line)| excerpt_of(text, line, innermost.range()));
        TemplateError {
            file: self.folder.join(name),
            line: innermost.line(),
            what,
            excerpt: excerpt.unwrap_or_default(),
        }
    }
}

fn environment(folder: &Path) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_loader(path_loader(folder));
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.set_auto_escape_callback(escape_of);
    environment.set_formatter(super::page::format);
    environment.set_fuel(Some(FUEL));
    environment.set_debug(true);
    environment.add_filter("local", |time: &str, form: Option<&str>| {
        local(time, form, &TimeZone::UTC)
    });
    environment
}

fn escape_of(name: &str) -> AutoEscape {
    let name = name.strip_suffix(ENDING).unwrap_or(name);
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html" | "htm" | "xml") => AutoEscape::Html,
        Some("json") => AutoEscape::Json,
        _ => AutoEscape::None,
    }
}

/// A time of the report as people at the station read it.
fn local(time: &str, form: Option<&str>, zone: &TimeZone) -> Result<String, Error> {
    let wrong = |what: String| Error::new(ErrorKind::InvalidOperation, what);
    let time: jiff::Timestamp = time
        .parse()
        .map_err(|_| wrong(format!("`{time}` is no time")))?;
    let form = form.unwrap_or("%Y-%m-%d %H:%M:%S");
    strtime::format(form, &time.to_zoned(zone.clone())).map_err(|error| {
        wrong(format!(
            "`{form}` does not say how a time is shown: {error}"
        ))
    })
}

/// The line of a mistake and the one before it.
fn excerpt_of(text: &str, line: usize, range: Option<std::ops::Range<usize>>) -> String {
    let mut out = String::new();
    let width = line.to_string().len();
    for number in line.saturating_sub(1).max(1)..=line {
        let Some(shown) = text.lines().nth(number - 1) else {
            continue;
        };
        let _ = write!(out, "\n{number:>width$} | {}", shown.replace('\t', " "));
    }
    let begin: usize = text
        .split_inclusive('\n')
        .take(line - 1)
        .map(str::len)
        .sum();
    let whole = text.lines().nth(line - 1).unwrap_or_default();
    let Some(range) =
        range.filter(|range| range.start >= begin && text.is_char_boundary(range.start))
    else {
        return out;
    };
    let column = text[begin..range.start].chars().count();
    let room = whole.chars().count().saturating_sub(column).max(1);
    let length = text
        .get(range)
        .map_or(1, |words| words.chars().count())
        .clamp(1, room);
    let _ = write!(
        out,
        "\n{:>width$} | {}{}",
        "",
        " ".repeat(column),
        "^".repeat(length)
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::sample::eventful;
    use crate::record::RunRecord;

    /// Fills the first of these files.
    fn fill(files: &[(&str, &str)]) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let record = RunRecord::from_events(&eventful().events).unwrap();
        let place = folder.path().display().to_string();
        Template::load(&folder.path().join(files[0].0))
            .and_then(|template| template.render(&Subject::of(&record)))
            .map_err(|error| error.to_string().replace(&place, ""))
    }

    #[test]
    fn template_reads_the_report_and_escapes_by_its_name() {
        let text = "{{ run.serial_number }} <{{ '<b>' }}> {{ run.started_at | local('%Y-%m-%d') }}";
        assert_eq!(
            fill(&[("a.html.j2", text)]).unwrap(),
            "DEMO-0001 <&lt;b&gt;> 2023-11-14"
        );
        assert_eq!(
            fill(&[("a.txt.j2", text)]).unwrap(),
            "DEMO-0001 <<b>> 2023-11-14"
        );
        assert_eq!(
            fill(&[("a.json.j2", "{{ run.serial_number }}")]).unwrap(),
            "\"DEMO-0001\""
        );
    }

    #[test]
    fn template_goes_through_steps_and_measurements() {
        let text = "{% for step in steps %}{% for m in step.measurements if m.verdict == 'FAIL' %}\
            {{ m.measurement_name }}={{ m.actual_value }} {% endfor %}{% endfor %}";
        assert_eq!(
            fill(&[("a.txt.j2", text)]).unwrap(),
            "VOUT_5V=5.412 RAIL_12V=12.9 "
        );
    }

    #[test]
    fn mistake_in_an_included_template_points_there() {
        let outer = ("a.html.j2", "{% include 'b.html.j2' %}");
        let inner = ("b.html.j2", "one\n<p>{{ run.serail.number }}</p>\n");
        insta::assert_snapshot!(fill(&[outer, inner]).unwrap_err());
    }

    #[test]
    fn mistake_of_syntax_is_found_before_a_run() {
        insta::assert_snapshot!(fill(&[("a.html.j2", "ä\n{% for x in %}\n")]).unwrap_err());
    }

    #[test]
    fn name_that_does_not_exist_is_a_mistake() {
        let said = fill(&[("a.txt.j2", "{{ run.serial_number }} {{ run.serail }}")]).unwrap_err();
        assert!(
            said.contains("/a.txt.j2, line 1: undefined value"),
            "{said}"
        );
    }

    #[test]
    fn nothing_outside_its_folder_is_read() {
        let said = fill(&[("a.txt.j2", "{% include '../../etc/passwd' %}")]).unwrap_err();
        assert!(said.contains("template not found"), "{said}");
    }

    #[test]
    fn endless_template_ends() {
        let text = "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}\
            {% endfor %}{% endfor %}{% endfor %}";
        assert!(
            fill(&[("a.txt.j2", text)])
                .unwrap_err()
                .contains("takes too long")
        );
    }
}
