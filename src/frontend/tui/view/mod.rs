//! Draws the state of the screen. Decides nothing; draws into any size without panicking.

mod ask;
mod desk;
mod detail;
mod field;
mod gauge;
mod header;
mod held;
mod help;
mod live;
mod log;
mod question;
mod small;
mod steps;
mod verdict;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear};

use super::app::{App, Screen};
use super::theme::Theme;
use crate::frontend::text::{Script, Tone, columns, cut};

pub(super) use desk::draw as draw_desk;
pub(super) use header::time_of_day;
pub(super) use live::draw as draw_live;
use small::is_small;

/// Smallest window in which everything has its place.
const LEAST: (u16, u16) = (60, 16);

/// Stands where something is left out.
const CUT: &str = "…";

/// Draws everything.
pub(super) fn draw(app: &mut App, frame: &mut Frame<'_>) {
    let area = frame.area();
    app.is_cramped = is_small(area);
    if app.is_cramped {
        small::draw(app, frame);
    } else if matches!(app.screen, Screen::Verdict) {
        verdict::draw(app, frame, area);
    } else {
        run(app, frame, area);
    }
    app.theme.finish(frame.buffer_mut());
}

fn run(app: &mut App, frame: &mut Frame<'_>, area: Rect) {
    let rows = [
        Constraint::Length(2),
        Constraint::Min(4),
        Constraint::Length(1),
    ];
    let [head, body, foot] = Layout::vertical(rows).areas(area);
    let whole = body;
    let (body, pane) = with_pane(app, body);
    header::draw(app, frame, head);
    if let Screen::Log(up) = app.screen {
        log::draw_whole(app, frame, body, up);
    } else {
        let sides = [Constraint::Percentage(56), Constraint::Percentage(44)];
        let [left, right] = Layout::horizontal(sides).areas(body);
        steps::draw(app, frame, left);
        detail::draw(app, frame, right);
    }
    help::footer(app, frame, foot);
    if let (Some(pane), Some(area)) = (&app.hold, pane) {
        held::draw(app, pane, frame, area);
    }
    match &app.screen {
        Screen::Question => question::draw(app, frame, body),
        Screen::Operator(field) => ask::draw_operator(app, field, frame, body),
        Screen::AskAbort(_) => ask::draw(app, frame, body),
        Screen::Help => help::draw(app, frame, whole),
        Screen::Variables(field) => held::draw_variables(app, field, frame, body),
        Screen::Steps | Screen::Held | Screen::Log(_) | Screen::Find(_) | Screen::Verdict => {}
    }
}

/// Leaves room below for what is said of a held run.
fn with_pane(app: &App, body: Rect) -> (Rect, Option<Rect>) {
    let Some(pane) = &app.hold else {
        return (body, None);
    };
    let height = held::height(pane, body.width);
    let parts = [Constraint::Min(4), Constraint::Length(height)];
    let [body, pane] = Layout::vertical(parts).areas(body);
    (body, Some(pane))
}

/// A box with a title over what is underneath, at most as large as asked for.
fn pop_up(frame: &mut Frame<'_>, area: Rect, size: (u16, u16), title: &str, style: Style) -> Rect {
    let width = size.0.min(area.width);
    let height = size.1.min(area.height);
    let place = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    };
    let title = cut(title, usize::from(width.saturating_sub(4)), Script::Unicode);
    let block = Block::bordered()
        .title(Span::styled(format!(" {title} "), style))
        .border_style(style);
    let inside = block.inner(place);
    frame.render_widget(Clear, place);
    frame.render_widget(block, place);
    Rect {
        x: inside.x + 1,
        width: inside.width.saturating_sub(2),
        ..inside
    }
}

/// A line with something at each end; what does not fit is cut on the left side.
fn two_ends<'a>(left: Vec<Span<'a>>, right: Vec<Span<'a>>, width: u16) -> Line<'a> {
    let count = |spans: &[Span<'_>]| spans.iter().map(|it| columns(&it.content)).sum::<usize>();
    let room = usize::from(width).saturating_sub(count(&right) + 1);
    let mut line = fit(left, room);
    let gap = room.saturating_sub(count(&line)) + 1;
    line.push(Span::raw(" ".repeat(gap)));
    line.extend(right);
    Line::from(line)
}

/// Cuts spans to some columns, with a sign that they were.
fn fit(spans: Vec<Span<'_>>, room: usize) -> Vec<Span<'_>> {
    let count = |span: &Span<'_>| columns(&span.content);
    if spans.iter().map(count).sum::<usize>() <= room {
        return spans;
    }
    let mut left = room;
    let mut fitting = Vec::with_capacity(spans.len());
    for span in spans {
        let width = count(&span);
        if width < left {
            left -= width;
            fitting.push(span);
            continue;
        }
        // Something follows a span that fits to the last column: it is cut all the same.
        let text = format!("{}{CUT}", span.content);
        let short = cut(&text, left, Script::Unicode).into_owned();
        fitting.push(Span::styled(short, span.style));
        break;
    }
    fitting
}

/// Lines in as many rows; the last one says where some are left out.
fn clipped(theme: Theme, mut lines: Vec<Line<'static>>, rows: u16) -> Vec<Line<'static>> {
    let rows = usize::from(rows);
    while lines.len() > rows && lines.last().is_some_and(|line| line.width() == 0) {
        lines.pop();
    }
    if lines.len() > rows {
        lines.truncate(rows.saturating_sub(1));
        lines.push(Line::from(toned(theme, Tone::Dim, CUT)));
    }
    lines
}

fn toned(theme: Theme, tone: Tone, text: impl Into<String>) -> Span<'static> {
    Span::styled(text.into(), theme.style(tone))
}
