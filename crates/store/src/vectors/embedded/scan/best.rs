//! The rows with the highest estimates.

use super::super::kernel::BLOCK_ROWS;

/// Where a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Which of the searched spaces.
    pub(super) part: usize,
    /// Which of its rows.
    pub(super) row: u32,
}

/// An estimate, and whose.
pub(super) type Candidate = (f32, Place);

/// The rows with the highest estimates so far: kept unsorted up to twice as many as wanted, then
/// cut, which raises the threshold.
pub(super) struct Best {
    wanted: usize,
    /// No row with a lower estimate is among the best.
    pub(super) threshold: f32,
    rows: Vec<Candidate>,
}

impl Best {
    /// None yet, of so many.
    pub(super) fn new(wanted: usize) -> Self {
        Self {
            wanted,
            threshold: f32::NEG_INFINITY,
            rows: Vec::with_capacity(wanted.min(1 << 16) * 2),
        }
    }

    /// Takes the rows of a block, which begins at `first`, whose bits are set.
    pub(super) fn take(&mut self, above: u32, first: Place, estimates: &[f32; BLOCK_ROWS]) {
        let mut bits = above;
        while bits != 0 {
            let row = bits.trailing_zeros();
            bits &= bits - 1;
            if let Some(estimate) = estimates.get(row as usize) {
                let place = Place {
                    row: first.row + row,
                    ..first
                };
                self.rows.push((*estimate, place));
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

    /// The best, best first.
    pub(super) fn sorted(mut self) -> Vec<Candidate> {
        self.cut();
        self.rows.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        self.rows
    }
}
