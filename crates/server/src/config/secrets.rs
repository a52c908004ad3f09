//! Secrets that stand elsewhere: in a file of their own, or in a key server.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use alexandria_core::error::{Context, Error, ErrorKind, Result};

use super::settings::Setting;
use super::{Origin, SETTINGS, Settled};
use crate::vault::Reference;

/// What a variable is called that names the file of a secret: the name of the secret's variable and
/// this.
const FILE_SUFFIX: &str = "_FILE";

/// The largest secret in a file, in bytes.
const SECRET_BYTES_MAX: u64 = 64 * 1024;

/// Looks a variable up.
pub(super) type Look<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A variable's value, and where it came from.
pub(super) type Found = (String, Origin);

/// The value of a setting's variable: as it stands, or for a secret out of the file that the variable
/// with `_FILE` at its end names. The environment wins over the `.env` file.
///
/// # Errors
/// `Invalid` when both are set in one place, or the file cannot be read.
pub(super) fn variable(
    setting: &Setting,
    name: &str,
    own: Look<'_>,
    dotenv: Look<'_>,
) -> Result<Option<Found>> {
    type Where = fn(String) -> Origin;
    let places: [(Look<'_>, Where); 2] = [(own, Origin::Environment), (dotenv, Origin::Dotenv)];
    for (look, origin) in places {
        let named = format!("{name}{FILE_SUFFIX}");
        let file = look(&named).filter(|_path| setting.secret);
        match (look(name), file) {
            (None, None) => {}
            (Some(value), None) => return Ok(Some((value, origin(name.to_owned())))),
            (None, Some(path)) => {
                let path = PathBuf::from(path);
                let value = read(&path, &named)?;
                return Ok(Some((value, Origin::SecretFile { named, path })));
            }
            (Some(_), Some(_)) => {
                let sentence = format!("{name} and {named} are both set: set only one of them");
                return Err(Error::new(ErrorKind::Invalid, sentence));
            }
        }
    }
    Ok(None)
}

/// The secret in a file, without the end of its line.
fn read(path: &Path, named: &str) -> Result<String> {
    let shown = path.display();
    let about = || format!("cannot read the secret of {named} in {shown}");
    let of = fs_err::metadata(path).context(ErrorKind::Invalid, about)?;
    if !of.is_file() || of.len() > SECRET_BYTES_MAX {
        let sentence = format!(
            "{}: it is no file of {SECRET_BYTES_MAX} bytes at most",
            about()
        );
        return Err(Error::new(ErrorKind::Invalid, sentence));
    }
    let text = fs_err::read_to_string(path).context(ErrorKind::Invalid, about)?;
    let secret = text.trim();
    if secret.is_empty() {
        return Err(Error::new(ErrorKind::Invalid, about() + ": it is empty"));
    }
    Ok(secret.to_owned())
}

/// Values that are in a key server, by the key of their setting; the nearest source wins, as for
/// all others.
#[derive(Clone, Debug, Default)]
pub(super) struct Deferred(BTreeMap<&'static str, Reference>);

impl Deferred {
    /// Takes a value that stands in a key server; whether it was one.
    ///
    /// # Errors
    /// What it must be, to stand after "it must be".
    pub(super) fn take(&mut self, setting: &'static Setting, value: &str) -> Result<bool, String> {
        self.0.remove(setting.key);
        let parsed = Reference::parse(value).filter(|_parsed| setting.secret);
        let Some(reference) = parsed.transpose()? else {
            return Ok(false);
        };
        if setting.key == "vault.token" {
            return Err("a token: what opens the key server cannot be kept in it".to_owned());
        }
        self.0.insert(setting.key, reference);
        Ok(true)
    }

    /// Reads what stands in the key server and sets it.
    ///
    /// # Errors
    /// `Unavailable` when the key server cannot be reached, `Invalid` when it does not hold
    /// a secret, or the secret is not what the setting must be.
    pub(super) fn resolve(self, settled: &mut Settled) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let (keys, references): (Vec<_>, Vec<_>) = self.0.into_iter().unzip();
        let secrets = crate::vault::read_all(&settled.config, &references)?;
        for ((key, reference), secret) in keys.iter().zip(&references).zip(secrets) {
            let Some(setting) = SETTINGS.iter().find(|setting| setting.key == *key) else {
                continue;
            };
            (setting.set)(&mut settled.config, secret.trim()).map_err(|expected| {
                let sentence = format!("the setting {key} is {reference}: it must be {expected}");
                Error::new(ErrorKind::Invalid, sentence)
            })?;
            let origin = Origin::KeyServer(reference.to_string());
            settled.origins.insert(setting.key, origin);
        }
        Ok(())
    }
}
