//! What is printed for other programs: completion scripts, manual pages, JSON schemas.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::report;

use super::args::{Cli, CompletionsArgs, ManArgs, SchemaArgs, SchemaName};
use super::console::Console;
use super::exit::{Exit, Failure};
use super::{findings_page, stats};

/// The messages between maestro and its runners.
const PROTOCOL_SCHEMA: &str = include_str!("../../runners/protocol/schema/protocol-1.schema.json");

/// `maestro completions SHELL`.
pub(crate) fn completions(args: &CompletionsArgs, console: &mut Console) -> Result<Exit, Failure> {
    console.result(&completion_script(args.shell))?;
    Ok(Exit::Done)
}

/// `maestro man [COMMAND…] [--dir DIR]`.
pub(crate) fn man(args: &ManArgs, console: &mut Console) -> Result<Exit, Failure> {
    let pages = manual_pages();
    if let Some(folder) = &args.dir {
        write_pages(&pages, folder)?;
        console.note(&format!("{} pages in {}", pages.len(), folder.display()));
        return Ok(Exit::Done);
    }
    let mut words = args.command.iter().map(String::as_str).peekable();
    // `maestro man maestro run` and `maestro man run` ask for the same page.
    let _ = words.next_if_eq(&"maestro");
    let wanted = std::iter::once("maestro").chain(words).collect::<Vec<_>>();
    let name = format!("{}.1", wanted.join("-"));
    let Some(page) = pages.iter().find(|page| page.file == name) else {
        let message = format!("there is no manual page for `{}`", wanted.join(" "));
        return Err(Failure::usage(message).help("`maestro --help` lists the commands"));
    };
    console.result(&page.text)?;
    Ok(Exit::Done)
}

/// `maestro schema NAME`.
pub(crate) fn schema(args: &SchemaArgs, console: &mut Console) -> Result<Exit, Failure> {
    console.result(match args.name {
        SchemaName::Protocol => PROTOCOL_SCHEMA,
        SchemaName::Report => report::json::SCHEMA,
        SchemaName::Stats => stats::SCHEMA,
    })?;
    Ok(Exit::Done)
}

/// The script that teaches `shell` our commands and options.
pub(crate) fn completion_script(shell: Shell) -> String {
    let mut script = Vec::new();
    // Into memory first: the generator panics on a closed pipe.
    clap_complete::generate(shell, &mut Cli::command(), "maestro", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// A manual page and the file it belongs into.
#[derive(Debug)]
pub(crate) struct ManualPage {
    pub(crate) file: String,
    pub(crate) text: String,
}

/// The pages of `maestro` and of every visible command, in the order of the help, and the list of
/// findings.
pub(crate) fn manual_pages() -> Vec<ManualPage> {
    let mut root = Cli::command();
    root.build();
    let mut pages = Vec::new();
    collect_pages(&root, "maestro", &mut pages);
    pages.push(ManualPage {
        file: findings_page::FILE.to_owned(),
        text: findings_page::page(),
    });
    pages
}

fn collect_pages(command: &Command, name: &str, pages: &mut Vec<ManualPage>) {
    pages.push(ManualPage {
        file: format!("{name}.1"),
        text: render_page(command, name),
    });
    for child in command.get_subcommands().filter(|c| !c.is_hide_set()) {
        collect_pages(child, &format!("{name}-{}", child.get_name()), pages);
    }
}

fn render_page(command: &Command, name: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let man = Man::new(command.clone())
        .title(name.to_uppercase())
        .section("1")
        .source(format!("maestro {version}"))
        .manual("Maestro manual");
    let mut page = Vec::new();
    let rendered = render_sections(&man, command, name, &mut page);
    debug_assert!(rendered.is_ok(), "writing into memory cannot fail");
    String::from_utf8_lossy(&page).into_owned()
}

fn render_sections(man: &Man, command: &Command, name: &str, page: &mut Vec<u8>) -> io::Result<()> {
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(page)?;
    }
    if let Some(text) = command.get_after_long_help().or(command.get_after_help()) {
        examples(&text.to_string(), page)?;
    }
    if name == "maestro" {
        environment().to_writer(page)?;
        files().to_writer(page)?;
        exit_codes().to_writer(page)?;
    }
    see_also(name).to_writer(page)
}

/// The block of examples, set as it is typed; its heading becomes a section.
fn examples(text: &str, page: &mut Vec<u8>) -> io::Result<()> {
    let mut lines = text.lines();
    let heading = lines.next().unwrap_or_default().trim_end_matches(':');
    let mut section = format!(".SH {}\n.nf\n", heading.to_uppercase());
    for line in lines {
        let escaped = line
            .replace('\\', "\\e")
            .replace('-', "\\-")
            .replace('\'', "\\(aq");
        // A zero-width mark in front keeps a leading dot from being a request.
        let _ = writeln!(section, "\\&{escaped}");
    }
    section.push_str(".fi\n");
    page.write_all(section.as_bytes())
}

const EXIT_CODES: [(&str, &str); 9] = [
    ("0", "PASS; of other commands: done."),
    (
        "1",
        "FAIL; of validate: error findings; of others: a negative answer.",
    ),
    (
        "2",
        "The command line, the package, a gate or the configuration is at fault; nothing was started.",
    ),
    (
        "3",
        "UNDETERMINED: a measurement has no usable value or limit, or nothing was judged.",
    ),
    ("4", "ABORTED; of other commands: interrupted."),
    (
        "5",
        "ERROR: the station is at fault, not the unit; also when the verdict could not be recorded, or a report that was asked for could not be written after a PASS. Of other commands: database, file system or network.",
    ),
    ("6", "The station is busy: another run holds it."),
    ("7", "The MES refused the unit."),
    (
        "70",
        "A bug in maestro; the last line on standard error names the crash file.",
    ),
];

fn exit_codes() -> Roff {
    table("EXIT STATUS", &EXIT_CODES)
}

fn environment() -> Roff {
    table(
        "ENVIRONMENT",
        &[
            (
                "MAESTRO_HOME",
                "Folder of journals, results and crash files.",
            ),
            ("MAESTRO_CONFIG", "Station file, as with --config."),
            (
                "MAESTRO_…",
                "Every key of the station file, in upper case, such as MAESTRO_STATION_ID. A flag wins over the variable, the variable over the file.",
            ),
            (
                "MAESTRO_SERIAL, MAESTRO_OPERATOR, MAESTRO_FIXTURE",
                "What run takes where the flag of that name is missing.",
            ),
            ("NO_COLOR", "Where set and not empty, no colours."),
        ],
    )
}

fn files() -> Roff {
    table(
        "FILES",
        &[
            (
                "/etc/maestro/station.yaml, $XDG_CONFIG_HOME/maestro/station.yaml",
                "The station's configuration, maestro-station(5).",
            ),
            (
                "/var/lib/maestro",
                "Journals, results and crash files, where this folder is writable; else $XDG_STATE_HOME/maestro.",
            ),
        ],
    )
}

fn see_also(name: &str) -> Roff {
    let mut pages = vec![
        "maestro-package(5)",
        "maestro-station(5)",
        "maestro-runner(7)",
    ];
    if name != "maestro" {
        pages.insert(0, "maestro(1)");
    }
    let mut roff = Roff::new();
    roff.control("SH", ["SEE ALSO"]);
    roff.text([roman(pages.join(", "))]);
    roff
}

fn table(heading: &str, rows: &[(&str, &str)]) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", [heading]);
    for (term, text) in rows {
        roff.control("TP", []);
        roff.text([bold(*term)]);
        roff.text([roman(*text)]);
    }
    roff
}

fn write_pages(pages: &[ManualPage], folder: &Path) -> Result<(), Failure> {
    let failed = |error: io::Error, path: &Path| {
        Failure::trouble(format!("cannot write {}: {error}", path.display()))
    };
    std::fs::create_dir_all(folder).map_err(|error| failed(error, folder))?;
    for page in pages {
        let path = folder.join(&page.file);
        std::fs::write(&path, &page.text).map_err(|error| failed(error, &path))?;
    }
    Ok(())
}
