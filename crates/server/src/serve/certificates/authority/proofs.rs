//! What an authority finds when it looks whether a name leads to this server.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use instant_acme::{ChallengeType, KeyAuthorization};
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::sign::CertifiedKey;

use super::certified;

/// A way of showing that a name leads here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// A certificate on the port with encryption (RFC 8737).
    Encrypted,
    /// A text on the port without (RFC 8555, 8.3).
    Plain,
}

impl Proof {
    /// The challenge that it meets.
    pub(super) const fn challenge(self) -> ChallengeType {
        match self {
            Self::Encrypted => ChallengeType::TlsAlpn01,
            Self::Plain => ChallengeType::Http01,
        }
    }
}

/// What is shown while an order is under way.
#[derive(Debug, Default)]
pub(in crate::serve::certificates) struct Proofs(RwLock<Laid>);

#[derive(Debug, Default)]
struct Laid {
    texts: BTreeMap<String, String>,
    certificates: BTreeMap<String, Arc<CertifiedKey>>,
}

impl Proofs {
    /// The text for a token.
    pub(in crate::serve::certificates) fn of_token(&self, token: &str) -> Option<String> {
        let laid = self.0.read().unwrap_or_else(PoisonError::into_inner);
        laid.texts.get(token).cloned()
    }

    /// The certificate for a name.
    pub(in crate::serve::certificates) fn of_domain(
        &self,
        domain: &str,
    ) -> Option<Arc<CertifiedKey>> {
        let laid = self.0.read().unwrap_or_else(PoisonError::into_inner);
        laid.certificates.get(&domain.to_ascii_lowercase()).cloned()
    }

    /// Shows that a name leads here.
    ///
    /// # Errors
    /// When no certificate can be made.
    pub(super) fn lay(
        &self,
        proof: Proof,
        domain: &str,
        token: &str,
        authorization: &KeyAuthorization,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        match proof {
            Proof::Plain => {
                let text = authorization.as_str().to_owned();
                let mut laid = self.0.write().unwrap_or_else(PoisonError::into_inner);
                laid.texts.insert(token.to_owned(), text);
            }
            Proof::Encrypted => {
                let certificate = Arc::new(certificate(domain, authorization)?);
                let mut laid = self.0.write().unwrap_or_else(PoisonError::into_inner);
                laid.certificates.insert(domain.to_owned(), certificate);
            }
        }
        Ok(())
    }

    /// Shows nothing any more.
    pub(super) fn clear(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Laid::default();
    }
}

fn certificate(
    domain: &str,
    authorization: &KeyAuthorization,
) -> Result<CertifiedKey, Box<dyn std::error::Error + Send + Sync>> {
    let mut params = CertificateParams::new([domain.to_owned()])?;
    let digest = authorization.digest();
    let extension = CustomExtension::new_acme_identifier(digest.as_ref());
    params.custom_extensions = vec![extension];
    let key = KeyPair::generate()?;
    let signed = params.self_signed(&key)?;
    Ok(certified(signed.der().clone(), &key)?)
}
