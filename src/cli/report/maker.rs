//! What makes a report: a form of ours or a template, and a program where a PDF is wanted.

use std::ffi::OsStr;
use std::path::Path;

use super::templates::Places;
use crate::cli::args::Wanted;
use crate::cli::exit::{Exit, Failure};
use crate::cli::interrupts::Interrupts;
use crate::cli::settings::Settings;
use crate::report::{Form, PdfError, Printer, Subject, Template, TemplateError, Typesetter};

/// A report that can be made of any run.
pub(in crate::cli) struct Maker {
    content: Content,
    press: Option<Press>,
}

/// What makes a PDF.
enum Press {
    Browser(Printer),
    Typst(Typesetter),
}

enum Content {
    Form(Form),
    Template(Box<Template>),
}

impl Maker {
    /// Finds what is needed; a file that ends in `.pdf` is one, whatever its content.
    pub(in crate::cli) fn new(
        wanted: &Wanted,
        path: Option<&Path>,
        places: &Places,
        settings: &Settings,
    ) -> Result<Self, Failure> {
        let ending = path.and_then(Path::extension);
        let is_pdf = ending.is_some_and(|ending| ending.eq_ignore_ascii_case("pdf"));
        let content = match wanted {
            Wanted::Form(form) => Content::Form(*form),
            Wanted::Pdf => Content::Form(Form::Html),
            Wanted::Template(name) => {
                let file = places.find(name, settings)?;
                Content::Template(Box::new(Template::load(&file)?))
            }
        };
        let is_page = match &content {
            Content::Form(form) => *form == Form::Html,
            Content::Template(template) => template.is_html(),
        };
        let wants_printer = *wanted == Wanted::Pdf || (is_pdf && is_page);
        let is_ours = matches!(content, Content::Form(_));
        let press = wants_printer.then(|| find_press(is_ours, settings));
        Ok(Self {
            content,
            press: press.transpose()?,
        })
    }

    /// Whether the report is no text.
    pub(super) const fn is_binary(&self) -> bool {
        self.press.is_some()
    }

    pub(super) fn make(&self, subject: &Subject<'_>, home: &Path) -> Result<Vec<u8>, Failure> {
        match &self.press {
            None => Ok(self.text(subject)?.into_bytes()),
            Some(Press::Typst(typst)) => pressed(|stop| typst.set(subject, home, stop)),
            Some(Press::Browser(printer)) => {
                let page = self.text(subject)?;
                pressed(|stop| printer.print(&page, home, stop))
            }
        }
    }

    fn text(&self, subject: &Subject<'_>) -> Result<String, TemplateError> {
        match &self.content {
            Content::Form(form) => Ok(form.render(subject)),
            Content::Template(template) => template.render(subject),
        }
    }
}

/// What the program gives, unless Ctrl-C ends it.
fn pressed(
    press: impl FnOnce(&dyn Fn() -> bool) -> Result<Vec<u8>, PdfError>,
) -> Result<Vec<u8>, Failure> {
    let interrupts = Interrupts::default();
    interrupts.catch();
    let bytes = press(&|| interrupts.came());
    if interrupts.came() {
        return Err(Failure::new(
            Exit::Aborted,
            "interrupted while the report was printed",
        ));
    }
    bytes.map_err(|error| {
        Failure::trouble(error.to_string())
            .help("write the report as html and print it from a browser")
    })
}

/// A browser, which prints everything; else a Typst, which sets our own report.
fn find_press(is_ours: bool, settings: &Settings) -> Result<Press, Failure> {
    let path = OsStr::new(settings.env.get("PATH").unwrap_or_default());
    if let Some(printer) = Printer::find(path) {
        return Ok(Press::Browser(printer));
    }
    let typst = Typesetter::find(path);
    match typst {
        Some(typst) if is_ours => Ok(Press::Typst(typst)),
        Some(_) => Err(Failure::usage(
            "a PDF of a template needs Chromium, Chrome or Edge, and none is on the PATH",
        )
        .help(
            "Typst is there, and sets the report of maestro itself: leave the template out, or \
             install a browser (Debian: apt install chromium)",
        )),
        None => Err(Failure::usage(
            "a PDF needs Chromium, Chrome, Edge or Typst, and none is on the PATH",
        )
        .help(
            "install one (Debian: apt install chromium), or write the report as html and print it \
             from a browser",
        )),
    }
}

impl From<TemplateError> for Failure {
    fn from(error: TemplateError) -> Self {
        Self::usage(error.to_string()).help(
            "names are those of the JSON report (maestro schema report); maestro-package(5) tells \
             how templates are written",
        )
    }
}
