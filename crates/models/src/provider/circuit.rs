//! When a provider is asked and when it is left alone: a state machine without clock, lock or network.
//!
//! After some failures one after the other it opens: calls are refused at once, so that people who
//! wait get what can be had without the provider. When its time is over, one call is let through; if
//! that succeeds all are, if it fails the time begins again, twice as long. A provider that asks to be
//! left alone for a while is left alone for that while.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Failures one after the other that open the circuit.
pub(super) const FAILURES_MAX: u32 = 5;

/// How long the circuit is open the first time.
pub(super) const OPEN_FIRST: Duration = Duration::from_secs(10);

/// How long it is open at most.
pub(super) const OPEN_MAX: Duration = Duration::from_secs(300);

/// Why a call is not made, and for how long that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The provider has failed too often.
    Down(Duration),
    /// The provider has asked for fewer calls.
    Asked(Duration),
}

/// A call that may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// One of many.
    Usual,
    /// The one that finds out whether the provider is back.
    Trial,
}

/// What is known of a provider.
#[derive(Debug)]
pub(super) struct Circuit {
    state: State,
    quiet: Option<Pause>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Calls are made; so many have failed since the last success.
    Closed { failures: u32 },
    /// No calls are made for a time.
    Open(Pause),
    /// One call is under way to find out; the former time is kept to be doubled.
    Trying(Pause),
}

/// A time without calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pause {
    since: Timestamp,
    lasts: Duration,
}

impl Pause {
    /// What is left of it. A clock that was put back ends it, so that it is never endless.
    fn left(self, now: Timestamp) -> Option<Duration> {
        let gone = Duration::try_from(now.duration_since(self.since)).ok()?;
        self.lasts.checked_sub(gone).filter(|left| !left.is_zero())
    }

    fn from(now: Timestamp, lasts: Duration) -> Self {
        Self { since: now, lasts }
    }
}

impl Circuit {
    pub(super) const fn new() -> Self {
        Self {
            state: State::Closed { failures: 0 },
            quiet: None,
        }
    }

    /// Whether a call may be made now.
    pub(super) fn admit(&mut self, now: Timestamp) -> Result<Admission, Refusal> {
        if let Some(left) = self.quiet.and_then(|pause| pause.left(now)) {
            return Err(Refusal::Asked(left));
        }
        self.quiet = None;
        match self.state {
            State::Closed { .. } => Ok(Admission::Usual),
            State::Trying(pause) => Err(Refusal::Down(pause.lasts)),
            State::Open(pause) => match pause.left(now) {
                Some(left) => Err(Refusal::Down(left)),
                None => {
                    self.state = State::Trying(pause);
                    Ok(Admission::Trial)
                }
            },
        }
    }

    /// What it does, as the measures say it: 0 lets calls through, 1 lets one through, 2 lets none.
    pub(super) const fn measure(&self) -> f64 {
        match (self.state, self.quiet) {
            (State::Open(_), _) | (_, Some(_)) => 2.0,
            (State::Trying(_), None) => 1.0,
            (State::Closed { .. }, None) => 0.0,
        }
    }

    /// A call has shown that the provider works.
    pub(super) const fn succeeded(&mut self) {
        self.state = State::Closed { failures: 0 };
    }

    /// A call has shown that it does not. Says for how long it is left alone, if that is new.
    pub(super) fn failed(&mut self, admission: Admission, now: Timestamp) -> Option<Duration> {
        let lasts = match (self.state, admission) {
            (State::Closed { failures }, _) if failures + 1 < FAILURES_MAX => {
                self.state = State::Closed {
                    failures: failures + 1,
                };
                return None;
            }
            (State::Closed { .. }, _) => OPEN_FIRST,
            (State::Trying(pause), Admission::Trial) => pause.lasts.saturating_mul(2).min(OPEN_MAX),
            // A call that began before the circuit opened says nothing new.
            (State::Open(_) | State::Trying(_), _) => return None,
        };
        self.state = State::Open(Pause::from(now, lasts));
        Some(lasts)
    }

    /// The provider has asked to be left alone.
    pub(super) fn asked_to_wait(&mut self, now: Timestamp, wait: Duration) {
        self.quiet = Some(Pause::from(now, wait));
    }

    /// Nobody waits for the end of a call any more, so that it says nothing. The next call may try.
    pub(super) fn abandoned(&mut self, admission: Admission) {
        if let (State::Trying(pause), Admission::Trial) = (self.state, admission) {
            let long_ago = SignedDuration::try_from(pause.lasts)
                .ok()
                .and_then(|lasts| pause.since.checked_sub(lasts).ok());
            self.state = State::Open(Pause {
                since: long_ago.unwrap_or(Timestamp::MIN),
                ..pause
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::{prop, prop_assert, proptest};

    use super::{Admission, Circuit, FAILURES_MAX, OPEN_FIRST, OPEN_MAX, Refusal};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn opened() -> Circuit {
        let mut circuit = Circuit::new();
        for failure in 1..=FAILURES_MAX {
            assert_eq!(circuit.admit(at(0)), Ok(Admission::Usual));
            let opened = circuit.failed(Admission::Usual, at(0));
            assert_eq!(opened, (failure == FAILURES_MAX).then_some(OPEN_FIRST));
        }
        circuit
    }

    #[test]
    fn it_opens_after_failures_one_after_the_other_only() {
        let mut circuit = Circuit::new();
        for _ in 0..10 {
            for _ in 1..FAILURES_MAX {
                circuit.failed(Admission::Usual, at(0));
            }
            circuit.succeeded();
            assert_eq!(circuit.admit(at(0)), Ok(Admission::Usual));
        }
    }

    #[test]
    fn it_lets_one_call_try_when_its_time_is_over_and_closes_when_that_succeeds() {
        let mut circuit = opened();
        let second = Duration::from_secs(1);
        assert_eq!(circuit.admit(at(9)), Err(Refusal::Down(second)));
        assert_eq!(circuit.admit(at(10)), Ok(Admission::Trial));
        assert_eq!(circuit.admit(at(10)), Err(Refusal::Down(OPEN_FIRST)));
        // One that began earlier fails late.
        assert_eq!(circuit.failed(Admission::Usual, at(11)), None);
        assert_eq!(circuit.admit(at(11)), Err(Refusal::Down(OPEN_FIRST)));
        circuit.succeeded();
        assert_eq!(circuit.admit(at(11)), Ok(Admission::Usual));
    }

    #[test]
    fn it_stays_open_twice_as_long_after_each_failed_trial_up_to_a_limit() {
        let mut circuit = opened();
        let (mut now, mut lasts) = (0, OPEN_FIRST);
        for _ in 0..10 {
            now += i64::try_from(lasts.as_secs()).unwrap();
            assert_eq!(circuit.admit(at(now)), Ok(Admission::Trial));
            lasts = (lasts * 2).min(OPEN_MAX);
            assert_eq!(circuit.failed(Admission::Trial, at(now)), Some(lasts));
            assert_eq!(circuit.admit(at(now)), Err(Refusal::Down(lasts)));
        }
        assert_eq!(lasts, OPEN_MAX);
    }

    #[test]
    fn a_trial_that_nobody_waits_for_makes_room_for_another() {
        let mut circuit = opened();
        assert_eq!(circuit.admit(at(10)), Ok(Admission::Trial));
        circuit.abandoned(Admission::Usual);
        assert_eq!(circuit.admit(at(10)), Err(Refusal::Down(OPEN_FIRST)));
        circuit.abandoned(Admission::Trial);
        assert_eq!(circuit.admit(at(10)), Ok(Admission::Trial));
    }

    #[test]
    fn a_provider_that_asks_for_time_gets_it_and_its_failures_are_not_forgotten() {
        let mut circuit = Circuit::new();
        let wait = Duration::from_secs(30);
        circuit.asked_to_wait(at(0), wait);
        assert_eq!(circuit.admit(at(0)), Err(Refusal::Asked(wait)));
        assert_eq!(
            circuit.admit(at(29)),
            Err(Refusal::Asked(Duration::from_secs(1)))
        );
        assert_eq!(circuit.admit(at(30)), Ok(Admission::Usual));
    }

    #[test]
    fn its_measure_says_whether_calls_are_let_through() {
        let mut circuit = Circuit::new();
        assert_eq!(circuit.measure().to_string(), "0");
        circuit.asked_to_wait(at(0), Duration::from_secs(30));
        assert_eq!(circuit.measure().to_string(), "2");
        assert_eq!(circuit.admit(at(30)), Ok(Admission::Usual));
        assert_eq!(circuit.measure().to_string(), "0");
        let mut circuit = opened();
        assert_eq!(circuit.measure().to_string(), "2");
        assert_eq!(circuit.admit(at(10)), Ok(Admission::Trial));
        assert_eq!(circuit.measure().to_string(), "1");
        circuit.succeeded();
        assert_eq!(circuit.measure().to_string(), "0");
    }

    #[test]
    fn a_clock_that_is_put_back_ends_every_wait() {
        let mut circuit = opened();
        circuit.asked_to_wait(at(0), Duration::from_secs(1000));
        assert_eq!(circuit.admit(at(-5)), Ok(Admission::Trial));
    }

    proptest! {
        #[test]
        fn whatever_happens_a_call_is_let_through_again(
            steps in prop::collection::vec((0..5_u8, 0..400_i64), 0..60),
        ) {
            let mut circuit = Circuit::new();
            let mut now = at(0);
            let mut under_way = Vec::new();
            for (step, seconds) in steps {
                now = now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
                match step {
                    0 => under_way.extend(circuit.admit(now)),
                    1 => circuit.asked_to_wait(now, Duration::from_secs(20)),
                    _ => match (step, under_way.pop()) {
                        (2, Some(_)) => circuit.succeeded(),
                        (3, Some(admission)) => drop(circuit.failed(admission, now)),
                        (_, Some(admission)) => circuit.abandoned(admission),
                        (_, None) => {}
                    },
                }
            }
            for admission in under_way {
                circuit.abandoned(admission);
            }
            let later = now.checked_add(SignedDuration::from_secs(3600)).unwrap();
            prop_assert!(circuit.admit(later).is_ok());
        }
    }
}
