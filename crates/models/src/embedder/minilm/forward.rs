//! The forward pass: numbers of pieces in, one vector for each sequence out.
//!
//! Sequences stand behind each other without padding: products see one long list of tokens, only
//! attention looks at one sequence at a time. No number of a sequence depends on what it is batched
//! with.

use super::attention::{self, Attention};
use super::kernel::Kernel;
use super::kernel::float::{Activate, Normalise, Product, Quantise, STEP, Strided};
use super::kernel::integer::{IntegerProduct, IntegerRows};
use super::weights::{ATTENTION, HIDDEN, INNER, Layer, Matrix, Weights};

/// Tokens that go through a layer together: their widest rows, 300 kB, stay in the second cache.
const BLOCK_ROWS: usize = 48;

/// Memory that is used again from batch to batch.
#[derive(Default)]
pub(super) struct Scratch {
    hidden: Vec<f32>,
    attention: Vec<f32>,
    context: Vec<f32>,
    block: Block,
    heads: attention::Scratch,
}

/// Memory for the tokens that go through a layer together.
#[derive(Default)]
struct Block {
    wide: Vec<f32>,
    narrow: Vec<f32>,
    bytes: Vec<u8>,
    scales: Vec<f32>,
    offsets: Vec<f32>,
}

/// Computes the vectors of sequences, marks included, none of which is empty.
pub(super) fn forward(
    weights: &Weights,
    kernel: Kernel,
    sequences: &[&[u32]],
    scratch: &mut Scratch,
) -> Vec<Vec<f32>> {
    let tokens = sequences
        .iter()
        .map(|sequence| sequence.len())
        .sum::<usize>();
    let Scratch {
        hidden,
        attention,
        context,
        block,
        heads,
    } = scratch;
    hidden.resize(tokens * HIDDEN, 0.0);
    attention.resize(tokens * ATTENTION, 0.0);
    context.resize(tokens * HIDDEN, 0.0);
    embed(weights, kernel, sequences, hidden);
    for layer in weights.layers() {
        let rows = hidden.chunks(BLOCK_ROWS * HIDDEN);
        for (rows, out) in rows.zip(attention.chunks_mut(BLOCK_ROWS * ATTENTION)) {
            block.multiply(kernel, rows, layer.attention, out);
        }
        let mut begin = 0;
        for sequence in sequences {
            let end = begin + sequence.len();
            let rows = attention
                .get(begin * ATTENTION..end * ATTENTION)
                .unwrap_or_default();
            let out = context
                .get_mut(begin * HIDDEN..end * HIDDEN)
                .unwrap_or_default();
            Attention { kernel, rows, out }.run(heads);
            begin = end;
        }
        let rows = hidden.chunks_mut(BLOCK_ROWS * HIDDEN);
        for (rows, context) in rows.zip(context.chunks(BLOCK_ROWS * HIDDEN)) {
            block.finish(kernel, &layer, rows, context);
        }
    }
    pool(sequences, hidden)
}

fn embed(weights: &Weights, kernel: Kernel, sequences: &[&[u32]], hidden: &mut [f32]) {
    let norm = weights.input_norm();
    let pieces = sequences
        .iter()
        .flat_map(|sequence| sequence.iter().enumerate());
    for (row, (position, piece)) in hidden.chunks_exact_mut(HIDDEN).zip(pieces) {
        let added = weights.embed(*piece, position, row);
        kernel.run(Normalise {
            rows: row,
            added,
            gain: norm.gain,
            bias: norm.bias,
        });
    }
}

impl Block {
    /// What follows attention in a layer: joining the heads and the feed-forward part, each added to
    /// what was there and normalised.
    fn finish(&mut self, kernel: Kernel, layer: &Layer<'_>, rows: &mut [f32], context: &[f32]) {
        let count = rows.len() / HIDDEN;
        let mut narrow = std::mem::take(&mut self.narrow);
        let mut wide = std::mem::take(&mut self.wide);
        narrow.resize(count * HIDDEN, 0.0);
        wide.resize(count * INNER, 0.0);
        self.multiply(kernel, context, layer.joined, &mut narrow);
        let norm = layer.joined_norm;
        kernel.run(Normalise {
            rows,
            added: &narrow,
            gain: norm.gain,
            bias: norm.bias,
        });
        self.multiply(kernel, rows, layer.widened, &mut wide);
        kernel.run(Activate { numbers: &mut wide });
        self.multiply(kernel, &wide, layer.narrowed, &mut narrow);
        let norm = layer.narrowed_norm;
        kernel.run(Normalise {
            rows,
            added: &narrow,
            gain: norm.gain,
            bias: norm.bias,
        });
        self.narrow = narrow;
        self.wide = wide;
    }

    /// Multiplies rows by a matrix, in the precision of the matrix.
    fn multiply(&mut self, kernel: Kernel, rows: &[f32], matrix: Matrix<'_>, out: &mut [f32]) {
        match matrix {
            Matrix::Integer(matrix) => {
                let count = rows.len() / matrix.inner;
                self.bytes.resize(rows.len(), 0);
                self.scales.resize(count, 0.0);
                self.offsets.resize(count, 0.0);
                let Self {
                    bytes,
                    scales,
                    offsets,
                    ..
                } = self;
                kernel.run(Quantise {
                    rows,
                    width: matrix.inner,
                    bytes,
                    scales,
                    offsets,
                });
                let rows = IntegerRows {
                    bytes,
                    scales,
                    offsets,
                };
                kernel.multiply(IntegerProduct { rows, matrix, out });
            }
            Matrix::Float {
                numbers,
                bias,
                inner,
            } => {
                let out_stride = bias.len();
                let panels = numbers
                    .chunks_exact(STEP * inner)
                    .zip(bias.chunks_exact(STEP));
                for (panel, (numbers, bias)) in panels.enumerate() {
                    kernel.run(Product {
                        left: Strided {
                            numbers: rows,
                            stride: inner,
                        },
                        right: Strided {
                            numbers,
                            stride: STEP,
                        },
                        shape: [rows.len() / inner, inner, STEP],
                        bias: Some(bias),
                        out: out.get_mut(panel * STEP..).unwrap_or_default(),
                        out_stride,
                    });
                }
            }
        }
    }
}

/// The mean of the tokens of each sequence, brought to length 1.
fn pool(sequences: &[&[u32]], hidden: &[f32]) -> Vec<Vec<f32>> {
    let mut rows = hidden.chunks_exact(HIDDEN);
    let mut vectors = Vec::with_capacity(sequences.len());
    for sequence in sequences {
        let mut vector = vec![0.0_f32; HIDDEN];
        for row in rows.by_ref().take(sequence.len()) {
            for (sum, number) in vector.iter_mut().zip(row) {
                *sum += number;
            }
        }
        let length = vector
            .iter()
            .map(|number| number * number)
            .sum::<f32>()
            .sqrt();
        let share = 1.0 / length.max(f32::MIN_POSITIVE);
        for number in &mut vector {
            *number *= share;
        }
        vectors.push(vector);
    }
    vectors
}
