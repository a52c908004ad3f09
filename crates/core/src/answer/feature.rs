//! What speaks for a sentence: the numbers that the weights are multiplied with.

use std::collections::{HashMap, HashSet};

use super::Candidate;
use crate::block::Span;
use crate::question::denial::may_deny;
use crate::question::{AnswerKind, Question};
use crate::words::{Word, words};

/// How many numbers describe a sentence.
pub const FEATURES: usize = 14;

/// Their names, in order.
pub const FEATURE_NAMES: [&str; FEATURES] = [
    "coverage",
    "coverage_near",
    "coverage_passage",
    "names",
    "names_missing",
    "cosine",
    "rank",
    "kind_found",
    "kind_missing",
    "pairs",
    "length",
    "matched",
    "unmatched",
    "denial_missing",
];

/// Words farther apart than this are not taken for neighbours.
const PAIR_WORDS_MAX: usize = 3;

/// What is known of a sentence before it is embedded.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Evidence {
    coverage: f32,
    coverage_near: f32,
    coverage_passage: f32,
    names: f32,
    names_missing: f32,
    fused: f32,
    rank: f32,
    kind_found: f32,
    kind_missing: f32,
    pairs: f32,
    length: f32,
    matched: f32,
    unmatched: f32,
    denial_missing: f32,
}

impl Evidence {
    /// How much a sentence promises by its words and its passage alone.
    pub(super) fn promise(&self) -> f32 {
        self.coverage
            + 0.3 * self.coverage_near
            + 0.3 * self.pairs
            + 0.3 * self.kind_found
            + 0.4 * self.fused
            + 0.3 * self.rank
    }

    /// All the numbers, in the order of [`FEATURE_NAMES`].
    pub(super) fn features(&self, cosine: f32) -> [f32; FEATURES] {
        [
            self.coverage,
            self.coverage_near,
            self.coverage_passage,
            self.names,
            self.names_missing,
            cosine,
            self.rank,
            self.kind_found,
            self.kind_missing,
            self.pairs,
            self.length,
            self.matched,
            self.unmatched,
            self.denial_missing,
        ]
    }
}

/// A sentence as words.
struct Read {
    candidate: usize,
    words: Vec<Word>,
    stems: Vec<String>,
}

/// Weighs sentences against a question. What a word is worth is learned from the sentences at hand:
/// one that stands in most of them tells little.
pub(super) struct Weigher<'a> {
    question: &'a Question,
    candidates: &'a [Candidate<'a>],
    reads: Vec<Read>,
    passages: Vec<HashSet<String>>,
    worth: HashMap<&'a str, f32>,
}

impl<'a> Weigher<'a> {
    pub(super) fn new(
        question: &'a Question,
        candidates: &'a [Candidate<'a>],
        places: &[(usize, Span)],
    ) -> Self {
        let reads: Vec<Read> = places
            .iter()
            .map(|(candidate, within)| {
                let text = candidates
                    .get(*candidate)
                    .and_then(|candidate| within.of(candidate.text));
                let words: Vec<Word> = words(text.unwrap_or_default()).collect();
                let stems = words
                    .iter()
                    .map(|word| question.stems.stem(&word.text))
                    .collect();
                Read {
                    candidate: *candidate,
                    words,
                    stems,
                }
            })
            .collect();
        let stems_of = |text: &str| {
            words(text)
                .map(|word| question.stems.stem(&word.text))
                .collect()
        };
        let mut passages: Vec<HashSet<String>> = candidates
            .iter()
            .map(|candidate| stems_of(candidate.context))
            .collect();
        for candidate in 0..candidates.len() {
            let inside = candidates
                .get(candidate)
                .map_or_else(HashSet::new, |c| stems_of(c.text));
            if let Some(passage) = passages.get_mut(candidate) {
                passage.extend(inside);
            }
        }
        let worth = worth(question, &reads);
        Self {
            question,
            candidates,
            reads,
            passages,
            worth,
        }
    }

    /// What speaks for each sentence, in the order of the places.
    pub(super) fn evidence(&self) -> Vec<Evidence> {
        (0..self.reads.len())
            .filter_map(|at| self.weigh(at))
            .collect()
    }

    fn weigh(&self, at: usize) -> Option<Evidence> {
        let read = self.reads.get(at)?;
        let candidate = self.candidates.get(read.candidate)?;
        let own: HashSet<&str> = read.stems.iter().map(String::as_str).collect();
        let near: HashSet<&str> = [at.wrapping_sub(1), at, at + 1]
            .iter()
            .filter_map(|at| {
                self.reads
                    .get(*at)
                    .filter(|other| other.candidate == read.candidate)
            })
            .flat_map(|read| read.stems.iter().map(String::as_str))
            .collect();
        let passage = self.passages.get(read.candidate)?;
        let coverage = self.coverage(|stem| own.contains(stem));
        let expected = self.question.kind != AnswerKind::Other;
        let found = expected && self.holds_kind(read);
        let total: f32 = self.worth.values().sum();
        Some(Evidence {
            coverage,
            coverage_near: self.coverage(|stem| near.contains(stem)),
            coverage_passage: self.coverage(|stem| passage.contains(stem)),
            names: self.names(|stem| own.contains(stem)).unwrap_or(1.0),
            names_missing: 1.0 - self.names(|stem| passage.contains(stem)).unwrap_or(1.0),
            fused: candidate.score.fused,
            rank: 1.0 / (1.0 + real(read.candidate)),
            kind_found: flag(found),
            kind_missing: flag(expected && !found),
            pairs: self.pairs(&read.stems),
            length: (1.0 + real(read.words.len())).ln() / 4.0,
            matched: (coverage * total / 10.0).min(2.0),
            unmatched: ((1.0 - self.coverage(|stem| passage.contains(stem))) * total / 10.0)
                .min(2.0),
            denial_missing: flag(self.question.is_denied && !may_deny(&read.words)),
        })
    }

    /// The share of the question's words, by worth, that are there.
    fn coverage(&self, is_there: impl Fn(&str) -> bool) -> f32 {
        let all: f32 = self.worth.values().sum();
        let there: f32 = self
            .worth
            .iter()
            .filter(|(stem, _)| is_there(stem))
            .map(|(_, worth)| worth)
            .sum();
        if all > 0.0 { there / all } else { 0.0 }
    }

    /// The share of the question's names that are there; nothing when it names nothing.
    fn names(&self, is_there: impl Fn(&str) -> bool) -> Option<f32> {
        let names: Vec<&str> = self
            .question
            .terms
            .iter()
            .filter(|term| term.is_name)
            .map(|term| term.stem.as_str())
            .collect();
        let there = names.iter().filter(|stem| is_there(stem)).count();
        (!names.is_empty()).then(|| real(there) / real(names.len()))
    }

    /// The share of the question's neighbouring words that are neighbours here.
    fn pairs(&self, stems: &[String]) -> f32 {
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, stem) in stems.iter().enumerate() {
            places.entry(stem).or_default().push(at);
        }
        let near = |one: &str, other: &str| {
            let (Some(one), Some(other)) = (places.get(one), places.get(other)) else {
                return false;
            };
            one.iter().any(|one| {
                other
                    .iter()
                    .any(|other| one.abs_diff(*other) <= PAIR_WORDS_MAX)
            })
        };
        let terms = &self.question.terms;
        let pairs = terms.iter().zip(terms.iter().skip(1));
        let held = pairs
            .filter(|(one, other)| near(&one.stem, &other.stem))
            .count();
        if terms.len() < 2 {
            0.0
        } else {
            real(held) / real(terms.len() - 1)
        }
    }

    /// Whether a sentence holds, beyond the question's own words, the sort of words that is asked for.
    fn holds_kind(&self, read: &Read) -> bool {
        let is_asked = |stem: &str| self.question.terms.iter().any(|term| term.stem == stem);
        let mut fresh = read
            .words
            .iter()
            .zip(&read.stems)
            .enumerate()
            .filter(|(_, (_, stem))| !is_asked(stem));
        fresh.any(|(at, (word, _))| match self.question.kind {
            AnswerKind::Number => word.is_number || is_number_word(&word.text),
            AnswerKind::Time => word.is_number || is_time_word(&word.text),
            // Scripts without capitals are given the benefit of the doubt.
            AnswerKind::Person | AnswerKind::Place => {
                (word.is_capital && at > 0) || !has_capitals(&word.text)
            }
            AnswerKind::Other => true,
        })
    }
}

/// What each of the question's words is worth: the inverse frequency among the sentences.
fn worth<'a>(question: &'a Question, reads: &[Read]) -> HashMap<&'a str, f32> {
    let mut held: HashMap<&str, usize> = question
        .terms
        .iter()
        .map(|term| (term.stem.as_str(), 0))
        .collect();
    for read in reads {
        let stems: HashSet<&str> = read.stems.iter().map(String::as_str).collect();
        for stem in stems {
            if let Some(held) = held.get_mut(stem) {
                *held += 1;
            }
        }
    }
    let all = real(reads.len());
    held.into_iter()
        .map(|(stem, held)| {
            (
                stem,
                (1.0 + (all - real(held) + 0.5) / (real(held) + 0.5)).ln(),
            )
        })
        .collect()
}

/// Whether a word's script has capital letters.
fn has_capitals(word: &str) -> bool {
    word.chars().any(|c| c.is_lowercase() || c.is_uppercase())
}

/// Small numbers as words, in the languages of Europe that are met most.
const NUMBER_WORDS: &str = "one two three four five six seven eight nine ten eleven twelve dozen twenty \
    thirty forty fifty hundred hundreds thousand thousands million billion half zwei drei vier fünf \
    sechs sieben acht neun zehn dos tres cuatro cinco seis siete ocho nueve diez deux trois quatre \
    cinq sept huit neuf dix doi trei patru cinci два три четыре пять iki üç dört beş hai ba bốn năm \
    δύο τρεις τέσσερα दो तीन चार पांच";

/// Numbers of Chinese and Japanese.
const NUMBER_CHARACTERS: [char; 14] = [
    '一', '二', '两', '三', '四', '五', '六', '七', '八', '九', '十', '百', '千', '万',
];

/// Words that name a time without a number.
const TIME_WORDS: &str = "january february march april may june july august september october november \
    december monday tuesday wednesday thursday friday saturday sunday century spring summer autumn \
    winter morning evening januar februar märz mai juni juli oktober dezember jahrhundert";

/// Whether a word is a number.
fn is_number_word(word: &str) -> bool {
    word.starts_with(NUMBER_CHARACTERS) || NUMBER_WORDS.split(' ').any(|number| number == word)
}

/// Whether a word names a time.
fn is_time_word(word: &str) -> bool {
    TIME_WORDS.split(' ').any(|time| time == word)
}

/// A count as a number to compute with.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^24")]
const fn real(count: usize) -> f32 {
    count as f32
}

const fn flag(holds: bool) -> f32 {
    if holds { 1.0 } else { 0.0 }
}
