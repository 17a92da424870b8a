//! Looking about in a run: its steps, a name that is looked for, its log. Changes no run.

use ratatui::layout::Position;

use super::app::{App, Screen};
use super::entry::TextField;
use super::key::Key;
use super::tree::Find;

/// Rows that a notch of the wheel moves.
const NOTCH: isize = 3;

impl App {
    pub(super) fn steps_key(&mut self, key: &Key) {
        let page = self.page.max(1) as isize;
        let tree = &mut self.run.tree;
        match key {
            Key::Up | Key::Char('k') => tree.step_by(-1),
            Key::Down | Key::Char('j') => tree.step_by(1),
            Key::ScrollUp => tree.step_by(-NOTCH),
            Key::ScrollDown => tree.step_by(NOTCH),
            Key::PageUp => tree.step_by(-page),
            Key::PageDown => tree.step_by(page),
            Key::Home | Key::Char('g') => tree.select_first(),
            Key::Left | Key::Char('h') => tree.close_selected(),
            Key::Right | Key::Char(' ') => tree.open_selected(),
            Key::Char('f') => self.jump_to_failure(Find::Onward),
            Key::Char('F') => self.jump_to_failure(Find::Back),
            Key::Char('n') => self.jump_to_sought(Find::Onward),
            Key::Char('N') => self.jump_to_sought(Find::Back),
            Key::Char('/') => self.show(Screen::Find(TextField::default())),
            Key::Char('l') => self.show(Screen::Log(0)),
            Key::Char('?') | Key::F(1) => self.help(),
            Key::Click(column, row) => self.click(*column, *row),
            Key::Enter | Key::Esc | Key::Char('q') if self.end.is_some() => self.back(),
            Key::End | Key::Esc | Key::Char('G') => tree.follow(),
            Key::Char('q') => {
                let text = "the run goes on; Ctrl-C aborts it";
                self.note = Some(text.to_owned());
            }
            _ => {}
        }
    }

    fn click(&mut self, column: u16, row: u16) {
        if self.list.contains(Position::new(column, row)) {
            let row = usize::from(row - self.list.y);
            self.run.tree.select_row(self.top + row);
        }
    }

    fn jump_to_failure(&mut self, from: Find) {
        if !self.run.tree.next_failure(from) {
            self.note = Some("no step has failed".to_owned());
        }
    }

    fn jump_to_sought(&mut self, from: Find) {
        if self.sought.is_empty() {
            self.note = Some("nothing was looked for yet: press /".to_owned());
        } else if !self.run.tree.find(&self.sought, from) {
            self.note = Some(format!("no step is called {}", self.sought));
        }
    }

    pub(super) fn log_key(&mut self, key: &Key) {
        let page = self.page.max(1);
        let most = self.run.log.len().saturating_sub(1);
        let Screen::Log(up) = &mut self.screen else {
            return;
        };
        match key {
            Key::Up | Key::Char('k') => *up = (*up + 1).min(most),
            Key::Down | Key::Char('j') => *up = up.saturating_sub(1),
            Key::ScrollUp => *up = (*up + NOTCH as usize).min(most),
            Key::ScrollDown => *up = up.saturating_sub(NOTCH as usize),
            Key::PageUp => *up = (*up + page).min(most),
            Key::PageDown => *up = up.saturating_sub(page),
            Key::Home | Key::Char('g') => *up = most,
            Key::End | Key::Char('G') => *up = 0,
            Key::Esc | Key::Char('l' | 'q') | Key::Enter => self.back_to_steps(),
            Key::Char('?') | Key::F(1) => self.help(),
            _ => {}
        }
    }

    /// From a side view to the steps, also after the end.
    fn back_to_steps(&mut self) {
        let screen = match (&self.form, &self.hold) {
            (Some(_), _) => Screen::Question,
            (None, Some(_)) => Screen::Held,
            (None, None) => Screen::Steps,
        };
        self.show(screen);
    }

    pub(super) fn find_key(&mut self, key: &Key) {
        let Screen::Find(field) = &mut self.screen else {
            return;
        };
        match key {
            Key::Esc => self.back_to_steps(),
            Key::Enter => {
                self.sought = field.text();
                self.back_to_steps();
                self.jump_to_sought(Find::Here);
            }
            key => {
                field.key(key);
                // The nearest match is shown while typing.
                let text = field.text();
                self.run.tree.find(&text, Find::Here);
            }
        }
    }
}
