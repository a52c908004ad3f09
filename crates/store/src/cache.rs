//! What is known for a while: values that end by themselves, and counters in sliding windows.
//!
//! There are two engines with the same results to the number: one in this process, and Redis for
//! processes that share their limits. Time is an argument, so that both can be compared step by step.
//!
//! A counter is a sliding-window counter: it holds what was counted in the current window of fixed
//! length `W` and in the one before. At `e` milliseconds into the current window, `previous × (W − e)
//! / W + current` stands for what was counted in the last `W` milliseconds. The approximation and its
//! use for rate limits are described by Cloudflare, "How we built rate limiting capable of scaling to
//! millions of domains" (2017). All of it is done in whole numbers, multiplied by `W` instead of
//! divided.
//!
//! Error bound: the estimate takes what was counted in the window before as spread evenly. Where it
//! all came at that window's end, the estimate is too small by at most `e / W` of it; so any span of
//! `W` holds less than twice the quota, and any two windows that follow each other no more than twice
//! the quota. For an even flow the estimate is exact to one.

mod memory;
mod redis;
mod standby;

use std::time::Duration;

use alexandria_core::error::Result;
use async_trait::async_trait;
use jiff::Timestamp;

pub use self::memory::MemoryCache;
pub use self::redis::RedisCache;
pub use self::standby::StandbyCache;

/// The largest quota and count. With the longest window every product stays below 2^53, which is
/// what the numbers of Redis' scripts hold exactly.
pub const COUNTER_QUOTA_MAX: u64 = 500_000_000;

/// The longest window of a counter.
pub const COUNTER_WINDOW_MAX: Duration = Duration::from_hours(1);

/// The most counters that one call takes from.
pub const COUNTERS_PER_TAKE_MAX: usize = 16;

/// Something that is counted, and how much of it there may be in a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    key: String,
    quota: u64,
    window_ms: u64,
    cost: u64,
}

impl Counter {
    /// At most `quota` in any `window`, of which this call takes `cost`. What goes beyond
    /// [`COUNTER_QUOTA_MAX`] and [`COUNTER_WINDOW_MAX`] is cut.
    #[must_use]
    pub fn new(key: impl Into<String>, quota: u64, window: Duration, cost: u64) -> Self {
        let window = window.clamp(Duration::from_millis(1), COUNTER_WINDOW_MAX);
        Self {
            key: key.into(),
            quota: quota.min(COUNTER_QUOTA_MAX),
            window_ms: u64::try_from(window.as_millis()).unwrap_or(u64::MAX),
            cost: cost.min(COUNTER_QUOTA_MAX),
        }
    }

    /// What it is known by.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// How much there may be in a window.
    #[must_use]
    pub const fn quota(&self) -> u64 {
        self.quota
    }

    /// The length of the window.
    #[must_use]
    pub const fn window(&self) -> Duration {
        Duration::from_millis(self.window_ms)
    }

    /// What a call takes.
    #[must_use]
    pub const fn cost(&self) -> u64 {
        self.cost
    }
}

/// What a counter holds at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// In the window before the current one.
    pub previous: u64,
    /// In the current window.
    pub current: u64,
    /// Milliseconds since the current window began.
    pub elapsed_ms: u64,
}

impl Count {
    /// Whether the counter's cost can be taken.
    #[must_use]
    pub const fn allows(&self, counter: &Counter) -> bool {
        let window = counter.window_ms;
        let weighed = self.previous * window.saturating_sub(self.elapsed_ms);
        weighed + (self.current + counter.cost) * window <= counter.quota * window
    }

    /// How much of the quota is left at this moment.
    #[must_use]
    pub const fn remaining(&self, counter: &Counter) -> u64 {
        let window = counter.window_ms;
        let weighed = self.previous * window.saturating_sub(self.elapsed_ms);
        let left = (counter.quota * window).saturating_sub(weighed + self.current * window);
        left / window
    }

    /// After what time the counter's cost can be taken, if nothing else is taken meanwhile; zero when
    /// it can be now, and two windows for what never can.
    #[must_use]
    pub fn wait(&self, counter: &Counter) -> Duration {
        let window = counter.window_ms;
        let left_in_window = window.saturating_sub(self.elapsed_ms);
        let wait_ms = match free_at(self.previous, self.current, counter) {
            Some(at) if at <= window => at.saturating_sub(self.elapsed_ms),
            Some(_) | None => {
                let next = free_at(self.current, 0, counter).unwrap_or(window);
                left_in_window + next
            }
        };
        Duration::from_millis(wait_ms)
    }
}

/// Milliseconds into a window from which on the cost can be taken with these counts; none when it
/// cannot be in that window.
fn free_at(previous: u64, current: u64, counter: &Counter) -> Option<u64> {
    let free = counter.quota.checked_sub(current + counter.cost)?;
    if previous <= free {
        return Some(0);
    }
    // Smallest e with previous × (W − e) ≤ free × W.
    Some(counter.window_ms - free * counter.window_ms / previous)
}

/// What has become of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Whether all counters allowed it, so that all have counted it. Otherwise none has.
    pub counted: bool,
    /// What each counter holds now, in their order.
    pub counts: Vec<Count>,
}

/// Values and counters that end by themselves.
///
/// Every implementation keeps to `cache/suite.rs`: the same calls at the same moments have the same
/// results. A counter's time never goes back: a moment before its window counts as the window's begin.
#[async_trait]
pub trait Cache: Send + Sync + std::fmt::Debug {
    /// The value put under a key, unless its time is over at `now`.
    ///
    /// # Errors
    /// `Unavailable` or `Timeout` when the engine does not answer.
    async fn get(&self, key: &str, now: Timestamp) -> Result<Option<Vec<u8>>>;

    /// Puts a value under a key, in place of what is there, for a time that begins at `now`. A time of
    /// zero removes it. An engine that is full may forget it earlier.
    ///
    /// # Errors
    /// As for [`Cache::get`].
    async fn put(&self, key: &str, value: &[u8], lives: Duration, now: Timestamp) -> Result<()>;

    /// Takes from all counters, or from none when one does not allow it. Their keys must differ; at
    /// most [`COUNTERS_PER_TAKE_MAX`].
    ///
    /// # Errors
    /// As for [`Cache::get`].
    async fn take(&self, counters: &[Counter], now: Timestamp) -> Result<Taken>;

    /// Counts what has happened already, whether the counters allow it or not.
    ///
    /// # Errors
    /// As for [`Cache::get`].
    async fn add(&self, counters: &[Counter], now: Timestamp) -> Result<Vec<Count>>;

    /// Whether the engine answers.
    ///
    /// # Errors
    /// As for [`Cache::get`].
    async fn check(&self) -> Result<()>;

    /// Lets go of connections.
    async fn close(&self) {}
}

/// A moment as the engines count it: milliseconds, none before 1970.
fn milliseconds(now: Timestamp) -> u64 {
    u64::try_from(now.as_millisecond()).unwrap_or_default()
}

#[cfg(test)]
mod suite;
#[cfg(test)]
mod tests;
