//! What the figures of the primary metric say about a variant, in one plain sentence.
//!
//! The number of answers is reckoned from the difference that matters, before anybody looks at the
//! probability: whoever looks every day and stops at the first that is below 5 % finds differences that
//! are not there several times as often (P. Armitage and others, Journal of the Royal Statistical
//! Society A 132, 1969). So below that number the verdict is "not enough yet", whatever the figures.

use super::interval::{Difference, POWER, real};
use super::{Metric, Tally};

/// How often, at most, a difference is seen that is not there, over all variants together.
pub const CHANCE: f64 = 0.05;

/// The difference that matters, as a share of the control's value, for times and costs.
const SHARE_OF_CONTROL: f64 = 0.1;

/// The difference that matters for shares.
const SHARE_DIFFERENCE: f64 = 0.05;

/// What the figures say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// Nothing can be said, not even how many answers are needed.
    Unknown,
    /// Each side needs so many more observations.
    NotEnough(u64),
    /// The variant is better.
    Better,
    /// The variant is worse.
    Worse,
    /// No difference that matters has been seen.
    Same,
}

/// The verdict with what it rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judgement {
    /// What the figures say.
    pub verdict: Verdict,
    /// The difference that matters.
    pub matters: f64,
    /// The difference seen.
    pub difference: Option<Difference>,
    /// How many observations each side needs in all.
    pub needed: Option<u64>,
}

/// The difference of a metric that matters unless somebody says otherwise; none while nothing is known of
/// the control.
#[must_use]
pub fn difference_usual(metric: Metric, control: &Tally) -> Option<f64> {
    if metric.is_share() {
        return Some(SHARE_DIFFERENCE);
    }
    let value = control.estimate(metric)?.value * SHARE_OF_CONTROL;
    (value > 0.0).then_some(value)
}

/// Judges a variant beside the control. `variants` is how many variants are compared with it: the chance
/// of a difference that is not there is divided among them (Bonferroni).
#[must_use]
pub fn judge(
    metric: Metric,
    matters: f64,
    variants: usize,
    control: &Tally,
    variant: &Tally,
) -> Judgement {
    let chance = CHANCE / real(variants.max(1) as u64);
    let difference = control.difference(variant, metric);
    let needed = control.needed(metric, matters, chance).map(up);
    let count = |tally: &Tally| tally.estimate(metric).map_or(0, |found| found.count);
    let seen = count(control).min(count(variant));
    let verdict = match (needed, difference) {
        (Some(needed), _) if seen < needed => Verdict::NotEnough(needed - seen),
        (Some(_), Some(difference)) => weigh(metric, &difference, chance),
        (Some(_) | None, _) => Verdict::Unknown,
    };
    Judgement {
        verdict,
        matters,
        difference,
        needed,
    }
}

fn weigh(metric: Metric, difference: &Difference, chance: f64) -> Verdict {
    match difference.probability {
        Some(probability) if probability < chance => {
            if metric.worsening(difference.value) > 0.0 {
                Verdict::Worse
            } else {
                Verdict::Better
            }
        }
        Some(_) => Verdict::Same,
        None => Verdict::Unknown,
    }
}

impl Judgement {
    /// The verdict as a sentence about the variant of this name.
    #[must_use]
    pub fn sentence(&self, metric: Metric, name: &str) -> String {
        let (metric_name, matters) = (metric.name(), say(metric, self.matters));
        let seen = self.difference.map(|difference| {
            let by = say(metric, difference.value.abs());
            let probability = difference.probability.unwrap_or(1.0);
            format!("{by} (p = {probability:.3})")
        });
        let seen = seen.unwrap_or_default();
        let power = POWER * 100.0;
        match self.verdict {
            Verdict::Unknown => {
                format!("nothing can be said of {name:?} yet: too few answers to reckon with")
            }
            Verdict::NotEnough(more) => format!(
                "not enough yet for {name:?}: about {more} more observations on each side are needed to \
                 see a difference of {matters} in {metric_name} in {power:.0} of 100 cases"
            ),
            Verdict::Better => {
                format!("{name:?} is better than the control in {metric_name}: by {seen}")
            }
            Verdict::Worse => {
                format!("{name:?} is worse than the control in {metric_name}: by {seen}")
            }
            Verdict::Same => format!(
                "no difference in {metric_name} between {name:?} and the control: {seen}, and a difference \
                 of {matters} would have been seen in {power:.0} of 100 cases"
            ),
        }
    }
}

/// An amount of a metric as people read it.
fn say(metric: Metric, amount: f64) -> String {
    match metric {
        Metric::Latency | Metric::LatencyP95 => format!("{amount:.1} ms"),
        Metric::Cost => format!("${amount:.6}"),
        Metric::ThumbsUpRate
        | Metric::ThumbsDownRate
        | Metric::AnsweredRate
        | Metric::ErrorRate
        | Metric::SupportRate => format!("{:.1} percentage points", amount * 100.0),
    }
}

/// A number of observations, rounded up.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what is too large or no number becomes the largest or nought"
)]
fn up(needed: f64) -> u64 {
    // Two at least, or nothing could be computed from them.
    (needed.ceil() as u64).max(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::interval::Sample;

    fn answered(asked: u64, answered: u64) -> Tally {
        Tally {
            asked,
            answered,
            ..Tally::default()
        }
    }

    fn check(control: &Tally, variant: &Tally) -> Judgement {
        judge(Metric::AnsweredRate, 0.1, 1, control, variant)
    }

    #[test]
    fn few_answers_decide_nothing_however_different_they_are() {
        let found = check(&answered(50, 30), &answered(50, 49));
        assert_eq!(found.needed, Some(356));
        assert_eq!(found.verdict, Verdict::NotEnough(306));
        let sentence = found.sentence(Metric::AnsweredRate, "text");
        assert_eq!(
            sentence,
            "not enough yet for \"text\": about 306 more observations on each side are needed to see a \
             difference of 10.0 percentage points in answered_rate in 80 of 100 cases"
        );
    }

    #[test]
    fn enough_answers_say_better_worse_or_neither() {
        let verdict = |n, variant| check(&answered(n, n * 6 / 10), &answered(n, variant)).verdict;
        assert_eq!(verdict(1_000, 700), Verdict::Better);
        assert_eq!(verdict(1_000, 500), Verdict::Worse);
        assert_eq!(verdict(1_000, 610), Verdict::Same);
        assert_eq!(
            check(&answered(0, 0), &answered(9, 9)).verdict,
            Verdict::Unknown
        );
    }

    #[test]
    fn faster_is_better() {
        let tally = |mean: f64| Tally {
            latency: Sample {
                count: 1_000,
                sum: mean * 1_000.0,
                squares: (mean * mean + 100.0) * 1_000.0,
            },
            ..Tally::default()
        };
        let (control, quick) = (tally(50.0), tally(40.0));
        let matters = difference_usual(Metric::Latency, &control).unwrap();
        let found = judge(Metric::Latency, matters, 2, &control, &quick);
        assert_eq!((found.verdict, matters), (Verdict::Better, 5.0));
        let found = judge(Metric::Latency, matters, 2, &quick, &control);
        assert_eq!(found.verdict, Verdict::Worse);
    }

    #[test]
    fn what_does_not_vary_needs_few() {
        let same = Tally {
            cost: Sample {
                count: 5,
                sum: 0.0,
                squares: 0.0,
            },
            ..Tally::default()
        };
        assert_eq!(difference_usual(Metric::Cost, &same), None);
        let found = judge(Metric::Cost, 0.01, 1, &same, &same);
        assert_eq!((found.verdict, found.needed), (Verdict::Same, Some(2)));
    }
}
