//! Arithmetic in registers of 512 bits, for processors with AVX-512 and its byte products (VNNI).

#![expect(unsafe_code, reason = "vector instructions work on pointers")]

use std::arch::is_x86_feature_detected;
use std::arch::x86_64::{
    __m512, __m512i, _mm_storeu_si128, _mm512_add_ps, _mm512_cvtepi32_epi8, _mm512_cvtepi32_ps,
    _mm512_cvtps_epi32, _mm512_div_ps, _mm512_dpbusd_epi32, _mm512_fmadd_ps, _mm512_loadu_ps,
    _mm512_loadu_si512, _mm512_max_ps, _mm512_min_ps, _mm512_mul_ps, _mm512_reduce_add_ps,
    _mm512_reduce_max_ps, _mm512_reduce_min_ps, _mm512_roundscale_ps, _mm512_scalef_ps,
    _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_si512, _mm512_storeu_ps, _mm512_sub_ps,
};

use super::Operation;
use super::integer::{GROUP, IntegerProduct, PANEL_COLUMNS};
use super::lanes::Lanes;

/// Numbers in a register.
const WIDTH: usize = 16;
/// Registers that hold one row of a panel.
const ACROSS: usize = PANEL_COLUMNS / WIDTH;
/// Rows that are multiplied at once: 6 × 4 sums, 4 weights and 1 row byte group fill 29 of the 32
/// registers.
const ROWS: usize = 6;

/// Whether this processor has what the functions here need.
pub(super) fn is_available() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512vnni")
}

impl Lanes for __m512 {
    const COUNT: usize = WIDTH;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        // SAFETY: by the rule of the trait, here and below.
        unsafe { _mm512_set1_ps(value) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: as above.
        unsafe { _mm512_loadu_ps(from) }
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: as above.
        unsafe { _mm512_storeu_ps(to, self) };
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        // SAFETY: as above.
        unsafe { _mm512_add_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn subtract(self, other: Self) -> Self {
        // SAFETY: as above.
        unsafe { _mm512_sub_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn multiply(self, other: Self) -> Self {
        // SAFETY: as above.
        unsafe { _mm512_mul_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn divide(self, other: Self) -> Self {
        // SAFETY: as above.
        unsafe { _mm512_div_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn multiply_add(self, factor: Self, addend: Self) -> Self {
        // SAFETY: as above.
        unsafe { _mm512_fmadd_ps(self, factor, addend) }
    }
    #[inline(always)]
    unsafe fn least(self, other: Self) -> Self {
        // SAFETY: as above.
        unsafe { _mm512_min_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn greatest(self, other: Self) -> Self {
        // SAFETY: as above.
        unsafe { _mm512_max_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn round(self) -> Self {
        // SAFETY: as above; 8 is "to the nearest, without exceptions".
        unsafe { _mm512_roundscale_ps::<8>(self) }
    }
    #[inline(always)]
    unsafe fn power_of_two(self) -> Self {
        // SAFETY: as above.
        unsafe { _mm512_scalef_ps(_mm512_set1_ps(1.0), self) }
    }
    #[inline(always)]
    unsafe fn store_bytes(self, to: *mut u8) {
        // SAFETY: as above.
        unsafe { _mm_storeu_si128(to.cast(), _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(self))) };
    }
    #[inline(always)]
    unsafe fn sum(self) -> f32 {
        // SAFETY: as above.
        unsafe { _mm512_reduce_add_ps(self) }
    }
    #[inline(always)]
    unsafe fn minimum(self) -> f32 {
        // SAFETY: as above.
        unsafe { _mm512_reduce_min_ps(self) }
    }
    #[inline(always)]
    unsafe fn maximum(self) -> f32 {
        // SAFETY: as above.
        unsafe { _mm512_reduce_max_ps(self) }
    }
}

/// Does work on numbers with a fraction.
///
/// # Safety
/// [`is_available`] must have said yes.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma")]
pub(super) unsafe fn run<O: Operation>(operation: O) {
    // SAFETY: the caller has asked the processor.
    unsafe { operation.run::<__m512>() };
}

/// Multiplies rows of bytes by a matrix of bytes.
///
/// # Safety
/// [`is_available`] must have said yes, and `product.check()` must have passed.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma")]
pub(super) unsafe fn multiply(product: &mut IntegerProduct<'_>) {
    let (rows, columns) = (product.row_count(), product.column_count());
    for column in (0..columns).step_by(PANEL_COLUMNS) {
        for row in (0..rows).step_by(ROWS) {
            // SAFETY: `row` and `column` lie inside, and the tile takes no more rows than are left.
            unsafe {
                match rows - row {
                    1 => tile::<1>(product, row, column),
                    2 => tile::<2>(product, row, column),
                    3 => tile::<3>(product, row, column),
                    4 => tile::<4>(product, row, column),
                    5 => tile::<5>(product, row, column),
                    _ => tile::<ROWS>(product, row, column),
                }
            }
        }
    }
}

/// Computes `R` rows of one panel.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma")]
unsafe fn tile<const R: usize>(product: &mut IntegerProduct<'_>, row: usize, column: usize) {
    let (columns, inner) = (product.column_count(), product.matrix.inner);
    let mut sums = [[_mm512_setzero_si512(); ACROSS]; R];
    // SAFETY: `check` has made sure that `inner` bytes follow for every row and every column.
    unsafe {
        let mut weights = product.matrix.bytes.as_ptr().add(column * inner);
        let mut bytes = product.rows.bytes.as_ptr().add(row * inner);
        for _ in 0..inner / GROUP {
            let panel: [__m512i; ACROSS] = [
                _mm512_loadu_si512(weights.cast()),
                _mm512_loadu_si512(weights.add(64).cast()),
                _mm512_loadu_si512(weights.add(128).cast()),
                _mm512_loadu_si512(weights.add(192).cast()),
            ];
            for (index, sums) in sums.iter_mut().enumerate() {
                let four = bytes.add(index * inner).cast::<i32>().read_unaligned();
                let four = _mm512_set1_epi32(four);
                for (sum, weights) in sums.iter_mut().zip(panel) {
                    *sum = _mm512_dpbusd_epi32(*sum, four, weights);
                }
            }
            weights = weights.add(PANEL_COLUMNS * GROUP);
            bytes = bytes.add(GROUP);
        }
        for (index, sums) in sums.into_iter().enumerate() {
            let scale = _mm512_set1_ps(*product.rows.scales.as_ptr().add(row + index));
            let offset = _mm512_set1_ps(*product.rows.offsets.as_ptr().add(row + index));
            for (lane, sum) in sums.into_iter().enumerate() {
                let at = column + lane * WIDTH;
                let step = _mm512_loadu_ps(product.matrix.scales.as_ptr().add(at));
                let total = _mm512_loadu_ps(product.matrix.sums.as_ptr().add(at));
                let bias = _mm512_loadu_ps(product.matrix.bias.as_ptr().add(at));
                // Each step is rounded, as on processors without fused steps: same bits everywhere.
                let shift = _mm512_add_ps(_mm512_mul_ps(total, offset), bias);
                let value = _mm512_mul_ps(_mm512_cvtepi32_ps(sum), _mm512_mul_ps(step, scale));
                let out = product.out.as_mut_ptr().add((row + index) * columns + at);
                _mm512_storeu_ps(out, _mm512_add_ps(value, shift));
            }
        }
    }
}
