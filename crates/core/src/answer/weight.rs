//! The weights of the answerer and its threshold: fitted, not chosen.
//!
//! Two logistic models over [`super::FEATURE_NAMES`], how likely a sentence holds the answer and how
//! sure it is that the best sentence answers at all, each twice: with the meaning of the sentences
//! and with their words alone, for languages that the embedder does not know. They were fitted on the
//! questions of one half of the `SQuAD` 2.0 passages, searched among all 445, and on half of the
//! claims of `SciFact`, to which those passages hold no answer; the numbers below are those of the
//! other halves.
//!
//! With [`CONFIDENCE_MIN`] at 0.25, 94 % of the answerable questions are answered and more than 99 % of
//! the foreign claims are refused (words alone: 88 % and 96 %). Of the unanswerable questions, which
//! were written to look answerable, only 16 % are refused (words alone: 20 %) before [`DENIAL_MISSING`]
//! counts: telling the others apart needs a reader, not a search. At 0.40 it is 43 % of these for 75 % of
//! the answerable.
//!
//! In the second model a weight whose sign made no sense (more words shared, less sure) was set to 0
//! and the rest fitted again, so that it stays sane far from what it was fitted on; that cost nothing.

use super::FEATURES;

/// The confidence below which a question does not count as answered.
pub const CONFIDENCE_MIN: f32 = 0.25;

/// What it takes from the confidence when a question denies something and its best sentence does not.
///
/// Look-alikes are often made by denying what a passage says: of the unanswerable questions of `SQuAD`
/// 2.0 17 in a hundred deny, of the answerable 2. Fitted on either half of its passages beside the
/// confidence, the weight is -3.3 and -2.9. At -3, over all 4,240 questions, the unanswerable that are
/// refused rise from 16.2 to 28.2 in a hundred, those refused rightly from 73.2 to 81.5, and the answers
/// that hold the exact words fall from 79.1 to 78.8. Nothing changes for `HotpotQA`; `XQuAD` in English
/// loses 0.3. People who are not asked to mislead deny less, so that less is gained from them.
///
/// Measured and left out: an opposite of the question's word in the sentence (refuses 4 in a hundred more
/// and loses 1.3 of the exact words), a number of the question that the passage does not hold (3 more;
/// loses 0.5, and 3.4 of `HotpotQA`), a name that it does not hold (6 more; loses 2, and 12 of `XQuAD` in
/// German, where every noun has a capital).
const DENIAL_MISSING: f32 = -3.0;

/// How likely a further sentence must be, as a share of the best one's likelihood.
///
/// At 0.5 an answer has 1.4 sentences, the words sought are in one of them in 82 of a hundred cases,
/// and 60 of a hundred sentences hold them.
pub const FURTHER_SHARE: f32 = 0.5;

/// The most sentences an answer has.
pub const SENTENCES_MAX: usize = 3;

/// The weights for one kind of evidence.
#[derive(Debug)]
pub(super) struct Model {
    sentence: [f32; FEATURES],
    sentence_bias: f32,
    answered: [f32; FEATURES],
    answered_bias: f32,
}

impl Model {
    /// How likely a sentence with these features holds the answer, from 0 to 1.
    pub(super) fn likelihood(&self, features: &[f32; FEATURES]) -> f32 {
        logistic(self.sentence_bias + product(&self.sentence, features))
    }

    /// How sure it is that a question is answered, from 0 to 1, by the features of its best sentence.
    pub(super) fn confidence(&self, best: &[f32; FEATURES]) -> f32 {
        logistic(self.answered_bias + product(&self.answered, best))
    }
}

/// With the cosine of every sentence.
pub(super) static MEANING: Model = Model {
    sentence: [
        2.72, 1.75, -3.50, -0.61, -1.48, 3.26, 3.79, 0.43, -1.36, 0.12, -0.12, 2.29, -0.27, 0.0,
    ],
    sentence_bias: -6.59,
    answered: [
        0.0,
        0.54,
        0.0,
        0.07,
        -1.03,
        4.12,
        0.0,
        0.14,
        -0.78,
        0.0,
        0.0,
        0.0,
        0.0,
        DENIAL_MISSING,
    ],
    answered_bias: -2.97,
};

/// With the words alone. Its last bias is lowered so that the same threshold serves both.
pub(super) static WORDS: Model = Model {
    sentence: [
        3.20, 1.79, -3.85, -0.31, -1.52, 0.00, 4.14, 0.42, -1.36, 0.50, -0.69, 2.64, -0.28, 0.0,
    ],
    sentence_bias: -5.17,
    answered: [
        0.80,
        1.09,
        0.0,
        0.39,
        -1.34,
        0.0,
        0.0,
        0.23,
        -0.54,
        0.0,
        0.0,
        0.0,
        0.0,
        DENIAL_MISSING,
    ],
    answered_bias: -1.96,
};

fn product(weights: &[f32; FEATURES], features: &[f32; FEATURES]) -> f32 {
    weights
        .iter()
        .zip(features)
        .map(|(weight, feature)| weight * feature)
        .sum()
}

fn logistic(sum: f32) -> f32 {
    1.0 / (1.0 + (-sum).exp())
}
