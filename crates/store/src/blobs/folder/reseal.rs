//! Encrypting a blob that is plain, and wrapping the data key of one that is not by a newer key.

use std::os::unix::fs::FileExt as _;

use alexandria_core::error::Result;
use alexandria_core::principal::Principal;
use fs_err as fs;

use super::super::{BlobKey, Resealed};
use super::incoming::Lock;
use super::opened::{Opened, Sealed, Stored};
use super::{FolderBlobs, PART_BYTES, cannot_write, on_disk, sealed};
use crate::seal::stream::{Bound, DataKey, SLOT_BYTES};

impl FolderBlobs {
    /// See [`super::BlobStore::reseal`].
    pub(super) async fn reseal_blob(
        &self,
        principal: &Principal,
        key: &BlobKey,
    ) -> Result<Resealed> {
        let lock = self.lock().await?.ok_or_else(crate::seal::no_key)?;
        let (path, digest) = self.known(principal, key)?;
        let opened = self.opened(principal, key).await?;
        let tenant = principal.tenant();
        if opened.is_plain() {
            let incoming = self.begin(Some(lock))?;
            let root = self.root.clone();
            let copied = on_disk(move || {
                let (mut opened, mut incoming) = (opened, incoming);
                copy(&mut opened, &mut incoming)?;
                // A damaged file stays as it is, to be found by its name and mended.
                if incoming.digest() != digest {
                    return Err(opened.damaged());
                }
                incoming.settle(&root, tenant)
            });
            copied.await?;
            return Ok(Resealed::Sealed);
        }
        let (Stored::Sealed(found), Some(data)) = opened.into_parts() else {
            return Ok(Resealed::Current);
        };
        // A process that was killed between writing the encrypted file and removing the plain one has
        // left both.
        let plain = path.clone();
        on_disk(move || remove_plain(&plain)).await?;
        if found.header.is_under(lock.id) {
            return Ok(Resealed::Current);
        }
        let bound = Bound { tenant, digest };
        let path = sealed(&path);
        on_disk(move || rewrap(&path, &found, &data, &lock, bound)).await?;
        Ok(Resealed::Rewrapped)
    }
}

fn copy(opened: &mut Opened, incoming: &mut super::Incoming) -> Result<()> {
    let mut start = 0;
    while start < opened.bytes() {
        let end = start + PART_BYTES as u64;
        incoming.write(&opened.read(start..end)?)?;
        start = end;
    }
    Ok(())
}

fn remove_plain(path: &std::path::Path) -> Result<()> {
    match fs::remove_file(path) {
        Ok(()) => path.parent().map_or(Ok(()), super::flush_folder),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(cannot_write(error)),
    }
}

/// Writes both slots, one after the other: the second is touched when the first is on the disk.
fn rewrap(
    path: &std::path::Path,
    found: &Sealed,
    data: &DataKey,
    lock: &Lock,
    bound: Bound,
) -> Result<()> {
    let file = fs::OpenOptions::new()
        .write(true)
        .open(path)
        .map_err(cannot_write)?;
    // The blob may have been put in again since: that file has a data key of its own.
    if !is_same(&file, &found.file)? {
        return Ok(());
    }
    for at in found.header.writing_order() {
        let slot = found.header.wrap(data, lock.id, &lock.key, bound)?;
        assert_eq!(slot.len(), SLOT_BYTES, "a slot has its length");
        file.file().write_all_at(&slot, at).map_err(cannot_write)?;
        file.sync_all().map_err(cannot_write)?;
    }
    Ok(())
}

/// Whether two open files are one.
fn is_same(one: &fs::File, other: &fs::File) -> Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let inode = |file: &fs::File| file.metadata().map(|of| of.ino()).map_err(cannot_write);
    Ok(inode(one)? == inode(other)?)
}
