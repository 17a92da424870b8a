//! Python test code from outside: what its runner leaves behind, its environments, its SDK.

mod artifacts;
mod bench;
mod environment;
mod plugs;
mod visa;
