//! Python test code from outside: what its runner leaves behind, its environments, its SDK.

mod artifacts;
