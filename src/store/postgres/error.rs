//! What went wrong with the database, and what it means for those who wait for it.

use std::time::Duration;

use tokio_postgres::error::SqlState;

use crate::outbox::SinkError;
use crate::record::HistoryError;

/// Why the shared store did not do what it was asked. The text names server, database, reason and
/// the way out, never a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct DatabaseError {
    pub(crate) trouble: Trouble,
    message: String,
}

/// Kinds of trouble, by what can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// `database_url` cannot be understood, or a file that it names cannot be read.
    Configuration,
    /// No connection, a lost one, or one that did not answer in time.
    Unreachable,
    /// It answers and cannot do it now: permission, read-only, space, locks, shutting down.
    Unwilling,
    /// The schema is not for this program, or not there.
    Schema,
    /// The content of a statement: SQLSTATE classes 22, 23 and 54.
    Content,
    /// A row whose month has no partition.
    NoPartition,
}

impl DatabaseError {
    pub(super) fn new(trouble: Trouble, shown: &str, reason: &str) -> Self {
        Self {
            trouble,
            message: format!("PostgreSQL {shown}: {reason}"),
        }
    }

    /// A `database_url` that names no server.
    pub(super) fn unusable(reason: &str) -> Self {
        Self {
            trouble: Trouble::Configuration,
            message: format!("`database_url` cannot be used: {reason}"),
        }
    }

    pub(super) fn timeout(shown: &str, doing: &str, limit: Duration) -> Self {
        let reason = format!("no answer within {limit:?} while {doing}");
        Self::new(Trouble::Unreachable, shown, &reason)
    }

    /// Takes an error of the client apart.
    pub(super) fn from_client(shown: &str, error: &tokio_postgres::Error) -> Self {
        let Some(db) = error.as_db_error() else {
            let reason = format!("{}{}", causes(error), way_there(error));
            return Self::new(Trouble::Unreachable, shown, &reason);
        };
        let code = db.code();
        let (trouble, hint) = if is_missing_partition(db) {
            (Trouble::NoPartition, None)
        } else {
            (trouble_of(code), way_out(code))
        };
        let table = db.table().map(|table| format!(" (table {table})"));
        let hint = hint.map(|hint| format!("; {hint}"));
        let reason = format!(
            "{}{} [{}]{}",
            db.message(),
            table.unwrap_or_default(),
            code.code(),
            hint.unwrap_or_default()
        );
        Self::new(trouble, shown, &reason)
    }
}

impl From<DatabaseError> for SinkError {
    fn from(error: DatabaseError) -> Self {
        match error.trouble {
            Trouble::Content => Self::Refused(error.message),
            Trouble::Schema => Self::Paused(error.message),
            _ => Self::Unavailable(error.message),
        }
    }
}

impl From<DatabaseError> for HistoryError {
    fn from(error: DatabaseError) -> Self {
        Self::Unavailable(error.message)
    }
}

/// A row that fits no partition comes as a broken constraint without a name.
fn is_missing_partition(db: &tokio_postgres::error::DbError) -> bool {
    *db.code() == SqlState::CHECK_VIOLATION && db.constraint().is_none()
}

fn trouble_of(code: &SqlState) -> Trouble {
    // Which table, column or schema is missing shows in the message.
    let schema = [
        SqlState::UNDEFINED_TABLE,
        SqlState::UNDEFINED_COLUMN,
        SqlState::UNDEFINED_OBJECT,
        SqlState::UNDEFINED_FUNCTION,
        SqlState::DATATYPE_MISMATCH,
        SqlState::WRONG_OBJECT_TYPE,
        SqlState::DUPLICATE_TABLE,
        SqlState::INVALID_SCHEMA_NAME,
    ];
    match &code.code()[..2] {
        "22" | "23" | "54" => Trouble::Content,
        _ if schema.contains(code) => Trouble::Schema,
        "08" => Trouble::Unreachable,
        _ if *code == SqlState::CANNOT_CONNECT_NOW => Trouble::Unreachable,
        _ => Trouble::Unwilling,
    }
}

fn way_out(code: &SqlState) -> Option<&'static str> {
    let hint = match code.code() {
        "28P01" | "28000" => {
            "check user and password in `database_url` or `database_url_file`, and the server's \
             pg_hba.conf"
        }
        "3D000" => "make it with `createdb`, or name another one in `database_url`",
        "42501" => {
            "the role in `database_url` must own the tables or have rights on them; an owner can \
             run `maestro db migrate`"
        }
        "25006" => "it is a standby or set to read-only; name the primary in `database_url`",
        "53100" => "make space on the server's disk",
        "53300" => "raise `max_connections` of the server",
        "42P01" | "42703" | "42704" | "42883" | "42804" | "42809" => {
            "the tables are not those that `schema_version` tells; see `maestro db status`"
        }
        "42P07" => "the database holds tables of something else; give maestro one of its own",
        "3F000" => "the role has no schema to make tables in; see its `search_path`",
        "55P03" | "57014" => "another session holds it up",
        _ => return None,
    };
    Some(hint)
}

/// What to do about a connection that is not made.
fn way_there(error: &tokio_postgres::Error) -> &'static str {
    let told = error.to_string();
    if told.contains("TLS") {
        "; see `sslmode` in maestro-station(5)"
    } else if told.contains("connecting") {
        "; does the server run, and are host and port in `database_url` right?"
    } else {
        ""
    }
}

/// An error and what caused it, in one line.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let told = cause.to_string();
        // Wrappers repeat what they hold.
        if !text.contains(&told) {
            text.push_str(": ");
            text.push_str(&told);
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_refused_and_everything_else_is_tried_again() {
        let cases = [
            (SqlState::NUMERIC_VALUE_OUT_OF_RANGE, Trouble::Content),
            (SqlState::UNIQUE_VIOLATION, Trouble::Content),
            (SqlState::PROGRAM_LIMIT_EXCEEDED, Trouble::Content),
            (SqlState::INSUFFICIENT_PRIVILEGE, Trouble::Unwilling),
            (SqlState::READ_ONLY_SQL_TRANSACTION, Trouble::Unwilling),
            (SqlState::DISK_FULL, Trouble::Unwilling),
            (SqlState::TOO_MANY_CONNECTIONS, Trouble::Unwilling),
            (SqlState::T_R_DEADLOCK_DETECTED, Trouble::Unwilling),
            (SqlState::CANNOT_CONNECT_NOW, Trouble::Unreachable),
            (SqlState::CONNECTION_FAILURE, Trouble::Unreachable),
            (SqlState::UNDEFINED_TABLE, Trouble::Schema),
        ];
        for (code, trouble) in cases {
            assert_eq!(trouble_of(&code), trouble, "{code:?}");
        }
    }

    #[test]
    fn kinds_of_trouble_become_kinds_of_sink_errors() {
        let error = |trouble| DatabaseError::new(trouble, "db:5432/x", "no");
        let message = "PostgreSQL db:5432/x: no".to_owned();
        assert_eq!(
            SinkError::from(error(Trouble::Content)),
            SinkError::Refused(message.clone())
        );
        assert_eq!(
            SinkError::from(error(Trouble::Schema)),
            SinkError::Paused(message.clone())
        );
        for trouble in [
            Trouble::Configuration,
            Trouble::Unreachable,
            Trouble::Unwilling,
            Trouble::NoPartition,
        ] {
            assert_eq!(
                SinkError::from(error(trouble)),
                SinkError::Unavailable(message.clone())
            );
        }
    }
}
