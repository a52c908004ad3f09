//! How well a set of questions is answered: what is held, what is cited, what is rightly not answered.
//!
//! Precision and recall of citations follow ALCE (Gao et al., 2023), with people's word for which
//! documents answer in the place of a model that infers: precision is the share of citations that are
//! of such a document, recall the share of such documents that are cited. Both are taken over the
//! answers that are given, so that abstaining changes neither.

use serde::{Deserialize, Serialize};

use super::abstention::{self, Outcome};
use super::interval::{Estimate, ratio};

/// What was seen of one question and its answer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Observed {
    /// Whether people gave an answer to it.
    pub is_answerable: bool,
    /// Whether the library gave one.
    pub is_answered: bool,
    /// How sure it was.
    pub confidence: f64,
    /// What the answer and the people's answers have in common.
    pub shared: Shared,
    /// Citations of documents that answer, by people's word.
    pub citations_right: usize,
    /// All citations.
    pub citations: usize,
    /// Documents that answer and are cited.
    pub documents_cited: usize,
    /// Documents that answer; 0 where people did not say.
    pub documents: usize,
    /// Sentences that their quotes support.
    pub sentences_supported: usize,
    /// All sentences, those that were removed for want of support included.
    pub sentences: usize,
}

/// What an answer and the people's answers have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shared {
    /// Whether the answer is one of the people's.
    pub is_match: bool,
    /// The F1 of its tokens.
    pub token_f1: f64,
    /// Whether the answer holds one of the people's.
    pub holds_answer: bool,
    /// Whether one of the quotes does.
    pub quote_holds_answer: bool,
}

/// The measures of a set of questions with their intervals; each nothing where it is not defined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QuestionMeasures {
    /// Of the answerable questions, the share that is answered.
    pub answered: Option<Estimate>,
    /// Of the answerable questions, the share whose answer holds one of the people's, word for word.
    pub holds_answer: Option<Estimate>,
    /// The same of the answers that are given to answerable questions.
    pub holds_answer_when_given: Option<Estimate>,
    /// Of these answers, the share with a quote that holds one of the people's.
    pub quote_holds_answer: Option<Estimate>,
    /// Of the answerable questions, the share whose answer is one of the people's.
    pub exact_match: Option<Estimate>,
    /// The mean F1 of the tokens over the answerable questions.
    pub token_f1: Option<Estimate>,
    /// The mean, over the answers given to questions whose documents are known, of the share of
    /// citations that are of such a document.
    pub citation_precision: Option<Estimate>,
    /// The mean, over the same answers, of the share of these documents that are cited.
    pub citation_recall: Option<Estimate>,
    /// Of all sentences written, the share that their quotes support.
    pub support_rate: Option<Estimate>,
    /// Of the questions left unanswered, the share that has no answer.
    pub abstention_precision: Option<Estimate>,
    /// Of the questions without an answer, the share left unanswered.
    pub abstention_recall: Option<Estimate>,
    /// The harmonic mean of both.
    pub abstention_f1: Option<Estimate>,
    /// The area under the risk-coverage curve of the answers given; 0 is best.
    pub risk_coverage_area: Option<Estimate>,
    /// How often a question with an answer has more confidence than one without; 0.5 is chance.
    pub confidence_ranking: Option<Estimate>,
}

/// Measures a set of questions.
#[must_use]
pub fn measure(observed: &[Observed]) -> QuestionMeasures {
    let over = |is_in: fn(&Observed) -> bool, part: fn(&Observed) -> f64| {
        let pairs: Vec<(f64, f64)> = observed
            .iter()
            .filter(|one| is_in(one))
            .map(|one| (part(one), 1.0))
            .collect();
        ratio(&pairs)
    };
    let answerable = |one: &Observed| one.is_answerable;
    let given = |one: &Observed| one.is_answerable && one.is_answered;
    let cited = |one: &Observed| one.is_answered && one.documents > 0;
    let outcomes: Vec<Outcome> = observed.iter().map(Observed::outcome).collect();
    let abstention = abstention::measure(&outcomes);
    let written: Vec<(f64, f64)> = observed
        .iter()
        .map(|one| {
            (
                super::count(one.sentences_supported),
                super::count(one.sentences),
            )
        })
        .collect();
    QuestionMeasures {
        answered: over(answerable, |one| flag(one.is_answered)),
        holds_answer: over(answerable, |one| flag(one.shared.holds_answer)),
        holds_answer_when_given: over(given, |one| flag(one.shared.holds_answer)),
        quote_holds_answer: over(given, |one| flag(one.shared.quote_holds_answer)),
        exact_match: over(answerable, |one| flag(one.shared.is_match)),
        token_f1: over(answerable, |one| one.shared.token_f1),
        citation_precision: over(cited, |one| share(one.citations_right, one.citations)),
        citation_recall: over(cited, |one| share(one.documents_cited, one.documents)),
        support_rate: ratio(&written),
        abstention_precision: abstention.precision,
        abstention_recall: abstention.recall,
        abstention_f1: abstention.f1,
        risk_coverage_area: abstention.risk_coverage,
        confidence_ranking: abstention.ranking,
    }
}

impl Observed {
    const fn outcome(&self) -> Outcome {
        Outcome {
            is_answerable: self.is_answerable,
            is_answered: self.is_answered,
            is_right: self.shared.holds_answer,
            confidence: self.confidence,
        }
    }
}

fn share(part: usize, whole: usize) -> f64 {
    super::count(part) / super::count(whole.max(1))
}

const fn flag(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_measure_is_taken_over_its_own_questions() {
        let right = Observed {
            is_answerable: true,
            is_answered: true,
            confidence: 0.9,
            shared: Shared {
                holds_answer: true,
                quote_holds_answer: true,
                token_f1: 0.5,
                is_match: false,
            },
            citations_right: 1,
            citations: 2,
            documents_cited: 1,
            documents: 1,
            sentences_supported: 2,
            sentences: 2,
        };
        let silent = Observed {
            is_answerable: true,
            documents: 1,
            ..Observed::default()
        };
        let fooled = Observed {
            is_answered: true,
            confidence: 0.5,
            citations: 1,
            sentences_supported: 1,
            sentences: 2,
            ..Observed::default()
        };
        let found = measure(&[right, silent, fooled]);
        let check = |found: Option<Estimate>, expected: f64| {
            assert!((found.unwrap().value - expected).abs() < 1e-9, "{found:?}");
        };
        check(found.answered, 0.5);
        check(found.holds_answer, 0.5);
        check(found.holds_answer_when_given, 1.0);
        check(found.quote_holds_answer, 1.0);
        check(found.exact_match, 0.0);
        check(found.token_f1, 0.25);
        check(found.citation_precision, 0.5);
        check(found.citation_recall, 1.0);
        check(found.support_rate, 0.75);
        check(found.abstention_precision, 0.0);
        check(found.abstention_recall, 0.0);
        check(found.risk_coverage_area, 0.25);
        check(found.confidence_ranking, 0.5);
        assert_eq!(measure(&[]), QuestionMeasures::default());
    }
}
