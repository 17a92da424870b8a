//! The screen of a unit that may be live.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::style::Modifier;
use ratatui::text::Line;
use ratatui::widgets::{Block, Paragraph};

use super::super::live::Notice;
use super::super::theme::Theme;
use super::verdict::{Letters, draw_letters, inset};
use super::{clipped, is_small};
use crate::frontend::text::{wrap, wrap_words};
use crate::verdict::Verdict;

const WORDS: [&str; 2] = ["UNIT MAY", "BE LIVE"];

/// Draws what is told, with the serial numbers.
pub(in super::super) fn draw(notice: &Notice<'_>, theme: Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    if is_small(area) {
        draw_small(notice, theme, frame);
        return;
    }
    let ground = theme.ground(Verdict::Error);
    let quiet = ground.remove_modifier(Modifier::BOLD);
    frame.render_widget(Block::new().style(ground), area);
    let below = 3 * notice.units.len() as u16;
    let size = Letters::fitting(&WORDS, area, theme.script, below);
    let height = size.map_or(2, |letters| letters.rows) * WORDS.len() as u16;
    let parts = [
        Constraint::Length(1 + area.height.saturating_sub(height + 9) / 3),
        Constraint::Length(height + 1),
        Constraint::Min(1),
        Constraint::Length(3),
    ];
    let [_, letters, middle, foot] = Layout::vertical(parts).areas(area);
    draw_letters(&WORDS, size, frame, letters, ground);
    let middle = inset(middle);
    let lines = notice.units.iter().flat_map(|unit| {
        let serial = unit.serial.as_deref().unwrap_or("without a serial number");
        let text = theme.clean(&format!("Unit {serial}: {}", unit.story));
        wrap(&text, usize::from(middle.width))
    });
    let lines = clipped(theme, lines.map(Line::from).collect(), middle.height);
    frame.render_widget(Paragraph::new(lines).style(quiet), middle);
    let keys = notice.note.as_deref().unwrap_or("Esc leave");
    let lines = vec![
        Line::from("Make it safe before you touch it. Enter: it is safe"),
        Line::from(theme.clean(keys)),
    ];
    let foot_lines = Paragraph::new(lines).centered().style(ground);
    frame.render_widget(foot_lines, inset(foot));
    theme.finish(frame.buffer_mut());
}

/// The same words, and nothing beside them that there is no room for.
fn draw_small(notice: &Notice<'_>, theme: Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    let width = usize::from(area.width);
    let serials = notice
        .units
        .iter()
        .filter_map(|unit| unit.serial.as_deref());
    let serials: Vec<&str> = serials.collect();
    let mut lines = vec![Line::from(WORDS.join(" "))];
    let unit = theme.clean(&serials.join(", "));
    lines.extend(wrap_words(&unit, width).into_iter().map(Line::from));
    let keys = notice.note.as_deref().unwrap_or("Esc leave");
    let mut foot: Vec<Line<'_>> = Vec::new();
    for text in ["Enter: it is safe", keys] {
        let text = wrap_words(&theme.clean(text), width);
        foot.extend(text.into_iter().map(Line::from));
    }
    let room = area.height.saturating_sub(foot.len() as u16);
    let mut lines = clipped(theme, lines, room);
    lines.extend(foot);
    let ground = theme.ground(Verdict::Error);
    frame.render_widget(Paragraph::new(lines).centered().style(ground), area);
    theme.finish(frame.buffer_mut());
}
