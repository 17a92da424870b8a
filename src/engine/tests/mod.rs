//! The engine driven by scripts: a definition, what its functions do, and the records that follow.

mod abort;
mod cleanup;
mod control;
mod drive;
mod driven;
mod hold;
mod hold_end;
mod loops;
mod measured;
mod prompts;
mod random;
mod sequences;
mod setting;
