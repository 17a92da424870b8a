//! `maestro sync --forget STORE`: no journal waits for a store any more.

use std::path::Path;

use super::not_delivered;
use super::report::words;
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::settings::Settings;
use crate::cli::stores::{LOCAL, Stores};
use crate::outbox::Registry;

/// Retires a store, and says what it never got.
pub(super) fn forget(
    store: &str,
    folder: &Path,
    stores: &Stores,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    if store == LOCAL {
        return Err(Failure::usage(
            "the embedded store belongs to every station and cannot be forgotten",
        ));
    }
    if stores.outlets().iter().any(|outlet| outlet.id == store) {
        return Err(Failure::usage(format!(
            "`{store}` is still configured: the next run would deliver to it again"
        ))
        .help("remove `database_url` from station.yaml and from the environment first"));
    }
    let registry = Registry::of(folder);
    let outstanding = registry
        .outstanding()
        .map_err(|error| not_delivered(&error))?;
    let Some(lost) = outstanding.iter().find(|one| one.sink == store) else {
        let known: Vec<_> = outstanding.iter().map(|one| &*one.sink).collect();
        return Err(Failure::usage(format!(
            "this station delivers to no store `{store}`; it delivers to {}",
            if known.is_empty() {
                LOCAL.to_owned()
            } else {
                known.join(", ")
            }
        )));
    };
    let detail = serde_json::json!({ "outstanding": lost.runs });
    stores.audit(&settings.actor(), "sync.forget", store, &detail)?;
    registry
        .forget(store)
        .map_err(|error| not_delivered(&error))?;
    let runs = words(lost.runs.len() as u64, "run", "runs");
    console.note(&format!(
        "`{store}` is forgotten; {runs} will not be delivered to it"
    ));
    Ok(Exit::Done)
}
