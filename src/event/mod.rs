//! The events of a run: the one stream that journal, stores, screens and reports read.
