//! Who else on this machine may read what is secret, and as whom this program runs.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_library::erasure::ERASURE_KEY_FILE;

use super::{Origin, SETTINGS, Settled};
use crate::serve::certificates::AUTHORITIES_FOLDER;

/// Anybody but the owner.
const OTHERS_AT_ALL: u32 = 0o077;

/// Whoever is neither the owner nor of the group, and the group where it may write.
const BEYOND_GROUP_READING: u32 = 0o027;

/// Whoever is neither the owner nor of the group.
const EVERYBODY: u32 = 0o007;

/// Where containers find their secrets: nobody outside the container can look in there, whatever the
/// modes say.
const CONTAINER_SECRETS: [&str; 2] = ["/run/secrets", "/var/run/secrets"];

/// Looks at the modes of every file that holds a secret, of the settings and the data directory.
/// What is wrong with a secret is refused in production; all else comes back as warnings.
///
/// # Errors
/// `Invalid`, naming the file and the command that mends it.
pub(super) fn check(settled: &Settled) -> Result<Vec<String>> {
    let mut warnings = Vec::new();
    let production = settled.config.production.is_on();
    for (path, what) in secrets(settled) {
        let Some(mode) = mode(&path).filter(|mode| mode & OTHERS_AT_ALL != 0) else {
            continue;
        };
        let path = path.display();
        let sentence = format!(
            "others on this machine may read {path}, which holds {what} (mode {mode:03o}): chmod 600 \
             {path}"
        );
        if production {
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
        warnings.push(sentence);
    }
    if production {
        warnings.extend(of_production(settled));
    }
    Ok(warnings)
}

/// What holds secrets.
fn secrets(settled: &Settled) -> Vec<(PathBuf, &'static str)> {
    let mut found: Vec<(PathBuf, &'static str)> = Vec::new();
    let secret = SETTINGS.iter().filter(|setting| setting.secret);
    for origin in secret.filter_map(|setting| settled.origins.get(setting.key)) {
        match origin {
            Origin::Dotenv(_) => found.push((settled.dotenv.clone(), "secrets")),
            Origin::File(path) => found.push((path.clone(), "secrets")),
            Origin::SecretFile { path, .. } if !is_of_container(path) => {
                found.push((path.clone(), "a secret"));
            }
            Origin::SecretFile { .. }
            | Origin::Default
            | Origin::Environment(_)
            | Origin::KeyServer(_)
            | Origin::Flag => {}
        }
    }
    if let Some(key) = &settled.config.tls_key {
        let path = PathBuf::from(key);
        if !is_of_container(&path) {
            found.push((path, "the private key of the server"));
        }
    }
    let authorities = settled.config.data.join(AUTHORITIES_FOLDER);
    for path in kept_of(&authorities) {
        found.push((path, "a private key for TLS"));
    }
    let keyring = settled
        .config
        .data
        .join(alexandria_store::seal::KEYRING_FILE);
    found.push((keyring, "the keys of the library"));
    let own = settled.config.data.join(crate::access::SECRET_FILE);
    found.push((own, "the secret that signs tokens"));
    let data = &settled.config.data;
    found.push((
        data.join(ERASURE_KEY_FILE),
        "the key that signs receipts of erasures",
    ));
    found.sort();
    found.dedup();
    found
}

/// The files that are kept of authorities, in a folder for each.
fn kept_of(authorities: &Path) -> Vec<PathBuf> {
    let inside = |folder: &Path| {
        let entries = fs_err::read_dir(folder).into_iter().flatten();
        entries.flatten().map(|entry| entry.path())
    };
    inside(authorities)
        .flat_map(|authority| inside(&authority).collect::<Vec<_>>())
        .collect()
}

fn of_production(settled: &Settled) -> Vec<String> {
    let mut warnings = Vec::new();
    let config = settled.origins.values().find_map(|origin| match origin {
        Origin::File(path) => Some(path),
        Origin::Default
        | Origin::Environment(_)
        | Origin::Dotenv(_)
        | Origin::SecretFile { .. }
        | Origin::KeyServer(_)
        | Origin::Flag => None,
    });
    let data = &settled.config.data;
    let looked_at = [
        (config, BEYOND_GROUP_READING, "640"),
        (Some(data), EVERYBODY, "750"),
    ];
    for (path, beyond, wanted) in looked_at {
        let Some(path) = path else { continue };
        if let Some(mode) = mode(path).filter(|mode| mode & beyond != 0) {
            let path = path.display();
            warnings.push(format!(
                "{path} is open to more people than need it (mode {mode:03o}): chmod {wanted} {path}"
            ));
        }
    }
    if rustix::process::geteuid().is_root() {
        warnings.push(
            "this runs as root: start it as a user of its own, who owns the data directory and \
             nothing else"
                .to_owned(),
        );
    }
    warnings
}

fn is_of_container(path: &Path) -> bool {
    CONTAINER_SECRETS
        .iter()
        .any(|folder| path.starts_with(folder))
}

/// The permissions of a file; nothing for one that is not there or may not be looked at.
fn mode(path: &Path) -> Option<u32> {
    Some(fs_err::metadata(path).ok()?.mode() & 0o777)
}
