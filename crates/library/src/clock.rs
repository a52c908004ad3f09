//! The real clock and the real source of ids. Tests bring their own.

use std::fmt;

use alexandria_core::clock::Clock;
use alexandria_core::id::IdSource;
use jiff::Timestamp;
use uuid::Uuid;

/// The time of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// UUIDs of version 7 from this machine's time and randomness.
///
/// Ids of one process grow: the library that makes them counts within a millisecond.
#[derive(Clone, Copy, Default)]
pub struct SystemIds;

impl IdSource for SystemIds {
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}

impl fmt::Debug for SystemIds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SystemIds")
    }
}
