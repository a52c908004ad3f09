//! Chunks as a search shows them: the place where everything not visible is dropped.

use std::collections::HashMap;

use alexandria_core::block::BlockKind;
use alexandria_core::chunk::Chunk;
use alexandria_core::error::Result;
use alexandria_core::id::{ChunkId, CollectionId, DocumentId, GenerationId, VersionId};
use alexandria_core::principal::Principal;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use super::chunks::{CHUNK_COLUMNS, ChunkRow};
use super::database::{placeholders, rows, uuids};
use super::sight::documents_seen_as_text;
use super::{Catalog, Doing, tenant};

/// Chunks that one statement reads.
const ROWS_EACH: usize = 500;

/// A chunk with what a reader needs to know of its document.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredPassage {
    /// The chunk; its place has no rectangles yet.
    pub chunk: Chunk,
    /// What most of it is.
    pub kind: BlockKind,
    /// Chunks with equal keys are near duplicates.
    pub fold_key: Option<i64>,
    /// The version it belongs to.
    pub version: VersionId,
    /// The collection of its document.
    pub collection: CollectionId,
    /// The title of its document.
    pub title: String,
    /// The format of its document.
    pub format: String,
    /// The language of its document.
    pub language: Option<String>,
}

impl Catalog {
    /// The chunks with these ids that can be seen: of this tenant, in a published version of this
    /// generation, of a document that has not been removed. They come in the order of the ids; what
    /// cannot be seen is left out.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn passages(
        &self,
        principal: &Principal,
        generation: GenerationId,
        chunks: &[ChunkId],
    ) -> Result<Vec<StoredPassage>> {
        let mut found = HashMap::with_capacity(chunks.len());
        for ids in chunks.chunks(ROWS_EACH) {
            let marks = placeholders(3, ids.len());
            let (seen, seen_values) = documents_seen_as_text(principal, 3 + ids.len());
            // CROSS JOIN keeps SQLite from beginning with the tenant's documents, all of them.
            let sql = format!(
                "SELECT {CHUNK_COLUMNS}, d.id AS document_id, d.collection_id, d.title, d.format, \
                 d.language FROM chunks c CROSS JOIN versions v CROSS JOIN documents d \
                 WHERE v.id = c.version_id AND d.id = v.document_id AND c.tenant_id = $1 \
                 AND v.generation_id = $2 AND v.state = 'published' AND d.deleted IS NULL AND d.tenant_id = $1 AND c.id IN ({marks}){seen}"
            );
            let mut values: Vec<Value> =
                vec![tenant(principal).into(), generation.as_uuid().into()];
            values.extend(uuids(ids.iter().map(ChunkId::as_uuid)));
            values.extend(seen_values);
            let rows = rows::<PassageRow, _>(self.database.read(), sql, values).await;
            for row in rows.doing(|| "cannot read passages".to_owned())? {
                let passage = row.read()?;
                found.insert(passage.chunk.id, passage);
            }
        }
        Ok(chunks.iter().filter_map(|id| found.remove(id)).collect())
    }
}

#[derive(Debug, FromQueryResult)]
struct PassageRow {
    #[sea_orm(nested)]
    chunk: ChunkRow,
    document_id: Uuid,
    collection_id: Uuid,
    title: String,
    format: String,
    language: Option<String>,
}

impl PassageRow {
    fn read(self) -> Result<StoredPassage> {
        let stored = self.chunk.read()?;
        Ok(StoredPassage {
            chunk: Chunk {
                id: stored.id,
                document: DocumentId::from_uuid(self.document_id),
                ordinal: stored.ordinal,
                text: stored.text,
                place: stored.place,
                tokens: stored.tokens,
            },
            kind: stored.kind,
            fold_key: stored.fold_key,
            version: stored.version,
            collection: CollectionId::from_uuid(self.collection_id),
            title: self.title,
            format: self.format,
            language: self.language,
        })
    }
}
