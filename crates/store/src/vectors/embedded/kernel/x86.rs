//! The inner loops for AVX2 and AVX-512. Each form runs only where the processor has it.

use std::arch::x86_64::{
    __m128i, __m256, __m256i, __m512i, _mm_loadu_si128, _mm256_add_epi8, _mm256_add_epi16,
    _mm256_add_ps, _mm256_and_si256, _mm256_cvtph_ps, _mm256_loadu_ps, _mm256_loadu_si256,
    _mm256_mul_ps, _mm256_set1_epi8, _mm256_set1_epi16, _mm256_setzero_ps, _mm256_setzero_si256,
    _mm256_shuffle_epi8, _mm256_srli_epi16, _mm256_storeu_ps, _mm256_storeu_si256, _mm512_add_epi8,
    _mm512_add_epi16, _mm512_and_si512, _mm512_loadu_si512, _mm512_set1_epi8, _mm512_set1_epi16,
    _mm512_setzero_si512, _mm512_shuffle_epi8, _mm512_srli_epi16, _mm512_storeu_si512,
};

use super::{BLOCK_ROWS, Kernel, LANES, Line, Row, STEP_BYTES, lift_portable, reduce};

/// Steps whose entries are added as bytes before they are widened: 4 × 63 fits into a byte.
const STEPS_NARROW: usize = 4;

pub(super) fn kernels() -> Vec<Kernel> {
    let mut all = Vec::new();
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("f16c") {
        all.push(Kernel {
            name: "avx2",
            sums: sums_avx2_checked,
            lift: lift_avx2_checked,
            dot: dot_avx2_checked,
        });
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") {
            all.push(Kernel {
                name: "avx512",
                sums: sums_avx512_checked,
                lift: lift_avx2_checked,
                dot: dot_avx2_checked,
            });
        }
    }
    all
}

fn sums_avx2_checked(codes: &[u8], table: &[u8], sums: &mut [u16; BLOCK_ROWS]) {
    // SAFETY: `kernels` hands this out only where the processor has AVX2.
    unsafe { sums_avx2(codes, table, sums) }
}

fn sums_avx512_checked(codes: &[u8], table: &[u8], sums: &mut [u16; BLOCK_ROWS]) {
    // SAFETY: `kernels` hands this out only where the processor has AVX-512 F and BW.
    unsafe { sums_avx512(codes, table, sums) }
}

fn lift_avx2_checked(
    sums: &Row<u16>,
    factors: &Row<f32>,
    line: Line,
    estimates: &mut Row<f32>,
) -> f32 {
    // SAFETY: `kernels` hands this out only where the processor has AVX2.
    unsafe { lift_avx2(sums, factors, line, estimates) }
}

fn dot_avx2_checked(query: &[f32], stored: &[u8]) -> f32 {
    // SAFETY: `kernels` hands this out only where the processor has AVX2 and F16C.
    unsafe { dot_avx2(query, stored) }
}

/// The portable form, compiled for wider registers.
#[target_feature(enable = "avx2")]
fn lift_avx2(sums: &Row<u16>, factors: &Row<f32>, line: Line, estimates: &mut Row<f32>) -> f32 {
    lift_portable(sums, factors, line, estimates)
}

#[target_feature(enable = "avx2")]
fn sums_avx2(codes: &[u8], table: &[u8], sums: &mut [u16; BLOCK_ROWS]) {
    let nibble = _mm256_set1_epi8(15);
    let byte = _mm256_set1_epi16(255);
    // Even and odd rows of the lower and the upper half of the block.
    let mut wide = [_mm256_setzero_si256(); 4];
    let length = codes.len().min(table.len()) / STEP_BYTES * STEP_BYTES;
    let (codes, table) = (codes.split_at(length).0, table.split_at(length).0);
    let runs = codes
        .chunks(2 * STEP_BYTES)
        .zip(table.chunks(2 * STEP_BYTES));
    for (codes, table) in runs {
        let mut low = _mm256_setzero_si256();
        let mut high = _mm256_setzero_si256();
        for (codes, table) in codes.chunks_exact(32).zip(table.chunks_exact(32)) {
            // SAFETY: both chunks are exactly 32 bytes long; the loads need no alignment.
            let (code, table) = unsafe {
                (
                    _mm256_loadu_si256(codes.as_ptr().cast::<__m256i>()),
                    _mm256_loadu_si256(table.as_ptr().cast::<__m256i>()),
                )
            };
            let upper = _mm256_and_si256(_mm256_srli_epi16::<4>(code), nibble);
            low = _mm256_add_epi8(
                low,
                _mm256_shuffle_epi8(table, _mm256_and_si256(code, nibble)),
            );
            high = _mm256_add_epi8(high, _mm256_shuffle_epi8(table, upper));
        }
        wide[0] = _mm256_add_epi16(wide[0], _mm256_and_si256(low, byte));
        wide[1] = _mm256_add_epi16(wide[1], _mm256_srli_epi16::<8>(low));
        wide[2] = _mm256_add_epi16(wide[2], _mm256_and_si256(high, byte));
        wide[3] = _mm256_add_epi16(wide[3], _mm256_srli_epi16::<8>(high));
    }
    let mut stored = [[0_u16; 16]; 4];
    for (stored, wide) in stored.iter_mut().zip(wide) {
        // SAFETY: sixteen numbers of sixteen bits are the 32 bytes that are written.
        unsafe { _mm256_storeu_si256(stored.as_mut_ptr().cast::<__m256i>(), wide) };
    }
    interleave(stored.each_ref().map(|part| part.as_slice()), sums);
}

#[target_feature(enable = "avx512f,avx512bw")]
fn sums_avx512(codes: &[u8], table: &[u8], sums: &mut [u16; BLOCK_ROWS]) {
    let nibble = _mm512_set1_epi8(15);
    let byte = _mm512_set1_epi16(255);
    let mut wide = [_mm512_setzero_si512(); 4];
    let length = codes.len().min(table.len()) / STEP_BYTES * STEP_BYTES;
    let (codes, table) = (codes.split_at(length).0, table.split_at(length).0);
    let narrow = STEPS_NARROW * STEP_BYTES;
    for (codes, table) in codes.chunks(narrow).zip(table.chunks(narrow)) {
        let mut low = _mm512_setzero_si512();
        let mut high = _mm512_setzero_si512();
        for (codes, table) in codes
            .chunks_exact(STEP_BYTES)
            .zip(table.chunks_exact(STEP_BYTES))
        {
            // SAFETY: both chunks are exactly 64 bytes long; the loads need no alignment.
            let (code, table) = unsafe {
                (
                    _mm512_loadu_si512(codes.as_ptr().cast::<__m512i>()),
                    _mm512_loadu_si512(table.as_ptr().cast::<__m512i>()),
                )
            };
            let upper = _mm512_and_si512(_mm512_srli_epi16::<4>(code), nibble);
            low = _mm512_add_epi8(
                low,
                _mm512_shuffle_epi8(table, _mm512_and_si512(code, nibble)),
            );
            high = _mm512_add_epi8(high, _mm512_shuffle_epi8(table, upper));
        }
        wide[0] = _mm512_add_epi16(wide[0], _mm512_and_si512(low, byte));
        wide[1] = _mm512_add_epi16(wide[1], _mm512_srli_epi16::<8>(low));
        wide[2] = _mm512_add_epi16(wide[2], _mm512_and_si512(high, byte));
        wide[3] = _mm512_add_epi16(wide[3], _mm512_srli_epi16::<8>(high));
    }
    let mut stored = [[0_u16; 32]; 4];
    for (stored, wide) in stored.iter_mut().zip(wide) {
        // SAFETY: thirty-two numbers of sixteen bits are the 64 bytes that are written.
        unsafe { _mm512_storeu_si512(stored.as_mut_ptr().cast::<__m512i>(), wide) };
    }
    interleave(stored.each_ref().map(|part| part.as_slice()), sums);
}

/// Adds the groups of each row up and puts the rows in order: even and odd rows of the lower
/// half, then of the upper half; each part holds eight rows again and again, group by group.
#[inline(always)]
fn interleave(parts: [&[u16]; 4], sums: &mut [u16; BLOCK_ROWS]) {
    let mut folded = [[0_u16; 8]; 4];
    for (folded, part) in folded.iter_mut().zip(parts) {
        for group in part.chunks_exact(8) {
            for (sum, value) in folded.iter_mut().zip(group) {
                *sum = sum.wrapping_add(*value);
            }
        }
    }
    let [even_low, odd_low, even_high, odd_high] = folded;
    let pairs = even_low
        .into_iter()
        .zip(odd_low)
        .chain(even_high.into_iter().zip(odd_high));
    for (pair, (even, odd)) in sums.chunks_exact_mut(2).zip(pairs) {
        pair.copy_from_slice(&[even, odd]);
    }
}

#[target_feature(enable = "avx2,f16c")]
fn dot_avx2(query: &[f32], stored: &[u8]) -> f32 {
    let mut lanes = [_mm256_setzero_ps(); 4];
    for (query, stored) in query.chunks(LANES).zip(stored.chunks(2 * LANES)) {
        let eights = query.chunks_exact(8).zip(stored.chunks_exact(16));
        for (lane, (query, stored)) in lanes.iter_mut().zip(eights) {
            // SAFETY: eight floats are 32 bytes and eight halves are 16 bytes, as the chunks
            // are; the loads need no alignment.
            let (query, stored): (__m256, __m128i) = unsafe {
                (
                    _mm256_loadu_ps(query.as_ptr()),
                    _mm_loadu_si128(stored.as_ptr().cast::<__m128i>()),
                )
            };
            // Multiplied and then added: one fused step would round differently elsewhere.
            *lane = _mm256_add_ps(*lane, _mm256_mul_ps(query, _mm256_cvtph_ps(stored)));
        }
    }
    let mut sums = [0.0_f32; LANES];
    for (sums, lane) in sums.chunks_exact_mut(8).zip(lanes) {
        // SAFETY: the chunk is exactly eight floats long, the 32 bytes that are written.
        unsafe { _mm256_storeu_ps(sums.as_mut_ptr(), lane) };
    }
    reduce(&sums)
}
