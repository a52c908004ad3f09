//! A blob found in a folder, plain or encrypted, and read.

use std::io::{ErrorKind as IoKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use fs_err as fs;
use rustix::fs::{MemfdFlags, Mode, OFlags, memfd_create};

use super::super::{BlobFile, BlobKey};
use super::{PART_BYTES, cannot_read, cannot_write, sealed};
use crate::seal::Keyring;
use crate::seal::stream::{Bound, DataKey, HEADER_BYTES, Header};

/// The largest blob that is decrypted in memory when a reader needs it as a file, in bytes. A larger
/// one goes to a file without a name, which is gone when it is closed.
const MEMORY_BYTES_MAX: u64 = 64 << 20;

/// A blob found on the disk.
#[derive(Debug)]
pub(super) enum Stored {
    /// Its bytes as they are.
    Plain(Plain),
    /// Encrypted.
    Sealed(Sealed),
}

/// A plain blob.
#[derive(Debug)]
pub(super) struct Plain {
    file: fs::File,
    bytes: u64,
}

/// An encrypted blob.
#[derive(Debug)]
pub(super) struct Sealed {
    pub(super) file: fs::File,
    pub(super) header: Header,
}

impl Stored {
    /// Looks for a blob: encrypted first, because a plain one beside it is about to go.
    pub(super) fn find(path: &Path, key: &BlobKey) -> Result<Self> {
        let not_there = |error: &std::io::Error| error.kind() == IoKind::NotFound;
        let mut opened = fs::File::open(sealed(path));
        if opened.as_ref().is_err_and(not_there) {
            match fs::File::open(path) {
                Ok(file) => {
                    let bytes = file.metadata().map_err(|error| cannot_read(key, error))?;
                    let bytes = bytes.len();
                    return Ok(Self::Plain(Plain { file, bytes }));
                }
                Err(error) if !not_there(&error) => return Err(cannot_read(key, error)),
                // It may have been encrypted between the two looks.
                Err(_not_there) => opened = fs::File::open(sealed(path)),
            }
        }
        let mut file = opened.map_err(|error| cannot_read(key, error))?;
        let mut header = Vec::with_capacity(HEADER_BYTES);
        let bytes = file.metadata().map_err(|error| cannot_read(key, error))?;
        (&mut file)
            .take(HEADER_BYTES as u64)
            .read_to_end(&mut header)
            .map_err(|error| cannot_read(key, error))?;
        let header =
            Header::decode(&header, bytes.len()).ok_or_else(|| changed(key, file.path()))?;
        Ok(Self::Sealed(Sealed { file, header }))
    }

    /// The length of its plain bytes.
    pub(super) const fn bytes(&self) -> u64 {
        match self {
            Self::Plain(plain) => plain.bytes,
            Self::Sealed(sealed) => sealed.header.bytes,
        }
    }

    /// Fetches the key of an encrypted one.
    pub(super) async fn open(
        self,
        keyring: Option<&Keyring>,
        bound: Bound,
        key: &BlobKey,
    ) -> Result<Opened> {
        let data = match &self {
            Self::Plain(_) => None,
            Self::Sealed(sealed) => Some(sealed.data_key(keyring, bound, key).await?),
        };
        let key = key.clone();
        Ok(Opened {
            stored: self,
            data,
            key,
        })
    }
}

impl Sealed {
    /// Its data key, out of the first slot that opens.
    pub(super) async fn data_key(
        &self,
        keyring: Option<&Keyring>,
        bound: Bound,
        key: &BlobKey,
    ) -> Result<DataKey> {
        let keyring = keyring.ok_or_else(crate::seal::no_key)?;
        let mut failed = None;
        for slot in self.header.slots() {
            match keyring.key(slot.key).await {
                Ok(cipher) => {
                    if let Some(data) = self.header.unwrap(slot, &cipher, bound) {
                        return Ok(data);
                    }
                }
                Err(error) => failed = Some(error),
            }
        }
        Err(failed.unwrap_or_else(|| changed(key, self.file.path())))
    }
}

/// A blob that can be read.
#[derive(Debug)]
pub(super) struct Opened {
    stored: Stored,
    data: Option<DataKey>,
    key: BlobKey,
}

impl Opened {
    /// The length of its plain bytes.
    pub(super) const fn bytes(&self) -> u64 {
        self.stored.bytes()
    }

    /// Whether it is not encrypted.
    pub(super) const fn is_plain(&self) -> bool {
        self.data.is_none()
    }

    /// Some of its plain bytes, fewer where it ends earlier.
    pub(super) fn read(&mut self, range: Range<u64>) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let (sealed, data) = match (&mut self.stored, &self.data) {
            (Stored::Sealed(sealed), Some(data)) => (sealed, data),
            (Stored::Plain(Plain { file, .. }) | Stored::Sealed(Sealed { file, .. }), _) => {
                let length = range.end.saturating_sub(range.start);
                file.seek(SeekFrom::Start(range.start))
                    .and_then(|_| file.take(length).read_to_end(&mut bytes))
                    .map_err(|error| cannot_read(&self.key, error))?;
                return Ok(bytes);
            }
        };
        let place = sealed.header.place(&range);
        let length = place.stored.end - place.stored.start;
        bytes.resize(usize::try_from(length).unwrap_or(usize::MAX), 0);
        let read = sealed
            .file
            .file()
            .read_exact_at(&mut bytes, place.stored.start);
        read.map_err(|error| cannot_read(&self.key, error))?;
        data.open(&place, &bytes).ok_or_else(|| self.damaged())
    }

    /// The plain bytes as a file that nobody else can open and that is gone with its guard.
    pub(super) fn decrypt(mut self, folder: &Path) -> Result<BlobFile> {
        let about = || "cannot make a file to decrypt an original into".to_owned();
        let made = if self.bytes() <= MEMORY_BYTES_MAX {
            memfd_create("original", MemfdFlags::CLOEXEC)
        } else {
            let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
            rustix::fs::open(folder, flags, Mode::RUSR | Mode::WUSR)
        };
        let descriptor: OwnedFd = made
            .map_err(std::io::Error::from)
            .context(ErrorKind::Unavailable, about)?;
        let path = PathBuf::from(format!("/proc/self/fd/{}", descriptor.as_raw_fd()));
        let mut file = fs::File::from_parts(descriptor.into(), &path);
        let mut start = 0;
        while start < self.bytes() {
            let end = start + PART_BYTES as u64;
            file.write_all(&self.read(start..end)?)
                .map_err(cannot_write)?;
            start = end;
        }
        let guard = Some(Box::new(file) as Box<dyn std::fmt::Debug + Send + Sync>);
        Ok(BlobFile { path, guard })
    }

    /// That its bytes are not what they were.
    pub(super) fn damaged(&self) -> Error {
        let (Stored::Plain(Plain { file, .. }) | Stored::Sealed(Sealed { file, .. })) =
            &self.stored;
        changed(&self.key, file.path())
    }

    /// What was found on the disk, and its data key if it is encrypted.
    pub(super) fn into_parts(self) -> (Stored, Option<DataKey>) {
        (self.stored, self.data)
    }
}

fn changed(key: &BlobKey, path: &Path) -> Error {
    Error::new(
        ErrorKind::Corrupt,
        format!(
            "the bytes of {key} have changed on the disk; restore the file {path:?} from a backup, \
             or remove the document and put it in again"
        ),
    )
}
