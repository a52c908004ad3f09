//! Generators as the library uses them, before providers that behave and providers that do not.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops where something is not as it should be, and says what it leaves out"
)]

mod answers;
mod embedding;
mod faults;
mod guard;
mod local;
mod real;
mod recordings;
mod server;
mod support;
