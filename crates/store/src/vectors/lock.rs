//! One writer at a time in a directory of an index, also among processes.

use std::path::Path;
use std::time::{Duration, Instant};

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use fs_err::File;

/// How long a writer waits for another process before it gives up.
const LOCK_WAIT: Duration = Duration::from_secs(30);

/// Between two attempts to get the lock.
const LOCK_PAUSE: Duration = Duration::from_millis(5);

/// Keeps other processes from writing in a directory for as long as the file is open.
///
/// # Errors
/// [`ErrorKind::Unavailable`] when another process does not let go of it in time.
pub(crate) fn exclusive(directory: &Path) -> Result<File> {
    let opened = {
        let mut options = fs_err::OpenOptions::new();
        options.write(true).create(true).truncate(false);
        options.open(directory.join("lock"))
    };
    let file = opened.context(ErrorKind::Unavailable, || {
        "cannot open the lock of an index".to_owned()
    })?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(std::fs::TryLockError::WouldBlock) if start.elapsed() < LOCK_WAIT => {
                std::thread::sleep(LOCK_PAUSE);
            }
            Err(error) => {
                return Err(Error::new(
                    ErrorKind::Unavailable,
                    "another process is writing this index",
                )
                .with_source(error));
            }
        }
    }
}
