//! The config to a YAML file, and from one.

use std::path::Path;

use super::command::Bench;
use super::show::{self, View};
use super::value;
use crate::cli::args::{ConfigExportArgs, ConfigImportArgs, OutputFormat};
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::station::told;
use crate::report;
use crate::source::{SourceFile, Sources};
use crate::station::config::document::{self, Document};
use crate::station::config::{Changed, ConfigEntry, ConfigStore, Import, Others, Scope, Scopes};

/// `maestro config export`.
pub(super) fn export(
    args: &ConfigExportArgs,
    bench: &Bench<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let entries = bench
        .store(args.store)?
        .entries(&bench.scopes(Some(args.scope)))?;
    let text = document::write(&entries);
    let Some(path) = &args.file else {
        console.result(&text)?;
        return Ok(Exit::Done);
    };
    let path = bench.settings.resolve(path);
    report::write(&path, text.as_bytes()).map_err(|error| {
        Failure::trouble(format!("{} cannot be written: {error}", path.display()))
    })?;
    console.note(&format!("{} values in {}", entries.len(), path.display()));
    Ok(Exit::Done)
}

/// `maestro config import`.
pub(super) fn import(
    args: &ConfigImportArgs,
    bench: &Bench<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let text = value::read(&args.file, bench.settings)?;
    let mut store = bench.store(args.store)?;
    let others = if args.prune { Others::Go } else { Others::Stay };
    let import = plan(&text, &args.file, store.as_mut(), others)?;
    let changed = if args.dry_run {
        import.preview
    } else {
        bench.change(args.store, &import.changes)?
    };
    tell(args, &changed, bench, console)?;
    for (scope, key) in &import.missing {
        let flag = match scope {
            Scope::Global => "--scope global".to_owned(),
            Scope::Station(id) => format!("--station {id}"),
        };
        console.warning(&format!(
            "the text of the secret `{key}` ({scope}) is not in the file; set it with: maestro \
             config set {key} --secret {flag}"
        ));
    }
    Ok(Exit::Done)
}

/// Reads the file and compares it with the store; a mistake changes nothing.
fn plan(
    text: &str,
    path: &Path,
    store: &mut dyn ConfigStore,
    others: Others,
) -> Result<Import, Failure> {
    let mut sources = Sources::default();
    let shown = if path == Path::new("-") {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    };
    let source = sources.add(SourceFile::new(shown, path.to_owned(), text));
    let mut findings = Vec::new();
    let document = document::read(text, source, &mut findings);
    let current = current(&document, store)?;
    let import = Import::of(&document, &current, others, &mut findings);
    let errors: Vec<String> = findings
        .iter()
        .filter(|finding| finding.is_error())
        .map(|finding| told(finding, &sources))
        .collect();
    if errors.is_empty() {
        return Ok(import);
    }
    Err(Failure::usage(errors.join("\n")).help("nothing is changed"))
}

fn current(document: &Document, store: &mut dyn ConfigStore) -> Result<Vec<ConfigEntry>, Failure> {
    let mut entries = store.entries(&Scopes::All)?;
    entries.retain(|entry| document.scopes.contains(&entry.scope));
    Ok(entries)
}

fn tell(
    args: &ConfigImportArgs,
    changed: &[Changed],
    bench: &Bench<'_>,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    let text = match args.format {
        OutputFormat::Json => show::lines(changed.iter().map(show::change_json)),
        OutputFormat::Human => View::of(bench.settings).changes(changed),
    };
    console.result(&text)?;
    let count = match changed.len() {
        0 => "nothing differs".to_owned(),
        1 => "1 change".to_owned(),
        count => format!("{count} changes"),
    };
    let what = if args.dry_run && !changed.is_empty() {
        format!("{count}, none made: this was a dry run")
    } else {
        count
    };
    console.note(&what);
    Ok(())
}
