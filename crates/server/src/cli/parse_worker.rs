//! The hidden verb that reads one file under limits. It is dispatched before anything else is set
//! up, because it starts once for every file.

use std::ffi::OsString;
use std::process::ExitCode;

use alexandria_core::error::{Error, ErrorKind};

/// The verb.
pub(crate) const NAME: &str = "parse-worker";

/// Does the work when the command line is that of a worker.
pub(crate) fn dispatch(arguments: &[OsString]) -> Option<ExitCode> {
    let (_program, rest) = arguments.split_first()?;
    let (verb, orders) = rest.split_first()?;
    if verb != NAME {
        return None;
    }
    let text = |order: &OsString| order.to_str().map(str::to_owned);
    let orders: Option<Vec<String>> = orders.iter().map(text).collect();
    Some(alexandria_library::reading::parse_worker(
        &orders.unwrap_or_default(),
    ))
}

/// The error when the verb stands elsewhere than first.
pub(crate) fn misused() -> Error {
    Error::new(
        ErrorKind::Invalid,
        "parse-worker is started by the library itself",
    )
}
