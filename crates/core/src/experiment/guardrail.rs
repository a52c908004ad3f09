//! What a variant must not make worse.

use serde::{Deserialize, Serialize};

use super::interval::Difference;
use super::{Metric, Tally};

/// A metric that must not be worse than the control's by more than so much.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guardrail {
    /// What is guarded.
    pub metric: Metric,
    /// How much worse it may be, in the metric's unit.
    pub worse_by: f64,
    /// How many observations both sides need before it is looked at.
    pub observations_min: u64,
}

/// How a guardrail stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GuardState {
    /// Too little has been observed, on this side or the control's.
    TooFew,
    /// The variant is not worse, or not by that much.
    Holds(Difference),
    /// The variant is worse by more than is allowed.
    Breached(Difference),
}

impl Guardrail {
    /// Looks at a variant beside the control.
    ///
    /// It is breached when the difference is larger than is allowed *and* its 95 % interval leaves out
    /// zero: a few unlucky answers stop nothing. It is looked at after each answer, so it sees a
    /// difference by chance more often than one look would; a guardrail is there to stop harm, and errs
    /// on that side.
    #[must_use]
    pub fn check(&self, control: &Tally, variant: &Tally) -> GuardState {
        let count = |tally: &Tally| tally.estimate(self.metric).map_or(0, |found| found.count);
        if count(control).min(count(variant)) < self.observations_min {
            return GuardState::TooFew;
        }
        let Some(difference) = control.difference(variant, self.metric) else {
            return GuardState::TooFew;
        };
        let worse = self.metric.worsening(difference.value) > self.worse_by;
        let certain = difference
            .interval
            .is_some_and(|interval| !interval.holds(0.0));
        if worse && certain {
            GuardState::Breached(difference)
        } else {
            GuardState::Holds(difference)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::step_of;

    fn answered(asked: u64, answered: u64) -> Tally {
        Tally {
            asked,
            answered,
            ..Tally::default()
        }
    }

    const GUARDRAIL: Guardrail = Guardrail {
        metric: Metric::AnsweredRate,
        worse_by: 0.05,
        observations_min: 50,
    };

    fn breached(control: &Tally, variant: &Tally) -> bool {
        matches!(GUARDRAIL.check(control, variant), GuardState::Breached(_))
    }

    #[test]
    fn it_stops_what_is_worse_by_more_than_is_allowed_and_for_certain() {
        assert!(breached(&answered(100, 90), &answered(100, 60)));
        assert!(!breached(&answered(100, 60), &answered(100, 90)), "better");
        assert!(
            !breached(&answered(100, 90), &answered(100, 83)),
            "worse by more, and perhaps by chance"
        );
        assert!(
            !breached(&answered(100_000, 90_000), &answered(100_000, 86_000)),
            "worse for certain, and by less"
        );
        let few = GUARDRAIL.check(&answered(49, 49), &answered(100, 0));
        assert_eq!(few, GuardState::TooFew);
    }

    #[test]
    fn the_slow_end_is_guarded_too() {
        let slow = |ms: f64| {
            let mut tally = Tally::default();
            for at in 0..200_u32 {
                tally.latencies.add(step_of(ms + f64::from(at % 10)), 1);
            }
            tally
        };
        let guardrail = Guardrail {
            metric: Metric::LatencyP95,
            worse_by: 100.0,
            ..GUARDRAIL
        };
        let check = |ms| guardrail.check(&slow(100.0), &slow(ms));
        assert!(matches!(check(500.0), GuardState::Breached(_)));
        assert!(matches!(check(120.0), GuardState::Holds(_)));
        assert!(matches!(check(20.0), GuardState::Holds(_)));
    }
}
