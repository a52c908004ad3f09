//! What is said of something that was erased, so that anybody can check it later: what was erased, when,
//! by whom, and what of it remains.
//!
//! A receipt names nobody: identifiers stand in it as digests under a salt that is given out once,
//! beside the receipt, and kept nowhere. Who has the salt can show that a receipt is about an address;
//! who has not can learn nothing from it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::{Error, ErrorKind, Result};
use crate::id::{ErasureId, TenantId};

/// What the bytes that are signed begin with; another form gets another number.
const SIGNED_FORM: &str = "alexandria-erasure-1";

/// Bytes of the salt of a receipt.
pub const SALT_BYTES: usize = 16;

/// What can be erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ErasedKind {
    /// A person with everything that is theirs.
    User,
    /// A document with everything that was made of it.
    Document,
}

impl ErasedKind {
    /// Its name, as stored and signed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Document => "document",
        }
    }
}

impl FromStr for ErasedKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let known = [Self::User, Self::Document];
        let found = known.into_iter().find(|kind| kind.name() == text);
        found.ok_or_else(|| {
            let sentence = "what is erased is a user or a document";
            Error::new(ErrorKind::Invalid, sentence)
        })
    }
}

/// What was erased, signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Its identity.
    pub id: ErasureId,
    /// Whose it was.
    pub tenant_id: TenantId,
    /// What was erased.
    pub kind: ErasedKind,
    /// When.
    pub moment: Timestamp,
    /// Who asked for it, such as `user:…`, or `system` for one that was done again after an older copy
    /// of the data had been put back.
    pub by: String,
    /// SHA-256 of the salt and each identifier, by what it is, such as `id` or `email`.
    pub identifiers: BTreeMap<String, Fingerprint>,
    /// How many of each kind of thing were erased.
    pub erased: BTreeMap<String, u64>,
    /// How many of each kind of thing remain, under an id that leads to nobody any more.
    pub remaining: BTreeMap<String, u64>,
    /// The Ed25519 key that it is signed with, in hexadecimal.
    pub public_key: String,
    /// The Ed25519 signature of [`Receipt::signed_bytes`], in hexadecimal.
    pub signature: String,
}

impl Receipt {
    /// What the signature covers: every text as four bytes of length, the most significant first, and
    /// its UTF-8, in this order: the form's name, id, tenant, kind, moment (microseconds since 1970, in
    /// decimal), who asked; then the identifiers, what was erased and what remains, each as the number
    /// of its entries (in decimal) and then every name and value in the order of the names; then the
    /// key.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        let mut texts = vec![
            SIGNED_FORM.to_owned(),
            self.id.to_string(),
            self.tenant_id.to_string(),
            self.kind.name().to_owned(),
            self.moment.as_microsecond().to_string(),
            self.by.clone(),
            self.identifiers.len().to_string(),
        ];
        for (name, print) in &self.identifiers {
            texts.extend([name.clone(), print.to_string()]);
        }
        for counts in [&self.erased, &self.remaining] {
            texts.push(counts.len().to_string());
            for (name, count) in counts {
                texts.extend([name.clone(), count.to_string()]);
            }
        }
        texts.push(self.public_key.clone());
        let mut bytes = Vec::with_capacity(512);
        for text in texts {
            // No text of a receipt comes near four gigabytes.
            let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes
    }
}

/// A salted digest of something that names somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// SHA-256 of the salt and the text.
    #[must_use]
    pub fn of(salt: &[u8], text: &str) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(salt);
        hasher.update(text.as_bytes());
        Self(hex(&hasher.finalize()))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Bytes in lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string never fails.
        write!(text, "{byte:02x}").ok();
    }
    text
}

/// The bytes behind hexadecimal digits; none for anything else.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|digit| u8::try_from(digit.to_digit(16)?).ok())
        .collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    let pairs = digits.chunks(2);
    Some(
        pairs
            .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::id::TENANT_DEFAULT;

    fn receipt() -> Receipt {
        let counts = |name: &str, count| BTreeMap::from([(name.to_owned(), count)]);
        let print = Fingerprint::of(b"salt", "ada@example.org");
        Receipt {
            id: ErasureId::from_uuid(Uuid::from_u128(7)),
            tenant_id: TENANT_DEFAULT,
            kind: ErasedKind::User,
            moment: Timestamp::from_second(1_800_000_000).unwrap(),
            by: "owner".to_owned(),
            identifiers: BTreeMap::from([("email".to_owned(), print)]),
            erased: counts("answers", 3),
            remaining: counts("audit_log", 2),
            public_key: "00".to_owned(),
            signature: String::new(),
        }
    }

    #[test]
    fn whatever_is_changed_changes_what_is_signed() {
        type Change = fn(&mut Receipt);
        let signed = receipt().signed_bytes();
        let changes: [Change; 7] = [
            |receipt| receipt.by.push('x'),
            |receipt| receipt.kind = ErasedKind::Document,
            |receipt| receipt.moment += jiff::SignedDuration::from_micros(1),
            |receipt| receipt.public_key.push('0'),
            |receipt| receipt.identifiers.clear(),
            |receipt| {
                // From one list into the next.
                let moved = receipt.erased.pop_first();
                receipt.remaining.extend(moved);
            },
            |receipt| {
                receipt.erased.insert("turns".to_owned(), 0);
            },
        ];
        for change in changes {
            let mut other = receipt();
            change(&mut other);
            assert_ne!(other.signed_bytes(), signed, "{other:?}");
        }
        let mut other = receipt();
        other.signature = "ff".to_owned();
        assert_eq!(other.signed_bytes(), signed);
    }

    #[test]
    fn a_fingerprint_needs_its_salt() {
        let of = |salt: &[u8]| Fingerprint::of(salt, "ada@example.org");
        assert_eq!(of(b"a"), of(b"a"));
        assert_ne!(of(b"a"), of(b"b"));
    }

    #[test]
    fn hexadecimal_is_read_as_it_is_written() {
        assert_eq!(unhex(&hex(&[0, 0xa5, 255])).unwrap(), [0, 0xa5, 255]);
        for wrong in ["a", "zz", "é0"] {
            assert_eq!(unhex(wrong), None, "{wrong}");
        }
    }
}
