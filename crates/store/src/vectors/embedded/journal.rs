//! The journal of a space: what happened to its rows, in order, without the vectors themselves.
//!
//! Reading it from the start gives runs, documents and dead rows. How far it is valid is written in
//! the manifest together with a checksum over all of it.

use alexandria_core::error::{Context, ErrorKind, Result};
use alexandria_core::filter::Attributes;
use alexandria_core::id::VersionId;
use serde::{Deserialize, Serialize};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Event {
    /// Rows were added at the end, and rows that they replace died.
    Added {
        /// The document they belong to, as it was described.
        attributes: Attributes,
        /// Rows that are replaced.
        dead: Vec<u32>,
        /// How many rows follow of which version.
        runs: Vec<(VersionId, u32)>,
    },
    /// All rows of a version died.
    Removed(VersionId),
    /// A document is described anew.
    Described(Attributes),
}

/// Appends an event.
///
/// # Errors
/// [`ErrorKind::Internal`] when it cannot be written as bytes.
pub(super) fn write(event: &Event, bytes: &mut Vec<u8>) -> Result<()> {
    let body = postcard::to_stdvec(event).context(ErrorKind::Internal, || {
        "cannot write down a change of vectors".to_owned()
    })?;
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&body);
    Ok(())
}

/// Reads all events.
///
/// # Errors
/// [`ErrorKind::Corrupt`] when the bytes are not a journal.
pub(super) fn read(mut bytes: &[u8]) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let (body, rest) = rest.split_at_checked(length).unwrap_or((&[], &[]));
        let event = postcard::from_bytes(body).context(ErrorKind::Corrupt, || {
            "the journal of a collection's vectors cannot be read; they have to be built again"
                .to_owned()
        })?;
        events.push(event);
        bytes = rest;
    }
    Ok(events)
}
