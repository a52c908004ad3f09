//! One ranking from several: words and meaning, whichever engines they come from.
//!
//! Fusion is done here and not in an engine, so that every engine ranks alike and every passage can
//! say why it stands where it stands.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::ChunkId;
use crate::passage::Score;

/// The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009).
pub const RECIPROCAL_RANK_K: u16 = 60;

/// The weight of meaning beside words where the model spells the question's words out: then words say
/// more. Measured on German and Spanish questions (`XQuAD`).
pub const SEMANTIC_WEIGHT_MIN: f32 = 0.6;

/// The weight of meaning beside words where the model knows the question's words: chosen on the
/// training queries of `SciFact`, confirmed on its test queries, on Cranfield and on `SQuAD`.
pub const SEMANTIC_WEIGHT_MAX: f32 = 0.75;

/// What a ranking is by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leg {
    /// BM25 of the text index.
    Lexical,
    /// Cosine of the embeddings.
    Semantic,
}

/// What one search of one engine found. The order of the entries carries nothing; their scores do.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// What the scores are.
    pub leg: Leg,
    /// Chunks and their scores, larger is better.
    pub entries: Vec<(ChunkId, f32)>,
}

/// How rankings become one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fusion {
    /// By rank alone: safe when nothing is known of the scores.
    ReciprocalRank {
        /// How little the first ranks stand out.
        k: u16,
    },
    /// By scores, so that distances count: words as a share of the best, meaning as its cosine.
    Weighted {
        /// The weight of meaning, from 0 (words alone) to 1 (meaning alone).
        semantic: f32,
    },
}

impl Fusion {
    /// Meaning weighs more the better the model knows the words of the question: `grasp` from 0 to 1.
    #[must_use]
    pub fn grasping(grasp: f32) -> Self {
        let more = SEMANTIC_WEIGHT_MAX - SEMANTIC_WEIGHT_MIN;
        Self::Weighted {
            semantic: SEMANTIC_WEIGHT_MIN + more * grasp.clamp(0.0, 1.0),
        }
    }
}

impl Default for Fusion {
    fn default() -> Self {
        Self::grasping(0.0)
    }
}

/// A chunk in the fused ranking.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The chunk found.
    pub chunk: ChunkId,
    /// Why it stands here; `fused` lies between 0 and 1.
    pub score: Score,
}

/// Fuses rankings into one, best first; equal scores are ordered by chunk.
///
/// Neither the order of the rankings nor that of their entries matters. Rankings of the same leg are
/// taken as one (a search over several collections), a chunk found twice counts with its better
/// score, and scores that are not finite are left out. With one leg alone its own order is kept.
#[must_use]
pub fn fuse(rankings: &[Ranking], how: Fusion) -> Vec<Hit> {
    let lexical = leg(rankings, Leg::Lexical);
    let semantic = leg(rankings, Leg::Semantic);
    let weights = weights(how, !lexical.is_empty(), !semantic.is_empty());
    let parts = match how {
        Fusion::ReciprocalRank { k } => (
            reciprocal_ranks(&lexical, k),
            reciprocal_ranks(&semantic, k),
        ),
        Fusion::Weighted { .. } => (
            shares(&lexical, Leg::Lexical),
            shares(&semantic, Leg::Semantic),
        ),
    };
    let mut chunks: Vec<ChunkId> = lexical.keys().chain(semantic.keys()).copied().collect();
    chunks.sort_unstable();
    chunks.dedup();
    let mut hits: Vec<Hit> = chunks
        .into_iter()
        .map(|chunk| {
            let fused = weights.0 * parts.0.of(chunk) + weights.1 * parts.1.of(chunk);
            let score = Score {
                fused: fused.clamp(0.0, 1.0),
                lexical: lexical.get(&chunk).copied(),
                semantic: semantic.get(&chunk).copied(),
                reranked: None,
            };
            Hit { chunk, score }
        })
        .collect();
    hits.sort_by(|a, b| {
        b.score
            .fused
            .total_cmp(&a.score.fused)
            .then(a.chunk.cmp(&b.chunk))
    });
    hits
}

/// The best score of every chunk in one leg.
fn leg(rankings: &[Ranking], leg: Leg) -> BTreeMap<ChunkId, f32> {
    let mut best: BTreeMap<ChunkId, f32> = BTreeMap::new();
    let entries = rankings
        .iter()
        .filter(|ranking| ranking.leg == leg)
        .flat_map(|r| &r.entries);
    for (chunk, score) in entries.filter(|(_, score)| score.is_finite()) {
        let held = best.entry(*chunk).or_insert(*score);
        *held = held.max(*score);
    }
    best
}

/// What the lexical and the semantic part weigh; a leg that found nothing weighs nothing.
fn weights(how: Fusion, has_lexical: bool, has_semantic: bool) -> (f32, f32) {
    let semantic = match how {
        Fusion::ReciprocalRank { .. } => 0.5,
        Fusion::Weighted { semantic } => semantic.clamp(0.0, 1.0),
    };
    match (has_lexical, has_semantic) {
        (true, true) => (1.0 - semantic, semantic),
        (true, false) => (1.0, 0.0),
        (false, _) => (0.0, 1.0),
    }
}

/// What each chunk gets from one leg, between 0 and 1.
struct Parts {
    found: BTreeMap<ChunkId, f32>,
    missing: f32,
}

impl Parts {
    fn of(&self, chunk: ChunkId) -> f32 {
        self.found.get(&chunk).copied().unwrap_or(self.missing)
    }
}

/// (k + 1) / (k + rank): 1 for the first. Equal scores share the better rank.
fn reciprocal_ranks(leg: &BTreeMap<ChunkId, f32>, k: u16) -> Parts {
    let mut scores: Vec<f32> = leg.values().copied().collect();
    scores.sort_unstable_by(|a, b| b.total_cmp(a));
    let k = f32::from(k);
    let part = |score: f32| {
        let better = scores.partition_point(|other| *other > score);
        #[expect(clippy::cast_precision_loss, reason = "ranks are far below 2^24")]
        let rank = better as f32;
        (k + 1.0) / (k + 1.0 + rank)
    };
    Parts {
        found: leg
            .iter()
            .map(|(chunk, score)| (*chunk, part(*score)))
            .collect(),
        missing: 0.0,
    }
}

/// BM25 as a share of the best, which has no fixed scale; cosines as they are.
///
/// Cosines are not stretched: a model that knows nothing of a language gives all its texts nearly the
/// same cosine, which then moves nothing, where stretched it would drown the words.
///
/// A chunk that the text index did not find may hold none of the words and gets nothing. One that
/// the vector search did not return has a meaning all the same, at most as near as the last that it
/// did return, and gets that one's share.
fn shares(leg: &BTreeMap<ChunkId, f32>, kind: Leg) -> Parts {
    let best = leg.values().copied().fold(f32::MIN_POSITIVE, f32::max);
    let share = |score: f32| match kind {
        Leg::Lexical => (score / best).clamp(0.0, 1.0),
        Leg::Semantic => score.clamp(0.0, 1.0),
    };
    let found: BTreeMap<ChunkId, f32> = leg
        .iter()
        .map(|(chunk, score)| (*chunk, share(*score)))
        .collect();
    let missing = match kind {
        Leg::Lexical => 0.0,
        Leg::Semantic => found.values().copied().reduce(f32::min).unwrap_or(0.0),
    };
    Parts { found, missing }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn chunk(number: u128) -> ChunkId {
        ChunkId::from_uuid(Uuid::from_u128(number))
    }

    fn ranking(leg: Leg, entries: &[(u128, f32)]) -> Ranking {
        let entries = entries
            .iter()
            .map(|(number, score)| (chunk(*number), *score))
            .collect();
        Ranking { leg, entries }
    }

    fn check(rankings: &[Ranking], how: Fusion, expected: &[(u128, f32)]) {
        let found = fuse(rankings, how);
        let order: Vec<ChunkId> = found.iter().map(|hit| hit.chunk).collect();
        assert_eq!(
            order,
            expected
                .iter()
                .map(|(number, _)| chunk(*number))
                .collect::<Vec<_>>()
        );
        for (hit, (_, fused)) in found.iter().zip(expected) {
            assert!(
                (hit.score.fused - fused).abs() < 1e-4,
                "{found:?} is not {expected:?}"
            );
        }
    }

    const WEIGHTED: Fusion = Fusion::Weighted { semantic: 0.6 };
    const RRF: Fusion = Fusion::ReciprocalRank { k: 60 };

    #[test]
    fn scores_are_shares_of_the_best_and_weighted() {
        let lexical = ranking(Leg::Lexical, &[(1, 10.0), (2, 5.0)]);
        let semantic = ranking(Leg::Semantic, &[(2, 0.8), (3, 0.4)]);
        let both = [lexical, semantic];
        check(&both, WEIGHTED, &[(2, 0.68), (1, 0.64), (3, 0.24)]);
        check(&both, RRF, &[(2, 0.99194), (1, 0.5), (3, 0.49194)]);
    }

    #[test]
    fn one_leg_alone_keeps_its_order() {
        let lexical = ranking(Leg::Lexical, &[(1, 1.0), (2, 4.0), (3, 2.0)]);
        check(&[lexical], WEIGHTED, &[(2, 1.0), (3, 0.5), (1, 0.25)]);
        let semantic = ranking(Leg::Semantic, &[(1, -0.2), (2, 0.5)]);
        check(&[semantic], WEIGHTED, &[(2, 0.5), (1, 0.0)]);
        check(&[], WEIGHTED, &[]);
    }

    #[test]
    fn scores_that_are_no_numbers_are_left_out() {
        let lexical = ranking(Leg::Lexical, &[(1, f32::NAN), (2, 1.0), (3, f32::INFINITY)]);
        check(&[lexical], RRF, &[(2, 1.0)]);
    }

    #[test]
    fn a_chunk_found_in_two_collections_counts_with_its_better_score() {
        let one = ranking(Leg::Semantic, &[(1, 0.2), (2, 0.3)]);
        let two = ranking(Leg::Semantic, &[(1, 0.6)]);
        check(&[one, two], WEIGHTED, &[(1, 0.6), (2, 0.3)]);
    }

    fn any_ranking() -> impl Strategy<Value = Ranking> {
        let leg = prop_oneof![Just(Leg::Lexical), Just(Leg::Semantic)];
        let entry = (0u128..30, -1.0f32..20.0).prop_map(|(number, score)| (chunk(number), score));
        (leg, prop::collection::vec(entry, 0..30))
            .prop_map(|(leg, entries)| Ranking { leg, entries })
    }

    proptest! {
        #[test]
        fn fusion_ignores_the_order_of_its_input(
            rankings in prop::collection::vec(any_ranking(), 0..5),
            weighted in any::<bool>(),
        ) {
            let how = if weighted { WEIGHTED } else { RRF };
            let hits = fuse(&rankings, how);
            let mut turned = rankings.clone();
            turned.reverse();
            turned.iter_mut().for_each(|ranking| ranking.entries.reverse());
            prop_assert_eq!(&hits, &fuse(&turned, how));
            prop_assert!(hits.iter().all(|hit| (0.0..=1.0).contains(&hit.score.fused)));
            prop_assert!(hits.windows(2).all(|pair| pair[0].score.fused >= pair[1].score.fused));
            let given = rankings.iter().flat_map(|ranking| &ranking.entries).map(|(chunk, _)| *chunk);
            let given: std::collections::BTreeSet<ChunkId> = given.collect();
            prop_assert_eq!(given.len(), hits.len());
        }

        #[test]
        fn a_chunk_that_is_first_in_both_legs_is_first(
            others in prop::collection::vec((1u128..30, 0.0f32..1.0, 0.0f32..1.0), 0..30),
        ) {
            let mut lexical = vec![(0, 1.5)];
            let mut semantic = vec![(0, 1.5)];
            lexical.extend(others.iter().map(|(number, score, _)| (*number, *score)));
            semantic.extend(others.iter().map(|(number, _, score)| (*number, *score)));
            let rankings = [ranking(Leg::Lexical, &lexical), ranking(Leg::Semantic, &semantic)];
            for how in [WEIGHTED, RRF] {
                prop_assert_eq!(fuse(&rankings, how)[0].chunk, chunk(0));
            }
        }
    }
}
