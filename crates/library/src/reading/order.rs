//! What a parse worker is told, and the worker's side of it.
//!
//! The order travels as the one argument of `alexandria parse-worker`, the file as standard input,
//! the answers as frames on standard output (see [`alexandria_extract::worker`]).

use std::io::Read;
use std::process::ExitCode;

use alexandria_core::error::{Context, ErrorKind, Result};
use alexandria_extract::worker::{Request, serve_confined};
use alexandria_extract::{Limits, Source};
use serde::{Deserialize, Serialize};

/// The hidden verb under which the program reads files.
pub(crate) const PARSE_WORKER_VERB: &str = "parse-worker";

/// The exit code of a worker that was called wrongly.
const EXIT_USAGE: u8 = 2;

/// The score that makes the kernel end a process before all others.
const OUT_OF_MEMORY_SCORE_MAX: &str = "1000";

/// What a parse worker is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Order {
    /// What is asked.
    pub(crate) request: Request,
    /// The file's name, for telling plain formats apart.
    pub(crate) name: String,
    /// What it may cost.
    pub(crate) limits: Limits,
}

impl Order {
    /// The order as an argument of a command.
    pub(crate) fn to_argument(&self) -> Result<String> {
        serde_json::to_string(self).context(ErrorKind::Internal, || {
            "cannot write the order of a parse worker".to_owned()
        })
    }
}

/// The whole of `alexandria parse-worker ORDER`: reads the file from standard input behind its own
/// limits and answers on standard output.
///
/// Call it before anything else is set up: it starts once for every file, and whatever is allocated
/// counts against the limits. `arguments` are those after the verb.
#[must_use]
pub fn parse_worker(arguments: &[String]) -> ExitCode {
    let order = match arguments {
        [order] => serde_json::from_str::<Order>(order).ok(),
        _ => None,
    };
    let Some(order) = order else {
        return ExitCode::from(EXIT_USAGE);
    };
    go_first();
    let Some(source) = standard_input(order.name) else {
        return ExitCode::FAILURE;
    };
    let mut output = std::io::BufWriter::new(std::io::stdout());
    match serve_confined(&order.request, &order.limits, &source, &mut output) {
        Ok(()) => ExitCode::SUCCESS,
        // The parent is gone: there is nobody left to tell.
        Err(_) => ExitCode::FAILURE,
    }
}

/// Makes this process the first to be ended when the machine runs out of memory: a hostile file then
/// costs itself, and never the server.
fn go_first() {
    // A system without this file chooses for itself, most likely the same: the largest process.
    fs_err::write("/proc/self/oom_score_adj", OUT_OF_MEMORY_SCORE_MAX).ok();
}

/// The file on standard input: mapped, so that its pages can be given back, or read when it is not a
/// file that can be mapped (empty, or a pipe).
fn standard_input(name: String) -> Option<Source> {
    let input = std::io::stdin();
    if let Some(map) = map(&input) {
        return Some(Source::new(map, name));
    }
    let mut bytes = Vec::new();
    input.lock().read_to_end(&mut bytes).ok()?;
    Some(Source::new(bytes, name))
}

#[expect(
    unsafe_code,
    reason = "a memory map is the only way to read a large file without holding it"
)]
fn map(input: &std::io::Stdin) -> Option<memmap2::Mmap> {
    // SAFETY: the parent gives us a file of the blob store. Those are written once, under another
    // name, and never changed or cut afterwards, so the mapped bytes stay as they are. Removing the
    // file leaves the mapping whole.
    unsafe { memmap2::Mmap::map(input) }.ok()
}
