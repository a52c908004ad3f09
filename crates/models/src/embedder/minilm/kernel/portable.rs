//! Arithmetic for any processor, in a shape that compilers turn into vector instructions.

#![expect(
    unsafe_code,
    reason = "registers are loaded and stored through pointers"
)]
#![expect(
    clippy::indexing_slicing,
    reason = "all lengths are checked before the loops begin"
)]

use super::Operation;
use super::integer::{GROUP, IntegerProduct, PANEL_COLUMNS};
use super::lanes::Lanes;

/// Numbers in the portable register.
const WIDTH: usize = 8;
/// Added to a number and taken away again, it leaves the nearest whole number.
const ROUNDER: f32 = 12_582_912.0;

/// Eight numbers that most processors hold in one or two registers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Eight([f32; WIDTH]);

impl Eight {
    fn with(self, other: Self, combine: impl Fn(f32, f32) -> f32) -> Self {
        Self(std::array::from_fn(|lane| {
            combine(self.0[lane], other.0[lane])
        }))
    }
}

impl Lanes for Eight {
    const COUNT: usize = WIDTH;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Self([value; WIDTH])
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller gives eight numbers.
        Self(unsafe { from.cast::<[f32; WIDTH]>().read_unaligned() })
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller gives room for eight numbers.
        unsafe { to.cast::<[f32; WIDTH]>().write_unaligned(self.0) };
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        self.with(other, |a, b| a + b)
    }
    #[inline(always)]
    unsafe fn subtract(self, other: Self) -> Self {
        self.with(other, |a, b| a - b)
    }
    #[inline(always)]
    unsafe fn multiply(self, other: Self) -> Self {
        self.with(other, |a, b| a * b)
    }
    #[inline(always)]
    unsafe fn divide(self, other: Self) -> Self {
        self.with(other, |a, b| a / b)
    }
    #[inline(always)]
    unsafe fn multiply_add(self, factor: Self, addend: Self) -> Self {
        self.with(factor, |a, b| a * b).with(addend, |a, b| a + b)
    }
    #[inline(always)]
    unsafe fn least(self, other: Self) -> Self {
        self.with(other, |a, b| if a < b { a } else { b })
    }
    #[inline(always)]
    unsafe fn greatest(self, other: Self) -> Self {
        self.with(other, |a, b| if a > b { a } else { b })
    }
    #[inline(always)]
    unsafe fn round(self) -> Self {
        Self(self.0.map(|value| (value + ROUNDER) - ROUNDER))
    }
    #[inline(always)]
    unsafe fn power_of_two(self) -> Self {
        // The exponent of a float is its upper bits; the rounder brings the whole number to the
        // lower bits, where it can be shifted up.
        Self(self.0.map(|value| {
            let whole = (value + ROUNDER).to_bits().wrapping_sub(ROUNDER.to_bits());
            f32::from_bits(whole.wrapping_add(127) << 23)
        }))
    }
    #[inline(always)]
    unsafe fn store_bytes(self, to: *mut u8) {
        let bytes = self
            .0
            .map(|value| (value + ROUNDER).to_bits().to_le_bytes()[0]);
        // SAFETY: the caller gives room for eight bytes.
        unsafe { to.cast::<[u8; WIDTH]>().write_unaligned(bytes) };
    }
    #[inline(always)]
    unsafe fn sum(self) -> f32 {
        self.0.iter().sum()
    }
    #[inline(always)]
    unsafe fn minimum(self) -> f32 {
        self.0.iter().copied().fold(f32::INFINITY, f32::min)
    }
    #[inline(always)]
    unsafe fn maximum(self) -> f32 {
        self.0.iter().copied().fold(f32::NEG_INFINITY, f32::max)
    }
}

/// Does work on numbers with a fraction.
pub(super) fn run<O: Operation>(operation: O) {
    // SAFETY: `Eight` needs no special instructions.
    unsafe { operation.run::<Eight>() };
}

/// Multiplies rows of bytes by a matrix of bytes.
pub(super) fn multiply(product: &mut IntegerProduct<'_>) {
    let (columns, inner) = (product.column_count(), product.matrix.inner);
    let (rows, matrix) = (product.rows, product.matrix);
    for (panel, weights) in matrix.bytes.chunks_exact(PANEL_COLUMNS * inner).enumerate() {
        let start = panel * PANEL_COLUMNS;
        for (row, bytes) in rows.bytes.chunks_exact(inner).enumerate() {
            let sums = sum_panel(bytes, weights);
            let out = &mut product.out[row * columns + start..][..PANEL_COLUMNS];
            for (lane, value) in out.iter_mut().enumerate() {
                let column = start + lane;
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "as the vector instruction rounds"
                )]
                let sum = sums[lane] as f32;
                *value = sum * (matrix.scales[column] * rows.scales[row])
                    + (matrix.sums[column] * rows.offsets[row] + matrix.bias[column]);
            }
        }
    }
}

fn sum_panel(bytes: &[u8], weights: &[i8]) -> [i32; PANEL_COLUMNS] {
    let mut sums = [0_i32; PANEL_COLUMNS];
    let groups = weights.chunks_exact(PANEL_COLUMNS * GROUP);
    for (four, group) in bytes.chunks_exact(GROUP).zip(groups) {
        for (sum, weight) in sums.iter_mut().zip(group.chunks_exact(GROUP)) {
            let product =
                |index: usize| i32::from(i16::from(four[index])) * i32::from(weight[index]);
            *sum += product(0) + product(1) + product(2) + product(3);
        }
    }
    sums
}
