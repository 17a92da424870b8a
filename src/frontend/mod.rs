//! Front ends: they show events and send commands, and hold nothing else of value.
