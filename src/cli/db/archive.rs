//! `maestro db archive`: moves old runs into files.

use std::fmt::Write as _;

use serde_json::json;
use uuid::Uuid;

use super::{Task, past, text};
use crate::cli::args::{DbArchiveArgs, OutputFormat, StoreName};
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::progress::Progress;
use crate::event::Timestamp;
use crate::store::archive::{Archived, Head, Origin, Request, archive};
use crate::store::upkeep::{Database, Purpose, Selection, look, schema};

pub(super) fn run(
    args: &DbArchiveArgs,
    task: &Task<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let before = past(&args.before)?;
    let (store, name) = task.store(args.store);
    let undelivered = task.undelivered()?;
    if args.dry_run {
        let mut database = task.stores.database(store, Purpose::Look)?;
        let selection = Selection {
            before,
            undelivered: &undelivered,
        };
        let going = look(&mut *database, &selection)?;
        console.result(&match args.format {
            OutputFormat::Json => format!("{}\n", json!({ "going": going, "made": null })),
            OutputFormat::Human => format!(
                "{name}: {} would be archived\n{}{}",
                text::runs(going.runs),
                text::going(&going),
                text::kept(&going)
            ),
        })?;
        return Ok(Exit::Done);
    }
    let mut database = task.stores.database(store, Purpose::Change)?;
    let to = task.settings.resolve(&args.to);
    let head = head(task, store, before, &mut *database)?;
    let folder_name = folder_name(task.stores.station(), store, before);
    let request = Request {
        to: &to,
        name: &folder_name,
        before,
        undelivered: &undelivered,
        actor: &task.actor,
        head,
        fail_points: task.fail_points.clone(),
    };
    let is_shown = task.settings.terminal.stderr && args.format == OutputFormat::Human;
    let progress = Progress::new(is_shown);
    let archived = archive(&mut *database, &request, &mut |doing| progress.show(doing));
    progress.clear();
    let archived = archived?;
    console.result(&match args.format {
        OutputFormat::Json => json_text(&archived),
        OutputFormat::Human => told(&name, &archived),
    })?;
    Ok(Exit::Done)
}

fn head(
    task: &Task<'_>,
    store: StoreName,
    before: Timestamp,
    database: &mut dyn Database,
) -> Result<Head, Failure> {
    Ok(Head {
        id: Uuid::now_v7(),
        made_at: task.actor.at.to_rfc3339(),
        made_by: task.actor.name.clone(),
        engine_version: env!("CARGO_PKG_VERSION").to_owned(),
        store: Origin {
            kind: store.to_string(),
            place: database.shown(),
            station_id: task.stores.station().to_owned(),
        },
        schema_version: schema(database)?,
        before: before.to_rfc3339(),
    })
}

/// `shared-before-2026-01-01`; a local archive names its station, since several may be archived
/// into one folder.
fn folder_name(station: &str, store: StoreName, before: Timestamp) -> String {
    let day: String = before.to_rfc3339().chars().take(10).collect();
    let safe = |letter: char| match letter {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' => letter,
        _ => '_',
    };
    match store {
        StoreName::Shared => format!("shared-before-{day}"),
        StoreName::Local => {
            let station: String = station.chars().map(safe).collect();
            format!("local-{station}-before-{day}")
        }
    }
}

fn told(name: &str, archived: &Archived) -> String {
    let mut told = String::new();
    for folder in &archived.saved {
        let _ = writeln!(
            told,
            "{}: was interrupted after its runs were removed, and is whole",
            folder.display()
        );
    }
    let Some(made) = &archived.made else {
        let _ = writeln!(told, "{name}: no run is old enough to be archived");
        told.push_str(&text::kept(&archived.going));
        return told;
    };
    let bytes = made.manifest.files.iter().map(|file| file.bytes).sum();
    let _ = writeln!(
        told,
        "{name}: {} moved to {} ({} files, {})",
        text::runs(archived.going.runs),
        made.folder.display(),
        made.manifest.files.len(),
        text::size(bytes)
    );
    told.push_str(&text::going(&archived.going));
    told.push_str(&text::kept(&archived.going));
    for month in &made.removed.dropped {
        let _ = writeln!(told, "  dropped as a whole: {month}");
    }
    told
}

fn json_text(archived: &Archived) -> String {
    let made = archived.made.as_ref().map(|made| {
        json!({
            "folder": made.folder,
            "manifest": made.manifest,
            "removed": made.removed,
        })
    });
    let value = json!({
        "saved": archived.saved,
        "going": archived.going,
        "made": made,
    });
    format!("{value}\n")
}
