//! The lines of a page, so that its text can be laid over its picture, and the sizes of pages.

use std::ops::Range;

use alexandria_core::access::Scope;
use alexandria_core::block::{Line, PageSize, Span};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{DocumentId, VersionId};
use alexandria_core::principal::Principal;
use alexandria_store::catalog::Version;
use alexandria_store::layout::{LayoutBlock, LayoutGroup};

use crate::library::Library;

/// The most lines that are given of a page; what follows them is left out, and the page says so.
pub const PAGE_LINES_MAX: usize = 5_000;

/// The widest gap between two lines of a page that are read at once, in bytes of the stored text.
const GAP_BYTES_MAX: u64 = 4 * 1024;

/// The pages of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct PageSizes {
    /// The reading they are of.
    pub version: VersionId,
    /// Their sizes as they are shown.
    pub pages: Vec<PageSize>,
}

/// The lines of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct PageLines {
    /// The reading they are of.
    pub version: VersionId,
    /// The page's size as it is shown.
    pub size: PageSize,
    /// The lines, in reading order.
    pub lines: Vec<PageLine>,
    /// Whether there are more than [`PAGE_LINES_MAX`].
    pub is_cut: bool,
}

/// A line of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct PageLine {
    /// Where it stands, on the page and in the stored text.
    pub line: Line,
    /// Its text, as it is stored.
    pub text: String,
}

impl Library {
    /// The sizes of a document's pages; none for formats without pages.
    ///
    /// # Errors
    /// `NotFound` when there is no such document or it has not been read.
    pub async fn page_sizes(&self, principal: &Principal, id: DocumentId) -> Result<PageSizes> {
        principal.require(Scope::Ask)?;
        let version = self.read_version(principal, id).await?;
        let index = self.layouts.index(principal, &version.layout_blob).await?;
        Ok(PageSizes {
            version: version.id,
            pages: index.pages.clone(),
        })
    }

    /// The lines of a page, counted from 1.
    ///
    /// # Errors
    /// `NotFound` when there is no such document or it has not been read, `Invalid` when it has no such
    /// page.
    pub async fn page_lines(
        &self,
        principal: &Principal,
        id: DocumentId,
        page: u32,
    ) -> Result<PageLines> {
        principal.require(Scope::Ask)?;
        let version = self.read_version(principal, id).await?;
        let index = self.layouts.index(principal, &version.layout_blob).await?;
        let place = usize::try_from(page)
            .ok()
            .and_then(|page| page.checked_sub(1));
        let Some(size) = place.and_then(|place| index.pages.get(place)).copied() else {
            let count = index.pages.len();
            let sentence = format!("there is no page {page}: the document has {count} pages");
            return Err(Error::new(ErrorKind::Invalid, sentence));
        };
        let groups = index.groups(Span::new(0, u64::MAX));
        let mut lines = self.lines_of(principal, &version, &groups, page).await?;
        let is_cut = lines.len() > PAGE_LINES_MAX;
        lines.truncate(PAGE_LINES_MAX);
        Ok(PageLines {
            version: version.id,
            size,
            lines: self.with_words(principal, &version, lines).await?,
            is_cut,
        })
    }

    /// The lines of a page, one more than are given at most.
    async fn lines_of(
        &self,
        principal: &Principal,
        version: &Version,
        groups: &[LayoutGroup],
        page: u32,
    ) -> Result<Vec<Line>> {
        let layout = &version.layout_blob;
        let mut lines = Vec::new();
        let first = self.first_group(principal, version, groups, page).await?;
        for group in groups.get(first..).unwrap_or_default() {
            let blocks = self.layouts.group(principal, layout, group).await?;
            let begins = pages(&blocks).is_some_and(|pages| pages.start > page);
            if begins || lines.len() > PAGE_LINES_MAX {
                break;
            }
            let all = blocks.iter().flat_map(|block| &block.lines);
            lines.extend(all.filter(|line| line.page == page).cloned());
        }
        lines.truncate(PAGE_LINES_MAX + 1);
        Ok(lines)
    }

    /// The first group that may hold lines of a page, found by halving: pages follow each other in the
    /// stored text, save that what goes on overleaf stands before the notes of the page it began on.
    async fn first_group(
        &self,
        principal: &Principal,
        version: &Version,
        groups: &[LayoutGroup],
        page: u32,
    ) -> Result<usize> {
        let layout = &version.layout_blob;
        let (mut low, mut high) = (0, groups.len());
        while low < high {
            let middle = low.midpoint(high);
            let Some(group) = groups.get(middle) else {
                break;
            };
            let blocks = self.layouts.group(principal, layout, group).await?;
            if pages(&blocks).is_some_and(|pages| pages.end <= page) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low.saturating_sub(1))
    }

    /// Reads the text of lines: those that stand close together at once.
    async fn with_words(
        &self,
        principal: &Principal,
        version: &Version,
        lines: Vec<Line>,
    ) -> Result<Vec<PageLine>> {
        let mut given = Vec::with_capacity(lines.len());
        let mut lines = lines.into_iter().peekable();
        while let Some(first) = lines.next() {
            let mut run = vec![first];
            let mut span = run.first().map(|line| line.span).unwrap_or_default();
            while let Some(next) = lines.next_if(|next| follows(span, next.span)) {
                span.end = span.end.max(next.span.end);
                run.push(next);
            }
            let text = &version.text_blob;
            let bytes = self
                .blobs
                .get_range(principal, text, span.start..span.end)
                .await?;
            given.extend(run.into_iter().map(|line| PageLine {
                text: words(&bytes, span.start, line.span),
                line,
            }));
        }
        Ok(given)
    }
}

/// Whether a line is read together with the ones before it.
const fn follows(read: Span, next: Span) -> bool {
    next.start >= read.start && next.start <= read.end.saturating_add(GAP_BYTES_MAX)
}

fn words(bytes: &[u8], start: u64, span: Span) -> String {
    let at = |byte: u64| usize::try_from(byte.saturating_sub(start)).unwrap_or(usize::MAX);
    let part = bytes.get(at(span.start)..at(span.end)).unwrap_or_default();
    String::from_utf8_lossy(part).into_owned()
}

/// The pages on which the lines of blocks stand, end exclusive.
fn pages(blocks: &[LayoutBlock]) -> Option<Range<u32>> {
    let all = || blocks.iter().flat_map(|block| &block.lines);
    let first = all().map(|line| line.page).min()?;
    let last = all().map(|line| line.page).max()?;
    Some(first..last.saturating_add(1))
}
