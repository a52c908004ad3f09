//! Encryption at rest: whether it is on, and a new key for everything.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use alexandria_core::access::Scope;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::principal::Principal;
use alexandria_store::blobs::{BlobKey, Resealed};
use alexandria_store::seal::{KeyState, Keyring, KeyringKey};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::library::Library;

/// Files that are looked at before the next ones are listed.
const FILES_LISTED_MAX: usize = 1_000;

/// How often it is looked whether another process has made a new key.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// How the encryption of what is stored stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encryption {
    /// The name of the root key; none where encryption is off.
    pub root: Option<String>,
    /// The keys of the keyring, the oldest first.
    pub keys: Vec<KeyringKey>,
    /// Whether files are still to be encrypted under the newest key.
    pub pending: bool,
    /// Files looked at since that began in this process.
    pub files_done: u64,
    /// Files there are to look at.
    pub files_total: u64,
    /// Files that are damaged and were left as they are.
    pub files_failed: u64,
}

/// How far the work is.
#[derive(Debug, Default)]
pub(crate) struct Resealing {
    wake: Notify,
    done: AtomicU64,
    total: AtomicU64,
    failed: AtomicU64,
}

impl Library {
    /// How encryption stands.
    ///
    /// # Errors
    /// `Forbidden`; `Unavailable` when the keyring cannot be read.
    pub async fn encryption(&self, principal: &Principal) -> Result<Encryption> {
        principal.require(Scope::Operate)?;
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let (root, pending, keys) = match &self.keyring {
            Some(keyring) => {
                let pending = keyring.is_pending().await?;
                (Some(keyring.root()), pending, keyring.keys())
            }
            None => (None, false, Vec::new()),
        };
        Ok(Encryption {
            root,
            keys,
            pending,
            files_done: of(&self.resealing.done),
            files_total: of(&self.resealing.total),
            files_failed: of(&self.resealing.failed),
        })
    }

    /// Makes a new key. From now on it encrypts what is new, and whichever process works on jobs
    /// brings everything else under it: what is plain is encrypted, of what is encrypted only the
    /// keys are wrapped again.
    ///
    /// # Errors
    /// `Conflict` where encryption is off; `Unavailable` when the root key cannot be reached.
    pub async fn rotate_encryption(&self, principal: &Principal) -> Result<Encryption> {
        principal.require(Scope::Operate)?;
        let keyring = self.keyring.as_ref().ok_or_else(|| {
            let sentence = "encryption is off: set ENCRYPTION_KEY_FILE to the file of a key that \
                            `alexandria secret` has made, or ENCRYPTION_TRANSIT_KEY, and start again";
            Error::new(ErrorKind::Conflict, sentence)
        })?;
        let made = keyring.rotate(self.clock.as_ref()).await?;
        tracing::info!(key.id = %made.id, "made a new encryption key");
        self.resealing.wake.notify_one();
        self.encryption(principal).await
    }

    /// Brings files under the newest key whenever there is one, until it is cancelled.
    pub(crate) async fn reseal(&self, cancel: &CancellationToken) {
        let Some(keyring) = &self.keyring else {
            return;
        };
        loop {
            match cancel.run_until_cancelled(self.reseal_all(keyring)).await {
                None => return,
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    tracing::error!(error = %error.chain(), "cannot encrypt what is stored");
                }
            }
            tokio::select! {
                () = self.resealing.wake.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = cancel.cancelled() => return,
            }
        }
    }

    async fn reseal_all(&self, keyring: &Arc<Keyring>) -> Result<()> {
        if !keyring.is_pending().await? {
            return Ok(());
        }
        let keys = keyring.keys();
        let Some(active) = keys.iter().find(|key| key.state == KeyState::Active) else {
            return Ok(());
        };
        let progress = &self.resealing;
        for count in [&progress.done, &progress.total, &progress.failed] {
            count.store(0, Ordering::Relaxed);
        }
        for tenant in self.blobs.tenants().await? {
            let principal = Principal::system(tenant, "counting what is to be encrypted");
            let mut after = None;
            while let Some(keys) = self.listed(&principal, &mut after).await? {
                progress
                    .total
                    .fetch_add(keys.len() as u64, Ordering::Relaxed);
            }
        }
        for tenant in self.blobs.tenants().await? {
            let principal = Principal::system(tenant, "encrypting what is stored");
            let mut after = None;
            while let Some(keys) = self.listed(&principal, &mut after).await? {
                for key in &keys {
                    self.reseal_one(&principal, key).await?;
                }
            }
        }
        keyring.settle(active.id).await?;
        let files = progress.done.load(Ordering::Relaxed);
        tracing::info!(files, key.id = %active.id, "everything is under the newest encryption key");
        Ok(())
    }

    /// The next files, and where they end; none after the last.
    async fn listed(
        &self,
        principal: &Principal,
        after: &mut Option<BlobKey>,
    ) -> Result<Option<Vec<BlobKey>>> {
        let keys = self
            .blobs
            .list(principal, after.as_ref(), FILES_LISTED_MAX)
            .await?;
        if let Some(last) = keys.last() {
            *after = Some(last.clone());
        }
        Ok((!keys.is_empty()).then_some(keys))
    }

    async fn reseal_one(&self, principal: &Principal, key: &BlobKey) -> Result<()> {
        // A purge waits, or else a file would come back that has just been removed.
        let _in_use = self.blob_use.read().await;
        let resealed = self.blobs.reseal(principal, key).await;
        self.resealing.done.fetch_add(1, Ordering::Relaxed);
        match resealed {
            Ok(Resealed::Sealed | Resealed::Rewrapped | Resealed::Current) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) if error.kind() == ErrorKind::Corrupt => {
                // It is no more readable than before, and must not hold up the others.
                tracing::warn!(error = %error.chain(), "a damaged file was left as it is");
                self.resealing.failed.fetch_add(1, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}
