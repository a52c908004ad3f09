//! What changed, in order, for the derived indexes to follow.
//!
//! Invariant: within a collection, numbers become visible in their order. SQLite has one writer, so
//! this holds by itself. PostgreSQL gives numbers out before commit, so a transaction with a smaller
//! number could become visible after one with a larger; therefore every transaction that appends
//! first takes the collection's advisory lock, which it holds until its end. A space belongs to one
//! collection, so a follower that has seen number `n` never misses a smaller one. The lock is taken
//! before any row is locked, so two writers cannot wait for each other.

use std::collections::BTreeSet;

use alexandria_core::error::Result;
use alexandria_core::id::{CollectionId, DocumentId, VersionId};
use alexandria_core::principal::Principal;
use alexandria_core::space::Space;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, Value};
use uuid::Uuid;

use super::database::{execute, number, rows};
use super::row::{corrupt, to_i64, to_u32, to_u64};
use super::{Catalog, Doing, commit, tenant};

/// The class of this product's advisory locks on collections.
const LOCK_CLASS: i32 = 0x616c_6578;
/// Rows of one reading at most.
const CHANGES_MAX: usize = 10_000;

/// What a row of the outbox asks of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutboxKind {
    /// The version's chunks in the range have come, or their title has changed: put the text in, and
    /// such vectors as are there already.
    Add,
    /// The vectors of the version's chunks in the range have come.
    Vectors,
    /// All of the version's chunks leave.
    Remove,
    /// The document's attributes changed.
    Describe,
}

impl OutboxKind {
    const ALL: [Self; 4] = [Self::Add, Self::Vectors, Self::Remove, Self::Describe];

    /// The kind's name in the database and the logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Vectors => "vectors",
            Self::Remove => "remove",
            Self::Describe => "describe",
        }
    }
}

/// One change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its number; larger than that of every earlier change of the space.
    pub seq: u64,
    /// What it asks.
    pub kind: OutboxKind,
    /// The document concerned.
    pub document: DocumentId,
    /// The version concerned; none for [`OutboxKind::Describe`].
    pub version: Option<VersionId>,
    /// The first chunk.
    pub from_ordinal: u32,
    /// One past the last chunk.
    pub to_ordinal: u32,
}

/// A change to be appended.
pub(super) struct Change {
    pub(super) collection: Uuid,
    pub(super) generation: Uuid,
    pub(super) kind: OutboxKind,
    pub(super) document: Uuid,
    pub(super) version: Option<Uuid>,
    pub(super) ordinals: (i64, i64),
}

/// Keeps other transactions from appending changes of this collection until this one ends.
pub(super) async fn lock(tx: &DatabaseTransaction, collection: Uuid) -> Result<()> {
    if tx.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    // Two collections may share a key; they then wait for each other, which does no harm.
    let (high, low) = collection.as_u64_pair();
    let key = (high ^ low).to_le_bytes();
    let key = i32::from_le_bytes([key[0], key[1], key[2], key[3]]);
    let sql = "SELECT pg_advisory_xact_lock($1, $2)";
    execute(tx, sql, vec![LOCK_CLASS.into(), key.into()])
        .await
        .doing(|| "cannot wait for other changes to the collection".to_owned())?;
    Ok(())
}

/// Appends a change. The caller holds the collection's [`lock`].
pub(super) async fn append(
    tx: &DatabaseTransaction,
    principal: &Principal,
    change: Change,
) -> Result<()> {
    let sql = "INSERT INTO outbox (tenant_id, collection_id, generation_id, kind, document_id, \
               version_id, from_ordinal, to_ordinal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values: Vec<Value> = vec![
        tenant(principal).into(),
        change.collection.into(),
        change.generation.into(),
        change.kind.name().into(),
        change.document.into(),
        change.version.into(),
        change.ordinals.0.into(),
        change.ordinals.1.into(),
    ];
    execute(tx, sql, values)
        .await
        .doing(|| "cannot record a change for the indexes".to_owned())?;
    Ok(())
}

impl Catalog {
    /// The changes of a space after the one numbered `after`, in order, at most `limit`.
    ///
    /// A follower whose position is less than [`Catalog::outbox_pruned`] has missed changes and has
    /// to be built again.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn changes(&self, space: Space, after: u64, limit: usize) -> Result<Vec<OutboxRow>> {
        let sql = "SELECT seq, kind, document_id, version_id, from_ordinal, to_ordinal FROM outbox \
                   WHERE collection_id = $1 AND generation_id = $2 AND tenant_id = $3 AND seq > $4 \
                   ORDER BY seq LIMIT $5";
        let mut values = of_space(space);
        values.push(to_i64(after)?.into());
        values.push(to_i64(limit.min(CHANGES_MAX) as u64)?.into());
        let found = rows::<Row, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot read the changes for the indexes".to_owned())?;
        found.into_iter().map(Row::read).collect()
    }

    /// The number of the space's last change; zero when there is none, or none any more.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn outbox_head(&self, space: Space) -> Result<u64> {
        let sql = "SELECT max(n) AS n FROM (\
                   SELECT max(seq) AS n FROM outbox \
                   WHERE collection_id = $1 AND generation_id = $2 AND tenant_id = $3 \
                   UNION ALL SELECT outbox_pruned FROM collections \
                   WHERE id = $1 AND tenant_id = $3) AS heads";
        let head = number(self.database.read(), sql, of_space(space)).await;
        to_u64(head.doing(|| "cannot read the last change for the indexes".to_owned())?)
    }

    /// The number up to which this collection's changes have been pruned; a follower behind it has to
    /// be built again.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn outbox_pruned(&self, space: Space) -> Result<u64> {
        let sql = "SELECT outbox_pruned AS n FROM collections WHERE id = $1 AND tenant_id = $2";
        let values = vec![
            space.collection().as_uuid().into(),
            space.tenant().as_uuid().into(),
        ];
        let pruned = number(self.database.read(), sql, values).await;
        to_u64(pruned.doing(|| "cannot read which changes have been pruned".to_owned())?)
    }

    /// Forgets a collection's changes numbered below `before`, which every follower of every of its
    /// spaces has passed. Says how many there were.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn prune_outbox(
        &self,
        principal: &Principal,
        collection: CollectionId,
        before: u64,
    ) -> Result<u64> {
        let sentence = || "cannot prune the changes for the indexes".to_owned();
        let tx = self.begin().await?;
        let id = collection.as_uuid();
        let owner = tenant(principal);
        let before = i64::try_from(before).unwrap_or(i64::MAX);
        let sql = "SELECT max(seq) AS n FROM outbox \
                   WHERE collection_id = $1 AND tenant_id = $2 AND seq < $3";
        let values = || vec![id.into(), owner.into(), before.into()];
        let last = number(&tx, sql, values()).await.doing(sentence)?;
        let sql = "DELETE FROM outbox WHERE collection_id = $1 AND tenant_id = $2 AND seq < $3";
        let pruned = execute(&tx, sql, values()).await.doing(sentence)?;
        let sql = "UPDATE collections SET outbox_pruned = $3 \
                   WHERE id = $1 AND tenant_id = $2 AND outbox_pruned < $3";
        execute(&tx, sql, vec![id.into(), owner.into(), last.into()])
            .await
            .doing(sentence)?;
        commit(tx, "the pruning of the changes").await?;
        Ok(pruned)
    }
}

/// The parameters that name a space.
pub(super) fn of_space(space: Space) -> Vec<Value> {
    vec![
        space.collection().as_uuid().into(),
        space.generation().as_uuid().into(),
        space.tenant().as_uuid().into(),
    ]
}

#[derive(Debug, FromQueryResult)]
struct Row {
    seq: i64,
    kind: String,
    document_id: Uuid,
    version_id: Option<Uuid>,
    from_ordinal: i64,
    to_ordinal: i64,
}

impl Row {
    fn read(self) -> Result<OutboxRow> {
        let kind = OutboxKind::ALL
            .into_iter()
            .find(|kind| kind.name() == self.kind);
        Ok(OutboxRow {
            seq: to_u64(self.seq)?,
            kind: kind.ok_or_else(|| corrupt("a change"))?,
            document: DocumentId::from_uuid(self.document_id),
            version: self.version_id.map(VersionId::from_uuid),
            from_ordinal: to_u32(self.from_ordinal)?,
            to_ordinal: to_u32(self.to_ordinal)?,
        })
    }
}

/// The runs of neighbouring numbers in a set: `1, 2, 3, 7` gives `1..4` and `7..8`.
pub(super) fn runs(ordinals: &BTreeSet<i64>) -> Vec<(i64, i64)> {
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for ordinal in ordinals {
        match runs.last_mut() {
            Some((_, end)) if *end == *ordinal => *end += 1,
            _ => runs.push((*ordinal, ordinal + 1)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn runs_cover_exactly_the_numbers_given(numbers: BTreeSet<i16>) {
            let numbers: BTreeSet<i64> = numbers.into_iter().map(i64::from).collect();
            let runs = runs(&numbers);
            let covered: BTreeSet<i64> = runs.iter().flat_map(|(from, to)| *from..*to).collect();
            prop_assert_eq!(covered, numbers);
            prop_assert!(runs.windows(2).all(|pair| pair[0].1 < pair[1].0));
        }
    }
}
