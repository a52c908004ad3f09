//! The layout of a version: its blocks and the lines they were set in, apart from its text.
//!
//! One file for each version, written once. A book's layout is many times larger than what one
//! question needs of it, so blocks lie in groups, each compressed by itself, and an index at the
//! head says which bytes of the stored text each group covers: rectangles for a quote cost one
//! small read for the head (kept by the caller) and one or two groups.
//!
//! ```text
//! head   24 bytes   magic "ALXLAY" · version u16 · index length u32 · reserved u32 · checksum u64
//! index             postcard of [`LayoutIndex`]'s entries and page sizes
//! groups            zstd of postcard of the blocks, one after the other
//! ```
//!
//! All numbers are little-endian. Checksums are the first eight bytes of SHA-256; a group or an
//! index that does not match its own is [`ErrorKind::Corrupt`] and is never used.

use std::ops::Range;

use alexandria_core::block::{Block, BlockKind, Line, PageSize, Parsed, Place, Span};
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The bytes at the start of a layout that [`LayoutIndex::bytes`] needs.
pub const LAYOUT_HEAD_BYTES: u64 = 24;

/// The most blocks in a group.
pub const LAYOUT_GROUP_BLOCKS_MAX: usize = 64;

/// The most characters of text in a group, unless one block alone has more. Lines with their edges
/// take about three bytes a character before compression.
pub const LAYOUT_GROUP_TEXT_BYTES_MAX: u64 = 16 * 1024;

/// The largest index that is read: 100,000 pages and as many groups stay below it.
pub const LAYOUT_INDEX_BYTES_MAX: u32 = 16 * 1024 * 1024;

/// The largest group that is unpacked.
pub const LAYOUT_GROUP_BYTES_MAX: usize = 64 * 1024 * 1024;

const MAGIC: &[u8; 6] = b"ALXLAY";
const VERSION: u16 = 1;
const ZSTD_LEVEL: i32 = 3;

/// A block of the stored text without its text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayoutBlock {
    /// What it is.
    pub kind: BlockKind,
    /// Where it stands; the span counts bytes of the stored text.
    pub place: Place,
    /// The lines it was set in; spans count bytes of the stored text.
    pub lines: Vec<Line>,
}

/// What the head of a layout says: the pages, and where each group lies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayoutIndex {
    /// The pages, for formats that have them.
    pub pages: Vec<PageSize>,
    groups: Vec<Group>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Group {
    /// From its first block's first byte to its last block's last, in the stored text.
    span: Span,
    /// Where it starts, counted from the end of the index.
    offset: u64,
    bytes: u32,
    checksum: u64,
}

/// A group to be read: its place in the file, and what it must look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayoutGroup {
    /// Its bytes in the file.
    pub bytes: Range<u64>,
    checksum: u64,
}

/// Writes the layout of a version whose spans count stored text (see [`Parsed::store`]).
///
/// # Errors
/// [`ErrorKind::TooLarge`] when the index would pass [`LAYOUT_INDEX_BYTES_MAX`].
pub fn encode_layout(parsed: &Parsed) -> Result<Vec<u8>> {
    let mut groups = Vec::new();
    let mut body = Vec::new();
    for blocks in grouped(&parsed.blocks) {
        let packed = pack(blocks)?;
        groups.push(Group {
            span: covered(blocks),
            offset: body.len() as u64,
            bytes: length(packed.len())?,
            checksum: checksum(&packed),
        });
        body.extend_from_slice(&packed);
    }
    let index = LayoutIndex {
        pages: parsed.pages.clone(),
        groups,
    };
    let index = postcard::to_stdvec(&index).context(ErrorKind::Internal, || {
        "cannot write the index of a layout".to_owned()
    })?;
    if index.len() as u64 > u64::from(LAYOUT_INDEX_BYTES_MAX) {
        return Err(Error::new(
            ErrorKind::TooLarge,
            format!("the layout's index passes {LAYOUT_INDEX_BYTES_MAX} bytes: split the file"),
        ));
    }
    let mut file = Vec::with_capacity(index.len() + body.len());
    file.extend_from_slice(MAGIC);
    file.extend_from_slice(&VERSION.to_le_bytes());
    file.extend_from_slice(&length(index.len())?.to_le_bytes());
    file.extend_from_slice(&0_u32.to_le_bytes());
    file.extend_from_slice(&checksum(&index).to_le_bytes());
    file.extend_from_slice(&index);
    file.extend_from_slice(&body);
    Ok(file)
}

impl LayoutIndex {
    /// Where the index lies, from the first [`LAYOUT_HEAD_BYTES`] of the file.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] when this is no layout, or one of a version this program cannot read.
    pub fn bytes(head: &[u8]) -> Result<Range<u64>> {
        let fields = Head::parse(head)?;
        Ok(LAYOUT_HEAD_BYTES..LAYOUT_HEAD_BYTES + u64::from(fields.index_bytes))
    }

    /// Reads the index from the head and the bytes that [`Self::bytes`] named.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] when they do not match their checksum.
    pub fn parse(head: &[u8], index: &[u8]) -> Result<Self> {
        let fields = Head::parse(head)?;
        if checksum(index) != fields.checksum {
            return Err(corrupt("its index does not match its checksum"));
        }
        let mut parsed: Self = postcard::from_bytes(index).context(ErrorKind::Corrupt, || {
            "cannot read the index of a layout".to_owned()
        })?;
        let start = LAYOUT_HEAD_BYTES + u64::from(fields.index_bytes);
        for group in &mut parsed.groups {
            group.offset = group.offset.saturating_add(start);
        }
        Ok(parsed)
    }

    /// The groups that hold blocks touching this span of the stored text, in reading order.
    #[must_use]
    pub fn groups(&self, span: Span) -> Vec<LayoutGroup> {
        let first = self
            .groups
            .partition_point(|group| group.span.end <= span.start);
        let rest = self.groups.get(first..).unwrap_or_default();
        let touching = rest.iter().take_while(|group| group.span.start < span.end);
        let group = |group: &Group| LayoutGroup {
            bytes: group.offset..group.offset + u64::from(group.bytes),
            checksum: group.checksum,
        };
        touching.map(group).collect()
    }
}

impl LayoutGroup {
    /// Unpacks the group from the bytes of the file that it names.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] when they do not match their checksum.
    pub fn decode(&self, packed: &[u8]) -> Result<Vec<LayoutBlock>> {
        if checksum(packed) != self.checksum {
            return Err(corrupt("a group does not match its checksum"));
        }
        let bytes = zstd::bulk::decompress(packed, LAYOUT_GROUP_BYTES_MAX)
            .context(ErrorKind::Corrupt, || {
                "cannot unpack a group of a layout".to_owned()
            })?;
        postcard::from_bytes(&bytes).context(ErrorKind::Corrupt, || {
            "cannot read a group of a layout".to_owned()
        })
    }
}

struct Head {
    index_bytes: u32,
    checksum: u64,
}

impl Head {
    fn parse(head: &[u8]) -> Result<Self> {
        let (magic, rest) = head
            .split_first_chunk::<6>()
            .ok_or_else(|| corrupt("it is cut off"))?;
        let (version, rest) = rest
            .split_first_chunk::<2>()
            .ok_or_else(|| corrupt("it is cut off"))?;
        let (length, rest) = rest
            .split_first_chunk::<4>()
            .ok_or_else(|| corrupt("it is cut off"))?;
        let (_, rest) = rest
            .split_first_chunk::<4>()
            .ok_or_else(|| corrupt("it is cut off"))?;
        let (checksum, _) = rest
            .split_first_chunk::<8>()
            .ok_or_else(|| corrupt("it is cut off"))?;
        if magic != MAGIC {
            return Err(corrupt("it does not begin as a layout does"));
        }
        let version = u16::from_le_bytes(*version);
        if version != VERSION {
            return Err(corrupt(&format!(
                "it is of version {version}, this program reads {VERSION}"
            )));
        }
        let index_bytes = u32::from_le_bytes(*length);
        if index_bytes > LAYOUT_INDEX_BYTES_MAX {
            return Err(corrupt("its index is too long"));
        }
        Ok(Self {
            index_bytes,
            checksum: u64::from_le_bytes(*checksum),
        })
    }
}

/// Cuts the blocks into groups, in order, within both limits.
fn grouped(blocks: &[Block]) -> Vec<&[Block]> {
    let mut groups = Vec::new();
    let mut rest = blocks;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = |block: &&Block| {
            bytes += block.place.span.len();
            bytes <= LAYOUT_GROUP_TEXT_BYTES_MAX
        };
        let count = rest
            .iter()
            .take(LAYOUT_GROUP_BLOCKS_MAX)
            .take_while(fits)
            .count()
            .max(1);
        let (group, after) = rest.split_at(count.min(rest.len()));
        groups.push(group);
        rest = after;
    }
    groups
}

fn covered(blocks: &[Block]) -> Span {
    let start = blocks.first().map_or(0, |block| block.place.span.start);
    let end = blocks.last().map_or(start, |block| block.place.span.end);
    Span::new(start, end)
}

fn pack(blocks: &[Block]) -> Result<Vec<u8>> {
    let layout = |block: &Block| LayoutBlock {
        kind: block.kind,
        place: block.place.clone(),
        lines: block.lines.clone(),
    };
    let blocks: Vec<LayoutBlock> = blocks.iter().map(layout).collect();
    let bytes = postcard::to_stdvec(&blocks).context(ErrorKind::Internal, || {
        "cannot write a group of a layout".to_owned()
    })?;
    zstd::bulk::compress(&bytes, ZSTD_LEVEL).context(ErrorKind::Internal, || {
        "cannot pack a group of a layout".to_owned()
    })
}

fn checksum(bytes: &[u8]) -> u64 {
    let digest = Sha256::digest(bytes);
    digest
        .first_chunk::<8>()
        .map_or(0, |first| u64::from_le_bytes(*first))
}

fn length(bytes: usize) -> Result<u32> {
    u32::try_from(bytes).context(ErrorKind::TooLarge, || {
        "cannot write a layout with a part over 4 GiB: split the file".to_owned()
    })
}

fn corrupt(why: &str) -> Error {
    Error::new(ErrorKind::Corrupt, format!("cannot read a layout: {why}"))
}

#[cfg(test)]
mod tests;
