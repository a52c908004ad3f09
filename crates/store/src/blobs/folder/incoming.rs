//! A blob on its way into a folder: written aside, flushed, moved to its place.

use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use alexandria_core::error::Result;
use alexandria_core::id::TenantId;
use fs_err as fs;
use uuid::Uuid;

use super::super::{Digest, Hasher};
use super::{cannot_write, flush_folder, remove, sealed};
use crate::seal::Cipher;
use crate::seal::stream::{Bound, HEADER_BYTES, Writer};

/// The key that a new blob is encrypted under.
#[derive(Clone, Debug)]
pub(super) struct Lock {
    /// Its id in the keyring.
    pub(super) id: Uuid,
    /// The key.
    pub(super) key: Arc<Cipher>,
}

/// A blob being written. Dropping it removes the file, unless it has been moved to its place.
#[derive(Debug)]
pub(super) struct Incoming {
    path: PathBuf,
    file: fs::File,
    hasher: Hasher,
    /// How many bytes have been written, before encryption.
    pub(super) bytes: u64,
    sealing: Option<(Lock, Writer)>,
}

impl Incoming {
    /// Begins a blob in the folder of those being written; the number tells those of one process
    /// apart.
    pub(super) fn begin(folder: &Path, number: u64, lock: Option<Lock>) -> Result<Self> {
        let path = folder.join(format!("{}-{number}", std::process::id()));
        let mut file = fs::File::create(&path).map_err(cannot_write)?;
        let sealing = match lock {
            Some(lock) => {
                // The header names the digest, which is known at the end.
                file.write_all(&[0; HEADER_BYTES]).map_err(cannot_write)?;
                Some((lock, Writer::begin()?))
            }
            None => None,
        };
        Ok(Self {
            sealing,
            path,
            file,
            hasher: Hasher::default(),
            bytes: 0,
        })
    }

    /// Adds bytes at the end.
    pub(super) fn write(&mut self, part: &[u8]) -> Result<()> {
        self.hasher.update(part);
        self.bytes += part.len() as u64;
        match &mut self.sealing {
            Some((_, writer)) => self.file.write_all(&writer.write(part)?),
            None => self.file.write_all(part),
        }
        .map_err(cannot_write)
    }

    /// Waits until what was written is on the disk.
    pub(super) fn flush(&self) -> Result<()> {
        self.file.sync_all().map_err(cannot_write)
    }

    /// The digest of what has been written.
    pub(super) fn digest(&self) -> Digest {
        self.hasher.clone().finish()
    }

    /// Moves the blob to its place among those of its tenant, and says its digest and size.
    pub(super) fn settle(mut self, root: &Path, tenant: TenantId) -> Result<(Digest, u64)> {
        let digest = self.digest();
        if let Some((lock, writer)) = &mut self.sealing {
            let bound = Bound { tenant, digest };
            self.file
                .write_all(&writer.finish()?)
                .map_err(cannot_write)?;
            let header = writer.header(lock.id, &lock.key, bound)?;
            self.file
                .file()
                .write_all_at(&header, 0)
                .map_err(cannot_write)?;
        }
        let name = digest.to_string();
        let (head, tail) = name.split_at(2);
        let owner = root.join(tenant.to_string());
        let folder = owner.join(head);
        self.flush()?;
        if !folder.try_exists().map_err(cannot_write)? {
            fs::create_dir_all(&folder).map_err(cannot_write)?;
            flush_folder(&owner)?;
            flush_folder(root)?;
        }
        // Moving over an equal blob changes nothing, and mends one that was damaged.
        let place = folder.join(tail);
        if self.sealing.is_some() {
            fs::rename(&self.path, sealed(&place)).map_err(cannot_write)?;
            flush_folder(&folder)?;
            remove(&place)?;
        } else {
            fs::rename(&self.path, place).map_err(cannot_write)?;
        }
        flush_folder(&folder)?;
        Ok((digest, self.bytes))
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // After a move there is nothing to remove; what cannot be removed is removed at next start.
        drop(fs::remove_file(&self.path));
    }
}

/// Whether the process that began this file, which its name numbers, still runs.
pub(super) fn writer_lives(path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let id = name.split_once('-').and_then(|(id, _)| id.parse().ok());
    let id = id.and_then(rustix::process::Pid::from_raw);
    let own = rustix::process::getpid();
    id.is_some_and(|id| id == own || rustix::process::test_kill_process(id).is_ok())
}
