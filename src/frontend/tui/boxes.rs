//! Boxes that take a line of text: who takes over, and what a variable is to be.

use super::app::{App, Screen, Wish};
use super::entry::TextField;
use super::key::Key;
use crate::frontend::text::assignment;
use crate::session::HoldWish;

impl App {
    /// F2: no button is pressed by it, so it counts at once.
    pub(super) fn ask_operator(&mut self) {
        if self.playing.is_none() {
            self.show(Screen::Operator(TextField::default()));
        }
    }

    pub(super) fn operator_key(&mut self, key: &Key) -> Option<Wish> {
        let Screen::Operator(field) = &mut self.screen else {
            return None;
        };
        match key {
            Key::Esc => self.back(),
            Key::Paste(text) => field.fill(text),
            // A scanner may end with a tab.
            Key::Enter | Key::Tab => {
                let name = self.scanner.read(&field.text()).trim().to_owned();
                if !name.is_empty() {
                    if let Some(form) = &mut self.form {
                        form.answered_by(name.clone());
                    }
                    if let Some(pane) = &mut self.hold {
                        pane.is_used_by(name.clone());
                    }
                    self.back();
                    return Some(Wish::Operator(name));
                }
            }
            key => {
                field.key(key);
            }
        }
        None
    }

    pub(super) fn variables_key(&mut self, key: &Key) -> Option<Wish> {
        let Screen::Variables(field) = &mut self.screen else {
            return None;
        };
        match key {
            Key::Esc => self.back(),
            Key::Enter => match assignment(&field.text()) {
                Ok((name, value)) => {
                    let pane = self.hold.as_ref()?;
                    let order = pane.order(HoldWish::Set { name, value });
                    self.back();
                    return Some(Wish::Hold(order));
                }
                Err(why) => self.note = Some(why),
            },
            key => {
                field.key(key);
            }
        }
        None
    }
}
