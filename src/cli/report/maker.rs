//! What makes a report: a form of ours or a template, and a printer where a PDF is wanted.

use std::ffi::OsStr;
use std::path::Path;

use super::templates::Places;
use crate::cli::args::Wanted;
use crate::cli::exit::{Exit, Failure};
use crate::cli::interrupts::Interrupts;
use crate::cli::settings::Settings;
use crate::report::{Form, Printer, Subject, Template, TemplateError};

/// A report that can be made of any run.
pub(in crate::cli) struct Maker {
    content: Content,
    printer: Option<Printer>,
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
        let printer = wants_printer.then(|| find_printer(settings)).transpose()?;
        Ok(Self { content, printer })
    }

    /// Whether the report is no text.
    pub(super) const fn is_binary(&self) -> bool {
        self.printer.is_some()
    }

    pub(super) fn make(&self, subject: &Subject<'_>, home: &Path) -> Result<Vec<u8>, Failure> {
        let text = match &self.content {
            Content::Form(form) => form.render(subject),
            Content::Template(template) => template.render(subject)?,
        };
        let Some(printer) = &self.printer else {
            return Ok(text.into_bytes());
        };
        let interrupts = Interrupts::default();
        interrupts.catch();
        let bytes = printer.print(&text, home, &|| interrupts.came());
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
}

fn find_printer(settings: &Settings) -> Result<Printer, Failure> {
    let path = settings.env.get("PATH").unwrap_or_default();
    Printer::find(OsStr::new(path)).ok_or_else(|| {
        Failure::usage("a PDF needs Chromium, Chrome or Edge, and none is on the PATH").help(
            "install one (Debian: apt install chromium), or write the report as html and print it \
             from a browser",
        )
    })
}

impl From<TemplateError> for Failure {
    fn from(error: TemplateError) -> Self {
        Self::usage(error.to_string()).help(
            "names are those of the JSON report (maestro schema report); maestro-package(5) tells \
             how templates are written",
        )
    }
}
