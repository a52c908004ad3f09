//! The same file in several collections: a document belongs to one, so each has a document of its own.

use alexandria_core::access::Scope;
use alexandria_core::document::Document;
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::id::{CollectionId, DocumentId};
use alexandria_core::principal::Principal;
use alexandria_store::blobs::Digest;

use crate::documents::{Added, Upload};
use crate::library::Library;

impl Library {
    /// Puts a document's file in another collection, too, where it becomes a document of its own.
    /// One that is there already is found and not stored again.
    ///
    /// # Errors
    /// `NotFound` when there is no such document or collection; as for [`Self::add_document`].
    pub async fn copy_document(
        &self,
        principal: &Principal,
        id: DocumentId,
        collection: CollectionId,
    ) -> Result<Added> {
        principal.require(Scope::Ingest)?;
        let document = self.document(principal, id).await?;
        self.catalog.collection(principal, collection).await?;
        match self.document_in(principal, collection, id).await {
            Ok(document) => {
                return Ok(Added {
                    document,
                    duplicate: true,
                    job: None,
                });
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let original = self.original(principal, id).await?;
        let kept = self.blobs.file(principal, &original.blob).await?;
        let file = tokio::fs::File::open(&kept.path)
            .await
            .context(ErrorKind::Unavailable, || {
                "cannot read the original file".to_owned()
            })?;
        let upload = Upload {
            collection,
            name: document.name,
            title: None,
            tags: document.tags,
            category: document.category,
            classification: document.classification,
            media_type: Some(document.media_type),
        };
        self.add_document(principal, upload, file).await
    }

    /// The document of a collection that holds the same bytes as this one, which may be itself.
    ///
    /// # Errors
    /// `NotFound` when there is no such document or collection, or the collection does not hold it.
    pub async fn document_in(
        &self,
        principal: &Principal,
        collection: CollectionId,
        id: DocumentId,
    ) -> Result<Document> {
        principal.require(Scope::Ask)?;
        self.catalog.collection(principal, collection).await?;
        let document = self.catalog.document(principal, id).await?;
        if document.collection == collection {
            return Ok(document);
        }
        let digest = Digest::from_hex(&document.digest).ok_or_else(|| {
            let sentence = "a document is kept under a digest that is none";
            Error::new(ErrorKind::Corrupt, sentence)
        })?;
        let found = self
            .catalog
            .find_document_by_digest(principal, collection, digest)
            .await?;
        found.ok_or_else(|| {
            let sentence = format!("the collection does not hold the document {id}");
            Error::new(ErrorKind::NotFound, sentence)
        })
    }
}
