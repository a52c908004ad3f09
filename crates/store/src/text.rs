//! Finding chunks by their words: the contract of every text index.

#[cfg(test)]
pub(crate) mod suite;
pub mod tantivy;

use std::fmt::Debug;

use alexandria_core::error::Result;
use alexandria_core::filter::{Attributes, Filter};
use alexandria_core::id::{ChunkId, VersionId};
use alexandria_core::space::Space;
use async_trait::async_trait;

/// A chunk's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextEntry {
    /// The chunk; an entry with the same chunk replaces the earlier one.
    pub chunk: ChunkId,
    /// The version it belongs to; entries leave by version.
    pub version: VersionId,
    /// The document's title.
    pub title: String,
    /// The headings above it, outermost first.
    pub section: Vec<String>,
    /// The header row of the table that it continues.
    pub header: Option<String>,
    /// Its text.
    pub text: String,
}

/// One change to a space, in the order of the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextChange {
    /// Entries of one document, which has these attributes.
    Upsert(Attributes, Vec<TextEntry>),
    /// All entries of a version leave. Unknown versions are no error.
    Remove(VersionId),
    /// A document's attributes changed; unknown documents are no error.
    Describe(Attributes),
}

/// A chunk that holds words of a query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TextHit {
    /// The chunk found.
    pub chunk: ChunkId,
    /// BM25 over title, section and text.
    pub score: f32,
}

/// An index of words, divided into spaces.
///
/// The rules of [`crate::vectors::VectorStore`] hold here as well: `apply` is atomic, durable and
/// may be repeated; no search leaves its spaces; a damaged index reports no position.
#[async_trait]
pub trait TextIndex: Send + Sync + Debug {
    /// The position in the outbox up to which this space is complete; none for a space that does not
    /// exist yet or has to be built again.
    async fn position(&self, space: Space) -> Result<Option<u64>>;

    /// Makes changes, in order, and moves the position. Searches that begin afterwards see them.
    async fn apply(&self, space: Space, changes: Vec<TextChange>, position: u64) -> Result<()>;

    /// The best entries that pass the filter, best first, at most `limit`, over all spaces given,
    /// which belong to one tenant and one generation. The query is a person's words, not a language:
    /// no input is an error. Words in straight double quotes must stand together.
    async fn search(
        &self,
        spaces: &[Space],
        query: &str,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<TextHit>>;

    /// How many entries a space holds.
    async fn count(&self, space: Space) -> Result<u64>;

    /// Removes a space and everything in it.
    async fn drop_space(&self, space: Space) -> Result<()>;

    /// Writes anew the files that still hold entries that were removed: for after an erasure, in the
    /// index that this space is in.
    async fn compact(&self, space: Space) -> Result<()>;

    /// Whether the index answers at all.
    async fn check(&self) -> Result<()>;
}
