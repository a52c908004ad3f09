//! Whether a small file that is replaced by renaming is still the one that was read.

use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use alexandria_core::error::{Context, ErrorKind, Result};
use fs_err::File;

/// Tells one commit from another. The contents count as well as the file: numbers of files are
/// used again, and clocks tick slowly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    inode: u64,
    changed_s: i64,
    changed_ns: i64,
    contents: u32,
}

impl Stamp {
    /// The stamp of a file; none when it is not there.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] when it cannot be read.
    pub(crate) fn of(path: &Path) -> Result<Option<Self>> {
        let looked = || -> std::io::Result<Self> {
            let mut file = File::open(path)?;
            let metadata = file.metadata()?;
            let mut bytes = Vec::with_capacity(4_096);
            file.read_to_end(&mut bytes)?;
            Ok(Self {
                inode: metadata.ino(),
                changed_s: metadata.ctime(),
                changed_ns: metadata.ctime_nsec(),
                contents: crc32fast::hash(&bytes),
            })
        };
        match looked() {
            Ok(stamp) => Ok(Some(stamp)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).context(ErrorKind::Unavailable, || {
                "cannot look at the state of an index".to_owned()
            }),
        }
    }
}
