//! Encryption at rest: envelope encryption under a keyring.
//!
//! Three layers, each with a key of its own. The *root key* never touches the data directory: it is
//! in a file elsewhere, in the environment, or inside a key server that wraps and unwraps for us. It
//! wraps the *keys* of the keyring, a file in the data directory. A key of the keyring wraps the
//! *data key* of each blob, and seals small secrets in the catalog. Rotating therefore rewrites
//! a few dozen bytes of each blob, and never its text.
//!
//! Everything is AES-256-GCM. What is left out: the catalog, the vectors and the text index, which
//! must be searched as they lie; those want an encrypted disk.

mod cipher;
mod keyring;
mod root;
mod sealer;
pub(crate) mod stream;

pub use self::keyring::{KEYRING_FILE, KeyState, Keyring, KeyringKey};
pub use self::root::{Fingerprint, LocalRoot, RootKey};
pub use self::sealer::Sealer;

pub(crate) use self::cipher::Cipher;
pub(crate) use self::keyring::no_key;

/// The length of every key, in bytes.
pub const KEY_BYTES: usize = 32;

/// Bytes of a key that are overwritten when they are let go.
pub type KeyBytes = zeroize::Zeroizing<[u8; KEY_BYTES]>;
