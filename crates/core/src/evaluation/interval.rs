//! How sure a figure is: its bootstrap interval (Efron, 1979), the same at every run.
//!
//! A figure is a function of how often each question counts. Counted once each, it is the figure
//! itself; counted as often as drawing with replacement happens to give it, it is what the figure
//! could have been with other questions of the same sort.

use serde::{Deserialize, Serialize};

/// How often the questions are drawn anew. A thousand draws give the ends of an interval of 95 in a
/// hundred to about one part in ten of its width.
pub const DRAWS: usize = 1_000;

/// Where the draws begin: any number, but always the same.
const SEED: u64 = 0x5EED_A1E7_A9D1_2026;

/// The share of the draws on each side that lies outside of the interval.
const OUTSIDE: f64 = 0.025;

/// A figure, and between which values it lies in 95 of a hundred draws.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The figure over all questions.
    pub value: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// A figure over so many questions with its interval; nothing when it is not defined for them.
///
/// `figure` is given how often each question counts; a draw for which it gives nothing is left out.
pub fn estimate(questions: usize, figure: impl Fn(&[u32]) -> Option<f64>) -> Option<Estimate> {
    let value = figure(&vec![1; questions])?;
    let mut random = Random(SEED);
    let mut counts = vec![0; questions];
    let mut drawn: Vec<f64> = (0..DRAWS)
        .filter_map(|_| {
            counts.fill(0);
            for _ in 0..questions {
                if let Some(count) = counts.get_mut(random.below(questions)) {
                    *count += 1;
                }
            }
            figure(&counts)
        })
        .collect();
    drawn.sort_unstable_by(f64::total_cmp);
    Some(Estimate {
        value,
        low: super::percentile(&drawn, OUTSIDE).unwrap_or(value),
        high: super::percentile(&drawn, 1.0 - OUTSIDE).unwrap_or(value),
    })
}

/// A sum of parts over a sum of wholes, one pair a question: a mean where every whole is 1, a rate
/// where a question counts several things. Questions without a whole are left out.
pub fn ratio(pairs: &[(f64, f64)]) -> Option<Estimate> {
    let counted: Vec<(f64, f64)> = pairs
        .iter()
        .copied()
        .filter(|(_, whole)| *whole > 0.0)
        .collect();
    estimate(counted.len(), |counts| {
        let (mut part, mut whole) = (0.0, 0.0);
        for ((one, of), count) in counted.iter().zip(counts) {
            part += one * f64::from(*count);
            whole += of * f64::from(*count);
        }
        (whole > 0.0).then(|| part / whole)
    })
}

/// `SplitMix64` (Steele et al., 2014): small, good enough to draw questions, the same everywhere.
struct Random(u64);

impl Random {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below a limit; 0 when there is none. The bias is below one in 2^40 here.
    fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % limit).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_that_of_the_normal_distribution_where_it_can_be_worked_out() {
        // 400 questions, 100 right: a standard error of sqrt(0.25 * 0.75 / 400) = 0.02165.
        let pairs: Vec<(f64, f64)> = (0..400)
            .map(|at| (f64::from(u8::from(at % 4 == 0)), 1.0))
            .collect();
        let found = ratio(&pairs).unwrap();
        assert!((found.value - 0.25).abs() < 1e-12);
        assert!((found.low - 0.2076).abs() < 0.006, "{found:?}");
        assert!((found.high - 0.2924).abs() < 0.006, "{found:?}");
        assert_eq!(ratio(&pairs), Some(found), "not the same twice");
    }

    #[test]
    fn questions_without_a_whole_are_left_out() {
        assert_eq!(ratio(&[]), None);
        assert_eq!(ratio(&[(0.0, 0.0)]), None);
        let sure = Estimate {
            value: 0.5,
            low: 0.5,
            high: 0.5,
        };
        assert_eq!(ratio(&[(1.0, 2.0), (0.0, 0.0)]), Some(sure));
    }
}
