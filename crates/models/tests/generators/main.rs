//! Generators as the library uses them, before providers that behave and providers that do not.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it should be"
)]

mod answers;
mod faults;
mod guard;
mod real;
mod recordings;
mod server;
mod support;
