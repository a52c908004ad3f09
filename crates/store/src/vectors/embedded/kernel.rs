//! The two inner loops: adding up table entries for a block of codes, and one exact product.
//!
//! Each exists in plain Rust and for the instruction sets of this processor family, chosen once at
//! run time. All forms give the same bits: the sums are whole numbers, and the floating-point
//! additions happen in the same order everywhere. This is the only file with `unsafe` in it.

use std::sync::LazyLock;

use super::half;

/// Vectors in one block of codes.
pub(super) const BLOCK_ROWS: usize = 32;

/// Bytes of one step through a block: four groups of four dimensions, sixteen bytes each. Byte `i`
/// of a group holds the four sign bits of row `i` (low half) and of row `i + 16` (high half).
pub(super) const STEP_BYTES: usize = 64;

/// The largest entry of a lookup table. Four entries fit into a byte, which halves the work of
/// widening; and a sum over 1,024 groups (4,096 dimensions) fits into sixteen bits.
pub(super) const ENTRY_MAX: u8 = 63;

/// One number for each row of a block.
pub(super) type Row<T> = [T; BLOCK_ROWS];

/// Independent sums that a product is spread over.
const LANES: usize = 32;

/// The forms of the inner loops for one processor.
#[derive(Clone, Copy)]
pub(super) struct Kernel {
    /// What it is made for.
    pub(super) name: &'static str,
    sums: SumsFn,
    lift: LiftFn,
    dot: DotFn,
}

/// What turns the sum of a row into the estimate of its cosine.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// What one unit of a sum stands for.
    pub(super) scale: f32,
    /// What a sum of zero stands for.
    pub(super) base: f32,
    /// What is added in the end.
    pub(super) offset: f32,
}

type SumsFn = fn(&[u8], &[u8], &mut [u16; BLOCK_ROWS]);
type LiftFn = fn(&Row<u16>, &Row<f32>, Line, &mut Row<f32>) -> f32;
type DotFn = fn(&[f32], &[u8]) -> f32;

impl std::fmt::Debug for Kernel {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name)
    }
}

impl Kernel {
    /// The fastest that this processor runs.
    pub(super) fn best() -> Self {
        static BEST: LazyLock<Kernel> = LazyLock::new(|| {
            let all = Kernel::all();
            all.last().copied().unwrap_or(PORTABLE)
        });
        *BEST
    }

    /// All that this processor runs, the slowest first.
    pub(super) fn all() -> Vec<Self> {
        let mut all = vec![PORTABLE];
        #[cfg(target_arch = "x86_64")]
        all.extend(x86::kernels());
        all
    }

    /// For each row of a block, the sum of its table entries. Steps beyond the shorter of the two
    /// slices are left out.
    pub(super) fn sums(self, codes: &[u8], table: &[u8], sums: &mut [u16; BLOCK_ROWS]) {
        (self.sums)(codes, table, sums);
    }

    /// Turns sums into estimates, each with its row's factor, and gives the highest.
    pub(super) fn lift(
        self,
        sums: &Row<u16>,
        factors: &Row<f32>,
        line: Line,
        estimates: &mut Row<f32>,
    ) -> f32 {
        (self.lift)(sums, factors, line, estimates)
    }

    /// The product of a query with a stored vector: half-precision numbers, little-endian.
    /// Numbers beyond a multiple of eight are left out.
    pub(super) fn dot(self, query: &[f32], stored: &[u8]) -> f32 {
        (self.dot)(query, stored)
    }
}

const PORTABLE: Kernel = Kernel {
    name: "portable",
    sums: sums_portable,
    lift: lift_portable,
    dot: dot_portable,
};

fn sums_portable(codes: &[u8], table: &[u8], sums: &mut [u16; BLOCK_ROWS]) {
    *sums = [0; BLOCK_ROWS];
    let (low, high) = sums.split_at_mut(BLOCK_ROWS / 2);
    let steps = codes
        .chunks_exact(STEP_BYTES)
        .zip(table.chunks_exact(STEP_BYTES));
    let groups =
        steps.flat_map(|(codes, table)| codes.chunks_exact(16).zip(table.chunks_exact(16)));
    for (codes, table) in groups {
        let entry = |nibble: u8| table.get(usize::from(nibble)).copied().map_or(0, u16::from);
        for ((code, low), high) in codes.iter().zip(low.iter_mut()).zip(high.iter_mut()) {
            *low += entry(code & 15);
            *high += entry(code >> 4);
        }
    }
}

#[inline(always)]
fn lift_portable(sums: &Row<u16>, factors: &Row<f32>, line: Line, estimates: &mut Row<f32>) -> f32 {
    for ((estimate, sum), factor) in estimates.iter_mut().zip(sums).zip(factors) {
        *estimate = factor * (line.scale * f32::from(*sum) + line.base) + line.offset;
    }
    let mut highest = [f32::NEG_INFINITY; 8];
    for estimates in estimates.chunks_exact(8) {
        for (highest, estimate) in highest.iter_mut().zip(estimates) {
            *highest = if *estimate > *highest {
                *estimate
            } else {
                *highest
            };
        }
    }
    highest.into_iter().fold(f32::NEG_INFINITY, f32::max)
}

fn dot_portable(query: &[f32], stored: &[u8]) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    let whole = query.len().min(stored.len() / 2) / 8 * 8;
    let stored = stored.chunks_exact(2).map(|pair| match pair {
        [low, high] => half::to_f32(u16::from_le_bytes([*low, *high])),
        _ => 0.0,
    });
    for (index, (a, b)) in query.iter().zip(stored).take(whole).enumerate() {
        if let Some(lane) = lanes.get_mut(index % LANES) {
            *lane += a * b;
        }
    }
    reduce(&lanes)
}

/// Adds the lanes up, in one order for all kernels.
fn reduce(lanes: &[f32; LANES]) -> f32 {
    let mut folded = [0.0_f32; 8];
    let (first, second) = lanes.split_at(16);
    let quarters = first
        .iter()
        .zip(first.iter().skip(8))
        .zip(second.iter().zip(second.iter().skip(8)));
    for (sum, ((a, b), (c, d))) in folded.iter_mut().zip(quarters) {
        *sum = (a + b) + (c + d);
    }
    let [a, b, c, d, e, f, g, h] = folded;
    ((a + e) + (b + f)) + ((c + g) + (d + h))
}

#[cfg(target_arch = "x86_64")]
#[expect(
    unsafe_code,
    reason = "vector instructions; each form runs only where the processor has it"
)]
mod x86 {
    use std::arch::x86_64::{
        __m128i, __m256, __m256i, __m512i, _mm_loadu_si128, _mm256_add_epi8, _mm256_add_epi16,
        _mm256_add_ps, _mm256_and_si256, _mm256_cvtph_ps, _mm256_loadu_ps, _mm256_loadu_si256,
        _mm256_mul_ps, _mm256_set1_epi8, _mm256_set1_epi16, _mm256_setzero_ps,
        _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16, _mm256_storeu_ps,
        _mm256_storeu_si256, _mm512_add_epi8, _mm512_add_epi16, _mm512_and_si512,
        _mm512_loadu_si512, _mm512_set1_epi8, _mm512_set1_epi16, _mm512_setzero_si512,
        _mm512_shuffle_epi8, _mm512_srli_epi16, _mm512_storeu_si512,
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
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn all_kernels_give_the_same_bits(
            steps in 1_usize..70,
            seed in any::<u64>(),
            eights in 1_usize..60,
        ) {
            let mut state = seed | 1;
            let mut byte = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 56) as u8
            };
            let codes: Vec<u8> = (0..steps * STEP_BYTES).map(|_| byte()).collect();
            let table: Vec<u8> = (0..steps * STEP_BYTES).map(|_| byte() % (ENTRY_MAX + 1)).collect();
            let query: Vec<f32> = (0..eights * 8).map(|_| f32::from(byte()) / 97.0 - 1.3).collect();
            let stored: Vec<u8> = (0..eights * 8)
                .flat_map(|_| half::from_f32(f32::from(byte()) / 131.0 - 0.9).to_le_bytes())
                .collect();
            let mut expected = [0; BLOCK_ROWS];
            PORTABLE.sums(&codes, &table, &mut expected);
            for kernel in Kernel::all() {
                let mut sums = [7; BLOCK_ROWS];
                kernel.sums(&codes, &table, &mut sums);
                prop_assert_eq!(sums, expected, "{:?}", kernel);
                let line = Line { scale: 0.0013, base: -1.7, offset: 0.21 };
                let factors = std::array::from_fn(|row| 0.03 + f32::from(codes[row]) / 9_000.0);
                let (mut lifted, mut plain) = ([0.0; BLOCK_ROWS], [0.0; BLOCK_ROWS]);
                let highest = kernel.lift(&sums, &factors, line, &mut lifted);
                prop_assert_eq!(highest, PORTABLE.lift(&sums, &factors, line, &mut plain));
                prop_assert_eq!(lifted.map(f32::to_bits), plain.map(f32::to_bits));
                prop_assert!(lifted.contains(&highest));
                let (dot, plain) = (kernel.dot(&query, &stored), PORTABLE.dot(&query, &stored));
                prop_assert_eq!(dot.to_bits(), plain.to_bits(), "{:?}", kernel);
            }
        }
    }

    #[test]
    fn the_largest_sums_do_not_overflow() {
        let steps = super::super::DIMENSIONS_MAX / 16;
        let codes = vec![0xff; steps * STEP_BYTES];
        let table = vec![ENTRY_MAX; steps * STEP_BYTES];
        for kernel in Kernel::all() {
            let mut sums = [0; BLOCK_ROWS];
            kernel.sums(&codes, &table, &mut sums);
            assert_eq!(sums, [64_512; BLOCK_ROWS], "{kernel:?}");
        }
    }

    #[test]
    fn the_hardware_reads_every_half_as_we_do() {
        for kernel in Kernel::all() {
            for half in 0..=u16::MAX {
                let number = half::to_f32(half);
                let mut stored = vec![0; 16];
                stored[..2].copy_from_slice(&half.to_le_bytes());
                let dot = kernel.dot(&[1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], &stored);
                assert!(
                    dot == number || number.is_nan() && dot.is_nan(),
                    "{half:#06x} {kernel:?}"
                );
            }
        }
    }
}
