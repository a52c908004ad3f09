//! The root key: what wraps the keys of the keyring, kept away from what it protects.

use std::fmt;

use alexandria_core::error::{Error, ErrorKind, Result};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{Cipher, KEY_BYTES, KeyBytes};
use crate::blobs::Digest;

/// Characters of a fingerprint that are shown.
const FINGERPRINT_CHARACTERS: usize = 12;

/// Wraps keys and unwraps them.
///
/// Every implementation keeps these rules:
/// - What it wraps for one context, it does not unwrap for another.
/// - `unwrap` of what another root key has wrapped is an error, and never other bytes.
#[async_trait]
pub trait RootKey: Send + Sync + fmt::Debug {
    /// What it is called in the keyring and in messages; no two root keys share a name.
    fn name(&self) -> String;

    /// Wraps a key.
    async fn wrap(&self, key: &KeyBytes, context: &str) -> Result<String>;

    /// Gives back what was wrapped.
    async fn unwrap(&self, wrapped: &str, context: &str) -> Result<KeyBytes>;

    /// Wraps again, under the newest version of the root key.
    async fn rewrap(&self, wrapped: &str, context: &str) -> Result<String> {
        self.wrap(&self.unwrap(wrapped, context).await?, context)
            .await
    }
}

/// What a key can be known by without knowing it.
#[derive(Clone, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of a random key. A guessable secret has none: its fingerprint would be
    /// guessable with it.
    #[must_use]
    pub fn of(key: &[u8; KEY_BYTES]) -> Self {
        let salted = Zeroizing::new([b"alexandria root key\0".as_slice(), key].concat());
        let digest = Digest::of(&salted).to_string();
        Self(digest.chars().take(FINGERPRINT_CHARACTERS).collect())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A root key that this process holds.
pub struct LocalRoot {
    cipher: Cipher,
    fingerprint: Fingerprint,
}

impl LocalRoot {
    /// The root key of these 64 hexadecimal digits.
    ///
    /// # Errors
    /// `Invalid` for anything else; the text is never repeated.
    pub fn from_hex(text: &str) -> Result<Self> {
        let digest = Digest::from_hex(&text.trim().to_ascii_lowercase()).ok_or_else(|| {
            let sentence =
                "the encryption key must be 64 hexadecimal digits, as `alexandria secret` prints";
            Error::new(ErrorKind::Invalid, sentence)
        })?;
        Self::new(digest.as_bytes())
    }

    /// The root key of these bytes.
    ///
    /// # Errors
    /// `Internal` when the cipher refuses them.
    pub fn new(key: &[u8; KEY_BYTES]) -> Result<Self> {
        Ok(Self {
            cipher: Cipher::new(key)?,
            fingerprint: Fingerprint::of(key),
        })
    }
}

#[async_trait]
impl RootKey for LocalRoot {
    fn name(&self) -> String {
        format!("local:{}", self.fingerprint)
    }

    async fn wrap(&self, key: &KeyBytes, context: &str) -> Result<String> {
        let sealed = self.cipher.seal(key.as_slice(), context.as_bytes())?;
        Ok(STANDARD.encode(sealed))
    }

    async fn unwrap(&self, wrapped: &str, context: &str) -> Result<KeyBytes> {
        let opened = STANDARD.decode(wrapped).ok();
        let opened = opened.and_then(|sealed| self.cipher.open(&sealed, context.as_bytes()));
        opened
            .and_then(|bytes| bytes.as_slice().try_into().ok().map(Zeroizing::new))
            .ok_or_else(|| {
                let sentence = format!("the root key {} does not open the keyring", self.name());
                Error::new(ErrorKind::Corrupt, sentence)
            })
    }
}

impl fmt::Debug for LocalRoot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "LocalRoot({})", self.fingerprint)
    }
}
