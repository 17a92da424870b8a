//! The .NET runner: its source travels inside the executable and is compiled on the machine.
//!
//! A package may need .NET Framework (which Mono is here) or .NET, and no compiled program runs on
//! both. What is compiled lies below the runners' folder, named by the digests of the source and of
//! the compiler: a new version of either makes a new folder, and a finished one is never written
//! again. Begin reading at [`find_dotnet`]. Reads no environment by itself.

mod build;
mod find;
mod source;
#[cfg(test)]
mod tests;

pub(crate) use build::Recipe;
pub(crate) use find::{Dotnet, DotnetError, DotnetQuery, find_dotnet};
