//! The outline of a document: its parts (chapters, sheets, attachments) and headings, in reading order.

use std::sync::Arc;

use alexandria_core::access::Scope;
use alexandria_core::block::{BlockKind, Span};
use alexandria_core::error::Result;
use alexandria_core::id::{DocumentId, VersionId};
use alexandria_core::principal::Principal;
use alexandria_store::catalog::Version;
use alexandria_store::layout::LayoutBlock;

use super::whole_characters;
use crate::library::Library;

/// The most entries of an outline; what follows them is left out, and the outline says so.
pub const OUTLINE_ENTRIES_MAX: usize = 10_000;

/// The longest text of an entry, in bytes.
const ENTRY_BYTES_MAX: u64 = 300;

/// Bytes of text read at once for the headings of a group.
const READ_BYTES: u64 = 16 * 1024;

/// The outline of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// The reading it is of.
    pub version: VersionId,
    /// Its entries, in reading order.
    pub entries: Vec<OutlineEntry>,
    /// Whether there are more than [`OUTLINE_ENTRIES_MAX`].
    pub is_cut: bool,
}

/// An entry of an outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlineEntry {
    /// What it is.
    pub kind: OutlineKind,
    /// What it is called.
    pub text: String,
    /// Where it begins in the stored text.
    pub start: u64,
    /// The page it begins on, for formats that have them.
    pub page: Option<u32>,
}

/// What an entry of an outline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutlineKind {
    /// A part of the file.
    Part,
    /// A heading of a level from 1, the outermost.
    Heading(u8),
}

impl Outline {
    /// About the bytes it takes in memory.
    pub(crate) fn weight(&self) -> usize {
        let texts: usize = self.entries.iter().map(|entry| entry.text.len()).sum();
        texts + self.entries.len() * size_of::<OutlineEntry>()
    }
}

impl Library {
    /// The outline of a document.
    ///
    /// # Errors
    /// `NotFound` when there is no such document or it has not been read.
    pub async fn outline(&self, principal: &Principal, id: DocumentId) -> Result<Arc<Outline>> {
        principal.require(Scope::Ask)?;
        let version = self.read_version(principal, id).await?;
        if let Some(outline) = self.layouts.outline(version.id) {
            return Ok(outline);
        }
        let outline = Arc::new(self.make_outline(principal, &version).await?);
        self.layouts.keep_outline(version.id, &outline);
        Ok(outline)
    }

    async fn make_outline(&self, principal: &Principal, version: &Version) -> Result<Outline> {
        let layout = &version.layout_blob;
        let index = self.layouts.index(principal, layout).await?;
        let mut outline = Outline {
            version: version.id,
            entries: Vec::new(),
            is_cut: false,
        };
        let mut part = None;
        for group in index.groups(Span::new(0, u64::MAX)) {
            let blocks = self.layouts.group(principal, layout, &group).await?;
            let mut texts = Texts::default();
            for block in blocks.iter() {
                if outline.entries.len() >= OUTLINE_ENTRIES_MAX {
                    outline.is_cut = true;
                    return Ok(outline);
                }
                if block.place.part != part {
                    part.clone_from(&block.place.part);
                    outline.entries.extend(entry_of_part(block));
                }
                if let BlockKind::Heading(level) = block.kind {
                    let text = texts.of(self, principal, version, block.place.span).await?;
                    outline.entries.push(OutlineEntry {
                        kind: OutlineKind::Heading(level),
                        text,
                        start: block.place.span.start,
                        page: block.place.page,
                    });
                }
            }
        }
        Ok(outline)
    }
}

fn entry_of_part(block: &LayoutBlock) -> Option<OutlineEntry> {
    let name = block.place.part.as_ref()?;
    let end = name.floor_char_boundary(usize::try_from(ENTRY_BYTES_MAX).unwrap_or(usize::MAX));
    Some(OutlineEntry {
        kind: OutlineKind::Part,
        text: name.get(..end)?.to_owned(),
        start: block.place.span.start,
        page: block.place.page,
    })
}

/// A window on the stored text that moves on.
#[derive(Default)]
struct Texts {
    start: u64,
    bytes: Vec<u8>,
}

impl Texts {
    /// The text of a heading, cut where it is too long.
    async fn of(
        &mut self,
        library: &Library,
        principal: &Principal,
        version: &Version,
        span: Span,
    ) -> Result<String> {
        let end = span.end.min(span.start.saturating_add(ENTRY_BYTES_MAX));
        let has = Span::new(self.start, self.start + self.bytes.len() as u64);
        if span.start < has.start || end > has.end {
            self.start = span.start;
            let range = span.start..span.start.saturating_add(READ_BYTES);
            let text = &version.text_blob;
            self.bytes = library.blobs.get_range(principal, text, range).await?;
        }
        let at = |byte: u64| usize::try_from(byte - self.start).unwrap_or(usize::MAX);
        let bytes = self.bytes.get(at(span.start)..at(end)).unwrap_or_default();
        Ok(whole_characters(bytes).1)
    }
}
