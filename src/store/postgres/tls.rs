//! Encryption of the connection, with libpq's meaning of `sslmode` and `sslrootcert`.

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{
    WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio_postgres::config::{SslMode, SslNegotiation};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::parameters::{Mode, Roots, TlsOptions};

/// The protocol's name in the handshake, which servers want where TLS comes first.
const PROTOCOL: &[u8] = b"postgresql";

/// How to connect first, and how to connect where that fails for its encryption.
pub(super) const fn attempts(mode: Mode) -> (SslMode, Option<SslMode>) {
    match mode {
        Mode::Disable => (SslMode::Disable, None),
        Mode::Allow => (SslMode::Disable, Some(SslMode::Require)),
        Mode::Prefer => (SslMode::Prefer, Some(SslMode::Disable)),
        Mode::Require | Mode::VerifyCa | Mode::VerifyFull => (SslMode::Require, None),
    }
}

/// Makes the connector; reads the files that the options name.
pub(super) fn connector(
    options: &TlsOptions,
    negotiation: SslNegotiation,
) -> Result<MakeRustlsConnect, String> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Verifier {
        trust: trust(options)?,
        algorithms: provider.signature_verification_algorithms,
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match &options.certificate {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => builder
            .with_client_auth_cert(certificates(certificate)?, private_key(key)?)
            .map_err(|error| format!("`sslcert` {}: {error}", certificate.display()))?,
    };
    if negotiation == SslNegotiation::Direct {
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
    }
    Ok(MakeRustlsConnect::new(config))
}

/// What a server's certificate must show.
#[derive(Debug)]
enum Trust {
    /// Nothing: the connection is only encrypted.
    Anyone,
    Known {
        roots: RootCertStore,
        /// The same certificates as they are in the file.
        pinned: Vec<CertificateDer<'static>>,
        checks_name: bool,
    },
}

fn trust(options: &TlsOptions) -> Result<Trust, String> {
    if options.mode < Mode::VerifyCa {
        return Ok(Trust::Anyone);
    }
    let (certificates, source) = match &options.roots {
        Roots::File(path) => (certificates(path)?, path.display().to_string()),
        Roots::Unset | Roots::System => (
            rustls_native_certs::load_native_certs().certs,
            "the computer's own store".to_owned(),
        ),
    };
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(certificates.iter().cloned());
    if added == 0 {
        return Err(format!("no certificate of an authority in {source}"));
    }
    Ok(Trust::Known {
        roots,
        pinned: certificates,
        checks_name: options.mode == Mode::VerifyFull,
    })
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| format!("cannot read certificates from {}: {error}", path.display()))
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, String> {
    PrivateKeyDer::from_pem_file(path)
        .map_err(|error| format!("cannot read a key from {}: {error}", path.display()))
}

#[derive(Debug)]
struct Verifier {
    trust: Trust,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Trust::Known {
            roots,
            pinned,
            checks_name,
        } = &self.trust
        else {
            return Ok(ServerCertVerified::assertion());
        };
        let parsed = ParsedCertificate::try_from(end_entity)?;
        let signed = verify_server_cert_signed_by_trust_anchor(
            &parsed,
            roots,
            intermediates,
            now,
            self.algorithms.all,
        );
        match signed {
            // The server's own certificate, signed by itself, was copied to the stations. Its dates
            // were looked at before this error arose.
            Err(error) if is_ca_as_end_entity(&error) && pinned.contains(end_entity) => {}
            signed => signed?,
        }
        if *checks_name {
            verify_server_name(&parsed, server_name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// Told by its name only. A changed name makes the check stricter.
fn is_ca_as_end_entity(error: &Error) -> bool {
    format!("{error:?}").contains("CaUsedAsEndEntity")
}
