//! Who gets which variant: the same one each time, without keeping a list.
//!
//! The unit (a person, or a question) and the experiment's id are hashed with SHA-256 twice, under two
//! names. The first eight bytes of the hash named `share` say whether the unit takes part: it does when
//! they, as a share of all numbers of eight bytes, lie below the share of traffic. Those of the hash
//! named `variant` say which variant it gets, by the weights.
//!
//! Two hashes, so that a larger share of traffic adds units and changes nothing for those that take part
//! already, and the experiment's id in both, so that two experiments divide people differently.

use sha2::{Digest as _, Sha256};

/// Parts of a hundred.
pub const PERCENT: u8 = 100;

/// The variant that a unit gets in an experiment with this share of traffic, in percent; none when it
/// does not take part.
#[must_use]
pub fn assign(experiment: &[u8], unit: &str, share_percent: u8, weights: &[u32]) -> Option<usize> {
    let all = u128::from(u64::MAX) + 1;
    let share = u128::from(point("share", experiment, unit)) * u128::from(PERCENT);
    if share >= all * u128::from(share_percent) {
        return None;
    }
    let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let place = u128::from(point("variant", experiment, unit)) * total;
    let mut end = 0;
    weights.iter().position(|weight| {
        end += u128::from(*weight) * all;
        place < end
    })
}

/// A question as a unit: letters' case and spaces do not make another one of it.
#[must_use]
pub fn question_unit(question: &str) -> String {
    let words: Vec<String> = question.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

/// A number that a unit always gets under a name.
fn point(name: &str, experiment: &[u8], unit: &str) -> u64 {
    let mut hash = Sha256::new();
    for part in [b"alexandria".as_slice(), name.as_bytes(), experiment] {
        hash.update(part);
        hash.update([0]);
    }
    hash.update(unit.as_bytes());
    let hash = hash.finalize();
    hash.iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::imbalance;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_larger_share_changes_nothing_for_those_who_take_part(
            experiment: [u8; 16], unit: String, small in 0_u8..=100, more in 0_u8..=100,
        ) {
            let weights = [2, 1, 1];
            let large = small.saturating_add(more).min(100);
            let before = assign(&experiment, &unit, small, &weights);
            let after = assign(&experiment, &unit, large, &weights);
            prop_assert!(before.is_none() || before == after);
            prop_assert_eq!(assign(&experiment, &unit, 0, &weights), None);
            prop_assert!(assign(&experiment, &unit, 100, &weights).is_some());
        }

        #[test]
        fn a_variant_of_no_weight_gets_nobody(experiment: [u8; 16], unit: String) {
            prop_assert_eq!(assign(&experiment, &unit, 100, &[0, 3, 0]), Some(1));
        }
    }

    #[test]
    fn units_are_divided_by_the_weights_and_the_share() {
        for experiment in 0_u8..20 {
            let weights = [3_u32, 1, 1];
            let mut counts = [0_u64; 3];
            for unit in 0..20_000 {
                if let Some(at) = assign(&[experiment; 16], &format!("unit {unit}"), 40, &weights) {
                    counts[at] += 1;
                }
            }
            let all: u64 = counts.iter().sum();
            // Four standard deviations of 20,000 draws at 40 %.
            assert!(all.abs_diff(8_000) < 278, "{counts:?}");
            let odd = imbalance(&counts, &weights).unwrap();
            assert!(odd > 0.001, "{counts:?}: {odd}");
        }
    }

    #[test]
    fn two_experiments_divide_people_independently() {
        let mut both = [[0_u64; 2]; 2];
        for unit in 0..10_000 {
            let unit = format!("person {unit}");
            let first = assign(b"one", &unit, 100, &[1, 1]).unwrap();
            let second = assign(b"two", &unit, 100, &[1, 1]).unwrap();
            both[first][second] += 1;
        }
        assert!(
            both.as_flattened().iter().all(|n| n.abs_diff(2_500) < 175),
            "{both:?}"
        );
    }

    #[test]
    fn the_division_is_the_same_in_every_release() {
        let found: Vec<_> = ["owner", "anna", "ben", "céline", "dora", "emil"]
            .iter()
            .map(|unit| assign(&[7; 16], unit, 50, &[1, 1]))
            .collect();
        assert_eq!(found, EXPECTED);
    }

    /// Computed with `hashlib` of Python from the description above.
    const EXPECTED: [Option<usize>; 6] = [Some(0), None, Some(1), Some(0), None, None];

    #[test]
    fn a_question_is_the_same_unit_however_it_is_typed() {
        assert_eq!(
            question_unit("  Who BUILT\nit? "),
            question_unit("who built it?")
        );
    }
}
