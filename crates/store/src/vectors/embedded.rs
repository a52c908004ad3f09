//! The vector store inside the binary: a scan of one-bit codes, then exact cosines for the best.
//!
//! One directory holds one space (`tenant/generation/collection`). In memory are the codes, 48
//! bytes for 384 dimensions, and about nine bytes more a vector; the vectors themselves stay on
//! disk in half precision and are read by position. There is no graph to build or to tune, filters
//! cost nothing in recall, and what is removed is gone at once.

mod codes;
mod draft;
mod half;
mod journal;
mod kernel;
mod manifest;
mod record;
mod scan;
mod snapshot;
mod space;
#[cfg(test)]
mod tests;
mod unit;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use alexandria_core::error::{Context, ErrorKind, Result};
use alexandria_core::filter::Filter;
use alexandria_core::id::ChunkId;
use alexandria_core::space::Space;
use async_trait::async_trait;

use self::kernel::Kernel;
use self::scan::Search;
use self::snapshot::Snapshot;
use self::space::{Known, OpenSpace};
use self::unit::unit;
use super::changes::Changes;
use super::{Capability, Effort, Point, VectorChange, VectorHit, VectorStore};

/// The largest number of dimensions that the embedded store takes.
pub const DIMENSIONS_MAX: usize = 4_096;

/// Dimensions come in multiples of this.
pub const DIMENSIONS_STEP: usize = 8;

/// Spaces that stay open at the same time, with their codes in memory, where the system allows as many
/// files; the one not used for longest leaves. Opening one costs about 0.3 ms, so a tenant with a hundred
/// collections must not lose some to every search of them all.
const SPACES_OPEN_MAX: usize = 2_000;

/// Spaces that stay open however few files the system allows.
const SPACES_OPEN_MIN: usize = 64;

/// Files that an open space holds.
const FILES_PER_SPACE: u64 = 3;

/// Rows of one space, dead ones included.
const ROWS_MAX: u32 = 1 << 30;

/// Rows up to which a search is quicker than handing it to another thread is worth.
const INLINE_ROWS_MAX: u32 = 100_000;

/// The embedded vector store.
#[derive(Debug)]
pub struct EmbeddedVectors {
    root: PathBuf,
    changes: Arc<Changes>,
    spaces: Mutex<HashMap<Space, Used>>,
    open_max: usize,
    uses: AtomicU64,
}

#[derive(Debug)]
struct Used {
    space: Arc<OpenSpace>,
    last: u64,
}

impl EmbeddedVectors {
    /// The store in this directory, which is made if it is not there. Spaces are opened when they
    /// are first asked for.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] when the directory cannot be made.
    pub fn open(root: &Path) -> Result<Self> {
        fs_err::create_dir_all(root).context(ErrorKind::Unavailable, || {
            "cannot make the directory of the vectors; see whether the disk is full and writable"
                .to_owned()
        })?;
        Ok(Self {
            root: root.to_path_buf(),
            changes: Arc::new(Changes::open(root)?),
            spaces: Mutex::new(HashMap::new()),
            open_max: spaces_open_max(),
            uses: AtomicU64::new(0),
        })
    }

    /// Bytes that the codes of the open spaces keep in memory.
    #[must_use]
    pub fn resident_bytes(&self) -> usize {
        let spaces = self.spaces.lock().unwrap_or_else(PoisonError::into_inner);
        spaces
            .values()
            .map(|used| used.space.resident_bytes())
            .sum()
    }

    fn space(&self, space: Space) -> Arc<OpenSpace> {
        let mut spaces = self.spaces.lock().unwrap_or_else(PoisonError::into_inner);
        self.used(&mut spaces, space)
    }

    /// Many spaces for one turn of the lock.
    fn all(&self, asked: impl Iterator<Item = Space>) -> Vec<Arc<OpenSpace>> {
        let mut spaces = self.spaces.lock().unwrap_or_else(PoisonError::into_inner);
        asked.map(|space| self.used(&mut spaces, space)).collect()
    }

    fn used(&self, spaces: &mut HashMap<Space, Used>, space: Space) -> Arc<OpenSpace> {
        let now = self.uses.fetch_add(1, Ordering::Relaxed);
        if !spaces.contains_key(&space) && spaces.len() >= self.open_max {
            let oldest = spaces
                .iter()
                .min_by_key(|(_, used)| used.last)
                .map(|(space, _)| *space);
            if let Some(oldest) = oldest {
                spaces.remove(&oldest);
            }
        }
        let used = spaces.entry(space).or_insert_with(|| Used {
            space: Arc::new(OpenSpace::new(
                self.directory(space),
                Arc::clone(&self.changes),
            )),
            last: now,
        });
        used.last = now;
        Arc::clone(&used.space)
    }

    fn directory(&self, space: Space) -> PathBuf {
        let mut directory = self.root.join(space.tenant().to_string());
        directory.push(space.generation().to_string());
        directory.push(space.collection().to_string());
        directory
    }

    async fn blocking<T: Send + 'static>(
        &self,
        space: Space,
        work: impl FnOnce(&OpenSpace) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let space = self.space(space);
        run(move || work(&space)).await
    }
}

#[async_trait]
impl VectorStore for EmbeddedVectors {
    fn capability(&self) -> Capability {
        Capability {
            dimensions_max: DIMENSIONS_MAX,
            durable: true,
        }
    }

    async fn position(&self, space: Space) -> Result<Option<u64>> {
        // What is open and unchanged needs a look at one file, which is less than another thread costs.
        match self.space(space).known()? {
            Known::Absent => Ok(None),
            Known::Current(snapshot) if !snapshot.is_damaged() => {
                Ok(Some(snapshot.manifest.position))
            }
            Known::Current(_) | Known::Stale => self.blocking(space, OpenSpace::position).await,
        }
    }

    async fn apply(&self, space: Space, changes: Vec<VectorChange>, position: u64) -> Result<()> {
        self.blocking(space, move |space| space.apply(&changes, position))
            .await
    }

    async fn search(
        &self,
        spaces: &[Space],
        query: &[f32],
        filter: &Filter,
        limit: usize,
        effort: Effort,
    ) -> Result<Vec<VectorHit>> {
        let query = unit(query)?;
        let named = &filter.collections;
        let is_asked = |space: &Space| named.is_empty() || named.contains(&space.collection());
        let spaces = self.all(spaces.iter().copied().filter(is_asked));
        let search = move |snapshots: &[Arc<Snapshot>], query: &[f32], filter: &Filter| {
            let kernel = Kernel::best();
            let search = Search {
                query,
                filter,
                limit,
                effort,
                kernel,
            };
            search.run(snapshots)
        };
        if let Some(snapshots) = in_memory(&spaces, self.changes.count()?)? {
            return search(&snapshots, &query, filter);
        }
        let filter = filter.clone();
        run(move || {
            let latest = spaces.iter().filter_map(|space| space.latest().transpose());
            let snapshots = latest.collect::<Result<Vec<_>>>()?;
            search(&snapshots, &query, &filter)
        })
        .await
    }

    async fn count(&self, space: Space) -> Result<u64> {
        self.blocking(space, |space| {
            Ok(space
                .latest()?
                .map_or(0, |snapshot| u64::from(snapshot.state.live_count)))
        })
        .await
    }

    async fn scroll(
        &self,
        space: Space,
        after: Option<ChunkId>,
        limit: usize,
    ) -> Result<Vec<Point>> {
        self.blocking(space, move |space| space.scroll(after, limit))
            .await
    }

    async fn drop_space(&self, space: Space) -> Result<()> {
        self.blocking(space, OpenSpace::remove).await?;
        let mut spaces = self.spaces.lock().unwrap_or_else(PoisonError::into_inner);
        spaces.remove(&space);
        Ok(())
    }

    async fn check(&self) -> Result<()> {
        fs_err::metadata(&self.root).context(ErrorKind::Unavailable, || {
            "the directory of the vectors is not there".to_owned()
        })?;
        Ok(())
    }
}

/// How many spaces stay open: half of the files that the process may hold are theirs.
fn spaces_open_max() -> usize {
    let allowed = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let spaces = allowed.map_or(u64::MAX, |files| files / 2 / FILES_PER_SPACE);
    usize::try_from(spaces)
        .unwrap_or(usize::MAX)
        .clamp(SPACES_OPEN_MIN, SPACES_OPEN_MAX)
}

/// Does work on another thread, which may wait for the disk.
async fn run<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .context(ErrorKind::Internal, || {
            "work on vectors did not finish".to_owned()
        })?
}

/// These spaces as they are in memory, if all of them are and a search of them is quicker than another
/// thread is worth; the count of changes was read before.
fn in_memory(spaces: &[Arc<OpenSpace>], changes: u64) -> Result<Option<Vec<Arc<Snapshot>>>> {
    let mut snapshots = Vec::with_capacity(spaces.len());
    let mut rows = 0_u32;
    for space in spaces {
        match space.known_at(changes)? {
            Known::Absent => {}
            Known::Current(snapshot) => {
                rows = rows.saturating_add(snapshot.manifest.rows);
                snapshots.push(snapshot);
            }
            Known::Stale => return Ok(None),
        }
        if rows > INLINE_ROWS_MAX {
            return Ok(None);
        }
    }
    Ok(Some(snapshots))
}
