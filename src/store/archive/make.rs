//! Makes an archive: write, verify, remove.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::file::{self, Facts};
use super::manifest::{Head, Manifest, ManifestColumn, ManifestFile};
use super::place::Place;
use crate::event::{RunId, Timestamp};
use crate::journal::{FailPoint, FailPoints};
use crate::store::upkeep::{
    Actor, Audit, Column, Database, Going, RUN_TABLES, Removed, RunTable, Selection, UpkeepError,
    choose, remove,
};

/// What is to be archived, and where to.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    /// The folder below which the archive gets a folder of its own.
    pub(crate) to: &'a Path,
    /// Its name: that of the store, `-before-`, and the day.
    pub(crate) name: &'a str,
    pub(crate) before: Timestamp,
    pub(crate) undelivered: &'a BTreeSet<RunId>,
    pub(crate) actor: &'a Actor,
    pub(crate) head: Head,
    pub(crate) fail_points: Option<Arc<FailPoints>>,
}

/// What became of it.
#[derive(Debug)]
pub(crate) struct Archived {
    /// Archives of before that were interrupted after their rows were removed, and are whole now.
    pub(crate) saved: Vec<PathBuf>,
    pub(crate) going: Going,
    /// `None` where no run was old enough.
    pub(crate) made: Option<Made>,
}

/// A finished archive.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) folder: PathBuf,
    pub(crate) manifest: Manifest,
    pub(crate) removed: Removed,
}

/// Writes old runs into files, verifies these, and removes the runs from the database.
///
/// `tell` hears what is being done.
pub(crate) fn archive(
    database: &mut dyn Database,
    request: &Request<'_>,
    tell: &mut dyn FnMut(&str),
) -> Result<Archived, UpkeepError> {
    let place = Place::take(request.to, request.name)?;
    let saved = place.settle(database, &request.head.store)?;
    database.begin_to_read()?;
    let selection = Selection {
        before: request.before,
        undelivered: request.undelivered,
    };
    let going = choose(database, &selection)?;
    if going.runs == 0 {
        database.roll_back();
        return Ok(Archived {
            saved,
            going,
            made: None,
        });
    }
    let folder = place.begin()?;
    match make(database, request, &place, &folder, &going, tell) {
        Ok(made) => Ok(Archived {
            saved,
            going,
            made: Some(made),
        }),
        Err(Trouble::Before(error)) => {
            database.roll_back();
            // It holds nothing that the database has not got; the next archive removes it too.
            let _ = Place::discard(&folder);
            Err(error)
        }
        Err(Trouble::AtCommit(error)) => Err(error),
    }
}

/// When it went wrong.
enum Trouble {
    /// The database has everything.
    Before(UpkeepError),
    /// Nobody knows whether the removal was committed: the next archive asks.
    AtCommit(UpkeepError),
}

impl From<UpkeepError> for Trouble {
    fn from(error: UpkeepError) -> Self {
        Self::Before(error)
    }
}

fn make(
    database: &mut dyn Database,
    request: &Request<'_>,
    place: &Place,
    folder: &Path,
    going: &Going,
    tell: &mut dyn FnMut(&str),
) -> Result<Made, Trouble> {
    let mut manifest = Manifest::new(request.head.clone(), going.runs);
    let parts = write_all(database, folder, going, &mut manifest, tell)?;
    verify_all(database, folder, &parts, &manifest, tell)?;
    place.seal(folder, &manifest)?;
    // The rows are known by now; what is seen from here on is what others have committed.
    database.commit()?;
    FailPoints::pass(request.fail_points.as_ref(), FailPoint::Flush);
    tell("removing the rows");
    database.begin_to_write()?;
    let removed = remove(database, request.before, going)?;
    Audit {
        id: manifest.id,
        actor: request.actor,
        action: "db.archive",
        subject: &database.shown(),
        detail: &json!({
            "before": manifest.before,
            "archive": request.to.join(request.name),
            "removed": removed,
        }),
    }
    .write(database)?;
    database.commit().map_err(Trouble::AtCommit)?;
    FailPoints::pass(request.fail_points.as_ref(), FailPoint::Commit);
    let folder = place.finish(folder).map_err(Trouble::AtCommit)?;
    Ok(Made {
        folder,
        manifest,
        removed,
    })
}

/// The rows of one file.
struct Part {
    columns: Vec<Column>,
    from: String,
}

fn write_all(
    database: &mut dyn Database,
    folder: &Path,
    going: &Going,
    manifest: &mut Manifest,
    tell: &mut dyn FnMut(&str),
) -> Result<Vec<Part>, UpkeepError> {
    let mut parts = Vec::new();
    for table in &RUN_TABLES {
        let columns = database.columns(table.name)?;
        for (month, tables) in &going.months {
            let Some(&expected) = tables.get(table.name) else {
                continue;
            };
            let name = format!("{}-{month}.csv.gz", table.name);
            tell(&format!("writing {name}"));
            let from = rows_of(table, month);
            let facts = file::write(&folder.join(&name), database, &columns, &from)?;
            if facts.rows != expected {
                return Err(UpkeepError::Differs(format!(
                    "{name} has {} rows, and the database {expected}",
                    facts.rows
                )));
            }
            manifest
                .files
                .push(entry(name, table.name, Some(month), facts));
            parts.push(Part {
                columns: columns.clone(),
                from,
            });
        }
        if manifest.files.iter().any(|file| file.table == table.name) {
            describe(manifest, table.name, &columns);
        }
    }
    write_definitions(database, folder, manifest, &mut parts)?;
    Ok(parts)
}

/// The texts of what was tested, which stay in the database too: other runs share them.
fn write_definitions(
    database: &mut dyn Database,
    folder: &Path,
    manifest: &mut Manifest,
    parts: &mut Vec<Part>,
) -> Result<(), UpkeepError> {
    const TABLE: &str = "definitions";
    let columns = database.columns(TABLE)?;
    let from = "FROM definitions t WHERE t.digest IN (SELECT d.digest \
                FROM execution_definitions d JOIN going_runs g ON g.id = d.execution_id) \
                ORDER BY t.digest"
        .to_owned();
    let name = format!("{TABLE}.csv.gz");
    let facts = file::write(&folder.join(&name), database, &columns, &from)?;
    manifest.files.push(entry(name, TABLE, None, facts));
    describe(manifest, TABLE, &columns);
    parts.push(Part { columns, from });
    Ok(())
}

/// Reads every file back and compares it with what was written, and with the database.
fn verify_all(
    database: &mut dyn Database,
    folder: &Path,
    parts: &[Part],
    manifest: &Manifest,
    tell: &mut dyn FnMut(&str),
) -> Result<(), UpkeepError> {
    for (part, entry) in parts.iter().zip(&manifest.files) {
        tell(&format!("verifying {}", entry.path));
        let path = folder.join(&entry.path);
        let read = file::read_back(&path, part.columns.len())?;
        let written = Facts {
            rows: entry.rows,
            bytes: entry.bytes,
            sha256: entry.sha256.clone(),
            csv_sha256: entry.csv_sha256.clone(),
        };
        let now = file::digest_now(database, &part.columns, &part.from)?;
        if read != written || now != read.csv_sha256 {
            return Err(UpkeepError::Differs(format!(
                "{} does not read back as what the database holds",
                path.display()
            )));
        }
    }
    Ok(())
}

fn rows_of(table: &RunTable, month: &str) -> String {
    let order: Vec<_> = std::iter::once(table.run)
        .chain(table.order.split(", "))
        .map(|column| format!("t.{column}"))
        .collect();
    format!(
        "FROM {} t JOIN going_runs g ON g.id = t.{} WHERE g.month = '{month}' ORDER BY {}",
        table.name,
        table.run,
        order.join(", ")
    )
}

fn entry(path: String, table: &str, month: Option<&String>, facts: Facts) -> ManifestFile {
    ManifestFile {
        path,
        table: table.to_owned(),
        month: month.cloned(),
        rows: facts.rows,
        bytes: facts.bytes,
        sha256: facts.sha256,
        csv_sha256: facts.csv_sha256,
    }
}

fn describe(manifest: &mut Manifest, table: &str, columns: &[Column]) {
    let columns = columns.iter().map(|column| ManifestColumn {
        name: column.name.clone(),
        kind: column.kind.as_str().to_owned(),
    });
    manifest.tables.insert(table.to_owned(), columns.collect());
}
