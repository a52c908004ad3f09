//! The clients with which this program reaches servers that are not of the public web.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use reqwest::ClientBuilder;
use reqwest::redirect::Policy;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::version::TLS13;
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};

use super::{CONNECT_TIMEOUT, ready_encryption};
use crate::serve::certificates::fingerprint;

/// How long an authority may take to answer a call.
const AUTHORITY_TIMEOUT: Duration = Duration::from_secs(30);

/// A client for a server of ours on this machine: no proxy, and no certificate but the one with
/// this fingerprint, which the server itself has written into its data directory. Whose name is in
/// it does not matter: the server is reached under the address of this machine.
///
/// # Errors
/// When the system refuses.
pub(crate) fn client_for_server(certificate: Option<&str>) -> Result<reqwest::Client> {
    ready_encryption();
    let about = || "cannot prepare to reach the server".to_owned();
    let builder = reqwest::Client::builder()
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(Policy::none());
    let builder = match certificate {
        None => builder.tls_certs_only([]),
        Some(certificate) => {
            let provider = Arc::new(ring::default_provider());
            let pinned = Arc::new(Pinned {
                fingerprint: certificate.to_owned(),
                provider: Arc::clone(&provider),
            });
            let config = ClientConfig::builder_with_provider(provider)
                .with_protocol_versions(&[&TLS13])
                .context(ErrorKind::Internal, about)?
                .dangerous()
                .with_custom_certificate_verifier(pinned)
                .with_no_client_auth();
            builder.tls_backend_preconfigured(config)
        }
    };
    builder.build().context(ErrorKind::Internal, about)
}

/// A client for a key server: no redirect takes its token elsewhere.
///
/// # Errors
/// `Invalid` when the certificate of its authority cannot be read.
pub(crate) fn client_for_keys(authority: Option<&str>) -> Result<reqwest::Client> {
    ready_encryption();
    let mut builder = reqwest::Client::builder()
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(Policy::none());
    if let Some(path) = authority {
        builder = trusting(builder, path, "the key server")?;
    }
    builder.build().context(ErrorKind::Internal, || {
        "cannot prepare to reach the key server".to_owned()
    })
}

/// A client for an authority that certificates are fetched from, which never goes on without
/// encryption.
///
/// # Errors
/// `Invalid` when the certificate that its own is checked with cannot be read.
pub(crate) fn client_for_authority(root: Option<&str>) -> Result<reqwest::Client> {
    ready_encryption();
    let mut builder = reqwest::Client::builder()
        .https_only(true)
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(AUTHORITY_TIMEOUT)
        .redirect(Policy::none());
    if let Some(path) = root {
        builder = trusting(builder, path, "the authority")?;
    }
    builder.build().context(ErrorKind::Internal, || {
        "cannot prepare to reach the authority".to_owned()
    })
}

/// Trusts the certificates in a file and no others.
fn trusting(builder: ClientBuilder, path: &str, of: &str) -> Result<ClientBuilder> {
    let about = || format!("cannot read the certificate of {of} in {path}");
    let pem = fs_err::read(Path::new(path)).context(ErrorKind::Invalid, about)?;
    let bundle = reqwest::Certificate::from_pem_bundle(&pem).context(ErrorKind::Invalid, about)?;
    if bundle.is_empty() {
        let sentence = about() + ": there is none in it";
        return Err(Error::new(ErrorKind::Invalid, sentence));
    }
    Ok(builder.tls_certs_only(bundle))
}

/// Trusts one certificate.
#[derive(Debug)]
struct Pinned {
    fingerprint: String,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if fingerprint(end_entity) == self.fingerprint {
            return Ok(ServerCertVerified::assertion());
        }
        let unknown = rustls::CertificateError::ApplicationVerificationFailure;
        Err(rustls::Error::InvalidCertificate(unknown))
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General("TLS 1.2 is not spoken".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
