//! What a search returns: a chunk with its scores, fit to be cited.

use serde::{Deserialize, Serialize};

use crate::chunk::Chunk;
use crate::id::CollectionId;

/// Why a passage stands where it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// What the ranking is by: larger is better, between 0 and 1.
    pub fused: f32,
    /// BM25 of the text index; absent when the words were not found.
    pub lexical: Option<f32>,
    /// Cosine of the embeddings; absent when the meaning was not among the nearest.
    pub semantic: Option<f32>,
    /// What a reranker gave, where one is set.
    pub reranked: Option<f32>,
}

/// A chunk as retrieved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    /// The piece of text and where it stands.
    pub chunk: Chunk,
    /// The title of its document.
    pub title: String,
    /// The collection it is in.
    pub collection: CollectionId,
    /// Why it is here.
    pub score: Score,
}
