//! Removing for good what has been taken out of sight, and taking back the jobs of dead workers.

use alexandria_core::error::Result;
use alexandria_core::id::{CollectionId, DocumentId};
use alexandria_core::principal::Principal;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::database::{execute, number, rows};
use super::row::to_i64;
use super::{Catalog, Doing, commit, tenant};
use crate::blobs::BlobKey;

impl Catalog {
    /// Documents of a collection that have been removed and not purged yet, at most `limit`.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn removed_documents(
        &self,
        principal: &Principal,
        collection: CollectionId,
        limit: usize,
    ) -> Result<Vec<DocumentId>> {
        let sql = "SELECT id FROM documents WHERE tenant_id = $1 AND collection_id = $2 \
                   AND deleted IS NOT NULL ORDER BY id LIMIT $3";
        let limit = to_i64(limit as u64)?;
        let values = vec![
            tenant(principal).into(),
            collection.as_uuid().into(),
            limit.into(),
        ];
        let found = rows::<IdRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot list the removed documents".to_owned())?;
        Ok(found
            .into_iter()
            .map(|row| DocumentId::from_uuid(row.id))
            .collect())
    }

    /// Purges a removed document: its row, versions, chunks and tags. Gives the blobs that it used and
    /// nothing uses any more. A document that is not there, or has not been removed, is left alone.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn purge_document(
        &self,
        principal: &Principal,
        id: DocumentId,
    ) -> Result<Vec<BlobKey>> {
        let sentence = || format!("cannot purge the document {id}");
        let owned = || vec![tenant(principal).into(), id.as_uuid().into()];
        let tx = self.begin().await?;
        let removed = "SELECT count(*) AS n FROM documents \
                       WHERE tenant_id = $1 AND id = $2 AND deleted IS NOT NULL";
        if number(&tx, removed, owned()).await.doing(sentence)? == 0 {
            return Ok(Vec::new());
        }
        let sql = "SELECT blob FROM documents WHERE tenant_id = $1 AND id = $2 \
                   UNION SELECT cover_blob FROM documents WHERE tenant_id = $1 AND id = $2 \
                   AND cover_blob <> '' \
                   UNION SELECT original_blob FROM versions WHERE tenant_id = $1 AND document_id = $2 \
                   UNION SELECT text_blob FROM versions WHERE tenant_id = $1 AND document_id = $2 \
                   UNION SELECT layout_blob FROM versions WHERE tenant_id = $1 AND document_id = $2";
        let used = rows::<BlobRow, _>(&tx, sql, owned())
            .await
            .doing(sentence)?;
        for sql in [
            "DELETE FROM versions WHERE tenant_id = $1 AND document_id = $2",
            "DELETE FROM documents WHERE tenant_id = $1 AND id = $2",
        ] {
            execute(&tx, sql, owned()).await.doing(sentence)?;
        }
        commit(tx, "the purge of the document").await?;
        let mut unused = Vec::new();
        for row in used {
            let key = BlobKey::stored(row.blob);
            if !self.is_blob_used(principal, &key).await? {
                unused.push(key);
            }
        }
        Ok(unused)
    }

    /// Removes the tenant's vectors of texts that no chunk holds any more. Says how many.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn purge_embeddings(&self, principal: &Principal) -> Result<u64> {
        let sql = "DELETE FROM embeddings WHERE tenant_id = $1 AND text_digest IN (\
                   SELECT text_digest FROM embeddings WHERE tenant_id = $1 \
                   EXCEPT SELECT text_digest FROM chunks WHERE tenant_id = $1)";
        let done = execute(self.database.write(), sql, vec![tenant(principal).into()]).await;
        done.doing(|| "cannot remove vectors that nothing uses".to_owned())
    }

    /// Whether a document or a version of the tenant uses a blob.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn is_blob_used(&self, principal: &Principal, key: &BlobKey) -> Result<bool> {
        let sql = "SELECT (SELECT count(*) FROM documents WHERE tenant_id = $1 \
                   AND (blob = $2 OR cover_blob = $2)) \
                   + (SELECT count(*) FROM versions WHERE tenant_id = $1 \
                   AND (text_blob = $2 OR layout_blob = $2 OR original_blob = $2)) AS n";
        let values = vec![tenant(principal).into(), key.as_str().into()];
        let uses = number(self.database.read(), sql, values).await;
        Ok(uses.doing(|| "cannot find out what uses a file".to_owned())? > 0)
    }

    /// Ends the leases of all workers but those whose names begin with `owner`: for a process that
    /// knows, by holding the lock of the data directory, that no other can be alive. Says how many.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn end_leases_of_others(&self, owner: &str) -> Result<u64> {
        let sql = "UPDATE jobs SET lease_until = 0 WHERE state = 'running' \
                   AND substr(lease_owner, 1, length($1)) <> $1";
        let done = execute(self.database.write(), sql, vec![owner.into()]).await;
        done.doing(|| "cannot take back jobs of workers that are gone".to_owned())
    }
}

#[derive(Debug, FromQueryResult)]
struct IdRow {
    id: Uuid,
}

#[derive(Debug, FromQueryResult)]
struct BlobRow {
    blob: String,
}
