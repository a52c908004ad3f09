//! A small cache that forgets what was used longest ago.
//!
//! Bounded by the weight of what it holds, not by its count, because a picture of a page weighs a
//! thousand times what an embedding does. Every value can be computed again, so nothing waits for it.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// Values by key, at most so heavy.
pub(crate) struct Cache<K, V> {
    weight_max: usize,
    kept: Mutex<Kept<K, V>>,
}

struct Kept<K, V> {
    weight: usize,
    clock: u64,
    values: HashMap<K, Entry<V>>,
    /// Keys by when they were last used.
    used: BTreeMap<u64, K>,
}

struct Entry<V> {
    value: V,
    weight: usize,
    used: u64,
}

impl<K: Hash + Eq + Clone, V: Clone> Cache<K, V> {
    pub(crate) fn new(weight_max: usize) -> Self {
        let kept = Kept {
            weight: 0,
            clock: 0,
            values: HashMap::new(),
            used: BTreeMap::new(),
        };
        Self {
            weight_max,
            kept: Mutex::new(kept),
        }
    }

    /// The value kept under a key, which now counts as used.
    pub(crate) fn get(&self, key: &K) -> Option<V> {
        self.kept().get(key)
    }

    /// Keeps a value that weighs so much; one heavier than the whole cache is not kept.
    pub(crate) fn put(&self, key: K, value: V, weight: usize) {
        if weight > self.weight_max {
            return;
        }
        let mut kept = self.kept();
        kept.remove(&key);
        kept.insert(key, value, weight);
        while kept.weight > self.weight_max && kept.forget_oldest() {}
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        let mut kept = self.kept();
        kept.weight = 0;
        kept.values.clear();
        kept.used.clear();
    }

    /// Keeps a value only as long as nobody holds the lock in a panic: a poisoned cache is as good
    /// as any, since every step leaves it whole.
    fn kept(&self) -> std::sync::MutexGuard<'_, Kept<K, V>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Kept<K, V> {
    fn get(&mut self, key: &K) -> Option<V> {
        self.clock += 1;
        let entry = self.values.get_mut(key)?;
        self.used.remove(&entry.used);
        entry.used = self.clock;
        self.used.insert(self.clock, key.clone());
        Some(entry.value.clone())
    }

    fn insert(&mut self, key: K, value: V, weight: usize) {
        self.clock += 1;
        self.weight += weight;
        self.used.insert(self.clock, key.clone());
        self.values.insert(
            key,
            Entry {
                value,
                weight,
                used: self.clock,
            },
        );
    }

    fn remove(&mut self, key: &K) {
        if let Some(entry) = self.values.remove(key) {
            self.weight -= entry.weight;
            self.used.remove(&entry.used);
        }
    }

    fn forget_oldest(&mut self) -> bool {
        let Some((_, key)) = self.used.pop_first() else {
            return false;
        };
        if let Some(entry) = self.values.remove(&key) {
            self.weight -= entry.weight;
        }
        true
    }
}

impl<K, V> fmt::Debug for Cache<K, V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Cache({} at most)", self.weight_max)
    }
}

#[cfg(test)]
mod tests {
    use super::Cache;

    #[test]
    fn what_was_used_longest_ago_is_forgotten_first() {
        let cache = Cache::new(3);
        for key in ["a", "b", "c"] {
            cache.put(key, key.to_uppercase(), 1);
        }
        assert_eq!(cache.get(&"a"), Some("A".to_owned()));
        cache.put("d", "D".to_owned(), 1);
        assert_eq!(cache.get(&"b"), None);
        assert_eq!(cache.get(&"a"), Some("A".to_owned()));
    }

    #[test]
    fn a_heavy_value_pushes_out_several_and_a_too_heavy_one_is_not_kept() {
        let cache = Cache::new(10);
        for key in 0..10 {
            cache.put(key, key, 1);
        }
        cache.put(100, 100, 8);
        cache.put(200, 200, 11);
        assert_eq!(cache.get(&200), None);
        assert_eq!(cache.get(&100), Some(100));
        assert_eq!((0..10).filter(|key| cache.get(key).is_some()).count(), 2);
    }

    #[test]
    fn a_value_put_again_is_counted_once() {
        let cache = Cache::new(2);
        for _ in 0..5 {
            cache.put("a", 1, 1);
        }
        cache.put("b", 2, 1);
        assert_eq!((cache.get(&"a"), cache.get(&"b")), (Some(1), Some(2)));
    }
}
