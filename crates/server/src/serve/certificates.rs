//! The certificate that the server shows, read again when its files change: whoever is connected
//! stays so, and the next one sees the new certificate.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::TLS13;
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use crate::config::Config;

/// How often it is looked whether the files have changed.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The largest file of certificates, in bytes.
const PEM_BYTES_MAX: u64 = 1024 * 1024;

/// What is offered above TLS.
const PROTOCOL: &[u8] = b"http/1.1";

/// The certificate and its key, as they are now.
#[derive(Debug)]
pub(crate) struct Certificates {
    certificate: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
}

impl Certificates {
    /// Those that the settings name; nothing where TLS is off.
    ///
    /// # Errors
    /// `Invalid` when a file cannot be read, holds nothing of its kind, or the two do not match.
    pub(crate) fn of(config: &Config) -> Result<Option<Arc<Self>>> {
        let (Some(certificate), Some(key)) = (&config.tls_certificate, &config.tls_key) else {
            return Ok(None);
        };
        let (certificate, key) = (PathBuf::from(certificate), PathBuf::from(key));
        let current = RwLock::new(Arc::new(read(&certificate, &key)?));
        Ok(Some(Arc::new(Self {
            certificate,
            key,
            current,
        })))
    }

    /// The encryption that is offered: TLS 1.3 and nothing older.
    ///
    /// # Errors
    /// `Internal` when it cannot be prepared.
    pub(super) fn server(self: &Arc<Self>) -> Result<ServerConfig> {
        let provider = Arc::new(ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13])
            .context(ErrorKind::Internal, || "cannot prepare TLS".to_owned())?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        Ok(config)
    }

    /// By what the certificate shown now can be known.
    pub(super) fn fingerprint(&self) -> String {
        let current = self.now();
        let leaf = current.cert.first();
        leaf.map_or_else(String::new, |leaf| fingerprint(leaf))
    }

    /// Reads the files again whenever they have changed, and calls out; until it is cancelled.
    pub(super) async fn follow(&self, stop: &CancellationToken, changed: impl Fn(&str)) {
        let mut seen = self.stamps();
        let mut looks = tokio::time::interval(LOOK_EVERY);
        while stop.run_until_cancelled(looks.tick()).await.is_some() {
            let now = self.stamps();
            if now == seen {
                continue;
            }
            match read(&self.certificate, &self.key) {
                Ok(key) => {
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
                    tracing::info!("the certificate was read again");
                    changed(&self.fingerprint());
                }
                // The two files are written one after the other: the next change makes them fit.
                Err(error) => tracing::warn!(
                    "the certificate in use stays until its files are in order: {}",
                    error.chain()
                ),
            }
            seen = now;
        }
    }

    fn now(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What tells one state of the files from the next.
    fn stamps(&self) -> [Option<(u64, i64, i64, u64)>; 2] {
        use std::os::unix::fs::MetadataExt as _;
        [&self.certificate, &self.key].map(|path| {
            let of = fs_err::metadata(path).ok()?;
            Some((of.ino(), of.mtime(), of.mtime_nsec(), of.size()))
        })
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.now())
    }
}

/// By what a certificate can be known: SHA-256 of it, in hexadecimal.
pub(crate) fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    let digest = Sha256::digest(certificate.as_ref());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read(certificate: &Path, key: &Path) -> Result<CertifiedKey> {
    let wrong = |path: &Path, what: &str| {
        let sentence = format!("{} holds no {what} in PEM", path.display());
        Error::new(ErrorKind::Invalid, sentence)
    };
    let text = pem(certificate)?;
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<_, _>>()
        .map_err(|error| wrong(certificate, "certificate").with_source(error))?;
    if chain.is_empty() {
        return Err(wrong(certificate, "certificate"));
    }
    let key_der = PrivateKeyDer::from_pem_slice(&pem(key)?)
        .map_err(|error| wrong(key, "private key").with_source(error))?;
    CertifiedKey::from_der(chain, key_der, &ring::default_provider()).context(
        ErrorKind::Invalid,
        || {
            format!(
                "the private key in {} is not that of the certificate in {}",
                key.display(),
                certificate.display()
            )
        },
    )
}

fn pem(path: &Path) -> Result<Vec<u8>> {
    let about = || format!("cannot read {} for TLS", path.display());
    let size = fs_err::metadata(path).context(ErrorKind::Invalid, about)?;
    if size.len() > PEM_BYTES_MAX {
        return Err(Error::new(
            ErrorKind::Invalid,
            about() + ": it is too large",
        ));
    }
    fs_err::read(path).context(ErrorKind::Invalid, about)
}
