//! Where a Redis is: its URL, read once.

use std::fmt;

use redis::io::tcp::TcpSettings;
use redis::{Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo};

/// How a URL begins; `valkey` is a Redis by another name.
const SCHEMES: [&str; 7] = [
    "redis://",
    "rediss://",
    "unix://",
    "redis+unix://",
    "valkey://",
    "valkeys://",
    "valkey+unix://",
];

/// The address of a Redis, with what it takes to log in. It is never shown with its password.
#[derive(Clone)]
pub(crate) struct Address {
    client: Client,
    shown: String,
}

impl Address {
    /// Reads `redis://`, `rediss://` or `unix://`; the error says what is wrong without repeating
    /// the URL, which may hold a password.
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let url = url.trim();
        if !SCHEMES.iter().any(|scheme| url.starts_with(scheme)) {
            return Err("it begins with neither redis://, rediss:// nor unix://".to_owned());
        }
        let info = url
            .into_connection_info()
            .map_err(|error| described(&error))?;
        if let ConnectionAddr::TcpTls { insecure: true, .. } = info.addr() {
            return Err("`#insecure` is not supported: certificates are always checked".to_owned());
        }
        let shown = shown(&info);
        let settings = info
            .redis_settings()
            .clone()
            .set_lib_name("maestro", env!("CARGO_PKG_VERSION"));
        // Small pipelines must not wait for the answer to the last one.
        let info = info
            .set_tcp_settings(TcpSettings::default().set_nodelay(true))
            .set_redis_settings(settings);
        let client = Client::open(info).map_err(|error| described(&error))?;
        Ok(Self { client, shown })
    }

    /// The URL without user, password and options.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    pub(super) const fn client(&self) -> &Client {
        &self.client
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Address").field(&self.shown).finish()
    }
}

fn shown(info: &ConnectionInfo) -> String {
    let bracketed = |host: &String| {
        if host.contains(':') {
            format!("[{host}]")
        } else {
            host.clone()
        }
    };
    let place = match info.addr() {
        ConnectionAddr::Tcp(host, port) => format!("redis://{}:{port}", bracketed(host)),
        ConnectionAddr::TcpTls { host, port, .. } => {
            format!("rediss://{}:{port}", bracketed(host))
        }
        ConnectionAddr::Unix(path) => format!("unix://{}", path.display()),
        _ => "redis".to_owned(),
    };
    match info.redis_settings().db() {
        0 => place,
        number => format!("{place}/{number}"),
    }
}

/// What the client says of a URL, without the URL.
fn described(error: &redis::RedisError) -> String {
    let text = error.to_string();
    let text = text.split(" - ").next().unwrap_or_default();
    match text {
        "Redis URL did not parse" => "it is no URL".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_and_shown_without_its_password() {
        for (url, shown) in [
            ("redis://127.0.0.1", "redis://127.0.0.1:6379"),
            ("redis://localhost:7000/3", "redis://localhost:7000/3"),
            ("redis://:secret@db/0", "redis://db:6379"),
            ("rediss://m:secret@db:6390", "rediss://db:6390"),
            ("redis://[::1]:7000", "redis://[::1]:7000"),
            (
                "unix:///run/redis.sock?db=2&pass=secret",
                "unix:///run/redis.sock/2",
            ),
            (" redis://db\n", "redis://db:6379"),
        ] {
            let address = Address::parse(url).unwrap();
            assert_eq!(address.shown(), shown, "{url}");
            assert!(!format!("{address:?}").contains("secret"), "{address:?}");
        }
    }

    #[test]
    fn wrong_url_is_an_error_that_keeps_the_password() {
        for url in [
            "",
            "127.0.0.1:6379",
            "http://secret@db",
            "redis://:secret@db/zero",
            "redis://:secret@0.0.0.0",
            "redis://:secret@",
            "rediss://:secret@db/#insecure",
            "rediss://:secret@db/#other",
        ] {
            let error = Address::parse(url).unwrap_err();
            assert!(
                !error.is_empty() && !error.contains("secret"),
                "{url}: {error}"
            );
        }
    }
}
