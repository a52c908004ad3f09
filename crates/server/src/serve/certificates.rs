//! The certificate that the server shows: from files, read again when they change, or from an
//! authority, renewed in time. Whoever is connected stays so, and the next one sees the new one.

use std::sync::{Arc, PoisonError, RwLock};

use alexandria_core::error::{Context, ErrorKind, Result};
use jiff::Timestamp;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::TLS13;
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::telemetry::measures::TLS_CERTIFICATE_EXPIRES;

mod authority;
mod files;
mod lifetime;
mod pair;

pub(crate) use authority::AUTHORITIES_FOLDER;
use authority::Authority;
use files::Files;
use lifetime::Lifetime;
use pair::Pair;

/// What is offered above TLS.
const PROTOCOL: &[u8] = b"http/1.1";

/// What an authority offers above TLS when it looks whether a name leads here (RFC 8737).
const PROTOCOL_OF_PROOFS: &[u8] = b"acme-tls/1";

/// The certificate and its key, as they are now.
#[derive(Debug)]
pub(crate) struct Certificates {
    source: Source,
    current: RwLock<Shown>,
}

/// Where certificates come from.
#[derive(Debug)]
enum Source {
    Files(Files),
    Authority(Box<Authority>),
}

/// What is shown to whoever connects.
#[derive(Clone, Debug)]
struct Shown {
    key: Arc<CertifiedKey>,
    /// How long others trust it; nothing for one that the server has signed itself.
    lifetime: Option<Lifetime>,
}

impl From<Pair> for Shown {
    fn from(pair: Pair) -> Self {
        Self {
            key: pair.key,
            lifetime: Some(pair.lifetime),
        }
    }
}

/// How the certificate does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Its last moment; nothing while the server shows one that it has signed itself.
    pub(crate) expires: Option<Timestamp>,
    /// Whether the last attempt to get a new one from an authority failed.
    pub(crate) failing: bool,
}

impl Certificates {
    /// Those that the settings name; nothing where TLS is off.
    ///
    /// # Errors
    /// `Invalid` when a file cannot be read, holds nothing of its kind, or the two do not match.
    pub(crate) fn of(config: &Config) -> Result<Option<Arc<Self>>> {
        let (source, shown) = if let Some(files) = Files::of(config) {
            let shown = files.read()?;
            (Source::Files(files), shown)
        } else if let Some(authority) = Authority::of(config)? {
            let shown = authority.kept()?;
            (Source::Authority(Box::new(authority)), shown)
        } else {
            return Ok(None);
        };
        let current = RwLock::new(shown);
        Ok(Some(Arc::new(Self { source, current })))
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
        if matches!(self.source, Source::Authority(_)) {
            config.alpn_protocols.push(PROTOCOL_OF_PROOFS.to_vec());
        }
        Ok(config)
    }

    /// By what the certificate shown now can be known.
    pub(super) fn fingerprint(&self) -> String {
        let current = self.now();
        let leaf = current.key.cert.first();
        leaf.map_or_else(String::new, |leaf| fingerprint(leaf))
    }

    /// How the certificate does.
    pub(crate) fn standing(&self) -> Standing {
        let failing = match &self.source {
            Source::Files(_) => false,
            Source::Authority(authority) => authority.is_failing(),
        };
        Standing {
            expires: self.now().lifetime.map(|lifetime| lifetime.until),
            failing,
        }
    }

    /// What an authority that asks for a token without encryption is told; nothing for others.
    pub(super) fn proof(&self, token: &str) -> Option<String> {
        match &self.source {
            Source::Files(_) => None,
            Source::Authority(authority) => authority.proofs().of_token(token),
        }
    }

    /// Shows each new certificate once it is there, and calls out; until it is cancelled.
    pub(super) async fn follow(&self, stop: &CancellationToken, changed: impl Fn(&str)) {
        measure(&self.now());
        match &self.source {
            Source::Files(files) => files.follow(self, stop, changed).await,
            Source::Authority(authority) => authority.follow(self, stop, changed).await,
        }
    }

    fn now(&self) -> Shown {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.clone()
    }

    fn show(&self, shown: Shown) {
        measure(&shown);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = shown;
    }
}

/// Tells the measures until when the certificate holds.
fn measure(shown: &Shown) {
    let until = shown.lifetime.map_or(0, |at| at.until.as_second());
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds until the year 9999 are exact in a float"
    )]
    metrics::gauge!(TLS_CERTIFICATE_EXPIRES).set(until as f64);
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        match &self.source {
            Source::Authority(authority) if is_for_proof(&hello) => {
                authority.proofs().of_domain(hello.server_name()?)
            }
            Source::Files(_) | Source::Authority(_) => Some(self.now().key),
        }
    }
}

/// Whether this is an authority that looks whether a name leads here: it offers nothing else.
fn is_for_proof(hello: &ClientHello<'_>) -> bool {
    let Some(mut offered) = hello.alpn() else {
        return false;
    };
    offered.next() == Some(PROTOCOL_OF_PROOFS) && offered.next().is_none()
}

/// Whether a connection was made only to look whether a name leads here, and carries nothing.
pub(super) fn was_for_proof(connection: &rustls::ServerConnection) -> bool {
    connection.alpn_protocol() == Some(PROTOCOL_OF_PROOFS)
}

/// By what a certificate can be known: SHA-256 of it, in hexadecimal.
pub(crate) fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    let digest = Sha256::digest(certificate.as_ref());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
