//! Every level of instructions against plain arithmetic, and against each other.

use proptest::prelude::*;

use super::float::{Activate, Normalise, Product, Quantise, STEP, Soften, Strided};
use super::integer::{IntegerMatrix, IntegerRows, PANEL_COLUMNS, place};
use super::*;

/// Multiplies bytes on one level and checks every product, whole and exact.
fn check_bytes(kernel: Kernel, bytes: &[u8], weights: &[i8], inner: usize) {
    let (rows, columns) = (bytes.len() / inner, weights.len() / inner);
    let mut packed = vec![0; weights.len()];
    for (at, weight) in weights.iter().enumerate() {
        packed[place(inner, at % inner, at / inner)] = *weight;
    }
    let mut out = vec![f32::NAN; rows * columns];
    kernel.multiply(IntegerProduct {
        rows: IntegerRows {
            bytes,
            scales: &vec![1.0; rows],
            offsets: &vec![0.0; rows],
        },
        matrix: IntegerMatrix {
            bytes: &packed,
            scales: &vec![1.0; columns],
            sums: &vec![1.0; columns],
            bias: &vec![0.0; columns],
            inner,
        },
        out: &mut out,
    });
    for (at, number) in out.iter().enumerate() {
        let row = &bytes[at / columns * inner..][..inner];
        let column = &weights[at % columns * inner..][..inner];
        let pairs = row.iter().zip(column);
        let sum = pairs
            .map(|(byte, weight)| i32::from(*byte) * i32::from(*weight))
            .sum::<i32>();
        #[expect(clippy::cast_precision_loss, reason = "as the kernels round")]
        let sum = sum as f32;
        assert_eq!(
            *number,
            sum,
            "{} at {at} of {rows} x {columns}",
            kernel.name()
        );
    }
}

#[test]
fn products_of_the_greatest_bytes_do_not_overflow() {
    for kernel in Kernel::available() {
        for weight in [i8::MAX, -i8::MAX] {
            check_bytes(
                kernel,
                &[u8::MAX; 7 * 1536],
                &[weight; PANEL_COLUMNS * 1536],
                1536,
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn products_of_bytes_are_exact_on_every_level(
        groups in 1_usize..40,
        bytes in prop::collection::vec(any::<u8>(), 160 * 14),
        weights in prop::collection::vec(-127_i8..=127, 160 * PANEL_COLUMNS * 2),
        rows in 1_usize..14,
    ) {
        let inner = groups * 4;
        for kernel in Kernel::available() {
            check_bytes(kernel, &bytes[..rows * inner], &weights[..inner * PANEL_COLUMNS * 2], inner);
        }
    }

    #[test]
    fn rows_become_bytes_that_stand_for_them(
        mut row in prop::collection::vec(-30.0_f32..30.0, STEP * 3),
        is_flat in prop::bool::weighted(0.1),
    ) {
        if is_flat {
            let first = row[0];
            row.fill(first);
        }
        let mut first = None;
        for kernel in Kernel::available() {
            let (mut bytes, mut scales, mut offsets) = (vec![0; row.len()], [0.0], [0.0]);
            kernel.run(Quantise {
                rows: &row,
                width: row.len(),
                bytes: &mut bytes,
                scales: &mut scales,
                offsets: &mut offsets,
            });
            for (number, byte) in row.iter().zip(&bytes) {
                let error = (f32::from(*byte) * scales[0] + offsets[0] - number).abs();
                prop_assert!(error <= scales[0] * 0.501 + 1e-5, "{number} became {byte}");
            }
            let all = (bytes, scales, offsets);
            prop_assert_eq!(&all, first.get_or_insert_with(|| all.clone()));
        }
    }

    #[test]
    fn scores_become_shares_of_one(
        scores in prop::collection::vec(-80.0_f32..80.0, STEP * 2),
        length in 1_usize..=STEP * 2,
    ) {
        let top = scores[..length].iter().copied().fold(f32::MIN, f32::max);
        let exact = |score: f32| f64::from(score - top).exp();
        let sum = scores[..length].iter().map(|score| exact(*score)).sum::<f64>();
        for kernel in Kernel::available() {
            let (mut row, mut shares) = (scores.clone(), [0.0]);
            kernel.run(Soften { scores: &mut row, stride: STEP * 2, length, shares: &mut shares });
            for (at, number) in row.iter().enumerate() {
                let expected = if at < length { exact(scores[at]) / sum } else { 0.0 };
                let error = (f64::from(number * shares[0]) - expected).abs();
                prop_assert!(error < 1e-6, "{} at {at}: off by {error}", kernel.name());
            }
        }
    }

    #[test]
    fn rows_are_normalised_as_in_double_precision(
        rows in prop::collection::vec(-9.0_f32..9.0, STEP * 2),
        added in prop::collection::vec(-9.0_f32..9.0, STEP * 2),
        gain in prop::collection::vec(-2.0_f32..2.0, STEP),
        bias in prop::collection::vec(-2.0_f32..2.0, STEP),
    ) {
        let sums = rows.iter().zip(&added).map(|(row, added)| f64::from(row + added));
        let sums = sums.collect::<Vec<_>>();
        let mut expected = Vec::new();
        for row in sums.chunks(STEP) {
            let mean = row.iter().sum::<f64>() / 32.0;
            let spread = (row.iter().map(|n| (n - mean).powi(2)).sum::<f64>() / 32.0).sqrt();
            let factors = gain.iter().zip(&bias);
            expected.extend(row.iter().zip(factors).map(|(number, (gain, bias))| {
                (number - mean) / spread * f64::from(*gain) + f64::from(*bias)
            }));
        }
        for kernel in Kernel::available() {
            let mut rows = rows.clone();
            kernel.run(Normalise { rows: &mut rows, added: &added, gain: &gain, bias: &bias });
            for (number, expected) in rows.iter().zip(&expected) {
                prop_assert!((f64::from(*number) - expected).abs() < 1e-4, "{}", kernel.name());
            }
        }
    }

    #[test]
    fn products_with_a_fraction_are_those_of_double_precision(
        left in prop::collection::vec(-1.0_f32..1.0, 13 * 20),
        right in prop::collection::vec(-1.0_f32..1.0, 20 * STEP * 2),
        rows in 1_usize..=13,
        inner in 1_usize..=20,
    ) {
        for kernel in Kernel::available() {
            let mut out = vec![f32::NAN; rows * STEP * 2];
            kernel.run(Product {
                left: Strided { numbers: &left, stride: 20 },
                right: Strided { numbers: &right, stride: STEP * 2 },
                shape: [rows, inner, STEP * 2],
                bias: Some(&right[..STEP * 2]),
                out: &mut out,
                out_stride: STEP * 2,
            });
            for (at, number) in out.iter().enumerate() {
                let (row, column) = (at / (STEP * 2), at % (STEP * 2));
                let terms = (0..inner).map(|index| {
                    f64::from(left[row * 20 + index]) * f64::from(right[index * STEP * 2 + column])
                });
                let expected = f64::from(right[column]) + terms.sum::<f64>();
                prop_assert!((f64::from(*number) - expected).abs() < 1e-5, "{}", kernel.name());
            }
        }
    }
}

#[test]
fn activation_is_exact_to_three_millionths() {
    // x * Φ(x), from tables of the normal distribution.
    let cases = [
        (-12.0, 0.0),
        (-3.0, -0.004_049_694),
        (-1.0, -0.158_655_25),
        (-0.5, -0.154_268_77),
        (0.0, 0.0),
        (0.1, 0.053_982_784),
        (0.5, 0.345_731_23),
        (1.0, 0.841_344_8),
        (2.0, 1.954_499_7),
        (4.0, 3.999_873_3),
        (6.0, 6.0),
        (100.0, 100.0),
    ];
    for kernel in Kernel::available() {
        let mut numbers = [0.0; STEP];
        for (number, (x, _)) in numbers.iter_mut().zip(cases) {
            *number = x;
        }
        kernel.run(Activate {
            numbers: &mut numbers,
        });
        for (number, (x, expected)) in numbers.iter().zip(cases) {
            let error = (number - expected).abs();
            let allowed = 3e-6 * x.abs().max(1.0);
            assert!(error < allowed, "{} at {x}: {number}", kernel.name());
        }
    }
}
