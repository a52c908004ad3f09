//! What the derived indexes read: the spaces there are, and what belongs into each.

use std::ops::Range;

use alexandria_core::error::Result;
use alexandria_core::filter::Attributes;
use alexandria_core::id::{ChunkId, CollectionId, DocumentId, GenerationId, TenantId, VersionId};
use alexandria_core::principal::Principal;
use alexandria_core::space::Space;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use super::database::{row, rows};
use super::documents::tags_of;
use super::embeddings::unpack;
use super::outbox::of_space;
use super::row::{from_json, timestamp, to_i64, to_u32, to_u64};
use super::{Catalog, Doing};
use crate::text::TextEntry;
use crate::vectors::Point;

impl Catalog {
    /// Every space that has something in it, of every tenant: what the followers keep up to date.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn spaces(&self) -> Result<Vec<Space>> {
        // A space whose documents have all been removed still has changes to follow.
        let sql = "SELECT DISTINCT v.tenant_id, v.collection_id, v.generation_id FROM versions v \
                   WHERE v.state = 'published' \
                   UNION SELECT DISTINCT tenant_id, collection_id, generation_id FROM outbox";
        let found = rows::<SpaceRow, _>(self.database.read(), sql, vec![]).await;
        let found = found.doing(|| "cannot list the spaces".to_owned())?;
        let mut spaces: Vec<Space> = found.iter().map(SpaceRow::space).collect();
        spaces.sort_unstable();
        Ok(spaces)
    }

    /// The spaces of every tenant that have changes numbered above `after`, each with the number of its
    /// last one.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn changed_spaces(&self, after: u64) -> Result<Vec<(Space, u64)>> {
        let sql = "SELECT tenant_id, collection_id, generation_id, max(seq) AS head FROM outbox \
                   WHERE seq > $1 GROUP BY tenant_id, collection_id, generation_id";
        let values = vec![to_i64(after)?.into()];
        let found = rows::<HeadRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot list the spaces that have changed".to_owned())?;
        let read = found.iter();
        read.map(|row| Ok((row.space.space(), to_u64(row.head)?)))
            .collect()
    }

    /// The versions that belong into a space, in the order of their ids, after the one given, each
    /// with the number of its chunks: to build an index from nothing. The builder reads
    /// [`Catalog::outbox_head`] first and follows from there.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn published_versions(
        &self,
        space: Space,
        after: Option<VersionId>,
        limit: usize,
    ) -> Result<Vec<(VersionId, u32)>> {
        let sql = "SELECT v.id, v.chunks FROM versions v JOIN documents d ON d.id = v.document_id \
                   WHERE v.collection_id = $1 AND v.generation_id = $2 AND v.tenant_id = $3 \
                   AND v.state = 'published' AND d.deleted IS NULL AND v.id > $4 \
                   ORDER BY v.id LIMIT $5";
        let mut values = of_space(space);
        values.push(after.map_or(Uuid::nil(), |id| id.as_uuid()).into());
        values.push(i64::try_from(limit).unwrap_or(i64::MAX).into());
        let found = rows::<VersionRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot list the versions of a space".to_owned())?;
        let read = found
            .into_iter()
            .map(|r| Ok((VersionId::from_uuid(r.id), to_u32(r.chunks)?)));
        read.collect()
    }

    /// What an index of words takes of a version's chunks in the range; none when the version does
    /// not belong into the space (any more).
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn version_entries(
        &self,
        space: Space,
        version: VersionId,
        ordinals: Range<u32>,
    ) -> Result<Option<(Attributes, Vec<TextEntry>)>> {
        let Some((title, attributes)) = self.described(space, Of::Version(version)).await? else {
            return Ok(None);
        };
        let sql = "SELECT id, section, header, text FROM chunks \
                   WHERE version_id = $1 AND ordinal >= $2 AND ordinal < $3 ORDER BY ordinal";
        let values = of_range(version, &ordinals);
        let found = rows::<EntryRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| format!("cannot read the text of the version {version}"))?;
        let entries = found.into_iter().map(|row| {
            Ok(TextEntry {
                chunk: ChunkId::from_uuid(row.id),
                version,
                title: title.clone(),
                section: from_json(&row.section)?,
                header: row.header,
                text: row.text,
            })
        });
        Ok(Some((attributes, entries.collect::<Result<_>>()?)))
    }

    /// What a vector store takes of a version's chunks in the range, as far as their vectors are
    /// there; none when the version does not belong into the space (any more).
    ///
    /// # Errors
    /// `Corrupt` when a stored vector cannot be read.
    pub async fn version_points(
        &self,
        space: Space,
        version: VersionId,
        ordinals: Range<u32>,
    ) -> Result<Option<(Attributes, Vec<Point>)>> {
        let Some((_, attributes)) = self.described(space, Of::Version(version)).await? else {
            return Ok(None);
        };
        let sql = "SELECT c.id, e.vector FROM chunks c \
                   JOIN generations g ON g.id = $4 \
                   JOIN embeddings e ON e.tenant_id = c.tenant_id AND e.model = g.model \
                   AND e.text_digest = c.text_digest \
                   WHERE c.version_id = $1 AND c.ordinal >= $2 AND c.ordinal < $3 AND c.embedded \
                   ORDER BY c.ordinal";
        let mut values = of_range(version, &ordinals);
        values.push(space.generation().as_uuid().into());
        let found = rows::<PointRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| format!("cannot read the vectors of the version {version}"))?;
        let points = found.into_iter().map(|row| {
            let chunk = ChunkId::from_uuid(row.id);
            Ok(Point {
                chunk,
                version,
                vector: unpack(&row.vector)?,
            })
        });
        Ok(Some((attributes, points.collect::<Result<_>>()?)))
    }

    /// What indexes know of a document now; none when nothing of it belongs into the space (any
    /// more).
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn attributes(
        &self,
        space: Space,
        document: DocumentId,
    ) -> Result<Option<Attributes>> {
        let described = self.described(space, Of::Document(document)).await?;
        Ok(described.map(|(_, attributes)| attributes))
    }

    /// The title and the attributes of a document that belongs into a space.
    async fn described(&self, space: Space, of: Of) -> Result<Option<(String, Attributes)>> {
        let (column, id) = match of {
            Of::Version(id) => ("v.id", id.as_uuid()),
            Of::Document(id) => ("d.id", id.as_uuid()),
        };
        let sql = format!(
            "SELECT d.id, d.title, d.language, d.format, d.added FROM versions v \
             JOIN documents d ON d.id = v.document_id \
             WHERE v.collection_id = $1 AND v.generation_id = $2 AND v.tenant_id = $3 \
             AND v.state = 'published' AND d.deleted IS NULL AND {column} = $4"
        );
        let mut values = of_space(space);
        values.push(id.into());
        let found = row::<DocumentRow, _>(self.database.read(), sql, values).await;
        let Some(found) = found.doing(|| format!("cannot read what is known of {id}"))? else {
            return Ok(None);
        };
        let owner = Principal::system(space.tenant(), "following the outbox");
        let mut tags = tags_of(self.database.read(), &owner, &[found.id]).await?;
        let attributes = Attributes {
            document: DocumentId::from_uuid(found.id),
            tags: tags.remove(&found.id).unwrap_or_default(),
            language: found.language.unwrap_or_default(),
            format: found.format,
            added: timestamp(found.added)?,
        };
        Ok(Some((found.title, attributes)))
    }
}

#[derive(Clone, Copy)]
enum Of {
    Version(VersionId),
    Document(DocumentId),
}

fn of_range(version: VersionId, ordinals: &Range<u32>) -> Vec<Value> {
    let (from, to) = (i64::from(ordinals.start), i64::from(ordinals.end));
    vec![version.as_uuid().into(), from.into(), to.into()]
}

#[derive(Debug, FromQueryResult)]
struct SpaceRow {
    tenant_id: Uuid,
    collection_id: Uuid,
    generation_id: Uuid,
}

impl SpaceRow {
    fn space(&self) -> Space {
        let owner = Principal::system(TenantId::from_uuid(self.tenant_id), "following the outbox");
        let collection = CollectionId::from_uuid(self.collection_id);
        Space::new(
            &owner,
            collection,
            GenerationId::from_uuid(self.generation_id),
        )
    }
}

#[derive(Debug, FromQueryResult)]
struct HeadRow {
    #[sea_orm(nested)]
    space: SpaceRow,
    head: i64,
}

#[derive(Debug, FromQueryResult)]
struct VersionRow {
    id: Uuid,
    chunks: i64,
}

#[derive(Debug, FromQueryResult)]
struct DocumentRow {
    id: Uuid,
    title: String,
    language: Option<String>,
    format: String,
    added: i64,
}

#[derive(Debug, FromQueryResult)]
struct EntryRow {
    id: Uuid,
    section: String,
    header: Option<String>,
    text: String,
}

#[derive(Debug, FromQueryResult)]
struct PointRow {
    id: Uuid,
    vector: Vec<u8>,
}
