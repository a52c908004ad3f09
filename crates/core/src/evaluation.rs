//! How good rankings and answers are, judged by people.
//!
//! Here stand the measures of rankings, those of TREC and BEIR; those of answers stand in [`questions`]
//! (with [`overlap`] and [`abstention`]), how sure a figure is in [`interval`], and comparing it with what it
//! was in [`gate`].
//!
//! The measures of rankings agree with `trec_eval` (`ndcg_cut`, `map`, `recall`, `recip_rank`): gains are
//! used as they are, documents without a judgement are not relevant, a query without a relevant document
//! is left out of every mean.

use std::collections::{BTreeMap, HashSet};
use std::hash::Hash;

use serde::{Deserialize, Serialize};

use crate::block::Span;

pub mod abstention;
pub mod gate;
pub mod interval;
pub mod overlap;
pub mod questions;

/// What people judged for one query: documents and their gains; a gain above 0 is relevant.
pub type Judgements<D> = BTreeMap<D, u32>;

/// The measures of one ranking, or their means over many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measures {
    /// Normalised discounted cumulative gain of the first ten.
    pub ndcg_at_10: f64,
    /// Mean average precision over the whole ranking.
    pub map: f64,
    /// The share of relevant documents among the first ten.
    pub recall_at_10: f64,
    /// The share of relevant documents among the first hundred.
    pub recall_at_100: f64,
    /// One over the rank of the first relevant document.
    pub reciprocal_rank: f64,
}

/// Measures one ranking, best first. Nothing when no document is relevant. A document that stands in
/// the ranking twice counts where it stands first.
#[must_use]
pub fn measure<D: Ord + Hash + Clone>(
    ranking: &[D],
    judgements: &Judgements<D>,
) -> Option<Measures> {
    let mut seen = HashSet::new();
    let gains: Vec<u32> = ranking
        .iter()
        .filter(|document| seen.insert(*document))
        .map(|document| judgements.get(document).copied().unwrap_or(0))
        .collect();
    let relevant = judgements.values().filter(|gain| **gain > 0).count();
    (relevant > 0).then(|| Measures {
        ndcg_at_10: ndcg(&gains, judgements, 10),
        map: average_precision(&gains, relevant),
        recall_at_10: recall(&gains, relevant, 10),
        recall_at_100: recall(&gains, relevant, 100),
        reciprocal_rank: gains
            .iter()
            .position(|gain| *gain > 0)
            .map_or(0.0, |at| 1.0 / count(at + 1)),
    })
}

/// The mean of many; all zero for none.
#[must_use]
pub fn mean(measures: &[Measures]) -> Measures {
    let mean = |of: fn(&Measures) -> f64| {
        let values: Vec<f64> = measures.iter().map(of).collect();
        average(&values)
    };
    Measures {
        ndcg_at_10: mean(|m| m.ndcg_at_10),
        map: mean(|m| m.map),
        recall_at_10: mean(|m| m.recall_at_10),
        recall_at_100: mean(|m| m.recall_at_100),
        reciprocal_rank: mean(|m| m.reciprocal_rank),
    }
}

/// The mean of values; 0 for none.
#[must_use]
pub fn average(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / count(values.len().max(1))
}

/// Whether pieces of a text hold every byte of a span between them.
#[must_use]
pub fn covers(pieces: &[Span], span: Span) -> bool {
    let mut pieces: Vec<Span> = pieces
        .iter()
        .filter_map(|piece| piece.overlap(&span))
        .collect();
    pieces.sort_unstable();
    let reached = pieces.iter().fold(span.start, |reached, piece| {
        if piece.start <= reached {
            reached.max(piece.end)
        } else {
            reached
        }
    });
    reached >= span.end
}

/// The value below which a share of the values lies (nearest rank): latencies at 0.5 and 0.95.
#[must_use]
pub fn percentile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let needed = share.clamp(0.0, 1.0) * count(sorted.len());
    let at = (0..sorted.len()).find(|at| count(at + 1) >= needed)?;
    sorted.get(at).copied()
}

/// Gains discounted by the logarithm of the rank, as a share of the best possible.
fn ndcg<D>(gains: &[u32], judgements: &Judgements<D>, depth: usize) -> f64 {
    let mut ideal: Vec<u32> = judgements.values().copied().collect();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let discounted = |gains: &[u32]| -> f64 {
        let ranked = gains.iter().take(depth).enumerate();
        ranked
            .map(|(at, gain)| f64::from(*gain) / count(at + 2).log2())
            .sum()
    };
    discounted(gains) / discounted(&ideal)
}

/// The mean over the relevant documents of the precision at their ranks.
fn average_precision(gains: &[u32], relevant: usize) -> f64 {
    let ranks = gains
        .iter()
        .enumerate()
        .filter(|(_, gain)| **gain > 0)
        .map(|(at, _)| at + 1);
    ranks
        .enumerate()
        .map(|(found, rank)| count(found + 1) / count(rank))
        .sum::<f64>()
        / count(relevant)
}

/// The share of the relevant documents among the first.
fn recall(gains: &[u32], relevant: usize, depth: usize) -> f64 {
    count(gains.iter().take(depth).filter(|gain| **gain > 0).count()) / count(relevant)
}

/// A count as a number to divide with.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
const fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ranking: &[&str], judged: &[(&str, u32)], expected: [f64; 5]) {
        let judgements = judged
            .iter()
            .map(|(document, gain)| (*document, *gain))
            .collect();
        let found = measure(ranking, &judgements).unwrap();
        let found = [
            found.ndcg_at_10,
            found.map,
            found.recall_at_10,
            found.recall_at_100,
            found.reciprocal_rank,
        ];
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                (found - expected).abs() < 5e-5,
                "{found:?} is not {expected:?} for {ranking:?}"
            );
        }
    }

    #[test]
    fn measures_agree_with_numbers_worked_out_by_hand() {
        check(&["a", "b"], &[("a", 1)], [1.0, 1.0, 1.0, 1.0, 1.0]);
        check(&["x", "a"], &[("a", 1)], [0.63093, 0.5, 1.0, 1.0, 0.5]);
        check(&["x", "y"], &[("a", 1)], [0.0; 5]);
        // (3/log2(3) + 1/log2(5)) / (3 + 2/log2(3) + 1/log2(4)); precision (1/2 + 2/4) / 3.
        check(
            &["x", "a", "y", "c"],
            &[("a", 3), ("b", 2), ("c", 1), ("y", 0)],
            [0.48793, 0.33333, 0.66667, 0.66667, 0.5],
        );
        check(
            &["a", "a", "b"],
            &[("a", 1), ("b", 1)],
            [1.0, 1.0, 1.0, 1.0, 1.0],
        );
    }

    #[test]
    fn the_eleventh_counts_for_the_hundred_only() {
        let ranking = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a"];
        check(
            &ranking,
            &[("a", 1)],
            [0.0, 1.0 / 11.0, 0.0, 1.0, 1.0 / 11.0],
        );
    }

    #[test]
    fn a_query_without_relevant_documents_is_left_out() {
        assert_eq!(measure(&["a"], &BTreeMap::from([("a", 0)])), None);
        assert_eq!(mean(&[]), Measures::default());
        let one = Measures {
            map: 1.0,
            ..Measures::default()
        };
        assert!((mean(&[one, Measures::default()]).map - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_percentile_is_one_of_the_values() {
        assert_eq!(percentile(&[], 0.5), None);
        assert_eq!(percentile(&[3.0, 1.0, 2.0], 0.5), Some(2.0));
        assert_eq!(percentile(&[3.0, 1.0, 2.0, 4.0], 0.95), Some(4.0));
    }

    #[test]
    fn pieces_cover_a_span_only_between_them() {
        let covered = |pieces: &[(u64, u64)], span: (u64, u64)| {
            let pieces: Vec<Span> = pieces.iter().map(|(a, b)| Span::new(*a, *b)).collect();
            covers(&pieces, Span::new(span.0, span.1))
        };
        assert!(covered(&[(0, 10)], (2, 8)));
        assert!(covered(&[(6, 12), (0, 6)], (2, 12)));
        assert!(covered(&[(0, 7), (5, 12), (6, 9)], (2, 12)));
        assert!(!covered(&[(0, 5), (6, 12)], (2, 12)));
        assert!(!covered(&[(3, 12)], (2, 12)));
        assert!(!covered(&[(0, 11)], (2, 12)));
        assert!(!covered(&[], (2, 12)));
    }
}
