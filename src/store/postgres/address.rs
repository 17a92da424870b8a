//! Where the database is and how its connection is protected, from a URL or `key=value` text.

use std::fmt;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// How long making a connection may take where the URL has no `connect_timeout`.
const CONNECT: Duration = Duration::from_secs(5);

/// The socket folder of a server on the same computer, for a URL that names no host.
const SOCKET_FOLDER: &str = "/var/run/postgresql";

/// Keys that libpq knows and that change nothing here.
const IGNORED: &[&str] = &[
    "client_encoding",
    "fallback_application_name",
    "gssencmode",
    "sslcompression",
];

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

/// The parameters of libpq that say how a connection is protected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct TlsOptions {
    pub(super) mode: Mode,
    pub(super) roots: Roots,
    /// File with the client's certificate chain, and file with its key.
    pub(super) certificate: Option<(PathBuf, PathBuf)>,
}

/// `sslmode`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    /// Never encrypted.
    Disable,
    /// Encrypted only where the server insists.
    Allow,
    /// Encrypted where the server can.
    #[default]
    Prefer,
    /// Encrypted; whose certificate it is does not matter.
    Require,
    /// The certificate was issued by a known authority.
    VerifyCa,
    /// And it names the host.
    VerifyFull,
}

/// `sslrootcert`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Roots {
    #[default]
    Unset,
    /// The authorities that the computer trusts.
    System,
    File(PathBuf),
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
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        Some(Host::Unix(path)) => path.display().to_string(),
        None => "?".to_owned(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let database = config.get_dbname().or(config.get_user()).unwrap_or("");
    format!("{host}:{port}/{database}")
}

/// The reason that the parser hides in the source of its error.
fn told(error: &tokio_postgres::Error) -> String {
    let source = std::error::Error::source(error);
    source.map_or_else(|| error.to_string(), ToString::to_string)
}

/// The parameters of TLS as they stand in the URL.
#[derive(Debug, Default)]
struct TlsParameters {
    mode: Option<String>,
    roots: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
}

impl TlsParameters {
    /// Takes a parameter; false for one that is another's.
    fn take(&mut self, key: &str, value: &str) -> bool {
        let place = match key {
            "sslmode" => &mut self.mode,
            "sslrootcert" => &mut self.roots,
            "sslcert" => &mut self.certificate,
            "sslkey" => &mut self.key,
            _ => return IGNORED.contains(&key),
        };
        *place = Some(value.to_owned());
        true
    }

    /// Takes them out of the query of a URL and gives the rest.
    fn take_from_url(&mut self, url: &str) -> Result<String, String> {
        // A password may hold a question mark, since people write it as it is.
        let after_user = url.find('@').unwrap_or(0);
        let Some(query) = url[after_user..].find('?').map(|at| after_user + at) else {
            return Ok(url.to_owned());
        };
        let mut kept = Vec::new();
        for pair in url[query + 1..].split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decoded = percent_decode_str(value)
                .decode_utf8()
                .map_err(|_| format!("`{key}` is no text"))?;
            if !pair.is_empty() && !self.take(key, &decoded) {
                kept.push(pair);
            }
        }
        let mut rest = url[..query].to_owned();
        if !kept.is_empty() {
            rest.push('?');
            rest.push_str(&kept.join("&"));
        }
        Ok(rest)
    }

    /// Takes them out of `key=value` pairs and gives the rest.
    fn take_from_pairs(&mut self, text: &str) -> Result<String, String> {
        let mut rest = String::new();
        let mut chars = text.chars().peekable();
        loop {
            while chars.next_if(|c| c.is_whitespace()).is_some() {}
            let mut key = String::new();
            while let Some(c) = chars.next_if(|c| *c != '=' && !c.is_whitespace()) {
                key.push(c);
            }
            if key.is_empty() && chars.peek().is_none() {
                return Ok(rest);
            }
            while chars.next_if(|c| c.is_whitespace()).is_some() {}
            if chars.next() != Some('=') {
                // The word may be anything, a password even.
                return Err("a URL or pairs as in `host=db dbname=maestro` are needed".to_owned());
            }
            while chars.next_if(|c| c.is_whitespace()).is_some() {}
            let value = pair_value(&mut chars).ok_or_else(|| format!("`{key}` is cut off"))?;
            if !self.take(&key, &value) {
                let escaped = value.replace('\\', "\\\\").replace('\'', "\\'");
                // Writing to a text cannot fail.
                let _ = write!(rest, "{key}='{escaped}' ");
            }
        }
    }

    fn read(self) -> Result<TlsOptions, String> {
        let roots = match self.roots.as_deref() {
            None | Some("") => Roots::Unset,
            Some("system") => Roots::System,
            Some(path) => Roots::File(path.into()),
        };
        let mode = match self.mode.as_deref() {
            None if roots == Roots::System => Mode::VerifyFull,
            None => Mode::default(),
            Some("disable") => Mode::Disable,
            Some("allow") => Mode::Allow,
            Some("prefer") => Mode::Prefer,
            // With authorities at hand libpq checks the certificate.
            Some("require") if matches!(roots, Roots::File(_)) => Mode::VerifyCa,
            Some("require") => Mode::Require,
            Some("verify-ca") => Mode::VerifyCa,
            Some("verify-full") => Mode::VerifyFull,
            Some(other) => {
                return Err(format!(
                    "`sslmode={other}` is none of disable, allow, prefer, require, verify-ca, \
                     verify-full"
                ));
            }
        };
        if mode == Mode::VerifyCa && !matches!(roots, Roots::File(_)) {
            return Err(
                "`sslmode=verify-ca` needs the file of your authority as `sslrootcert=FILE`; \
                 whoever has a certificate of a public authority would pass otherwise \
                 (`sslmode=verify-full` checks the name of the host too)"
                    .to_owned(),
            );
        }
        if roots == Roots::System && mode != Mode::VerifyFull {
            return Err("`sslrootcert=system` needs `sslmode=verify-full`".to_owned());
        }
        let certificate = match (self.certificate, self.key) {
            (Some(certificate), Some(key)) => Some((certificate.into(), key.into())),
            (None, None) => None,
            _ => return Err("`sslcert` and `sslkey` go together".to_owned()),
        };
        Ok(TlsOptions {
            mode,
            roots,
            certificate,
        })
    }
}

/// A value, in quotes or up to the next space; `None` for quotes that do not end.
fn pair_value(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let is_quoted = chars.next_if_eq(&'\'').is_some();
    let mut value = String::new();
    loop {
        match chars.peek() {
            None => return (!is_quoted).then_some(value),
            Some('\'') if is_quoted => {
                chars.next();
                return Some(value);
            }
            Some(c) if !is_quoted && c.is_whitespace() => return Some(value),
            Some('\\') => {
                chars.next();
                value.extend(chars.next());
            }
            Some(_) => value.extend(chars.next()),
        }
    }
}

#[cfg(test)]
mod tests {
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
