//! Blobs in a folder of this machine: `ROOT/TENANT/ab/cdef…`, and `cdef….sealed` where they are
//! encrypted.
//!
//! A blob is written to `ROOT/incoming`, flushed to the disk, and moved to its place, whose folder is
//! flushed too: it is there whole or not at all. What a killed process leaves in `incoming` is removed
//! at the next start.

mod fault;
mod incoming;
mod opened;
mod reseal;

use std::collections::BTreeSet;
use std::io::{ErrorKind as IoKind, Read as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::id::TenantId;
use alexandria_core::principal::Principal;
use async_trait::async_trait;
use fs_err as fs;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::mpsc;

use super::{Blob, BlobFile, BlobKey, BlobStore, Digest, Resealed};
use crate::seal::Keyring;
use crate::seal::stream::Bound;

use self::fault::{cannot_read, cannot_write, missing, within};
use self::incoming::{Incoming, Lock, writer_lives};
use self::opened::{Opened, Stored};

/// The end of the name of an encrypted blob.
const SEALED: &str = ".sealed";

/// The folder of the blobs that are being written.
const INCOMING: &str = "incoming";
/// Bytes read and written at a time.
const PART_BYTES: usize = 256 << 10;
/// Parts on their way from the reader to the disk at most.
const PARTS_WAITING_MAX: usize = 4;
/// The largest blob that is read into memory as a whole, in bytes.
const GET_BYTES_MAX: u64 = 1 << 30;

/// Blobs in a folder.
#[derive(Debug)]
pub struct FolderBlobs {
    root: PathBuf,
    /// Numbers the files being written by this process.
    written: AtomicU64,
    /// What encrypts whatever is put in; nothing where encryption is off.
    keyring: Option<Arc<Keyring>>,
}

impl FolderBlobs {
    /// Opens the folder, which is made if it is not there, and removes what killed writers left.
    ///
    /// # Errors
    /// `Unavailable` when the folder cannot be made or written to.
    pub fn open(root: &Path) -> Result<Self> {
        let incoming = root.join(INCOMING);
        let shown = root.display();
        let sentence = || format!("cannot open the folder of originals {shown}");
        fs::create_dir_all(&incoming).context(ErrorKind::Unavailable, sentence)?;
        for entry in fs::read_dir(&incoming).context(ErrorKind::Unavailable, sentence)? {
            let path = entry.context(ErrorKind::Unavailable, sentence)?.path();
            if !writer_lives(&path) {
                remove(&path)?;
            }
        }
        Ok(Self {
            root: root.to_owned(),
            written: AtomicU64::new(0),
            keyring: None,
        })
    }

    /// The same, which encrypts what is put in from now on, and opens what it has encrypted.
    #[must_use]
    pub fn sealed_by(mut self, keyring: Arc<Keyring>) -> Self {
        self.keyring = Some(keyring);
        self
    }

    fn path(&self, tenant: TenantId, digest: Digest) -> PathBuf {
        let digest = digest.to_string();
        let (head, tail) = digest.split_at(2);
        self.root.join(tenant.to_string()).join(head).join(tail)
    }

    fn known(&self, principal: &Principal, key: &BlobKey) -> Result<(PathBuf, Digest)> {
        let digest = key.digest(principal.tenant()).ok_or_else(|| missing(key))?;
        Ok((self.path(principal.tenant(), digest), digest))
    }

    fn begin(&self, lock: Option<Lock>) -> Result<Incoming> {
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        Incoming::begin(&self.root.join(INCOMING), number, lock)
    }

    /// What a new blob is encrypted with.
    async fn lock(&self) -> Result<Option<Lock>> {
        let Some(keyring) = &self.keyring else {
            return Ok(None);
        };
        let (id, key) = keyring.active().await?;
        Ok(Some(Lock { id, key }))
    }

    /// A blob, ready to be read.
    async fn opened(&self, principal: &Principal, key: &BlobKey) -> Result<Opened> {
        let (path, digest) = self.known(principal, key)?;
        let tenant = principal.tenant();
        let stored = on_disk({
            let key = key.clone();
            move || Stored::find(&path, &key)
        })
        .await?;
        let bound = Bound { tenant, digest };
        stored.open(self.keyring.as_deref(), bound, key).await
    }

    /// Stores what `feed` writes, on a thread that may wait for the disk.
    async fn store(
        &self,
        principal: &Principal,
        feed: impl FnOnce(&mut Incoming) -> Result<()> + Send + 'static,
    ) -> Result<Blob> {
        let mut incoming = self.begin(self.lock().await?)?;
        let (root, tenant) = (self.root.clone(), principal.tenant());
        let (digest, bytes) = on_disk(move || {
            feed(&mut incoming)?;
            incoming.settle(&root, tenant)
        })
        .await?;
        Ok(Blob {
            key: BlobKey::new(principal, digest),
            digest,
            bytes,
        })
    }
}

#[async_trait]
impl BlobStore for FolderBlobs {
    async fn put(
        &self,
        principal: &Principal,
        reader: &mut (dyn AsyncRead + Send + Unpin),
        bytes_max: u64,
    ) -> Result<Blob> {
        let (sender, mut receiver) = mpsc::channel::<Option<Vec<u8>>>(PARTS_WAITING_MAX);
        let writing = self.store(principal, move |incoming| {
            // Only an end that was announced is an end: a reader that failed stores nothing.
            loop {
                match receiver.blocking_recv() {
                    Some(Some(part)) => incoming.write(&part)?,
                    Some(None) => return Ok(()),
                    None => return Err(Error::new(ErrorKind::Invalid, "the upload broke off")),
                }
            }
        });
        let reading = async move {
            let mut bytes = 0_u64;
            loop {
                let mut part = Vec::with_capacity(PART_BYTES);
                let mut limited = (&mut *reader).take(PART_BYTES as u64);
                limited
                    .read_to_end(&mut part)
                    .await
                    .context(ErrorKind::Invalid, || {
                        "the upload broke off; send it again".to_owned()
                    })?;
                bytes += part.len() as u64;
                within(bytes, bytes_max)?;
                let last = part.is_empty();
                // A writer that has failed hears no more; its own error is the one to tell.
                if sender.send((!last).then_some(part)).await.is_err() || last {
                    return Ok(());
                }
            }
        };
        let (read, written): (Result<()>, Result<Blob>) = tokio::join!(reading, writing);
        read?;
        written
    }

    async fn put_bytes(&self, principal: &Principal, bytes: Vec<u8>) -> Result<Blob> {
        self.store(principal, move |incoming| incoming.write(&bytes))
            .await
    }

    async fn put_file(&self, principal: &Principal, path: &Path, bytes_max: u64) -> Result<Blob> {
        let path = path.to_owned();
        self.store(principal, move |incoming| {
            let sentence = || format!("cannot read the file {}", path.display());
            let mut file = fs::File::open(&path).context(ErrorKind::Invalid, sentence)?;
            let mut part = vec![0; PART_BYTES];
            loop {
                let read = file.read(&mut part).context(ErrorKind::Invalid, sentence)?;
                let Some(part) = part.get(..read).filter(|part| !part.is_empty()) else {
                    return Ok(());
                };
                within(incoming.bytes + part.len() as u64, bytes_max)?;
                incoming.write(part)?;
            }
        })
        .await
    }

    async fn get(&self, principal: &Principal, key: &BlobKey) -> Result<Vec<u8>> {
        let (_, digest) = self.known(principal, key)?;
        let mut opened = self.opened(principal, key).await?;
        within(opened.bytes(), GET_BYTES_MAX)?;
        on_disk(move || {
            let bytes = opened.read(0..u64::MAX)?;
            if Digest::of(&bytes) == digest {
                return Ok(bytes);
            }
            Err(opened.damaged())
        })
        .await
    }

    async fn get_range(
        &self,
        principal: &Principal,
        key: &BlobKey,
        range: Range<u64>,
    ) -> Result<Vec<u8>> {
        within(range.end.saturating_sub(range.start), GET_BYTES_MAX)?;
        let mut opened = self.opened(principal, key).await?;
        on_disk(move || opened.read(range)).await
    }

    async fn size(&self, principal: &Principal, key: &BlobKey) -> Result<u64> {
        let (path, _) = self.known(principal, key)?;
        let key = key.clone();
        on_disk(move || Ok(Stored::find(&path, &key)?.bytes())).await
    }

    async fn file(&self, principal: &Principal, key: &BlobKey) -> Result<BlobFile> {
        let (path, _) = self.known(principal, key)?;
        let opened = self.opened(principal, key).await?;
        if opened.is_plain() {
            return Ok(BlobFile { path, guard: None });
        }
        let folder = self.root.join(INCOMING);
        on_disk(move || opened.decrypt(&folder)).await
    }

    async fn delete(&self, principal: &Principal, key: &BlobKey) -> Result<()> {
        let Some(digest) = key.digest(principal.tenant()) else {
            return Ok(());
        };
        let path = self.path(principal.tenant(), digest);
        on_disk(move || {
            remove(&path)?;
            remove(&sealed(&path))?;
            path.parent().map_or(Ok(()), flush_folder)
        })
        .await
    }

    async fn list(
        &self,
        principal: &Principal,
        after: Option<&BlobKey>,
        limit: usize,
    ) -> Result<Vec<BlobKey>> {
        let folder = self.root.join(principal.tenant().to_string());
        let after = after.and_then(|key| key.digest(principal.tenant()));
        let digests = on_disk(move || {
            let mut digests = Vec::new();
            for head in names(&folder)? {
                let past = after.is_some_and(|after| after.to_string().get(..2) > Some(&head));
                if past || digests.len() >= limit {
                    continue;
                }
                let tails = names(&folder.join(&head))?;
                // Both names are there for a moment while a blob is being encrypted.
                let tails: BTreeSet<&str> = tails
                    .iter()
                    .map(|tail| tail.strip_suffix(SEALED).unwrap_or(tail))
                    .collect();
                let found = tails
                    .iter()
                    .filter_map(|t| Digest::from_hex(&format!("{head}{t}")));
                digests.extend(found.filter(|digest| after.is_none_or(|after| *digest > after)));
            }
            digests.truncate(limit);
            Ok(digests)
        })
        .await?;
        Ok(digests
            .into_iter()
            .map(|digest| BlobKey::new(principal, digest))
            .collect())
    }

    async fn tenants(&self) -> Result<Vec<TenantId>> {
        let root = self.root.clone();
        on_disk(move || {
            let ids = names(&root)?;
            let ids = ids.iter().filter_map(|name| name.parse().ok());
            Ok(ids.map(TenantId::from_uuid).collect())
        })
        .await
    }

    async fn reseal(&self, principal: &Principal, key: &BlobKey) -> Result<Resealed> {
        self.reseal_blob(principal, key).await
    }

    async fn check(&self) -> Result<()> {
        let mut incoming = self.begin(None)?;
        on_disk(move || {
            incoming.write(b"check")?;
            incoming.flush()
        })
        .await
    }
}

/// The name under which a blob is kept encrypted.
fn sealed(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(SEALED);
    PathBuf::from(name)
}

/// Runs what waits for the disk on a thread that may wait.
async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.context(ErrorKind::Internal, || {
        "the work on the originals was broken off".to_owned()
    })?
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != IoKind::NotFound => {
            let path = path.display();
            Err(
                Error::new(ErrorKind::Unavailable, format!("cannot remove {path}"))
                    .with_source(error),
            )
        }
        _ => Ok(()),
    }
}

/// The names in a folder, in order; none when it is not there.
fn names(folder: &Path) -> Result<Vec<String>> {
    let sentence = || format!("cannot list the folder {}", folder.display());
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == IoKind::NotFound => return Ok(Vec::new()),
        entries => entries.context(ErrorKind::Unavailable, sentence)?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.context(ErrorKind::Unavailable, sentence)?.file_name();
        names.extend(name.into_string());
    }
    names.sort_unstable();
    Ok(names)
}

/// Makes what happened to the names in a folder survive a power cut.
fn flush_folder(folder: &Path) -> Result<()> {
    let opened = fs::File::open(folder).and_then(|file| file.sync_all());
    match opened {
        Err(error) if error.kind() != IoKind::NotFound => Err(cannot_write(error)),
        _ => Ok(()),
    }
}
