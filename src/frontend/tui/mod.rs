//! The operator's screen: a full-screen view of one run on a terminal.
//!
//! [`app`] is the state, with one function for each thing that can happen; [`view`] draws it and
//! decides nothing; [`mod@watch`] is the loop. All that is shown is folded from the events of the run
//! ([`run`]), so that closing the screen changes no run. It knows neither engine nor store: earlier
//! values come through a function that is handed in ([`past`]).

mod app;
mod aside;
mod boxes;
mod browse;
mod commands;
#[cfg(test)]
mod cost_tests;
mod desk;
mod entry;
mod form;
mod group;
mod held;
mod key;
mod live;
mod outline;
mod pace;
mod past;
mod picture;
mod replay;
mod run;
mod scan;
mod signals;
mod terminal;
#[cfg(test)]
mod tests;
mod theme;
mod tree;
mod view;
mod watch;

pub(crate) use desk::{Admission, Desk, Field, Starts, Unit, What};
pub(crate) use live::{Acknowledged, LiveUnit, acknowledge};
pub(crate) use outline::Outline;
pub(crate) use past::LookUp;
pub(crate) use picture::{Palette, Pictures, Way};
pub(crate) use replay::replay_run;
pub(crate) use scan::Scanner;
pub(crate) use terminal::{Mouse, Window, say};
pub(crate) use theme::Theme;
pub(crate) use watch::{DeskShow, Show, Watched, ask_unit, watch};
