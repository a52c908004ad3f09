//! What searches find, as it crosses the wire.

use alexandria_core::id::{ChunkId, DocumentId, VersionId};
use alexandria_library::search::{Explanation, FoundPassage, SearchReply, Timings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::place::PlaceBody;

/// Why a passage stands where it stands.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Score")]
pub(crate) struct ScoreBody {
    /// What the ranking is by, between 0 and 1.
    pub(crate) fused: f32,
    /// BM25; absent when the words were not found.
    pub(crate) lexical: Option<f32>,
    /// Cosine of the embeddings; absent when the meaning was not among the nearest.
    pub(crate) semantic: Option<f32>,
}

/// How a passage came to its place.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Explanation")]
pub(crate) struct ExplanationBody {
    /// Its place among the hits by words, counted from 1.
    pub(crate) lexical_rank: Option<u32>,
    /// Its place among the hits by meaning, counted from 1.
    pub(crate) semantic_rank: Option<u32>,
    /// How many neighbouring chunks were joined into it, itself included.
    pub(crate) joined: u32,
    /// How many passages with nearly the same words were folded into it.
    pub(crate) folded: u32,
}

impl From<Explanation> for ExplanationBody {
    fn from(explanation: Explanation) -> Self {
        let Explanation {
            lexical_rank,
            semantic_rank,
            joined,
            folded,
        } = explanation;
        Self {
            lexical_rank,
            semantic_rank,
            joined,
            folded,
        }
    }
}

/// A passage found.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Passage")]
pub(crate) struct PassageBody {
    /// The document it stands in.
    #[schemars(with = "Uuid")]
    pub(crate) document_id: DocumentId,
    /// The reading of the document; its text never changes.
    #[schemars(with = "Uuid")]
    pub(crate) version_id: VersionId,
    /// The piece of text.
    #[schemars(with = "Uuid")]
    pub(crate) chunk_id: ChunkId,
    /// The document's title.
    pub(crate) title: String,
    /// The document's format, such as `pdf`.
    pub(crate) format: String,
    /// The document's language (ISO 639-1), once known.
    pub(crate) language: Option<String>,
    /// The collection's name.
    pub(crate) collection: String,
    /// The words, byte for byte as stored at `place.span`.
    pub(crate) text: String,
    /// Why it stands where it stands.
    pub(crate) score: ScoreBody,
    /// Where it stands in the document.
    pub(crate) place: PlaceBody,
    /// Other documents that hold nearly the same words.
    #[schemars(with = "Vec<Uuid>")]
    pub(crate) also_in: Vec<DocumentId>,
    /// How it came to its place, when asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) explanation: Option<ExplanationBody>,
}

impl From<FoundPassage> for PassageBody {
    fn from(found: FoundPassage) -> Self {
        let score = found.passage.score;
        let chunk = found.passage.chunk;
        Self {
            document_id: chunk.document,
            version_id: found.version,
            chunk_id: chunk.id,
            title: found.passage.title,
            format: found.format,
            language: found.language,
            collection: found.collection_name,
            text: chunk.text,
            score: ScoreBody {
                fused: score.fused,
                lexical: score.lexical,
                semantic: score.semantic,
            },
            place: chunk.place.into(),
            also_in: found.also_in,
            explanation: found.explanation.map(ExplanationBody::from),
        }
    }
}

/// How long the parts took, in milliseconds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Timings")]
pub(crate) struct TimingsBody {
    /// Embedding the question.
    pub(crate) embed: f64,
    /// The text index.
    pub(crate) text: f64,
    /// The vector store.
    pub(crate) vectors: f64,
    /// Fusing, folding and joining.
    pub(crate) fuse: f64,
    /// Reading passages and their places.
    pub(crate) catalog: f64,
    /// Composing the answer.
    pub(crate) compose: f64,
    /// Everything.
    pub(crate) total: f64,
}

impl From<Timings> for TimingsBody {
    fn from(timings: Timings) -> Self {
        let Timings {
            embed,
            text,
            vectors,
            fuse,
            catalog,
            compose,
            total,
        } = timings;
        Self {
            embed,
            text,
            vectors,
            fuse,
            catalog,
            compose,
            total,
        }
    }
}

/// What a search found.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SearchReply")]
pub(crate) struct SearchBody {
    /// The passages, best first.
    pub(crate) passages: Vec<PassageBody>,
    /// How many passages were candidates before folding and joining.
    pub(crate) total: usize,
    /// Sentences that say which part of the search did not work; empty when all did.
    pub(crate) degraded: Vec<String>,
    /// How long the parts took.
    pub(crate) timings_ms: TimingsBody,
}

impl From<SearchReply> for SearchBody {
    fn from(reply: SearchReply) -> Self {
        Self {
            passages: reply.passages.into_iter().map(PassageBody::from).collect(),
            total: reply.total,
            degraded: reply.degraded,
            timings_ms: reply.timings.into(),
        }
    }
}
