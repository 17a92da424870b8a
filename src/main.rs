//! The `maestro` executable: everything happens in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    maestro::run(std::env::args_os())
}
