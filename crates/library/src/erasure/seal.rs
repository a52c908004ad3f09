//! The key that receipts of erasures are signed with: Ed25519, in a file of the data directory that its
//! owner alone may read.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use alexandria_core::erasure::{Receipt, hex, unhex};
use alexandria_core::error::{Context as _, Error, ErrorKind, Result};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

/// The file of the key.
pub const ERASURE_KEY_FILE: &str = "erasure.key";

/// Bytes of the seed that a key is made of.
const SEED_BYTES: usize = 32;

/// Signs receipts.
#[derive(Debug)]
pub(crate) struct Seal(Ed25519KeyPair);

impl Seal {
    /// With the key of a data directory, made if there is none.
    pub(crate) fn open(data: &Path) -> Result<Self> {
        let path = data.join(ERASURE_KEY_FILE);
        let about = || format!("cannot keep the key of receipts in {}", path.display());
        let text = match fs_err::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut seed = [0; SEED_BYTES];
                random(&mut seed)?;
                let text = hex(&seed);
                let mut options = std::fs::OpenOptions::new();
                options.write(true).create_new(true).mode(0o600);
                let made = fs_err::OpenOptions::from_options(options).open(&path);
                match made {
                    Ok(mut file) => {
                        file.write_all(text.as_bytes())
                            .and_then(|()| file.sync_all())
                            .context(ErrorKind::Unavailable, about)?;
                        text
                    }
                    // Another process was quicker.
                    Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                        fs_err::read_to_string(&path).context(ErrorKind::Unavailable, about)?
                    }
                    Err(error) => return Err(error).context(ErrorKind::Unavailable, about),
                }
            }
            Err(error) => return Err(error).context(ErrorKind::Unavailable, about),
        };
        let pair =
            unhex(text.trim()).and_then(|seed| Ed25519KeyPair::from_seed_unchecked(&seed).ok());
        pair.map(Self).ok_or_else(|| {
            let sentence = format!(
                "{} holds no key: restore it from a backup, or remove it for a new one",
                path.display()
            );
            Error::new(ErrorKind::Corrupt, sentence)
        })
    }

    /// The key that receipts are verified with, in hexadecimal.
    pub(crate) fn public_key(&self) -> String {
        hex(self.0.public_key().as_ref())
    }

    /// The receipt with its key and its signature.
    pub(crate) fn sign(&self, mut receipt: Receipt) -> Receipt {
        receipt.public_key = self.public_key();
        receipt.signature = hex(self.0.sign(&receipt.signed_bytes()).as_ref());
        receipt
    }
}

/// Whether a receipt is the one that was signed with the key that it names.
#[must_use]
pub fn is_genuine(receipt: &Receipt) -> bool {
    let key = unhex(&receipt.public_key);
    let signature = unhex(&receipt.signature);
    let (Some(key), Some(signature)) = (key, signature) else {
        return false;
    };
    let key = UnparsedPublicKey::new(&ED25519, key);
    key.verify(&receipt.signed_bytes(), &signature).is_ok()
}

/// Fills with random bytes of the system.
pub(super) fn random(bytes: &mut [u8]) -> Result<()> {
    let filled = SystemRandom::new().fill(bytes);
    filled
        .map_err(|_unspecified| Error::new(ErrorKind::Internal, "the system gives no random bytes"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::os::unix::fs::PermissionsExt as _;

    use alexandria_core::erasure::ErasedKind;
    use alexandria_core::id::{ErasureId, TENANT_DEFAULT};
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_receipt_is_genuine_until_it_is_touched_and_the_key_stays() {
        let folder = tempfile::tempdir().unwrap();
        let seal = Seal::open(folder.path()).unwrap();
        let receipt = seal.sign(Receipt {
            id: ErasureId::from_uuid(Uuid::from_u128(7)),
            tenant_id: TENANT_DEFAULT,
            kind: ErasedKind::User,
            moment: Timestamp::UNIX_EPOCH,
            by: "owner".to_owned(),
            identifiers: BTreeMap::new(),
            erased: BTreeMap::from([("answers".to_owned(), 3)]),
            remaining: BTreeMap::new(),
            public_key: String::new(),
            signature: String::new(),
        });
        assert!(is_genuine(&receipt));
        let mut touched = receipt.clone();
        touched.erased.insert("answers".to_owned(), 4);
        assert!(!is_genuine(&touched));
        for signature in ["", "zz", &"00".repeat(64)] {
            let signature = signature.to_owned();
            assert!(!is_genuine(&Receipt {
                signature,
                ..receipt.clone()
            }));
        }
        assert_eq!(
            Seal::open(folder.path()).unwrap().public_key(),
            receipt.public_key
        );
        let file = folder.path().join(ERASURE_KEY_FILE);
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::write(&file, "no key").unwrap();
        assert_eq!(
            Seal::open(folder.path()).unwrap_err().kind(),
            ErrorKind::Corrupt
        );
    }
}
