//! Time and ids come in through an argument, so that a test can choose them.

use std::fmt;

use jiff::Timestamp;

/// Where the time comes from.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The present moment.
    fn now(&self) -> Timestamp;
}
