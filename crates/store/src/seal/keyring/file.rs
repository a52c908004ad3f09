//! The file of the keyring: read whole, written aside and moved to its place.

use std::collections::BTreeMap;
use std::io::{ErrorKind as IoKind, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::KeyState;

/// The version of the file that this program writes.
const VERSION: u32 = 1;

/// The most keys in a keyring: a rotation a day for two years.
pub(super) const KEYS_MAX: usize = 730;

/// The file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) version: u32,
    /// Whether blobs are still to be wrapped again.
    pub(super) pending: bool,
    pub(super) keys: Vec<Entry>,
}

impl File {
    /// A keyring of one key.
    pub(super) fn new(entry: Entry) -> Self {
        Self {
            version: VERSION,
            pending: false,
            keys: vec![entry],
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) id: Uuid,
    pub(super) created: Timestamp,
    pub(super) state: KeyState,
    /// The key, wrapped by a root key of this name; by two while the root key changes.
    pub(super) wrapped: BTreeMap<String, String>,
}

/// What tells one writing of the file from the next: its inode, its time, its size.
pub(super) type Stamp = (u64, i64, i64, u64);

/// The file; none when there is none.
pub(super) fn read(path: &Path) -> Result<Option<File>> {
    let text = match fs_err::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == IoKind::NotFound => return Ok(None),
        Err(error) => {
            let sentence = format!("cannot read the keyring {}", path.display());
            return Err(Error::new(ErrorKind::Unavailable, sentence).with_source(error));
        }
    };
    let file: File = serde_json::from_slice(&text)
        .map_err(|error: serde_json::Error| damaged(path).with_source(error))?;
    if file.version != VERSION || file.keys.len() > KEYS_MAX {
        return Err(damaged(path));
    }
    Ok(Some(file))
}

pub(super) fn stamp(path: &Path) -> Result<Option<Stamp>> {
    match fs_err::metadata(path) {
        Ok(of) => Ok(Some((of.ino(), of.mtime(), of.mtime_nsec(), of.size()))),
        Err(error) if error.kind() == IoKind::NotFound => Ok(None),
        Err(error) => {
            let sentence = format!("cannot look at the keyring {}", path.display());
            Err(Error::new(ErrorKind::Unavailable, sentence).with_source(error))
        }
    }
}

/// Puts the first file in its place, unless another process was quicker.
pub(super) fn create(path: &Path, file: &File) -> Result<()> {
    let own = format!("json.{}", std::process::id());
    let new = path.with_extension(own);
    write_aside(&new, file)?;
    let linked = fs_err::hard_link(&new, path);
    fs_err::remove_file(&new).context(ErrorKind::Unavailable, || cannot_write(path))?;
    match linked {
        Err(error) if error.kind() != IoKind::AlreadyExists => {
            Err(Error::new(ErrorKind::Unavailable, cannot_write(path)).with_source(error))
        }
        _ => flush_folder(path),
    }
}

/// Puts the file in the place of what was there.
pub(super) fn replace(path: &Path, file: &File) -> Result<()> {
    let new = path.with_extension("json.new");
    write_aside(&new, file)?;
    fs_err::rename(&new, path).context(ErrorKind::Unavailable, || cannot_write(path))?;
    flush_folder(path)
}

fn write_aside(path: &Path, file: &File) -> Result<()> {
    let about = || cannot_write(path);
    let json = serde_json::to_vec_pretty(file).context(ErrorKind::Internal, about)?;
    let mut options = fs_err::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    fs_err::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(path).context(ErrorKind::Unavailable, about)?;
    written
        .write_all(&json)
        .and_then(|()| written.sync_all())
        .context(ErrorKind::Unavailable, about)
}

fn flush_folder(path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs_err::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .context(ErrorKind::Unavailable, || cannot_write(path))
}

pub(super) fn damaged(path: &Path) -> Error {
    let path = path.display();
    Error::new(
        ErrorKind::Corrupt,
        format!("the keyring {path} is damaged: restore it from a backup"),
    )
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write the keyring {}", path.display())
}
