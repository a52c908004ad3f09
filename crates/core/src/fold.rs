//! Folding passages that say the same in nearly the same words: two editions of a book, a page
//! repeated in an appendix, a form letter.
//!
//! Each chunk gets a *fold key* when it is cut: the 64-bit similarity hash of Charikar (STOC 2002)
//! over runs of words. Keys of texts that differ in a few words differ in a few bits.

use crate::words::words;

/// How many bits the keys of two near duplicates may differ in.
pub const FOLD_DISTANCE_MAX: u32 = 6;

/// How many words make one of the runs that are hashed.
const RUN_WORDS: usize = 3;

/// A text of fewer words has no neighbours but its equals.
const WORDS_MIN: usize = 12;

/// The fold key of a text. Letters' case, punctuation and spacing do not change it.
#[must_use]
pub fn fold_key(text: &str) -> u64 {
    let hashes: Vec<u64> = words(text).map(|word| hash(&word.text)).collect();
    if hashes.len() < WORDS_MIN {
        return hashes.iter().fold(SEED, |key, word| mix(key, *word));
    }
    let mut balance = [0_i32; 64];
    for run in hashes.windows(RUN_WORDS) {
        let run = run.iter().fold(SEED, |key, word| mix(key, *word));
        for (bit, sum) in balance.iter_mut().enumerate() {
            *sum += if run >> bit & 1 == 1 { 1 } else { -1 };
        }
    }
    let bits = balance.iter().enumerate().filter(|(_, sum)| **sum > 0);
    bits.fold(0, |key, (bit, _)| key | 1 << bit)
}

/// Whether two keys belong to near duplicates.
#[must_use]
pub const fn is_near(key: u64, other: u64) -> bool {
    (key ^ other).count_ones() <= FOLD_DISTANCE_MAX
}

/// For each key, best first, the position of the earlier key that it is a near duplicate of; none
/// for those that stay. A duplicate never points to another duplicate.
#[must_use]
pub fn fold(keys: &[u64]) -> Vec<Option<usize>> {
    let mut kept: Vec<(usize, u64)> = Vec::new();
    let folded = keys.iter().enumerate().map(|(at, key)| {
        let original = kept
            .iter()
            .find(|(_, other)| is_near(*key, *other))
            .map(|(at, _)| *at);
        if original.is_none() {
            kept.push((at, *key));
        }
        original
    });
    folded.collect()
}

/// The offset basis of FNV-1a.
const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a over the bytes of a word, finished so that every bit depends on every byte.
fn hash(word: &str) -> u64 {
    mix(
        SEED,
        word.bytes().fold(SEED, |key, byte| {
            (key ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }),
    )
}

/// Joins two hashes into one (the finisher of `splitmix64`).
const fn mix(key: u64, other: u64) -> u64 {
    let mut z = key.rotate_left(23) ^ other.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "The happiness of a man consists in the activity of the soul in accordance with \
        virtue, and if there be more than one virtue, in accordance with the best and most complete.";

    fn check(other: &str, near: bool) {
        let distance = (fold_key(TEXT) ^ fold_key(other)).count_ones();
        assert_eq!(
            is_near(fold_key(TEXT), fold_key(other)),
            near,
            "{distance} bits: {other:?}"
        );
    }

    #[test]
    fn texts_that_differ_in_case_and_punctuation_fold() {
        check(TEXT, true);
        check(&TEXT.to_uppercase(), true);
        check(&TEXT.replace(',', " ;\n"), true);
    }

    #[test]
    fn different_texts_do_not_fold() {
        check(
            "Call me Ishmael. Some years ago, never mind how long precisely, I went to sea.",
            false,
        );
        check("", false);
        assert!(!is_near(fold_key("yes"), fold_key("no")));
        assert!(is_near(fold_key("Yes!"), fold_key("yes")));
    }

    #[test]
    fn a_long_text_with_one_word_changed_folds() {
        let long: String = (0..120)
            .map(|number| format!("word{} ", number * 7919 % 1000))
            .collect();
        let changed = long.replacen("word919 ", "other ", 1);
        assert_ne!(long, changed);
        assert!(is_near(fold_key(&long), fold_key(&changed)));
    }

    #[test]
    fn duplicates_point_to_the_first_that_stays() {
        assert_eq!(
            fold(&[0, u64::MAX, 1, u64::MAX - 1]),
            [None, None, Some(0), Some(1)]
        );
        assert_eq!(fold(&[]), []);
    }

    proptest! {
        #[test]
        fn what_is_folded_points_to_something_near_that_stays(
            keys in prop::collection::vec(prop_oneof![any::<u64>(), 0u64..64], 0..40)
        ) {
            let folded = fold(&keys);
            for (at, original) in folded.iter().enumerate() {
                if let Some(original) = original {
                    prop_assert!(*original < at && folded[*original].is_none());
                    prop_assert!(is_near(keys[at], keys[*original]));
                }
            }
        }
    }
}
