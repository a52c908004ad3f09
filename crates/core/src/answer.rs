//! Answers without a language model: the exact sentences of the library that answer a question.
//!
//! Three steps, so that the model that embeds stays outside: [`shortlist`] picks the sentences worth
//! a closer look, the caller embeds these and the question, and [`compose`] weighs every sentence,
//! decides whether the question is answered at all and returns the sentences in reading order.
//!
//! What it cannot do: infer, count, compare, or notice that a sentence says nearly, but not quite,
//! what was asked. The weights and the threshold were fitted on `SQuAD` 2.0; see [`weight`].

mod feature;
pub mod weight;

use std::collections::HashSet;

use crate::block::{CELL_SEPARATOR, Span};
use crate::check::{QUESTION_MARKS, is_instruction};
use crate::id::VersionId;
use crate::passage::Score;
use crate::question::Question;
use crate::sentence::sentences;

use feature::{Evidence, Weigher};
pub use feature::{FEATURE_NAMES, FEATURES};

/// Sentences that [`shortlist`] keeps unless the caller says otherwise; each costs an embedding.
/// Among eight the answer stands in 94.4 of a hundred cases, among twelve in 95.8, among sixteen in 96.3.
pub const SHORTLIST_SENTENCES_DEFAULT: usize = 12;

/// Sentences that are looked at in all; those of later passages are not.
pub const ANSWER_SENTENCES_READ_MAX: usize = 400;

/// Fewer words than this without an end are a fragment.
const FRAGMENT_WORDS: usize = 6;

/// What the likelihood of a fragment is multiplied with.
const FRAGMENT_SHARE: f32 = 0.5;

/// A passage that may hold the answer.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The text it is a piece of: sentences of one text are put in its order.
    pub version: VersionId,
    /// Its text.
    pub text: &'a str,
    /// The byte of the stored text that its text begins with.
    pub start: u64,
    /// What is known of it beyond its text: title and headings.
    pub context: &'a str,
    /// Why it was found.
    pub score: Score,
}

/// A sentence worth a closer look.
#[derive(Clone, Debug, PartialEq)]
pub struct Shortlisted {
    /// Which candidate it stands in.
    pub candidate: usize,
    /// Its bytes of the candidate's text.
    pub within: Span,
    /// Its bytes of the stored text.
    pub span: Span,
    /// What its likelihood is multiplied with for its shape.
    shape: f32,
    evidence: Evidence,
}

impl Shortlisted {
    /// The sentence, or nothing when these are not the candidates it came from.
    #[must_use]
    pub fn text<'a>(&self, candidates: &[Candidate<'a>]) -> Option<&'a str> {
        self.within.of(candidates.get(self.candidate)?.text)
    }

    /// What the weights are multiplied with; for fitting them.
    #[must_use]
    pub fn features(&self, cosine: f32) -> [f32; FEATURES] {
        self.evidence.features(cosine)
    }
}

/// When a question counts as answered and how long answers are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AnswerPolicy {
    /// The confidence below which the answer is "not found", from 0 to 1.
    pub confidence_min: f32,
    /// How likely a further sentence must be, as a share of the best one's likelihood.
    pub further_share: f32,
    /// The most sentences an answer has.
    pub sentences_max: usize,
}

impl Default for AnswerPolicy {
    fn default() -> Self {
        Self {
            confidence_min: weight::CONFIDENCE_MIN,
            further_share: weight::FURTHER_SHARE,
            sentences_max: weight::SENTENCES_MAX,
        }
    }
}

/// A sentence of an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chosen {
    /// Which candidate it stands in.
    pub candidate: usize,
    /// Its bytes of the stored text.
    pub span: Span,
    /// How likely it is to hold the answer, from 0 to 1.
    pub likelihood: f32,
}

/// An answer, or the finding that there is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Composed {
    /// Whether the question is answered.
    pub answered: bool,
    /// How sure that is, from 0 to 1.
    pub confidence: f32,
    /// The sentences: texts in the order of their best sentence, sentences in the order of their
    /// text. Given even when the question does not count as answered, as near misses.
    pub sentences: Vec<Chosen>,
}

/// The sentences worth a closer look, likeliest first, at most `limit`.
///
/// `candidates` are in order of rank. The same bytes of a text are looked at once.
#[must_use]
pub fn shortlist(
    question: &Question,
    candidates: &[Candidate<'_>],
    limit: usize,
) -> Vec<Shortlisted> {
    let mut read = Vec::new();
    let mut seen = HashSet::new();
    for (at, candidate) in candidates.iter().enumerate() {
        for within in sentences(candidate.text) {
            let text = within.of(candidate.text).unwrap_or_default();
            if read.len() >= ANSWER_SENTENCES_READ_MAX || asks(text) || is_instruction(text) {
                continue;
            }
            let span = within.shifted(candidate.start);
            if seen.insert((candidate.version, span)) {
                read.push((at, within, span));
            }
        }
    }
    let places: Vec<(usize, Span)> = read.iter().map(|(at, within, _)| (*at, *within)).collect();
    let weigher = Weigher::new(question, candidates, &places);
    let mut listed: Vec<Shortlisted> = read
        .into_iter()
        .zip(weigher.evidence())
        .map(|((candidate, within, span), evidence)| Shortlisted {
            candidate,
            within,
            span,
            shape: shape(candidates.get(candidate), within),
            evidence,
        })
        .collect();
    listed.sort_by(|a, b| b.evidence.promise().total_cmp(&a.evidence.promise()));
    listed.truncate(limit);
    listed
}

/// What the shape of a sentence takes from its likelihood: a few words without an end are a heading, a
/// caption or a reference more often than an answer, and match a question by their very shortness. A
/// row of a table has no end either, nor has a sentence of a writing without small letters.
fn shape(candidate: Option<&Candidate<'_>>, within: Span) -> f32 {
    let sentence = candidate.and_then(|candidate| within.of(candidate.text));
    let sentence = sentence.unwrap_or_default();
    let is_fragment = sentence.ends_with(char::is_alphanumeric)
        && sentence.contains(char::is_lowercase)
        && !sentence.contains(CELL_SEPARATOR)
        && sentence.split_whitespace().count() < FRAGMENT_WORDS;
    if is_fragment { FRAGMENT_SHARE } else { 1.0 }
}

/// Whether a sentence asks instead of saying something: the best match of a question would often be
/// the same question, on a page of examples or in an exercise.
fn asks(sentence: &str) -> bool {
    let end =
        sentence.trim_end_matches(|c: char| !c.is_alphanumeric() && !QUESTION_MARKS.contains(&c));
    end.ends_with(QUESTION_MARKS)
}

/// Chooses the sentences that answer.
///
/// `cosines` holds, for each shortlisted sentence, the cosine of its embedding and the question's.
/// Unless there is one for each, the words alone decide: give an empty slice when nothing could be
/// embedded or the embedder does not know the language.
#[must_use]
pub fn compose(
    candidates: &[Candidate<'_>],
    shortlist: &[Shortlisted],
    cosines: &[f32],
    policy: &AnswerPolicy,
) -> Composed {
    let complete = cosines.len() == shortlist.len();
    let model = if complete {
        &weight::MEANING
    } else {
        &weight::WORDS
    };
    let mut weighed: Vec<(&Shortlisted, [f32; FEATURES], f32)> = shortlist
        .iter()
        .enumerate()
        .map(|(at, sentence)| {
            let features =
                sentence.features(cosines.get(at).copied().filter(|_| complete).unwrap_or(0.0));
            (
                sentence,
                features,
                sentence.shape * model.likelihood(&features),
            )
        })
        .collect();
    weighed.sort_by(|a, b| b.2.total_cmp(&a.2));
    let Some((first, features, best)) = weighed.first() else {
        return Composed::default();
    };
    let confidence = first.shape * model.confidence(features);
    let least = best * policy.further_share;
    let chosen = weighed.iter().take(policy.sentences_max.max(1)).enumerate();
    let chosen = chosen.filter(|(at, (_, _, likelihood))| *at == 0 || *likelihood >= least);
    let mut chosen: Vec<Chosen> = chosen
        .map(|(_, (sentence, _, likelihood))| Chosen {
            candidate: sentence.candidate,
            span: sentence.span,
            likelihood: *likelihood,
        })
        .collect();
    let version = |chosen: &Chosen| {
        candidates
            .get(chosen.candidate)
            .map(|candidate| candidate.version)
    };
    let order: Vec<_> = chosen.iter().map(version).collect();
    chosen.sort_by_key(|sentence| {
        let text = version(sentence);
        (order.iter().position(|other| *other == text), sentence.span)
    });
    Composed {
        answered: confidence >= policy.confidence_min,
        confidence,
        sentences: chosen,
    }
}
