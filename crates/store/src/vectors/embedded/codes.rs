//! Sign codes: one bit a dimension, and the estimate of a cosine that they give.
//!
//! A page holds the codes of up to 2,048 vectors, as signs of the difference to the page's own mean
//! (embedding models put all vectors into one corner; what tells them apart is the rest). The
//! query stays in full precision. For a difference `r` with signs `s`, the product `r·q` is
//! estimated as `(s·q) |r|² / |r|₁`: unbiased, because the error is orthogonal to `r` for random
//! signs (the idea of `RaBitQ`, Gao and Long, SIGMOD 2024).

use super::kernel::{BLOCK_ROWS, ENTRY_MAX, Kernel, Line, STEP_BYTES};
use super::record::Shape;

/// Vectors in one page.
pub(super) const PAGE_ROWS: usize = 2_048;

/// Blocks in one page.
pub(super) const PAGE_BLOCKS: usize = PAGE_ROWS / BLOCK_ROWS;

/// The codes of one page and what goes with each.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Page {
    centroid: Vec<f32>,
    /// `|r|² / |r|₁` of each row, and zeros up to the end of the block.
    factors: Vec<f32>,
    /// The hash of each row's chunk id: says where a chunk may be without reading its record.
    prints: Vec<u32>,
    codes: Vec<u8>,
    rows: usize,
}

/// A query, made ready for pages of one shape.
#[derive(Debug)]
pub(super) struct QueryTable<'q> {
    query: &'q [f32],
    /// For each group of four dimensions, the products of its sixteen possible signs, as bytes.
    entries: Vec<u8>,
    /// What one unit of an entry stands for.
    scale: f32,
    /// What a sum of zero stands for.
    base: f32,
}

impl<'q> QueryTable<'q> {
    /// Computes the table: 16 entries for each 4 dimensions.
    pub(super) fn new(query: &'q [f32], shape: Shape) -> Self {
        let reach = |group: &[f32]| group.iter().map(|number| number.abs()).sum::<f32>();
        let widest = query.chunks(4).map(reach).fold(0.0, f32::max);
        let scale = (2.0 * widest / f32::from(ENTRY_MAX)).max(f32::MIN_POSITIVE);
        let mut entries = Vec::with_capacity(shape.block_bytes());
        for group in query.chunks(4) {
            for signs in 0..16_u8 {
                entries.push(entry(group, signs, scale));
            }
        }
        entries.resize(shape.block_bytes(), 0);
        let base = -query.chunks(4).map(reach).sum::<f32>();
        Self {
            query,
            entries,
            scale,
            base,
        }
    }
}

/// The product of four numbers with four signs, counted in units above the smallest possible.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and ENTRY_MAX by the choice of the scale"
)]
fn entry(group: &[f32], signs: u8, scale: f32) -> u8 {
    let positive = |(bit, _): &(usize, &f32)| signs >> bit & 1 == 1;
    let above: f32 = group
        .iter()
        .enumerate()
        .map(|(bit, number)| {
            let same = positive(&(bit, number)) == (*number > 0.0);
            if same { 2.0 * number.abs() } else { 0.0 }
        })
        .sum();
    (above / scale).round().clamp(0.0, f32::from(ENTRY_MAX)) as u8
}

impl Page {
    /// A page with nothing in it.
    pub(super) fn empty(shape: Shape) -> Self {
        Self {
            centroid: vec![0.0; shape.dimensions],
            factors: Vec::new(),
            prints: Vec::new(),
            codes: Vec::new(),
            rows: 0,
        }
    }

    /// A page of these vectors, around their own mean.
    pub(super) fn around_mean(shape: Shape, rows: &[(u32, Vec<f32>)]) -> Self {
        let mut page = Self::empty(shape);
        for (_, vector) in rows {
            for (sum, number) in page.centroid.iter_mut().zip(vector) {
                *sum += number;
            }
        }
        let share = 1.0 / row_count(rows.len().max(1));
        page.centroid.iter_mut().for_each(|sum| *sum *= share);
        for (print, vector) in rows {
            page.push(*print, vector);
        }
        page
    }

    /// How many vectors it holds.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The hashes of its rows' chunk ids, in order.
    pub(super) fn prints(&self) -> &[u32] {
        &self.prints
    }

    /// Bytes that it keeps in memory.
    pub(super) fn bytes(&self) -> usize {
        self.codes.len() + 4 * (self.centroid.len() + self.factors.len() + self.prints.len())
    }

    /// Adds one vector.
    pub(super) fn push(&mut self, print: u32, vector: &[f32]) {
        let row = self.rows % BLOCK_ROWS;
        let steps = vector.len().div_ceil(16);
        let start = self.rows / BLOCK_ROWS * steps * STEP_BYTES;
        if row == 0 {
            self.codes.resize(start + steps * STEP_BYTES, 0);
            self.factors.resize(self.rows + BLOCK_ROWS, 0.0);
        }
        let (mut squares, mut sum) = (0.0_f32, 0.0_f32);
        let block = self.codes.get_mut(start..).unwrap_or_default();
        let pairs = vector.chunks(4).zip(self.centroid.chunks(4));
        for ((numbers, means), group) in pairs.zip(block.chunks_exact_mut(16)) {
            let mut nibble = 0_u8;
            for (bit, (number, mean)) in numbers.iter().zip(means).enumerate() {
                let rest = number - mean;
                nibble |= u8::from(rest > 0.0) << bit;
                squares += rest * rest;
                sum += rest.abs();
            }
            let (byte, shift) = if row < 16 { (row, 0) } else { (row - 16, 4) };
            if let Some(byte) = group.get_mut(byte) {
                *byte |= nibble << shift;
            }
        }
        if let Some(factor) = self.factors.get_mut(self.rows) {
            *factor = if sum > 0.0 { squares / sum } else { 0.0 };
        }
        self.prints.push(print);
        self.rows += 1;
    }

    /// The blocks of this page, with what turns their sums into estimates for this query.
    pub(super) fn estimator<'a>(
        &'a self,
        table: &'a QueryTable<'a>,
        kernel: Kernel,
    ) -> Estimator<'a> {
        let offset = product(table.query, &self.centroid);
        let line = Line {
            scale: table.scale,
            base: table.base,
            offset,
        };
        Estimator {
            page: self,
            table,
            kernel,
            line,
        }
    }

    /// The page as bytes for the file of codes.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.bytes());
        for number in self.centroid.iter().chain(&self.factors) {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        for print in &self.prints {
            bytes.extend_from_slice(&print.to_le_bytes());
        }
        bytes.extend_from_slice(&self.codes);
        bytes
    }

    /// Bytes of a full page in the file of codes.
    pub(super) fn full_bytes(shape: Shape) -> usize {
        4 * (shape.dimensions + 2 * PAGE_ROWS) + PAGE_BLOCKS * shape.block_bytes()
    }

    /// Reads a full page back. The caller has checked length and checksum.
    pub(super) fn from_bytes(shape: Shape, bytes: &[u8]) -> Self {
        let word = |chunk: &[u8]| chunk.try_into().map_or(0, u32::from_le_bytes);
        let mut words = bytes.chunks_exact(4).map(word);
        let centroid = words
            .by_ref()
            .take(shape.dimensions)
            .map(f32::from_bits)
            .collect();
        let factors = words.by_ref().take(PAGE_ROWS).map(f32::from_bits).collect();
        let prints = words.take(PAGE_ROWS).collect();
        let codes = bytes
            .get(4 * (shape.dimensions + 2 * PAGE_ROWS)..)
            .unwrap_or_default();
        Self {
            centroid,
            factors,
            prints,
            codes: codes.to_vec(),
            rows: PAGE_ROWS,
        }
    }
}

/// A page seen by one query.
#[derive(Debug)]
pub(super) struct Estimator<'a> {
    page: &'a Page,
    table: &'a QueryTable<'a>,
    kernel: Kernel,
    /// From sums to estimates; its offset is the product of the query with the page's mean.
    line: Line,
}

impl Estimator<'_> {
    /// Estimates the cosines of a block and says which rows lie above the threshold, one bit each.
    pub(super) fn above(
        &self,
        block: usize,
        threshold: f32,
        estimates: &mut [f32; BLOCK_ROWS],
    ) -> u32 {
        let width = self.table.entries.len();
        let start = block * width;
        let factors = self.page.factors.get(block * BLOCK_ROWS..);
        let (Some(codes), Some(factors)) = (
            self.page.codes.get(start..start + width),
            factors.and_then(|factors| factors.first_chunk::<BLOCK_ROWS>()),
        ) else {
            return 0;
        };
        let mut sums = [0; BLOCK_ROWS];
        self.kernel.sums(codes, &self.table.entries, &mut sums);
        if self.kernel.lift(&sums, factors, self.line, estimates) <= threshold {
            return 0;
        }
        let bits = estimates.iter().enumerate();
        bits.fold(0, |mask, (row, estimate)| {
            mask | u32::from(*estimate > threshold) << row
        })
    }
}

/// A product in sixteen independent sums, which the processor adds side by side.
fn product(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 16];
    for (a, b) in a.chunks(16).zip(b.chunks(16)) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    lanes.iter().sum()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "at most PAGE_ROWS, exact in f32"
)]
fn row_count(rows: usize) -> f32 {
    rows as f32
}
