//! A document's stored text block by block, from any byte of it, forwards and backwards.

use alexandria_core::access::Scope;
use alexandria_core::block::{BlockKind, Place, Span};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{DocumentId, VersionId};
use alexandria_core::principal::Principal;
use alexandria_store::catalog::Version;
use alexandria_store::layout::LayoutBlock;

use crate::library::Library;

/// The most blocks that one call gives.
pub const BLOCKS_MAX: usize = 200;

/// The longest part of a block, in bytes; a longer block is given in several.
pub const BLOCK_PART_BYTES_MAX: u64 = 64 * 1024;

/// The most text that one call gives, in bytes, unless one part alone has more.
const BLOCKS_BYTES_MAX: u64 = 256 * 1024;

/// The bytes of a character beyond its first, at most.
const CHARACTER_REST_BYTES_MAX: u64 = 3;

/// Which blocks are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlocksWanted {
    /// From this byte of the stored text on. Without it, those that stand right before `end`.
    pub start: Option<u64>,
    /// Up to this byte; to the end of the text without it.
    pub end: Option<u64>,
    /// So many at most.
    pub count: usize,
}

/// Some blocks of a document, in reading order.
#[derive(Clone, Debug, PartialEq)]
pub struct Blocks {
    /// The reading they are of; its text never changes.
    pub version: VersionId,
    /// How many bytes the whole text has.
    pub bytes: u64,
    /// The blocks.
    pub blocks: Vec<StoredBlock>,
    /// Where what stands before them ends; none at the beginning of the text.
    pub previous: Option<u64>,
    /// Where what follows begins; none when all that was wanted has been given.
    pub next: Option<u64>,
}

/// A block of the stored text, or a part of a long one.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredBlock {
    /// What it is.
    pub kind: BlockKind,
    /// Which bytes of the stored text these are.
    pub span: Span,
    /// The bytes of the whole block, where this is only a part of it.
    pub whole: Option<Span>,
    /// The text.
    pub text: String,
    /// The page it begins on, for formats that have them.
    pub page: Option<u32>,
    /// The chapter, sheet or attachment, for formats without pages.
    pub part: Option<String>,
    /// The paragraph or row in it, counted from 1.
    pub item: Option<u32>,
}

/// A part of a block without its text; its ends may lie inside characters.
struct Part {
    kind: BlockKind,
    place: Place,
    span: Span,
}

impl Library {
    /// Blocks of a document's stored text.
    ///
    /// # Errors
    /// `NotFound` when there is no such document or it has not been read, `Invalid` for bytes beyond the
    /// end of the text and for no or too many blocks.
    pub async fn blocks(
        &self,
        principal: &Principal,
        id: DocumentId,
        wanted: BlocksWanted,
    ) -> Result<Blocks> {
        principal.require(Scope::Ask)?;
        if wanted.count == 0 || wanted.count > BLOCKS_MAX {
            let sentence = format!("one call gives 1 to {BLOCKS_MAX} blocks");
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
        let version = self.read_version(principal, id).await?;
        let bytes = self.blobs.size(principal, &version.text_blob).await?;
        let span = Span::new(wanted.start.unwrap_or(0), wanted.end.unwrap_or(bytes));
        if span.start > bytes || span.end < span.start {
            let sentence = format!("there is no such part: the text has {bytes} bytes");
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
        let backwards = wanted.start.is_none() && wanted.end.is_some();
        let (parts, is_all) = if backwards {
            self.parts_before(principal, &version, span, wanted.count)
                .await?
        } else {
            self.parts_from(principal, &version, span, wanted.count)
                .await?
        };
        let blocks = self.with_text(principal, &version, parts).await?;
        let first = blocks.first().map_or(span.start, |block| block.span.start);
        let last = blocks.last().map_or(span.end, |block| block.span.end);
        Ok(Blocks {
            version: version.id,
            bytes,
            previous: (first > 0).then_some(first),
            next: (last < bytes && (backwards || !is_all)).then_some(last),
            blocks,
        })
    }

    /// The first parts that touch a span, and whether they are all.
    async fn parts_from(
        &self,
        principal: &Principal,
        version: &Version,
        span: Span,
        count: usize,
    ) -> Result<(Vec<Part>, bool)> {
        let layout = &version.layout_blob;
        let index = self.layouts.index(principal, layout).await?;
        let mut page = Page::of(count);
        for group in index.groups(span) {
            let blocks = self.layouts.group(principal, layout, &group).await?;
            for (block, part) in touched(&blocks, span) {
                if !page.takes(block, part) {
                    return Ok((page.parts, false));
                }
            }
        }
        Ok((page.parts, true))
    }

    /// The last parts that touch a span, in reading order, and whether they are all.
    async fn parts_before(
        &self,
        principal: &Principal,
        version: &Version,
        span: Span,
        count: usize,
    ) -> Result<(Vec<Part>, bool)> {
        let layout = &version.layout_blob;
        let index = self.layouts.index(principal, layout).await?;
        let mut page = Page::of(count);
        let mut is_all = true;
        'groups: for group in index.groups(span).iter().rev() {
            let blocks = self.layouts.group(principal, layout, group).await?;
            for (block, part) in touched(&blocks, span).into_iter().rev() {
                // The last bytes of a character may lie in the part that has been given already.
                let begins = part.start == block.place.span.start;
                let is_given = !begins && part.start + CHARACTER_REST_BYTES_MAX >= span.end;
                if !is_given && !page.takes(block, part) {
                    is_all = false;
                    break 'groups;
                }
            }
        }
        page.parts.reverse();
        Ok((page.parts, is_all))
    }

    /// Reads the text of parts that stand one after the other.
    async fn with_text(
        &self,
        principal: &Principal,
        version: &Version,
        parts: Vec<Part>,
    ) -> Result<Vec<StoredBlock>> {
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else {
            return Ok(Vec::new());
        };
        let start = first.span.start;
        let end = last.span.end + CHARACTER_REST_BYTES_MAX;
        let range = start..end.min(last.place.span.end);
        let text = self
            .blobs
            .get_range(principal, &version.text_blob, range)
            .await?;
        Ok(parts
            .into_iter()
            .map(|part| stored(part, &text, start))
            .collect())
    }
}

/// Parts that are gathered until there are enough.
struct Page {
    parts: Vec<Part>,
    count: usize,
    bytes: u64,
}

impl Page {
    fn of(count: usize) -> Self {
        Self {
            parts: Vec::new(),
            count,
            bytes: 0,
        }
    }

    /// Takes a part, unless there is enough already.
    fn takes(&mut self, block: &LayoutBlock, span: Span) -> bool {
        let bytes = self.bytes.saturating_add(span.len());
        let is_full = self.parts.len() >= self.count || bytes > BLOCKS_BYTES_MAX;
        if is_full && !self.parts.is_empty() {
            return false;
        }
        self.bytes = bytes;
        self.parts.push(Part {
            kind: block.kind,
            place: block.place.clone(),
            span,
        });
        true
    }
}

/// The parts of blocks that touch a span, in order.
fn touched(blocks: &[LayoutBlock], span: Span) -> Vec<(&LayoutBlock, Span)> {
    let parts = blocks.iter().flat_map(|block| {
        let parts = cut(block.place.span, span).into_iter();
        parts.map(move |part| (block, part))
    });
    parts.collect()
}

/// The parts of a block that touch a span: the whole block, or those of a long one, which begin at
/// equal distances.
fn cut(block: Span, wanted: Span) -> Vec<Span> {
    let Some(touched) = block.overlap(&wanted) else {
        return Vec::new();
    };
    if block.len() <= BLOCK_PART_BYTES_MAX {
        return vec![block];
    }
    let first = (touched.start - block.start) / BLOCK_PART_BYTES_MAX;
    let last = (touched.end - 1 - block.start) / BLOCK_PART_BYTES_MAX;
    let part = |number: u64| {
        let start = block.start + number * BLOCK_PART_BYTES_MAX;
        Span::new(start, (start + BLOCK_PART_BYTES_MAX).min(block.end))
    };
    (first..=last).map(part).collect()
}

/// A part with its text: a character belongs to the part in which it begins.
fn stored(part: Part, text: &[u8], text_start: u64) -> StoredBlock {
    let Part { kind, place, span } = part;
    let whole = place.span;
    let is_inner = |at: u64| {
        let byte = usize::try_from(at - text_start).ok();
        byte.and_then(|byte| text.get(byte))
            .is_some_and(|byte| byte & 0xc0 == 0x80)
    };
    let boundary = |at: u64| {
        let mut at = at;
        while at < whole.end && is_inner(at) {
            at += 1;
        }
        at
    };
    let span = Span::new(boundary(span.start), boundary(span.end));
    let bytes = Span::new(span.start - text_start, span.end - text_start);
    let part = usize::try_from(bytes.start)
        .ok()
        .zip(usize::try_from(bytes.end).ok())
        .and_then(|(start, end)| text.get(start..end));
    StoredBlock {
        kind,
        span,
        whole: (span != whole).then_some(whole),
        text: String::from_utf8_lossy(part.unwrap_or_default()).into_owned(),
        page: place.page,
        part: place.part,
        item: place.item,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_block_is_cut_into_parts_that_meet() {
        let long = Span::new(7, 7 + 2 * BLOCK_PART_BYTES_MAX + 5);
        let parts = cut(long, Span::new(0, u64::MAX));
        assert_eq!(parts.len(), 3);
        assert_eq!((parts[0].start, parts[2].end), (long.start, long.end));
        assert!(parts.windows(2).all(|pair| pair[0].end == pair[1].start));
        let inside = parts[1].start + 10;
        assert_eq!(cut(long, Span::new(inside, inside + 1)), [parts[1]]);
        assert_eq!(cut(long, Span::new(0, 7)), []);
        let short = Span::new(10, 20);
        assert_eq!(cut(short, Span::new(15, 16)), [short]);
    }
}
