//! Small secrets in the catalog: second factors, secrets of webhooks.

use std::sync::Arc;

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::principal::Principal;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Keyring;

/// The first byte of a secret that was kept while encryption was off.
const PLAIN: u8 = 0;

/// The first byte of a secret that was sealed.
const SEALED: u8 = 1;

/// Seals small secrets before they are stored, and opens them again.
///
/// Where encryption is off it stores them as they are, marked so: switched on later, it opens the
/// old and seals the new.
#[derive(Clone, Debug, Default)]
pub struct Sealer {
    keyring: Option<Arc<Keyring>>,
}

impl Sealer {
    /// A sealer that uses the keyring, or one that leaves secrets as they are.
    #[must_use]
    pub const fn new(keyring: Option<Arc<Keyring>>) -> Self {
        Self { keyring }
    }

    /// Whether what is stored from now on is sealed.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.keyring.is_some()
    }

    /// The bytes to store for a secret of the principal's tenant. The context names the row and the
    /// column: a secret moved to another row, column or tenant does not open.
    ///
    /// # Errors
    /// `Unavailable` when the keyring cannot be read.
    pub async fn seal(
        &self,
        principal: &Principal,
        secret: &[u8],
        context: &str,
    ) -> Result<Vec<u8>> {
        let Some(keyring) = &self.keyring else {
            return Ok([&[PLAIN], secret].concat());
        };
        let (id, key) = keyring.active().await?;
        let sealed = key.seal(secret, &bound(principal, context))?;
        Ok([&[SEALED], id.as_bytes().as_slice(), &sealed].concat())
    }

    /// The secret of stored bytes.
    ///
    /// # Errors
    /// `Corrupt` for bytes that were not sealed for this tenant and context, `Invalid` when they
    /// are sealed and encryption is off.
    pub async fn open(
        &self,
        principal: &Principal,
        stored: &[u8],
        context: &str,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let damaged = || {
            let sentence = format!("a stored secret ({context}) does not open: it was changed");
            Error::new(ErrorKind::Corrupt, sentence)
        };
        let (kind, rest) = stored.split_first().ok_or_else(damaged)?;
        if *kind == PLAIN {
            return Ok(Zeroizing::new(rest.to_vec()));
        }
        let keyring = self.keyring.as_ref().ok_or_else(super::no_key)?;
        let (id, sealed) = rest.split_first_chunk::<16>().ok_or_else(damaged)?;
        if *kind != SEALED {
            return Err(damaged());
        }
        let key = keyring.key(Uuid::from_bytes(*id)).await?;
        key.open(sealed, &bound(principal, context))
            .ok_or_else(damaged)
    }
}

/// What a secret is bound to.
fn bound(principal: &Principal, context: &str) -> Vec<u8> {
    format!("alexandria secret\0{}\0{context}", principal.tenant()).into_bytes()
}
