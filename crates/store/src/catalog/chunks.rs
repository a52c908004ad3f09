//! Pieces of versions.

use std::ops::Range;

use alexandria_core::block::{BlockKind, Place};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{ChunkId, DocumentId, VersionId};
use alexandria_core::principal::Principal;
use sea_orm::{DatabaseTransaction, FromQueryResult, Value};
use uuid::Uuid;

use super::database::{execute, rows};
use super::row::{PlaceRow, digest, from_json, to_i64, to_json, to_u32};
use super::versions::{VersionState, version_row};
use super::{Catalog, Doing, commit, not_found, tenant};
use crate::blobs::Digest;

/// Rows that one statement writes. SQLite numbers at most 32,766 parameters; larger statements
/// do not get faster.
const ROWS_EACH: usize = 100;
/// Columns that are written.
const COLUMNS: usize = 16;
/// Chunks that one call reads at most.
const READ_MAX: i64 = 10_000;

/// A piece about to be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct NewChunk {
    /// What most of it is.
    pub kind: BlockKind,
    /// Where it stands; rectangles are not stored.
    pub place: Place,
    /// The header row of the table that it continues; it is found by these words, too.
    pub header: Option<String>,
    /// Its text, as in the stored text.
    pub text: String,
    /// Its length in tokens of the embedder.
    pub tokens: u32,
    /// The digest of the text that is embedded for it, which may hold more (title, headings): equal
    /// digests share a vector.
    pub text_digest: Digest,
    /// Chunks with equal keys are near duplicates, of which a search shows one.
    pub fold_key: Option<i64>,
}

/// A piece as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredChunk {
    /// Its identity.
    pub id: ChunkId,
    /// The version it is a piece of.
    pub version: VersionId,
    /// Its position in the version, counted from 0.
    pub ordinal: u32,
    /// What most of it is.
    pub kind: BlockKind,
    /// Where it stands, without rectangles.
    pub place: Place,
    /// Its text.
    pub text: String,
    /// Its length in tokens of the embedder.
    pub tokens: u32,
    /// The digest of the text that is embedded for it.
    pub text_digest: Digest,
    /// Chunks with equal keys are near duplicates.
    pub fold_key: Option<i64>,
    /// Whether its vector is there.
    pub embedded: bool,
}

impl Catalog {
    /// Appends chunks to a building version, after those it has, in one transaction. Gives their ids
    /// in the same order.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when the version is not being built any more.
    pub async fn append_chunks(
        &self,
        principal: &Principal,
        id: VersionId,
        chunks: Vec<NewChunk>,
    ) -> Result<Vec<ChunkId>> {
        let sentence = || format!("cannot store chunks of the version {id}");
        version_row(self.database.read(), principal, id).await?;
        let count = to_i64(chunks.len() as u64)?;
        let tx = self.begin().await?;
        // The row stays locked to the end, so two writers cannot take the same ordinals.
        let sql = "UPDATE versions SET chunks = chunks + $1 \
                   WHERE id = $2 AND state = 'building' RETURNING chunks AS n";
        let values = vec![count.into(), id.as_uuid().into()];
        let total = super::database::number(&tx, sql, values)
            .await
            .doing(sentence)?;
        if total < count || total == 0 {
            let version = version_row(&tx, principal, id).await?;
            if version.state != VersionState::Building.name() {
                let done = format!("the version {id} is finished; begin another");
                return Err(Error::new(ErrorKind::Conflict, done));
            }
        }
        let mut ids = Vec::with_capacity(chunks.len());
        let mut ordinal = total - count;
        let mut rest = chunks.into_iter().peekable();
        while rest.peek().is_some() {
            let mut values = Vec::with_capacity(ROWS_EACH * COLUMNS);
            let mut written = 0;
            for chunk in rest.by_ref().take(ROWS_EACH) {
                let chunk_id = self.next_id();
                ids.push(ChunkId::from_uuid(chunk_id));
                push(
                    &mut values,
                    (chunk_id, tenant(principal), id.as_uuid(), ordinal),
                    chunk,
                )?;
                ordinal += 1;
                written += 1;
            }
            insert(&tx, written, values).await?;
        }
        commit(tx, "the chunks").await?;
        Ok(ids)
    }

    /// A published version's chunks with ordinals in the range, in order: to join neighbours, or to
    /// show a document's text piece by piece.
    ///
    /// # Errors
    /// `NotFound` for a version that is not shown, or not this tenant's.
    pub async fn neighbours(
        &self,
        principal: &Principal,
        version: VersionId,
        ordinals: Range<u32>,
    ) -> Result<Vec<StoredChunk>> {
        let row = version_row(self.database.read(), principal, version).await?;
        if row.state != VersionState::Published.name() {
            return Err(not_found("version", version));
        }
        let sql = format!(
            "SELECT {CHUNK_COLUMNS} FROM chunks c WHERE c.version_id = $1 \
             AND c.ordinal >= $2 AND c.ordinal < $3 ORDER BY c.ordinal LIMIT $4"
        );
        let (from, to) = (i64::from(ordinals.start), i64::from(ordinals.end));
        let values = vec![
            version.as_uuid().into(),
            from.into(),
            to.into(),
            READ_MAX.into(),
        ];
        let found = rows::<ChunkRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| format!("cannot read chunks of the version {version}"))?;
        found.into_iter().map(ChunkRow::read).collect()
    }

    /// The chunks of a document's searched version with ordinals in the range, in order; none while
    /// it has no such version.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn document_chunks(
        &self,
        principal: &Principal,
        document: DocumentId,
        ordinals: Range<u32>,
    ) -> Result<Vec<StoredChunk>> {
        match self.document_row(principal, document).await?.version_id {
            Some(version) => {
                self.neighbours(principal, VersionId::from_uuid(version), ordinals)
                    .await
            }
            None => Ok(Vec::new()),
        }
    }
}

/// What is read of a chunk, which the query calls `c`.
pub(super) const CHUNK_COLUMNS: &str = "c.id, c.version_id, c.ordinal, c.kind, c.span_start, \
    c.span_end, c.page, c.section, c.part, c.item, c.tokens, c.text_digest, c.fold_key, c.embedded, \
    c.text";

#[derive(Debug, FromQueryResult)]
pub(super) struct ChunkRow {
    pub(super) id: Uuid,
    pub(super) version_id: Uuid,
    pub(super) ordinal: i64,
    pub(super) kind: String,
    #[sea_orm(nested)]
    pub(super) place: PlaceRow,
    pub(super) tokens: i64,
    pub(super) text_digest: Vec<u8>,
    pub(super) fold_key: Option<i64>,
    pub(super) embedded: bool,
    pub(super) text: String,
}

impl ChunkRow {
    pub(super) fn read(self) -> Result<StoredChunk> {
        Ok(StoredChunk {
            id: ChunkId::from_uuid(self.id),
            version: VersionId::from_uuid(self.version_id),
            ordinal: to_u32(self.ordinal)?,
            kind: from_json(&self.kind)?,
            place: self.place.place()?,
            text: self.text,
            tokens: to_u32(self.tokens)?,
            text_digest: digest(&self.text_digest)?,
            fold_key: self.fold_key,
            embedded: self.embedded,
        })
    }
}

fn push(values: &mut Vec<Value>, keys: (Uuid, Uuid, Uuid, i64), chunk: NewChunk) -> Result<()> {
    let (id, tenant, version, ordinal) = keys;
    values.extend::<[Value; COLUMNS]>([
        id.into(),
        tenant.into(),
        version.into(),
        ordinal.into(),
        to_json(&chunk.kind)?.into(),
        to_i64(chunk.place.span.start)?.into(),
        to_i64(chunk.place.span.end)?.into(),
        chunk.place.page.map(i64::from).into(),
        to_json(&chunk.place.section)?.into(),
        chunk.place.part.into(),
        chunk.place.item.map(i64::from).into(),
        i64::from(chunk.tokens).into(),
        chunk.text_digest.as_bytes().to_vec().into(),
        chunk.fold_key.into(),
        chunk.header.into(),
        chunk.text.into(),
    ]);
    Ok(())
}

async fn insert(tx: &DatabaseTransaction, count: usize, values: Vec<Value>) -> Result<()> {
    let mut sql = String::from(
        "INSERT INTO chunks (id, tenant_id, version_id, ordinal, kind, span_start, span_end, page, \
         section, part, item, tokens, text_digest, fold_key, header, text) VALUES ",
    );
    for row in 0..count {
        let open = if row == 0 { "(" } else { ",(" };
        sql.push_str(open);
        sql.push_str(&super::database::placeholders(row * COLUMNS + 1, COLUMNS));
        sql.push(')');
    }
    execute(tx, sql, values)
        .await
        .doing(|| "cannot store chunks".to_owned())?;
    Ok(())
}
