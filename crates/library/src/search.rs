//! What a search asks and what it returns.

use alexandria_core::filter::Filter;
use alexandria_core::id::{DocumentId, VersionId};
use alexandria_core::passage::Passage;
use serde::{Deserialize, Serialize};

/// Passages returned unless the caller says otherwise.
pub const SEARCH_PASSAGES_DEFAULT: usize = 10;

/// Which indexes are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchMode {
    /// Both, and their rankings fused.
    #[default]
    Hybrid,
    /// The text index alone.
    Text,
    /// The vectors alone.
    Vectors,
}

/// A search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchRequest {
    /// A person's words. Words in straight double quotes must stand together in the text index.
    pub query: String,
    /// Which documents are looked at.
    pub filter: Filter,
    /// How many passages are wanted.
    pub limit: usize,
    /// Which indexes are asked.
    pub mode: SearchMode,
    /// Whether each passage says how it came to its place.
    pub explain: bool,
}

impl SearchRequest {
    /// A hybrid search of everything for a query.
    #[must_use]
    pub fn new(query: impl Into<String>) -> Self {
        Self {
            query: query.into(),
            filter: Filter::default(),
            limit: SEARCH_PASSAGES_DEFAULT,
            mode: SearchMode::default(),
            explain: false,
        }
    }
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SearchReply {
    /// The passages, best first.
    pub passages: Vec<FoundPassage>,
    /// Sentences that say which part of the search did not work; empty when all did.
    pub degraded: Vec<String>,
    /// How long each part took.
    pub timings: Timings,
    /// How many passages both indexes named before folding and joining.
    pub total: usize,
}

/// A passage with what a reader wants to know beside it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FoundPassage {
    /// The passage, with its scores; its place carries rectangles where the format has them.
    pub passage: Passage,
    /// The name of the collection.
    pub collection_name: String,
    /// The format of its document.
    pub format: String,
    /// The language of its document (ISO 639-1), where it is known.
    pub language: Option<String>,
    /// The reading of the document it stands in.
    pub version: VersionId,
    /// Other documents that hold nearly the same words.
    pub also_in: Vec<DocumentId>,
    /// How it came to its place, when asked for.
    pub explanation: Option<Explanation>,
}

/// How a passage came to its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Explanation {
    /// Its place among the text index's hits, counted from 1.
    pub lexical_rank: Option<u32>,
    /// Its place among the vector store's hits, counted from 1.
    pub semantic_rank: Option<u32>,
    /// How many neighbouring chunks were joined into it, itself included.
    pub joined: u32,
    /// How many passages with nearly the same words were folded into it.
    pub folded: u32,
}

/// How long the parts of a search or an answer took, in milliseconds of wall time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Timings {
    /// Embedding the question.
    pub embed: f64,
    /// The text index.
    pub text: f64,
    /// The vector store.
    pub vectors: f64,
    /// Fusing, folding and joining.
    pub fuse: f64,
    /// Reading passages, texts and layouts.
    pub catalog: f64,
    /// Composing the answer; 0 for a search.
    pub compose: f64,
    /// Everything.
    pub total: f64,
}
