//! The audit log: who did what to what, from where, one entry after the other, each bound to the one
//! before it by a hash.
//!
//! An entry never holds text of documents, questions or answers, a key, a password or a mail address:
//! it names things by their ids. What the hash covers is written in [`Entry::canonical`], so that
//! anybody can verify an exported log without this program.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::erasure::{Fingerprint, SALT_BYTES};
use crate::error::{Error, ErrorKind, Result};
use crate::id::TenantId;

pub mod cef;
pub mod chain;

/// The longest name of an actor, an action, a kind or an id in an entry, in bytes.
pub const AUDIT_NAME_BYTES_MAX: usize = 128;

/// The most details of an entry.
pub const AUDIT_DETAILS_MAX: usize = 16;

/// The longest detail of an entry, in bytes.
pub const AUDIT_DETAIL_BYTES_MAX: usize = 256;

/// What the canonical bytes of every entry begin with; another form gets another number.
const CANONICAL_FORM: &[u8] = b"alexandria-audit-1";

/// The hash of an entry: SHA-256 over the hash of the entry before it and the entry's canonical bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EntryHash([u8; 32]);

impl EntryHash {
    /// What stands before the first entry of a chain.
    pub const NONE: Self = Self([0; 32]);

    /// The hash of these 32 bytes; nothing for any other number of bytes.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes of the hash.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for EntryHash {
    /// In lower-case hexadecimal.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for EntryHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for EntryHash {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let refused = || {
            Error::new(
                ErrorKind::Invalid,
                "the hash of an entry has 64 hexadecimal digits",
            )
        };
        let digits: Option<Vec<u8>> = text
            .chars()
            .map(|digit| {
                digit
                    .to_digit(16)
                    .and_then(|digit| u8::try_from(digit).ok())
            })
            .collect();
        let digits = digits.ok_or_else(refused)?;
        let bytes: Vec<u8> = digits
            .chunks(2)
            .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
            .collect();
        if digits.len() != 64 {
            return Err(refused());
        }
        Self::from_slice(&bytes).ok_or_else(refused)
    }
}

/// How something that was tried has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was done.
    Done,
    /// Whoever tried may not.
    Refused,
    /// It was not done, because of the request or of a fault.
    Failed,
    /// It broke off before its end: the caller went away, or it took too long. It may have been done.
    Interrupted,
}

impl Outcome {
    /// Every outcome there is.
    pub const ALL: [Self; 4] = [Self::Done, Self::Refused, Self::Failed, Self::Interrupted];

    /// The outcome's name in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }

    /// The outcome of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}

/// What something was done to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// What it is, such as `document`.
    pub kind: String,
    /// Which one.
    pub id: String,
}

/// What was done, before it has its place in the log. Who did it, and from where, comes with the
/// principal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// The operation, by its name in the description of the API, such as `documents_remove`.
    pub action: String,
    /// What it was done to, where that is one thing.
    pub target: Option<Target>,
    /// How it ended.
    pub outcome: Outcome,
    /// What else is to be known, as names and small values.
    pub details: BTreeMap<String, String>,
}

impl Deed {
    /// A deed without a target and without details.
    pub fn new(action: impl Into<String>, outcome: Outcome) -> Self {
        Self {
            action: action.into(),
            target: None,
            outcome,
            details: BTreeMap::new(),
        }
    }

    /// The same with a detail.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// The same within the limits of an entry, and of characters that every database stores.
    #[must_use]
    pub fn bounded(self) -> Self {
        let target = self.target.map(|target| Target {
            kind: bounded(&target.kind, AUDIT_NAME_BYTES_MAX),
            id: bounded(&target.id, AUDIT_NAME_BYTES_MAX),
        });
        let details = self.details.iter().take(AUDIT_DETAILS_MAX);
        Self {
            action: bounded(&self.action, AUDIT_NAME_BYTES_MAX),
            target,
            outcome: self.outcome,
            details: details
                .map(|(name, value)| {
                    let name = bounded(name, AUDIT_NAME_BYTES_MAX);
                    (name, bounded(value, AUDIT_DETAIL_BYTES_MAX))
                })
                .collect(),
        }
    }
}

/// A text without control characters, cut at a limit of bytes.
#[must_use]
pub fn bounded(text: &str, bytes_max: usize) -> String {
    let mut kept = String::with_capacity(text.len().min(bytes_max));
    for character in text.chars().filter(|character| !character.is_control()) {
        if kept.len() + character.len_utf8() > bytes_max {
            break;
        }
        kept.push(character);
    }
    kept
}

/// What the fingerprint of an address begins with.
const FINGERPRINT: &str = "sha256:";

/// The address that something was done from, kept beside the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whereabouts {
    /// The address.
    pub address: String,
    /// Random bytes, so that nobody finds the address by trying all there are once it is erased.
    pub salt: [u8; SALT_BYTES],
}

impl Whereabouts {
    /// What stands in the chain: `sha256:` and SHA-256 of the salt and the address, in hexadecimal.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let print = Fingerprint::of(&self.salt, &self.address);
        format!("{FINGERPRINT}{print}")
    }
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place among the entries of its tenant, counted from 1, without gaps.
    pub sequence: u64,
    /// When it was written, to the microsecond.
    pub moment: Timestamp,
    /// Whose log it stands in.
    pub tenant: TenantId,
    /// Who did it, such as `owner`, `user:…` or `key:…`.
    pub actor: String,
    /// The address that it was done from; none from the machine itself. Entries of this program hold its
    /// fingerprint, see [`Whereabouts::fingerprint`]; older ones the address itself.
    pub address: Option<String>,
    /// The address itself, which is no part of the chain, so that it can be erased.
    pub whereabouts: Option<Whereabouts>,
    /// The id of the request.
    pub request: Option<String>,
    /// What was done.
    pub deed: Deed,
    /// The hash of the entry before this one.
    pub previous: EntryHash,
    /// The hash of this entry.
    pub hash: EntryHash,
}

impl Entry {
    /// The address that it was done from, where it is known and has not been erased.
    #[must_use]
    pub fn known_address(&self) -> Option<&str> {
        match (&self.whereabouts, &self.address) {
            (Some(whereabouts), _) => Some(&whereabouts.address),
            (None, Some(address)) if !address.starts_with(FINGERPRINT) => Some(address),
            (None, _) => None,
        }
    }

    /// Whether what stands beside the chain is what the chain has the fingerprint of.
    #[must_use]
    pub fn is_whereabouts_true(&self) -> bool {
        let Some(whereabouts) = &self.whereabouts else {
            return true;
        };
        self.address == Some(whereabouts.fingerprint())
    }

    /// The same entry with the hash that it ought to have.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        self.hash = self.hash_due();
        self
    }

    /// The hash that the entry ought to have.
    #[must_use]
    pub fn hash_due(&self) -> EntryHash {
        let mut hasher = Sha256::new();
        hasher.update(self.previous.as_bytes());
        hasher.update(self.canonical());
        EntryHash(hasher.finalize().into())
    }

    /// What the hash covers beside the hash of the entry before: the form's name, the sequence and the
    /// moment (microseconds since 1970) as eight bytes each with the most significant first, then every
    /// text as four bytes of length and its UTF-8: tenant, actor, address, request, action, kind and id
    /// of the target, outcome, and each detail's name and value in the order of their names. What is
    /// not there is the empty text.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256);
        bytes.extend_from_slice(CANONICAL_FORM);
        bytes.extend_from_slice(&self.sequence.to_be_bytes());
        bytes.extend_from_slice(&self.moment.as_microsecond().to_be_bytes());
        let target = self.deed.target.as_ref();
        let texts = [
            self.tenant.to_string(),
            self.actor.clone(),
            self.address.clone().unwrap_or_default(),
            self.request.clone().unwrap_or_default(),
            self.deed.action.clone(),
            target.map_or_else(String::new, |target| target.kind.clone()),
            target.map_or_else(String::new, |target| target.id.clone()),
            self.deed.outcome.name().to_owned(),
        ];
        for text in &texts {
            append(&mut bytes, text);
        }
        for (name, value) in &self.deed.details {
            append(&mut bytes, name);
            append(&mut bytes, value);
        }
        bytes
    }
}

fn append(bytes: &mut Vec<u8>, text: &str) {
    // No text of an entry comes near four gigabytes.
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deed_keeps_the_limits_of_an_entry() {
        let mut deed = Deed::new("a\0b\n".repeat(100), Outcome::Done);
        for number in 0..AUDIT_DETAILS_MAX + 5 {
            deed = deed.with(&format!("name {number:02}"), "ü".repeat(1_000));
        }
        let bounded = deed.bounded();
        assert_eq!(bounded.action, "ab".repeat(AUDIT_NAME_BYTES_MAX / 2));
        assert_eq!(bounded.details.len(), AUDIT_DETAILS_MAX);
        let longest = bounded.details.values().map(String::len).max();
        assert_eq!(longest, Some(AUDIT_DETAIL_BYTES_MAX));
    }

    #[test]
    fn a_hash_is_read_as_it_is_written_and_nothing_else_is_a_hash() {
        let hash = EntryHash([0xa5; 32]);
        assert_eq!(hash.to_string().parse::<EntryHash>().unwrap(), hash);
        for text in ["", "a5", &"g".repeat(64), &"a".repeat(65), &"é".repeat(32)] {
            assert!(text.parse::<EntryHash>().is_err(), "{text}");
        }
    }
}
