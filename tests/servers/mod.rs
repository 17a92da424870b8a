//! Real servers for tests: PostgreSQL and Redis on private ports, in folders that go away.
//!
//! | wanted | take |
//! |---|---|
//! | an empty database | [`TestDatabase::new`] on the shared server |
//! | a PostgreSQL to kill, to stop, to fill, with a password or TLS | [`PostgresServer`] |
//! | a Redis whose keys nobody else flushes | [`RedisServer`] |
//! | a Redis for keys and channels with names of their own | [`shared_redis`] |
//! | certificates for TLS | [`Certificates::make`] |
//! | numpy, scipy, pandas or `DuckDB` to agree with | [`ask_oracle`], [`oracle_python`] |
//!
//! The shared servers are those of `MAESTRO_TEST_POSTGRES` and `MAESTRO_TEST_REDIS`, which
//! `tests/run` sets; without them each test process starts its own. A server ends with its value,
//! with a panic, and with the test process, even one that is killed (see `place.rs`). A server that
//! cannot be started fails the test and says what to install; nothing is skipped in silence.
//!
//! This folder is compiled twice: into the library's unit tests and into `tests/it`.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may panic, read the environment and look at the clock; neither of the two \
              binaries that hold this module uses all of it"
)]

mod certificates;
mod oracle;
mod place;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "postgres")]
mod template;

#[allow(unused_imports, reason = "see above")]
pub(crate) use self::certificates::Certificates;
#[allow(unused_imports, reason = "see above")]
pub(crate) use self::oracle::{ask_oracle, oracle_python};
#[cfg(feature = "postgres")]
#[allow(unused_imports, reason = "see above")]
pub(crate) use self::postgres::{PostgresOptions, PostgresServer, TestDatabase, shared_postgres};
#[cfg(feature = "redis")]
#[allow(unused_imports, reason = "see above")]
pub(crate) use self::redis::{RedisServer, shared_redis};
