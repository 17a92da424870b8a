//! One connection to a Redis, in which every wait has an end.

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use redis::{Connection, ErrorKind, RedisError, Value};

use super::Address;

/// Commands that are sent in one go.
#[derive(Debug, Default)]
pub(super) struct Batch {
    bytes: Vec<u8>,
    count: usize,
}

impl Batch {
    /// Adds a command with its arguments.
    pub(super) fn push(&mut self, words: &[&[u8]]) {
        let _ = write!(self.bytes, "*{}\r\n", words.len());
        for word in words {
            let _ = write!(self.bytes, "${}\r\n", word.len());
            self.bytes.extend_from_slice(word);
            self.bytes.extend_from_slice(b"\r\n");
        }
        self.count += 1;
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Adds the commands of another.
    pub(super) fn append(&mut self, other: Self) {
        self.bytes.extend(other.bytes);
        self.count += other.count;
    }

    #[cfg(test)]
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Bytes to send.
    pub(super) const fn size(&self) -> usize {
        self.bytes.len()
    }
}

/// A connection that answers within its deadline or is given up.
pub(super) struct Link {
    connection: Connection,
    patience: Duration,
    /// The server's number of this connection.
    id: Option<i64>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Link {
    /// Connects and logs in within `patience`, which is also the deadline of every later answer.
    ///
    /// The name of the host is looked up without a deadline: call it from a thread that nobody
    /// waits for.
    pub(super) fn open(address: &Address, patience: Duration) -> Result<Self, LinkError> {
        use_one_provider();
        let connection = address.client().get_connection_with_timeout(patience)?;
        let mut link = Self {
            connection,
            patience,
            id: None,
        };
        link.set_patience(patience)?;
        let mut batch = Batch::default();
        batch.push(&[b"CLIENT", b"ID"]);
        // A user who may not ask for it has no number, which costs nothing but a tidy end.
        if let [Value::Int(id)] = link.ask(&batch)?[..] {
            link.id = Some(id);
        }
        Ok(link)
    }

    /// Sets the deadline of every later answer.
    pub(super) fn set_patience(&mut self, patience: Duration) -> Result<(), LinkError> {
        // Zero would mean no deadline at all.
        let patience = patience.max(Duration::from_millis(1));
        self.patience = patience;
        self.connection.set_read_timeout(Some(patience))?;
        self.connection.set_write_timeout(Some(patience))?;
        Ok(())
    }

    /// The server's number of this connection.
    pub(super) const fn id(&self) -> Option<i64> {
        self.id
    }

    /// Sends the commands and gives all answers; what the server refuses is among them.
    ///
    /// After an error the connection is of no use. Not the client's own pipeline, which goes on to
    /// wait for every further answer after one did not come.
    pub(super) fn ask(&mut self, batch: &Batch) -> Result<Vec<Value>, LinkError> {
        let end = deadline(self.patience);
        self.connection.send_packed_command(&batch.bytes)?;
        let mut answers = Vec::with_capacity(batch.count);
        while answers.len() < batch.count {
            answers.push(self.connection.recv_response()?);
            if is_over(end) {
                return Err(LinkError::Slow);
            }
        }
        Ok(answers)
    }

    /// Sends commands of which each must succeed, and gives the last answer.
    pub(super) fn tell(&mut self, batch: &Batch) -> Result<Value, LinkError> {
        let mut last = Value::Nil;
        for answer in self.ask(batch)? {
            if let Value::ServerError(error) = &answer {
                let details = error.details().unwrap_or_default();
                return Err(LinkError::Refused(format!("{} {details}", error.code())));
            }
            last = answer;
        }
        Ok(last)
    }

    /// Ends another connection of this program.
    pub(super) fn kill(&mut self, id: i64) -> Result<(), LinkError> {
        let mut batch = Batch::default();
        batch.push(&[b"CLIENT", b"KILL", b"ID", id.to_string().as_bytes()]);
        self.tell(&batch).map(|_| ())
    }

    pub(super) const fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

/// Why a Redis could not be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LinkError {
    #[error("{}", told(.0))]
    Client(#[from] RedisError),
    #[error("it does not answer in time")]
    Slow,
    #[error("it refuses: {0}")]
    Refused(String),
}

impl LinkError {
    /// Whether the connection is fine and only has nothing to say yet.
    pub(super) fn is_timeout(&self) -> bool {
        matches!(self, Self::Client(error) if error.is_timeout())
    }
}

/// The words of the client are those of its code; these are for people.
fn told(error: &RedisError) -> String {
    if error.is_timeout() {
        return "it does not answer in time".to_owned();
    }
    if error.is_connection_refusal() {
        return "nobody listens there".to_owned();
    }
    if error.kind() == ErrorKind::AuthenticationFailed {
        return "it refuses the password".to_owned();
    }
    match (error.code(), error.detail()) {
        (Some(code), detail) => format!("it refuses: {code} {}", detail.unwrap_or_default()),
        (None, Some(detail)) => detail.to_owned(),
        (None, None) if error.is_connection_dropped() => "the connection was closed".to_owned(),
        (None, None) => std::error::Error::source(error)
            .and_then(|source| source.downcast_ref::<io::Error>())
            .map_or_else(|| error.to_string(), ToString::to_string),
    }
}

/// TLS needs to know which of the ways to compute it is to be used, once in a process.
fn use_one_provider() {
    // Somebody else may have chosen the same before.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[expect(
    clippy::disallowed_methods,
    reason = "the deadline of one answer, which nothing else depends on"
)]
fn deadline(patience: Duration) -> Instant {
    Instant::now() + patience
}

#[expect(clippy::disallowed_methods, reason = "as above")]
fn is_over(end: Instant) -> bool {
    Instant::now() > end
}
