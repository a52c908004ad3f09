//! What following asks of an index, answered by the text index and by the vector store.

use std::ops::Range;

use alexandria_core::error::Result;
use alexandria_core::filter::Attributes;
use alexandria_core::id::VersionId;
use alexandria_core::space::Space;
use alexandria_store::catalog::Catalog;
use alexandria_store::text::{TextChange, TextIndex};
use alexandria_store::vectors::{VectorChange, VectorStore};

/// An index that follows the catalog.
pub(super) trait Derived: Sync {
    /// Its name in logs.
    const NAME: &'static str;
    /// Whether vectors that have come concern it.
    const TAKES_VECTORS: bool;
    /// A change as it takes it.
    type Change: Send;

    fn position(&self, space: Space) -> impl Future<Output = Result<Option<u64>>> + Send;
    fn apply(
        &self,
        space: Space,
        changes: Vec<Self::Change>,
        position: u64,
    ) -> impl Future<Output = Result<()>> + Send;
    fn drop_space(&self, space: Space) -> impl Future<Output = Result<()>> + Send;
    /// The change that puts some chunks of a version in; none when it does not belong into the
    /// space any more.
    fn chunks(
        &self,
        catalog: &Catalog,
        space: Space,
        version: VersionId,
        ordinals: Range<u32>,
    ) -> impl Future<Output = Result<Option<Self::Change>>> + Send;
    fn remove(version: VersionId) -> Self::Change;
    fn describe(attributes: Attributes) -> Self::Change;
}

/// The text index.
pub(super) struct Text<'a>(pub(super) &'a dyn TextIndex);

impl Derived for Text<'_> {
    const NAME: &'static str = "text";
    const TAKES_VECTORS: bool = false;
    type Change = TextChange;

    async fn position(&self, space: Space) -> Result<Option<u64>> {
        self.0.position(space).await
    }

    async fn apply(&self, space: Space, changes: Vec<TextChange>, position: u64) -> Result<()> {
        self.0.apply(space, changes, position).await
    }

    async fn drop_space(&self, space: Space) -> Result<()> {
        self.0.drop_space(space).await
    }

    async fn chunks(
        &self,
        catalog: &Catalog,
        space: Space,
        version: VersionId,
        ordinals: Range<u32>,
    ) -> Result<Option<TextChange>> {
        let found = catalog.version_entries(space, version, ordinals).await?;
        Ok(found.map(|(attributes, entries)| TextChange::Upsert(attributes, entries)))
    }

    fn remove(version: VersionId) -> TextChange {
        TextChange::Remove(version)
    }

    fn describe(attributes: Attributes) -> TextChange {
        TextChange::Describe(attributes)
    }
}

/// The vector store.
pub(super) struct Vectors<'a>(pub(super) &'a dyn VectorStore);

impl Derived for Vectors<'_> {
    const NAME: &'static str = "vectors";
    const TAKES_VECTORS: bool = true;
    type Change = VectorChange;

    async fn position(&self, space: Space) -> Result<Option<u64>> {
        self.0.position(space).await
    }

    async fn apply(&self, space: Space, changes: Vec<VectorChange>, position: u64) -> Result<()> {
        self.0.apply(space, changes, position).await
    }

    async fn drop_space(&self, space: Space) -> Result<()> {
        self.0.drop_space(space).await
    }

    async fn chunks(
        &self,
        catalog: &Catalog,
        space: Space,
        version: VersionId,
        ordinals: Range<u32>,
    ) -> Result<Option<VectorChange>> {
        let found = catalog.version_points(space, version, ordinals).await?;
        let some = found.filter(|(_, points)| !points.is_empty());
        Ok(some.map(|(attributes, points)| VectorChange::Upsert(attributes, points)))
    }

    fn remove(version: VersionId) -> VectorChange {
        VectorChange::Remove(version)
    }

    fn describe(attributes: Attributes) -> VectorChange {
        VectorChange::Describe(attributes)
    }
}
