//! Secrets as they are looked at and changed: what they are, and the file that each stands in.

use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use alexandria_core::error::{Context, Error, ErrorKind, Result};

use super::settings::{Config, Setting};
use super::{Origin, Settled, dotenv};

/// A setting that is a secret.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Secret(&'static Setting);

impl Secret {
    /// The secret that a setting is; nothing for any other.
    pub(crate) fn of(setting: &'static Setting) -> Option<Self> {
        setting.secret.then_some(Self(setting))
    }

    /// The setting's key.
    pub(crate) const fn key(&self) -> &'static str {
        self.0.key
    }

    /// The name of its variable.
    pub(crate) fn name(&self) -> &'static str {
        self.0.environment.first().copied().unwrap_or(self.0.key)
    }

    /// The names of its variables.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.environment.iter().copied()
    }

    /// The secret itself: to be compared and written to its place, and never shown.
    pub(crate) fn reveal(&self, config: &Config) -> String {
        (self.0.reveal)(config)
    }
}

/// A file that a secret stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A file of variables.
    Dotenv(PathBuf),
    /// A file of this secret alone.
    File(PathBuf),
}

impl Place {
    /// Where a secret stands, or is to stand when it has not been set.
    ///
    /// # Errors
    /// `Conflict` for a place that this program cannot write to, with the remedy.
    pub(crate) fn of(settled: &Settled, secret: &Secret) -> Result<Self> {
        let name = secret.name();
        let elsewhere = |place: String| {
            let sentence = format!(
                "{name} stands in {place}, which this program does not write to: change it there, or \
                 move it to .env or to a file that {name}_FILE names"
            );
            Error::new(ErrorKind::Conflict, sentence)
        };
        match settled.origins.get(secret.key()) {
            None | Some(Origin::Default | Origin::Dotenv(_)) => {
                Ok(Self::Dotenv(settled.dotenv.clone()))
            }
            Some(Origin::SecretFile { path, .. }) => Ok(Self::File(path.clone())),
            Some(Origin::Environment(_)) => Err(elsewhere("the environment".to_owned())),
            Some(Origin::File(path)) => Err(elsewhere(path.display().to_string())),
            Some(Origin::KeyServer(at)) => Err(elsewhere(format!("the key server ({at})"))),
            Some(Origin::Flag) => Err(elsewhere("the command line".to_owned())),
        }
    }

    /// Where the secret before another one stands: in its own file where one is named, else beside.
    pub(crate) fn previous(origin: Option<&Origin>, beside: &Path) -> Self {
        match origin {
            Some(Origin::SecretFile { path, .. }) => Self::File(path.clone()),
            _ => Self::File(beside.to_owned()),
        }
    }

    /// The file.
    pub(crate) fn file(&self) -> &Path {
        match self {
            Self::Dotenv(path) | Self::File(path) => path,
        }
    }

    /// Writes variables: all of them at once, readable by the owner alone, or none.
    ///
    /// # Errors
    /// `Unavailable` when the file cannot be written.
    pub(crate) fn write(&self, variables: &[(&str, &str)]) -> Result<()> {
        let text = match self {
            Self::Dotenv(path) => {
                let mut text = match fs_err::read_to_string(path) {
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
                    read => read.context(ErrorKind::Unavailable, || cannot_write(path))?,
                };
                for (name, value) in variables {
                    text = dotenv::set(&text, name, value);
                }
                text
            }
            Self::File(_) => variables
                .iter()
                .map(|(_name, value)| format!("{value}\n"))
                .collect(),
        };
        write_alone(self.file(), text.as_bytes())
    }
}

/// The file beside another one with this at the end of its name.
pub(crate) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    PathBuf::from(name)
}

/// Writes a file that only its owner may read: whole, on the disk, or not at all. A file that was
/// there keeps its owner.
///
/// # Errors
/// `Unavailable` when it cannot be written.
pub(crate) fn write_alone(path: &Path, text: &[u8]) -> Result<()> {
    let about = || cannot_write(path);
    // A link is followed: the file it leads to is the one that is read.
    let target = match fs_err::canonicalize(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => path.to_owned(),
        found => found.context(ErrorKind::Unavailable, about)?,
    };
    let new = beside(&target, "new");
    let mut options = fs_err::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    fs_err::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new).context(ErrorKind::Unavailable, about)?;
    if let Ok(before) = fs_err::metadata(&target) {
        let made = file.metadata().context(ErrorKind::Unavailable, about)?;
        if (before.uid(), before.gid()) != (made.uid(), made.gid()) {
            std::os::unix::fs::fchown(file.file(), Some(before.uid()), Some(before.gid()))
                .context(ErrorKind::Unavailable, about)?;
        }
    }
    file.write_all(text)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs_err::rename(&new, &target))
        .context(ErrorKind::Unavailable, about)
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_secrets_is_written_whole_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        fs_err::write(&path, "# mine\nPORT=1\nSECRET_KEY=old\n").unwrap();
        let place = Place::Dotenv(path.clone());
        place
            .write(&[("SECRET_KEY_PREVIOUS", "old"), ("SECRET_KEY", "a b$c")])
            .unwrap();
        let text = fs_err::read_to_string(&path).unwrap();
        let found = dotenv::parse(&text).unwrap();
        assert_eq!(found["SECRET_KEY"], "a b$c");
        assert_eq!(found["SECRET_KEY_PREVIOUS"], "old");
        assert_eq!(found["PORT"], "1");
        assert!(text.starts_with("# mine\n"), "{text}");
        assert_eq!(fs_err::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 1);
    }
}
