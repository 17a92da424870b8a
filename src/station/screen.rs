//! How the operator's screen uses its terminal (station key `screen`).

use crate::package::read::{Fields, Reader};
use crate::package::yaml::Node;

/// What a terminal is not asked for unless the station says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ScreenConfig {
    /// Clicks and the wheel go to the screen; the terminal's own selection needs Shift then.
    pub(crate) mouse: bool,
}

impl ScreenConfig {
    pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Self {
        let mut config = Self::default();
        let Some(mut fields) = Fields::open(reader, node, "screen", "the screen of the station")
        else {
            return config;
        };
        if let Some(mouse) = fields.take("mouse") {
            config.mouse = reader
                .boolean(mouse, "mouse")
                .is_some_and(|flag| flag.value);
        }
        fields.finish(reader);
        config
    }
}
