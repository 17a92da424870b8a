//! `maestro limits …`: the limits of a file against what was measured.

mod past;
mod proposal;
mod trial;
mod write;

use std::collections::BTreeMap;
use std::path::Path;

use self::proposal::Proposals;
use self::trial::LimitsTrial;
use super::answer::{Answer, Context, Counted, LeftOut, scope};
use super::{opened, page, view};
use crate::cli::args::{LimitsCommand, LimitsSuggestArgs, LimitsTryArgs, StatsCommonArgs};
use crate::cli::config::Seen;
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::settings::Settings;
use crate::cli::stores::Stores;
use crate::cli::{open, station};
use crate::event::Mode;
use crate::expr::Variables;
use crate::plan::{self, Judging};
use crate::stats::rulebook::{Rule, Rulebook};

/// A test as its file stands now.
struct Subject {
    name: String,
    rules: Rulebook,
    /// Where the numbers of limits stand, by the name of their measurement.
    places: BTreeMap<String, write::Places>,
}

/// `maestro limits …`.
pub(crate) fn run(
    command: &LimitsCommand,
    settings: &Settings,
    console: &mut Console,
) -> Result<Exit, Failure> {
    match command {
        LimitsCommand::Try(args) => run_try(args, settings, console),
        LimitsCommand::Suggest(args) => run_suggest(args, settings, console),
    }
}

fn run_try(
    args: &LimitsTryArgs,
    settings: &Settings,
    console: &mut Console,
) -> Result<Exit, Failure> {
    asked(
        &args.file,
        &args.common,
        settings,
        console,
        |subject, context, left_out| {
            Ok(Box::new(LimitsTrial::ask(
                context, subject, args.top, left_out,
            )?))
        },
    )
}

fn run_suggest(
    args: &LimitsSuggestArgs,
    settings: &Settings,
    console: &mut Console,
) -> Result<Exit, Failure> {
    asked(
        &args.file,
        &args.common,
        settings,
        console,
        |subject, context, left_out| {
            let mut proposals = Proposals::ask(context, subject, &args.names, args.ppk, left_out)?;
            if args.write {
                proposals.write(subject)?;
            }
            Ok(Box::new(proposals))
        },
    )
}

/// Reads the file, asks the store, and puts the answer out.
fn asked(
    test: &Path,
    common: &StatsCommonArgs,
    settings: &Settings,
    console: &mut Console,
    answer: impl FnOnce(&Subject, &Context<'_>, &LeftOut) -> Result<Box<dyn Answer>, Failure>,
) -> Result<Exit, Failure> {
    let view = view(settings);
    let mut scope = scope(common, &view, Counted::Mode(Mode::Production))?;
    let station = station::load(settings, console)?;
    let stores = Stores::of(&station, &settings.home(station.home.as_deref()), None)?;
    let package = open::checked(test, &open::Given::default(), settings, &station, console)?;
    let places = write::places(package.loaded());
    let plan = plan::compile(package);
    let mut known = Variables::new();
    for (key, value) in Seen::by(&station, &stores).merged.clear() {
        known.assign(&format!("cfg.{key}"), value);
    }
    let subject = Subject {
        name: plan.test_name.clone(),
        rules: Rulebook::of(plan.judging(&known).into_iter().map(rule)),
        places,
    };
    scope
        .filter
        .test
        .get_or_insert_with(|| subject.name.clone());
    let opened = opened(&stores, common, console)?;
    let survey = opened.past?;
    let context = Context {
        survey: survey.as_ref(),
        scope,
        view: &view,
        store: opened.store,
    };
    let left_out = LeftOut::of(context.survey, &context.scope)?;
    let answer = answer(&subject, &context, &left_out)?;
    console.result(&page(common.format, answer.as_ref(), &context, &left_out))?;
    Ok(Exit::Done)
}

fn rule(judging: Judging) -> Rule {
    let Judging { step, name, spec } = judging;
    Rule { step, name, spec }
}
