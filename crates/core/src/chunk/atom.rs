//! The smallest parts that pieces are packed from: whole blocks, or the sentences, rows and lines of
//! blocks that are too long. Tokens are counted here and nowhere else.

use std::ops::Range;

use super::{ChunkPolicy, HEADING_LEVEL_FENCE};
use crate::block::{Block, BlockKind, Span};
use crate::sentence::sentences;

/// What may stand before an atom in the same piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// Anything.
    Free,
    /// The heading before it, if there is room.
    Glued,
    /// Another atom of the same block.
    SameBlock,
    /// Nothing: a new piece begins.
    Fence,
}

/// A part that is not cut further.
#[derive(Clone, Debug)]
pub(super) struct Atom {
    /// The bytes of the stored text, without white space around them.
    pub(super) span: Span,
    /// The block it belongs to.
    pub(super) block: usize,
    /// Its length.
    pub(super) tokens: usize,
    /// What may stand before it.
    pub(super) before: Before,
    /// Whether it belongs to a heading.
    pub(super) heading: bool,
    /// Whether two pieces may share it when a cut falls behind it.
    pub(super) sentence: bool,
}

/// Cuts blocks into atoms, none longer than the policy's hard limit unless a single character is.
pub(super) fn atoms(
    blocks: &[Block],
    text: &str,
    policy: &ChunkPolicy,
    count_tokens: &dyn Fn(&str) -> usize,
) -> Vec<Atom> {
    let mut atoms: Vec<Atom> = Vec::with_capacity(blocks.len());
    let mut previous: Option<&Block> = None;
    for (index, block) in blocks.iter().enumerate() {
        let Some(whole) = trimmed(block.place.span, text) else {
            continue;
        };
        let words = whole.of(text).unwrap_or_default();
        let before = before(previous, block);
        previous = Some(block);
        let heading = matches!(block.kind, BlockKind::Heading(_));
        let atom = |span, tokens, before, sentence| Atom {
            span,
            block: index,
            tokens,
            before,
            heading,
            sentence,
        };
        if before == Before::Glued && stands_alone(block) {
            fence_headings(&mut atoms);
        }
        let tokens = count_tokens(words);
        if tokens <= policy.tokens_hard.max(1) {
            atoms.push(atom(whole, tokens, before, false));
            continue;
        }
        for (number, (span, tokens)) in parts(block.kind, words, policy, count_tokens)
            .into_iter()
            .enumerate()
        {
            let before = if number == 0 {
                before
            } else {
                Before::SameBlock
            };
            let sentence = !matches!(block.kind, BlockKind::Table | BlockKind::Code);
            atoms.push(atom(span.shifted(whole.start), tokens, before, sentence));
        }
    }
    atoms
}

/// What may stand before a block, seeing the block before it.
fn before(previous: Option<&Block>, block: &Block) -> Before {
    let Some(previous) = previous else {
        return Before::Fence;
    };
    match (previous.kind, block.kind) {
        // "Part One" and "Chapter 1" stand together; a chapter's end and the next part do not.
        (BlockKind::Heading(outer), BlockKind::Heading(level)) if outer <= level => Before::Glued,
        (_, BlockKind::Heading(level)) if level <= HEADING_LEVEL_FENCE => Before::Fence,
        (BlockKind::Heading(_), _) => Before::Glued,
        _ if stands_alone(previous) || stands_alone(block) => Before::Fence,
        _ if previous.place.part != block.place.part => Before::Fence,
        _ => Before::Free,
    }
}

/// Whether a block shares a piece with nothing but its headings.
const fn stands_alone(block: &Block) -> bool {
    matches!(block.kind, BlockKind::Table | BlockKind::Code)
}

/// Begins a new piece at the headings that end the atoms so far.
fn fence_headings(atoms: &mut [Atom]) {
    for atom in atoms.iter_mut().rev() {
        if atom.before == Before::Free {
            atom.before = Before::Fence;
        }
        if atom.before == Before::Fence {
            break;
        }
    }
}

/// A span without the white space around it; nothing where it covers nothing else.
fn trimmed(span: Span, text: &str) -> Option<Span> {
    let raw = span.of(text)?;
    let words = raw.trim();
    let start = span.start + (raw.len() - raw.trim_start().len()) as u64;
    (!words.is_empty()).then(|| Span::new(start, start + words.len() as u64))
}

/// The parts of a block that is too long, each with its tokens: rows and lines where line breaks
/// count, sentences elsewhere, and parts of these where even they are too long.
fn parts(
    kind: BlockKind,
    words: &str,
    policy: &ChunkPolicy,
    count_tokens: &dyn Fn(&str) -> usize,
) -> Vec<(Span, usize)> {
    let spans = if matches!(kind, BlockKind::Table | BlockKind::Code) {
        lines(words)
    } else {
        sentences(words)
    };
    let mut parts = Vec::with_capacity(spans.len());
    for span in spans {
        let part = span.of(words).unwrap_or_default();
        let tokens = count_tokens(part);
        if tokens <= policy.tokens_hard.max(1) {
            parts.push((span, tokens));
        } else {
            cut_words(
                words,
                span,
                policy.tokens_soft.clamp(1, policy.tokens_hard.max(1)),
                count_tokens,
                &mut parts,
            );
        }
    }
    parts
}

/// The lines of a text that hold more than white space, without the line breaks.
fn lines(text: &str) -> Vec<Span> {
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        let span = Span::new(start, start + line.len() as u64);
        start = span.end;
        span
    });
    lines.filter_map(|line| trimmed(line, text)).collect()
}

/// Cuts what has no sentences at spaces, and a word that is too long between two characters.
fn cut_words(
    text: &str,
    span: Span,
    limit: usize,
    count_tokens: &dyn Fn(&str) -> usize,
    parts: &mut Vec<(Span, usize)>,
) {
    let mut open: Option<(Span, usize)> = None;
    for word in words(text, span) {
        let tokens = count_tokens(word.of(text).unwrap_or_default());
        match &mut open {
            Some((part, sum)) if *sum + tokens <= limit => {
                part.end = word.end;
                *sum += tokens;
                continue;
            }
            _ => parts.extend(open.take()),
        }
        if tokens <= limit {
            open = Some((word, tokens));
        } else {
            halve(text, word, tokens, limit, count_tokens, parts);
        }
    }
    parts.extend(open);
}

/// The runs of characters between white space.
fn words(text: &str, span: Span) -> impl Iterator<Item = Span> {
    let inside = span.of(text).unwrap_or_default();
    let mut at = span.start;
    inside
        .split_inclusive(char::is_whitespace)
        .filter_map(move |word| {
            let whole = Span::new(at, at + word.len() as u64);
            at = whole.end;
            trimmed(whole, text)
        })
}

/// Cuts a word in the middle until its parts are short enough or single characters.
fn halve(
    text: &str,
    word: Span,
    tokens: usize,
    limit: usize,
    count_tokens: &dyn Fn(&str) -> usize,
    parts: &mut Vec<(Span, usize)>,
) {
    let inside = word.of(text).unwrap_or_default();
    let middle = inside.floor_char_boundary(inside.len() / 2);
    if tokens <= limit || middle == 0 {
        parts.push((word, tokens));
        return;
    }
    let middle = word.start + middle as u64;
    for Range { start, end } in [word.start..middle, middle..word.end] {
        let half = Span::new(start, end);
        let tokens = count_tokens(half.of(text).unwrap_or_default());
        halve(text, half, tokens, limit, count_tokens, parts);
    }
}
