//! The one binary, `alexandria`: server, command line, worker.
//!
//! Nothing is decided here but the order: the parse worker comes before everything else, because it
//! is started for every file and reads hostile input.

use std::ffi::OsString;
use std::process::ExitCode;

use alexandria_core::error::{Context, ErrorKind, Result};

mod api;
mod cli;
mod config;
mod library;
mod presence;
mod serve;
mod telemetry;
mod web;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    if let Some(ended) = cli::parse_worker::dispatch(&arguments) {
        return ended;
    }
    cli::run(arguments)
}

/// The runtime of the process.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context(ErrorKind::Internal, || {
            "cannot start the runtime".to_owned()
        })
}
