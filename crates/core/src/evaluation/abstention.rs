//! Saying "I do not know" at the right moment, and how much the confidence tells.
//!
//! Two questions. Abstaining is a finding of its own, with a precision (how many of the questions left
//! unanswered have no answer) and a recall (how many without an answer are left unanswered), as in
//! `SQuAD` 2.0 (Rajpurkar et al., 2018). And the confidence should put right answers before wrong ones:
//! the area under the risk-coverage curve (El-Yaniv and Wiener, 2010; Geifman and El-Yaniv, 2017) is
//! the share of wrong answers, averaged over giving only the surest, the two surest, and so on.

use super::interval::{Estimate, estimate, ratio};

/// What became of one question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Whether the library holds an answer.
    pub is_answerable: bool,
    /// Whether one was given.
    pub is_answered: bool,
    /// Whether what was given holds a right answer.
    pub is_right: bool,
    /// How sure the answerer was that it can be answered.
    pub confidence: f64,
}

/// The measures of abstaining over a set of questions; each nothing where it is not defined.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Abstention {
    /// Of the questions left unanswered, the share without an answer.
    pub precision: Option<Estimate>,
    /// Of the questions without an answer, the share left unanswered.
    pub recall: Option<Estimate>,
    /// The harmonic mean of both.
    pub f1: Option<Estimate>,
    /// The area under the risk-coverage curve of the answers given; 0 is best.
    pub risk_coverage: Option<Estimate>,
    /// The area under the curve of true and false positives (ROC) when questions are sorted by
    /// confidence: how often one with an answer stands before one without; 0.5 is chance.
    pub ranking: Option<Estimate>,
}

/// Measures abstaining.
#[must_use]
pub fn measure(outcomes: &[Outcome]) -> Abstention {
    let pair = |part: bool, whole: bool| (number(part && whole), number(whole));
    let silent: Vec<(f64, f64)> = outcomes
        .iter()
        .map(|one| pair(!one.is_answerable, !one.is_answered))
        .collect();
    let unanswerable: Vec<(f64, f64)> = outcomes
        .iter()
        .map(|one| pair(!one.is_answered, !one.is_answerable))
        .collect();
    let mut sorted = outcomes.to_vec();
    sorted.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    Abstention {
        precision: ratio(&silent),
        recall: ratio(&unanswerable),
        f1: f1(outcomes),
        risk_coverage: estimate(sorted.len(), |counts| risk_coverage(&sorted, counts)),
        ranking: estimate(sorted.len(), |counts| ranking(&sorted, counts)),
    }
}

/// Twice what is rightly silent over all that is silent and all that should be; not defined where no
/// question lacks an answer.
fn f1(outcomes: &[Outcome]) -> Option<Estimate> {
    estimate(outcomes.len(), |counts| {
        let (mut right, mut silent, mut should) = (0.0, 0.0, 0.0);
        for (one, count) in outcomes.iter().zip(counts) {
            let count = f64::from(*count);
            right += count * number(!one.is_answerable && !one.is_answered);
            silent += count * number(!one.is_answered);
            should += count * number(!one.is_answerable);
        }
        (should > 0.0).then(|| 2.0 * right / (silent + should))
    })
}

/// The mean, over the answers given, of the share of wrong ones among those at least as sure. Within
/// answers that are equally sure, the wrong ones count as spread evenly.
fn risk_coverage(sorted: &[Outcome], counts: &[u32]) -> Option<f64> {
    let given: Vec<(&Outcome, u32)> = sorted
        .iter()
        .zip(counts.iter().copied())
        .filter(|(one, count)| one.is_answered && *count > 0)
        .collect();
    let (mut before, mut wrong, mut sum) = (0.0_f64, 0.0_f64, 0.0_f64);
    for alike in given.chunk_by(|a, b| a.0.confidence.total_cmp(&b.0.confidence).is_eq()) {
        let all: u32 = alike.iter().map(|(_, count)| count).sum();
        let own: f64 = alike
            .iter()
            .map(|(one, count)| number(!one.is_right) * f64::from(*count))
            .sum();
        for step in 1..=all {
            let share = f64::from(step) / f64::from(all);
            sum += (wrong + own * share) / (before + f64::from(step));
        }
        before += f64::from(all);
        wrong += own;
    }
    (before > 0.0).then(|| sum / before)
}

/// How often a question with an answer is surer than one without; half for those equally sure.
fn ranking(sorted: &[Outcome], counts: &[u32]) -> Option<f64> {
    let pairs: Vec<(&Outcome, f64)> = sorted
        .iter()
        .zip(counts.iter().map(|count| f64::from(*count)))
        .collect();
    let (mut with, mut without, mut before) = (0.0, 0.0, 0.0);
    for alike in pairs.chunk_by(|a, b| a.0.confidence.total_cmp(&b.0.confidence).is_eq()) {
        let own = |is_answerable: bool| -> f64 {
            let own = alike
                .iter()
                .filter(|(one, _)| one.is_answerable == is_answerable);
            own.map(|(_, count)| count).sum()
        };
        let (answerable, unanswerable) = (own(true), own(false));
        before += unanswerable * (with + answerable / 2.0);
        with += answerable;
        without += unanswerable;
    }
    (with > 0.0 && without > 0.0).then(|| before / (with * without))
}

const fn number(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A word for a question: answerable or not (`a`, `n`), answered right, wrong or not (`r`, `w`, `-`).
    fn outcomes(rows: &[(&str, f64)]) -> Vec<Outcome> {
        let outcome = |(word, confidence): &(&str, f64)| Outcome {
            is_answerable: word.starts_with('a'),
            is_answered: !word.ends_with('-'),
            is_right: word.ends_with('r'),
            confidence: *confidence,
        };
        rows.iter().map(outcome).collect()
    }

    fn value(estimate: Option<Estimate>) -> f64 {
        let found = estimate.unwrap();
        assert!(
            found.low <= found.value && found.value <= found.high,
            "{found:?}"
        );
        found.value
    }

    #[test]
    fn abstaining_is_measured_like_any_finding() {
        let found = measure(&outcomes(&[
            ("ar", 0.9),
            ("aw", 0.8),
            ("a-", 0.1),
            ("nw", 0.7),
            ("n-", 0.2),
            ("n-", 0.1),
        ]));
        let near = |found: Option<Estimate>, expected: f64| {
            let found = value(found);
            assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
        };
        near(found.precision, 2.0 / 3.0);
        near(found.recall, 2.0 / 3.0);
        near(found.f1, 2.0 / 3.0);
        // Given: right, wrong, wrong, so 0, 1/2, 2/3.
        near(found.risk_coverage, (0.5 + 2.0 / 3.0) / 3.0);
        // Of nine pairs, 3 + 3 are in order for the first two, and one half for the third.
        near(found.ranking, 6.5 / 9.0);
    }

    #[test]
    fn the_order_of_equally_sure_answers_does_not_matter() {
        let one = measure(&outcomes(&[("ar", 0.5), ("aw", 0.5)])).risk_coverage;
        let other = measure(&outcomes(&[("aw", 0.5), ("ar", 0.5)])).risk_coverage;
        assert!((value(one) - 0.5).abs() < 1e-9, "{one:?}");
        assert!((value(one) - value(other)).abs() < 1e-9);
    }

    #[test]
    fn what_is_not_defined_is_not_given() {
        let none = measure(&[]);
        assert_eq!(none, Abstention::default());
        let all_answered = measure(&outcomes(&[("ar", 0.5)]));
        assert_eq!(all_answered.precision, None);
        assert_eq!((all_answered.recall, all_answered.f1), (None, None));
        assert_eq!(all_answered.ranking, None);
        assert!(value(all_answered.risk_coverage).abs() < 1e-12);
    }
}
