//! Finds the Python interpreter that a runner is started with.
//!
//! Version managers put scripts on `PATH` that cost more than the interpreter's own start. Each
//! candidate is therefore asked once for its real executable and version; the answer is kept below
//! the cache folder, so that later starts cost a few file look-ups. Reads no environment by itself.

mod ask;
mod find;

pub(crate) use find::{Python, PythonError, PythonQuery, find_python, numbers};
