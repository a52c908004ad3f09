//! A chain of certificates and the private key of the first of them, read from PEM.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;

use super::lifetime::Lifetime;

/// A chain of certificates with the private key of the first.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    /// Both, as TLS shows them.
    pub(super) key: Arc<CertifiedKey>,
    /// From when until when the first certificate holds.
    pub(super) lifetime: Lifetime,
}

/// Why text in PEM is no such pair.
#[derive(Debug)]
pub(super) enum Wrong {
    /// There is no certificate in it.
    Certificate(Box<dyn std::error::Error + Send + Sync>),
    /// There is no private key in it.
    Key(rustls::pki_types::pem::Error),
    /// The key is another one's.
    Unmatched(rustls::Error),
}

impl Wrong {
    /// What is wrong with a certificate and a key that were read from these places.
    pub(super) fn sentence(&self, certificate: &str, key: &str) -> String {
        match self {
            Self::Certificate(_) => format!("{certificate} holds no certificate in PEM"),
            Self::Key(_) => format!("{key} holds no private key in PEM"),
            Self::Unmatched(_) => {
                format!("the private key in {key} is not that of the certificate in {certificate}")
            }
        }
    }
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Certificate(source) => write!(formatter, "{source}"),
            Self::Key(source) => write!(formatter, "{source}"),
            Self::Unmatched(source) => write!(formatter, "{source}"),
        }
    }
}

impl std::error::Error for Wrong {}

impl Pair {
    /// Reads a chain and a key, which may stand in one text.
    ///
    /// # Errors
    /// When one of them is missing, or the two do not match.
    pub(super) fn of(chain: &[u8], key: &[u8]) -> Result<Self, Wrong> {
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<_, _>>()
            .map_err(|error| Wrong::Certificate(Box::new(error)))?;
        let lifetime = chain.first().and_then(Lifetime::of);
        let lifetime = lifetime.ok_or_else(|| Wrong::Certificate("there is none in it".into()))?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(Wrong::Key)?;
        let key = CertifiedKey::from_der(chain, key, &ring::default_provider())
            .map_err(Wrong::Unmatched)?;
        Ok(Self {
            key: Arc::new(key),
            lifetime,
        })
    }
}

/// Whether a certificate is for a name.
pub(super) fn is_for(key: &CertifiedKey, domain: &str) -> bool {
    let Ok(name) = ServerName::try_from(domain) else {
        return false;
    };
    let parsed = key.cert.first().map(ParsedCertificate::try_from);
    parsed.is_some_and(|parsed| {
        parsed.is_ok_and(|parsed| rustls::client::verify_server_name(&parsed, &name).is_ok())
    })
}
