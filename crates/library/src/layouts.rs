//! Where words stand on a page: the layouts of versions, read by parts and kept for a while.

use std::sync::Arc;

use alexandria_core::block::{Line, PageRect, Span, rectangles};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::VersionId;
use alexandria_core::principal::Principal;
use alexandria_store::blobs::{BlobKey, BlobStore};
use alexandria_store::layout::{LAYOUT_HEAD_BYTES, LayoutBlock, LayoutGroup, LayoutIndex};

use crate::cache::Cache;
use crate::stored::Outline;

/// What is kept of layouts in memory, in bytes of their files.
const LAYOUT_CACHE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// What is kept of outlines in memory, in bytes.
const OUTLINE_CACHE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Unpacked blocks take about this many times their bytes in the file.
const UNPACKED_FACTOR: usize = 6;

/// The widest span that rectangles are drawn for, in bytes of the stored text.
pub(crate) const RECTANGLES_SPAN_BYTES_MAX: u64 = 64 * 1024;

/// Layouts, with what was read of them last.
#[derive(Debug)]
pub(crate) struct Layouts {
    blobs: Arc<dyn BlobStore>,
    indexes: Cache<String, Arc<LayoutIndex>>,
    groups: Cache<(String, u64), Arc<Vec<LayoutBlock>>>,
    outlines: Cache<VersionId, Arc<Outline>>,
}

impl Layouts {
    pub(crate) fn new(blobs: Arc<dyn BlobStore>) -> Self {
        Self {
            blobs,
            indexes: Cache::new(LAYOUT_CACHE_BYTES_MAX),
            groups: Cache::new(LAYOUT_CACHE_BYTES_MAX),
            outlines: Cache::new(OUTLINE_CACHE_BYTES_MAX),
        }
    }

    /// Forgets everything.
    pub(crate) fn forget(&self) {
        self.indexes.clear();
        self.groups.clear();
        self.outlines.clear();
    }

    /// The rectangles that cover a span of the stored text, each with its page, in reading order;
    /// none for formats without a fixed layout.
    pub(crate) async fn rectangles(
        &self,
        principal: &Principal,
        layout: &BlobKey,
        text: &BlobKey,
        span: Span,
    ) -> Result<Vec<PageRect>> {
        if span.len() > RECTANGLES_SPAN_BYTES_MAX {
            return Err(Error::new(
                ErrorKind::TooLarge,
                format!(
                    "rectangles are drawn for at most {RECTANGLES_SPAN_BYTES_MAX} bytes of text"
                ),
            ));
        }
        let lines = self.lines(principal, layout, span).await?;
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else {
            return Ok(Vec::new());
        };
        let start = first.span.start.min(span.start);
        let end = last.span.end.max(span.end);
        let bytes = self.blobs.get_range(principal, text, start..end).await?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(rectangles(span, &lines, &text, start))
    }

    /// The outline of a version that was made before.
    pub(crate) fn outline(&self, version: VersionId) -> Option<Arc<Outline>> {
        self.outlines.get(&version)
    }

    /// Keeps the outline of a version.
    pub(crate) fn keep_outline(&self, version: VersionId, outline: &Arc<Outline>) {
        let weight = outline.weight();
        self.outlines.put(version, Arc::clone(outline), weight);
    }

    /// The lines that touch a span.
    async fn lines(
        &self,
        principal: &Principal,
        layout: &BlobKey,
        span: Span,
    ) -> Result<Vec<Line>> {
        let index = self.index(principal, layout).await?;
        let mut lines = Vec::new();
        for group in index.groups(span) {
            let blocks = self.group(principal, layout, &group).await?;
            let touching = blocks
                .iter()
                .filter(|block| block.place.span.overlap(&span).is_some());
            let all = touching.flat_map(|block| &block.lines);
            lines.extend(
                all.filter(|line| line.span.overlap(&span).is_some())
                    .cloned(),
            );
        }
        Ok(lines)
    }

    /// The page that a span of the stored text begins on, for formats that have pages.
    pub(crate) async fn page(
        &self,
        principal: &Principal,
        layout: &BlobKey,
        span: Span,
    ) -> Result<Option<u32>> {
        let index = self.index(principal, layout).await?;
        for group in index.groups(span) {
            let blocks = self.group(principal, layout, &group).await?;
            let touches = |other: &Span| other.overlap(&span).is_some();
            if let Some(block) = blocks.iter().find(|block| touches(&block.place.span)) {
                let line = block.lines.iter().find(|line| touches(&line.span));
                return Ok(line.map(|line| line.page).or(block.place.page));
            }
        }
        Ok(None)
    }

    /// The head of a layout.
    pub(crate) async fn index(
        &self,
        principal: &Principal,
        layout: &BlobKey,
    ) -> Result<Arc<LayoutIndex>> {
        let key = layout.as_str().to_owned();
        if let Some(index) = self.indexes.get(&key) {
            return Ok(index);
        }
        let head = self
            .blobs
            .get_range(principal, layout, 0..LAYOUT_HEAD_BYTES)
            .await?;
        let range = LayoutIndex::bytes(&head)?;
        let weight = usize::try_from(range.end).unwrap_or(usize::MAX);
        let bytes = self.blobs.get_range(principal, layout, range).await?;
        let index = Arc::new(LayoutIndex::parse(&head, &bytes)?);
        self.indexes.put(key, Arc::clone(&index), weight);
        Ok(index)
    }

    /// The blocks of a group.
    pub(crate) async fn group(
        &self,
        principal: &Principal,
        layout: &BlobKey,
        group: &LayoutGroup,
    ) -> Result<Arc<Vec<LayoutBlock>>> {
        let key = (layout.as_str().to_owned(), group.bytes.start);
        if let Some(blocks) = self.groups.get(&key) {
            return Ok(blocks);
        }
        let bytes = self
            .blobs
            .get_range(principal, layout, group.bytes.clone())
            .await?;
        let blocks = Arc::new(group.decode(&bytes)?);
        self.groups
            .put(key, Arc::clone(&blocks), bytes.len() * UNPACKED_FACTOR);
        Ok(blocks)
    }
}
