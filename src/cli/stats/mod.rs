//! `maestro stats …`: figures from past runs, on a terminal or for programs.
//!
//! Each figure is an [`Answer`]: it asks the store, computes with `stats`, and tells
//! itself as a document, as a table, and as [blocks](block) which are drawn for a terminal.

mod answer;
mod block;
mod capability;
mod csv;
mod group;
mod grr;
mod html;
pub(in crate::cli) mod limits;
mod number;
mod pareto;
mod plot;
mod sample;
mod terminal;
#[cfg(test)]
mod tests;
mod times;
mod trend;
mod unit;
mod yields;

use jiff::tz::TimeZone;

pub(in crate::cli) use self::answer::SCHEMA;
use self::answer::{Answer, Context, Counted, LeftOut, document, scope};
use self::group::Grouping;
use self::terminal::Terminal;
use super::args::{StatsCommand, StatsCommonArgs, StatsFormat, StoreName};
use super::console::Console;
use super::exit::{Exit, Failure};
use super::results::{View, local};
use super::settings::Settings;
use super::stores::{OpenSurvey, Stores};
use super::{look, station};
use crate::event::Mode;
use crate::session::wall_clock;

/// `maestro stats …`.
pub(crate) fn run(
    command: &StatsCommand,
    settings: &Settings,
    console: &mut Console,
) -> Result<Exit, Failure> {
    let common = common(command);
    let view = view(settings);
    let mut scope = scope(common, &view, counted_mode(command))?;
    scope.step = step(command).map(str::to_owned);
    let station = station::load(settings, console)?;
    let home = settings.home(station.home.as_deref());
    let opened = opened(&Stores::of(&station, &home, None)?, common, console)?;
    let survey = opened.past?;
    let context = Context {
        survey: survey.as_ref(),
        scope,
        view: &view,
        store: opened.store,
    };
    let left_out = match command {
        // Nothing is left out of a life, and a study is all there is of its mode.
        StatsCommand::Unit(_) | StatsCommand::Grr(_) => LeftOut::default(),
        _ => LeftOut::of(context.survey, &context.scope)?,
    };
    let answer = ask(command, &context, &left_out)?;
    console.result(&page(common.format, answer.as_ref(), &context, &left_out))?;
    Ok(Exit::Done)
}

/// How the person who asks sees it.
fn view(settings: &Settings) -> View {
    View {
        look: look::of(settings),
        width: settings
            .terminal
            .columns
            .filter(|_| settings.terminal.stdout),
        zone: TimeZone::system(),
        now: wall_clock(),
    }
}

/// Opens the store that is asked, and says which one where that is a question.
fn opened(
    stores: &Stores,
    common: &StatsCommonArgs,
    console: &mut Console,
) -> Result<OpenSurvey, Failure> {
    let opened = stores.survey(common.store)?;
    if let Some(reason) = &opened.instead {
        console.warning(&format!(
            "the shared store cannot be read, these are figures of this computer: {reason}"
        ));
    } else if opened.store == StoreName::Shared {
        console.note("from the shared store");
    }
    Ok(opened)
}

/// An answer as it is put out.
fn page(
    format: StatsFormat,
    answer: &dyn Answer,
    context: &Context<'_>,
    left_out: &LeftOut,
) -> String {
    let blocks = || answer.blocks(context.view);
    match format {
        StatsFormat::Human => Terminal::of(context.view).draw(&blocks()),
        StatsFormat::Json => document(answer, context, left_out),
        StatsFormat::Csv => csv::text(&answer.table()),
        StatsFormat::Html => html::page(&blocks(), &foot(context)),
    }
}

/// What stands at the foot of a page.
fn foot(context: &Context) -> String {
    let now = local(context.view.now, &context.view.zone, "%Y-%m-%d %H:%M");
    format!(
        "maestro {}, {now}, {}",
        env!("CARGO_PKG_VERSION"),
        context.store.place()
    )
}

const fn common(command: &StatsCommand) -> &StatsCommonArgs {
    match command {
        StatsCommand::Yield(args) => &args.common,
        StatsCommand::Pareto(args) => &args.common,
        StatsCommand::Capability(args) => &args.common,
        StatsCommand::Trend(args) => &args.common,
        StatsCommand::Times(args) => &args.common,
        StatsCommand::Unit(args) => &args.common,
        StatsCommand::Grr(args) => &args.common,
    }
}

/// The step whose values are meant.
fn step(command: &StatsCommand) -> Option<&str> {
    match command {
        StatsCommand::Capability(args) => args.step.as_deref(),
        StatsCommand::Trend(args) => args.step.as_deref(),
        StatsCommand::Grr(args) => args.step.as_deref(),
        StatsCommand::Yield(_)
        | StatsCommand::Pareto(_)
        | StatsCommand::Times(_)
        | StatsCommand::Unit(_) => None,
    }
}

/// What counts where no mode is named.
const fn counted_mode(command: &StatsCommand) -> Counted {
    match command {
        StatsCommand::Unit(_) => Counted::Everything,
        StatsCommand::Grr(_) => Counted::Mode(Mode::Grr),
        _ => Counted::Mode(Mode::Production),
    }
}

fn ask(
    command: &StatsCommand,
    context: &Context,
    left_out: &LeftOut,
) -> Result<Box<dyn Answer>, Failure> {
    Ok(match command {
        StatsCommand::Yield(args) => Box::new(yields::Yields::ask(
            context,
            Grouping::of(args.by),
            left_out,
        )?),
        StatsCommand::Pareto(args) => {
            let grouping = Grouping::of(args.by);
            Box::new(pareto::Failures::ask(
                context, grouping, args.top, left_out,
            )?)
        }
        StatsCommand::Capability(args) => {
            let grouping = Grouping::of(args.by);
            let name = &args.measurement;
            Box::new(capability::Capable::ask(context, name, grouping, left_out)?)
        }
        StatsCommand::Trend(args) => Box::new(trend::Trend::ask(context, args, left_out)?),
        StatsCommand::Times(args) => {
            Box::new(times::Times::ask(context, args.runs, args.top, left_out)?)
        }
        StatsCommand::Unit(args) => Box::new(unit::Unit::ask(context, &args.unit)?),
        StatsCommand::Grr(args) => {
            let study = args.study.as_deref();
            Box::new(grr::Gauge::ask(context, &args.measurement, study)?)
        }
    })
}
