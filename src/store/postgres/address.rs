//! Where the database is and how its connection is protected, from a URL or `key=value` text.

use std::fmt;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::parameters::{Mode, TlsOptions, TlsParameters};

/// How long making a connection may take where the URL has no `connect_timeout`.
const CONNECT: Duration = Duration::from_secs(5);

/// The socket folder of a server on the same computer, for a URL that names no host.
const SOCKET_FOLDER: &str = "/var/run/postgresql";

/// What it takes to reach the shared store.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PostgresOptions {
    /// The station key `database_url`: a URL, or `key=value` pairs as libpq takes them.
    pub(crate) url: String,
    /// The name of the station, told to the server as `application_name`.
    pub(crate) station: String,
}

impl PostgresOptions {
    /// Says what is wrong with the URL; opens no connection and no file.
    pub(crate) fn check(&self) -> Result<(), String> {
        Address::parse(self).map(drop)
    }

    /// Server and database as messages name them, without user and password.
    pub(crate) fn shown(&self) -> String {
        Address::parse(self).map_or_else(|_| "the shared store".to_owned(), |it| it.shown)
    }
}

impl fmt::Debug for PostgresOptions {
    /// The URL may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresOptions")
            .field("station", &self.station)
            .finish_non_exhaustive()
    }
}

/// A parsed URL.
#[derive(Debug, Clone)]
pub(super) struct Address {
    /// Everything but TLS.
    pub(super) config: Config,
    pub(super) tls: TlsOptions,
    pub(super) connect: Duration,
    /// `host:port/database`.
    pub(super) shown: String,
}

impl Address {
    pub(super) fn parse(options: &PostgresOptions) -> Result<Self, String> {
        let text = options.url.trim();
        let mut tls = TlsParameters::default();
        let rest = match text.split_once("://") {
            Some(("postgres" | "postgresql", _)) => tls.take_from_url(text)?,
            // What is before the colons may be anything, a password even.
            Some(_) => return Err("a URL that begins with `postgresql://` is needed".to_owned()),
            None => tls.take_from_pairs(text)?,
        };
        let mut config: Config = rest.parse().map_err(|error| told(&error))?;
        complete(&mut config, &options.station);
        let mut tls = tls.read()?;
        let is_local = |host: &Host| matches!(host, Host::Unix(_));
        if config.get_hosts().iter().all(is_local) {
            // As libpq: a socket of the same computer needs no encryption.
            tls.mode = Mode::Disable;
        }
        Ok(Self {
            connect: config.get_connect_timeout().copied().unwrap_or(CONNECT),
            shown: shown(&config),
            config,
            tls,
        })
    }
}

/// Fills in what the URL leaves out.
fn complete(config: &mut Config, station: &str) {
    // Without a name TLS could not be spoken.
    if config.get_hosts().is_empty() {
        for address in config.get_hostaddrs().to_vec() {
            config.host(address.to_string());
        }
    }
    if config.get_hosts().is_empty() {
        config.host_path(SOCKET_FOLDER);
    }
    if config.get_application_name().is_none() {
        config.application_name(format!("maestro {station}"));
    }
    // Each attempt sets its own.
    config.ssl_mode(SslMode::Disable);
}

fn shown(config: &Config) -> String {
    let ports = config.get_ports();
    let usual = ports.first().copied().unwrap_or(5432);
    let place = |(index, host): (usize, &Host)| {
        let port = ports.get(index).copied().unwrap_or(usual);
        match host {
            Host::Tcp(host) if host.contains(':') => format!("[{host}]:{port}"),
            Host::Tcp(host) => format!("{host}:{port}"),
            Host::Unix(path) => format!("{}:{port}", path.display()),
        }
    };
    let places: Vec<_> = config.get_hosts().iter().enumerate().map(place).collect();
    let database = config.get_dbname().or(config.get_user()).unwrap_or("");
    format!("{}/{database}", places.join(","))
}

/// The reason that the parser hides in the source of its error.
fn told(error: &tokio_postgres::Error) -> String {
    let source = std::error::Error::source(error);
    source.map_or_else(|| error.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::super::parameters::Roots;
    use super::*;

    fn parse(url: &str) -> Result<Address, String> {
        Address::parse(&PostgresOptions {
            url: url.to_owned(),
            station: "bench-1".to_owned(),
        })
    }

    #[test]
    fn both_forms_say_the_same() {
        let forms = [
            "postgresql://m:p%40ss@db:5433/results?sslmode=verify-full&sslrootcert=%2Fca%20x.pem\
             &connect_timeout=7",
            "host=db port=5433 user = m password='p@ss' dbname=results sslmode=verify-full \
             sslrootcert='/ca x.pem' connect_timeout=7",
        ];
        for form in forms {
            let address = parse(form).unwrap();
            assert_eq!(address.shown, "db:5433/results", "{form}");
            assert_eq!(address.config.get_password(), Some(b"p@ss".as_slice()));
            assert_eq!(address.tls.mode, Mode::VerifyFull);
            assert_eq!(address.tls.roots, Roots::File("/ca x.pem".into()));
            assert_eq!(address.connect, Duration::from_secs(7));
            let name = address.config.get_application_name();
            assert_eq!(name, Some("maestro bench-1"));
        }
    }

    #[test]
    fn modes_mean_what_libpq_means() {
        let cases = [
            ("", Mode::Prefer),
            ("?sslmode=disable", Mode::Disable),
            ("?sslmode=allow", Mode::Allow),
            ("?sslmode=require", Mode::Require),
            ("?sslmode=require&sslrootcert=/ca", Mode::VerifyCa),
            ("?sslmode=verify-ca&sslrootcert=/ca", Mode::VerifyCa),
            ("?sslmode=verify-full", Mode::VerifyFull),
            ("?sslrootcert=system", Mode::VerifyFull),
            ("?sslrootcert=/ca", Mode::Prefer),
            ("?gssencmode=disable&sslmode=require", Mode::Require),
        ];
        for (query, mode) in cases {
            let address = parse(&format!("postgres://db/x{query}")).unwrap();
            assert_eq!(address.tls.mode, mode, "{query}");
        }
    }

    #[test]
    fn mistakes_are_told_without_the_password() {
        let cases = [
            ("postgres://m:hidden@db/x?sslmode=sometimes", "sometimes"),
            ("postgres://m:hidden@db/x?sslmode=verify-ca", "sslrootcert"),
            (
                "postgres://m:hidden@db/x?sslrootcert=system&sslmode=require",
                "verify-full",
            ),
            ("postgres://m:hidden@db/x?sslcert=/a", "sslkey"),
            ("postgres://m:hidden@db/x?colour=red", "colour"),
            ("postgres://m:hidden@db:many/x", "port"),
            ("mysql://m:hidden@db/x", "postgresql://"),
            ("hidden", "host=db"),
            ("password='hidden", "cut off"),
        ];
        for (url, expected) in cases {
            let error = parse(url).unwrap_err();
            assert!(error.contains(expected), "{url}: {error}");
            assert!(!error.contains("hidden"), "{error}");
        }
    }

    #[test]
    fn messages_name_every_host() {
        let cases = [
            ("postgres://m:p@a,b:5433/x", "a:5432,b:5433/x"),
            ("postgres://m:p@[::1]:5433/x", "[::1]:5433/x"),
            ("host=a,b dbname=x", "a:5432,b:5432/x"),
            ("postgres://m@db", "db:5432/m"),
        ];
        for (url, shown) in cases {
            assert_eq!(parse(url).unwrap().shown, shown, "{url}");
        }
    }

    #[test]
    fn question_mark_of_a_password_begins_no_query() {
        let address = parse("postgres://m:why?@db/x?sslmode=disable").unwrap();
        assert_eq!(address.config.get_password(), Some(b"why?".as_slice()));
        assert_eq!(address.tls.mode, Mode::Disable);
    }

    #[test]
    fn socket_of_the_same_computer_is_not_encrypted() {
        for url in [
            "postgresql:///results?sslmode=require",
            "host=/run/pg dbname=results sslmode=require",
        ] {
            let address = parse(url).unwrap();
            assert_eq!(address.tls.mode, Mode::Disable, "{url}");
            assert!(address.shown.ends_with(":5432/results"), "{url}");
        }
    }

    #[test]
    fn debug_output_holds_no_password() {
        let options = PostgresOptions {
            url: "postgres://m:hidden@db/x".to_owned(),
            station: "bench-1".to_owned(),
        };
        assert!(!format!("{options:?}").contains("hidden"));
        assert!(!format!("{:?}", Address::parse(&options).unwrap()).contains("hidden"));
        assert_eq!(options.shown(), "db:5432/x");
        assert_eq!(options.check(), Ok(()));
    }
}
