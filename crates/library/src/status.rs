//! What a library holds, in numbers.

use std::path::Path;

use alexandria_core::access::Scope;
use alexandria_core::document::DocumentState;
use alexandria_core::error::{Context, ErrorKind, Result};
use alexandria_core::id::CollectionId;
use alexandria_core::principal::Principal;
use alexandria_store::catalog::{JobState, PAGE_ITEMS_MAX};
use serde::Serialize;

use crate::library::Library;

/// Collections whose indexes are described; a library with more shows the first.
const SPACES_SHOWN_MAX: usize = 200;

/// What the principal's library holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Status {
    /// Collections.
    pub collections: u64,
    /// Documents, by state: `queued`, `reading`, `searchable`, `ready`, `failed`.
    pub documents: DocumentCounts,
    /// Chunks that can be found by their words.
    pub chunks: u64,
    /// How many of them can be found by meaning.
    pub embedded: u64,
    /// Originals, in bytes.
    pub original_bytes: u64,
    /// The catalog, in bytes.
    pub catalog_bytes: u64,
    /// The two indexes, in bytes.
    pub index_bytes: u64,
    /// Jobs, by state.
    pub jobs: JobCounts,
    /// The embedding model; none when embedding is off.
    pub embedding_model: Option<String>,
    /// The chunk policy.
    pub chunk_policy: String,
    /// How far the indexes have followed the catalog, for each collection.
    pub spaces: Vec<SpaceStatus>,
}

/// Documents by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DocumentCounts {
    /// Waiting to be read.
    pub queued: u64,
    /// Being read.
    pub reading: u64,
    /// Found by their words.
    pub searchable: u64,
    /// Found by words and meaning.
    pub ready: u64,
    /// Not readable.
    pub failed: u64,
}

impl DocumentCounts {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.queued + self.reading + self.searchable + self.ready + self.failed
    }
}

/// What a collection holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CollectionStatus {
    /// Its documents, by state.
    pub documents: DocumentCounts,
    /// Their originals, in bytes.
    pub original_bytes: u64,
}

/// Jobs by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct JobCounts {
    /// Not begun, or to be tried again.
    pub waiting: u64,
    /// Being worked on.
    pub running: u64,
    /// Given up.
    pub failed: u64,
}

/// How far the indexes of a collection have followed the catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SpaceStatus {
    /// The collection.
    pub collection: CollectionId,
    /// The last change in the catalog.
    pub head: u64,
    /// The last change in the vector store; none when it has to be built.
    pub vectors: Option<u64>,
    /// The last change in the text index; none when it has to be built.
    pub text: Option<u64>,
    /// Points in the vector store.
    pub points: u64,
    /// Entries in the text index.
    pub entries: u64,
}

impl Library {
    /// What the principal's library holds.
    ///
    /// # Errors
    /// `Unavailable` when the catalog or an index does not answer.
    pub async fn status(&self, principal: &Principal) -> Result<Status> {
        principal.require(Scope::Ask)?;
        let counts = self.catalog.counts(principal).await?;
        let mut status = Status {
            collections: counts.collections,
            chunks: counts.chunks,
            embedded: counts.embedded,
            original_bytes: counts.bytes,
            catalog_bytes: self.catalog.database_bytes().await?,
            index_bytes: self.index_bytes().await?,
            embedding_model: self.models.embedding().map(|model| model.name.clone()),
            chunk_policy: self.policy.name(),
            ..Status::default()
        };
        for (state, count) in counts.documents {
            *status.documents.of(state) = count;
        }
        for (state, count) in counts.jobs {
            match state {
                JobState::Waiting => status.jobs.waiting = count,
                JobState::Running => status.jobs.running = count,
                JobState::Failed => status.jobs.failed = count,
                JobState::Done | JobState::Cancelled => {}
            }
        }
        let collections = self
            .catalog
            .collections(principal, None, PAGE_ITEMS_MAX)
            .await?;
        for collection in collections.items.into_iter().take(SPACES_SHOWN_MAX) {
            status
                .spaces
                .push(self.space_status(principal, collection.id).await?);
        }
        Ok(status)
    }

    /// What a collection holds.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn collection_status(
        &self,
        principal: &Principal,
        id: CollectionId,
    ) -> Result<CollectionStatus> {
        principal.require(Scope::Ask)?;
        self.catalog.collection(principal, id).await?;
        let counts = self.catalog.collection_counts(principal, id).await?;
        let mut status = CollectionStatus {
            original_bytes: counts.bytes,
            ..CollectionStatus::default()
        };
        for (state, count) in counts.documents {
            *status.documents.of(state) = count;
        }
        Ok(status)
    }

    /// How far the indexes of a collection have followed the catalog.
    pub(crate) async fn space_status(
        &self,
        principal: &Principal,
        collection: CollectionId,
    ) -> Result<SpaceStatus> {
        let space = self.space(principal, collection);
        Ok(SpaceStatus {
            collection,
            head: self.catalog.outbox_head(space).await?,
            vectors: self.vectors.position(space).await?,
            text: self.text.position(space).await?,
            points: self.vectors.count(space).await?,
            entries: self.text.count(space).await?,
        })
    }

    async fn index_bytes(&self) -> Result<u64> {
        let data = self.settings.data.clone();
        let sum = move || folder_bytes(&data.join("vectors")) + folder_bytes(&data.join("text"));
        tokio::task::spawn_blocking(sum)
            .await
            .context(ErrorKind::Internal, || {
                "the thread that counts bytes broke".to_owned()
            })
    }
}

impl DocumentCounts {
    const fn of(&mut self, state: DocumentState) -> &mut u64 {
        match state {
            DocumentState::Queued => &mut self.queued,
            DocumentState::Reading => &mut self.reading,
            DocumentState::Searchable => &mut self.searchable,
            DocumentState::Ready => &mut self.ready,
            DocumentState::Failed => &mut self.failed,
        }
    }
}

/// The bytes of the files in a folder and below; what vanishes meanwhile counts nothing.
fn folder_bytes(folder: &Path) -> u64 {
    let Ok(entries) = fs_err::read_dir(folder) else {
        return 0;
    };
    let bytes = entries.flatten().map(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => folder_bytes(&entry.path()),
        Ok(_) => entry.metadata().map_or(0, |metadata| metadata.len()),
        Err(_) => 0,
    });
    bytes.sum()
}
