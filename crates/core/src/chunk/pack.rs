//! Packing atoms into pieces: which atoms stand together.

use std::ops::Range;

use super::ChunkPolicy;
use super::atom::{Atom, Before};

/// The runs of atoms that make the pieces, in order. Runs share atoms only as overlap.
pub(super) fn pack(atoms: &[Atom], policy: &ChunkPolicy) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    let mut tokens = 0;
    for (index, atom) in atoms.iter().enumerate() {
        if index > start && !belongs(atoms, index, tokens, policy) {
            runs.push(start..index);
            start = overlap_start(atoms, start, index, policy);
            tokens = sum(atoms, start..index);
        }
        tokens += atom.tokens;
    }
    if start < atoms.len() {
        runs.push(start..atoms.len());
    }
    join_tails(atoms, runs, policy)
}

/// Whether an atom goes on the piece before it, which has so many tokens.
fn belongs(atoms: &[Atom], index: usize, tokens: usize, policy: &ChunkPolicy) -> bool {
    let Some(atom) = atoms.get(index) else {
        return false;
    };
    let with = tokens + atom.tokens;
    match atom.before {
        Before::Fence => false,
        Before::Glued => with <= policy.tokens_hard,
        Before::Free | Before::SameBlock => {
            // A heading goes on only if what follows it does too.
            let follower = if atom.heading {
                followers(atoms, index)
            } else {
                0
            };
            let small = tokens < policy.tokens_soft / 2 && with + follower <= policy.tokens_hard;
            with + follower <= policy.tokens_soft || small
        }
    }
}

/// The tokens of what is glued to a heading, up to the first atom that is no heading.
fn followers(atoms: &[Atom], heading: usize) -> usize {
    let mut tokens = 0;
    for atom in atoms.iter().skip(heading + 1) {
        if atom.before != Before::Glued && !(atom.heading && atom.before == Before::SameBlock) {
            break;
        }
        tokens += atom.tokens;
        if !atom.heading {
            break;
        }
    }
    tokens
}

/// Where the next piece begins when one has been closed before `next`: some sentences earlier where
/// the cut falls inside a block.
fn overlap_start(atoms: &[Atom], start: usize, next: usize, policy: &ChunkPolicy) -> usize {
    let mut first = next;
    let mut tokens = atoms.get(next).map_or(0, |atom| atom.tokens);
    for _ in 0..policy.overlap_sentences {
        let inside = atoms
            .get(first)
            .is_some_and(|atom| atom.before == Before::SameBlock && atom.sentence);
        // Invariant: spans begin later from piece to piece, so the first atom is never shared.
        if !inside || first <= start + 1 {
            break;
        }
        tokens += atoms.get(first - 1).map_or(0, |atom| atom.tokens);
        if tokens > policy.tokens_soft {
            break;
        }
        first -= 1;
    }
    first
}

/// Joins a piece that is too short to stand alone to the one before it, where no fence parts them.
fn join_tails(atoms: &[Atom], runs: Vec<Range<usize>>, policy: &ChunkPolicy) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(runs.len());
    for run in runs {
        let tokens = sum(atoms, run.clone());
        let fenced = atoms
            .get(run.start)
            .is_none_or(|atom| atom.before == Before::Fence);
        match joined.last_mut() {
            Some(last)
                if !fenced
                    && tokens < policy.tokens_soft / 4
                    && sum(atoms, last.start..run.end) <= policy.tokens_hard =>
            {
                last.end = run.end;
            }
            _ => joined.push(run),
        }
    }
    joined
}

/// The tokens of a run.
fn sum(atoms: &[Atom], run: Range<usize>) -> usize {
    atoms
        .get(run)
        .unwrap_or_default()
        .iter()
        .map(|atom| atom.tokens)
        .sum()
}
