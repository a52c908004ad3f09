//! The circuit that opens for a caller who floods the library with tokens.
//!
//! The tokens of a caller's questions and answers are counted in a sliding window. When there are too
//! many the circuit opens: for a while nothing that this caller asks is answered. Then it is half
//! open: one question is let through, and if the count is within the limit after it, the circuit
//! closes; otherwise it opens again. Nobody else notices.
//!
//! State and counts are in the cache, so that processes that share one share the circuits. What
//! operators are shown is what this process has met.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::TenantId;
use alexandria_core::principal::{Actor, Principal};
use alexandria_store::cache::Counter;
use jiff::{SignedDuration, Timestamp};

use super::Limits;
use crate::metrics::{LIMIT_REFUSALS_TOTAL, TOKEN_FLOOD_CIRCUITS, TOKEN_FLOODS_TOTAL};

/// Tokens of one caller in a window unless the settings say otherwise: some thirty answers of a
/// language model that reads ten passages for each.
pub const FLOOD_TOKENS_DEFAULT: u64 = 100_000;

/// The window that tokens are counted in unless the settings say otherwise.
pub const FLOOD_WINDOW_DEFAULT: Duration = Duration::from_secs(60);

/// For how long a circuit is open unless the settings say otherwise.
pub const FLOOD_OPEN_DEFAULT: Duration = Duration::from_secs(60);

/// How long the one question of a half-open circuit may take before another one is let through.
const TRIAL_MAX: Duration = Duration::from_secs(30);

/// Circuits that are remembered to be shown at most.
const CIRCUITS_MAX: usize = 10_000;

/// What an answer counts that its reader has left before the end, in tokens: about a third of the
/// prompt that it was written from. What it took is not known.
const ABANDONED_TOKENS: u64 = 1_000;

/// Callers of abandoned answers that are remembered at most, until they ask again.
const ABANDONED_MAX: usize = 10_000;

/// The name of the limit.
const NAME: &str = "user-tokens";

/// How many tokens questions and answers of one caller may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FloodPolicy {
    /// In a window; 0 for no limit.
    pub tokens_max: u64,
    /// The length of the window.
    pub window: Duration,
    /// For how long the circuit is open.
    pub open: Duration,
}

impl Default for FloodPolicy {
    fn default() -> Self {
        Self {
            tokens_max: FLOOD_TOKENS_DEFAULT,
            window: FLOOD_WINDOW_DEFAULT,
            open: FLOOD_OPEN_DEFAULT,
        }
    }
}

/// What a circuit does that is not closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CircuitState {
    /// It lets nothing through.
    Open,
    /// It lets one question through.
    HalfOpen,
}

impl CircuitState {
    /// Its name in measures and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// A circuit that is not closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circuit {
    /// The tenant of the caller.
    pub tenant: TenantId,
    /// The stable name of the caller.
    pub actor: String,
    /// What it does.
    pub state: CircuitState,
    /// When it is half open, or has been since.
    pub open_until: Timestamp,
}

/// How a question was let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Admission {
    /// The circuit is closed.
    Usual,
    /// It is the one that a half-open circuit lets through.
    Trial,
}

/// A question that was let through, until its answer's tokens are counted.
#[derive(Clone, Debug)]
pub(super) struct Admitted {
    caller: Caller,
    admission: Admission,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Caller {
    tenant: TenantId,
    actor: String,
}

impl Caller {
    fn key(&self, what: &str) -> String {
        format!("flood/{what}/{}/{}", self.tenant, self.actor)
    }
}

impl Limits {
    /// Lets a question through, or not. Nothing is counted where there is no limit.
    pub(super) async fn admit_tokens(
        &self,
        principal: &Principal,
        tokens: u64,
    ) -> Result<Option<Admitted>> {
        let policy = self.settings.flood;
        if policy.tokens_max == 0 || matches!(principal.actor(), Actor::System(_)) {
            return Ok(None);
        }
        let caller = Caller {
            tenant: principal.tenant(),
            actor: principal.actor().to_string(),
        };
        let now = self.clock.now();
        if let Some(tokens) = self.circuits.take_abandoned(&caller) {
            let counter = tokens_counter(&policy, &caller, tokens);
            self.cache.add(&[counter], now).await?;
        }
        let admission = match self.open_until(&caller, now).await? {
            Some(until) if now < until => return Err(refused(left(now, until))),
            Some(until) => {
                self.circuits.note(&caller, until);
                self.begin_trial(&caller, until, now).await?;
                Admission::Trial
            }
            None => {
                self.circuits.forget(&caller);
                Admission::Usual
            }
        };
        let counter = tokens_counter(&policy, &caller, tokens);
        if admission == Admission::Trial {
            self.cache.add(&[counter], now).await?;
        } else if !self.cache.take(&[counter], now).await?.counted {
            self.open_circuit(&caller, now).await?;
            return Err(refused(policy.open));
        }
        Ok(Some(Admitted { caller, admission }))
    }

    /// Counts what an answer has taken, and opens or closes the circuit by that.
    pub(super) async fn settle_tokens(&self, admitted: &Admitted, tokens: u64) -> Result<()> {
        let (caller, now) = (&admitted.caller, self.clock.now());
        let counter = tokens_counter(&self.settings.flood, caller, tokens);
        let counts = self.cache.add(std::slice::from_ref(&counter), now).await?;
        let nothing = tokens_counter(&self.settings.flood, caller, 0);
        if counts.iter().any(|count| !count.allows(&nothing)) {
            return self.open_circuit(caller, now).await;
        }
        if admitted.admission == Admission::Trial {
            let key = caller.key("open");
            self.cache.put(&key, &[], Duration::ZERO, now).await?;
            self.circuits.forget(caller);
            self.circuits.measure(now);
        }
        Ok(())
    }

    /// Notes an answer whose reader has left; it is counted when the caller asks again.
    pub(super) fn note_abandoned(&self, admitted: Admitted) {
        self.circuits.note_abandoned(admitted.caller);
    }

    /// Until when the circuit of a caller is open, or was before it became half open.
    async fn open_until(&self, caller: &Caller, now: Timestamp) -> Result<Option<Timestamp>> {
        let kept = self.cache.get(&caller.key("open"), now).await?;
        let millisecond = kept.and_then(|kept| Some(i64::from_be_bytes(kept.try_into().ok()?)));
        Ok(millisecond.and_then(|millisecond| Timestamp::from_millisecond(millisecond).ok()))
    }

    /// Takes the one place of a half-open circuit.
    async fn begin_trial(&self, caller: &Caller, until: Timestamp, now: Timestamp) -> Result<()> {
        // Each opening has a place of its own.
        let key = format!("{}/{}", caller.key("trial"), until.as_millisecond());
        let trial = Counter::new(key, 1, TRIAL_MAX, 1);
        let taken = self.cache.take(std::slice::from_ref(&trial), now).await?;
        let wait = taken.counts.first().map(|count| count.wait(&trial));
        match taken.counted {
            true => Ok(()),
            false => Err(refused(wait.unwrap_or(TRIAL_MAX))),
        }
    }

    /// Opens the circuit of a caller. If nobody tries, it is forgotten a window after its time.
    async fn open_circuit(&self, caller: &Caller, now: Timestamp) -> Result<()> {
        let FloodPolicy { window, open, .. } = self.settings.flood;
        let until = now
            .checked_add(SignedDuration::try_from(open).unwrap_or_default())
            .unwrap_or(Timestamp::MAX);
        let kept = until.as_millisecond().to_be_bytes();
        self.cache
            .put(&caller.key("open"), &kept, open.saturating_add(window), now)
            .await?;
        metrics::counter!(TOKEN_FLOODS_TOTAL).increment(1);
        tracing::warn!(
            tenant_id = %caller.tenant,
            user_id = caller.actor,
            open_seconds = open.as_secs(),
            "too many tokens of one caller: nothing it asks is answered for a while"
        );
        self.circuits.note(caller, until);
        self.circuits.measure(now);
        Ok(())
    }
}

fn tokens_counter(policy: &FloodPolicy, caller: &Caller, tokens: u64) -> Counter {
    Counter::new(
        caller.key("tokens"),
        policy.tokens_max,
        policy.window,
        tokens,
    )
}

fn left(now: Timestamp, until: Timestamp) -> Duration {
    Duration::try_from(until.duration_since(now)).unwrap_or_default()
}

fn refused(wait: Duration) -> Error {
    metrics::counter!(LIMIT_REFUSALS_TOTAL, "limit" => NAME).increment(1);
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let sentence = format!(
        "the limit \"{NAME}\" is used up: the questions and answers of one person or key took too \
         many tokens, so nothing more is answered for a while; come back in {seconds} s"
    );
    Error::new(ErrorKind::Exhausted, sentence).with_retry_after(wait)
}

/// What this process knows of callers.
#[derive(Debug, Default)]
pub(super) struct Circuits {
    /// The circuits that it has found open, to be shown.
    open: Mutex<HashMap<Caller, Timestamp>>,
    /// Tokens of abandoned answers that are not counted yet.
    abandoned: Mutex<HashMap<Caller, u64>>,
}

impl Circuits {
    fn note(&self, caller: &Caller, until: Timestamp) {
        let mut open = held(&self.open);
        if open.len() < CIRCUITS_MAX || open.contains_key(caller) {
            open.insert(caller.clone(), until);
        }
    }

    fn forget(&self, caller: &Caller) {
        held(&self.open).remove(caller);
    }

    fn note_abandoned(&self, caller: Caller) {
        let mut abandoned = held(&self.abandoned);
        if abandoned.len() < ABANDONED_MAX || abandoned.contains_key(&caller) {
            *abandoned.entry(caller).or_default() += ABANDONED_TOKENS;
        }
    }

    fn take_abandoned(&self, caller: &Caller) -> Option<u64> {
        held(&self.abandoned).remove(caller)
    }

    pub(super) fn list(&self, now: Timestamp) -> Vec<Circuit> {
        let open = held(&self.open);
        let mut circuits: Vec<Circuit> = open
            .iter()
            .map(|(caller, until)| Circuit {
                tenant: caller.tenant,
                actor: caller.actor.clone(),
                state: state(now, *until),
                open_until: *until,
            })
            .collect();
        circuits.sort_unstable_by(|a, b| (a.tenant, &a.actor).cmp(&(b.tenant, &b.actor)));
        circuits
    }

    /// Counts the circuits by state. Those that nobody has tried for long are closed.
    pub(super) fn measure(&self, now: Timestamp) {
        let mut open = held(&self.open);
        open.retain(|_, until| now < *until + SHOWN_HALF_OPEN);
        let mut counts = [(CircuitState::Open, 0_u32), (CircuitState::HalfOpen, 0)];
        for until in open.values() {
            for (name, count) in &mut counts {
                *count += u32::from(*name == state(now, *until));
            }
        }
        drop(open);
        for (state, count) in counts {
            metrics::gauge!(TOKEN_FLOOD_CIRCUITS, "state" => state.name()).set(f64::from(count));
        }
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long a half-open circuit is shown that nobody tries.
const SHOWN_HALF_OPEN: SignedDuration = SignedDuration::from_hours(1);

fn state(now: Timestamp, until: Timestamp) -> CircuitState {
    match now < until {
        true => CircuitState::Open,
        false => CircuitState::HalfOpen,
    }
}
