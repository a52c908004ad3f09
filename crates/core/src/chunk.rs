//! Cutting a stored text into pieces that are searched, embedded and cited.

use serde::{Deserialize, Serialize};

use crate::block::Place;
use crate::id::{ChunkId, DocumentId};

/// A stored and embedded piece of a version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chunk {
    /// Its identity in the catalog and in every index.
    pub id: ChunkId,
    /// The document it comes from.
    pub document: DocumentId,
    /// Its position in the version, counted from 0.
    pub ordinal: u32,
    /// The bytes of the stored text that `place.span` names.
    pub text: String,
    /// Where it stands.
    pub place: Place,
    /// Its length in tokens of the embedder.
    pub tokens: u32,
}
