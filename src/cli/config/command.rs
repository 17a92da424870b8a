//! `maestro config …`: what each command does.

use uuid::Uuid;

use super::show::{self, View};
use super::{Seen, transfer, value};
use crate::cli::args::{
    ConfigCommand, ConfigGetArgs, ConfigHistoryArgs, ConfigListArgs, ConfigMergedArgs,
    ConfigSetArgs, ConfigUnsetArgs, OutputFormat, ScopeName, StoreName, WideScopeName,
};
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::settings::Settings;
use crate::cli::station;
use crate::cli::stores::Stores;
use crate::session::wall_clock;
use crate::station::Station;
use crate::station::config::{
    Author, Change, Changed, ConfigError, ConfigStore, ConfigValue, HistoryQuery, Scope, Scopes,
    Setting, Target, is_key,
};

/// The station of one command, its stores, and who gives the command.
pub(super) struct Bench<'a> {
    pub(super) station: Station,
    pub(super) stores: Stores,
    pub(super) settings: &'a Settings,
}

/// `maestro config …`.
pub(crate) fn run(
    command: &ConfigCommand,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let station = station::load(settings, console)?;
    let home = settings.home(station.home.as_deref());
    let stores = Stores::of(&station, &home, None)?;
    if let Some(warning) = stores.local_config().exposed() {
        console.warning(&warning);
    }
    let bench = Bench {
        station,
        stores,
        settings,
    };
    match command {
        ConfigCommand::Get(args) => get(args, &bench, console),
        ConfigCommand::Set(args) => set(args, &bench, console),
        ConfigCommand::Unset(args) => unset(args, &bench, console),
        ConfigCommand::List(args) => list(args, &bench, console),
        ConfigCommand::Merged(args) => merged(args, &bench, console),
        ConfigCommand::Export(args) => transfer::export(args, &bench, console),
        ConfigCommand::Import(args) => transfer::import(args, &bench, console),
        ConfigCommand::History(args) => history(args, &bench, console),
    }
}

fn get(
    args: &ConfigGetArgs,
    bench: &Bench<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let key = &args.key;
    let found = match args.scope {
        None => bench
            .seen(console)
            .merged
            .entries
            .remove(key)
            .map(|entry| entry.value),
        Some(scope) => {
            let scope = bench.scope(scope);
            let entries = bench.store(args.store)?.entries(&Scopes::Only(scope))?;
            let entry = entries.into_iter().find(|entry| entry.key == *key);
            entry.map(|entry| entry.value)
        }
    };
    let Some(found) = found else {
        return Err(Failure::new(Exit::Negative, format!("`{key}` is not set"))
            .help("`maestro config merged` shows what is"));
    };
    let text = match (&found, args.format) {
        (ConfigValue::Plain(serde_json::Value::String(text)), OutputFormat::Human) => text.clone(),
        (ConfigValue::Secret, OutputFormat::Human) => {
            console.note("a secret is not shown");
            found.shown().as_str().unwrap_or_default().to_owned()
        }
        _ => found.shown().to_string(),
    };
    console.result(&format!("{text}\n"))?;
    Ok(Exit::Done)
}

fn set(
    args: &ConfigSetArgs,
    bench: &Bench<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    if !is_key(&args.key) {
        return Err(Failure::usage(format!(
            "`{}` cannot be named as cfg.KEY by a test",
            args.key
        ))
        .help("letters, digits, `_` and `-`, beginning with a letter; dots join such words"));
    }
    let change = Change {
        scope: bench.scope(args.scope),
        key: args.key.clone(),
        to: Target::Set(Setting {
            value: value::of(args, bench.settings, console)?,
            category: args.category.clone(),
            description: args.description.clone(),
        }),
    };
    let place = format!("{} ({})", change.key, change.scope);
    let changed = bench.change(args.store, &[change])?;
    if changed.is_empty() {
        console.note(&format!("{place} is so already"));
    } else {
        console.note(View::of(bench.settings).changes(&changed).trim_end());
    }
    Ok(Exit::Done)
}

fn unset(
    args: &ConfigUnsetArgs,
    bench: &Bench<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let scope = bench.scope(args.scope);
    let mut store = bench.store(args.store)?;
    let entries = store.entries(&Scopes::Only(scope.clone()))?;
    let is_set = |key: &&String| entries.iter().any(|entry| entry.key == **key);
    if let Some(key) = args.keys.iter().find(|key| !is_set(key)) {
        return Err(ConfigError::NotThere {
            scope,
            key: key.clone(),
        }
        .into());
    }
    let changes: Vec<Change> = args
        .keys
        .iter()
        .map(|key| Change {
            scope: scope.clone(),
            key: key.clone(),
            to: Target::Unset,
        })
        .collect();
    let done = bench.change(args.store, &changes)?;
    console.note(View::of(bench.settings).changes(&done).trim_end());
    Ok(Exit::Done)
}

fn list(
    args: &ConfigListArgs,
    bench: &Bench<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let mut entries = bench
        .store(args.store)?
        .entries(&bench.scopes(args.scope))?;
    if let Some(category) = &args.category {
        entries.retain(|entry| entry.category.as_ref() == Some(category));
    }
    if args.store.is_none() {
        bench.tell_forgotten(console);
    }
    let text = match args.format {
        OutputFormat::Json => show::lines(entries.iter().map(show::entry_json)),
        OutputFormat::Human if entries.is_empty() => {
            console.note("nothing is set; `maestro config set KEY VALUE` sets something");
            String::new()
        }
        OutputFormat::Human => View::of(bench.settings).list(&entries),
    };
    console.result(&text)?;
    Ok(Exit::Done)
}

fn merged(
    args: &ConfigMergedArgs,
    bench: &Bench<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let merged = bench.seen(console).merged;
    let text = match args.format {
        OutputFormat::Json => show::lines(show::merged_json(&merged)),
        OutputFormat::Human if merged.entries.is_empty() => {
            console.note("a run of this station sees no cfg values");
            String::new()
        }
        OutputFormat::Human => View::of(bench.settings).merged(&merged),
    };
    console.result(&text)?;
    Ok(Exit::Done)
}

fn history(
    args: &ConfigHistoryArgs,
    bench: &Bench<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let query = HistoryQuery {
        scopes: bench.scopes(args.scope),
        key: args.key.clone(),
        limit: (args.limit > 0).then_some(args.limit),
    };
    let rows = bench.store(args.store)?.history(&query)?;
    let text = match args.format {
        OutputFormat::Json => show::lines(rows.iter().map(show::history_json)),
        OutputFormat::Human if rows.is_empty() => {
            console.note("nothing was ever changed");
            String::new()
        }
        OutputFormat::Human => View::of(bench.settings).history(&rows),
    };
    console.result(&text)?;
    Ok(Exit::Done)
}

impl Bench<'_> {
    /// The store that was asked for; unasked, the shared one where the station has one.
    pub(super) fn store(&self, wanted: Option<StoreName>) -> Result<Box<dyn ConfigStore>, Failure> {
        let local = || -> Box<dyn ConfigStore> { Box::new(self.stores.local_config()) };
        match (wanted, self.stores.shared_config()) {
            (Some(StoreName::Local), _) | (None, None) => Ok(local()),
            (_, Some(shared)) => Ok(shared.store),
            (Some(StoreName::Shared), None) => Err(crate::cli::stores::no_shared_store()),
        }
    }

    /// Makes changes; those of the shared store are in the copy at once, so that a run which starts
    /// while the database is away has them.
    pub(super) fn change(
        &self,
        wanted: Option<StoreName>,
        changes: &[Change],
    ) -> Result<Vec<Changed>, Failure> {
        let done = self.store(wanted)?.change(changes, &self.author())?;
        if wanted != Some(StoreName::Local) && self.stores.shared_config().is_some() {
            drop(Seen::by(&self.station, &self.stores));
        }
        Ok(done)
    }

    fn author(&self) -> Author {
        Author {
            by: self.settings.actor(),
            at: wall_clock(),
            station: self.station.id.clone(),
            change: Uuid::now_v7(),
        }
    }

    pub(super) fn scope(&self, name: ScopeName) -> Scope {
        match name {
            ScopeName::Global => Scope::Global,
            ScopeName::Station => Scope::Station(self.station.id.clone()),
        }
    }

    pub(super) fn scopes(&self, name: Option<WideScopeName>) -> Scopes {
        let station = self.station.id.clone();
        match name {
            None => Scopes::SeenBy(station),
            Some(WideScopeName::All) => Scopes::All,
            Some(WideScopeName::Global) => Scopes::Only(Scope::Global),
            Some(WideScopeName::Station) => Scopes::Only(Scope::Station(station)),
        }
    }

    /// What a run sees, with its warnings told.
    fn seen(&self, console: &mut Console<'_>) -> Seen {
        let seen = Seen::by(&self.station, &self.stores);
        for warning in &seen.warnings {
            console.warning(warning);
        }
        seen
    }

    /// Values that somebody set before the station had a database would be missed in silence.
    fn tell_forgotten(&self, console: &mut Console<'_>) {
        if self.stores.shared_config().is_none() {
            return;
        }
        let local = self.stores.local_config().entries(&Scopes::All);
        let count = local.map_or(0, |entries| entries.len());
        if count > 0 {
            console.note(&format!(
                "{count} values in the embedded store of this computer do not count while the \
                 station has a database; move them with: maestro config export --store local | \
                 maestro config import -"
            ));
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let message = error.to_string();
        match error {
            ConfigError::Unavailable(_) | ConfigError::TooNew(_) => Self::trouble(message),
            ConfigError::IsSecret { .. } => Self::usage(message)
                .help("give a new text with --secret, or take it away first with `config unset`"),
            ConfigError::NotThere { .. } => Self::new(Exit::Negative, message)
                .help("`maestro config list --scope all` shows what is set"),
        }
    }
}
