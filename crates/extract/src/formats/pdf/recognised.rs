//! Words that were recognised in the picture of a page, to the blocks of that page.

use alexandria_core::block::{Block, BlockKind, Rect};
use unicode_normalization::UnicodeNormalization;

use super::draft::{Compounds, Draft};
use super::row::{Cell, Row};

/// Words less sure than this that hold no letter or digit are specks of dirt.
const CONFIDENCE_MIN: f32 = 0.3;

/// A line's letters with ascenders and descenders are this many font sizes high.
const LINE_HEIGHT: f32 = 1.0;

/// Where the baseline stands in a line's height.
const BASELINE: f32 = 0.8;

/// A word recognised in a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// The word.
    pub text: String,
    /// Where it stands, in pixels, origin at the top left.
    pub rect: Rect,
    /// How sure the recogniser is, from 0 to 1.
    pub confidence: f32,
    /// The paragraph within the page: words of one paragraph follow each other.
    pub paragraph: u32,
    /// The line within the page.
    pub line: u32,
}

/// The blocks of a page, one a paragraph, from its words in reading order. `points_per_pixel` is the
/// page's width in points over its picture's in pixels, or 72 over the picture's pixels to the inch.
///
/// Lines are joined and words that a line's end cuts are made whole; every block says where each of
/// its lines and, in equal steps within a word, each of its characters stands. Words that are not
/// plain text are dropped.
#[must_use]
pub fn blocks(words: &[Word], points_per_pixel: f32, page: u32, section: &[String]) -> Vec<Block> {
    let words: Vec<Word> = words.iter().filter_map(clean).collect();
    let mut compounds = Compounds::default();
    let mut paragraphs: Vec<Vec<Row>> = Vec::new();
    for paragraph in words.chunk_by(|one, other| one.paragraph == other.paragraph) {
        let lines = paragraph.chunk_by(|one, other| one.line == other.line);
        let rows: Vec<Row> = lines
            .filter_map(|line| row(line, points_per_pixel))
            .collect();
        rows.iter().for_each(|row| compounds.learn(&row.text));
        paragraphs.push(rows);
    }
    let drafts = paragraphs.iter().filter_map(|rows| {
        let (first, rest) = rows.split_first()?;
        let mut draft = Draft::new(BlockKind::Paragraph, first, page);
        rest.iter()
            .for_each(|row| draft.flow(row, page, &compounds));
        Some(draft)
    });
    drafts.map(|draft| draft.finish(section.to_vec())).collect()
}

/// The word in NFC without control characters, unless nothing or only dirt is left of it.
fn clean(word: &Word) -> Option<Word> {
    let is_text = |character: &char| {
        !character.is_control() && !character.is_whitespace() && *character != '\u{AD}'
    };
    let text: String = word.text.nfc().filter(is_text).collect();
    let is_word = text.contains(char::is_alphanumeric);
    let has_place = [word.rect.x0, word.rect.y0, word.rect.x1, word.rect.y1]
        .iter()
        .all(|edge| edge.is_finite());
    let is_kept = has_place && !text.is_empty() && (is_word || word.confidence >= CONFIDENCE_MIN);
    is_kept.then(|| Word {
        text,
        ..word.clone()
    })
}

fn row(words: &[Word], points_per_pixel: f32) -> Option<Row> {
    let left = words.iter().map(|word| word.rect.x0).reduce(f32::min)? * points_per_pixel;
    let right = words.iter().map(|word| word.rect.x1).reduce(f32::max)? * points_per_pixel;
    let top = words.iter().map(|word| word.rect.y0).reduce(f32::min)? * points_per_pixel;
    let bottom = words.iter().map(|word| word.rect.y1).reduce(f32::max)? * points_per_pixel;
    let mut text = String::new();
    let mut edges = Vec::new();
    for word in words {
        let (start, end) = (
            word.rect.x0 * points_per_pixel,
            word.rect.x1 * points_per_pixel,
        );
        if !text.is_empty() {
            text.push(' ');
            edges.push(start);
        }
        let letters = word.text.chars().count();
        #[expect(clippy::cast_precision_loss, reason = "a word has few letters")]
        let step = (end - start) / letters.max(1) as f32;
        let mut edge = start;
        edges.extend(
            std::iter::repeat_with(|| {
                edge += step;
                edge
            })
            .take(letters),
        );
        text.push_str(&word.text);
    }
    let size = ((bottom - top) / LINE_HEIGHT).max(1.0);
    Some(Row {
        cells: vec![Cell {
            start: 0,
            end: text.len(),
            left,
            right,
        }],
        text,
        edges,
        left,
        right,
        baseline: top + BASELINE * size,
        size,
        angle: 0,
        is_bold: false,
        is_monospace: false,
        is_right_to_left: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, x0: f32, line: u32, paragraph: u32) -> Word {
        let y0 = 100.0 * (line + 1) as f32;
        let rect = Rect {
            x0,
            y0,
            x1: x0 + 100.0,
            y1: y0 + 40.0,
        };
        Word {
            text: text.to_owned(),
            rect,
            confidence: 0.9,
            paragraph,
            line,
        }
    }

    #[test]
    fn recognised_lines_become_paragraphs_with_places() {
        let dirt = Word {
            confidence: 0.1,
            ..word("|", 900.0, 0, 0)
        };
        let words = [
            word("The", 0.0, 0, 0),
            word("libra-", 200.0, 0, 0),
            dirt,
            word("ry", 0.0, 1, 0),
            word("burned.", 200.0, 1, 0),
            word("Next", 0.0, 2, 1),
        ];
        let blocks = blocks(&words, 0.36, 3, &["Part".to_owned()]);
        let texts: Vec<&str> = blocks.iter().map(|block| block.text.as_str()).collect();
        assert_eq!(texts, ["The library burned.", "Next"]);
        assert_eq!(blocks[0].place.page, Some(3));
        assert_eq!(blocks[0].place.section, ["Part"]);
        let [first, second] = blocks[0].lines.as_slice() else {
            panic!("two lines")
        };
        assert_eq!(first.span.of(&blocks[0].text), Some("The libra"));
        assert_eq!(second.span.of(&blocks[0].text), Some("ry burned."));
        assert_eq!(first.edges.len(), "The libra".len());
        let rect = second.rect;
        assert!(
            (rect.x0 - 0.0).abs() < 0.01 && (rect.x1 - 108.0).abs() < 0.01,
            "{rect:?}"
        );
        assert!(
            (rect.y0 - 72.0).abs() < 0.01 && (rect.y1 - 86.4).abs() < 0.01,
            "{rect:?}"
        );
    }
}
