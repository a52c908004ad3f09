//! Experiments on live traffic: who gets which variant, what is measured, and what the figures say.
//!
//! Everything here is a pure function of counts. An experiment compares variants with the first one, the
//! control: on one primary metric that decides, and on guardrails that stop it when a variant does harm.

mod assignment;
mod distribution;
mod guardrail;
pub mod interval;
mod latency;
mod verdict;

use serde::{Deserialize, Serialize};

pub use self::assignment::{PERCENT, assign, question_unit};
pub use self::guardrail::{GuardState, Guardrail};
pub use self::latency::{LATENCY_STEPS, Latencies, step_of};
pub use self::verdict::{CHANCE, Judgement, Verdict, difference_usual, judge};

use self::distribution::chi_square_tail;
use self::interval::{Difference, Estimate, Sample, Share, combined, real};

/// Below this probability the division of units among variants counts as broken.
pub const IMBALANCE_PROBABILITY: f64 = 0.001;

/// The share of answers that the slow end is measured at.
const SLOW_SHARE: f64 = 0.95;

/// What is measured of the answers of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Thumbs up, of all answers that got a thumb.
    ThumbsUpRate,
    /// Thumbs down, of all answers.
    ThumbsDownRate,
    /// Questions that were answered, of all that were asked.
    AnsweredRate,
    /// Questions that failed or whose answer had to do without a part, of all that were asked.
    ErrorRate,
    /// How much of what was written is supported: per answer the share of its sentences.
    SupportRate,
    /// The mean time of an answer, in milliseconds.
    Latency,
    /// The time that 95 of 100 answers do not exceed, in milliseconds.
    LatencyP95,
    /// The mean cost of an answer, in US dollars.
    Cost,
}

impl Metric {
    /// Every metric there is.
    pub const ALL: [Self; 8] = [
        Self::ThumbsUpRate,
        Self::ThumbsDownRate,
        Self::AnsweredRate,
        Self::ErrorRate,
        Self::SupportRate,
        Self::Latency,
        Self::LatencyP95,
        Self::Cost,
    ];

    /// Its name in settings, replies and measures.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ThumbsUpRate => "thumbs_up_rate",
            Self::ThumbsDownRate => "thumbs_down_rate",
            Self::AnsweredRate => "answered_rate",
            Self::ErrorRate => "error_rate",
            Self::SupportRate => "support_rate",
            Self::Latency => "latency",
            Self::LatencyP95 => "latency_p95",
            Self::Cost => "cost",
        }
    }

    /// Whether more of it is better.
    #[must_use]
    pub const fn is_more_better(self) -> bool {
        matches!(
            self,
            Self::ThumbsUpRate | Self::AnsweredRate | Self::SupportRate
        )
    }

    /// Whether it is a share, from 0 to 1.
    #[must_use]
    pub const fn is_share(self) -> bool {
        !matches!(self, Self::Latency | Self::LatencyP95 | Self::Cost)
    }

    /// How much worse a difference makes it: positive when it is worse.
    #[must_use]
    pub fn worsening(self, difference: f64) -> f64 {
        if self.is_more_better() {
            -difference
        } else {
            difference
        }
    }
}

/// What is known of the answers of one variant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Questions asked.
    pub asked: u64,
    /// Those that failed, or whose answer had to do without a part.
    pub troubled: u64,
    /// Those that were answered.
    pub answered: u64,
    /// Answers with a thumb up.
    pub ups: u64,
    /// Answers with a thumb down.
    pub downs: u64,
    /// The share of supported sentences of each answer that has any.
    pub support: Sample,
    /// The time of each answer, in milliseconds.
    pub latency: Sample,
    /// The cost of each answer, in US dollars.
    pub cost: Sample,
    /// How many answers took how long.
    pub latencies: Latencies,
}

impl Tally {
    /// A metric of these answers; none when nothing has been observed of it.
    #[must_use]
    pub fn estimate(&self, metric: Metric) -> Option<Estimate> {
        match self.measured(metric) {
            Measured::Share(share) => share.estimate(),
            Measured::Mean(sample) => sample.estimate(),
            Measured::Slow => self.latencies.quantile(SLOW_SHARE),
        }
    }

    /// How much larger a metric of `other` is; none when one of the two has not been observed.
    #[must_use]
    pub fn difference(&self, other: &Self, metric: Metric) -> Option<Difference> {
        match (self.measured(metric), other.measured(metric)) {
            (Measured::Share(mine), Measured::Share(theirs)) => mine.difference(&theirs),
            (Measured::Mean(mine), Measured::Mean(theirs)) => mine.difference(&theirs),
            _ => Some(combined(&self.estimate(metric)?, &other.estimate(metric)?)),
        }
    }

    /// How many observations each variant needs for a difference to be seen; none when too little is
    /// known of this one, or the metric has no such number.
    #[must_use]
    pub fn needed(&self, metric: Metric, difference: f64, chance: f64) -> Option<f64> {
        match self.measured(metric) {
            Measured::Share(share) => {
                let share = share.estimate()?.value;
                Some(Share::needed(share, difference, chance))
            }
            Measured::Mean(sample) => Some(Sample::needed(sample.variance()?, difference, chance)),
            Measured::Slow => None,
        }
    }

    fn measured(&self, metric: Metric) -> Measured {
        let share = |hits, of| Measured::Share(Share { hits, of });
        match metric {
            Metric::ThumbsUpRate => share(self.ups, self.ups + self.downs),
            // A thumb may come for an answer whose question was not counted: a killed process loses one.
            Metric::ThumbsDownRate => share(self.downs.min(self.asked), self.asked),
            Metric::AnsweredRate => share(self.answered, self.asked),
            Metric::ErrorRate => share(self.troubled, self.asked),
            Metric::SupportRate => Measured::Mean(self.support),
            Metric::Latency => Measured::Mean(self.latency),
            Metric::LatencyP95 => Measured::Slow,
            Metric::Cost => Measured::Mean(self.cost),
        }
    }
}

/// What a metric is made of.
enum Measured {
    Share(Share),
    Mean(Sample),
    /// The slow end of the latencies.
    Slow,
}

/// How likely units would be divided at least as unevenly as this if the division followed the weights,
/// by the chi-square test; none when there is nothing to divide.
///
/// Below [`IMBALANCE_PROBABILITY`] something other than the hash decides who is counted, and no figure
/// of the experiment can be trusted.
#[must_use]
pub fn imbalance(units: &[u64], weights: &[u32]) -> Option<f64> {
    let all = real(units.iter().sum());
    let weight: f64 = weights.iter().copied().map(f64::from).sum();
    let given: Vec<(f64, f64)> = units
        .iter()
        .zip(weights)
        .filter(|(_, own)| **own > 0)
        .map(|(units, own)| (real(*units), all * f64::from(*own) / weight))
        .collect();
    let freedom = given.len().checked_sub(1).filter(|freedom| *freedom > 0)?;
    if all == 0.0 {
        return None;
    }
    let off: f64 = given
        .iter()
        .map(|(seen, expected)| (seen - expected).powi(2) / expected)
        .sum();
    Some(chi_square_tail(off, real(freedom as u64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_uneven_division_is_noticed() {
        // scipy 1.17.1, `chisquare`.
        let check = |units: &[u64], weights: &[u32], expected: f64| {
            let found = imbalance(units, weights).unwrap();
            assert!((found / expected - 1.0).abs() < 1e-8, "{found}");
        };
        check(&[5_100, 4_900], &[1, 1], 0.045_500_263_896_358_57);
        check(&[5_210, 4_790], &[1, 1], 2.669_149_803_181_269e-5);
        check(&[330, 310, 360], &[1, 1, 1], 0.149_568_619_222_6);
        assert_eq!(imbalance(&[0, 0], &[1, 1]), None);
        assert_eq!(imbalance(&[4], &[1]), None);
    }

    #[test]
    fn metrics_are_computed_from_what_was_counted() {
        let tally = Tally {
            asked: 10,
            troubled: 1,
            answered: 8,
            ups: 3,
            downs: 1,
            ..Tally::default()
        };
        let value = |metric| tally.estimate(metric).map(|found| found.value);
        assert_eq!(value(Metric::ThumbsUpRate), Some(0.75));
        assert_eq!(value(Metric::ThumbsDownRate), Some(0.1));
        assert_eq!(value(Metric::AnsweredRate), Some(0.8));
        assert_eq!(value(Metric::ErrorRate), Some(0.1));
        for metric in [
            Metric::SupportRate,
            Metric::Latency,
            Metric::LatencyP95,
            Metric::Cost,
        ] {
            assert_eq!(value(metric), None, "{metric:?}");
        }
    }

    #[test]
    fn a_metric_s_name_is_the_one_it_has_on_the_wire() {
        for metric in Metric::ALL {
            let mut letters = String::new();
            for (at, letter) in format!("{metric:?}").char_indices() {
                if letter.is_uppercase() && at > 0 {
                    letters.push('_');
                }
                letters.extend(letter.to_lowercase());
            }
            assert_eq!(letters, metric.name());
        }
    }
}
