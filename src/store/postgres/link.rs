//! The connection itself: how it is made, driven and closed.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, Error};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::{Address, PostgresOptions};
use super::error::{DatabaseError, Trouble};
use super::tls;

/// The oldest server that can attach a partition without stopping the writers.
const OLDEST_SERVER: i32 = 120_000;

/// How long an undo may take before the connection is given up instead.
const UNDO: Duration = Duration::from_secs(2);

/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_millis(200);

/// What every connection sets: a second line of defence behind the deadlines of this side, so that
/// a station that froze or vanished in the middle of a transaction holds up nobody else for long.
/// Whatever an administrator says, a commit is on the disk. Figures read many rows and hand each of
/// them over: that pays for a second process of the server and for a hash table in memory, which
/// the settings of a new server leave unused.
const SETTINGS: &str = "SET statement_timeout = '60s'; SET lock_timeout = '10s'; \
     SET idle_in_transaction_session_timeout = '60s'; SET jit = off; \
     SET parallel_tuple_cost = 0.01; \
     SELECT set_config('work_mem', '32MB', false) \
     WHERE pg_size_bytes(current_setting('work_mem')) < pg_size_bytes('32MB'); \
     SELECT set_config('synchronous_commit', 'on', false) \
     WHERE current_setting('synchronous_commit') = 'off';";

/// What it takes to make a connection.
pub(super) struct Reach {
    address: Address,
    runtime: Runtime,
}

impl std::fmt::Debug for Reach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.address.shown)
    }
}

impl Reach {
    pub(super) fn new(options: &PostgresOptions) -> Result<Self, DatabaseError> {
        let address = Address::parse(options).map_err(|reason| DatabaseError::unusable(&reason))?;
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(|error| {
                DatabaseError::new(Trouble::Unreachable, &address.shown, &error.to_string())
            })?;
        Ok(Self { address, runtime })
    }

    pub(super) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Server and database as messages name them.
    pub(super) fn shown(&self) -> &str {
        &self.address.shown
    }

    /// Ends without waiting: a look-up of a name may hang in a thread.
    pub(super) fn leave(self) {
        self.runtime.shutdown_background();
    }

    pub(super) fn connect(&self) -> Result<Link, DatabaseError> {
        let Address {
            config,
            tls,
            connect: limit,
            shown,
        } = &self.address;
        // Read anew for every connection: certificates are renewed while a station runs.
        let connector = tls::connector(tls, config.get_ssl_negotiation())
            .map_err(|reason| DatabaseError::new(Trouble::Configuration, shown, &reason))?;
        let (first, second) = tls::attempts(tls.mode);
        let make = async {
            match (Link::make(config, first, &connector).await, second) {
                (Err(error), Some(second)) if is_about_tls(&error) => {
                    Link::make(config, second, &connector).await
                }
                (made, _) => made,
            }
        };
        let outcome = self
            .runtime
            .block_on(async { tokio::time::timeout(*limit, make).await });
        match outcome {
            Err(_) => Err(DatabaseError::timeout(shown, "connecting", *limit)),
            Ok(Err(error)) => Err(DatabaseError::from_client(shown, &error)),
            Ok(Ok((link, server))) => match server.objection() {
                Some(reason) => Err(DatabaseError::new(Trouble::Unwilling, shown, &reason)),
                None => Ok(link),
            },
        }
    }
}

/// Whether the other way of `allow` and `prefer` may do better: the encryption failed, or the
/// server has no entry for connections of this kind.
fn is_about_tls(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION)
        || error.to_string().contains("TLS")
}

/// The part of the client that talks to the socket; it works only while it is polled.
type Driver = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// A connection. Dropping it closes the socket.
pub(super) struct Link {
    client: Client,
    /// Dropped as soon as the connection has ended: it holds the questions that were asked, and
    /// whoever waits for an answer learns only then that none will come.
    driver: Option<Driver>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}

impl Link {
    async fn make(
        config: &Config,
        mode: SslMode,
        connector: &MakeRustlsConnect,
    ) -> Result<(Self, Server), Error> {
        let mut config = config.clone();
        config.ssl_mode(mode);
        let (client, connection) = config.connect(connector.clone()).await?;
        let mut link = Self {
            client,
            driver: Some(Box::pin(connection)),
        };
        let server = link.drive(async |client| Server::ask(client).await).await?;
        Ok((link, server))
    }

    /// Lets the socket work until `work` is done.
    async fn drive<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Client) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let Self { client, driver } = self;
        let mut why = None;
        let mut work = pin!(work(client));
        let done = poll_fn(|context| {
            if let Some(talk) = driver
                && let Poll::Ready(ended) = talk.as_mut().poll(context)
            {
                *driver = None;
                why = ended.err();
            }
            work.as_mut().poll(context)
        })
        .await;
        match (done, why) {
            // Why the connection ended tells more than that it did.
            (Err(error), Some(why)) if error.is_closed() => Err(why),
            (done, _) => done,
        }
    }

    /// `None` where the time was not enough; the connection is of no use then.
    pub(super) fn run<T>(
        &mut self,
        runtime: &Runtime,
        limit: Duration,
        work: impl AsyncFnOnce(&mut Client) -> Result<T, Error>,
    ) -> Option<Result<T, Error>> {
        let run = async { tokio::time::timeout(limit, self.drive(work)).await.ok() };
        runtime.block_on(run)
    }

    /// Ends a transaction that failed; false where the connection is of no use any more.
    pub(super) fn undo(&mut self, runtime: &Runtime) -> bool {
        let undo = async |client: &mut Client| client.batch_execute("ROLLBACK").await;
        !self.client.is_closed() && matches!(self.run(runtime, UNDO, undo), Some(Ok(())))
    }

    /// Looks whether the server has closed it meanwhile.
    pub(super) fn is_alive(&mut self, runtime: &Runtime) -> bool {
        let look = async |_: &mut Client| {
            // Twice: the socket is asked between two polls.
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
            Ok(())
        };
        self.run(runtime, UNDO, look).is_some() && self.driver.is_some() && !self.client.is_closed()
    }

    /// Says goodbye, so that the server's log shows no lost connection.
    pub(super) fn close(self, runtime: &Runtime) {
        let Self { client, driver } = self;
        drop(client);
        if let Some(driver) = driver {
            let _ = runtime.block_on(async { tokio::time::timeout(GOODBYE, driver).await });
        }
    }
}

/// What a new connection learns of the server.
struct Server {
    version: i32,
    encoding: String,
}

impl Server {
    async fn ask(client: &Client) -> Result<Self, Error> {
        client.batch_execute(SETTINGS).await?;
        let row = client
            .query_typed_one(
                "SELECT current_setting('server_version_num')::int4, \
                 current_setting('server_encoding')",
                &[],
            )
            .await?;
        Ok(Self {
            version: row.try_get(0)?,
            encoding: row.try_get(1)?,
        })
    }

    /// Why this server will not do.
    fn objection(&self) -> Option<String> {
        if self.version < OLDEST_SERVER {
            return Some(format!(
                "version {} is too old, 12 is the oldest that will do",
                self.version / 10_000
            ));
        }
        (self.encoding != "UTF8").then(|| {
            format!(
                "the database is encoded as {}, which cannot hold every text; make one with \
                 `createdb --encoding=UTF8 --template=template0`",
                self.encoding
            )
        })
    }
}
