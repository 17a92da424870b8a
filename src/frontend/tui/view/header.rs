//! What is tested, where, by whom, and how far it is.

use jiff::tz::TimeZone;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::super::app::App;
use super::{fit, toned, two_ends};
use crate::event::{Mode, RunStarted, Timestamp};
use crate::frontend::text::{Tone, clock_text, columns, cut};
use crate::record::RunRecord;

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let lines = vec![identity(app, area.width), progress(app, area.width)];
    frame.render_widget(Paragraph::new(lines), area);
}

/// Test, commit and lifecycle on the left; station, operator and time of day on the right.
fn identity(app: &App, width: u16) -> Line<'static> {
    let theme = app.theme;
    let Some(record) = &app.run.record else {
        return Line::from(toned(theme, Tone::Dim, " starting the runners …"));
    };
    let started = &record.started;
    let marks: Vec<Span<'_>> = marks(app, started)
        .into_iter()
        .map(|text| toned(theme, Tone::Warn, format!("  {text}")))
        .collect();
    let marked = marks
        .iter()
        .map(|mark| columns(&mark.content))
        .sum::<usize>();
    let mut right = vec![started.station_id.clone()];
    right.extend(app.run.operator().map(str::to_owned));
    let right = theme.clean(&right.join(" · "));
    let time = format!(" · {} ", time_of_day(app.now, &app.zone));
    // What the run is must be read, whatever the names are: they have what is left.
    let room = usize::from(width).saturating_sub(marked + columns(&time) + 1);
    let right = cut(&right, room / 2, theme.script);
    let title = format!(" {} {}", started.test_name, started.test_version);
    let title = vec![
        toned(theme, Tone::Strong, theme.clean(&title)),
        toned(theme, Tone::Dim, theme.clean(&origin(started))),
    ];
    let mut left = fit(title, room.saturating_sub(columns(&right)));
    left.extend(marks);
    let right = theme.clean(&format!("{right}{time}"));
    two_ends(left, vec![toned(theme, Tone::Dim, right)], width)
}

/// What sets a run off from one that counts as any other.
fn marks(app: &App, started: &RunStarted) -> Vec<String> {
    let mut marks = Vec::new();
    if started.mode != Mode::Production {
        marks.push(started.mode.as_str().to_uppercase());
    }
    if let Some(playing) = app.playing {
        let pause = if playing.is_paused { " paused" } else { "" };
        marks.push(format!("REPLAY x{}{pause}", playing.speed));
    }
    if started.unattended {
        marks.push("UNATTENDED".to_owned());
    }
    marks
}

/// Commit and lifecycle of the package.
fn origin(started: &RunStarted) -> String {
    let Some(package) = started.packages.first() else {
        return String::new();
    };
    let commit = package
        .commit
        .as_deref()
        .map(|commit| &commit[..commit.floor_char_boundary(7)]);
    let parts = commit
        .into_iter()
        .chain(package.lifecycle_status.as_deref());
    parts.fold(String::new(), |text, part| format!("{text}  {part}"))
}

/// Unit, bar, steps done, time gone and time left.
fn progress(app: &App, width: u16) -> Line<'static> {
    let theme = app.theme;
    let Some(record) = &app.run.record else {
        return Line::default();
    };
    let unit = record.started.serial_number.as_deref().map_or_else(
        || " no serial number".to_owned(),
        |serial| format!(" Unit {serial}"),
    );
    let unit = toned(theme, Tone::Strong, theme.clean(&unit));
    let (done, all) = (app.run.tree.finished(), app.run.planned());
    let gone_us = gone_us(app, record);
    let mut right = format!("  {done}/{all}   {}", clock_text(gone_us / 1_000_000));
    if app.run.is_aborting() && app.end.is_none() {
        right.push_str("   ABORTING: cleanup runs ");
    } else if app.hold.is_some() {
        right.push_str("   HELD ");
    } else if let Some(left) = time_left(app, gone_us) {
        right = format!("{right}   about {} left ", clock_text(left));
    } else {
        right.push(' ');
    }
    let tone = if app.run.is_aborting() || app.hold.is_some() {
        Tone::Warn
    } else {
        Tone::Plain
    };
    let room = usize::from(width)
        .saturating_sub(columns(&unit.content) + columns(&right) + 5)
        .min(60);
    let mut left = vec![unit, Span::raw("   ")];
    left.extend(bar(app, room, done, all));
    two_ends(left, vec![toned(theme, tone, right)], width)
}

/// The time that the run has taken, less that of holds.
fn gone_us(app: &App, record: &RunRecord) -> u64 {
    if let Some(end) = &app.end {
        return end.finished.duration_us;
    }
    let gone_us = app.now.since(record.started_at).as_micros() as u64;
    gone_us.saturating_sub(record.held_us(app.now))
}

fn bar(app: &App, room: usize, done: u32, all: u32) -> Vec<Span<'static>> {
    let theme = app.theme;
    let share = f64::from(done) / f64::from(all.max(1));
    let full = ((room as f64 * share) as usize).min(room);
    let tone = if app.run.failing.is_empty() {
        Tone::Good
    } else {
        Tone::Bad
    };
    let rest = room - full;
    let mut open = "╌".repeat(rest.saturating_sub(1));
    if rest > 0 {
        open.insert(0, '╺');
    }
    vec![
        toned(theme, tone, "━".repeat(full)),
        toned(theme, Tone::Dim, open),
    ]
}

/// Seconds that are left, going by earlier runs of this test.
fn time_left(app: &App, gone_us: u64) -> Option<u64> {
    let expected = app.expected_us.filter(|_| app.end.is_none())?;
    let left = expected.checked_sub(gone_us)?;
    (left >= 1_000_000).then_some(left / 1_000_000)
}

/// The time on the wall.
pub(in super::super) fn time_of_day(at: Timestamp, zone: &TimeZone) -> String {
    jiff::Timestamp::from_microsecond(at.0).map_or_else(
        |_| "--:--:--".to_owned(),
        |time| time.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string(),
    )
}
