//! The parameters of a URL that say how the connection is protected.
//!
//! The client knows fewer of them than libpq does; so they are taken out before it reads the rest.

use std::fmt::Write as _;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;

/// Keys that libpq knows and that change nothing here.
const IGNORED: &[&str] = &[
    "client_encoding",
    "fallback_application_name",
    "gssencmode",
    "sslcompression",
];

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

/// The parameters of TLS as they stand in the URL.
#[derive(Debug, Default)]
pub(super) struct TlsParameters {
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
    pub(super) fn take_from_url(&mut self, url: &str) -> Result<String, String> {
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
    pub(super) fn take_from_pairs(&mut self, text: &str) -> Result<String, String> {
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

    pub(super) fn read(self) -> Result<TlsOptions, String> {
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
