//! How often what lies in a directory has changed, counted for all processes.
//!
//! To see that a hundred small files are still those that were read takes a hundred looks at them. As
//! long as the count stands, one read of eight bytes says the same.
//!
//! Invariant: a change is counted after it can be seen and before it is acknowledged. Who reads the count
//! first and then finds a file unchanged knows that it is as it was at that count. Two that count at the
//! same time may write the same number; both of their changes could be seen before it was written.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use alexandria_core::error::{Context, ErrorKind, Result};
use fs_err::File;
use fs_err::os::unix::fs::FileExt;

/// The file's name.
const NAME: &str = "changes";

/// The count of a directory.
#[derive(Debug)]
pub(crate) struct Changes {
    file: File,
    counting: Mutex<()>,
}

impl Changes {
    /// The count of this directory, which begins at zero.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] when its file cannot be opened.
    pub(crate) fn open(directory: &Path) -> Result<Self> {
        let mut options = fs_err::OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(directory.join(NAME));
        Ok(Self {
            file: file.context(ErrorKind::Unavailable, || {
                "cannot open the count of changes of an index".to_owned()
            })?,
            counting: Mutex::new(()),
        })
    }

    /// The count now.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] when the disk does not answer.
    pub(crate) fn count(&self) -> Result<u64> {
        let mut bytes = [0; 8];
        let read = self.file.read_at(&mut bytes, 0);
        read.context(ErrorKind::Unavailable, || {
            "cannot read the count of changes of an index".to_owned()
        })?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// Counts a change that can be seen from now on.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] when the disk does not answer.
    pub(crate) fn add(&self) -> Result<()> {
        let _one = self.counting.lock().unwrap_or_else(PoisonError::into_inner);
        let next = self.count()?.wrapping_add(1);
        let written = self.file.write_all_at(&next.to_le_bytes(), 0);
        written.context(ErrorKind::Unavailable, || {
            "cannot count a change of an index; see whether the disk is full and writable"
                .to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_process_sees_the_same_count() {
        let directory = tempfile::tempdir().unwrap();
        let [one, other] = [0; 2].map(|_| Changes::open(directory.path()).unwrap());
        assert_eq!(other.count().unwrap(), 0);
        one.add().unwrap();
        other.add().unwrap();
        assert_eq!([one.count().unwrap(), other.count().unwrap()], [2, 2]);
        assert_eq!(Changes::open(directory.path()).unwrap().count().unwrap(), 2);
    }
}
