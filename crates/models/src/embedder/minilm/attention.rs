//! Attention inside one sequence: every token looks at every token, head by head.

use super::kernel::Kernel;
use super::kernel::float::{Product, STEP, Soften, Strided};
use super::weights::{ATTENTION, HEAD, HIDDEN};

/// Tokens whose scores are held at once.
const BLOCK_ROWS: usize = 48;

/// The attention of one sequence.
pub(super) struct Attention<'a> {
    pub(super) kernel: Kernel,
    /// Queries, keys and values, a row for each token.
    pub(super) rows: &'a [f32],
    /// What the heads make of them, side by side, a row for each token.
    pub(super) out: &'a mut [f32],
}

/// Memory that is used again.
#[derive(Default)]
pub(super) struct Scratch {
    keys: Vec<f32>,
    scores: Vec<f32>,
    shares: Vec<f32>,
}

impl Attention<'_> {
    /// Computes it.
    pub(super) fn run(self, scratch: &mut Scratch) {
        let length = self.rows.len() / ATTENTION;
        let stride = length.next_multiple_of(STEP);
        scratch.keys.resize(HEAD * stride, 0.0);
        scratch.scores.resize(BLOCK_ROWS * stride, 0.0);
        scratch.shares.resize(BLOCK_ROWS, 0.0);
        let Self {
            kernel,
            rows: all,
            out,
        } = self;
        for head in (0..HIDDEN).step_by(HEAD) {
            let keys = all.get(HIDDEN + head..).unwrap_or_default();
            transpose(keys, &mut scratch.keys, stride);
            let values = all.get(2 * HIDDEN + head..).unwrap_or_default();
            for begin in (0..length).step_by(BLOCK_ROWS) {
                let rows = BLOCK_ROWS.min(length - begin);
                let queries = all.get(begin * ATTENTION + head..).unwrap_or_default();
                let scores = scratch.scores.get_mut(..rows * stride).unwrap_or_default();
                let shares = scratch.shares.get_mut(..rows).unwrap_or_default();
                let out = out.get_mut(begin * HIDDEN + head..).unwrap_or_default();
                kernel.run(Product {
                    left: Strided {
                        numbers: queries,
                        stride: ATTENTION,
                    },
                    right: Strided {
                        numbers: &scratch.keys,
                        stride,
                    },
                    shape: [rows, HEAD, stride],
                    bias: None,
                    out: scores,
                    out_stride: stride,
                });
                kernel.run(Soften {
                    scores,
                    stride,
                    length,
                    shares,
                });
                kernel.run(Product {
                    left: Strided {
                        numbers: scores,
                        stride,
                    },
                    right: Strided {
                        numbers: values,
                        stride: ATTENTION,
                    },
                    shape: [rows, length, HEAD],
                    bias: None,
                    out,
                    out_stride: HIDDEN,
                });
                scale(out, shares);
            }
        }
    }
}

/// Turns the keys of one head, a row for each token, into a column for each token; columns without a
/// token become zeros. Runs of tokens are turned together, so that whole cache lines are written.
#[expect(
    clippy::indexing_slicing,
    reason = "there are as many rows in `out` as numbers in a key"
)]
fn transpose(keys: &[f32], out: &mut [f32], stride: usize) {
    for (index, tokens) in keys.chunks(ATTENTION * STEP).enumerate() {
        let mut run = [&[0.0; HEAD]; STEP];
        for (key, token) in run.iter_mut().zip(tokens.chunks(ATTENTION)) {
            *key = token.first_chunk().unwrap_or(key);
        }
        for (dimension, out) in out.chunks_exact_mut(stride).take(HEAD).enumerate() {
            for (out, key) in out.iter_mut().skip(index * STEP).zip(&run) {
                *out = key[dimension];
            }
        }
    }
}

/// Multiplies what one head made of each token.
fn scale(out: &mut [f32], shares: &[f32]) {
    for (row, share) in out.chunks_mut(HIDDEN).zip(shares) {
        for number in row.iter_mut().take(HEAD) {
            *number *= share;
        }
    }
}
