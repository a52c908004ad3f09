//! Work on numbers with a fraction, written once for registers of any width.

#![expect(
    unsafe_code,
    reason = "registers are loaded and stored through pointers"
)]

use super::Operation;
use super::lanes::Lanes;

/// Every row length that is worked on is a multiple of it: twice the widest register.
pub(in super::super) const STEP: usize = 32;

/// Rows that a product computes at once: 6 × 2 sums fit the registers of every processor.
const ROWS: usize = 6;

/// A matrix inside a slice: rows that begin `stride` numbers after each other.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Strided<'a> {
    /// The numbers, beginning with the first row.
    pub(in super::super) numbers: &'a [f32],
    /// From the beginning of a row to the beginning of the next.
    pub(in super::super) stride: usize,
}

/// `out[row][column] = bias[column] + Σ left[row][inner] * right[inner][column]`.
#[derive(Debug)]
pub(in super::super) struct Product<'a> {
    pub(in super::super) left: Strided<'a>,
    pub(in super::super) right: Strided<'a>,
    /// How many rows, how many numbers are summed, how many columns (a multiple of [`STEP`]).
    pub(in super::super) shape: [usize; 3],
    pub(in super::super) bias: Option<&'a [f32]>,
    pub(in super::super) out: &'a mut [f32],
    pub(in super::super) out_stride: usize,
}

impl Operation for Product<'_> {
    #[inline(always)]
    unsafe fn run<L: Lanes>(mut self) {
        let [rows, inner, columns] = self.shape;
        assert!(columns.is_multiple_of(STEP), "columns come in steps");
        let fits = |stride: usize, count: usize, width: usize, length: usize| {
            count == 0 || (count - 1) * stride + width <= length
        };
        assert!(
            fits(self.left.stride, rows, inner, self.left.numbers.len()),
            "left rows fit"
        );
        assert!(
            fits(self.right.stride, inner, columns, self.right.numbers.len()),
            "right fits"
        );
        assert!(
            fits(self.out_stride, rows, columns, self.out.len()),
            "the products fit"
        );
        assert!(
            self.bias.is_none_or(|bias| bias.len() >= columns),
            "a bias for every column"
        );
        for column in (0..columns).step_by(2 * L::COUNT) {
            for row in (0..rows).step_by(ROWS) {
                // SAFETY: the tile lies inside the shape, and all lengths have been compared.
                unsafe {
                    match rows - row {
                        1 => tile::<L, 1>(&mut self, row, column),
                        2 => tile::<L, 2>(&mut self, row, column),
                        3 => tile::<L, 3>(&mut self, row, column),
                        4 => tile::<L, 4>(&mut self, row, column),
                        5 => tile::<L, 5>(&mut self, row, column),
                        _ => tile::<L, ROWS>(&mut self, row, column),
                    }
                }
            }
        }
    }
}

/// Computes `R` rows of two registers.
#[inline(always)]
unsafe fn tile<L: Lanes, const R: usize>(product: &mut Product<'_>, row: usize, column: usize) {
    let inner = product.shape[1];
    // SAFETY: `run` has compared all lengths.
    unsafe {
        let begin = match product.bias {
            Some(bias) => {
                let bias = bias.as_ptr().add(column);
                [L::load(bias), L::load(bias.add(L::COUNT))]
            }
            None => [L::splat(0.0); 2],
        };
        let mut sums = [begin; R];
        let left = product.left.numbers.as_ptr().add(row * product.left.stride);
        let mut right = product.right.numbers.as_ptr().add(column);
        for index in 0..inner {
            let pair = [L::load(right), L::load(right.add(L::COUNT))];
            for (offset, sums) in sums.iter_mut().enumerate() {
                let factor = L::splat(*left.add(offset * product.left.stride + index));
                sums[0] = factor.multiply_add(pair[0], sums[0]);
                sums[1] = factor.multiply_add(pair[1], sums[1]);
            }
            right = right.add(product.right.stride);
        }
        for (offset, sums) in sums.into_iter().enumerate() {
            let out = product
                .out
                .as_mut_ptr()
                .add((row + offset) * product.out_stride + column);
            sums[0].store(out);
            sums[1].store(out.add(L::COUNT));
        }
    }
}

/// The Gaussian error linear unit in place: `x * Φ(x)`, off by at most 3e-6.
#[derive(Debug)]
pub(in super::super) struct Activate<'a> {
    /// A multiple of [`STEP`] numbers.
    pub(in super::super) numbers: &'a mut [f32],
}

/// Beyond it, Φ differs from 0 and 1 by less than 3e-7.
const TAIL: f32 = 5.0;
/// `2Φ(x) - 1 = x * UPPER(x²) / LOWER(x²)`, fitted by reweighted least squares on 0 to [`TAIL`] so that
/// the largest error of `x * Φ(x)` is smallest; the highest power comes first.
const UPPER: [f32; 5] = [
    1.208_441_5e-5,
    6.393_305e-4,
    1.106_433_8e-2,
    9.976_142e-2,
    0.797_882_5,
];
const LOWER: [f32; 6] = [
    5.230_893_4e-7,
    1.157_506_1e-4,
    2.722_116_4e-3,
    3.749_946_5e-2,
    0.291_687_16,
    1.0,
];

impl Operation for Activate<'_> {
    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        for numbers in self.numbers.chunks_exact_mut(L::COUNT) {
            // SAFETY: each piece has the numbers of one register.
            unsafe {
                let x = L::load(numbers.as_ptr());
                let near = x.least(L::splat(TAIL)).greatest(L::splat(-TAIL));
                let square = near.multiply(near);
                let ratio = polynomial(square, &UPPER).divide(polynomial(square, &LOWER));
                let half = x.multiply(L::splat(0.5));
                half.multiply_add(near.multiply(ratio), half)
                    .store(numbers.as_mut_ptr());
            }
        }
    }
}

/// A polynomial whose highest power comes first.
#[inline(always)]
unsafe fn polynomial<L: Lanes, const N: usize>(x: L, factors: &[f32; N]) -> L {
    // SAFETY: by the rule of the trait.
    unsafe {
        let mut value = L::splat(factors[0]);
        for factor in factors.iter().skip(1) {
            value = value.multiply_add(x, L::splat(*factor));
        }
        value
    }
}

/// `e` to the power of every score minus the greatest of its row, in place, and one over their sum.
#[derive(Debug)]
pub(in super::super) struct Soften<'a> {
    /// Rows of `stride` numbers (a multiple of [`STEP`]).
    pub(in super::super) scores: &'a mut [f32],
    pub(in super::super) stride: usize,
    /// How many numbers of a row count; the others become 0.
    pub(in super::super) length: usize,
    /// One over the sum, by row.
    pub(in super::super) shares: &'a mut [f32],
}

/// 2^x for x from -0.5 to 0.5, off by less than 1e-7; the highest power comes first.
const POWER: [f32; 6] = [
    1.327_650_4e-3,
    9.675_542e-3,
    5.550_713e-2,
    0.240_221_2,
    0.693_146_94,
    1.000_000_1,
];
/// Smaller powers of two are no longer ordinary floats.
const POWER_MIN: f32 = -126.0;

impl Operation for Soften<'_> {
    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        let rows = self.scores.chunks_exact_mut(self.stride);
        for (row, share) in rows.zip(self.shares.iter_mut()) {
            for padding in row.iter_mut().skip(self.length) {
                *padding = f32::NEG_INFINITY;
            }
            // SAFETY: each piece has the numbers of one register.
            unsafe {
                let mut top = L::splat(f32::NEG_INFINITY);
                for numbers in row.chunks_exact(L::COUNT) {
                    top = top.greatest(L::load(numbers.as_ptr()));
                }
                let top = L::splat(top.maximum());
                let mut sum = L::splat(0.0);
                for numbers in row.chunks_exact_mut(L::COUNT) {
                    let below = L::load(numbers.as_ptr()).subtract(top);
                    let power = below
                        .multiply(L::splat(std::f32::consts::LOG2_E))
                        .greatest(L::splat(POWER_MIN));
                    let whole = power.round();
                    let part = polynomial(power.subtract(whole), &POWER);
                    let value = part.multiply(whole.power_of_two());
                    sum = sum.add(value);
                    value.store(numbers.as_mut_ptr());
                }
                *share = 1.0 / sum.sum();
            }
        }
    }
}

/// Layer normalisation of the sum of two rows, written over the first.
#[derive(Debug)]
pub(in super::super) struct Normalise<'a> {
    /// Rows, each as long as `gain`.
    pub(in super::super) rows: &'a mut [f32],
    /// What is added to them first.
    pub(in super::super) added: &'a [f32],
    pub(in super::super) gain: &'a [f32],
    pub(in super::super) bias: &'a [f32],
}

/// Keeps the spread away from zero; the model was trained with it.
const EPSILON: f32 = 1e-12;

impl Operation for Normalise<'_> {
    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        let width = self.gain.len();
        assert!(
            width.is_multiple_of(STEP) && self.bias.len() == width,
            "rows come in steps"
        );
        assert_eq!(
            self.rows.len(),
            self.added.len(),
            "a number to add to every number"
        );
        #[expect(
            clippy::cast_precision_loss,
            reason = "a row has a few hundred numbers"
        )]
        let count = width as f32;
        let rows = self
            .rows
            .chunks_exact_mut(width)
            .zip(self.added.chunks_exact(width));
        for (row, added) in rows {
            // SAFETY: both rows, the gain and the bias have `width` numbers, a multiple of a register.
            unsafe {
                let mut sum = L::splat(0.0);
                for at in (0..width).step_by(L::COUNT) {
                    let value = L::load(row.as_ptr().add(at)).add(L::load(added.as_ptr().add(at)));
                    value.store(row.as_mut_ptr().add(at));
                    sum = sum.add(value);
                }
                let mean = L::splat(sum.sum() / count);
                let mut squares = L::splat(0.0);
                for numbers in row.chunks_exact(L::COUNT) {
                    let value = L::load(numbers.as_ptr()).subtract(mean);
                    squares = value.multiply_add(value, squares);
                }
                let spread = L::splat(1.0 / (squares.sum() / count + EPSILON).sqrt());
                for at in (0..width).step_by(L::COUNT) {
                    let value = L::load(row.as_ptr().add(at))
                        .subtract(mean)
                        .multiply(spread);
                    let gain = L::load(self.gain.as_ptr().add(at));
                    let value = value.multiply_add(gain, L::load(self.bias.as_ptr().add(at)));
                    value.store(row.as_mut_ptr().add(at));
                }
            }
        }
    }
}

/// Turns every row into bytes over its own range.
#[derive(Debug)]
pub(in super::super) struct Quantise<'a> {
    pub(in super::super) rows: &'a [f32],
    /// The length of a row, a multiple of [`STEP`].
    pub(in super::super) width: usize,
    pub(in super::super) bytes: &'a mut [u8],
    /// What a step is worth, by row.
    pub(in super::super) scales: &'a mut [f32],
    /// What the byte 0 stands for, by row.
    pub(in super::super) offsets: &'a mut [f32],
}

/// Steps between the least and the greatest number of a row.
const STEPS: f32 = 255.0;
/// A range so small that all numbers of the row are as good as equal.
const RANGE_MIN: f32 = 1e-20;

impl Operation for Quantise<'_> {
    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        assert!(self.width.is_multiple_of(STEP), "rows come in steps");
        let rows = self.rows.chunks_exact(self.width);
        let bytes = self.bytes.chunks_exact_mut(self.width);
        let limits = self.scales.iter_mut().zip(self.offsets.iter_mut());
        for ((row, bytes), (scale, offset)) in rows.zip(bytes).zip(limits) {
            // SAFETY: each piece has the numbers, or the bytes, of one register.
            unsafe {
                let mut low = L::splat(f32::INFINITY);
                let mut high = L::splat(f32::NEG_INFINITY);
                for numbers in row.chunks_exact(L::COUNT) {
                    let value = L::load(numbers.as_ptr());
                    low = low.least(value);
                    high = high.greatest(value);
                }
                let (low, high) = (low.minimum(), high.maximum());
                let range = (high - low).max(RANGE_MIN);
                *scale = range / STEPS;
                *offset = low;
                let (low, steps) = (L::splat(low), L::splat(STEPS / range));
                let pieces = row
                    .chunks_exact(L::COUNT)
                    .zip(bytes.chunks_exact_mut(L::COUNT));
                for (numbers, bytes) in pieces {
                    let value = L::load(numbers.as_ptr()).subtract(low).multiply(steps);
                    value.least(L::splat(STEPS)).store_bytes(bytes.as_mut_ptr());
                }
            }
        }
    }
}
