//! The one binary, `alexandria`: server, command line, worker.
//!
//! Nothing is decided here but the order: the parse worker comes before everything else, because it
//! is started for every file and reads hostile input.

use std::ffi::OsString;
use std::process::ExitCode;

use alexandria_core::error::{Context, ErrorKind, Result};

mod access;
mod ages;
mod alerts;
mod api;
mod cli;
mod config;
mod library;
mod mcp;
mod presence;
mod serve;
mod telemetry;
mod vault;
mod web;
mod webhook;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    if let Some(ended) = cli::parse_worker::dispatch(&arguments) {
        return ended;
    }
    cli::run(arguments)
}

/// The runtime of the process. A write beyond the size that the system allows for files is from now
/// on an error like a full disk, where it would have ended the process.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    use tokio::signal::unix::{SignalKind, signal};
    let doing = || "cannot start the runtime".to_owned();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context(ErrorKind::Internal, doing)?;
    let entered = runtime.enter();
    let file_too_large = SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw());
    // Whoever listens once is never ended by the signal again; what is heard says nothing new.
    drop(signal(file_too_large).context(ErrorKind::Internal, doing)?);
    drop(entered);
    Ok(runtime)
}
