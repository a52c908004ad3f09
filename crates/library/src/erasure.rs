//! Erasing a person or a document for good, with a receipt that anybody can verify.
//!
//! Rows, files, entries of indexes, what is remembered in memory: all of it goes before the receipt is
//! given. Entries of the audit log and of the ledger stay under an id that leads to nobody.

mod again;
mod seal;
mod tombstones;

use std::collections::BTreeMap;
use std::sync::Arc;

use alexandria_core::access::Scope;
use alexandria_core::erasure::{ErasedKind, Fingerprint, Receipt, SALT_BYTES, hex};
use alexandria_core::error::{Context as _, ErrorKind, Result};
use alexandria_core::feedback::AnswerCopy;
use alexandria_core::id::{DocumentId, ErasureId, UserId};
use alexandria_core::principal::Principal;
use alexandria_core::space::Space;
use alexandria_store::catalog::{Erased, Erasure, Holder, Instead, Page};
use tracing::Instrument as _;
use uuid::Uuid;

use crate::answers::Said;
use crate::library::Library;

pub(crate) use self::again::Lately;
pub(crate) use self::seal::Seal;
pub use self::seal::{ERASURE_KEY_FILE, is_genuine};
pub use self::tombstones::TOMBSTONES_FILE;
pub(crate) use self::tombstones::{Tombstone, Tombstones};

/// What an answer says from then on that quoted a document that was erased.
pub const QUOTED_ERASED: &str = "What was said here was erased with a document that it quoted.";

/// An erasure that was just done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureProof {
    /// What is kept of it, and may be shown to anybody.
    pub receipt: Receipt,
    /// The salt of the receipt's identifiers, in hexadecimal. It is given this once and not kept: with
    /// it the one it is about can show that the receipt is about them.
    pub salt: String,
}

/// What is left of something that was erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureCheck {
    /// The erasure.
    pub erasure: Erasure,
    /// Whether the receipt is the one that was signed.
    pub genuine: bool,
    /// Where something was looked for.
    pub looked_at: Vec<&'static str>,
    /// What was found, by place: nothing, as long as all is well.
    pub found: BTreeMap<String, u64>,
}

impl Library {
    /// Erases a person: who they were, how they signed in, what they asked and were answered, what they
    /// thought of it, their keys with what was asked with those. What they have put in stays the
    /// tenant's.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for a person who may do more than the one who asks; `Conflict` for the
    /// last owner.
    pub async fn erase_user(&self, principal: &Principal, id: UserId) -> Result<ErasureProof> {
        principal.require(Scope::People)?;
        match self.require_over(principal, id).await {
            // Removed before: what they have left is found by their id.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            other => other?,
        }
        let (salt, id_of) = (salt()?, self.catalog.next_erasure());
        let seal = |holder: Holder, done: Erased| {
            let mut names = vec![("id", holder.user.to_string())];
            names.extend(
                holder
                    .email
                    .as_ref()
                    .map(|email| ("email", email.to_string())),
            );
            names.extend(holder.name.clone().map(|name| ("name", name)));
            let receipt = self.receipt(principal, (id_of, ErasedKind::User), &salt, &names, done);
            let actors = holder.actors;
            async move {
                self.bury(receipt.clone(), holder.user.as_uuid()).await?;
                self.lately.note(receipt.id, receipt.tenant_id, actors);
                Ok(receipt)
            }
        };
        let receipt = self.catalog.erase_user(principal, id, seal).await?;
        self.forget_what_is_in_memory();
        let counts = (&receipt.erased, &receipt.remaining);
        tracing::info!(erasure.id = %receipt.id, ?counts, "erased a person");
        Ok(ErasureProof {
            receipt,
            salt: hex(&salt),
        })
    }

    /// Erases a document: its file, its text, its entries in the indexes, and its words in every answer
    /// that quotes it. When this returns, all of it is gone. Once begun it goes on to its end, whatever
    /// becomes of the caller; what a crash breaks off is done at the next start.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when another process works on the data directory.
    pub async fn erase_document(
        self: &Arc<Self>,
        principal: &Principal,
        id: DocumentId,
    ) -> Result<ErasureProof> {
        principal.require(Scope::Admin)?;
        let document = self.catalog.document(principal, id).await?;
        self.lock.take()?;
        let salt = salt()?;
        let mut names = vec![("id", id.to_string()), ("name", document.name)];
        names.push(("title", document.title));
        names.push(("sha256", document.digest));
        let mut erased = self.catalog.rows_of_document(principal, id).await?;
        if document.chunks > 0 {
            erased.insert("chunks".to_owned(), u64::from(document.chunks));
        }
        let done = Erased {
            erased,
            ..Erased::default()
        };
        let kind = (self.catalog.next_erasure(), ErasedKind::Document);
        let receipt = self.receipt(principal, kind, &salt, &names, done);
        let erasing = {
            let (library, principal) = (Arc::clone(self), principal.clone());
            let receipt = receipt.clone();
            async move {
                library.bury(receipt.clone(), id.as_uuid()).await?;
                library.erase_all_of(&principal, id).await?;
                let catalog = &library.catalog;
                catalog
                    .keep_erasure(&principal, &receipt, id.as_uuid())
                    .await?;
                catalog.empty_log().await
            }
        };
        let done = self.tracker.spawn(erasing.in_current_span()).await;
        done.context(ErrorKind::Internal, || {
            format!("the erasure of the document {id} broke")
        })??;
        tracing::info!(erasure.id = %receipt.id, document.id = %id, "erased a document");
        Ok(ErasureProof {
            receipt,
            salt: hex(&salt),
        })
    }

    /// The erasures of the tenant, newest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn erasures(
        &self,
        principal: &Principal,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Erasure>> {
        principal.require_any(&[Scope::People, Scope::Audit])?;
        self.catalog.erasures(principal, cursor, limit).await
    }

    /// An erasure.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn erasure(&self, principal: &Principal, id: ErasureId) -> Result<Erasure> {
        principal.require_any(&[Scope::People, Scope::Audit])?;
        self.catalog.erasure(principal, id).await
    }

    /// Looks whether anything is left of what was erased.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn check_erasure(
        &self,
        principal: &Principal,
        id: ErasureId,
    ) -> Result<ErasureCheck> {
        principal.require_any(&[Scope::People, Scope::Audit])?;
        let erasure = self.catalog.erasure(principal, id).await?;
        let subject = erasure.subject;
        let mut looked_at = vec!["catalog", "receipt", "tombstones"];
        let mut found = match erasure.receipt.kind {
            ErasedKind::User => {
                let user = UserId::from_uuid(subject);
                self.catalog.rows_of_user(principal, user).await?
            }
            ErasedKind::Document => {
                looked_at.extend(["files", "text index", "vectors"]);
                let document = DocumentId::from_uuid(subject);
                let mut found = self.catalog.rows_of_document(principal, document).await?;
                found.extend(self.left_of_documents(principal).await?);
                found
            }
        };
        if !self.is_buried(&erasure).await? {
            found.insert("missing in erasures.jsonl".to_owned(), 1);
        }
        Ok(ErasureCheck {
            genuine: is_genuine(&erasure.receipt),
            erasure,
            looked_at,
            found,
        })
    }

    /// The key that receipts of this installation are verified with, in hexadecimal.
    ///
    /// # Errors
    /// `Forbidden`.
    pub fn erasure_key(&self, principal: &Principal) -> Result<String> {
        principal.require_any(&[Scope::People, Scope::Audit])?;
        Ok(self.seal.public_key())
    }

    /// Files that no document names, and indexes that have not followed the catalog.
    async fn left_of_documents(&self, principal: &Principal) -> Result<BTreeMap<String, u64>> {
        const FILES_LISTED_MAX: usize = 1_000;
        let mut found = BTreeMap::new();
        let mut after = None;
        loop {
            let keys = self.blobs.list(principal, after.as_ref(), FILES_LISTED_MAX);
            let keys = keys.await?;
            for key in &keys {
                if !self.catalog.is_blob_used(principal, key).await? {
                    *found.entry("files".to_owned()).or_default() += 1;
                }
            }
            after = keys.last().cloned();
            if keys.len() < FILES_LISTED_MAX {
                break;
            }
        }
        for space in self.catalog.spaces().await? {
            if space.tenant() != principal.tenant() || space.generation() != self.generation {
                continue;
            }
            let head = Some(self.catalog.outbox_head(space).await?);
            for (name, position) in [
                ("text index", self.text.position(space).await?),
                ("vectors", self.vectors.position(space).await?),
            ] {
                if position < head {
                    *found
                        .entry(format!("{name} behind the catalog"))
                        .or_default() += 1;
                }
            }
        }
        Ok(found)
    }

    /// A signed receipt.
    fn receipt(
        &self,
        principal: &Principal,
        (id, kind): (ErasureId, ErasedKind),
        salt: &[u8],
        names: &[(&str, String)],
        done: Erased,
    ) -> Receipt {
        let print =
            |(what, name): &(&str, String)| ((*what).to_owned(), Fingerprint::of(salt, name));
        self.seal.sign(Receipt {
            id,
            tenant_id: principal.tenant(),
            kind,
            moment: self.clock.now(),
            by: principal.actor().to_string(),
            identifiers: names.iter().map(print).collect(),
            erased: done.erased,
            remaining: done.remaining,
            public_key: String::new(),
            signature: String::new(),
        })
    }

    /// Writes an erasure down beside the catalog.
    async fn bury(&self, receipt: Receipt, subject: Uuid) -> Result<()> {
        let tombstones = Tombstones::of(&self.settings.data);
        let tombstone = Tombstone { subject, receipt };
        let added = tokio::task::spawn_blocking(move || tombstones.add(&tombstone)).await;
        added.context(ErrorKind::Internal, || {
            "the thread that writes an erasure down broke".to_owned()
        })?
    }

    async fn is_buried(&self, erasure: &Erasure) -> Result<bool> {
        let found = self.buried().await?;
        let id = erasure.receipt.id;
        Ok(found.iter().any(|one| one.receipt.id == id))
    }

    async fn buried(&self) -> Result<Vec<Tombstone>> {
        let tombstones = Tombstones::of(&self.settings.data);
        let read = tokio::task::spawn_blocking(move || tombstones.read()).await;
        read.context(ErrorKind::Internal, || {
            "the thread that reads what was erased broke".to_owned()
        })?
    }

    /// Removes a document with everything that was made of it, at once. One that has been removed and
    /// not purged is taken as well.
    async fn erase_all_of(&self, principal: &Principal, id: DocumentId) -> Result<()> {
        let versions = self.catalog.versions_of(principal, id).await?;
        match self.catalog.remove_document(principal, id).await {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            other => other?,
        }
        self.forget_what_is_in_memory();
        let instead = instead()?;
        // Before its readings are gone, by which it is found what quotes them: a crash in between leaves no
        // quote behind.
        self.catalog
            .erase_traces(principal, id, &versions, &instead)
            .await?;
        if let Some(collection) = self.catalog.collection_of(principal, id).await? {
            self.purge_document(principal, id, collection).await?;
            self.build_again(self.space(principal, collection)).await?;
        }
        self.catalog.purge_embeddings(principal).await?;
        // Answers that were being made meanwhile may quote it.
        self.catalog
            .erase_traces(principal, id, &versions, &instead)
            .await?;
        self.forget_what_is_in_memory();
        Ok(())
    }

    /// Builds the indexes of a space anew, so that no file of theirs holds what was removed. Searches go
    /// on meanwhile and find less.
    async fn build_again(&self, space: Space) -> Result<()> {
        self.text.drop_space(space).await?;
        self.follow_text(space).await?;
        self.text.compact(space).await?;
        self.vectors.drop_space(space).await?;
        self.follow_vectors(space).await
    }

    /// Forgets questions, answers, passages and texts that this process remembers.
    pub(crate) fn forget_what_is_in_memory(&self) {
        self.recall.forget();
        self.remembered.forget();
        self.layouts.forget();
    }
}

fn salt() -> Result<[u8; SALT_BYTES]> {
    let mut salt = [0; SALT_BYTES];
    seal::random(&mut salt)?;
    Ok(salt)
}

/// What takes the place of what quoted a document.
fn instead() -> Result<Instead> {
    let about = || "cannot write what takes the place of a quote".to_owned();
    let said = Said {
        cached: false,
        persona: None,
        answered: false,
        text: QUOTED_ERASED.to_owned(),
        confidence: 0.0,
        writer: crate::ask::Writer::Extractive,
        usage: None,
        sentences: Vec::new(),
        texts: Vec::new(),
        language: None,
        trial: None,
    };
    Ok(Instead {
        answer: serde_json::to_string(&said).context(ErrorKind::Internal, about)?,
        copy: serde_json::to_string(&AnswerCopy::default()).context(ErrorKind::Internal, about)?,
    })
}
