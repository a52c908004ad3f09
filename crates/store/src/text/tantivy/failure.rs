//! What tantivy's errors mean to whoever asked.

use alexandria_core::error::{Error, ErrorKind};

/// It may succeed later.
pub(super) fn failed(source: ::tantivy::TantivyError) -> Error {
    Error::new(
        ErrorKind::Unavailable,
        "the text index failed; see whether the disk is full",
    )
    .with_source(source)
}

/// The index has to be built again.
pub(super) fn damaged(source: ::tantivy::TantivyError) -> Error {
    Error::new(
        ErrorKind::Corrupt,
        "a text index cannot be read; it has to be built again",
    )
    .with_source(source)
}
