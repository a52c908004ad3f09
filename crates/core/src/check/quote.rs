//! Finding the words that support a sentence in the passages it names.

use super::QUESTION_MARKS;
use super::instruction::is_instruction;
use super::token::{Token, tokens};
use crate::block::Span;
use crate::sentence::sentences;
use crate::words::Stems;

/// Quotes for one sentence.
const QUOTES_MAX: usize = 3;

/// The share of the sentence's words, by weight, that the first quote must hold at least.
const FIRST_SHARE_MIN: f32 = 0.2;

/// The share that each further quote must add.
const FURTHER_SHARE_MIN: f32 = 0.12;

/// A passage that may hold quotes.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Its text.
    pub text: &'a str,
}

/// The sentences of the sources that support a sentence best, best first: the source, and the bytes
/// of its text. Questions and instructions are never among them; there may be none.
#[must_use]
pub fn quotes(
    sentence: &str,
    sources: &[Source<'_>],
    language: Option<&str>,
) -> Vec<(usize, Span)> {
    let stems = Stems::of(language);
    let capitals = language != Some("de");
    let said = tokens(sentence, &stems, capitals);
    let all: f32 = said.iter().map(Token::weight).sum();
    if all <= 0.0 {
        return Vec::new();
    }
    let mut offered: Vec<(usize, Span, Vec<bool>)> = Vec::new();
    for (at, source) in sources.iter().enumerate() {
        for span in sentences(source.text) {
            let text = span.of(source.text).unwrap_or_default();
            if text.ends_with(QUESTION_MARKS) || is_instruction(text) {
                continue;
            }
            let held = tokens(text, &stems, capitals);
            let covers = said
                .iter()
                .map(|token| held.iter().any(|other| other.is_same(token)))
                .collect();
            offered.push((at, span, covers));
        }
    }
    let mut covered = vec![false; said.len()];
    let mut chosen = Vec::new();
    while chosen.len() < QUOTES_MAX {
        let gain = |covers: &[bool]| -> f32 {
            let fresh = said.iter().zip(covers).zip(&covered);
            let fresh = fresh.filter(|((_, covers), covered)| **covers && !**covered);
            fresh.map(|((token, _), _)| token.weight()).sum()
        };
        // Of equals the first: `max_by` would take the last.
        let best = offered
            .iter()
            .rev()
            .max_by(|a, b| gain(&a.2).total_cmp(&gain(&b.2)));
        let Some((at, span, covers)) = best else {
            break;
        };
        let least = if chosen.is_empty() {
            FIRST_SHARE_MIN
        } else {
            FURTHER_SHARE_MIN
        };
        if gain(covers) / all < least {
            break;
        }
        chosen.push((*at, *span));
        let covers = covers.clone();
        for (covered, covers) in covered.iter_mut().zip(covers) {
            *covered |= covers;
        }
    }
    chosen
}
