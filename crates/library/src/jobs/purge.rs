//! Removing for good what a person has removed: index entries, files, rows.

use alexandria_core::error::Result;
use alexandria_core::id::{CollectionId, DocumentId};
use alexandria_core::principal::Principal;

use crate::library::Library;

/// Documents that are listed at once.
const DOCUMENTS_AT_ONCE: usize = 100;

impl Library {
    /// Purges a removed document. The indexes let go first: they read what to drop from the rows.
    pub(crate) async fn purge_document(
        &self,
        principal: &Principal,
        id: DocumentId,
        collection: CollectionId,
    ) -> Result<()> {
        self.follow(self.space(principal, collection)).await?;
        self.purge_removed(principal, id).await
    }

    /// Purges a removed collection with everything that was in it.
    pub(super) async fn purge_collection(
        &self,
        principal: &Principal,
        collection: CollectionId,
    ) -> Result<()> {
        let space = self.space(principal, collection);
        self.vectors.drop_space(space).await?;
        self.text.drop_space(space).await?;
        self.remembered.forget_replies();
        loop {
            let documents = self
                .catalog
                .removed_documents(principal, collection, DOCUMENTS_AT_ONCE)
                .await?;
            if documents.is_empty() {
                return Ok(());
            }
            for document in documents {
                self.purge_removed(principal, document).await?;
            }
        }
    }

    /// Removes the rows of a document and the files that nothing else uses.
    async fn purge_removed(&self, principal: &Principal, id: DocumentId) -> Result<()> {
        let _alone = self.blob_use.write().await;
        for blob in self.catalog.purge_document(principal, id).await? {
            self.blobs.delete(principal, &blob).await?;
        }
        self.leftovers.expect();
        tracing::info!(document.id = %id, "purged a document");
        Ok(())
    }
}
