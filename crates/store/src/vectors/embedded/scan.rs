//! Finding the nearest vectors: estimates from codes, then exact cosines for the best of them.
//!
//! Which way is cheaper is counted before each search: reading every row that passes (rows that
//! lie together are read together), or looking at the codes of the blocks that hold one.

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::filter::Filter;

use super::codes::{PAGE_BLOCKS, QueryTable};
use super::kernel::{BLOCK_ROWS, Kernel};
use super::record::{self, Record};
use super::snapshot::Snapshot;
use crate::vectors::{Effort, VectorHit};

/// Candidates that are kept for comparison, however few hits are asked for; more among so many rows
/// that one in [`ROWS_PER_CANDIDATE`] is more; and further ones for each hit. How many of them are
/// compared is decided on the way.
const CANDIDATES_MIN: usize = 512;
const ROWS_PER_CANDIDATE: usize = 128;
const CANDIDATES_PER_HIT: usize = 16;

/// Candidates compared at a time; the first time two for each hit more.
const WAVE_ROWS: usize = 32;

/// Candidates are compared until the best estimate left lies this many times the usual error of an
/// estimate below the last hit, among a hundred thousand rows; among ten times as many, this much more,
/// because more of them come near by chance. Measured by `examples/vectors.rs`.
const DOUBT: f32 = 1.3;
const DOUBT_ROWS: f32 = 100_000.0;
const DOUBT_PER_TENFOLD: f32 = 1.2;

/// Rows between two wanted ones that are read along rather than skipped.
const GAP_ROWS_MAX: u32 = 2;

/// Rows in one read.
const READ_ROWS_MAX: u32 = 256;

/// Costs in nanoseconds for 384 dimensions, measured by `examples/vectors.rs`; only their
/// proportions matter.
const READ_NS: usize = 450;
const ROW_NS: usize = 65;
const BLOCK_NS: usize = 100;

/// An exact search may cost so many times what an estimated one does: it misses nothing.
const EXACT_WORTH: usize = 3;

/// A search inside one space.
#[derive(Clone, Copy, Debug)]
pub(super) struct Search<'a> {
    /// A vector of length one.
    pub(super) query: &'a [f32],
    /// Which documents count.
    pub(super) filter: &'a Filter,
    /// How many hits at most.
    pub(super) limit: usize,
    /// How hard to look.
    pub(super) effort: Effort,
    /// The inner loops.
    pub(super) kernel: Kernel,
}

impl Search<'_> {
    /// The nearest rows, best first; equal cosines by chunk.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for a query of another length, [`ErrorKind::Corrupt`] when a record
    /// is damaged, [`ErrorKind::Unavailable`] when the disk does not answer.
    pub(super) fn run(&self, snapshot: &Snapshot) -> Result<Vec<VectorHit>> {
        if snapshot.state.live_count == 0 || self.limit == 0 {
            return Ok(Vec::new());
        }
        if self.query.len() != snapshot.shape().dimensions {
            return Err(Error::new(
                ErrorKind::Invalid,
                format!(
                    "the question's vector has {} numbers and those of the collection have {}; \
                     they come from different models",
                    self.query.len(),
                    snapshot.shape().dimensions
                ),
            ));
        }
        let live = snapshot.state.live.as_slice();
        let filtered = (!self.filter.is_open()).then(|| snapshot.passing(self.filter));
        let wanted = filtered.as_ref().map_or(live, |rows| rows.as_ref());
        let mut hits = if self.is_exact_cheaper(snapshot, wanted) {
            let rows = rows_of(wanted);
            let mut hits = Vec::with_capacity(rows.len().min(4 * self.limit.min(rows.len())));
            self.exact(snapshot, &rows, |cosine, record, _| {
                hits.push(VectorHit {
                    chunk: record.chunk,
                    cosine,
                });
                if hits.len() >= self.limit.saturating_mul(4).max(1_024) {
                    keep_best(&mut hits, self.limit);
                }
            })?;
            hits
        } else {
            let doubt = doubt(count(wanted));
            self.compare(snapshot, &self.candidates(snapshot, wanted), doubt)?
        };
        keep_best(&mut hits, self.limit);
        hits.sort_unstable_by(order);
        Ok(hits)
    }

    /// Compares candidates, best estimates first, until no other is likely to be a hit.
    fn compare(
        &self,
        snapshot: &Snapshot,
        candidates: &[(f32, u32)],
        doubt: f32,
    ) -> Result<Vec<VectorHit>> {
        let mut hits: Vec<VectorHit> = Vec::new();
        let (mut squares, mut compared) = (0.0_f32, 0.0_f32);
        let mut rest = candidates;
        let mut size = WAVE_ROWS + 2 * self.limit.min(candidates.len());
        while let Some((highest, _)) = rest.first() {
            let worst = hits
                .iter()
                .map(|hit| hit.cosine)
                .fold(f32::INFINITY, f32::min);
            let error = (squares / compared.max(1.0)).sqrt();
            if hits.len() == self.limit && highest + doubt * error < worst {
                break;
            }
            let (wave, later) = rest.split_at(size.min(rest.len()));
            (rest, size) = (later, WAVE_ROWS);
            let mut wave = wave.to_vec();
            wave.sort_unstable_by_key(|(_, row)| *row);
            let rows: Vec<u32> = wave.iter().map(|(_, row)| *row).collect();
            self.exact(snapshot, &rows, |cosine, record, place| {
                let estimate = wave.get(place).map_or(cosine, |(estimate, _)| *estimate);
                squares += (cosine - estimate) * (cosine - estimate);
                compared += 1.0;
                hits.push(VectorHit {
                    chunk: record.chunk,
                    cosine,
                });
            })?;
            keep_best(&mut hits, self.limit);
        }
        Ok(hits)
    }

    fn is_exact_cheaper(&self, snapshot: &Snapshot, wanted: &[u32]) -> bool {
        let rows = count(wanted);
        let compared = self.kept(rows);
        if self.effort == Effort::Exact || rows <= compared {
            return true;
        }
        let dimensions = snapshot.shape().dimensions;
        let blocks = wanted.iter().filter(|word| **word != 0).count();
        let reads: usize = wanted
            .iter()
            .map(|word| to_usize((word & !(word << 1)).count_ones()))
            .sum();
        let scaled = |ns: usize| ns * dimensions / 384;
        let scan = blocks * scaled(BLOCK_NS) + compared * (READ_NS + scaled(ROW_NS));
        reads * READ_NS + rows * scaled(ROW_NS) <= EXACT_WORTH * scan
    }

    /// How many candidates among so many rows are kept.
    fn kept(&self, rows: usize) -> usize {
        let few = CANDIDATES_MIN.saturating_add(self.limit.saturating_mul(CANDIDATES_PER_HIT));
        few.max(rows / ROWS_PER_CANDIDATE)
    }

    /// The rows with the highest estimates, best first.
    fn candidates(&self, snapshot: &Snapshot, wanted: &[u32]) -> Vec<(f32, u32)> {
        let table = QueryTable::new(self.query, snapshot.shape());
        let kept = self.kept(count(wanted));
        let mut best = Best::new(kept);
        let mut estimates = [0.0; BLOCK_ROWS];
        let pages = snapshot.state.pages.iter().zip(wanted.chunks(PAGE_BLOCKS));
        let mut first = 0_u32;
        for (page, words) in pages {
            let estimator = page.estimator(&table, self.kernel);
            for (block, word) in words.iter().enumerate() {
                if *word != 0 {
                    let above = estimator.above(block, best.threshold, &mut estimates);
                    best.take(above & word, first, &estimates);
                }
                first += 32;
            }
        }
        best.sorted()
    }

    /// Compares these rows, given in order, in full precision.
    fn exact(
        &self,
        snapshot: &Snapshot,
        rows: &[u32],
        mut found: impl FnMut(f32, Record<'_>, usize),
    ) -> Result<()> {
        let shape = snapshot.shape();
        let size = shape.record_bytes();
        let mut bytes = Vec::new();
        let mut rest = rows;
        while let Some(start) = rest.first().copied() {
            let near = |pair: &[u32]| match pair {
                [a, b] => b - a <= GAP_ROWS_MAX && b - start < READ_ROWS_MAX,
                _ => false,
            };
            let together = 1 + rest.windows(2).take_while(|pair| near(pair)).count();
            let place = rows.len() - rest.len();
            let (group, later) = rest.split_at(together);
            rest = later;
            let count = group.last().map_or(0, |last| last - start + 1);
            record::read_rows(
                &snapshot.files.records,
                shape,
                start,
                to_usize(count),
                &mut bytes,
            )?;
            for (row, place) in group.iter().zip(place..) {
                let offset = to_usize(row - start) * size;
                let bytes = bytes.get(offset..offset + size).unwrap_or_default();
                let record = snapshot.record(*row, bytes)?;
                found(self.kernel.dot(self.query, record.numbers), record, place);
            }
        }
        Ok(())
    }
}

/// How many times the usual error of an estimate a row may lie below the last hit and still be one.
#[expect(
    clippy::cast_precision_loss,
    reason = "a rough measure of how many rows there are"
)]
fn doubt(rows: usize) -> f32 {
    let tenfolds = (rows as f32 / DOUBT_ROWS).log10().max(0.0);
    DOUBT + DOUBT_PER_TENFOLD * tenfolds
}

/// How many bits are set.
fn count(words: &[u32]) -> usize {
    words.iter().map(|word| to_usize(word.count_ones())).sum()
}

/// Best first: higher cosine, then smaller chunk.
fn order(a: &VectorHit, b: &VectorHit) -> std::cmp::Ordering {
    b.cosine.total_cmp(&a.cosine).then(a.chunk.cmp(&b.chunk))
}

fn keep_best(hits: &mut Vec<VectorHit>, limit: usize) {
    if hits.len() > limit {
        hits.select_nth_unstable_by(limit - 1, order);
        hits.truncate(limit);
    }
}

/// The rows whose bits are set, in order.
pub(super) fn rows_of(words: &[u32]) -> Vec<u32> {
    let mut rows = Vec::new();
    for (word, first) in words.iter().zip((0_u32..).step_by(BLOCK_ROWS)) {
        let mut bits = *word;
        while bits != 0 {
            rows.push(first + bits.trailing_zeros());
            bits &= bits - 1;
        }
    }
    rows
}

/// The rows with the highest estimates so far: kept unsorted up to twice as many as wanted, then
/// cut, which raises the threshold.
struct Best {
    wanted: usize,
    threshold: f32,
    rows: Vec<(f32, u32)>,
}

impl Best {
    fn new(wanted: usize) -> Self {
        Self {
            wanted,
            threshold: f32::NEG_INFINITY,
            rows: Vec::with_capacity(wanted.min(1 << 16) * 2),
        }
    }

    fn take(&mut self, above: u32, first: u32, estimates: &[f32; BLOCK_ROWS]) {
        let mut bits = above;
        while bits != 0 {
            let row = bits.trailing_zeros();
            bits &= bits - 1;
            if let Some(estimate) = estimates.get(to_usize(row)) {
                self.rows.push((*estimate, first + row));
            }
        }
        if self.rows.len() >= self.wanted.saturating_mul(2) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if let Some(last) = self.wanted.checked_sub(1)
            && self.rows.len() > self.wanted
        {
            let (_, edge, _) = self
                .rows
                .select_nth_unstable_by(last, |a, b| b.0.total_cmp(&a.0));
            self.threshold = edge.0;
            self.rows.truncate(self.wanted);
        }
    }

    fn sorted(mut self) -> Vec<(f32, u32)> {
        self.cut();
        self.rows.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        self.rows
    }
}

fn to_usize(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
