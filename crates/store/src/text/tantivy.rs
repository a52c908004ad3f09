//! The text index inside the binary: tantivy, one index for each tenant and generation.
//!
//! Words are indexed in the form that their document's language gives them, and a question is
//! looked up in the forms of all languages present. Nothing of the text is stored: an index gives
//! chunk ids and scores. A document's attributes live beside the index, so describing it anew
//! costs no indexing.

mod draft;
mod failure;
mod index;
mod language;
mod layout;
mod question;
mod sidecar;
#[cfg(test)]
mod tests;
mod view;
mod words;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::filter::Filter;
use alexandria_core::id::{CollectionId, GenerationId, TenantId};
use alexandria_core::space::Space;
use async_trait::async_trait;

use self::index::OpenIndex;
use super::{TextChange, TextHit, TextIndex};

/// Indexes kept open at the same time; the one not used for longest is closed.
pub const INDEXES_OPEN_MAX: usize = 16;

/// The embedded text index.
#[derive(Debug)]
pub struct TantivyText {
    root: PathBuf,
    indexes: Mutex<HashMap<Place, Used>>,
    uses: AtomicU64,
}

type Place = (TenantId, GenerationId);

#[derive(Debug)]
struct Used {
    index: Arc<OpenIndex>,
    last: u64,
}

impl TantivyText {
    /// The text index in this directory, which is made if it is not there. Indexes are opened when
    /// they are first asked for.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] when the directory cannot be made.
    pub fn open(root: &Path) -> Result<Self> {
        fs_err::create_dir_all(root).context(ErrorKind::Unavailable, || {
            "cannot make the directory of the text index; see whether the disk is full and writable"
                .to_owned()
        })?;
        Ok(Self {
            root: root.to_path_buf(),
            indexes: Mutex::new(HashMap::new()),
            uses: AtomicU64::new(0),
        })
    }

    fn index(&self, place: Place) -> Arc<OpenIndex> {
        let now = self.uses.fetch_add(1, Ordering::Relaxed);
        let mut indexes = self.indexes.lock().unwrap_or_else(PoisonError::into_inner);
        if !indexes.contains_key(&place) && indexes.len() >= INDEXES_OPEN_MAX {
            let oldest = indexes
                .iter()
                .min_by_key(|(_, used)| used.last)
                .map(|(place, _)| *place);
            if let Some(oldest) = oldest {
                indexes.remove(&oldest);
            }
        }
        let (tenant, generation) = place;
        let used = indexes.entry(place).or_insert_with(|| {
            let directory = self
                .root
                .join(tenant.to_string())
                .join(generation.to_string());
            Used {
                index: Arc::new(OpenIndex::new(directory)),
                last: now,
            }
        });
        used.last = now;
        Arc::clone(&used.index)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        place: Place,
        work: impl FnOnce(&OpenIndex) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let index = self.index(place);
        tokio::task::spawn_blocking(move || work(&index))
            .await
            .context(ErrorKind::Internal, || {
                "work on a text index did not finish".to_owned()
            })?
    }
}

#[async_trait]
impl TextIndex for TantivyText {
    async fn position(&self, space: Space) -> Result<Option<u64>> {
        // What is open and unchanged needs a look at one file, which is less than another thread costs.
        if let Some(view) = self.index(place(space)).current()? {
            return Ok(view.payload.positions.get(&space.collection()).copied());
        }
        self.blocking(place(space), move |index| {
            index.position(space.collection())
        })
        .await
    }

    async fn apply(&self, space: Space, changes: Vec<TextChange>, position: u64) -> Result<()> {
        let collection = space.collection();
        self.blocking(place(space), move |index| {
            index.apply(collection, &changes, position)
        })
        .await
    }

    async fn search(
        &self,
        spaces: &[Space],
        query: &str,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<TextHit>> {
        let Some(first) = spaces.first().map(|space| place(*space)) else {
            return Ok(Vec::new());
        };
        if spaces.iter().any(|space| place(*space) != first) {
            return Err(Error::new(
                ErrorKind::Invalid,
                "one search of words stays inside one tenant and one generation",
            ));
        }
        let collections: Vec<CollectionId> = spaces.iter().map(Space::collection).collect();
        let (query, filter) = (query.to_owned(), filter.clone());
        self.blocking(first, move |index| {
            index.search(&collections, &query, &filter, limit)
        })
        .await
    }

    async fn count(&self, space: Space) -> Result<u64> {
        self.blocking(place(space), move |index| index.count(space.collection()))
            .await
    }

    async fn drop_space(&self, space: Space) -> Result<()> {
        self.blocking(place(space), move |index| index.remove(space.collection()))
            .await
    }

    async fn compact(&self, space: Space) -> Result<()> {
        self.blocking(place(space), move |index| index.compact(space.collection()))
            .await
    }

    async fn check(&self) -> Result<()> {
        fs_err::metadata(&self.root).context(ErrorKind::Unavailable, || {
            "the directory of the text index is not there".to_owned()
        })?;
        Ok(())
    }
}

const fn place(space: Space) -> Place {
    (space.tenant(), space.generation())
}
