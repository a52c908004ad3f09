//! `alexandria key`: the secrets of this installation, how old they are, and changing them.

use std::path::PathBuf;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use clap::{Args, Subcommand};

use super::{Outcome, Setting};
use crate::config::{SETTINGS, Secret};

mod drill;
mod list;
mod rotate;

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria key list
  alexandria key rotate SECRET_KEY
  alexandria key rotate encryption
  alexandria key rotate OPENAI_API_KEY --from new-key.txt
  alexandria key drill --replace OPENAI_API_KEY=new-key.txt";

/// Days after which a secret should be changed.
pub(crate) const KEY_DAYS_MAX: i64 = 90;

/// The longest secret that is taken from a file, in bytes.
const SECRET_BYTES_MAX: usize = 64 * 1024;

/// Look at the secrets of this installation, and change them.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Key {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List every secret: whether it is set, since when it is what it is, and where it stands
    List,
    /// Change a secret where it stands, in .env or in the file of its own
    Rotate {
        /// A secret as the list names it, or encryption for a new key of the library's files
        #[arg(value_name = "NAME")]
        name: String,
        /// The file that holds the new value, for keys that somebody else gives out
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
        /// Refuse at once what was signed with the old secret
        #[arg(long)]
        forget: bool,
    },
    /// Change everything that a thief may have, check that the old is refused, and say how long it took
    Drill {
        /// A key that somebody else gives out, and the file that holds the new one
        #[arg(long, value_name = "NAME=FILE")]
        replace: Vec<String>,
        /// Do not ask
        #[arg(long, short = 'y')]
        yes: bool,
    },
}

impl Key {
    /// Does what the verb says.
    pub(super) async fn run(self, setting: &Setting) -> Result<Outcome> {
        match self.verb {
            Verb::List => list::run(setting).await,
            Verb::Rotate { name, from, forget } => {
                let wish = rotate::Wish { from, forget };
                rotate::run(setting, &name, &wish).await
            }
            Verb::Drill { replace, yes } => drill::run(setting, &replace, yes),
        }
    }
}

/// The secret of this name.
fn find(name: &str) -> Result<Secret> {
    let secrets = SETTINGS.iter().filter_map(Secret::of);
    let found = secrets
        .clone()
        .find(|secret| secret.names().any(|known| known == name));
    found.ok_or_else(|| {
        let names: Vec<&str> = secrets.map(|secret| secret.name()).collect();
        let names = names.join(", ");
        let sentence = format!("there is no secret {name:?}: there are encryption, {names}");
        Error::new(ErrorKind::Invalid, sentence)
    })
}

/// A new secret: 32 random bytes in hexadecimal.
fn generate() -> Result<String> {
    super::new_secret()
}

/// A secret out of a file.
fn from_file(path: &std::path::Path) -> Result<String> {
    let about = || format!("cannot take the new secret from {}", path.display());
    let text = fs_err::read_to_string(path).context(ErrorKind::Invalid, about)?;
    checked(&text, about)
}

/// A secret as it was given, if it can be one.
fn checked(text: &str, about: impl Fn() -> String) -> Result<String> {
    let secret = text.trim();
    let fits = !secret.is_empty()
        && secret.len() <= SECRET_BYTES_MAX
        && !secret.chars().any(char::is_control);
    if fits {
        return Ok(secret.to_owned());
    }
    let sentence = format!("{}: it must be one line, and not empty", about());
    Err(Error::new(ErrorKind::Invalid, sentence))
}
