//! Bytes that never change: original files, stored texts, layouts.
//!
//! A blob is kept under the digest of its bytes, one tenant apart from another, so the same file is
//! stored once and a damaged one is noticed. Names that people give never become paths.

mod digest;
mod folder;
mod key;

use std::fmt::Debug;
use std::ops::Range;
use std::path::{Path, PathBuf};

use alexandria_core::error::Result;
use alexandria_core::id::TenantId;
use alexandria_core::principal::Principal;
use async_trait::async_trait;
use tokio::io::AsyncRead;

pub use self::digest::{Digest, Hasher};
pub use self::folder::FolderBlobs;
pub use self::key::BlobKey;

/// A blob that has been stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// Where it is.
    pub key: BlobKey,
    /// The digest of its bytes.
    pub digest: Digest,
    /// Its size in bytes.
    pub bytes: u64,
}

/// What sealing a blob anew has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resealed {
    /// It was plain, and is encrypted now.
    Sealed,
    /// Its data key has been wrapped by the active key.
    Rewrapped,
    /// It was under the active key already.
    Current,
}

/// A blob as a file that a child process can be given.
#[derive(Debug)]
pub struct BlobFile {
    /// The file; it is not to be written to.
    pub path: PathBuf,
    /// Ends the life of a file that had to be fetched or decrypted, and is kept as long as the path
    /// is used; none where the path is the store's own.
    pub guard: Option<Box<dyn Debug + Send + Sync>>,
}

/// A store of blobs.
///
/// Every implementation keeps these rules:
/// - When a `put` returns, the bytes survive a kill and a power cut; when it fails, nothing is there.
/// - No reader ever sees a part of a blob.
/// - Putting the same bytes again gives the same key and changes nothing.
/// - A key of another tenant behaves as one that does not exist.
///
/// ```
/// # use alexandria_core::{error::Result, principal::Principal};
/// # use alexandria_store::blobs::{BlobKey, BlobStore};
/// async fn read(blobs: &dyn BlobStore, principal: &Principal, key: &BlobKey) -> Result<Vec<u8>> {
///     blobs.get(principal, key).await
/// }
/// ```
/// The digest of somebody's file does not give the file:
/// ```compile_fail
/// # use alexandria_core::{error::Result, principal::Principal};
/// # use alexandria_store::blobs::{BlobKey, BlobStore};
/// async fn read(blobs: &dyn BlobStore, principal: &Principal, key: &BlobKey) -> Result<Vec<u8>> {
///     blobs.get(key).await
/// }
/// ```
#[async_trait]
pub trait BlobStore: Send + Sync + Debug {
    /// Stores what the reader gives, without holding it in memory. More than `bytes_max` bytes are
    /// refused as `TooLarge` as soon as they are seen.
    async fn put(
        &self,
        principal: &Principal,
        reader: &mut (dyn AsyncRead + Send + Unpin),
        bytes_max: u64,
    ) -> Result<Blob>;

    /// Stores bytes at hand.
    async fn put_bytes(&self, principal: &Principal, bytes: Vec<u8>) -> Result<Blob>;

    /// Stores a copy of a file, which is read as it stands at this moment.
    async fn put_file(&self, principal: &Principal, path: &Path, bytes_max: u64) -> Result<Blob>;

    /// All bytes of a blob, checked against their digest.
    async fn get(&self, principal: &Principal, key: &BlobKey) -> Result<Vec<u8>>;

    /// Some bytes of a blob, fewer where it ends earlier.
    async fn get_range(
        &self,
        principal: &Principal,
        key: &BlobKey,
        range: Range<u64>,
    ) -> Result<Vec<u8>>;

    /// The size of a blob in bytes.
    async fn size(&self, principal: &Principal, key: &BlobKey) -> Result<u64>;

    /// The blob as a file on this machine.
    async fn file(&self, principal: &Principal, key: &BlobKey) -> Result<BlobFile>;

    /// Removes a blob. One that is not there is no error.
    ///
    /// Equal bytes share a blob, so the caller asks the catalog first whether anything else uses it.
    async fn delete(&self, principal: &Principal, key: &BlobKey) -> Result<()>;

    /// The tenant's blobs in the order of their keys, after the one given, at most `limit`.
    async fn list(
        &self,
        principal: &Principal,
        after: Option<&BlobKey>,
        limit: usize,
    ) -> Result<Vec<BlobKey>>;

    /// The tenants that have blobs; for what looks after the whole installation.
    async fn tenants(&self) -> Result<Vec<TenantId>>;

    /// Encrypts a blob that is plain, and wraps the data key of one that is encrypted by the active
    /// key of the keyring. A crash at any moment leaves it readable. `Invalid` where encryption is
    /// off.
    async fn reseal(&self, principal: &Principal, key: &BlobKey) -> Result<Resealed>;

    /// Whether blobs can be written and read at all.
    async fn check(&self) -> Result<()>;
}
