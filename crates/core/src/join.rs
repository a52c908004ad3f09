//! Joining neighbouring chunks that were both found into one passage, so that a reader sees a whole
//! paragraph and not two halves of it.

use crate::block::Span;
use crate::id::VersionId;
use crate::passage::Score;

/// The longest joined passage, in bytes of the stored text.
pub const JOINED_BYTES_MAX: u64 = 6_000;

/// How far apart two chunks may stand to count as neighbours, in bytes: what parts two blocks.
const GAP_BYTES_MAX: u64 = 8;

/// A chunk that was found, as joining sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// The text it is a piece of.
    pub version: VersionId,
    /// Where in that text.
    pub span: Span,
    /// Why it was found.
    pub score: Score,
}

/// Chunks that make one passage.
#[derive(Clone, Debug, PartialEq)]
pub struct Joined {
    /// The positions of the chunks in the input, in reading order.
    pub members: Vec<usize>,
    /// The bytes from the first to the last.
    pub span: Span,
    /// The member with the best score: its place and score stand for all.
    pub best: usize,
}

/// Joins chunks of the same version whose spans touch or overlap, up to [`JOINED_BYTES_MAX`].
///
/// `found` is in order of rank, and so is the result: a passage stands where its best member stood.
/// Joining begins at the best chunk and grows to both sides, so the limit never pushes it out.
#[must_use]
pub fn join(found: &[Found]) -> Vec<Joined> {
    let mut taken = vec![false; found.len()];
    let mut passages = Vec::new();
    for (best, seed) in found.iter().enumerate() {
        if taken.get(best).copied().unwrap_or(true) {
            continue;
        }
        let mut passage = Joined {
            members: vec![best],
            span: seed.span,
            best,
        };
        mark(&mut taken, best);
        while let Some(next) = neighbour(found, &taken, seed.version, passage.span) {
            mark(&mut taken, next);
            passage.members.push(next);
            passage.span = found
                .get(next)
                .map_or(passage.span, |next| hull(passage.span, next.span));
        }
        passage
            .members
            .sort_by_key(|at| found.get(*at).map(|found| found.span));
        passages.push(passage);
    }
    passages
}

/// The best chunk left that touches a span and keeps it within the limit.
fn neighbour(found: &[Found], taken: &[bool], version: VersionId, span: Span) -> Option<usize> {
    let candidates = found.iter().zip(taken).enumerate();
    candidates
        .filter(|(_, (other, taken))| !**taken && other.version == version)
        .find(|(_, (other, _))| {
            touches(span, other.span) && hull(span, other.span).len() <= JOINED_BYTES_MAX
        })
        .map(|(at, _)| at)
}

/// Whether two spans overlap or have only what parts blocks between them.
const fn touches(one: Span, other: Span) -> bool {
    one.start <= other.end + GAP_BYTES_MAX && other.start <= one.end + GAP_BYTES_MAX
}

/// The smallest span that covers both.
fn hull(one: Span, other: Span) -> Span {
    Span::new(one.start.min(other.start), one.end.max(other.end))
}

fn mark(taken: &mut [bool], at: usize) {
    if let Some(taken) = taken.get_mut(at) {
        *taken = true;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn found(version: u128, start: u64, end: u64) -> Found {
        let version = VersionId::from_uuid(Uuid::from_u128(version));
        Found {
            version,
            span: Span::new(start, end),
            score: Score::default(),
        }
    }

    fn check(chunks: &[Found], expected: &[&[usize]]) {
        let members: Vec<Vec<usize>> = join(chunks)
            .into_iter()
            .map(|joined| joined.members)
            .collect();
        assert_eq!(members, expected);
    }

    #[test]
    fn neighbours_of_one_version_become_one_passage() {
        check(
            &[found(1, 102, 200), found(1, 0, 100), found(2, 0, 100)],
            &[&[1, 0], &[2]],
        );
        check(
            &[found(1, 0, 100), found(1, 202, 300), found(1, 102, 200)],
            &[&[0, 2, 1]],
        );
        check(&[found(1, 0, 100), found(1, 120, 200)], &[&[0], &[1]]);
        check(&[], &[]);
    }

    #[test]
    fn a_passage_stays_below_its_limit() {
        let third = JOINED_BYTES_MAX / 2;
        check(
            &[
                found(1, 0, third),
                found(1, third, third * 2),
                found(1, third * 2, third * 3),
            ],
            &[&[0, 1], &[2]],
        );
    }

    proptest! {
        #[test]
        fn every_chunk_is_in_one_passage(
            chunks in prop::collection::vec((0u128..3, 0u64..9_000, 1u64..900), 0..40)
        ) {
            let chunks: Vec<Found> =
                chunks.iter().map(|(version, start, length)| found(*version, *start, start + length)).collect();
            let passages = join(&chunks);
            let mut members: Vec<usize> = passages.iter().flat_map(|joined| joined.members.clone()).collect();
            members.sort_unstable();
            prop_assert_eq!(members, (0..chunks.len()).collect::<Vec<_>>());
            for joined in &passages {
                prop_assert!(joined.span.len() <= JOINED_BYTES_MAX);
                prop_assert!(joined.members.iter().all(|at| *at >= joined.best));
                prop_assert!(joined.members.iter().all(|at| chunks[*at].version == chunks[joined.best].version));
            }
            prop_assert!(passages.windows(2).all(|pair| pair[0].best < pair[1].best));
        }
    }
}
