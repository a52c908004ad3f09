//! Taking a document out.

use alexandria_core::error::Result;
use alexandria_core::id::DocumentId;
use alexandria_core::principal::Principal;
use uuid::Uuid;

use super::super::database::{execute, rows};
use super::super::outbox::{self, Change, OutboxKind};
use super::super::{Catalog, Doing, commit, not_found};

impl Catalog {
    /// Removes a document: it stops answering when this returns, its unfinished jobs are cancelled,
    /// and the indexes are told by the outbox.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn remove_document(&self, principal: &Principal, id: DocumentId) -> Result<()> {
        let sentence = || format!("cannot remove the document {id}");
        let collection = self.document_row(principal, id).await?.collection_id;
        let now = self.now();
        let tx = self.begin().await?;
        outbox::lock(&tx, collection).await?;
        let sql = "UPDATE documents SET deleted = $1, changed = $1 \
                   WHERE id = $2 AND deleted IS NULL";
        let values = || vec![now.into(), id.as_uuid().into()];
        if execute(&tx, sql, values()).await.doing(sentence)? == 0 {
            return Err(not_found("document", id));
        }
        let sql = "SELECT id, generation_id FROM versions \
                   WHERE document_id = $1 AND state = 'published' ORDER BY id";
        let published = rows::<Published, _>(&tx, sql, vec![id.as_uuid().into()]).await;
        for version in published.doing(sentence)? {
            let change = Change {
                collection,
                generation: version.generation_id,
                kind: OutboxKind::Remove,
                document: id.as_uuid(),
                version: Some(version.id),
                ordinals: (0, 0),
            };
            outbox::append(&tx, principal, change).await?;
        }
        let sql = "UPDATE versions SET state = 'retired' \
                   WHERE document_id = $1 AND state = 'published'";
        execute(&tx, sql, vec![id.as_uuid().into()])
            .await
            .doing(sentence)?;
        let sql = "UPDATE jobs SET state = 'cancelled', finished = $1, lease_until = NULL \
                   WHERE document_id = $2 AND state IN ('waiting', 'running')";
        execute(&tx, sql, values()).await.doing(sentence)?;
        commit(tx, "the removal of the document").await
    }
}

#[derive(Debug, sea_orm::FromQueryResult)]
struct Published {
    id: Uuid,
    generation_id: Uuid,
}
