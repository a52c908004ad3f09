//! The text in blocks, and its outline.

use alexandria_core::block::BlockKind;
use alexandria_core::id::VersionId;
use alexandria_library::stored::{
    BLOCKS_MAX, Blocks, BlocksWanted, Outline, OutlineEntry, OutlineKind, StoredBlock,
};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::Shared;
use crate::api::documents::Which;
use crate::api::extract::{Asker, Parameters, Segments};
use crate::api::problem::Problem;
use crate::api::wire::{PAGE_ITEMS_DEFAULT, SpanBody};

/// Which blocks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BlockParameters {
    /// From the block on that holds this byte of the stored text; 0 unless given, or `end` is.
    start: Option<u64>,
    /// Up to this byte. Without `start`, the blocks that stand right before it.
    end: Option<u64>,
    /// So many blocks, 200 at most; 50 unless given.
    #[schemars(range(min = 1, max = BLOCKS_MAX))]
    limit: Option<u32>,
}

/// Some blocks of a document, in reading order.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Blocks")]
pub(super) struct BlocksBody {
    /// The reading they are of; its text never changes.
    #[schemars(with = "Uuid")]
    version_id: VersionId,
    /// How many bytes the whole text has.
    bytes: u64,
    /// The blocks.
    items: Vec<BlockBody>,
    /// What to give as `end` for the blocks before these; absent at the beginning of the text.
    previous: Option<u64>,
    /// What to give as `start` for the blocks after these; absent when all that was wanted is here.
    next: Option<u64>,
}

/// What a block is.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "BlockKind")]
enum KindBody {
    /// A heading, of a level from 1 (outermost) to 6.
    Heading,
    /// Running text.
    Paragraph,
    /// An item of a list, at a depth counted from 0.
    ListItem,
    /// A table: one line of text a row, cells separated by ` | `; the first row is its header.
    Table,
    /// Program text or anything else whose line breaks count.
    Code,
    /// Quoted text.
    Quote,
    /// The caption of a figure or table.
    Caption,
    /// A note at the foot of a page or end of a text.
    Footnote,
    /// What is said about a picture.
    Image,
}

impl KindBody {
    /// The kind, and the level of a heading or depth of an item.
    const fn of(kind: BlockKind) -> (Self, Option<u8>) {
        match kind {
            BlockKind::Heading(level) => (Self::Heading, Some(level)),
            BlockKind::ListItem(depth) => (Self::ListItem, Some(depth)),
            BlockKind::Paragraph => (Self::Paragraph, None),
            BlockKind::Table => (Self::Table, None),
            BlockKind::Code => (Self::Code, None),
            BlockKind::Quote => (Self::Quote, None),
            BlockKind::Caption => (Self::Caption, None),
            BlockKind::Footnote => (Self::Footnote, None),
            BlockKind::Image => (Self::Image, None),
        }
    }
}

/// A block of the stored text, or a part of a long one.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Block")]
struct BlockBody {
    /// What it is.
    kind: KindBody,
    /// The level of a heading, from 1, or the depth of an item, from 0.
    level: Option<u8>,
    /// The text.
    text: String,
    /// Which bytes of the stored text these are.
    span: SpanBody,
    /// The bytes of the whole block, where this is only a part of it.
    whole: Option<SpanBody>,
    /// The page it begins on, counted from 1, for formats that have pages.
    page: Option<u32>,
    /// The chapter, sheet or attachment, for formats without pages.
    part: Option<String>,
    /// The paragraph or row in it, counted from 1.
    item: Option<u32>,
}

impl From<StoredBlock> for BlockBody {
    fn from(block: StoredBlock) -> Self {
        let (kind, level) = KindBody::of(block.kind);
        Self {
            kind,
            level,
            text: block.text,
            span: block.span.into(),
            whole: block.whole.map(SpanBody::from),
            page: block.page,
            part: block.part,
            item: block.item,
        }
    }
}

impl From<Blocks> for BlocksBody {
    fn from(blocks: Blocks) -> Self {
        Self {
            version_id: blocks.version,
            bytes: blocks.bytes,
            items: blocks.blocks.into_iter().map(BlockBody::from).collect(),
            previous: blocks.previous,
            next: blocks.next,
        }
    }
}

/// The outline of a document.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Outline")]
pub(super) struct OutlineBody {
    /// The reading it is of.
    #[schemars(with = "Uuid")]
    version_id: VersionId,
    /// Its parts and headings, in reading order.
    items: Vec<OutlineEntryBody>,
    /// Whether it has more of them than are told.
    cut: bool,
}

/// What an entry of an outline is.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "OutlineKind")]
enum OutlineKindBody {
    /// A chapter of an EPUB, a sheet, an attachment.
    Part,
    /// A heading.
    Heading,
}

/// A part or heading of a document.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OutlineEntry")]
struct OutlineEntryBody {
    /// What it is.
    kind: OutlineKindBody,
    /// 0 for a part, from 1 (outermost) to 6 for a heading.
    level: u8,
    /// What it is called.
    text: String,
    /// Where it begins, in bytes of the stored text.
    start: u64,
    /// The page it begins on, counted from 1, for formats that have pages.
    page: Option<u32>,
}

impl From<&OutlineEntry> for OutlineEntryBody {
    fn from(entry: &OutlineEntry) -> Self {
        let (kind, level) = match entry.kind {
            OutlineKind::Part => (OutlineKindBody::Part, 0),
            OutlineKind::Heading(level) => (OutlineKindBody::Heading, level),
        };
        Self {
            kind,
            level,
            text: entry.text.clone(),
            start: entry.start,
            page: entry.page,
        }
    }
}

impl From<&Outline> for OutlineBody {
    fn from(outline: &Outline) -> Self {
        Self {
            version_id: outline.version,
            items: outline.entries.iter().map(OutlineEntryBody::from).collect(),
            cut: outline.is_cut,
        }
    }
}

pub(super) async fn blocks(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Parameters(wanted): Parameters<BlockParameters>,
) -> Result<Json<BlocksBody>, Problem> {
    let count = wanted.limit.unwrap_or(PAGE_ITEMS_DEFAULT);
    let wanted = BlocksWanted {
        start: wanted.start,
        end: wanted.end,
        count: usize::try_from(count).unwrap_or(usize::MAX),
    };
    let blocks = app
        .library
        .blocks(&principal, which.document, wanted)
        .await?;
    Ok(Json(blocks.into()))
}

pub(super) async fn outline(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<OutlineBody>, Problem> {
    let outline = app.library.outline(&principal, which.document).await?;
    Ok(Json(outline.as_ref().into()))
}
