//! Arithmetic in registers of 256 bits, with the byte products of AVX-VNNI where they are there.

#![expect(unsafe_code, reason = "vector instructions work on pointers")]

use std::arch::is_x86_feature_detected;
use std::arch::x86_64::{
    __m128i, __m256, __m256i, _mm_add_ps, _mm_add_ss, _mm_cvtss_f32, _mm_loadu_si128, _mm_max_ps,
    _mm_max_ss, _mm_min_ps, _mm_min_ss, _mm_movehl_ps, _mm_packus_epi16, _mm_packus_epi32,
    _mm_set1_epi32, _mm_shuffle_ps, _mm_storel_epi64, _mm256_add_epi32, _mm256_add_ps,
    _mm256_castps256_ps128, _mm256_castsi256_ps, _mm256_castsi256_si128, _mm256_cvtepi8_epi16,
    _mm256_cvtepi32_ps, _mm256_cvtepu8_epi16, _mm256_cvtps_epi32, _mm256_div_ps,
    _mm256_dpbusd_avx_epi32, _mm256_extractf128_ps, _mm256_extracti128_si256, _mm256_fmadd_ps,
    _mm256_hadd_epi32, _mm256_loadu_ps, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_max_ps,
    _mm256_min_ps, _mm256_mul_ps, _mm256_permute4x64_epi64, _mm256_round_ps, _mm256_set1_epi32,
    _mm256_set1_ps, _mm256_setzero_si256, _mm256_slli_epi32, _mm256_storeu_ps, _mm256_sub_ps,
};

use super::Operation;
use super::integer::{GROUP, IntegerProduct, PANEL_COLUMNS};
use super::lanes::Lanes;

/// Numbers in a register.
const WIDTH: usize = 8;
/// Columns of a tile: two registers of sums for each row.
const TILE_COLUMNS: usize = 2 * WIDTH;
/// Rows of a tile: 4 × 2 sums, 2 weights and what is needed on the way fit 16 registers.
const ROWS: usize = 4;

/// Whether this processor has what the functions here need, apart from VNNI.
pub(super) fn is_available() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
}

/// Combines the two halves of a register, and their halves, down to one number.
macro_rules! fold {
    ($register:expr, $wide:ident, $single:ident) => {{
        let register = $register;
        let half = $wide(
            _mm256_castps256_ps128(register),
            _mm256_extractf128_ps::<1>(register),
        );
        let quarter = $wide(half, _mm_movehl_ps(half, half));
        _mm_cvtss_f32($single(quarter, _mm_shuffle_ps::<1>(quarter, quarter)))
    }};
}

impl Lanes for __m256 {
    const COUNT: usize = WIDTH;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        // SAFETY: by the rule of the trait, here and below.
        unsafe { _mm256_set1_ps(value) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: as above.
        unsafe { _mm256_loadu_ps(from) }
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: as above.
        unsafe { _mm256_storeu_ps(to, self) };
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        // SAFETY: as above.
        unsafe { _mm256_add_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn subtract(self, other: Self) -> Self {
        // SAFETY: as above.
        unsafe { _mm256_sub_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn multiply(self, other: Self) -> Self {
        // SAFETY: as above.
        unsafe { _mm256_mul_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn divide(self, other: Self) -> Self {
        // SAFETY: as above.
        unsafe { _mm256_div_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn multiply_add(self, factor: Self, addend: Self) -> Self {
        // SAFETY: as above.
        unsafe { _mm256_fmadd_ps(self, factor, addend) }
    }
    #[inline(always)]
    unsafe fn least(self, other: Self) -> Self {
        // SAFETY: as above.
        unsafe { _mm256_min_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn greatest(self, other: Self) -> Self {
        // SAFETY: as above.
        unsafe { _mm256_max_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn round(self) -> Self {
        // SAFETY: as above; 8 is "to the nearest, without exceptions".
        unsafe { _mm256_round_ps::<8>(self) }
    }
    #[inline(always)]
    unsafe fn power_of_two(self) -> Self {
        // SAFETY: as above. The exponent of a float is its upper bits.
        unsafe {
            let exponent = _mm256_add_epi32(_mm256_cvtps_epi32(self), _mm256_set1_epi32(127));
            _mm256_castsi256_ps(_mm256_slli_epi32::<23>(exponent))
        }
    }
    #[inline(always)]
    unsafe fn store_bytes(self, to: *mut u8) {
        // SAFETY: as above.
        unsafe {
            let whole = _mm256_cvtps_epi32(self);
            let low = _mm256_castsi256_si128(whole);
            let words = _mm_packus_epi32(low, _mm256_extracti128_si256::<1>(whole));
            _mm_storel_epi64(to.cast(), _mm_packus_epi16(words, words));
        }
    }
    #[inline(always)]
    unsafe fn sum(self) -> f32 {
        // SAFETY: as above.
        unsafe { fold!(self, _mm_add_ps, _mm_add_ss) }
    }
    #[inline(always)]
    unsafe fn minimum(self) -> f32 {
        // SAFETY: as above.
        unsafe { fold!(self, _mm_min_ps, _mm_min_ss) }
    }
    #[inline(always)]
    unsafe fn maximum(self) -> f32 {
        // SAFETY: as above.
        unsafe { fold!(self, _mm_max_ps, _mm_max_ss) }
    }
}

/// Does work on numbers with a fraction.
///
/// # Safety
/// [`is_available`] must have said yes.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn run<O: Operation>(operation: O) {
    // SAFETY: the caller has asked the processor.
    unsafe { operation.run::<__m256>() };
}

/// Calls a tile function for every tile of a product, with the rows that are left at the end.
macro_rules! tiles {
    ($product:ident, $sums:ident) => {
        for column in (0..$product.column_count()).step_by(TILE_COLUMNS) {
            for row in (0..$product.row_count()).step_by(ROWS) {
                // SAFETY: `row` and `column` lie inside, no more rows are taken than are left, and
                // the caller has asked the processor.
                unsafe {
                    match $product.row_count() - row {
                        1 => store($sums::<1>($product, row, column), $product, row, column),
                        2 => store($sums::<2>($product, row, column), $product, row, column),
                        3 => store($sums::<3>($product, row, column), $product, row, column),
                        _ => store($sums::<4>($product, row, column), $product, row, column),
                    }
                }
            }
        }
    };
}

/// Multiplies rows of bytes by a matrix of bytes, widening them to 16 bits.
///
/// # Safety
/// [`is_available`] must have said yes, and `product.check()` must have passed.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn multiply(product: &mut IntegerProduct<'_>) {
    tiles!(product, sums);
}

/// Multiplies rows of bytes by a matrix of bytes with AVX-VNNI.
///
/// # Safety
/// [`is_available`] must have said yes, the processor must have AVX-VNNI, and `product.check()` must
/// have passed.
#[target_feature(enable = "avx2,fma,avxvnni")]
pub(super) unsafe fn multiply_vnni(product: &mut IntegerProduct<'_>) {
    tiles!(product, sums_vnni);
}

type Sums<const R: usize> = [[__m256i; 2]; R];

/// Where the weights of a tile begin: inside a panel, groups of all its columns follow each other.
fn start(inner: usize, column: usize) -> usize {
    column / PANEL_COLUMNS * PANEL_COLUMNS * inner + column % PANEL_COLUMNS * GROUP
}

#[inline]
#[target_feature(enable = "avx2,fma,avxvnni")]
unsafe fn sums_vnni<const R: usize>(
    product: &IntegerProduct<'_>,
    row: usize,
    column: usize,
) -> Sums<R> {
    let inner = product.matrix.inner;
    let mut sums = [[_mm256_setzero_si256(); 2]; R];
    // SAFETY: `check` has made sure that `inner` bytes follow for every row and every column.
    unsafe {
        let mut weights = product.matrix.bytes.as_ptr().add(start(inner, column));
        let mut bytes = product.rows.bytes.as_ptr().add(row * inner);
        for _ in 0..inner / GROUP {
            let low = _mm256_loadu_si256(weights.cast());
            let high = _mm256_loadu_si256(weights.add(32).cast());
            for (index, sums) in sums.iter_mut().enumerate() {
                let four = bytes.add(index * inner).cast::<i32>().read_unaligned();
                let four = _mm256_set1_epi32(four);
                sums[0] = _mm256_dpbusd_avx_epi32(sums[0], four, low);
                sums[1] = _mm256_dpbusd_avx_epi32(sums[1], four, high);
            }
            weights = weights.add(PANEL_COLUMNS * GROUP);
            bytes = bytes.add(GROUP);
        }
    }
    sums
}

#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn sums<const R: usize>(product: &IntegerProduct<'_>, row: usize, column: usize) -> Sums<R> {
    // SAFETY: the two halves of the tile lie inside as the tile does.
    let (low, high): ([__m256i; R], [__m256i; R]) = unsafe {
        (
            eight(product, row, column),
            eight(product, row, column + WIDTH),
        )
    };
    let mut all = [[_mm256_setzero_si256(); 2]; R];
    for (all, (low, high)) in all.iter_mut().zip(low.into_iter().zip(high)) {
        *all = [low, high];
    }
    all
}

/// Sums for eight columns. Four bytes of a column become four words, which one instruction turns
/// into two sums; the two are added at the end.
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn eight<const R: usize>(
    product: &IntegerProduct<'_>,
    row: usize,
    column: usize,
) -> [__m256i; R] {
    let inner = product.matrix.inner;
    let mut sums = [[_mm256_setzero_si256(); 2]; R];
    // SAFETY: `check` has made sure that `inner` bytes follow for every row and every column.
    unsafe {
        let mut weights = product.matrix.bytes.as_ptr().add(start(inner, column));
        let mut bytes = product.rows.bytes.as_ptr().add(row * inner);
        for _ in 0..inner / GROUP {
            let low = _mm256_cvtepi8_epi16(_mm_loadu_si128(weights.cast::<__m128i>()));
            let high = _mm256_cvtepi8_epi16(_mm_loadu_si128(weights.add(16).cast::<__m128i>()));
            for (index, sums) in sums.iter_mut().enumerate() {
                let four = bytes.add(index * inner).cast::<i32>().read_unaligned();
                let four = _mm256_cvtepu8_epi16(_mm_set1_epi32(four));
                sums[0] = _mm256_add_epi32(sums[0], _mm256_madd_epi16(four, low));
                sums[1] = _mm256_add_epi32(sums[1], _mm256_madd_epi16(four, high));
            }
            weights = weights.add(PANEL_COLUMNS * GROUP);
            bytes = bytes.add(GROUP);
        }
    }
    // The pairwise sums come out as columns 0 1 4 5 2 3 6 7; the middle quarters are swapped.
    sums.map(|[low, high]| _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_hadd_epi32(low, high)))
}

#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn store<const R: usize>(
    sums: Sums<R>,
    product: &mut IntegerProduct<'_>,
    row: usize,
    column: usize,
) {
    let columns = product.column_count();
    // SAFETY: `check` has made sure of a number for every row, column and product.
    unsafe {
        for (index, sums) in sums.into_iter().enumerate() {
            let scale = _mm256_set1_ps(*product.rows.scales.as_ptr().add(row + index));
            let offset = _mm256_set1_ps(*product.rows.offsets.as_ptr().add(row + index));
            for (lane, sum) in sums.into_iter().enumerate() {
                let at = column + lane * WIDTH;
                let step = _mm256_loadu_ps(product.matrix.scales.as_ptr().add(at));
                let total = _mm256_loadu_ps(product.matrix.sums.as_ptr().add(at));
                let bias = _mm256_loadu_ps(product.matrix.bias.as_ptr().add(at));
                // Each step is rounded, as on processors without fused steps: same bits everywhere.
                let shift = _mm256_add_ps(_mm256_mul_ps(total, offset), bias);
                let value = _mm256_mul_ps(_mm256_cvtepi32_ps(sum), _mm256_mul_ps(step, scale));
                let out = product.out.as_mut_ptr().add((row + index) * columns + at);
                _mm256_storeu_ps(out, _mm256_add_ps(value, shift));
            }
        }
    }
}
