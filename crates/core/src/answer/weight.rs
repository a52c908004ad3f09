//! The weights of the answerer and its threshold: fitted, not chosen.
//!
//! Two logistic models over [`super::FEATURE_NAMES`]: how likely a sentence holds the answer, and how
//! sure it is that the best sentence answers at all.

use super::FEATURES;

/// The confidence below which a question does not count as answered.
pub const CONFIDENCE_MIN: f32 = 0.4;

/// How likely a further sentence must be, as a share of the best one's likelihood.
pub const FURTHER_SHARE: f32 = 0.5;

/// The most sentences an answer has.
pub const SENTENCES_MAX: usize = 3;

/// How likely a sentence with these features holds the answer, from 0 to 1.
#[must_use]
pub fn likelihood(features: &[f32; FEATURES]) -> f32 {
    logistic(SENTENCE_BIAS + product(&SENTENCE, features))
}

/// How sure it is that a question is answered, from 0 to 1: by the features of its best sentence, and
/// by how far that one's likelihood lies above the second's.
#[must_use]
pub fn confidence(best: &[f32; FEATURES], margin: f32) -> f32 {
    logistic(ANSWERED_BIAS + product(&ANSWERED, best) + ANSWERED_MARGIN * margin)
}

const SENTENCE_BIAS: f32 = -6.0;

const SENTENCE: [f32; FEATURES] = [
    3.0, 1.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 1.0, 1.0, 0.5, -0.5, 0.5, 0.0, 0.0, 0.0,
];

const ANSWERED_BIAS: f32 = -4.0;

const ANSWERED: [f32; FEATURES] = [
    2.0, 0.0, 1.0, 0.0, -1.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.5, -0.5, 0.5, 0.0, 0.0, 0.0,
];

const ANSWERED_MARGIN: f32 = 0.0;

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
