//! Vectors, kept beside the chunks so that every index can be built again without paying for them
//! again. Chunks of a tenant with equal embedded text share a vector.

use std::collections::{BTreeSet, HashMap};

use alexandria_core::document::DocumentState;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{ChunkId, VersionId};
use alexandria_core::principal::Principal;
use half::f16;
use half::slice::HalfFloatSliceExt as _;
use sea_orm::{DatabaseTransaction, EntityTrait, FromQueryResult, Value};
use uuid::Uuid;

use super::database::{execute, number, placeholders, rows};
use super::outbox::{self, OutboxKind};
use super::row::{corrupt, digest, to_i64, to_u32};
use super::table::generation;
use super::versions::{VersionState, change_of, version_row};
use super::{Catalog, Doing, commit, tenant};
use crate::blobs::Digest;

/// The longest vector.
pub const DIMENSIONS_MAX: usize = 4_096;

/// Rows that one statement reads or writes.
const ROWS_EACH: usize = 200;
/// Chunks that one call reads at most.
const READ_MAX: usize = 10_000;

/// A chunk that waits for its vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unembedded {
    /// The chunk.
    pub chunk: ChunkId,
    /// Its position in the version.
    pub ordinal: u32,
    /// The digest of the text to embed, under which a vector may be there already.
    pub text_digest: Digest,
    /// The headings above it, outermost first.
    pub section: Vec<String>,
    /// The header row of the table that it continues.
    pub header: Option<String>,
    /// Its text.
    pub text: String,
    /// Its length in tokens of the embedder.
    pub tokens: u32,
}

/// The vector of a chunk.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEmbedding {
    /// The chunk's position in the version.
    pub ordinal: u32,
    /// The digest of the text that was embedded, as the chunk has it.
    pub text_digest: Digest,
    /// The embedding, of length 1 (L2).
    pub vector: Vec<f32>,
}

impl Catalog {
    /// Chunks of a version that wait for their vectors, in order, from the ordinal `from` on.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn unembedded(
        &self,
        principal: &Principal,
        version: VersionId,
        from: u32,
        limit: usize,
    ) -> Result<Vec<Unembedded>> {
        version_row(self.database.read(), principal, version).await?;
        let sql = "SELECT id, ordinal, text_digest, section, header, text, tokens FROM chunks \
                   WHERE version_id = $1 AND ordinal >= $2 AND NOT embedded \
                   ORDER BY ordinal LIMIT $3";
        let limit = to_i64(limit.min(READ_MAX) as u64)?;
        let values = vec![
            version.as_uuid().into(),
            i64::from(from).into(),
            limit.into(),
        ];
        let found = rows::<UnembeddedRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| format!("cannot read chunks of the version {version}"))?;
        found.into_iter().map(UnembeddedRow::read).collect()
    }

    /// The vectors that this model has made for the tenant's texts with these digests.
    ///
    /// # Errors
    /// `Corrupt` when a stored vector cannot be read.
    pub async fn cached_embeddings(
        &self,
        principal: &Principal,
        model: &str,
        digests: &[Digest],
    ) -> Result<HashMap<Digest, Vec<f32>>> {
        let mut vectors = HashMap::new();
        for digests in digests.chunks(ROWS_EACH) {
            let marks = placeholders(3, digests.len());
            let sql = format!(
                "SELECT text_digest, vector FROM embeddings \
                 WHERE tenant_id = $1 AND model = $2 AND text_digest IN ({marks})"
            );
            let mut values: Vec<Value> = vec![tenant(principal).into(), model.into()];
            values.extend(
                digests
                    .iter()
                    .map(|digest| Value::from(digest.as_bytes().to_vec())),
            );
            let found = rows::<VectorRow, _>(self.database.read(), sql, values).await;
            for row in found.doing(|| "cannot read stored vectors".to_owned())? {
                vectors.insert(digest(&row.text_digest)?, unpack(&row.vector)?);
            }
        }
        Ok(vectors)
    }

    /// Stores the vectors of chunks of a version, new or found by [`Catalog::cached_embeddings`], and
    /// tells the indexes, in one transaction. The document is ready when all its chunks have theirs.
    /// Recording the same again changes nothing. Says how many chunks of the version have theirs now.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for vectors that are not of the generation's dimensions or hold what is
    /// not a number.
    pub async fn record_embeddings(
        &self,
        principal: &Principal,
        id: VersionId,
        embeddings: &[NewEmbedding],
    ) -> Result<u32> {
        let sentence = || format!("cannot store vectors of the version {id}");
        let version = version_row(self.database.read(), principal, id).await?;
        let generation = generation::Entity::find_by_id(version.generation_id)
            .one(self.database.read())
            .await
            .doing(sentence)?
            .ok_or_else(|| corrupt("a generation"))?;
        check(embeddings, generation.dimensions)?;
        let tx = self.begin().await?;
        outbox::lock(&tx, version.collection_id).await?;
        store(&tx, principal, &generation.model, embeddings).await?;
        let marked = mark(&tx, id, embeddings).await?;
        let sql = "UPDATE versions SET embedded = embedded + $1 WHERE id = $2 \
                   RETURNING embedded AS n";
        let values = vec![to_i64(marked.len() as u64)?.into(), id.as_uuid().into()];
        let embedded = number(&tx, sql, values).await.doing(sentence)?;
        let version = version_row(&tx, principal, id).await?;
        if version.state == VersionState::Published.name() {
            for ordinals in outbox::runs(&marked) {
                let change = change_of(&version, OutboxKind::Vectors, ordinals);
                outbox::append(&tx, principal, change).await?;
            }
            let state = match embedded >= version.chunks {
                true => DocumentState::Ready,
                false => DocumentState::Searchable,
            };
            let sql = "UPDATE documents SET embedded = $1, state = $2, changed = $3 \
                       WHERE id = $4 AND version_id = $5";
            let mut values: Vec<Value> = vec![embedded.into(), state.name().into()];
            values.extend([
                self.now().into(),
                version.document_id.into(),
                version.id.into(),
            ]);
            execute(&tx, sql, values).await.doing(sentence)?;
        }
        commit(tx, "the vectors").await?;
        to_u32(embedded)
    }
}

#[derive(Debug, FromQueryResult)]
struct UnembeddedRow {
    id: Uuid,
    ordinal: i64,
    text_digest: Vec<u8>,
    section: String,
    header: Option<String>,
    text: String,
    tokens: i64,
}

impl UnembeddedRow {
    fn read(self) -> Result<Unembedded> {
        Ok(Unembedded {
            chunk: ChunkId::from_uuid(self.id),
            ordinal: to_u32(self.ordinal)?,
            text_digest: digest(&self.text_digest)?,
            section: super::row::from_json(&self.section)?,
            header: self.header,
            text: self.text,
            tokens: to_u32(self.tokens)?,
        })
    }
}

#[derive(Debug, FromQueryResult)]
struct VectorRow {
    text_digest: Vec<u8>,
    vector: Vec<u8>,
}

fn check(embeddings: &[NewEmbedding], dimensions: i64) -> Result<()> {
    let wrong = embeddings.iter().find(|embedding| {
        embedding.vector.len() as u64 != dimensions.unsigned_abs()
            || embedding.vector.len() > DIMENSIONS_MAX
            || embedding.vector.iter().any(|number| !number.is_finite())
    });
    let Some(wrong) = wrong else { return Ok(()) };
    let (ordinal, has) = (wrong.ordinal, wrong.vector.len());
    Err(Error::new(
        ErrorKind::Invalid,
        format!("the vector of chunk {ordinal} is not {dimensions} finite numbers but {has}"),
    ))
}

/// Writes the vectors that are not there yet.
async fn store(
    tx: &DatabaseTransaction,
    principal: &Principal,
    model: &str,
    embeddings: &[NewEmbedding],
) -> Result<()> {
    // Two transactions that write the same vectors wait for each other in one order, not in a circle.
    let mut embeddings: Vec<&NewEmbedding> = embeddings.iter().collect();
    embeddings.sort_unstable_by_key(|embedding| embedding.text_digest);
    embeddings.dedup_by_key(|embedding| embedding.text_digest);
    for embeddings in embeddings.chunks(ROWS_EACH) {
        let mut sql = String::from(
            "INSERT INTO embeddings (tenant_id, model, dimensions, text_digest, vector) VALUES ",
        );
        let mut values: Vec<Value> = vec![tenant(principal).into(), model.into()];
        let dimensions = embeddings
            .first()
            .map_or(0, |embedding| embedding.vector.len());
        values.push(to_i64(dimensions as u64)?.into());
        for (row, embedding) in embeddings.iter().enumerate() {
            let (comma, mark) = (if row == 0 { "" } else { "," }, 4 + row * 2);
            sql.push_str(&format!("{comma}($1, $2, $3, ${mark}, ${})", mark + 1));
            values.push(embedding.text_digest.as_bytes().to_vec().into());
            values.push(pack(&embedding.vector).into());
        }
        sql.push_str(" ON CONFLICT DO NOTHING");
        execute(tx, sql, values)
            .await
            .doing(|| "cannot store vectors".to_owned())?;
    }
    Ok(())
}

/// Marks the chunks as embedded and gives the ordinals of those that were not.
async fn mark(
    tx: &DatabaseTransaction,
    version: VersionId,
    embeddings: &[NewEmbedding],
) -> Result<BTreeSet<i64>> {
    let mut marked = BTreeSet::new();
    for embeddings in embeddings.chunks(ROWS_EACH) {
        let marks = placeholders(2, embeddings.len());
        let sql = format!(
            "UPDATE chunks SET embedded = true WHERE version_id = $1 AND NOT embedded \
             AND ordinal IN ({marks}) RETURNING ordinal"
        );
        let mut values: Vec<Value> = vec![version.as_uuid().into()];
        values.extend(embeddings.iter().map(|e| Value::from(i64::from(e.ordinal))));
        let found = rows::<Ordinal, _>(tx, sql, values).await;
        let found = found.doing(|| "cannot mark chunks as embedded".to_owned())?;
        marked.extend(found.into_iter().map(|row| row.ordinal));
    }
    Ok(marked)
}

#[derive(Debug, FromQueryResult)]
struct Ordinal {
    ordinal: i64,
}

/// A vector as stored: half precision, two bytes a number, least significant first.
fn pack(vector: &[f32]) -> Vec<u8> {
    let mut halves = vec![f16::ZERO; vector.len()];
    halves.convert_from_f32_slice(vector);
    halves.iter().flat_map(|half| half.to_le_bytes()).collect()
}

/// A vector from what is stored.
pub(super) fn unpack(bytes: &[u8]) -> Result<Vec<f32>> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(corrupt("a vector"));
    }
    let halves: Vec<f16> = pairs.iter().map(|pair| f16::from_le_bytes(*pair)).collect();
    Ok(halves.to_f32_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_stored_vector_is_within_half_precision(vector in prop::collection::vec(-1f32..1.0, 0..64)) {
            let back = unpack(&pack(&vector)).unwrap();
            prop_assert_eq!(back.len(), vector.len());
            for (stored, given) in back.iter().zip(&vector) {
                prop_assert!((stored - given).abs() <= given.abs() / 1024.0 + 1e-7);
            }
            prop_assert_eq!(&unpack(&pack(&back)).unwrap(), &back);
        }
    }

    #[test]
    fn half_a_number_is_no_vector() {
        assert_eq!(unpack(&[1, 2, 3]).unwrap_err().kind(), ErrorKind::Corrupt);
    }
}
