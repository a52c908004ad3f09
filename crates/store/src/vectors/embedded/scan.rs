//! Finding the nearest vectors: estimates from codes, then exact cosines for the best of them.
//!
//! Which way is cheaper is counted before each search: reading every row that passes (rows that
//! lie together are read together), or looking at the codes of the blocks that hold one.

mod best;

use std::sync::Arc;

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::filter::Filter;

use self::best::{Best, Candidate, Place};
use super::codes::{PAGE_BLOCKS, PAGE_ROWS, QueryTable};
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

/// Costs in nanoseconds for 384 dimensions, measured by `examples/vectors.rs` with a file that is in
/// the system's memory and not in the processor's; only their proportions matter.
const READ_NS: usize = 450;
const ROW_NS: usize = 150;
const BLOCK_NS: usize = 100;

/// Candidates that are usually compared for each hit, beyond the first few.
const COMPARED_PER_HIT: usize = 4;

/// An exact search may cost so many times what an estimated one does: it misses nothing.
const EXACT_WORTH: usize = 3;

/// A search inside some spaces.
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

/// A space that is searched.
struct Part<'s> {
    snapshot: &'s Snapshot,
    /// The rows that pass the filter; without one, all that are alive.
    passing: Option<Arc<Vec<u32>>>,
}

impl Part<'_> {
    /// One bit a row that may be found.
    fn wanted(&self) -> &[u32] {
        match &self.passing {
            Some(rows) => rows,
            None => &self.snapshot.state.live,
        }
    }
}

impl Search<'_> {
    /// The nearest rows of all these spaces, best first; equal cosines by chunk.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for a query of another length, [`ErrorKind::Corrupt`] when a record
    /// is damaged, [`ErrorKind::Unavailable`] when the disk does not answer.
    pub(super) fn run(&self, snapshots: &[Arc<Snapshot>]) -> Result<Vec<VectorHit>> {
        let parts = self.parts(snapshots)?;
        if parts.is_empty() || self.limit == 0 {
            return Ok(Vec::new());
        }
        let mut hits = if self.is_exact_cheaper(&parts) {
            self.compare_all(&parts)?
        } else {
            self.compare(&parts, &self.candidates(&parts))?
        };
        keep_best(&mut hits, self.limit);
        hits.sort_unstable_by(order);
        Ok(hits)
    }

    /// The spaces that have anything alive, with the rows that pass.
    fn parts<'s>(&self, snapshots: &'s [Arc<Snapshot>]) -> Result<Vec<Part<'s>>> {
        let alive = |snapshot: &&Arc<Snapshot>| snapshot.state.live_count > 0;
        let part = |snapshot: &'s Arc<Snapshot>| {
            let dimensions = snapshot.shape().dimensions;
            if self.query.len() != dimensions {
                return Err(Error::new(
                    ErrorKind::Invalid,
                    format!(
                        "the question's vector has {} numbers and those of the collection have \
                         {dimensions}; they come from different models",
                        self.query.len(),
                    ),
                ));
            }
            let passing = (!self.filter.is_open()).then(|| snapshot.passing(self.filter));
            Ok(Part { snapshot, passing })
        };
        snapshots.iter().filter(alive).map(part).collect()
    }

    /// Compares every row that passes.
    fn compare_all(&self, parts: &[Part<'_>]) -> Result<Vec<VectorHit>> {
        let mut hits = Vec::new();
        let mut buffer = Vec::new();
        for part in parts {
            let rows = rows_of(part.wanted());
            self.exact(part.snapshot, &rows, &mut buffer, |cosine, record, _| {
                hits.push(VectorHit {
                    chunk: record.chunk,
                    cosine,
                });
                if hits.len() >= self.limit.saturating_mul(4).max(1_024) {
                    keep_best(&mut hits, self.limit);
                }
            })?;
        }
        Ok(hits)
    }

    /// Compares candidates, best estimates first, until no other is likely to be a hit.
    fn compare(&self, parts: &[Part<'_>], candidates: &[Candidate]) -> Result<Vec<VectorHit>> {
        let doubt = doubt(rows_wanted(parts));
        let mut hits: Vec<VectorHit> = Vec::new();
        let (mut squares, mut compared) = (0.0_f32, 0.0_f32);
        let mut buffer = Vec::new();
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
            wave.sort_unstable_by_key(|(_, place)| *place);
            for group in wave.chunk_by(|(_, a), (_, b)| a.part == b.part) {
                let Some(part) = group.first().and_then(|(_, first)| parts.get(first.part)) else {
                    continue;
                };
                let rows: Vec<u32> = group.iter().map(|(_, place)| place.row).collect();
                self.exact(
                    part.snapshot,
                    &rows,
                    &mut buffer,
                    |cosine, record, place| {
                        let estimate = group.get(place).map_or(cosine, |(estimate, _)| *estimate);
                        squares += (cosine - estimate) * (cosine - estimate);
                        compared += 1.0;
                        hits.push(VectorHit {
                            chunk: record.chunk,
                            cosine,
                        });
                    },
                )?;
            }
            keep_best(&mut hits, self.limit);
        }
        Ok(hits)
    }

    fn is_exact_cheaper(&self, parts: &[Part<'_>]) -> bool {
        let rows = rows_wanted(parts);
        if self.effort == Effort::Exact || rows <= self.kept(rows) {
            return true;
        }
        let compared = self.limit.saturating_mul(COMPARED_PER_HIT);
        let compared = compared.saturating_add(WAVE_ROWS).min(rows);
        let scaled = |ns: usize| ns * self.query.len() / 384;
        let words = || parts.iter().flat_map(|part| part.wanted());
        let blocks = words().filter(|word| **word != 0).count();
        let reads: usize = words()
            .map(|word| to_usize((word & !(word << 1)).count_ones()))
            .sum();
        let scan = blocks * scaled(BLOCK_NS) + compared * (READ_NS + scaled(ROW_NS));
        reads * READ_NS + rows * scaled(ROW_NS) <= EXACT_WORTH * scan
    }

    /// How many candidates among so many rows are kept.
    fn kept(&self, rows: usize) -> usize {
        let few = CANDIDATES_MIN.saturating_add(self.limit.saturating_mul(CANDIDATES_PER_HIT));
        few.max(rows / ROWS_PER_CANDIDATE)
    }

    /// The rows with the highest estimates, best first.
    fn candidates(&self, parts: &[Part<'_>]) -> Vec<Candidate> {
        let mut best = Best::new(self.kept(rows_wanted(parts)));
        let mut estimates = [0.0; BLOCK_ROWS];
        let Some(shape) = parts.first().map(|part| part.snapshot.shape()) else {
            return Vec::new();
        };
        let table = QueryTable::new(self.query, shape);
        for (number, part) in parts.iter().enumerate() {
            let pages = part.snapshot.state.pages.iter();
            let pages = pages.zip((0_u32..).step_by(PAGE_ROWS));
            for ((page, start), words) in pages.zip(part.wanted().chunks(PAGE_BLOCKS)) {
                let estimator = page.estimator(&table, self.kernel);
                let blocks = words.iter().zip((start..).step_by(BLOCK_ROWS));
                for (block, (word, row)) in blocks.enumerate().filter(|(_, (word, _))| **word != 0)
                {
                    let above = estimator.above(block, best.threshold, &mut estimates);
                    let first = Place { part: number, row };
                    best.take(above & word, first, &estimates);
                }
            }
        }
        best.sorted()
    }

    /// Compares these rows, given in order, in full precision.
    fn exact(
        &self,
        snapshot: &Snapshot,
        rows: &[u32],
        buffer: &mut Vec<u8>,
        mut found: impl FnMut(f32, Record<'_>, usize),
    ) -> Result<()> {
        let shape = snapshot.shape();
        let size = shape.record_bytes();
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
                buffer,
            )
            .map_err(|error| snapshot.note(error))?;
            for (row, place) in group.iter().zip(place..) {
                let offset = to_usize(row - start) * size;
                let bytes = buffer.get(offset..offset + size).unwrap_or_default();
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

/// How many rows may be found.
fn rows_wanted(parts: &[Part<'_>]) -> usize {
    let words = parts.iter().flat_map(|part| part.wanted());
    words.map(|word| to_usize(word.count_ones())).sum()
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

fn to_usize(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
