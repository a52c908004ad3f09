//! Bringing the text index and the vector store up to the catalog.
//!
//! The catalog writes every change into its outbox in the same transaction; an index that follows
//! reads the changes after its own position and applies them in order. What must stay true:
//!
//! - **One at a time.** Each index of each space has one follower in this process, and only the
//!   process that holds the work lock follows at all. Callers who come meanwhile wait and then find
//!   nothing left to do, so any number of commits costs one pass.
//! - **Order.** Changes are applied in the order of the outbox. An index takes what a change names
//!   as it stands in the catalog *now*, so a later change may already be contained in an earlier
//!   one; applying it again changes nothing.
//! - **The position never runs ahead.** It moves to a change's number with the last part of that
//!   change. Parts of a large change are applied at the position before it.
//! - **[`POSITION_BUILDING`] means unfinished.** A space is built from nothing at that position and
//!   leaves it with the last part, at the head of the outbox as it was *before* the versions were
//!   listed. A space found at that position, without one, or behind what was pruned is dropped and
//!   built again.
//! - **Searches never depend on it for truth.** Whatever an index returns is looked up in the
//!   catalog, which drops what has been removed or replaced.

mod derived;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use alexandria_core::error::Result;
use alexandria_core::id::VersionId;
use alexandria_core::space::Space;
use alexandria_store::catalog::{OutboxKind, OutboxRow};
use tokio::sync::Mutex as AsyncMutex;

use self::derived::{Derived, Text, Vectors};
use crate::library::Library;

/// The position of a space that is being built from nothing. The outbox numbers from 1.
const POSITION_BUILDING: u64 = 0;

/// Chunks that are handed to an index at once.
const CHUNKS_AT_ONCE: u32 = 1_024;

/// Changes that are read at once.
const CHANGES_AT_ONCE: usize = 512;

/// Versions that are listed at once while a space is built.
const VERSIONS_AT_ONCE: usize = 256;

/// Held by whoever follows.
type Turn = Arc<AsyncMutex<()>>;

/// Whose turn it is to follow, for each index of each space.
#[derive(Debug, Default)]
pub(crate) struct Followers {
    turns: Mutex<HashMap<(&'static str, Space), Turn>>,
}

impl Followers {
    fn turn(&self, index: &'static str, space: Space) -> Turn {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry((index, space)).or_default())
    }
}

impl Library {
    /// Brings both indexes of a space up to the catalog.
    pub(crate) async fn follow(&self, space: Space) -> Result<()> {
        self.follow_text(space).await?;
        self.follow_vectors(space).await
    }

    /// Brings the text index of a space up to the catalog.
    pub(crate) async fn follow_text(&self, space: Space) -> Result<()> {
        self.follow_index(&Text(&*self.text), space).await
    }

    /// Brings the vectors of a space up to the catalog.
    pub(crate) async fn follow_vectors(&self, space: Space) -> Result<()> {
        self.follow_index(&Vectors(&*self.vectors), space).await
    }

    /// Brings every index of every space up to the catalog.
    pub(crate) async fn follow_all(&self) -> Result<()> {
        for space in self.catalog.spaces().await? {
            if space.generation() == self.generation {
                self.follow(space).await?;
            }
        }
        Ok(())
    }

    async fn follow_index<D: Derived>(&self, index: &D, space: Space) -> Result<()> {
        self.lock.take()?;
        let turn = self.followers.turn(D::NAME, space);
        let _turn = turn.lock().await;
        let position = index.position(space).await?;
        let pruned = self.catalog.outbox_pruned(space).await?;
        let mut position = match position {
            Some(position) if position != POSITION_BUILDING && position >= pruned => position,
            _ => self.build(index, space).await?,
        };
        loop {
            let rows = self
                .catalog
                .changes(space, position, CHANGES_AT_ONCE)
                .await?;
            let Some(last) = rows.last() else {
                return Ok(());
            };
            let last = last.seq;
            self.apply(index, space, position, &rows).await?;
            position = last;
            self.remembered.forget_replies();
        }
    }

    /// Applies changes, many at once as long as they are small.
    async fn apply<D: Derived>(
        &self,
        index: &D,
        space: Space,
        mut position: u64,
        rows: &[OutboxRow],
    ) -> Result<()> {
        let mut batch = Batch::default();
        for row in rows {
            match (row.kind, row.version) {
                (OutboxKind::Add, Some(version)) => {
                    let chunks = (version, row.from_ordinal..row.to_ordinal);
                    self.gather(index, space, chunks, position, &mut batch)
                        .await?;
                }
                (OutboxKind::Vectors, Some(version)) if D::TAKES_VECTORS => {
                    let chunks = (version, row.from_ordinal..row.to_ordinal);
                    self.gather(index, space, chunks, position, &mut batch)
                        .await?;
                }
                (OutboxKind::Remove, Some(version)) => batch.changes.push(D::remove(version)),
                (OutboxKind::Describe, _) => {
                    let attributes = self.catalog.attributes(space, row.document).await?;
                    batch.changes.extend(attributes.map(D::describe));
                }
                (OutboxKind::Add | OutboxKind::Vectors | OutboxKind::Remove, _) => {}
            }
            position = row.seq;
            if batch.chunks >= CHUNKS_AT_ONCE {
                index.apply(space, batch.take(), position).await?;
            }
        }
        index.apply(space, batch.take(), position).await
    }

    /// Gathers chunks of a version; full parts are applied at the position before them.
    async fn gather<D: Derived>(
        &self,
        index: &D,
        space: Space,
        (version, chunks): (VersionId, Range<u32>),
        position: u64,
        batch: &mut Batch<D::Change>,
    ) -> Result<()> {
        let mut from = chunks.start;
        while from < chunks.end {
            let to = from.saturating_add(CHUNKS_AT_ONCE).min(chunks.end);
            if batch.chunks >= CHUNKS_AT_ONCE {
                index.apply(space, batch.take(), position).await?;
            }
            batch.changes.extend(
                index
                    .chunks(&self.catalog, space, version, from..to)
                    .await?,
            );
            batch.chunks += to - from;
            from = to;
        }
        Ok(())
    }

    /// Builds a space from nothing and gives the position it then stands at.
    async fn build<D: Derived>(&self, index: &D, space: Space) -> Result<u64> {
        let head = self.catalog.outbox_head(space).await?;
        if head == POSITION_BUILDING {
            // Nothing has ever changed, so there is nothing to build and nothing to remember.
            return Ok(head);
        }
        tracing::info!(index = D::NAME, collection.id = %space.collection(), "building an index");
        index.drop_space(space).await?;
        let mut after = None;
        let mut batch = Batch::default();
        loop {
            let versions = self
                .catalog
                .published_versions(space, after, VERSIONS_AT_ONCE)
                .await?;
            let Some((last, _)) = versions.last() else {
                break;
            };
            after = Some(*last);
            for (version, chunks) in versions {
                let chunks = (version, 0..chunks);
                self.gather(index, space, chunks, POSITION_BUILDING, &mut batch)
                    .await?;
            }
        }
        index.apply(space, batch.take(), head).await?;
        self.remembered.forget_replies();
        Ok(head)
    }
}

/// Changes that are handed over together.
struct Batch<C> {
    changes: Vec<C>,
    chunks: u32,
}

impl<C> Default for Batch<C> {
    fn default() -> Self {
        Self {
            changes: Vec::new(),
            chunks: 0,
        }
    }
}

impl<C> Batch<C> {
    fn take(&mut self) -> Vec<C> {
        self.chunks = 0;
        std::mem::take(&mut self.changes)
    }
}
