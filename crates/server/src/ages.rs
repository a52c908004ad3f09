//! Since when each secret is what it is: a file in the data directory that knows the secrets by
//! salted digests, and never the secrets.

use std::collections::BTreeMap;

use alexandria_core::error::{Context, ErrorKind, Result};
use alexandria_store::blobs::Digest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::{Config, SETTINGS, Secret, write_alone};

/// The name of the file.
const AGES_FILE: &str = "secrets.json";

/// Random bytes that keep two installations with one secret from being recognised.
const SALT_BYTES: usize = 16;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Ages {
    salt: String,
    known: BTreeMap<String, Known>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    digest: String,
    since: Timestamp,
}

/// Notes which secrets have changed, and says since when each is what it is, by the key of its
/// setting. Defaults have no age. Where there is no data directory nothing is noted.
///
/// # Errors
/// `Unavailable` when the file cannot be read or written.
pub(crate) fn note(config: &Config, now: Timestamp) -> Result<BTreeMap<String, Timestamp>> {
    let path = config.data.join(AGES_FILE);
    let about = || format!("cannot note the ages of secrets in {}", path.display());
    let before: Ages = match fs_err::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ages::default(),
        Err(error) => return Err(error).context(ErrorKind::Unavailable, about),
        // A file that cannot be understood is begun anew: it holds nothing that cannot be lost.
        Ok(text) => serde_json::from_slice(&text).unwrap_or_default(),
    };
    let mut ages = before.clone();
    if ages.salt.is_empty() {
        let mut salt = [0_u8; SALT_BYTES];
        getrandom::fill(&mut salt).context(ErrorKind::Unavailable, about)?;
        ages.salt = salt.iter().map(|byte| format!("{byte:02x}")).collect();
    }
    let defaults = Config::default();
    for secret in SETTINGS.iter().filter_map(Secret::of) {
        let value = secret.reveal(config);
        if value.is_empty() || value == secret.reveal(&defaults) {
            ages.known.remove(secret.key());
            continue;
        }
        let digest = Digest::of(format!("{}\0{value}", ages.salt).as_bytes()).to_string();
        let known = ages.known.get(secret.key());
        if known.is_none_or(|known| known.digest != digest) {
            let known = Known { digest, since: now };
            ages.known.insert(secret.key().to_owned(), known);
        }
    }
    if ages != before && config.data.is_dir() {
        let json = serde_json::to_vec_pretty(&ages).context(ErrorKind::Internal, about)?;
        write_alone(&path, &json)?;
    }
    let since = |(key, known): (String, Known)| (key, known.since);
    Ok(ages.known.into_iter().map(since).collect())
}

/// The variables of secrets that have been the same for more days than they should.
///
/// # Errors
/// As [`note`].
pub(crate) fn old(config: &Config, now: Timestamp, days_max: i64) -> Result<Vec<&'static str>> {
    let ages = note(config, now)?;
    let is_old = |secret: &Secret| {
        let since = ages.get(secret.key());
        since.is_some_and(|since| now.duration_since(*since).as_hours() / 24 > days_max)
    };
    let secrets = SETTINGS.iter().filter_map(Secret::of).filter(is_old);
    Ok(secrets.map(|secret| secret.name()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_as_old_as_its_value_and_the_file_does_not_hold_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config {
            data: folder.path().to_owned(),
            secret_key: "first secret of many characters".to_owned(),
            ..Config::default()
        };
        let day = |day: i64| Timestamp::from_second(1_800_000_000 + day * 86_400).unwrap();
        let since =
            |config: &Config, now| note(config, now).unwrap().get("app.secret_key").copied();
        assert_eq!(since(&config, day(0)), Some(day(0)));
        assert_eq!(since(&config, day(80)), Some(day(0)));
        assert!(old(&config, day(90), 90).unwrap().is_empty());
        assert_eq!(old(&config, day(91), 90).unwrap(), ["SECRET_KEY"]);
        config.secret_key = "second secret of many characters".to_owned();
        assert_eq!(since(&config, day(92)), Some(day(92)));
        let text = fs_err::read_to_string(folder.path().join(AGES_FILE)).unwrap();
        assert!(!text.contains("characters"), "{text}");
        assert_eq!(
            since(
                &Config {
                    data: config.data,
                    ..Config::default()
                },
                day(93)
            ),
            None
        );
    }
}
