//! Finding chunks by meaning: the contract of every vector store.

pub(crate) mod changes;
pub(crate) mod documents;
pub mod embedded;
pub(crate) mod lock;
pub(crate) mod stamp;
#[cfg(test)]
pub(crate) mod suite;

use std::fmt::Debug;

use alexandria_core::error::Result;
use alexandria_core::filter::{Attributes, Filter};
use alexandria_core::id::{ChunkId, VersionId};
use alexandria_core::space::Space;
use async_trait::async_trait;

/// A chunk's vector with what it can be filtered by.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The chunk; a point with the same chunk replaces the earlier one.
    pub chunk: ChunkId,
    /// The version it belongs to; points leave by version.
    pub version: VersionId,
    /// The embedding, of length 1 (L2), with as many numbers as the space's first point.
    pub vector: Vec<f32>,
}

/// One change to a space, in the order of the outbox.
#[derive(Clone, Debug, PartialEq)]
pub enum VectorChange {
    /// Points of one document, which has these attributes.
    Upsert(Attributes, Vec<Point>),
    /// All points of a version leave. Unknown versions are no error.
    Remove(VersionId),
    /// A document's attributes changed; unknown documents are no error.
    Describe(Attributes),
}

/// A chunk near a query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VectorHit {
    /// The chunk found.
    pub chunk: ChunkId,
    /// The cosine of the two vectors, from the numbers as stored: half precision or better.
    pub cosine: f32,
}

/// How hard to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effort {
    /// At least 0.99 of the true nearest, cheaply.
    #[default]
    Normal,
    /// Every vector compared in full precision.
    Exact,
}

/// What a store can and cannot do; the shared suite asks for no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capability {
    /// The largest number of dimensions.
    pub dimensions_max: usize,
    /// Whether what `apply` has acknowledged survives a killed process.
    pub durable: bool,
}

/// A store of vectors, divided into spaces.
///
/// Every implementation keeps these rules, and the shared suite checks them:
/// - `apply` is atomic and durable: when it returns, all its changes and its position survive a kill;
///   when it fails or the process dies, none or all are there after reopening.
/// - Applying the same changes again changes nothing (jobs may run twice).
/// - A search never returns a point of a space that it was not asked about.
/// - A space that cannot be read (torn file, wrong digest) reports no position, so that it is built
///   again from the catalog; it never answers from damaged data.
#[async_trait]
pub trait VectorStore: Send + Sync + Debug {
    /// What this store can do.
    fn capability(&self) -> Capability;

    /// The position in the outbox up to which this space is complete; none for a space that does not
    /// exist yet or has to be built again.
    async fn position(&self, space: Space) -> Result<Option<u64>>;

    /// Makes changes, in order, and moves the position. An empty list only moves the position.
    async fn apply(&self, space: Space, changes: Vec<VectorChange>, position: u64) -> Result<()>;

    /// The nearest points in any of these spaces that pass the filter, best first, at most `limit` in
    /// all. Equal cosines are ordered by chunk. A space that does not exist has none.
    async fn search(
        &self,
        spaces: &[Space],
        query: &[f32],
        filter: &Filter,
        limit: usize,
        effort: Effort,
    ) -> Result<Vec<VectorHit>>;

    /// How many points a space holds.
    async fn count(&self, space: Space) -> Result<u64>;

    /// Points in the order of their chunk ids, after the one given: to copy and to compare stores.
    async fn scroll(
        &self,
        space: Space,
        after: Option<ChunkId>,
        limit: usize,
    ) -> Result<Vec<Point>>;

    /// Removes a space and everything in it.
    async fn drop_space(&self, space: Space) -> Result<()>;

    /// Whether the store answers at all.
    async fn check(&self) -> Result<()>;
}
