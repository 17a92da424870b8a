//! Python environments: what the packages of a test want installed, built once and found again.
//!
//! An environment is a virtual environment in a folder that is named by the digest of what decides
//! about its content: the requirements, the wheels, the interpreter. It counts as whole once its
//! note is written, which is the last thing that happens to it; a folder without one is a build
//! that was cut off and is built anew. Whoever uses an environment holds a shared lock on it,
//! whoever builds or removes one an exclusive lock; locks go with the process that holds them.
//! Reads no environment variable by itself and never touches a network when wheels are there.
//!
//! Begin reading at [`Store::open`].
//!
//! | module | what it owns |
//! |---|---|
//! | `needs`, `wheels` | what is wanted; the digest |
//! | `store` | the folders, their notes, age and removal |
//! | `guard` | the locks |
//! | `build` | the commands, and what they say |
//! | `failure` | why an environment could not be built |

mod build;
mod failure;
mod guard;
mod needs;
mod store;
mod wheels;

pub(crate) use build::{Told, Tools, Watch};
pub(crate) use failure::{Cause, EnvironmentError};
pub(crate) use needs::{Needs, PackageNeeds};
pub(crate) use store::{Environment, Kept, Store};
