//! Source files and the places in them.
