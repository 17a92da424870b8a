//! A question to the operator.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::super::app::App;
use super::super::entry::{Choice, Entry, OPTIONS, TextField};
use super::super::form::{Focus, Form, Note};
use super::super::picture::{self, Pictures, State};
use super::super::theme::Theme;
use super::field::{self, Look};
use super::{clipped, fit, pop_up, toned};
use crate::frontend::text::{Tone, columns, cut, wrap_words};
use crate::prompt::{Action, Input, OnTimeout};

/// Widest text: longer lines are hard to read.
const WIDTH: u16 = 80;

/// Widths of a text beside a picture, and what lies between them.
const BESIDE: u16 = 34;
const BESIDE_AT_MOST: u16 = 56;
const GAP: u16 = 2;

/// A smaller picture tells nothing.
const LEAST_ROWS: u16 = 4;
const LEAST_COLUMNS: u16 = 8;

/// Widest field with its sign.
const ENTRY: usize = 43;

pub(super) fn draw(app: &mut App, frame: &mut Frame<'_>, area: Rect) {
    let Some(form) = &app.form else { return };
    let theme = app.theme;
    let title = form.prompt.title.as_deref().unwrap_or("Question");
    let title = theme.clean(title);
    let plan = Plan::of(app, form, area);
    let size = (plan.size.0 + 4, plan.size.1 + 2);
    let inside = pop_up(frame, area, size, &title, theme.style(Tone::Note));
    let (picture, text) = plan.split(inside);
    plan.texts.draw(theme, frame, text);
    let file = form.prompt.picture.clone();
    if let (Some(picture), Some(file)) = (picture, file) {
        let pictures = theme.pictures;
        picture::draw(&mut app.album, &file, pictures, frame.buffer_mut(), picture);
    }
}

/// What is written, wrapped to some width.
struct Texts {
    message: Vec<Line<'static>>,
    field: Vec<Line<'static>>,
    foot: Vec<Line<'static>>,
}

impl Texts {
    fn of(app: &App, form: &Form, width: u16, about_picture: Option<String>) -> Self {
        let width = usize::from(width);
        let mut message = message_lines(app, form, width);
        if let Some(text) = about_picture {
            for line in wrap_words(&app.theme.clean(&text), width) {
                message.push(Line::from(toned(app.theme, Tone::Note, line)));
            }
        }
        message.push(Line::default());
        Self {
            message,
            field: field_lines(app, form, width),
            foot: foot_lines(app, form, width),
        }
    }

    /// Rows that all of it needs: empty ones before, and between field and buttons.
    fn rows(&self) -> u16 {
        (self.message.len() + self.field.len() + self.foot.len() + 3) as u16
    }

    fn draw(self, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
        let parts = [
            Constraint::Length(1),
            Constraint::Min(1),
            Constraint::Length(self.field.len() as u16),
            Constraint::Length(1),
            Constraint::Length(self.foot.len() as u16),
            Constraint::Length(1),
        ];
        let [_, top, middle, _, bottom, _] = Layout::vertical(parts).areas(area);
        let message = clipped(theme, self.message, top.height);
        frame.render_widget(Paragraph::new(message), top);
        frame.render_widget(Paragraph::new(self.field), middle);
        frame.render_widget(Paragraph::new(self.foot), bottom);
    }
}

/// Where picture and text go. The text has its place first: without a picture a question can be
/// answered, without its buttons it cannot.
struct Plan {
    texts: Texts,
    /// Columns and rows of the inside.
    size: (u16, u16),
    picture: Place,
}

/// Where the picture is, with its columns and rows.
#[derive(Clone, Copy)]
enum Place {
    Nowhere,
    Above(u16, u16),
    Left(u16, u16),
}

impl Plan {
    fn of(app: &App, form: &Form, area: Rect) -> Self {
        // Frame, and a blank column at each side of the inside.
        let room = (area.width.saturating_sub(6), area.height.saturating_sub(2));
        let whole = WIDTH.min(room.0);
        let (size, about) = match (&form.prompt.image, &form.prompt.picture) {
            (None, _) => (None, None),
            (Some(image), None) => {
                let text = format!("picture: {image} does not lie in the package");
                (None, Some(text))
            }
            (Some(image), Some(_)) if app.theme.pictures == Pictures::Named => {
                (None, Some(format!("picture: {image}")))
            }
            (Some(image), Some(picture)) => match app.album.state(picture) {
                State::Loading => (None, Some(format!("picture: {image} …"))),
                State::Broken(why) => (None, Some(format!("picture: {image}: {why}"))),
                State::Here(width, height) => (Some((width, height)), None),
            },
        };
        let Some(size) = size else {
            return Self::without(Texts::of(app, form, whole, about), whole);
        };
        let above = Self::above(Texts::of(app, form, whole, None), whole, room, size);
        let narrow = (room.0 / 2).clamp(BESIDE.min(room.0), BESIDE_AT_MOST);
        let left = Self::left(Texts::of(app, form, narrow, None), narrow, room, size);
        let best = if left.cells() > above.cells() {
            left
        } else {
            above
        };
        if best.cells() > 0 {
            return best;
        }
        let image = form.prompt.image.as_deref().unwrap_or_default();
        let text = format!("picture: {image}: this window is too small for it");
        Self::without(Texts::of(app, form, whole, Some(text)), whole)
    }

    fn without(texts: Texts, width: u16) -> Self {
        Self {
            size: (width, texts.rows()),
            texts,
            picture: Place::Nowhere,
        }
    }

    fn above(texts: Texts, width: u16, room: (u16, u16), size: (u32, u32)) -> Self {
        let rows = texts.rows();
        // A blank row before the picture; the text begins with one.
        let cells = cells_for(size, (room.0, room.1.saturating_sub(rows + 1)));
        let Some((columns, lines)) = cells else {
            return Self::without(texts, width);
        };
        Self {
            texts,
            size: (width.max(columns), rows + lines + 1),
            picture: Place::Above(columns, lines),
        }
    }

    fn left(texts: Texts, width: u16, room: (u16, u16), size: (u32, u32)) -> Self {
        let rows = texts.rows();
        let cells = cells_for(
            size,
            (room.0.saturating_sub(width + GAP), room.1.saturating_sub(2)),
        );
        let Some((columns, lines)) = cells.filter(|_| rows <= room.1) else {
            return Self::without(texts, width);
        };
        Self {
            texts,
            size: (columns + GAP + width, rows.max(lines + 2)),
            picture: Place::Left(columns, lines),
        }
    }

    /// How large the picture is.
    fn cells(&self) -> u32 {
        match self.picture {
            Place::Nowhere => 0,
            Place::Above(columns, rows) | Place::Left(columns, rows) => {
                u32::from(columns) * u32::from(rows)
            }
        }
    }

    /// The places of the picture and of the text.
    fn split(&self, inside: Rect) -> (Option<Rect>, Rect) {
        match self.picture {
            Place::Nowhere => (None, inside),
            Place::Above(columns, rows) => {
                let parts = [Constraint::Length(rows + 1), Constraint::Min(1)];
                let [top, text] = Layout::vertical(parts).areas(inside);
                let picture = Rect {
                    x: top.x + top.width.saturating_sub(columns) / 2,
                    y: top.y + 1,
                    width: columns.min(top.width),
                    height: rows.min(top.height.saturating_sub(1)),
                };
                (Some(picture), text)
            }
            Place::Left(columns, rows) => {
                let parts = [Constraint::Length(columns + GAP), Constraint::Min(1)];
                let [left, text] = Layout::horizontal(parts).areas(inside);
                let picture = Rect {
                    y: left.y + left.height.saturating_sub(rows) / 2,
                    width: columns.min(left.width),
                    height: rows.min(left.height),
                    ..left
                };
                (Some(picture), text)
            }
        }
    }
}

/// Columns and rows of a picture in some room; `None` where it would be too small to tell anything.
fn cells_for(size: (u32, u32), room: (u16, u16)) -> Option<(u16, u16)> {
    if room.1 < LEAST_ROWS || room.0 < LEAST_COLUMNS {
        return None;
    }
    let (width, height) = picture::fitting(size, (u32::from(room.0), 2 * u32::from(room.1)));
    Some((width as u16, height.div_ceil(2) as u16))
}

fn message_lines(app: &App, form: &Form, width: usize) -> Vec<Line<'static>> {
    let theme = app.theme;
    let mut lines = Vec::new();
    for paragraph in form.prompt.message.lines() {
        let clean = theme.clean(paragraph);
        let wrapped = wrap_words(&clean, width);
        if wrapped.is_empty() {
            lines.push(Line::default());
        }
        lines.extend(
            wrapped
                .into_iter()
                .map(|it| Line::from(toned(theme, Tone::Strong, it))),
        );
    }
    lines
}

/// The field, its limits where they are shown, and what is wrong with it.
fn field_lines(app: &App, form: &Form, width: usize) -> Vec<Line<'static>> {
    let theme = app.theme;
    let mut lines = match &form.entry {
        None => Vec::new(),
        Some(Entry::Text(field)) => vec![text_line(app, form, field, width)],
        Some(Entry::Choice(choice)) => choice_lines(app, form, choice, width),
    };
    if let Some(limits) = form.prompt.input.as_ref().and_then(Input::shown_limits) {
        let limits = vec![toned(theme, Tone::Dim, theme.clean(&limits))];
        lines.push(Line::from(fit(limits, width)));
    }
    match &form.note {
        Some(Note::Wrong(text)) => {
            for line in wrap_words(&theme.clean(text), width) {
                lines.push(Line::from(toned(theme, Tone::Bad, line)));
            }
        }
        Some(Note::Hint(text)) => {
            for line in wrap_words(&theme.clean(text), width) {
                lines.push(Line::from(toned(theme, Tone::Warn, line)));
            }
        }
        None => lines.push(Line::default()),
    }
    lines
}

fn text_line(app: &App, form: &Form, entry: &TextField, width: usize) -> Line<'static> {
    let theme = app.theme;
    let unit = form
        .prompt
        .input
        .as_ref()
        .and_then(|input| input.unit.clone())
        .map_or_else(String::new, |unit| format!(" {unit}"));
    let unit = cut(&theme.clean(&unit), width / 2, theme.script).into_owned();
    let room = width.saturating_sub(columns(&unit)).min(ENTRY);
    let look = if form.focus == Focus::Field {
        Look::Ruled
    } else {
        Look::Left
    };
    let mut spans = field::spans(theme, entry, room, look);
    spans.push(toned(theme, Tone::Plain, unit));
    Line::from(spans)
}

fn choice_lines(app: &App, form: &Form, choice: &Choice, width: usize) -> Vec<Line<'static>> {
    let theme = app.theme;
    let count = choice.options.len();
    let from = choice.at.unwrap_or(0).saturating_sub(OPTIONS / 2);
    let from = from.min(count.saturating_sub(OPTIONS));
    let shown = choice.options.iter().enumerate().skip(from).take(OPTIONS);
    let mut lines: Vec<Line<'_>> = shown
        .map(|(place, option)| {
            let is_chosen = Some(place) == choice.at;
            let sign = if is_chosen { "▸ " } else { "  " };
            let text = format!("{sign}{}", theme.clean(option));
            let line = Line::from(fit(vec![toned(theme, Tone::Plain, text)], width));
            match (is_chosen, form.focus) {
                (true, Focus::Field) => line.patch_style(Theme::selected()),
                (true, _) => line.patch_style(theme.style(Tone::Strong)),
                (false, _) => line,
            }
        })
        .collect();
    if count > OPTIONS {
        let to = (from + OPTIONS).min(count);
        let text = format!(
            "  {}–{to} of {count}: PgUp PgDn, or type its beginning",
            from + 1
        );
        lines.push(Line::from(fit(vec![toned(theme, Tone::Dim, text)], width)));
    }
    lines
}

/// The buttons, and the time that is left.
fn foot_lines(app: &App, form: &Form, width: usize) -> Vec<Line<'static>> {
    let theme = app.theme;
    let is_listening = form.is_listening(app.now);
    let mut lines = Vec::new();
    let mut row: Vec<Span<'static>> = Vec::new();
    let mut used = 0;
    for (place, button) in form.prompt.buttons.iter().enumerate() {
        let is_chosen = form.focus == Focus::Button(place) && is_listening;
        // A shape too: reversed letters are hard to tell on some terminals.
        let sign = if is_chosen { "▸" } else { " " };
        let name = theme.clean(&button.name);
        let name = cut(&name, width.saturating_sub(8), theme.script);
        let text = format!("{sign}{} {name} ", place + 1);
        let needed = columns(&text) + 4;
        if used + needed > width && !row.is_empty() {
            lines.push(Line::from(std::mem::take(&mut row)));
            used = 0;
        }
        used += needed;
        let tone = match button.action {
            _ if !is_listening => Tone::Dim,
            Action::Pass => Tone::Good,
            Action::Fail => Tone::Bad,
            Action::Abort => Tone::Warn,
            Action::Continue => Tone::Strong,
        };
        let mut style = theme.style(tone);
        if is_chosen {
            style = style.patch(Theme::selected());
        }
        row.push(Span::styled(format!("[{text}]"), style));
        row.push(Span::raw("  "));
    }
    lines.push(Line::from(row));
    if let Some((left, whole)) = form.left(app.now) {
        lines.push(Line::default());
        lines.push(countdown(app, form, left, whole, width));
    }
    lines
}

/// The time that runs down, and what happens then.
fn countdown(app: &App, form: &Form, left: f64, whole: f64, width: usize) -> Line<'static> {
    let theme = app.theme;
    let then = match &form.prompt.on_timeout {
        OnTimeout::Abort => "the run is aborted".to_owned(),
        OnTimeout::Fail => "the step fails".to_owned(),
        OnTimeout::Continue => "the run goes on".to_owned(),
        OnTimeout::Button(name) => format!("{name} is pressed"),
    };
    let text = theme.clean(&format!("  {:.0} s, then {then}", left.ceil()));
    let text = cut(&text, width, theme.script).into_owned();
    let room = width.saturating_sub(columns(&text)).min(30);
    let share = if whole > 0.0 { left / whole } else { 0.0 };
    let full = ((room as f64 * share).ceil() as usize).min(room);
    let tone = if left < 10.0 { Tone::Bad } else { Tone::Warn };
    Line::from(vec![
        toned(theme, tone, "━".repeat(full)),
        toned(theme, Tone::Dim, "╌".repeat(room - full)),
        toned(theme, tone, text),
    ])
}
