//! Limits of use: how many requests, how many at once, how many tokens. So one who asks too much is
//! told to come back, and nobody else notices.
//!
//! Which limits hold for a caller is decided in [`applying`], without a clock or a store; counting is
//! the cache's, in this process or in Redis. What is under way at once is counted in each process.
//! The product itself ([`Actor::System`]) has no limits.
//!
//! [`Actor::System`]: alexandria_core::principal::Actor::System

mod answering;
pub mod applying;
mod flood;
mod places;

use std::net::IpAddr;
use std::sync::Arc;

use alexandria_core::clock::Clock;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::principal::Principal;
use alexandria_store::cache::{Cache, Count, Counter, MemoryCache, RedisCache, StandbyCache};

use self::applying::{Applied, RatePolicy};
use self::flood::Circuits;
use self::places::Places;
use crate::metrics::{LIMIT_REFUSALS_TOTAL, LIMITS_UNCOUNTED_TOTAL};

pub use self::flood::{
    Circuit, CircuitState, FLOOD_OPEN_DEFAULT, FLOOD_TOKENS_DEFAULT, FLOOD_WINDOW_DEFAULT,
    FloodPolicy,
};
pub use self::places::{
    Kind, Place, PlacePolicy, TENANT_ANSWERS_DEFAULT, TENANT_REQUESTS_DEFAULT,
    USER_ANSWERS_DEFAULT, USER_REQUESTS_DEFAULT, UnderWay,
};

/// What callers may do, and where it is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LimitSettings {
    /// The address of the Redis that processes share their counters in; in this process when none.
    pub redis: Option<String>,
    /// How many requests there may be.
    pub rates: RatePolicy,
    /// How many may be under way at once.
    pub places: PlacePolicy,
    /// How many tokens questions and answers of one caller may take.
    pub flood: FloodPolicy,
}

/// The limits of a library, and what is counted.
#[derive(Debug)]
pub struct Limits {
    settings: LimitSettings,
    cache: Arc<dyn Cache>,
    clock: Arc<dyn Clock>,
    places: Places,
    circuits: Circuits,
}

/// A limit, and what its counter holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The limit.
    pub applied: Applied,
    /// What has been counted.
    pub count: Count,
}

/// What the limits say to a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it may go on.
    pub allowed: bool,
    /// Every limit that holds for it.
    pub standings: Vec<Standing>,
}

impl Limits {
    /// Opens the cache that the settings name.
    ///
    /// # Errors
    /// `Invalid` when the address of Redis is none.
    pub(crate) fn open(settings: LimitSettings, clock: Arc<dyn Clock>) -> Result<Self> {
        let cache: Arc<dyn Cache> = match &settings.redis {
            Some(url) => Arc::new(StandbyCache::new(Arc::new(RedisCache::open(url)?))),
            None => Arc::new(MemoryCache::new()),
        };
        Ok(Self {
            cache,
            clock,
            places: Places::default(),
            circuits: Circuits::default(),
            settings,
        })
    }

    /// What is limited, and how.
    #[must_use]
    pub const fn settings(&self) -> &LimitSettings {
        &self.settings
    }

    /// Counts a request of this address, before it is known who asks.
    pub async fn admit_address(&self, address: IpAddr) -> Verdict {
        self.admit(applying::of_address(&self.settings.rates, address))
            .await
    }

    /// Counts a request of this principal.
    pub async fn admit_principal(&self, principal: &Principal) -> Verdict {
        self.admit(applying::of_principal(&self.settings.rates, principal))
            .await
    }

    /// Takes a place among the requests of the principal's tenant and of itself that are under way. It
    /// is given back when it is dropped.
    ///
    /// # Errors
    /// `Exhausted` when all are taken.
    pub fn take_place(&self, principal: &Principal) -> Result<Place> {
        self.places
            .take(places::requests(&self.settings.places, principal))
    }

    /// Whether processes share what is counted: none when they do not, or else whether Redis answers.
    pub async fn is_shared(&self) -> Option<bool> {
        self.settings.redis.as_ref()?;
        Some(self.cache.check().await.is_ok())
    }

    /// What is under way, of every tenant.
    #[must_use]
    pub fn under_way(&self) -> Vec<UnderWay> {
        self.places.under_way()
    }

    /// The circuits that this process has found open, of every tenant.
    #[must_use]
    pub fn circuits(&self) -> Vec<Circuit> {
        self.circuits.list(self.clock.now())
    }

    /// Tells the measures how many circuits are in which state.
    pub fn measure(&self) {
        self.circuits.measure(self.clock.now());
    }

    pub(crate) async fn close(&self) {
        self.cache.close().await;
    }

    async fn admit(&self, limits: Vec<Applied>) -> Verdict {
        if limits.is_empty() {
            return Verdict {
                allowed: true,
                standings: Vec::new(),
            };
        }
        let counters: Vec<Counter> = limits.iter().map(|limit| limit.counter.clone()).collect();
        let taken = match self.cache.take(&counters, self.clock.now()).await {
            Ok(taken) => taken,
            Err(error) => {
                // A fault of the cache must not shut everybody out; the measure calls for help.
                metrics::counter!(LIMITS_UNCOUNTED_TOTAL).increment(1);
                tracing::error!(error = %error.chain(), "cannot count a request; it goes on");
                return Verdict {
                    allowed: true,
                    standings: Vec::new(),
                };
            }
        };
        let both = limits.into_iter().zip(taken.counts);
        let verdict = Verdict {
            allowed: taken.counted,
            standings: both
                .map(|(applied, count)| Standing { applied, count })
                .collect(),
        };
        if let Some(refusing) = verdict.refusing() {
            metrics::counter!(LIMIT_REFUSALS_TOTAL, "limit" => refusing.applied.name).increment(1);
        }
        verdict
    }
}

impl Verdict {
    /// The limit that stands in the way; of several, the one that does so longest.
    #[must_use]
    pub fn refusing(&self) -> Option<&Standing> {
        if self.allowed {
            return None;
        }
        let refusing = self
            .standings
            .iter()
            .filter(|standing| !standing.count.allows(&standing.applied.counter));
        refusing.max_by_key(|standing| standing.count.wait(&standing.applied.counter))
    }

    /// The limit of which the smallest part is left: what a caller has to look at.
    #[must_use]
    pub fn tightest(&self) -> Option<&Standing> {
        self.refusing().or_else(|| {
            self.standings.iter().min_by_key(|standing| {
                let counter = &standing.applied.counter;
                standing.count.remaining(counter) * 1_000_000 / counter.quota().max(1)
            })
        })
    }

    /// What the one who is refused is told; nothing when the request may go on.
    #[must_use]
    pub fn refusal(&self) -> Option<Error> {
        let Standing { applied, count } = self.refusing()?;
        let wait = count.wait(&applied.counter);
        let (quota, window) = (applied.counter.quota(), applied.counter.window().as_secs());
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let sentence = format!(
            "the limit \"{}\" is used up: {} may make {quota} requests in {window} s; come back in \
             {seconds} s",
            applied.name,
            applied.subject.noun()
        );
        Some(Error::new(ErrorKind::Exhausted, sentence).with_retry_after(wait))
    }
}

#[cfg(test)]
mod tests;
