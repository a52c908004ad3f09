//! Which blocks are headings: those the file's outline names, then those whose font says so.

use alexandria_core::block::BlockKind;

use super::bookmark::Bookmark;
use super::draft::Draft;
use super::paragraph::is_caption;
use super::row::Row;
use crate::section::Outline;

/// A heading has at most this many bytes ...
const BYTES_MAX: usize = 220;

/// ... and this many lines.
const LINES_MAX: usize = 4;

/// Font sizes, as multiples of the body's, that make a heading of level 1, 2 and 3.
const RATIOS: [(f32, u8); 3] = [(1.75, 1), (1.38, 2), (1.14, 3)];

/// The level of a bold heading in the body's font size.
const BOLD_LEVEL: u8 = 4;

/// How far above the place that a bookmark points to its heading may begin, in points.
const BOOKMARK_SLACK: f32 = 4.0;

/// Half points of font size that are told apart.
const SIZES: usize = 200;

/// How much text of each font size the pages so far had.
#[derive(Debug)]
pub(super) struct Census {
    sizes: Vec<u64>,
    letters: u64,
    bold: u64,
    monospace: u64,
}

impl Census {
    /// Nothing counted.
    pub(super) fn new() -> Self {
        Self {
            sizes: vec![0; SIZES],
            letters: 0,
            bold: 0,
            monospace: 0,
        }
    }

    /// Counts the letters of a row.
    pub(super) fn count(&mut self, row: &Row) {
        let letters = row.text.len() as u64;
        if let Some(count) = self.sizes.get_mut(half_points(row.size)) {
            *count += letters;
        }
        self.letters += letters;
        self.bold += if row.is_bold { letters } else { 0 };
        self.monospace += if row.is_monospace { letters } else { 0 };
    }

    /// The font size of most letters, in points.
    #[expect(clippy::cast_precision_loss, reason = "half points are small")]
    pub(super) fn body_size(&self) -> f32 {
        let largest = self
            .sizes
            .iter()
            .enumerate()
            .max_by_key(|(_, count)| **count);
        largest.map_or(10.0, |(size, _)| (size as f32 / 2.0).max(1.0))
    }

    /// Whether most text is monospaced.
    pub(super) fn is_monospace(&self) -> bool {
        self.monospace * 2 > self.letters
    }

    fn is_bold(&self) -> bool {
        self.bold * 3 > self.letters
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped before"
)]
fn half_points(size: f32) -> usize {
    (size * 2.0).round().clamp(0.0, 1e6) as usize
}

/// The headings above the block at hand, from the outline and from the fonts.
#[derive(Debug, Default)]
pub(super) struct Headings {
    bookmarks: Vec<Bookmark>,
    next: usize,
    open: Outline,
    deepest_bookmark: u8,
}

impl Headings {
    /// Headings of a file with this outline.
    pub(super) fn new(mut bookmarks: Vec<Bookmark>) -> Self {
        bookmarks.sort_by_key(|bookmark| bookmark.page);
        Self {
            bookmarks,
            ..Self::default()
        }
    }

    /// Gives every block of a page its section, and makes headings of those that are.
    pub(super) fn assign(
        &mut self,
        page: u32,
        drafts: Vec<Draft>,
        census: &Census,
    ) -> Vec<(Draft, Vec<String>)> {
        let mut waiting = self.take_page(page);
        let matched: Vec<Option<usize>> =
            drafts.iter().map(|draft| find(&waiting, draft)).collect();
        let mut placed = Vec::with_capacity(drafts.len());
        for (mut draft, found) in drafts.into_iter().zip(matched) {
            self.enter_unmatched(&mut waiting, found, draft.baseline);
            let bookmark = found.and_then(|index| waiting.get_mut(index)?.take());
            let level = match bookmark {
                Some(bookmark) => {
                    self.deepest_bookmark = bookmark.level;
                    Some(bookmark.level)
                }
                None => self.level(&draft, census),
            };
            let section = self.open.path();
            if let Some(level) = level {
                draft.kind = BlockKind::Heading(level);
                self.open.enter(level, &draft.text);
            }
            placed.push((draft, section));
        }
        self.enter_unmatched(&mut waiting, None, f32::MAX);
        placed
    }

    /// The bookmarks that point to a page; earlier ones, of pages without blocks, are entered.
    fn take_page(&mut self, page: u32) -> Vec<Option<Bookmark>> {
        let mut taken = Vec::new();
        while let Some(bookmark) = self.bookmarks.get(self.next) {
            if bookmark.page > page {
                break;
            }
            taken.push(Some(bookmark.clone()));
            self.next += 1;
        }
        taken
    }

    /// Enters the sections of bookmarks above a height whose heading is not among the blocks.
    fn enter_unmatched(
        &mut self,
        waiting: &mut [Option<Bookmark>],
        before: Option<usize>,
        baseline: f32,
    ) {
        for (index, slot) in waiting.iter_mut().enumerate() {
            let is_due = match before {
                Some(found) => index < found,
                None => slot.as_ref().is_some_and(|bookmark| {
                    bookmark.top.unwrap_or(f32::MAX) + BOOKMARK_SLACK < baseline
                }),
            };
            if is_due && let Some(bookmark) = slot.take() {
                self.deepest_bookmark = bookmark.level;
                self.open.enter(bookmark.level, &bookmark.title);
            }
        }
    }

    /// The level of a block that looks like a heading.
    fn level(&self, draft: &Draft, census: &Census) -> Option<u8> {
        let text = draft.text.as_str();
        let is_short = text.len() <= BYTES_MAX && draft.lines.len() <= LINES_MAX;
        let may_be = matches!(draft.kind, BlockKind::Paragraph | BlockKind::ListItem(_));
        let letters = text
            .chars()
            .filter(|character| character.is_alphabetic())
            .count();
        if !is_short || !may_be || letters < 2 || letters * 5 < text.len() * 2 || is_caption(text) {
            return None;
        }
        let ratio = draft.size / census.body_size();
        let by_size = RATIOS
            .iter()
            .find(|(least, _)| ratio >= *least)
            .map(|(_, level)| *level);
        let ends_like_text = text.ends_with(['.', ',', ';']) && !text.ends_with("...");
        let is_bold = draft.is_bold && !census.is_bold() && ratio > 0.95;
        let depth = number_depth(text);
        let level = match (by_size, depth) {
            (Some(level), _) if !ends_like_text || level == 1 => level,
            (None, Some(depth)) if is_bold && !ends_like_text => depth.saturating_add(1),
            (None, None) if is_bold && !ends_like_text && draft.lines.len() <= 2 => BOLD_LEVEL,
            _ => return None,
        };
        if matches!(draft.kind, BlockKind::ListItem(_)) && depth.is_none() {
            return None;
        }
        // What the outline leaves out stands below what it names.
        let least = if self.bookmarks.is_empty() || self.next == 0 {
            1
        } else {
            self.deepest_bookmark + 1
        };
        Some(level.max(least).min(6))
    }
}

/// The bookmark whose title a block is.
fn find(waiting: &[Option<Bookmark>], draft: &Draft) -> Option<usize> {
    if waiting.is_empty() || draft.text.len() > BYTES_MAX || draft.kind == BlockKind::Table {
        return None;
    }
    let text = key(&draft.text);
    let is_title = |bookmark: &Bookmark| {
        let title = key(&bookmark.title);
        let longer = if title.len() > text.len() {
            &title
        } else {
            &text
        };
        let shorter = if title.len() > text.len() {
            &text
        } else {
            &title
        };
        // One of them may carry the number that the other leaves out.
        shorter.len() >= 3
            && longer.strip_suffix(shorter.as_str()).is_some_and(|number| {
                let number = number
                    .trim_start_matches("chapter")
                    .trim_start_matches("appendix");
                number.len() <= 8 && !number.chars().any(|character| character.is_alphabetic())
                    || number.len() <= 1
            })
    };
    waiting
        .iter()
        .position(|slot| slot.as_ref().is_some_and(is_title))
}

/// The letters and digits of a title, in lower case.
fn key(text: &str) -> String {
    text.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// How many numbers a heading's number has: 2 for `3.1 Scope`.
fn number_depth(text: &str) -> Option<u8> {
    let (number, title) = text.split_once(' ')?;
    let number = number.trim_end_matches('.');
    let is_number = !number.is_empty()
        && number.split('.').all(|part| {
            !part.is_empty() && part.len() <= 3 && part.chars().all(|c| c.is_ascii_digit())
        });
    let is_title = title.trim_start().starts_with(|c: char| c.is_uppercase());
    (is_number && is_title).then(|| u8::try_from(number.split('.').count()).unwrap_or(6).min(6))
}
