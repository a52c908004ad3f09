//! What reading a file gives: blocks of text, each with its place, and the faults met on the way.
//!
//! A version's *stored text* is the text of its blocks joined by [`BLOCK_SEPARATOR`]; every [`Span`]
//! outside the extractors counts bytes of that text. It never changes once stored, so a citation
//! can be checked for ever.

use serde::{Deserialize, Serialize};

/// What stands between two blocks in the stored text.
pub const BLOCK_SEPARATOR: &str = "\n\n";

/// A range of bytes, end exclusive, on character boundaries.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Span {
    /// The first byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
}

impl Span {
    /// The bytes from `start` up to, and not including, `end`.
    #[must_use]
    pub const fn new(start: u64, end: u64) -> Self {
        Self { start, end }
    }

    /// How many bytes it covers.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// Whether it covers nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.end <= self.start
    }

    /// The bytes that both cover, if any.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> Option<Self> {
        let span = Self::new(self.start.max(other.start), self.end.min(other.end));
        (!span.is_empty()).then_some(span)
    }

    /// The same range counted from `offset` bytes earlier.
    #[must_use]
    pub const fn shifted(&self, offset: u64) -> Self {
        Self::new(self.start + offset, self.end + offset)
    }

    /// The text it covers, or nothing when it does not lie on character boundaries inside `text`.
    #[must_use]
    pub fn of<'a>(&self, text: &'a str) -> Option<&'a str> {
        text.get(usize::try_from(self.start).ok()?..usize::try_from(self.end).ok()?)
    }
}

/// A rectangle on a page, in points (1/72 inch), origin at the top left of the page as it is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rect {
    /// The left edge.
    pub x0: f32,
    /// The upper edge.
    pub y0: f32,
    /// The right edge.
    pub x1: f32,
    /// The lower edge.
    pub y1: f32,
}

/// A rectangle and the page it is on: what is quoted may go on overleaf.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PageRect {
    /// The page, counted from 1.
    pub page: u32,
    /// Where on it.
    #[serde(flatten)]
    pub rect: Rect,
}

/// Where something stands: in the stored text, and in the file as a person sees it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The page or slide that it begins on, counted from 1, for formats that have them.
    pub page: Option<u32>,
    /// Where on its pages, in reading order; empty for formats without a fixed layout.
    pub rectangles: Vec<PageRect>,
    /// The headings above it, outermost first.
    pub section: Vec<String>,
    /// For formats without pages, the part of the file: a chapter's name in an EPUB, a sheet's name,
    /// an attachment's.
    pub part: Option<String>,
    /// The paragraph or row inside the part (or file), counted from 1.
    pub item: Option<u32>,
    /// The bytes of the stored text.
    pub span: Span,
}

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// A heading of level 1 (outermost) to 6.
    Heading(u8),
    /// Running text.
    Paragraph,
    /// An item of a list, at a depth counted from 0.
    ListItem(u8),
    /// A whole table: one line of text a row, cells separated by [`CELL_SEPARATOR`]; the first row is
    /// its header.
    Table,
    /// Program text or anything else whose line breaks count.
    Code,
    /// Quoted text.
    Quote,
    /// The caption of a figure or table.
    Caption,
    /// A note at the foot of a page or end of a text.
    Footnote,
    /// What is said about a picture: its alternative text.
    Image,
}

/// What stands between two cells of a table row.
pub const CELL_SEPARATOR: &str = " | ";

/// A line of text on a page: enough to draw a rectangle around any part of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The bytes of the block's text (from the extractors) or of the stored text (once stored).
    pub span: Span,
    /// The page, counted from 1.
    pub page: u32,
    /// Where the line stands.
    pub rect: Rect,
    /// For each character of the span, how far its right (for right-to-left text: left) edge stands
    /// from the line's left edge, in 1/16 point. Empty when only the line's rectangle is known.
    pub edges: Vec<u16>,
}

/// A paragraph, heading, table or the like, with its place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its text, NFC, without soft hyphens and control characters; lines inside a paragraph joined.
    pub text: String,
    /// Where it stands. Extractors leave `span` empty and `rectangles` empty where `lines` say it.
    pub place: Place,
    /// The lines it was set in, for formats with a fixed layout; spans count bytes of `text`.
    pub lines: Vec<Line>,
}

/// Why a part of a file, or all of it, could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// It needs a password.
    Encrypted,
    /// It breaks the rules of its format.
    Malformed,
    /// It passes a named limit.
    TooLarge,
    /// Reading took too long and was stopped.
    Timeout,
    /// Reading needed too much memory and was stopped.
    Memory,
    /// A format, or part of one, that is not read.
    Unsupported,
    /// There is no text in it, and no recognition found any.
    NoText,
    /// Somebody did not want it read any more.
    Cancelled,
}

/// Something that could not be read, told to the person whose file it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What sort of trouble.
    pub kind: FaultKind,
    /// The page concerned, counted from 1; the whole file where there is none.
    pub page: Option<u32>,
    /// A sentence for a person, with the remedy.
    pub message: String,
}

/// The size of a page as it is shown, in points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageSize {
    /// From left to right.
    pub width: f32,
    /// From top to bottom.
    pub height: f32,
    /// Whether the page's own text is missing or useless, so that its picture should be recognised.
    pub needs_recognition: bool,
}

/// A file, read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Parsed {
    /// The format's name in the table of formats, such as `pdf`.
    pub format: String,
    /// The title that the file gives itself.
    pub title: Option<String>,
    /// Who wrote it, as the file says.
    pub authors: Vec<String>,
    /// The language of most of the text: ISO 639-1, lower case.
    pub language: Option<String>,
    /// The pages, for formats that have them.
    pub pages: Vec<PageSize>,
    /// The text, in reading order.
    pub blocks: Vec<Block>,
    /// What could not be read.
    pub faults: Vec<Fault>,
}

impl Parsed {
    /// Joins the blocks into the stored text and makes every span count bytes of it.
    ///
    /// Blocks whose text is empty are dropped.
    #[must_use]
    pub fn store(mut self) -> (String, Self) {
        self.blocks.retain(|block| !block.text.is_empty());
        let bytes = self
            .blocks
            .iter()
            .map(|block| block.text.len() + BLOCK_SEPARATOR.len())
            .sum();
        let mut text = String::with_capacity(bytes);
        for block in &mut self.blocks {
            if !text.is_empty() {
                text.push_str(BLOCK_SEPARATOR);
            }
            let offset = text.len() as u64;
            text.push_str(&block.text);
            block.place.span = Span::new(offset, text.len() as u64);
            for line in &mut block.lines {
                line.span = line.span.shifted(offset);
            }
        }
        (text, self)
    }
}

/// The rectangles that cover a span of the stored text, one for each line it touches.
///
/// `text` is the stored text of which `text_start` is the first byte given (so that a caller need not
/// hold a whole book), and `lines` count bytes of the stored text.
#[must_use]
pub fn rectangles(span: Span, lines: &[Line], text: &str, text_start: u64) -> Vec<PageRect> {
    let parts = lines
        .iter()
        .filter_map(|line| Some((line, line.span.overlap(&span)?)));
    parts
        .map(|(line, part)| PageRect {
            page: line.page,
            rect: line_part(line, part, text, text_start),
        })
        .collect()
}

/// The rectangle of a part of a line, cut at character edges where they are known.
fn line_part(line: &Line, part: Span, text: &str, text_start: u64) -> Rect {
    if part == line.span || line.edges.is_empty() {
        return line.rect;
    }
    let slice = |from: u64, to: u64| {
        Span::new(
            from.saturating_sub(text_start),
            to.saturating_sub(text_start),
        )
        .of(text)
    };
    let (Some(before), Some(inside)) = (
        slice(line.span.start, part.start),
        slice(part.start, part.end),
    ) else {
        return line.rect;
    };
    let first = before.chars().count();
    let last = first + inside.chars().count();
    let edge = |characters: usize| {
        characters
            .checked_sub(1)
            .and_then(|index| line.edges.get(index))
            .map(|e| f32::from(*e) / 16.0)
    };
    let right_to_left = line.edges.first() > line.edges.last();
    let width = line.rect.x1 - line.rect.x0;
    let begin = edge(first).unwrap_or(if right_to_left { width } else { 0.0 });
    let end = edge(last).unwrap_or(if right_to_left { 0.0 } else { width });
    let (left, right) = if begin <= end {
        (begin, end)
    } else {
        (end, begin)
    };
    Rect {
        x0: line.rect.x0 + left,
        x1: line.rect.x0 + right,
        ..line.rect
    }
}
