//! Certificates for TLS, made with the command `openssl`: an authority and what it signed.
//!
//! A certificate that signs itself is refused by `rustls` as a server's own, so there are two.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use super::place::not_installed;

/// An authority, a certificate for `localhost` and 127.0.0.1, and its key, as PEM files.
#[derive(Debug)]
pub(crate) struct Certificates {
    folder: TempDir,
}

impl Certificates {
    pub(crate) fn make() -> Self {
        Self::for_names("DNS:localhost,IP:127.0.0.1")
    }

    /// For names as `openssl` writes them, such as `DNS:elsewhere.example`.
    pub(crate) fn for_names(names: &str) -> Self {
        let folder = TempDir::with_prefix("maestro-certificates-").unwrap();
        let made = Self { folder };
        fs::write(
            made.path("extensions"),
            format!("subjectAltName={names}\nbasicConstraints=CA:FALSE\n"),
        )
        .unwrap();
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
        made.openssl(&format!(
            "req -x509 {key} -keyout authority.key -out authority.pem -days 2 \
             -subj /CN=maestro-test-authority -addext basicConstraints=critical,CA:TRUE"
        ));
        made.openssl(&format!(
            "req {key} -keyout key.pem -out request -subj /CN=maestro-test"
        ));
        made.openssl(
            "x509 -req -in request -CA authority.pem -CAkey authority.key -CAcreateserial \
             -out certificate.pem -days 2 -extfile extensions",
        );
        made
    }

    /// The authority's certificate, for the client.
    pub(crate) fn authority(&self) -> PathBuf {
        self.path("authority.pem")
    }

    pub(crate) fn certificate(&self) -> PathBuf {
        self.path("certificate.pem")
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.path("key.pem")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn openssl(&self, arguments: &str) {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .output();
        match output {
            Ok(output) => assert!(output.status.success(), "openssl {arguments}: {output:?}"),
            Err(_) => not_installed("openssl", "openssl"),
        }
    }
}
