//! Glyphs to rows: what stands on one baseline and is drawn in one go, as text with the place of
//! every character.
//!
//! Drawing order is trusted within a row unless the pen moves back; then, and in right-to-left text,
//! the glyphs are sorted by place and put into logical order.

mod accent;
mod writer;

use unicode_bidi::{BidiClass, bidi_class};
use unicode_normalization::char::is_combining_mark;

use super::glyph::{Drawing, Glyph};

use self::accent::accent;
use self::writer::Writer;

/// How far two baselines may differ in a row, in font sizes.
const BASELINE_SHIFT_MAX: f32 = 0.12;

/// How far a superscript's or accent's baseline may stand from its row's, in font sizes.
const SCRIPT_SHIFT_MAX: f32 = 0.55;

/// How far a letter may be raised or lowered that touches its neighbour, in font sizes ...
const KERNED_SHIFT_MAX: f32 = 0.3;

/// ... and how near touching is.
const KERNED_GAP_MAX: f32 = 0.25;

/// A glyph smaller than this part of its neighbour may be a sub- or superscript.
const SCRIPT_SIZE_MAX: f32 = 0.86;

/// A gap of this many font sizes separates words.
const WORD_GAP: f32 = 0.15;

/// A gap of this many font sizes separates cells of a table, or columns.
const CELL_GAP: f32 = 1.4;

/// How far above the baseline letters reach, in font sizes.
const ASCENT: f32 = 0.8;

/// How far below the baseline letters reach, in font sizes.
const DESCENT: f32 = 0.2;

/// How near, in font sizes, the same character must be drawn again to count as one fake bold letter.
const DOUBLE_STRIKE: f32 = 0.07;

/// A part of a row between wide gaps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cell {
    /// Its first byte in the row's text.
    pub(super) start: usize,
    /// One past its last byte.
    pub(super) end: usize,
    /// Its left edge.
    pub(super) left: f32,
    /// Its right edge.
    pub(super) right: f32,
}

/// A line of text, in the frame of its baseline.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// Its text, NFC; words separated by one space.
    pub(super) text: String,
    /// For every character of the text, where its far edge stands; empty when that is not known.
    pub(super) edges: Vec<f32>,
    /// The parts between wide gaps; at least one.
    pub(super) cells: Vec<Cell>,
    /// The left edge.
    pub(super) left: f32,
    /// The right edge.
    pub(super) right: f32,
    /// The baseline, growing downwards.
    pub(super) baseline: f32,
    /// The font size of most of its letters.
    pub(super) size: f32,
    /// The direction of the baseline on the page, clockwise, in degrees.
    pub(super) angle: i16,
    /// Whether (almost) all letters are bold.
    pub(super) is_bold: bool,
    /// Whether every letter is as wide as every other.
    pub(super) is_monospace: bool,
    /// Whether it reads from right to left.
    pub(super) is_right_to_left: bool,
}

impl Row {
    /// The upper edge.
    pub(super) fn top(&self) -> f32 {
        self.baseline - ASCENT * self.size
    }

    /// The lower edge.
    pub(super) fn bottom(&self) -> f32 {
        self.baseline + DESCENT * self.size
    }

    /// The row cut down to some of its cells, which follow each other.
    pub(super) fn part(&self, cells: &[Cell]) -> Option<Self> {
        let (first, last) = (cells.first()?, cells.last()?);
        let text = self.text.get(first.start..last.end)?;
        let before = self.text.get(..first.start)?.chars().count();
        let edges = self
            .edges
            .iter()
            .skip(before)
            .take(text.chars().count())
            .copied()
            .collect();
        let shift = |cell: &Cell| Cell {
            start: cell.start - first.start,
            end: cell.end - first.start,
            ..*cell
        };
        Some(Self {
            text: text.to_owned(),
            edges,
            cells: cells.iter().map(shift).collect(),
            left: first.left.min(last.left),
            right: first.right.max(last.right),
            ..*self
        })
    }
}

/// The rows of a page, in drawing order.
pub(super) fn rows(drawing: &Drawing) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut open: Option<Open<'_>> = None;
    for glyph in &drawing.glyphs {
        match &mut open {
            Some(row) if row.accepts(glyph) => row.push(glyph),
            _ => {
                rows.extend(open.take().and_then(|row| row.finish(drawing)));
                open = Some(Open::new(glyph));
            }
        }
    }
    rows.extend(open.and_then(|row| row.finish(drawing)));
    rows
}

/// A row that still grows.
struct Open<'a> {
    glyphs: Vec<&'a Glyph>,
    baseline: f32,
    size: f32,
    needs_sorting: bool,
}

impl<'a> Open<'a> {
    fn new(glyph: &'a Glyph) -> Self {
        let mut glyphs = Vec::with_capacity(96);
        glyphs.push(glyph);
        let needs_sorting = is_right_to_left(glyph.first);
        Self {
            glyphs,
            baseline: glyph.across,
            size: glyph.size,
            needs_sorting,
        }
    }

    fn accepts(&self, glyph: &Glyph) -> bool {
        let Some(last) = self.glyphs.last() else {
            return true;
        };
        if (glyph.angle - last.angle).abs() > 1 {
            return false;
        }
        let shift = (glyph.across - self.baseline).abs();
        let large = glyph.size.max(self.size);
        if shift <= BASELINE_SHIFT_MAX * large {
            return true;
        }
        let gap = glyph.along - last.end();
        // The lowered letter of a logo stands as high as its neighbours and touches them.
        let is_kerned = shift <= KERNED_SHIFT_MAX * large && gap.abs() < KERNED_GAP_MAX * large;
        let is_near = shift <= SCRIPT_SHIFT_MAX * large && gap > -1.2 * large && gap < 0.7 * large;
        let is_script = glyph.size < SCRIPT_SIZE_MAX * self.size
            || last.size < SCRIPT_SIZE_MAX * glyph.size
            || accent(glyph.first).is_some()
            || accent(last.first).is_some();
        is_kerned || is_near && is_script
    }

    fn push(&mut self, glyph: &'a Glyph) {
        if let Some(last) = self.glyphs.last() {
            let is_back = glyph.along < last.along - 0.01 * glyph.size;
            self.needs_sorting |= is_back || is_right_to_left(glyph.first);
        }
        // The row stands where its larger letters stand, whatever came first.
        if glyph.size * SCRIPT_SIZE_MAX > self.size {
            self.size = glyph.size;
            self.baseline = glyph.across;
        }
        self.glyphs.push(glyph);
    }

    fn finish(mut self, drawing: &Drawing) -> Option<Row> {
        let is_right_to_left = self.needs_sorting && reads_right_to_left(&self.glyphs);
        if self.needs_sorting {
            self.drop_double_strikes();
            sort(&mut self.glyphs, is_right_to_left);
        }
        while self.glyphs.last().is_some_and(|glyph| glyph.is_space()) {
            self.glyphs.pop();
        }
        let leading = self
            .glyphs
            .iter()
            .take_while(|glyph| glyph.is_space())
            .count();
        self.glyphs.drain(..leading);
        let ink = self.glyphs.iter().filter(|glyph| !glyph.is_space());
        let left = ink.clone().map(|glyph| glyph.along).reduce(f32::min)?;
        let right = ink.clone().map(|glyph| glyph.end()).reduce(f32::max)?;
        let letters = self.glyphs.len();
        let bold = ink.clone().filter(|glyph| glyph.is_bold).count();
        let angle = self.glyphs.first()?.angle;
        let is_monospace = is_monospace(&self.glyphs);
        let word_gap = word_gap(&self.glyphs, self.size);
        let mut writer = Writer::new(letters, self.size, word_gap);
        if is_right_to_left || self.needs_sorting && self.glyphs.iter().any(is_foreign) {
            writer.write_bidirectional(&self.glyphs, drawing, is_right_to_left);
        } else {
            writer.write(&self.glyphs, drawing);
        }
        let (text, edges, cells) = writer.finish();
        Some(Row {
            text,
            edges,
            cells,
            left,
            right,
            baseline: self.baseline,
            size: self.size,
            angle,
            is_bold: bold * 20 > letters * 17,
            is_monospace,
            is_right_to_left,
        })
    }

    /// Letters drawn twice almost in one place make a bold face out of a plain one: one is kept.
    fn drop_double_strikes(&mut self) {
        let mut kept: Vec<&Glyph> = Vec::with_capacity(self.glyphs.len());
        for glyph in self.glyphs.drain(..) {
            let reach = DOUBLE_STRIKE * glyph.size;
            let is_double = kept.iter().rev().take(400).any(|other| {
                other.first == glyph.first && (other.along - glyph.along).abs() < reach
            });
            if !is_double {
                kept.push(glyph);
            }
        }
        self.glyphs = kept;
    }
}

fn is_foreign(glyph: &&Glyph) -> bool {
    is_right_to_left(glyph.first)
}

/// Whether a character belongs to a script that reads from right to left.
fn is_right_to_left(character: char) -> bool {
    character >= '\u{590}' && matches!(bidi_class(character), BidiClass::R | BidiClass::AL)
}

fn reads_right_to_left(glyphs: &[&Glyph]) -> bool {
    let count =
        |wanted: fn(char) -> bool| glyphs.iter().filter(|glyph| wanted(glyph.first)).count();
    count(is_right_to_left) > count(|character| bidi_class(character) == BidiClass::L)
}

/// Sorts by place, keeping every combining mark behind the letter that it was drawn with.
fn sort(glyphs: &mut Vec<&Glyph>, is_right_to_left: bool) {
    let mut clusters: Vec<(f32, usize)> = Vec::with_capacity(glyphs.len());
    let mut key = f32::MIN;
    for (index, glyph) in glyphs.iter().enumerate() {
        let is_mark = is_combining_mark(glyph.first) && index > 0;
        if !is_mark {
            // A wide gap counts from the middle: an accent drawn over a letter sorts beside it.
            key = if is_right_to_left {
                glyph.along + glyph.advance / 2.0
            } else {
                glyph.along
            };
        }
        clusters.push((key, index));
    }
    clusters.sort_by(|one, other| one.0.total_cmp(&other.0));
    let sorted = clusters
        .iter()
        .filter_map(|(_, index)| glyphs.get(*index).copied())
        .collect();
    *glyphs = sorted;
}

/// The gap that separates words in this row. Leaders apart, spaced-out letters have gaps everywhere; there a word
/// ends where the gap is larger than usual.
fn word_gap(glyphs: &[&Glyph], size: f32) -> f32 {
    let usual = WORD_GAP * size;
    let gaps = glyphs.windows(2).filter_map(|pair| match pair {
        [one, other] if one.first.is_alphanumeric() && other.first.is_alphanumeric() => {
            Some(other.along - one.end())
        }
        _ => None,
    });
    let (mut wide, mut all) = (0_usize, 0_usize);
    for gap in gaps.clone() {
        all += 1;
        wide += usize::from(gap > usual && gap < CELL_GAP * size);
    }
    if all < 6 || wide * 10 < all * 6 {
        return usual;
    }
    let mut sorted: Vec<f32> = gaps.collect();
    sorted.sort_by(f32::total_cmp);
    sorted
        .get(sorted.len() / 2)
        .map_or(usual, |median| usual.max(median * 1.7))
}

fn is_monospace(glyphs: &[&Glyph]) -> bool {
    let mut ink = glyphs.iter().filter(|glyph| glyph.first.is_ascii_graphic());
    let Some(first) = ink.next() else {
        return false;
    };
    let mut characters = [first.first; 2];
    let mut letters = 1_usize;
    for glyph in ink {
        if (glyph.advance - first.advance).abs() > 0.02 * first.advance {
            return false;
        }
        letters += 1;
        characters = [
            characters[0].min(glyph.first),
            characters[1].max(glyph.first),
        ];
    }
    // Figures are as wide as each other in most fonts, so digits alone prove nothing.
    letters >= 3
        && characters[1] > '9'
        && characters[0] != characters[1]
        && (first.advance / first.size - 0.6).abs() < 0.11
}
