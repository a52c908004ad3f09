//! What is said when a file of the folder cannot be read or written.

use std::io::ErrorKind as IoKind;

use alexandria_core::error::{Error, ErrorKind, Result};

use super::super::BlobKey;

pub(super) fn within(bytes: u64, bytes_max: u64) -> Result<()> {
    if bytes <= bytes_max {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::TooLarge,
        format!("it is larger than the {bytes_max} bytes that are allowed"),
    ))
}

pub(super) fn missing(key: &BlobKey) -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("there are no bytes stored as {key}"),
    )
}

pub(super) fn cannot_read(key: &BlobKey, error: std::io::Error) -> Error {
    if error.kind() == IoKind::NotFound {
        return missing(key);
    }
    let sentence = format!("cannot read the bytes of {key}");
    Error::new(ErrorKind::Unavailable, sentence).with_source(error)
}

pub(super) fn cannot_write(error: std::io::Error) -> Error {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the reasons that have a remedy of their own are named"
    )]
    let remedy = match error.kind() {
        IoKind::StorageFull | IoKind::QuotaExceeded => {
            "the disk is full; free some space and try again"
        }
        IoKind::FileTooLarge => {
            "it is larger than the system lets this program write (ulimit -f); raise that limit \
             and try again"
        }
        _ => "see that the data directory can be written to",
    };
    let sentence = format!("cannot store a file: {remedy}");
    Error::new(ErrorKind::Unavailable, sentence).with_source(error)
}
