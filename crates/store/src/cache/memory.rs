//! The cache in this process: bounded, and gone with it.
//!
//! Entries lie in two generations. What is used moves to the young one; when that is full, it becomes
//! the old one, and the former old one is forgotten. So what goes is what has not been used for long,
//! without a list of uses. Forgetting a counter begins it anew.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alexandria_core::error::Result;
use async_trait::async_trait;
use jiff::Timestamp;

use super::{COUNTER_QUOTA_MAX, Cache, Count, Counter, Taken, milliseconds};

/// The most counters that are kept, about 150 bytes each.
const COUNTERS_MAX: usize = 131_072;

/// The most bytes of values that are kept, with their keys.
const VALUE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// What an entry takes beside its key and value, in bytes.
const ENTRY_BYTES: usize = 64;

/// The cache in this process.
#[derive(Debug)]
pub struct MemoryCache {
    counters: Mutex<Generations<Slot>>,
    values: Mutex<Generations<Value>>,
}

/// A counter as kept.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    /// The number of its current window since 1970.
    window: u64,
    previous: u64,
    current: u64,
}

#[derive(Debug)]
struct Value {
    bytes: Vec<u8>,
    ends_ms: u64,
}

impl MemoryCache {
    /// An empty cache.
    #[must_use]
    pub fn new() -> Self {
        Self {
            counters: Mutex::new(Generations::new(COUNTERS_MAX)),
            values: Mutex::new(Generations::new(VALUE_BYTES_MAX)),
        }
    }

    fn count(&self, counters: &[Counter], now: Timestamp, asks: Asks) -> Taken {
        let now = milliseconds(now);
        let mut kept = held(&self.counters);
        let mut counts: Vec<Count> = counters
            .iter()
            .map(|counter| {
                let slot = kept
                    .get(&counter.key)
                    .map_or_else(Slot::default, |slot| *slot);
                slot.at(now, counter.window_ms).1
            })
            .collect();
        let mut both = counters.iter().zip(&counts);
        let counted = asks == Asks::No || both.all(|(counter, count)| count.allows(counter));
        if counted {
            for (counter, count) in counters.iter().zip(&mut counts) {
                let slot = kept.entry(&counter.key, 1);
                let (moved, _) = slot.at(now, counter.window_ms);
                *slot = moved;
                slot.current = (slot.current + counter.cost).min(COUNTER_QUOTA_MAX);
                count.current = slot.current;
            }
        }
        Taken { counted, counts }
    }
}

/// Whether the counters are asked before they count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    Yes,
    No,
}

impl Slot {
    /// The slot at a moment, and what it says then.
    const fn at(self, now_ms: u64, window_ms: u64) -> (Self, Count) {
        let window = now_ms / window_ms;
        let (slot, elapsed_ms) = if window < self.window {
            (self, 0)
        } else if window == self.window {
            (self, now_ms % window_ms)
        } else {
            let follows = window == self.window + 1;
            let slot = Self {
                window,
                previous: if follows { self.current } else { 0 },
                current: 0,
            };
            (slot, now_ms % window_ms)
        };
        let count = Count {
            previous: slot.previous,
            current: slot.current,
            elapsed_ms,
        };
        (slot, count)
    }
}

impl Default for MemoryCache {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Cache for MemoryCache {
    async fn get(&self, key: &str, now: Timestamp) -> Result<Option<Vec<u8>>> {
        let now = milliseconds(now);
        let mut values = held(&self.values);
        let live = values.get(key).filter(|value| now < value.ends_ms);
        Ok(live.map(|value| value.bytes.clone()))
    }

    async fn put(&self, key: &str, value: &[u8], lives: Duration, now: Timestamp) -> Result<()> {
        let lives_ms = u64::try_from(lives.as_millis()).unwrap_or(u64::MAX);
        let value = Value {
            bytes: value.to_vec(),
            ends_ms: milliseconds(now).saturating_add(lives_ms),
        };
        let weight = key.len() + value.bytes.len() + ENTRY_BYTES;
        let mut values = held(&self.values);
        values.remove(key);
        if lives_ms > 0 {
            values.insert(key, value, weight);
        }
        Ok(())
    }

    async fn take(&self, counters: &[Counter], now: Timestamp) -> Result<Taken> {
        Ok(self.count(counters, now, Asks::Yes))
    }

    async fn add(&self, counters: &[Counter], now: Timestamp) -> Result<Vec<Count>> {
        Ok(self.count(counters, now, Asks::No).counts)
    }

    async fn check(&self) -> Result<()> {
        Ok(())
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere leaves whole entries behind.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A map of bounded weight that forgets what has not been used for long.
#[derive(Debug)]
struct Generations<V> {
    young: HashMap<Box<str>, (V, usize)>,
    old: HashMap<Box<str>, (V, usize)>,
    /// The weight of the young ones.
    weight: usize,
    /// What both generations may weigh.
    weight_max: usize,
}

impl<V> Generations<V> {
    fn new(weight_max: usize) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            weight: 0,
            weight_max,
        }
    }

    /// An entry, which is then among the young.
    fn get(&mut self, key: &str) -> Option<&mut V> {
        if !self.young.contains_key(key) {
            let (key, (value, weight)) = self.old.remove_entry(key)?;
            self.add(key, value, weight);
        }
        self.young.get_mut(key).map(|(value, _)| value)
    }

    /// An entry, made if there is none.
    fn entry(&mut self, key: &str, weight: usize) -> &mut V
    where
        V: Default,
    {
        if self.get(key).is_none() {
            self.add(key.into(), V::default(), weight);
        }
        let entry = self.young.entry(key.into());
        &mut entry.or_insert_with(|| (V::default(), weight)).0
    }

    fn insert(&mut self, key: &str, value: V, weight: usize) {
        self.add(key.into(), value, weight);
    }

    fn remove(&mut self, key: &str) {
        self.old.remove(key);
        if let Some((_, weight)) = self.young.remove(key) {
            self.weight -= weight;
        }
    }

    /// Adds what is in neither generation.
    fn add(&mut self, key: Box<str>, value: V, weight: usize) {
        if self.weight + weight > self.weight_max / 2 {
            self.old = std::mem::take(&mut self.young);
            self.weight = 0;
        }
        self.weight += weight;
        self.young.insert(key, (value, weight));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_and_what_is_used_stays() {
        let mut kept = Generations::new(100);
        *kept.entry("mine", 1) = 7_u32;
        for number in 0..10_000 {
            *kept.entry(&number.to_string(), 1) = number;
            assert_eq!(kept.get("mine").copied(), Some(7));
            assert!(kept.young.len() + kept.old.len() <= 100);
        }
        assert_eq!(kept.get("9999").copied(), Some(9999));
        assert_eq!(kept.get("1"), None);
    }
}
