//! Keys from the setting `API_KEYS`: `key:scope,scope;key:scope`, such as
//! `prod-key-1:ingest,ask;metrics-key:metrics`. They belong to the installation's own tenant.

use alexandria_core::access::Scopes;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::KeyId;
use alexandria_core::token::digest_of;

/// The most keys of the setting.
const KEYS_MAX: usize = 1_000;

/// The shortest key of the setting, in bytes: a shorter one is guessed.
const KEY_BYTES_MIN: usize = 8;

/// The keys, by what is kept of them in memory.
#[derive(Debug, Default)]
pub(crate) struct EnvironmentKeys {
    keys: Vec<([u8; 32], Scopes)>,
}

impl EnvironmentKeys {
    /// The keys of the setting.
    ///
    /// # Errors
    /// `Invalid`, naming the entry by its place; nothing of a key is repeated.
    pub(crate) fn new(setting: &str) -> Result<Self> {
        let keys = parse(setting)
            .map_err(|why| Error::new(ErrorKind::Invalid, format!("API_KEYS must be {why}")))?;
        let kept = keys.iter().map(|(key, scopes)| (digest_of(key), *scopes));
        Ok(Self {
            keys: kept.collect(),
        })
    }

    /// Whether there is none.
    pub(crate) const fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The identity and the scopes of a key, if it is one of these. Digests are compared, so the time
    /// it takes says nothing about a key.
    pub(crate) fn find(&self, key: &str) -> Option<(KeyId, Scopes)> {
        let digest = digest_of(key);
        let found = self.keys.iter().find(|(known, _)| *known == digest)?;
        Some((id_of(&digest), found.1))
    }
}

/// The identity of a key of the setting: the same in every process, and not the key.
fn id_of(digest: &[u8; 32]) -> KeyId {
    let again = digest_of(&format!("{digest:?}"));
    let mut bytes = [0; 16];
    bytes
        .iter_mut()
        .zip(again)
        .for_each(|(to, from)| *to = from);
    KeyId::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// Reads the setting.
///
/// # Errors
/// What it must be, to stand after "it must be".
pub(crate) fn parse(setting: &str) -> Result<Vec<(String, Scopes)>, String> {
    let form = "keys with their scopes, such as key:ingest,ask;other:metrics";
    let mut keys: Vec<(String, Scopes)> = Vec::new();
    let entries = setting.split(';').map(str::trim);
    for (place, entry) in entries.filter(|entry| !entry.is_empty()).enumerate() {
        let number = place + 1;
        let (key, scopes) = entry
            .rsplit_once(':')
            .ok_or_else(|| format!("{form}; entry {number} has no scopes"))?;
        let key = key.trim();
        if key.len() < KEY_BYTES_MIN || key.contains(char::is_whitespace) {
            return Err(format!(
                "{form}; the key of entry {number} is shorter than {KEY_BYTES_MIN} characters or \
                 holds a space"
            ));
        }
        let scopes = scopes
            .parse()
            .map_err(|error: Error| format!("{form}; entry {number}: {}", error.message()))?;
        if keys.iter().any(|(known, _)| known == key) {
            return Err(format!(
                "{form}; the key of entry {number} stands there twice"
            ));
        }
        keys.push((key.to_owned(), scopes));
    }
    if keys.len() > KEYS_MAX {
        return Err(format!("{form}, {KEYS_MAX} at most"));
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use alexandria_core::access::Scope;

    use super::*;

    #[test]
    fn the_grammar_of_the_handbook_is_read() {
        let keys = EnvironmentKeys::new("prod-key-1:ingest,ask;metrics-key:metrics").unwrap();
        let (one, scopes) = keys.find("prod-key-1").unwrap();
        assert_eq!(scopes, Scopes::of(&[Scope::Ingest, Scope::Ask]));
        let (two, scopes) = keys.find("metrics-key").unwrap();
        assert_eq!(scopes, Scopes::of(&[Scope::Metrics]));
        assert_ne!(one, two);
        assert!(keys.find("prod-key-2").is_none());
        assert!(EnvironmentKeys::new("").unwrap().is_empty());
        assert!(EnvironmentKeys::new(" ; ").unwrap().is_empty());
    }

    #[test]
    fn what_is_not_of_the_grammar_is_refused_without_repeating_a_key() {
        for wrong in [
            "prod-key-1",
            "prod-key-1:",
            "prod-key-1:root",
            "prod-key-1:ask,",
            "short:ask",
            "prod key 1:ask",
            "prod-key-1:ask;prod-key-1:ingest",
            ":ask",
        ] {
            let told = EnvironmentKeys::new(wrong).unwrap_err();
            assert!(!told.message().contains("prod-key-1"), "{told}");
        }
    }
}
