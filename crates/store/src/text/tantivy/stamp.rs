//! Whether an index has changed since it was read: each commit replaces one small file.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use alexandria_core::error::{Context, ErrorKind, Result};

/// The file that tantivy replaces with every commit and every merge.
const COMMIT: &str = "meta.json";

/// Tells one commit from another without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    inode: u64,
    changed_s: i64,
    changed_ns: i64,
}
impl Stamp {
    /// The stamp of the last commit in a directory; none when there is no index.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] when the directory cannot be looked at.
    pub(super) fn of(directory: &Path) -> Result<Option<Self>> {
        match fs_err::metadata(directory.join(COMMIT)) {
            Ok(metadata) => Ok(Some(Self {
                inode: metadata.ino(),
                changed_s: metadata.ctime(),
                changed_ns: metadata.ctime_nsec(),
            })),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).context(ErrorKind::Unavailable, || {
                "cannot look at a text index".to_owned()
            }),
        }
    }
}
