//! The text of a row put together: spaces where gaps are, accents on their letters, and what reads from
//! right to left in logical order.

use unicode_bidi::{BidiInfo, Level};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::super::glyph::{Drawing, Glyph};
use super::accent::{accent, dotted, overlap, stands_over};
use super::{CELL_GAP, Cell};

/// Puts a row's text together.
#[derive(Default)]
pub(super) struct Writer {
    text: String,
    edges: Vec<f32>,
    cells: Vec<Cell>,
    row_size: f32,
    word_gap: f32,
    cell_start: usize,
    cell_left: f32,
    cell_right: f32,
}

impl Writer {
    /// For a row of so many letters of this size, with the gap that separates its words.
    pub(super) fn new(letters: usize, row_size: f32, word_gap: f32) -> Self {
        Self {
            text: String::with_capacity(letters * 5 / 4),
            edges: Vec::with_capacity(letters * 5 / 4),
            row_size,
            word_gap,
            ..Self::default()
        }
    }

    /// Writes glyphs that stand from left to right, spaces where gaps are.
    pub(super) fn write(&mut self, glyphs: &[&Glyph], drawing: &Drawing) {
        let mut last: Option<&Glyph> = None;
        let mut glyphs = glyphs.iter().peekable();
        while let Some(glyph) = glyphs.next() {
            if glyph.is_space() {
                self.space(glyph.along);
                continue;
            }
            if let Some(last) = last {
                self.gap(last, glyph);
            } else {
                (self.cell_left, self.cell_right) = (glyph.along, glyph.end());
            }
            self.cell_right = self.cell_right.max(glyph.end());
            let before = last.replace(glyph);
            if glyph.first == '.' && self.ends_with_leader() {
                // Three dots of a leader say all that the others would.
                if let Some(edge) = self.edges.last_mut() {
                    *edge = glyph.end();
                }
                continue;
            }
            let mark = accent(glyph.first);
            if let (Some(mark), Some(letter)) = (mark, before)
                && letter.first.is_alphabetic()
                && stands_over(glyph, letter)
            {
                self.put_over_last(mark);
                last = Some(letter);
                continue;
            }
            if let (Some(mark), Some(letter)) = (mark, glyphs.peek())
                && letter.first.is_alphabetic()
                && overlap(glyph, letter)
            {
                // The accent was drawn first: it goes behind its letter.
                let letters = drawing.characters(letter).map(dotted);
                self.put(letters, letter.end());
                self.put(std::iter::once(mark), letter.end());
                self.cell_right = self.cell_right.max(letter.end());
                last = Some(letter);
                glyphs.next();
                continue;
            }
            self.put(drawing.characters(glyph), glyph.end());
        }
    }

    /// Puts an accent on the letter that was written last.
    fn put_over_last(&mut self, mark: char) {
        if let Some(letter) = self.text.pop() {
            self.text.push(dotted(letter));
        }
        let edge = self.edges.last().copied().unwrap_or_default();
        self.put(std::iter::once(mark), edge);
    }

    /// Whether the text ends with the dots that lead to a page number. A space behind them goes.
    fn ends_with_leader(&mut self) -> bool {
        let is_leader = ["...", ". . ."]
            .iter()
            .any(|dots| self.text.trim_end().ends_with(dots));
        if is_leader && self.text.ends_with(' ') {
            self.text.pop();
            self.edges.pop();
        }
        is_leader
    }

    /// Writes glyphs that stand from left to right but read, wholly or in parts, the other way.
    pub(super) fn write_bidirectional(
        &mut self,
        glyphs: &[&Glyph],
        drawing: &Drawing,
        is_right_to_left: bool,
    ) {
        let visual = with_spaces(glyphs, self.word_gap);
        let sign = |index: Option<usize>| index.and_then(|index| glyphs.get(index));
        let signs: String = visual
            .iter()
            .map(|(index, _)| sign(*index).map_or(' ', |glyph| glyph.first))
            .collect();
        let level = if is_right_to_left {
            Level::rtl()
        } else {
            Level::ltr()
        };
        // Reading a line as if it were in logical order and laying it out again is its own inverse.
        let bidi = BidiInfo::new(&signs, Some(level));
        let Some(paragraph) = bidi.paragraphs.first() else {
            return;
        };
        let levels = bidi.reordered_levels_per_char(paragraph, paragraph.range.clone());
        let levels = levels.get(..visual.len()).unwrap_or_default();
        (self.cell_left, self.cell_right) = (f32::MAX, f32::MIN);
        for position in BidiInfo::reorder_visual(levels) {
            let Some((index, place)) = visual.get(position) else {
                continue;
            };
            let Some(glyph) = sign(*index) else {
                self.space(*place);
                continue;
            };
            self.cell_left = self.cell_left.min(glyph.along);
            self.cell_right = self.cell_right.max(glyph.end());
            let edge = if is_right_to_left {
                glyph.along
            } else {
                glyph.end()
            };
            self.put(drawing.characters(glyph), edge);
            let marks = glyphs.iter().skip(index.map_or(0, |index| index + 1));
            for mark in marks.take_while(|mark| is_combining_mark(mark.first)) {
                self.put(drawing.characters(mark), edge);
            }
        }
    }

    /// A space, or the border of a cell, where the gap between two glyphs is wide.
    fn gap(&mut self, last: &Glyph, next: &Glyph) {
        if is_combining_mark(next.first) {
            return;
        }
        let gap = next.along - last.end().max(self.cell_right);
        if gap > CELL_GAP * self.row_size.max(next.size) {
            self.close_cell();
            self.space(next.along);
            (self.cell_start, self.cell_left) = (self.text.len(), next.along);
            self.cell_right = next.end();
        } else if gap > self.word_gap || gap < -1.5 * self.row_size {
            self.space(next.along);
        }
    }

    fn space(&mut self, edge: f32) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
            self.edges.push(edge);
        } else if let Some(last) = self.edges.last_mut().filter(|_| self.text.ends_with(' ')) {
            *last = edge;
        }
    }

    fn put(&mut self, characters: impl Iterator<Item = char>, edge: f32) {
        for character in characters {
            self.text.push(character);
            self.edges.push(edge);
        }
    }

    fn close_cell(&mut self) {
        let end = self.text.trim_end().len();
        if end > self.cell_start {
            self.cells.push(Cell {
                start: self.cell_start,
                end,
                left: self.cell_left,
                right: self.cell_right,
            });
        }
    }

    /// The text, the edge of each of its characters, and its cells.
    pub(super) fn finish(mut self) -> (String, Vec<f32>, Vec<Cell>) {
        while self.text.ends_with(' ') {
            self.text.pop();
            self.edges.pop();
        }
        self.close_cell();
        if !unicode_normalization::is_nfc(&self.text) {
            self.compose();
        }
        (self.text, self.edges, self.cells)
    }

    /// Puts the text into NFC, letter by letter, so that every character keeps its edge.
    fn compose(&mut self) {
        let mut text = String::with_capacity(self.text.len());
        let mut edges = Vec::with_capacity(self.edges.len());
        let mut moved = Vec::with_capacity(self.cells.len());
        let mut characters = self.text.char_indices().peekable();
        let mut taken = 0_usize;
        while let Some((at, first)) = characters.next() {
            moved.push((at, text.len()));
            let mut cluster = String::from(first);
            taken += 1;
            while let Some((_, mark)) = characters.next_if(|(_, next)| is_combining_mark(*next)) {
                cluster.push(mark);
                taken += 1;
            }
            let edge = self.edges.get(taken - 1).copied().unwrap_or_default();
            for character in cluster.nfc() {
                text.push(character);
                edges.push(edge);
            }
        }
        moved.push((self.text.len(), text.len()));
        let new = |old: usize| {
            let index = moved.partition_point(|(at, _)| *at < old);
            moved.get(index).map_or(text.len(), |(_, new)| *new)
        };
        for cell in &mut self.cells {
            (cell.start, cell.end) = (new(cell.start), new(cell.end));
        }
        if !unicode_normalization::is_nfc(&text) {
            // Letters that join across clusters (Hangul parts) lose their edges, not their text.
            text = text.nfc().collect();
            edges.clear();
            for cell in &mut self.cells {
                (cell.start, cell.end) = (0, text.len());
            }
            self.cells.truncate(1);
        }
        (self.text, self.edges) = (text, edges);
    }
}

/// The indices of glyphs from left to right, without the marks that hang on them, with a `None` for
/// every space, and where each begins.
fn with_spaces(glyphs: &[&Glyph], word_gap: f32) -> Vec<(Option<usize>, f32)> {
    let mut visual: Vec<(Option<usize>, f32)> = Vec::with_capacity(glyphs.len() * 5 / 4);
    let mut end: Option<f32> = None;
    for (index, glyph) in glyphs.iter().enumerate() {
        if index > 0 && is_combining_mark(glyph.first) {
            continue;
        }
        let is_gap = end.is_some_and(|end| glyph.along - end > word_gap);
        if (glyph.is_space() || is_gap) && visual.last().is_some_and(|last| last.0.is_some()) {
            visual.push((None, glyph.along));
        }
        if !glyph.is_space() {
            visual.push((Some(index), glyph.along));
            end = Some(end.unwrap_or(f32::MIN).max(glyph.end()));
        }
    }
    visual
}
