//! Standard input and output, moved out of the way of foreign code.
//!
//! What a vendor's library or a child process prints then becomes log text, and what reads standard
//! input gets end of file (PROTOCOL, Streams).

use std::fs::File;
use std::io;

use rustix::io::fcntl_dupfd_cloexec;
use rustix::stdio::{dup2_stdin, dup2_stdout, stderr, stdin, stdout};

/// First number for the moved descriptors: above the three standard ones.
const ABOVE: i32 = 3;

/// Where requests come from, and where answers go.
#[derive(Debug)]
pub(crate) struct Streams {
    pub(crate) requests: File,
    pub(crate) answers: File,
}

impl Streams {
    /// Moves descriptors 0 and 1; called once, before anything else runs.
    pub(crate) fn take() -> io::Result<Self> {
        let requests = fcntl_dupfd_cloexec(stdin(), ABOVE)?;
        let answers = fcntl_dupfd_cloexec(stdout(), ABOVE)?;
        dup2_stdin(File::open("/dev/null")?)?;
        dup2_stdout(stderr())?;
        Ok(Self {
            requests: requests.into(),
            answers: answers.into(),
        })
    }
}
