//! Old runs in files: compressed CSV, one file per table and month, with a manifest that says what
//! is in them. pandas, `DuckDB` and PostgreSQL read them without help.
//!
//! **Order.** The rows are written as one moment of the database has them; every file is read back
//! and compared with the database in its counts and digests; the manifest is the last file. Only
//! then the rows are removed, in one transaction with a row in `audit_log` that has the archive's
//! id. The folder has the ending `.partial` until that is committed.
//!
//! **Interrupted.** The next archive into the same folder finds such a folder. Where the database
//! knows its id, the removal was committed and only the name is put right; else the database has
//! everything still, and the folder is made anew. So at no moment is a row in neither place.

mod file;
mod make;
mod manifest;
mod place;

pub(crate) use make::{Archived, Request, archive};
pub(crate) use manifest::{Head, Origin};
