//! A line of text that is being typed: the cursor stays in sight, and what lies outside is told.

use ratatui::style::{Modifier, Style};
use ratatui::text::Span;

use super::super::entry::TextField;
use super::super::theme::Theme;
use super::{CUT, toned};
use crate::frontend::text::{Tone, columns};

/// Stands before the text: here is where keys go.
const SIGN: &str = "▸ ";

/// How a field looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Keys go there; the line ends behind the text.
    Open,
    /// Keys go there; a line shows how much room there is.
    Ruled,
    /// A line without a cursor: keys go somewhere else.
    Left,
}

/// The sign and the text, in `width` columns at most.
pub(super) fn spans(
    theme: Theme,
    field: &TextField,
    width: usize,
    look: Look,
) -> Vec<Span<'static>> {
    let room = width.saturating_sub(columns(SIGN));
    let mut style = theme.style(Tone::Strong);
    if look != Look::Open {
        style = style.add_modifier(Modifier::UNDERLINED);
    }
    let cursor = if look == Look::Left {
        style
    } else {
        style.patch(Theme::selected())
    };
    let seen = Seen::of(theme, field, room);
    let rest = room.saturating_sub(seen.columns());
    let mut spans = vec![toned(theme, Tone::Note, SIGN)];
    spans.extend(seen.spans(theme, style, cursor));
    if look != Look::Open {
        spans.push(Span::styled(" ".repeat(rest), style));
    }
    spans
}

/// The part of a text that there is room for, around the cursor.
struct Seen {
    is_cut_before: bool,
    before: String,
    at: String,
    behind: String,
    is_cut_behind: bool,
}

impl Seen {
    fn of(theme: Theme, field: &TextField, room: usize) -> Self {
        // Character by character, since what cannot be shown may become several or none.
        let cells: Vec<String> = field.chars().map(|c| theme.clean(&c.to_string())).collect();
        let cursor = field.cursor().min(cells.len());
        let at = cells.get(cursor).cloned().unwrap_or_else(|| " ".to_owned());
        let all = cells.iter().map(|cell| columns(cell)).sum::<usize>();
        let is_at_end = cursor == cells.len();
        // A sign at each end where something may be left out.
        let is_whole = all + usize::from(is_at_end) <= room;
        let signs = if is_whole {
            0
        } else {
            1 + usize::from(!is_at_end)
        };
        let mut left = room.saturating_sub(columns(&at) + signs);
        let mut from = cursor;
        let mut to = (cursor + 1).min(cells.len());
        while from > 0 && columns(&cells[from - 1]) <= left {
            from -= 1;
            left -= columns(&cells[from]);
        }
        while to < cells.len() && columns(&cells[to]) <= left {
            left -= columns(&cells[to]);
            to += 1;
        }
        Self {
            is_cut_before: from > 0,
            before: cells[from..cursor].concat(),
            at,
            behind: cells[(cursor + 1).min(to)..to].concat(),
            is_cut_behind: to < cells.len(),
        }
    }

    fn columns(&self) -> usize {
        let cuts = usize::from(self.is_cut_before) + usize::from(self.is_cut_behind);
        cuts + columns(&self.before) + columns(&self.at) + columns(&self.behind)
    }

    fn spans(
        self,
        theme: Theme,
        style: Style,
        cursor: Style,
    ) -> impl Iterator<Item = Span<'static>> {
        let cut = |is_cut: bool| is_cut.then(|| toned(theme, Tone::Dim, CUT));
        [
            cut(self.is_cut_before),
            Some(Span::styled(self.before, style)),
            Some(Span::styled(self.at, cursor)),
            Some(Span::styled(self.behind, style)),
            cut(self.is_cut_behind),
        ]
        .into_iter()
        .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::picture::Pictures;
    use super::*;
    use crate::frontend::text::Script;

    fn drawn(text: &str, width: usize) -> String {
        let theme = Theme {
            script: Script::Unicode,
            has_color: false,
            pictures: Pictures::Named,
        };
        let mut field = TextField::default();
        field.fill(text);
        let spans = spans(theme, &field, width, Look::Ruled);
        spans.iter().map(|span| span.content.as_ref()).collect()
    }

    #[test]
    fn long_text_shows_its_end_and_that_something_lies_before_it() {
        assert_eq!(drawn("SN-1", 10), "▸ SN-1    ");
        assert_eq!(drawn("SN-0123456789", 10), "▸ …456789 ");
    }

    #[test]
    fn wide_characters_never_reach_beyond_the_field() {
        for width in 4..30 {
            let line = drawn("シリアル番号0001シリアル番号👩‍🔬e\u{301}", width);
            assert_eq!(columns(&line), width, "{line:?}");
        }
    }
}
