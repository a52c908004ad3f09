//! How long answers took, in steps that grow by a twelfth of their size, so that a quantile is known to
//! a few hundredths whatever it is and however many answers there are.

use super::distribution::normal_quantile;
use super::interval::{CONFIDENCE, Estimate, Interval, real};

/// How many steps there are; the last holds all that took longer.
pub const LATENCY_STEPS: usize = 160;

/// Steps to a doubling.
const STEPS_PER_DOUBLING: f64 = 8.0;

/// Where the second step begins, in milliseconds.
const FIRST_MS: f64 = 0.5;

/// How many answers fell into each step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latencies([u64; LATENCY_STEPS]);

impl Default for Latencies {
    fn default() -> Self {
        Self([0; LATENCY_STEPS])
    }
}

/// The step that a time in milliseconds falls into.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between nought and the last step"
)]
pub fn step_of(milliseconds: f64) -> usize {
    let step = ((milliseconds / FIRST_MS).log2() * STEPS_PER_DOUBLING).floor() + 1.0;
    step.clamp(0.0, real(LATENCY_STEPS as u64 - 1)) as usize
}

impl Latencies {
    /// Adds answers to a step; one that does not exist is nobody's.
    pub fn add(&mut self, step: usize, answers: u64) {
        if let Some(count) = self.0.get_mut(step) {
            *count = count.saturating_add(answers);
        }
    }

    /// How many answers there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.iter().sum()
    }

    /// The time, in milliseconds, that this share of the answers did not exceed, with the interval
    /// between the order statistics that the binomial distribution allows.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<Estimate> {
        let count = self.count();
        if count == 0 {
            return None;
        }
        let n = real(count);
        let half =
            normal_quantile(f64::midpoint(1.0, CONFIDENCE)) * (n * share * (1.0 - share)).sqrt();
        let rank = n * share;
        // With too few answers the upper end lies above all that was seen, and nobody knows where.
        let interval = (rank + half < n).then(|| Interval {
            low: self.at(rank - half),
            high: self.at(rank + half),
        });
        Some(Estimate {
            count,
            value: self.at(rank),
            interval,
        })
    }

    /// The time at a rank, between the ends of its step as far as the rank lies in it.
    fn at(&self, rank: f64) -> f64 {
        let mut before = 0.0;
        let mut last = 0.0;
        for (step, count) in (0_u32..).zip(self.0) {
            if count == 0 {
                continue;
            }
            let (low, high) = ends(step);
            let within = ((rank - before) / real(count)).clamp(0.0, 1.0);
            last = within.mul_add(high - low, low);
            before += real(count);
            if before >= rank {
                break;
            }
        }
        last
    }
}

/// The ends of a step, in milliseconds.
fn ends(step: u32) -> (f64, f64) {
    let end = |step: f64| FIRST_MS * (step / STEPS_PER_DOUBLING).exp2();
    let step = f64::from(step);
    let low = if step < 1.0 { 0.0 } else { end(step - 1.0) };
    (low, end(step))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_time_falls_between_the_ends_of_its_step(ms in 0.0..400_000.0_f64) {
            let (low, high) = ends(u32::try_from(step_of(ms)).unwrap());
            prop_assert!(low <= ms * 1.000_001 && ms <= high * 1.000_001, "{low} {ms} {high}");
        }

        #[test]
        fn a_quantile_is_right_to_a_tenth(times in prop::collection::vec(0.6..90_000.0_f64, 1..400)) {
            let mut latencies = Latencies::default();
            for time in &times {
                latencies.add(step_of(*time), 1);
            }
            let mut sorted = times;
            sorted.sort_by(f64::total_cmp);
            let rank = (sorted.len() * 95).div_ceil(100).max(1);
            let exact = sorted[rank - 1];
            let found = latencies.quantile(0.95).unwrap();
            prop_assert!((found.value / exact - 1.0).abs() < 0.1, "{} for {exact}", found.value);
            if let Some(interval) = found.interval {
                prop_assert!(interval.holds(found.value));
            }
        }
    }

    #[test]
    fn times_beyond_all_measure_have_a_place() {
        for time in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300] {
            assert!(step_of(time) < LATENCY_STEPS, "{time}");
        }
        assert_eq!(step_of(f64::INFINITY), LATENCY_STEPS - 1);
        assert_eq!(Latencies::default().quantile(0.95), None);
    }
}
