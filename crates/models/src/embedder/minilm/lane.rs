//! A fixed number of places at which passages are worked on, whoever asks for it.

use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The lanes of a model.
pub(super) struct Lanes {
    count: usize,
    free: Mutex<usize>,
    freed: Condvar,
}

/// A lane that is taken until this is dropped.
pub(super) struct Lane<'a>(&'a Lanes);

impl Lanes {
    pub(super) fn new(count: NonZeroUsize) -> Self {
        Self {
            count: count.get(),
            free: Mutex::new(count.get()),
            freed: Condvar::new(),
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Waits for a lane.
    pub(super) fn take(&self) -> Lane<'_> {
        let free = self.free();
        let waited = self.freed.wait_while(free, |free| *free == 0);
        *waited.unwrap_or_else(PoisonError::into_inner) -= 1;
        Lane(self)
    }

    /// The number stays right if a thread panics, because nothing panics while it is held.
    fn free(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Lane<'_> {
    fn drop(&mut self) {
        *self.0.free() += 1;
        self.0.freed.notify_one();
    }
}
