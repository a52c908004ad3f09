//! The exact words that support a sentence, and where they stand.

pub mod reader;

use serde::{Deserialize, Serialize};

use crate::block::Place;
use crate::id::{ChunkId, DocumentId, VersionId};

/// A quote from a passage.
///
/// Invariant: `quote` is, byte for byte, the stored text of `version` at `place.span`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Citation {
    /// The document quoted.
    pub document: DocumentId,
    /// The reading of it that was quoted; its text never changes.
    pub version: VersionId,
    /// The chunk the quote was found in.
    pub chunk: ChunkId,
    /// The document's title.
    pub title: String,
    /// The words.
    pub quote: String,
    /// Where they stand.
    pub place: Place,
}
