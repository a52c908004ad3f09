//! What was measured, and how far from the truth that may be: shares, means, and quantiles, each with
//! its 95 % confidence interval, and the difference of two.
//!
//! - A share has Wilson's score interval (E. B. Wilson 1927), and the difference of two shares
//!   Newcombe's hybrid of the two (R. G. Newcombe, Statistics in Medicine 17, 1998, method 10); the
//!   probability value is that of the pooled two-sided z test.
//! - A mean has Student's interval, and the difference of two means Welch's (B. L. Welch 1947), with the
//!   degrees of freedom of Welch and Satterthwaite.
//! - The difference of two quantiles combines the intervals of both as Newcombe combines Wilson's
//!   (G. Y. Zou and A. Donner, Statistics in Medicine 27, 2008).

use super::distribution::{normal, normal_quantile, student_quantile, student_two_sided};

/// How sure an interval is.
pub const CONFIDENCE: f64 = 0.95;

/// How likely it is to see a difference that is there, with as many answers as a report asks for.
pub const POWER: f64 = 0.8;

/// What a value lies between, in 95 of 100 cases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many had it.
    pub hits: u64,
    /// Of how many. Invariant: not fewer than `hits`.
    pub of: u64,
}

/// Numbers of which the count, the sum and the sum of squares are known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    /// How many.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
    /// The sum of their squares.
    pub squares: f64,
}

/// A value with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// How many observations it rests on.
    pub count: u64,
    /// The value.
    pub value: f64,
    /// What it lies between; none where that cannot be said.
    pub interval: Option<Interval>,
}

/// The difference of two values, the second less the first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The difference.
    pub value: f64,
    /// What it lies between; none where that cannot be said.
    pub interval: Option<Interval>,
    /// How likely a difference at least as large would be if there were none; none where that cannot be
    /// said.
    pub probability: Option<f64>,
}

impl Interval {
    /// Whether a value lies in it.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

/// A count as a number to compute with.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    reason = "a count of answers is far below 2^53"
)]
pub const fn real(count: u64) -> f64 {
    count as f64
}

/// The normal deviate of a two-sided interval.
fn deviate() -> f64 {
    normal_quantile(f64::midpoint(1.0, CONFIDENCE))
}

impl Share {
    /// The share with Wilson's interval; none of nothing.
    #[must_use]
    pub fn estimate(&self) -> Option<Estimate> {
        if self.of == 0 {
            return None;
        }
        let (n, z) = (real(self.of), deviate());
        let p = real(self.hits) / n;
        let scale = 1.0 + z * z / n;
        let centre = (p + z * z / (2.0 * n)) / scale;
        let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt() / scale;
        // At the ends rounding would leave a trace.
        let low = if self.hits == 0 { 0.0 } else { centre - half };
        let high = if self.hits == self.of {
            1.0
        } else {
            centre + half
        };
        Some(Estimate {
            count: self.of,
            value: p,
            interval: Some(Interval { low, high }),
        })
    }

    /// How much larger the share of `other` is, by Newcombe's method.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<Difference> {
        let mut difference = combined(&self.estimate()?, &other.estimate()?);
        let (n, m) = (real(self.of), real(other.of));
        let pooled = real(self.hits + other.hits) / (n + m);
        let error = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
        // Where all or none had it in both, there is nothing to tell them apart by.
        difference.probability = Some(if error > 0.0 {
            2.0 * normal(-(difference.value / error).abs())
        } else {
            1.0
        });
        Some(difference)
    }

    /// How many observations each of two groups needs for a difference to be seen, at this chance of
    /// seeing one that is not there, with this share in the first.
    #[must_use]
    pub fn needed(share: f64, difference: f64, chance: f64) -> f64 {
        let other = if share + difference <= 1.0 {
            share + difference
        } else {
            share - difference
        }
        .clamp(0.0, 1.0);
        let mean = f64::midpoint(share, other);
        let spread = (2.0 * mean * (1.0 - mean)).sqrt();
        let apart = (share * (1.0 - share) + other * (1.0 - other)).sqrt();
        let (alpha, beta) = (normal_quantile(1.0 - chance / 2.0), normal_quantile(POWER));
        (alpha.mul_add(spread, beta * apart) / difference).powi(2)
    }
}

impl Sample {
    /// The mean; none of nothing.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / real(self.count))
    }

    /// The variance, of which one degree of freedom is spent on the mean; none of fewer than two.
    #[must_use]
    pub fn variance(&self) -> Option<f64> {
        let n = real(self.count);
        (self.count > 1).then(|| ((self.squares - self.sum * self.sum / n) / (n - 1.0)).max(0.0))
    }

    /// The mean with Student's interval.
    #[must_use]
    pub fn estimate(&self) -> Option<Estimate> {
        let value = self.mean()?;
        let interval = self.variance().map(|variance| {
            let n = real(self.count);
            let t = student_quantile(f64::midpoint(1.0, CONFIDENCE), n - 1.0);
            around(value, t * (variance / n).sqrt())
        });
        Some(Estimate {
            count: self.count,
            value,
            interval,
        })
    }

    /// How much larger the mean of `other` is, by Welch's method.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<Difference> {
        let value = other.mean()? - self.mean()?;
        let error = |sample: &Self| Some(sample.variance()? / real(sample.count));
        let (Some(a), Some(b)) = (error(self), error(other)) else {
            return Some(Difference {
                value,
                interval: None,
                probability: None,
            });
        };
        if a + b <= 0.0 {
            let probability = if value == 0.0 { 1.0 } else { 0.0 };
            return Some(Difference {
                value,
                interval: Some(around(value, 0.0)),
                probability: Some(probability),
            });
        }
        let spread = |error: f64, count: u64| error * error / (real(count) - 1.0);
        let freedom = (a + b).powi(2) / (spread(a, self.count) + spread(b, other.count));
        let error = (a + b).sqrt();
        let t = student_quantile(f64::midpoint(1.0, CONFIDENCE), freedom);
        Some(Difference {
            value,
            interval: Some(around(value, t * error)),
            probability: Some(student_two_sided(value / error, freedom)),
        })
    }

    /// How many observations each of two groups needs for a difference of means to be seen.
    #[must_use]
    pub fn needed(variance: f64, difference: f64, chance: f64) -> f64 {
        let (alpha, beta) = (normal_quantile(1.0 - chance / 2.0), normal_quantile(POWER));
        2.0 * variance * ((alpha + beta) / difference).powi(2)
    }
}

/// The difference of two values with intervals of any shape: each end is as far away as the two ends
/// that lead there, squared and added.
#[must_use]
pub fn combined(first: &Estimate, second: &Estimate) -> Difference {
    let value = second.value - first.value;
    let interval = first.interval.zip(second.interval).map(|(a, b)| Interval {
        low: value - (second.value - b.low).hypot(a.high - first.value),
        high: value + (b.high - second.value).hypot(first.value - a.low),
    });
    Difference {
        value,
        interval,
        probability: None,
    }
}

fn around(value: f64, half: f64) -> Interval {
    Interval {
        low: value - half,
        high: value + half,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64, digits: i32) {
        assert!(
            (found - expected).abs() < 0.51 * 10_f64.powi(-digits),
            "{found} is not {expected}"
        );
    }

    fn sample(numbers: &[f64]) -> Sample {
        Sample {
            count: numbers.len() as u64,
            sum: numbers.iter().sum(),
            squares: numbers.iter().map(|x| x * x).sum(),
        }
    }

    #[test]
    fn wilson_s_interval_is_the_published_one() {
        // R. G. Newcombe, Statistics in Medicine 17, 857 (1998), table I, method 3; 0 of 20 and all
        // further digits from scipy 1.17.1, `binomtest(…).proportion_ci(method="wilson")`.
        for (hits, of, low, high) in [
            (81, 263, 0.255_288_519_878, 0.366_209_576_983),
            (15, 148, 0.062_386_399_531, 0.160_487_241_723),
            (0, 20, 0.0, 0.161_125_158_053),
        ] {
            let found = Share { hits, of }.estimate().unwrap();
            let interval = found.interval.unwrap();
            near(interval.low, low, 11);
            near(interval.high, high, 11);
        }
        let all = Share { hits: 20, of: 20 }.estimate().unwrap();
        near(all.interval.unwrap().low, 1.0 - 0.161_125_158_053, 11);
        assert_eq!(Share::default().estimate(), None);
    }

    #[test]
    fn newcombe_s_interval_is_the_published_one() {
        // R. G. Newcombe, Statistics in Medicine 17, 873 (1998), table II, method 10.
        for ((a, n), (b, m), low, high) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((6, 7), (2, 7), 0.0582, 0.8062),
            ((5, 56), (0, 29), -0.0381, 0.1926),
            ((0, 10), (0, 10), -0.2775, 0.2775),
            ((10, 10), (0, 20), 0.6791, 1.0),
        ] {
            let (first, second) = (Share { hits: b, of: m }, Share { hits: a, of: n });
            let interval = first.difference(&second).unwrap().interval.unwrap();
            near(interval.low, low, 4);
            near(interval.high.min(1.0), high, 4);
        }
    }

    #[test]
    fn the_probability_of_two_shares_is_that_of_the_chi_square_test() {
        // scipy 1.17.1, `chi2_contingency([[56, 14], [48, 32]], correction=False)`.
        let (first, second) = (Share { hits: 48, of: 80 }, Share { hits: 56, of: 70 });
        let found = first.difference(&second).unwrap();
        near(found.probability.unwrap(), 0.008_045_081_368_196_585, 13);
        let none = Share { hits: 0, of: 50 };
        assert_eq!(none.difference(&none).unwrap().probability, Some(1.0));
    }

    #[test]
    fn welch_s_interval_is_as_it_should_be() {
        // scipy 1.17.1, `ttest_ind(b, a, equal_var=False)` and `ttest_1samp(a, 0)`.
        let a = sample(&[
            27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7,
            21.4,
        ]);
        let b = sample(&[
            27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 22.7,
            25.5,
        ]);
        let found = a.difference(&b).unwrap();
        near(found.probability.unwrap(), 0.011_630_196_978_7, 10);
        near(found.interval.unwrap().low, 0.582_002_002_2, 8);
        near(found.interval.unwrap().high, 4.191_331_331_1, 8);
        let alone = a.estimate().unwrap();
        near(alone.value, 20.82, 10);
        near(alone.interval.unwrap().low, 19.266_701_652_5, 8);
        near(alone.interval.unwrap().high, 22.373_298_347_5, 8);
    }

    #[test]
    fn samples_that_are_too_small_give_no_interval() {
        let (none, one) = (Sample::default(), sample(&[3.0]));
        assert_eq!(none.estimate(), None);
        assert_eq!(one.estimate().unwrap().interval, None);
        assert_eq!(none.difference(&one), None);
        assert_eq!(one.difference(&one).unwrap().interval, None);
        let same = sample(&[3.0, 3.0]);
        assert_eq!(same.difference(&same).unwrap().probability, Some(1.0));
    }

    #[test]
    fn the_number_needed_is_the_textbook_s() {
        // J. L. Fleiss, Statistical Methods for Rates and Proportions: 0.60 against 0.70 at 5 % and
        // 80 % needs 356 in each group without the correction for continuity.
        assert_eq!(Share::needed(0.60, 0.10, 0.05).ceil(), 356.0);
        // Half a standard deviation at 5 % and 80 %: 63 in each group with the normal distribution.
        assert_eq!(Sample::needed(1.0, 0.5, 0.05).ceil(), 63.0);
        assert!(Share::needed(0.98, 0.05, 0.05).is_finite());
    }
}
