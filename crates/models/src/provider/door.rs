//! The door before a provider: what is tried again, and when the provider is left alone.
//!
//! A call is tried again only when the provider cannot have done anything with it: the connection was
//! refused, or the answer was "too many" (429) or "not now" (5xx) instead of a reply. Once a reply has
//! begun nothing is repeated.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alexandria_core::clock::Clock;
use alexandria_core::error::{Error, ErrorKind, Result};
use tokio::time::Instant;

use super::circuit::{Admission, Circuit, Refusal};
use super::{Failure, Limits};
use crate::metrics::{PROVIDER_CIRCUIT_STATE, PROVIDER_FAILURES_TOTAL};

/// The wait before the second attempt where the provider names none; each further one is four times
/// as long.
const PAUSE_FIRST: Duration = Duration::from_millis(250);

/// The door before one provider.
#[derive(Debug)]
pub(crate) struct Door {
    provider: &'static str,
    circuit: Mutex<Circuit>,
    clock: Arc<dyn Clock>,
}

impl Door {
    pub(crate) fn new(provider: &'static str, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            provider,
            circuit: Mutex::new(Circuit::new()),
            clock,
        })
    }

    /// Makes a call, again where that is safe, until it begins to answer or the deadline comes. The
    /// permit is to be told how the rest of it goes.
    ///
    /// # Errors
    /// The last attempt's, or why none was made.
    pub(crate) async fn pass<T, Call: Future<Output = Result<T, Failure>>>(
        self: &Arc<Self>,
        limits: &Limits,
        deadline: Instant,
        call: impl Fn() -> Call,
    ) -> Result<(T, Permit)> {
        let mut permit = self.enter()?;
        let mut attempt = 1;
        loop {
            let failure = match call().await {
                Ok(begun) => return Ok((begun, permit)),
                Err(failure) => failure,
            };
            permit.note(&failure.error);
            let left = deadline.saturating_duration_since(Instant::now());
            let Some(pause) = pause(&failure, attempt, limits, left) else {
                return Err(failure.error);
            };
            tokio::time::sleep(pause).await;
            attempt += 1;
            permit = match self.enter() {
                Ok(permit) => permit,
                Err(_closed) => return Err(failure.error),
            };
        }
    }

    fn circuit(&self) -> MutexGuard<'_, Circuit> {
        // What a thread that broke has left is as good as what any other has left.
        self.circuit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the circuit, and tells the measures how it stands then.
    fn change<T>(&self, change: impl FnOnce(&mut Circuit) -> T) -> T {
        let mut circuit = self.circuit();
        let outcome = change(&mut circuit);
        metrics::gauge!(PROVIDER_CIRCUIT_STATE, "provider" => self.provider).set(circuit.measure());
        outcome
    }

    fn enter(self: &Arc<Self>) -> Result<Permit> {
        let admitted = self.change(|circuit| circuit.admit(self.clock.now()));
        let name = self.provider;
        match admitted {
            Ok(admission) => Ok(Permit {
                door: Arc::clone(self),
                admission,
                is_settled: false,
            }),
            Err(Refusal::Down(left)) => Err(Error::new(
                ErrorKind::Unavailable,
                format!("{name} has failed too often and is left alone for a while"),
            )
            .with_retry_after(left)),
            Err(Refusal::Asked(left)) => Err(Error::new(
                ErrorKind::Exhausted,
                format!("{name} has asked for fewer calls"),
            )
            .with_retry_after(left)),
        }
    }
}

/// The right to make one call, and the duty to say how it went.
#[derive(Debug)]
pub(crate) struct Permit {
    door: Arc<Door>,
    admission: Admission,
    is_settled: bool,
}

impl Permit {
    /// It went well.
    pub(crate) fn succeeded(&mut self) {
        self.is_settled = true;
        self.door.change(Circuit::succeeded);
    }

    /// It went wrong.
    pub(crate) fn note(&mut self, error: &Error) {
        self.is_settled = true;
        let now = self.door.clock.now();
        let labels = [
            ("provider", self.door.provider),
            ("kind", kind_name(error.kind())),
        ];
        metrics::counter!(PROVIDER_FAILURES_TOTAL, &labels).increment(1);
        let left_alone = self.door.change(|circuit| {
            let left_alone = if matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Timeout)
            {
                circuit.failed(self.admission, now)
            } else {
                // It answers, whatever it thinks of the call.
                circuit.succeeded();
                None
            };
            if let Some(wait) = error.retry_after() {
                circuit.asked_to_wait(now, wait);
            }
            left_alone
        });
        if let Some(wait) = left_alone {
            let (name, wait_ms) = (self.door.provider, wait.as_millis());
            tracing::warn!(
                provider = name,
                wait_ms,
                "{name} has failed too often and is left alone for a while: {}",
                error.chain()
            );
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.is_settled {
            let admission = self.admission;
            self.door.change(|circuit| circuit.abandoned(admission));
        }
    }
}

/// The name of a kind of failure in the measures.
const fn kind_name(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Timeout => "timeout",
        ErrorKind::Exhausted => "exhausted",
        ErrorKind::Forbidden => "forbidden",
        ErrorKind::Unavailable => "unavailable",
        ErrorKind::NotFound => "not_found",
        ErrorKind::Invalid => "invalid",
        ErrorKind::TooLarge => "too_large",
        ErrorKind::Conflict
        | ErrorKind::Unsupported
        | ErrorKind::Corrupt
        | ErrorKind::Internal
        | _ => "other",
    }
}

/// How long to wait before the next attempt; nothing when there is none.
fn pause(failure: &Failure, attempt: u32, limits: &Limits, left: Duration) -> Option<Duration> {
    if !failure.is_repeatable || attempt >= limits.attempts_max {
        return None;
    }
    let usual = PAUSE_FIRST.saturating_mul(4_u32.saturating_pow(attempt - 1));
    let wait = failure.error.retry_after().unwrap_or(usual);
    (wait <= limits.pause_max && wait < left).then_some(wait)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use alexandria_core::error::{Error, ErrorKind};

    use super::super::{Failure, Limits};
    use super::pause;

    #[test]
    fn only_what_cannot_have_had_an_effect_is_tried_again_and_not_for_long() {
        let limits = Limits {
            attempts_max: 3,
            pause_max: Duration::from_secs(5),
            ..Limits::default()
        };
        let check =
            |is_repeatable: bool, asked: Option<u64>, attempt: u32, left: u64, ms: Option<u64>| {
                let mut error = Error::new(ErrorKind::Unavailable, "down");
                if let Some(seconds) = asked {
                    error = error.with_retry_after(Duration::from_secs(seconds));
                }
                let failure = Failure {
                    is_repeatable,
                    ..Failure::before_anything(error)
                };
                let found = pause(&failure, attempt, &limits, Duration::from_secs(left));
                assert_eq!(found, ms.map(Duration::from_millis), "{attempt} {asked:?}");
            };
        check(false, None, 1, 60, None);
        check(true, None, 1, 60, Some(250));
        check(true, None, 2, 60, Some(1000));
        check(true, None, 3, 60, None);
        check(true, Some(0), 1, 60, Some(0));
        check(true, Some(5), 1, 60, Some(5000));
        check(true, Some(6), 1, 60, None);
        check(true, Some(4), 1, 4, None);
    }
}
