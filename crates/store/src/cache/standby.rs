//! A shared cache with one in this process that stands in while the shared one is away.
//!
//! While Redis does not answer, each process keeps the limits for itself: a caller who reaches several
//! processes may then have the quota once in each. It is asked again once a second, and from its first
//! answer on it counts again; what was counted meanwhile is forgotten.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use alexandria_core::error::{Error, Result};
use async_trait::async_trait;
use jiff::Timestamp;

use super::{Cache, Count, Counter, MemoryCache, Taken, milliseconds};
use crate::metrics::{CACHE_SHARED_AWAY, CACHE_STANDBY_CALLS_TOTAL};

/// How often a shared cache that is away is asked whether it is back, in milliseconds.
pub(super) const RETRY_EVERY_MS: u64 = 1_000;

/// While the shared cache answers.
const HERE: u64 = 0;

/// A cache that others share, and the one that stands in for it.
#[derive(Debug)]
pub struct StandbyCache {
    shared: Arc<dyn Cache>,
    own: MemoryCache,
    /// When the shared one is asked next, in milliseconds; [`HERE`] while it answers.
    next_try: AtomicU64,
}

impl StandbyCache {
    /// Uses this cache while it answers.
    #[must_use]
    pub fn new(shared: Arc<dyn Cache>) -> Self {
        metrics::gauge!(CACHE_SHARED_AWAY).set(0.0);
        Self {
            shared,
            own: MemoryCache::new(),
            next_try: AtomicU64::new(HERE),
        }
    }

    /// Whether the shared cache did not answer when it was last asked.
    #[must_use]
    pub fn is_away(&self) -> bool {
        self.next_try.load(Ordering::Relaxed) != HERE
    }

    /// Asks the shared cache; nothing when it is away.
    async fn shared<T>(
        &self,
        now: u64,
        asked: impl Future<Output = Result<T>> + Send,
    ) -> Option<T> {
        let next = self.next_try.load(Ordering::Relaxed);
        if next != HERE && !self.is_turn(next, now) {
            metrics::counter!(CACHE_STANDBY_CALLS_TOTAL).increment(1);
            return None;
        }
        match asked.await {
            Ok(told) => {
                self.note_back();
                Some(told)
            }
            Err(error) => {
                self.note_away(now, &error);
                None
            }
        }
    }

    /// Whether this call is the one that asks again: one in each second.
    fn is_turn(&self, next: u64, now: u64) -> bool {
        // A clock that was put back must not make it wait for ever.
        let due = now >= next || now + RETRY_EVERY_MS < next;
        let later = now + RETRY_EVERY_MS;
        let order = Ordering::Relaxed;
        due && self
            .next_try
            .compare_exchange(next, later, order, order)
            .is_ok()
    }

    fn note_back(&self) {
        if self.next_try.swap(HERE, Ordering::Relaxed) != HERE {
            metrics::gauge!(CACHE_SHARED_AWAY).set(0.0);
            tracing::info!("Redis answers again; limits are shared again");
        }
    }

    fn note_away(&self, now: u64, error: &Error) {
        metrics::counter!(CACHE_STANDBY_CALLS_TOTAL).increment(1);
        if self.next_try.swap(now + RETRY_EVERY_MS, Ordering::Relaxed) == HERE {
            metrics::gauge!(CACHE_SHARED_AWAY).set(1.0);
            tracing::warn!(
                error = %error.chain(),
                "Redis does not answer; this process keeps limits for itself until it does"
            );
        }
    }
}

#[async_trait]
impl Cache for StandbyCache {
    async fn get(&self, key: &str, now: Timestamp) -> Result<Option<Vec<u8>>> {
        match self
            .shared(milliseconds(now), self.shared.get(key, now))
            .await
        {
            Some(told) => Ok(told),
            None => self.own.get(key, now).await,
        }
    }

    async fn put(&self, key: &str, value: &[u8], lives: Duration, now: Timestamp) -> Result<()> {
        let asked = self.shared.put(key, value, lives, now);
        match self.shared(milliseconds(now), asked).await {
            Some(()) => Ok(()),
            None => self.own.put(key, value, lives, now).await,
        }
    }

    async fn take(&self, counters: &[Counter], now: Timestamp) -> Result<Taken> {
        match self
            .shared(milliseconds(now), self.shared.take(counters, now))
            .await
        {
            Some(told) => Ok(told),
            None => self.own.take(counters, now).await,
        }
    }

    async fn add(&self, counters: &[Counter], now: Timestamp) -> Result<Vec<Count>> {
        match self
            .shared(milliseconds(now), self.shared.add(counters, now))
            .await
        {
            Some(told) => Ok(told),
            None => self.own.add(counters, now).await,
        }
    }

    async fn check(&self) -> Result<()> {
        self.shared.check().await
    }

    async fn close(&self) {
        self.shared.close().await;
    }
}
