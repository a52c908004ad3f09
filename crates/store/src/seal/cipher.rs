//! AES-256-GCM with random nonces, for short texts: keys and secrets.
//!
//! A random nonce of 96 bits is safe for 2^32 texts under one key (NIST SP 800-38D, 8.3); a keyring
//! that has sealed a tenth of that should have been rotated long ago.

use std::fmt;

use alexandria_core::error::{Error, ErrorKind, Result};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use zeroize::Zeroizing;

use super::{KEY_BYTES, KeyBytes};

/// What sealing adds to a text, in bytes: the nonce before it and the tag after it.
pub(crate) const OVERHEAD_BYTES: usize = NONCE_LEN + 16;

/// A key ready for use.
pub(crate) struct Cipher(LessSafeKey);

impl Cipher {
    /// For a key.
    pub(crate) fn new(key: &[u8; KEY_BYTES]) -> Result<Self> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|ring::error::Unspecified| fault())?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Seals a text, bound to its context: `nonce ‖ ciphertext ‖ tag`.
    pub(crate) fn seal(&self, plain: &[u8], context: &[u8]) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE_LEN] = random()?;
        let mut text = Zeroizing::new(plain.to_vec());
        self.seal_with(nonce, context, &mut text)?;
        Ok([nonce.as_slice(), &text].concat())
    }

    /// Opens what [`Self::seal`] gave; none when the key, the context or a byte is another.
    pub(crate) fn open(&self, sealed: &[u8], context: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut text = Zeroizing::new(text.to_vec());
        self.open_with(*nonce, context, &mut text).then_some(text)
    }

    /// Seals in place under a nonce that this key never sees again.
    pub(crate) fn seal_with(
        &self,
        nonce: [u8; NONCE_LEN],
        context: &[u8],
        text: &mut Vec<u8>,
    ) -> Result<()> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.0
            .seal_in_place_append_tag(nonce, Aad::from(context), text)
            .map_err(|ring::error::Unspecified| fault())
    }

    /// Opens in place; whether it was sealed under this key, nonce and context.
    pub(crate) fn open_with(
        &self,
        nonce: [u8; NONCE_LEN],
        context: &[u8],
        text: &mut Vec<u8>,
    ) -> bool {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened = self.0.open_in_place(nonce, Aad::from(context), text);
        let Ok(length) = opened.map(|plain| plain.len()) else {
            return false;
        };
        text.truncate(length);
        true
    }
}

impl fmt::Debug for Cipher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Cipher(***)")
    }
}

/// A key that nobody has had before.
pub(crate) fn new_key() -> Result<KeyBytes> {
    random().map(Zeroizing::new)
}

/// Random bytes of the system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|ring::error::Unspecified| {
            let sentence = "cannot get random bytes from the system";
            Error::new(ErrorKind::Unavailable, sentence)
        })?;
    Ok(bytes)
}

fn fault() -> Error {
    Error::new(ErrorKind::Internal, "cannot encrypt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_context_and_bytes_open() {
        let key = Cipher::new(&[1; KEY_BYTES]).unwrap();
        let other = Cipher::new(&[2; KEY_BYTES]).unwrap();
        let sealed = key.seal(b"secret", b"here").unwrap();
        assert_eq!(sealed.len(), 6 + OVERHEAD_BYTES);
        assert_eq!(key.open(&sealed, b"here").unwrap().as_slice(), b"secret");
        assert_eq!(key.open(&sealed, b"there"), None);
        assert_eq!(other.open(&sealed, b"here"), None);
        assert_eq!(key.open(&sealed[..11], b"here"), None);
        for place in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[place] ^= 1;
            assert_eq!(key.open(&damaged, b"here"), None, "byte {place}");
        }
    }

    #[test]
    fn the_same_text_is_never_sealed_alike() {
        let key = Cipher::new(&[1; KEY_BYTES]).unwrap();
        let seal = || key.seal(b"secret", b"").unwrap();
        assert_ne!(seal(), seal());
    }
}
