//! The distributions that intervals and probability values are read off: normal, Student's t,
//! chi-square.
//!
//! All three rest on the incomplete gamma and beta functions, computed by the series and the continued
//! fractions of the NIST Digital Library of Mathematical Functions (8.7.1, 8.9.2, 8.17.22), to about
//! twelve digits.

/// Terms of a series or fraction at most; they end long before.
const TERMS_MAX: u32 = 10_000;

/// What counts as no further change.
const PRECISION: f64 = 1e-15;

/// What stands for zero where a fraction would divide by it.
const TINY: f64 = 1e-300;

/// Halvings of a search for a quantile: below what a number can tell apart.
const HALVINGS: u32 = 200;

/// The probability that a normal variable is at most `x`.
pub(super) fn normal(x: f64) -> f64 {
    let tail = gamma_tail(0.5, x * x / 2.0) / 2.0;
    if x > 0.0 { 1.0 - tail } else { tail }
}

/// The value that a normal variable does not exceed with this probability.
pub(super) fn normal_quantile(probability: f64) -> f64 {
    quantile(probability, normal)
}

/// The probability that a variable of Student's t is at least as far from zero as `t`.
pub(super) fn student_two_sided(t: f64, freedom: f64) -> f64 {
    beta_share(freedom / 2.0, 0.5, freedom / t.mul_add(t, freedom))
}

/// The value that a variable of Student's t does not exceed with this probability.
pub(super) fn student_quantile(probability: f64, freedom: f64) -> f64 {
    quantile(probability, |t| {
        let tail = student_two_sided(t, freedom) / 2.0;
        if t > 0.0 { 1.0 - tail } else { tail }
    })
}

/// The probability that a chi-square variable is at least `x`.
pub(super) fn chi_square_tail(x: f64, freedom: f64) -> f64 {
    gamma_tail(freedom / 2.0, x / 2.0)
}

/// Where a growing function of probability reaches a value, by halving.
fn quantile(probability: f64, below: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (-1.0, 1.0);
    while below(low) > probability && low > f64::MIN / 4.0 {
        low *= 2.0;
    }
    while below(high) < probability && high < f64::MAX / 4.0 {
        high *= 2.0;
    }
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if below(middle) < probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The logarithm of the gamma function for a positive argument, by Stirling's series.
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut shift) = (x, 0.0);
    while x < 12.0 {
        shift -= x.ln();
        x += 1.0;
    }
    let inverse = 1.0 / (x * x);
    let series = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
    ];
    let correction = series
        .iter()
        .rev()
        .fold(0.0, |sum: f64, term| sum.mul_add(inverse, *term));
    let half_ln_two_pi = 0.5 * std::f64::consts::TAU.ln();
    shift + (x - 0.5).mul_add(x.ln(), half_ln_two_pi - x) + correction / x
}

/// The regularised upper incomplete gamma function.
fn gamma_tail(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    let front = a.mul_add(x.ln(), -x - ln_gamma(a)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum) = (1.0 / a, 1.0 / a);
        for step in 1..TERMS_MAX {
            term *= x / (a + f64::from(step));
            sum += term;
            if term < sum * PRECISION {
                break;
            }
        }
        return front.mul_add(-sum, 1.0);
    }
    let first = x + 1.0 - a;
    let fraction = fraction(first, |step| {
        let step = f64::from(step);
        (-step * (step - a), first + 2.0 * step)
    });
    front / fraction
}

/// The regularised incomplete beta function.
fn beta_share(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_share(b, a, 1.0 - x);
    }
    let front = ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b);
    let front = (front + a.mul_add(x.ln(), b * (-x).ln_1p())).exp();
    let fraction = fraction(1.0, |step| {
        let half = f64::from(step / 2);
        let numerator = if step % 2 == 0 {
            half * (b - half) * x / ((a + 2.0 * half - 1.0) * (a + 2.0 * half))
        } else {
            -(a + half) * (a + b + half) * x / ((a + 2.0 * half) * (a + 2.0 * half + 1.0))
        };
        (numerator, 1.0)
    });
    front / (a * fraction)
}

/// The continued fraction `first + n1/(d1 + n2/(d2 + …))`, by the method of Lentz.
fn fraction(first: f64, term: impl Fn(u32) -> (f64, f64)) -> f64 {
    let solid = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut value = solid(first);
    let (mut c, mut d) = (value, 0.0);
    for step in 1..TERMS_MAX {
        let (numerator, denominator) = term(step);
        d = 1.0 / solid(numerator.mul_add(d, denominator));
        c = solid(denominator + numerator / c);
        let change = c * d;
        value *= change;
        if (change - 1.0).abs() < PRECISION {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Equal to ten digits.
    fn check(found: f64, expected: f64) {
        let off = (found - expected).abs() / expected.abs().max(1e-3);
        assert!(off < 1e-10, "{found} is not {expected}");
    }

    // The expected figures are those of scipy 1.17.1 (`scipy.stats.norm`, `t`, `chi2`) and of the C
    // library's `lgamma`.

    #[test]
    fn the_gamma_function_is_as_it_should_be() {
        check(ln_gamma(0.5), 0.572_364_942_924_700_4);
        check(ln_gamma(1.0) + 1.0, 1.0);
        check(ln_gamma(3.3), 0.987_098_577_894_733_9);
        check(ln_gamma(10.0), 12.801_827_480_081_467);
        check(ln_gamma(123.4), 469.336_097_442_190_6);
    }

    #[test]
    fn the_normal_distribution_is_as_it_should_be() {
        check(normal(0.0), 0.5);
        check(normal(1.0), 0.841_344_746_068_542_9);
        check(normal(-2.5), 0.006_209_665_325_776_132);
        check(normal(6.0), 0.999_999_999_013_412_3);
        check(normal_quantile(0.975), 1.959_963_984_540_054);
        check(normal_quantile(0.8), 0.841_621_233_572_914_3);
        check(normal_quantile(0.001), -3.090_232_306_167_813);
        check(normal_quantile(0.5) + 1.0, 1.0);
    }

    #[test]
    fn student_s_distribution_is_as_it_should_be() {
        check(student_two_sided(2.0, 10.0), 0.073_388_034_770_740_37);
        check(student_two_sided(1.5, 3.7), 0.213_598_169_202_013_5);
        check(student_two_sided(0.1, 1.0), 0.936_548_965_138_893);
        check(student_two_sided(4.5, 120.5), 1.577_549_076_340_929_5e-5);
        check(student_quantile(0.975, 10.0), 2.228_138_851_986_274);
        check(student_quantile(0.975, 3.7), 2.867_520_707_191_189_5);
        check(student_quantile(0.975, 1.0), 12.706_204_736_174_694);
        check(student_quantile(0.025, 500.5), -1.964_715_075_057_226);
    }

    #[test]
    fn the_chi_square_distribution_is_as_it_should_be() {
        check(chi_square_tail(3.841_458_820_694_124, 1.0), 0.05);
        check(chi_square_tail(16.2, 9.0), 0.062_820_720_617_879_72);
        check(chi_square_tail(0.5, 3.0), 0.918_891_411_654_675_8);
        check(chi_square_tail(40.0, 7.0), 1.258_790_387_371_308e-6);
        check(chi_square_tail(0.0, 2.0), 1.0);
    }
}
