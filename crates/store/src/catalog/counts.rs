//! How much there is.

use alexandria_core::document::DocumentState;
use alexandria_core::error::Result;
use alexandria_core::id::CollectionId;
use alexandria_core::principal::Principal;
use sea_orm::FromQueryResult;

use super::database::{number, rows};
use super::jobs::JobState;
use super::row::{corrupt, document_state, to_u64};
use super::{Catalog, Doing, tenant};

/// How much a tenant has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Collections.
    pub collections: u64,
    /// Documents by how far their reading has come; states without any are left out.
    pub documents: Vec<(DocumentState, u64)>,
    /// Chunks that can be searched.
    pub chunks: u64,
    /// Those of them that can be found by meaning.
    pub embedded: u64,
    /// Bytes of the originals.
    pub bytes: u64,
    /// Jobs by how far they have come; states without any are left out.
    pub jobs: Vec<(JobState, u64)>,
}

/// How much a collection has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CollectionCounts {
    /// Documents by how far their reading has come; states without any are left out.
    pub documents: Vec<(DocumentState, u64)>,
    /// Bytes of the originals.
    pub bytes: u64,
}

impl Counts {
    /// All documents.
    #[must_use]
    pub fn documents_total(&self) -> u64 {
        self.documents.iter().map(|(_, count)| count).sum()
    }
}

impl Catalog {
    /// How much this tenant has.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn counts(&self, principal: &Principal) -> Result<Counts> {
        let sentence = || "cannot count what the catalog holds".to_owned();
        let read = self.database.read();
        let owner = || vec![tenant(principal).into()];
        let sql = "SELECT count(*) AS n FROM collections WHERE tenant_id = $1 AND deleted IS NULL";
        let collections = number(read, sql, owner()).await.doing(sentence)?;
        // PostgreSQL sums whole numbers into a type of its own, hence the casts.
        let sql = "SELECT state, count(*) AS n, CAST(sum(chunks) AS bigint) AS chunks, \
                   CAST(sum(embedded) AS bigint) AS embedded, CAST(sum(bytes) AS bigint) AS bytes \
                   FROM documents WHERE tenant_id = $1 AND deleted IS NULL \
                   GROUP BY state ORDER BY state";
        let documents = rows::<DocumentsRow, _>(read, sql, owner())
            .await
            .doing(sentence)?;
        let sql = "SELECT state, count(*) AS n FROM jobs WHERE tenant_id = $1 \
                   GROUP BY state ORDER BY state";
        let jobs = rows::<JobsRow, _>(read, sql, owner())
            .await
            .doing(sentence)?;
        let mut counts = Counts {
            collections: to_u64(collections)?,
            ..Counts::default()
        };
        for row in documents {
            counts
                .documents
                .push((document_state(&row.state)?, to_u64(row.n)?));
            counts.chunks += to_u64(row.chunks)?;
            counts.embedded += to_u64(row.embedded)?;
            counts.bytes += to_u64(row.bytes)?;
        }
        for row in jobs {
            let state = JobState::ALL
                .into_iter()
                .find(|state| state.name() == row.state);
            counts
                .jobs
                .push((state.ok_or_else(|| corrupt("a state"))?, to_u64(row.n)?));
        }
        Ok(counts)
    }

    /// How much a collection has; nothing when it is another tenant's.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn collection_counts(
        &self,
        principal: &Principal,
        collection: CollectionId,
    ) -> Result<CollectionCounts> {
        let sentence = || "cannot count what a collection holds".to_owned();
        let sql = "SELECT state, count(*) AS n, CAST(sum(chunks) AS bigint) AS chunks, \
                   CAST(sum(embedded) AS bigint) AS embedded, CAST(sum(bytes) AS bigint) AS bytes \
                   FROM documents WHERE tenant_id = $1 AND collection_id = $2 AND deleted IS NULL \
                   GROUP BY state ORDER BY state";
        let values = vec![tenant(principal).into(), collection.as_uuid().into()];
        let found = rows::<DocumentsRow, _>(self.database.read(), sql, values)
            .await
            .doing(sentence)?;
        let mut counts = CollectionCounts::default();
        for row in found {
            counts
                .documents
                .push((document_state(&row.state)?, to_u64(row.n)?));
            counts.bytes += to_u64(row.bytes)?;
        }
        Ok(counts)
    }

    /// Jobs that wait and jobs that run, of all tenants: for the metrics.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn queue_depth(&self) -> Result<(u64, u64)> {
        let sql = "SELECT state, count(*) AS n FROM jobs WHERE state IN ('waiting', 'running') \
                   GROUP BY state";
        let found = rows::<JobsRow, _>(self.database.read(), sql, vec![]).await;
        let found = found.doing(|| "cannot count the jobs".to_owned())?;
        let of = |state: JobState| {
            found
                .iter()
                .find(|row| row.state == state.name())
                .map_or(Ok(0), |row| to_u64(row.n))
        };
        Ok((of(JobState::Waiting)?, of(JobState::Running)?))
    }
}

#[derive(Debug, FromQueryResult)]
struct DocumentsRow {
    state: String,
    n: i64,
    chunks: i64,
    embedded: i64,
    bytes: i64,
}

#[derive(Debug, FromQueryResult)]
struct JobsRow {
    state: String,
    n: i64,
}
