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
mod front;
mod library;
mod mcp;
mod presence;
mod serve;
mod telemetry;
mod vault;
mod web;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    if let Some(ended) = cli::parse_worker::dispatch(&arguments) {
        return ended;
    }
    cli::run(arguments)
}

/// Files that the process may hold open at most: every open collection of vectors holds three.
const FILES_OPEN_MAX: u64 = 65_536;

/// The runtime of the process, which may hold as many files open as the system lets it, up to
/// [`FILES_OPEN_MAX`]: what is usual at first is 1,024. A write beyond the size that the system allows for files is from now
/// on an error like a full disk, where it would have ended the process.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    use rustix::process::{Resource, getrlimit, setrlimit};
    use tokio::signal::unix::{SignalKind, signal};
    let doing = || "cannot start the runtime".to_owned();
    let mut files = getrlimit(Resource::Nofile);
    let wanted = files.maximum.unwrap_or(u64::MAX).min(FILES_OPEN_MAX);
    if files.current.is_some_and(|allowed| allowed < wanted) {
        files.current = Some(wanted);
        // Where that is refused, fewer collections stay open.
        setrlimit(Resource::Nofile, files).ok();
    }
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
