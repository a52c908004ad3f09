//! Who works on a data directory.
//!
//! Any number of processes may read a library and put documents in; the one that holds the lock
//! runs jobs and writes the indexes. The system lets go of the lock when its holder dies, however it
//! dies, so there is nothing to clean up.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use alexandria_core::error::{Context, Error, ErrorKind, Result};

/// The name of the file that is locked.
const LOCK_FILE: &str = "worker.lock";

/// The right to run jobs and write indexes in a data directory, once it is ours.
#[derive(Debug)]
pub(crate) struct WorkLock {
    file: fs_err::File,
    held: Mutex<bool>,
}

impl WorkLock {
    /// Opens the lock of a directory and takes it if nobody has it.
    pub(crate) fn open(data: &Path) -> Result<Self> {
        let file = fs_err::OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(data.join(LOCK_FILE))
            .context(ErrorKind::Unavailable, || {
                format!(
                    "cannot open the lock of the data directory {}",
                    data.display()
                )
            })?;
        let lock = Self {
            file,
            held: Mutex::new(false),
        };
        lock.try_take()?;
        Ok(lock)
    }

    /// Takes the lock unless another process has it; says whether it is ours.
    pub(crate) fn try_take(&self) -> Result<bool> {
        use rustix::fs::{FlockOperation, flock};
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if *held {
            return Ok(true);
        }
        match flock(self.file.file(), FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => *held = true,
            Err(rustix::io::Errno::WOULDBLOCK) => {}
            Err(source) => {
                return Err(Error::new(
                    ErrorKind::Unavailable,
                    "cannot lock the data directory: it must be on a disk that supports locks",
                )
                .with_source(source));
            }
        }
        Ok(*held)
    }

    /// Whether it is ours.
    pub(crate) fn is_held(&self) -> bool {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the lock or says who may have it.
    pub(crate) fn take(&self) -> Result<()> {
        if self.try_take()? {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Conflict,
            "another process works on this data directory: use the running server, or stop it first",
        ))
    }
}
