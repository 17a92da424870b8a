//! Findings: what is wrong, where, and the way out.
