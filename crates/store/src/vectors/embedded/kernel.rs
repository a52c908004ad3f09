//! The two inner loops: adding up table entries for a block of codes, and one exact product.
//!
//! Each exists in plain Rust and for the instruction sets of this processor family, chosen once at
//! run time. All forms give the same bits: the sums are whole numbers, and the floating-point
//! additions happen in the same order everywhere. Plain Rust is here; `unsafe` stands in `x86.rs` alone.

#[cfg(target_arch = "x86_64")]
#[expect(
    unsafe_code,
    reason = "vector instructions; each form runs only where the processor has it"
)]
mod x86;

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
