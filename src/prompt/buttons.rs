//! Which buttons a prompt has, and which of them Enter presses.

use crate::prompt::{Action, Button, Prompt};

impl Button {
    /// A button as a package declares it.
    pub(crate) fn new(name: impl Into<String>, action: Action) -> Self {
        Self {
            name: name.into(),
            action,
            automatic: false,
        }
    }

    /// The `Cancel` that every prompt without an abort button gets.
    fn cancel() -> Self {
        Self {
            automatic: true,
            ..Self::new("Cancel", Action::Abort)
        }
    }
}

impl Prompt {
    /// Adds the buttons that the package leaves out: `OK`, or `PASS` and `FAIL` of a manual prompt,
    /// where it declares none; `Cancel` where none aborts. Doing it twice changes nothing.
    #[must_use]
    pub(crate) fn normalized(mut self) -> Self {
        if self.buttons.iter().all(|button| button.automatic) {
            let declared = if self.manual {
                vec![
                    Button::new("PASS", Action::Pass),
                    Button::new("FAIL", Action::Fail),
                ]
            } else {
                vec![Button::new("OK", Action::Continue)]
            };
            self.buttons = declared;
        }
        let has_abort = |button: &Button| button.action == Action::Abort;
        if !self.buttons.iter().any(has_abort) {
            self.buttons.push(Button::cancel());
        }
        self
    }

    /// The button of this name: exactly so, else in any case.
    pub(crate) fn button(&self, name: &str) -> Option<&Button> {
        let name = name.trim();
        let named = |same: fn(&str, &str) -> bool| {
            self.buttons
                .iter()
                .find(move |button| same(&button.name, name))
        };
        named(|a, b| a == b).or_else(|| named(|a, b| a.to_lowercase() == b.to_lowercase()))
    }

    /// The button that Enter presses: the declared default, else the first that does not abort.
    /// A manual prompt has none, so that nobody passes a unit by leaning on the keyboard.
    pub(crate) fn enter_button(&self) -> Option<&Button> {
        if self.manual {
            return None;
        }
        let declared = self
            .default_button
            .as_deref()
            .and_then(|name| self.button(name));
        declared.or_else(|| {
            self.buttons
                .iter()
                .find(|button| button.action != Action::Abort)
        })
    }
}
