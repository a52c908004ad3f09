//! The manifest of a space: which files are valid, how far, and the position in the outbox.
//!
//! It is replaced by renaming, so it is always whole. Whatever the data files hold beyond it was
//! never acknowledged and is overwritten by the next change.

use std::io::Write;
use std::path::Path;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use fs_err::File;
use serde::{Deserialize, Serialize};

use crate::vectors::stamp::{Stamp, Watch};

/// Opens every manifest: the format and its number.
const MAGIC: &[u8; 8] = b"ALXVEC\x00\x01";

/// The manifest's name in the directory of a space.
const NAME: &str = "manifest";

/// The most bytes that a manifest can have.
const MANIFEST_BYTES_MAX: u64 = 4_096;

/// What the manifest says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// Up to where the outbox has been followed.
    pub(super) position: u64,
    /// Counted up by every change, so that no two manifests are equal.
    pub(super) serial: u64,
    /// Which set of files; counted up by every compaction.
    pub(super) epoch: u64,
    /// Numbers in a vector; none until the first.
    pub(super) dimensions: u32,
    /// Rows in the file of records, dead ones included.
    pub(super) rows: u32,
    /// Valid bytes of the journal.
    pub(super) journal_bytes: u64,
    /// Checksum of those bytes.
    pub(super) journal_sum: u32,
    /// Full pages in the file of codes.
    pub(super) pages: u32,
    /// Checksum of those pages.
    pub(super) codes_sum: u32,
}

/// The stamp of the manifest in a directory; none when there is no manifest.
///
/// # Errors
/// [`ErrorKind::Unavailable`] when the directory cannot be looked at.
pub(super) fn stamp(directory: &Path) -> Result<Option<Stamp>> {
    Stamp::of(&directory.join(NAME))
}

/// Whether the manifest in a directory is still the one that is watched.
///
/// # Errors
/// [`ErrorKind::Unavailable`] when the disk does not answer.
pub(super) fn holds(directory: &Path, watch: &Watch) -> Result<bool> {
    watch.holds(&directory.join(NAME))
}

/// Whether a directory has a manifest.
///
/// # Errors
/// [`ErrorKind::Unavailable`] when the disk does not answer.
pub(super) fn is_there(directory: &Path) -> Result<bool> {
    let path = directory.join(NAME);
    path.try_exists().context(ErrorKind::Unavailable, || {
        "cannot look for the vectors of a collection".to_owned()
    })
}

/// Reads the manifest of a directory; none when there is none.
///
/// # Errors
/// [`ErrorKind::Corrupt`] when it is damaged or of another format, [`ErrorKind::Unavailable`] when
/// the disk does not answer.
pub(super) fn read(directory: &Path) -> Result<Option<Manifest>> {
    let path = directory.join(NAME);
    let bytes = match fs_err::metadata(&path).and_then(|metadata| {
        if metadata.len() > MANIFEST_BYTES_MAX {
            Ok(Vec::new())
        } else {
            fs_err::read(&path)
        }
    }) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let body = bytes
        .strip_prefix(MAGIC)
        .and_then(|rest| rest.split_last_chunk::<4>());
    let Some((body, sum)) = body else {
        return Err(damaged());
    };
    if crc32fast::hash(body) != u32::from_le_bytes(*sum) {
        return Err(damaged());
    }
    postcard::from_bytes(body)
        .map(Some)
        .map_err(|source| damaged().with_source(source))
}

/// Puts a manifest in the place of the one before, durably.
///
/// # Errors
/// [`ErrorKind::Unavailable`] when the disk does not take it; either the old or the new one is
/// there then.
pub(super) fn replace(directory: &Path, manifest: &Manifest) -> Result<()> {
    let body = postcard::to_stdvec(manifest).context(ErrorKind::Internal, || {
        "cannot write a manifest of vectors".to_owned()
    })?;
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&body);
    bytes.extend_from_slice(&crc32fast::hash(&body).to_le_bytes());
    let next = directory.join("manifest.next");
    let written = || -> std::io::Result<()> {
        let mut file = File::create(&next)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs_err::rename(&next, directory.join(NAME))?;
        File::open(directory)?.sync_all()
    };
    written().context(ErrorKind::Unavailable, || {
        "cannot write the manifest of a collection's vectors; see whether the disk is full"
            .to_owned()
    })
}

/// Takes the manifest away, so that the space counts as not built.
///
/// # Errors
/// [`ErrorKind::Unavailable`] when the disk does not answer.
pub(super) fn remove(directory: &Path) -> Result<()> {
    match fs_err::remove_file(directory.join(NAME)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(unreadable(error)),
        _ => Ok(()),
    }
}

fn damaged() -> Error {
    Error::new(
        ErrorKind::Corrupt,
        "the manifest of a collection's vectors is damaged; they have to be built again",
    )
}

fn unreadable(source: std::io::Error) -> Error {
    Error::new(
        ErrorKind::Unavailable,
        "cannot read the manifest of a collection's vectors",
    )
    .with_source(source)
}
