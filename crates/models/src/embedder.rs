//! Turning text into vectors: the contract of every embedder.

use std::fmt::Debug;

use alexandria_core::error::Result;
use async_trait::async_trait;

/// Which model made a vector. Vectors of different models are never compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbeddingModel {
    /// A name that changes whenever the vectors would: model, precision, version.
    pub name: String,
    /// Numbers in a vector.
    pub dimensions: usize,
    /// The longest text it takes, in its own tokens; what is beyond is not seen.
    pub tokens_max: usize,
}

/// What a text is embedded for; some models put a different word in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To be found.
    Passage,
    /// To find.
    Query,
}

/// What a call used.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// Tokens read.
    pub tokens: u64,
    /// What it cost, in millionths of a US dollar; nothing for a model of our own.
    pub cost_micros: u64,
}

/// Vectors, in the order of the texts, and what they used.
#[derive(Clone, Debug, PartialEq)]
pub struct Embedded {
    /// One vector of length 1 (L2) for each text.
    pub vectors: Vec<Vec<f32>>,
    /// What it used.
    pub usage: Usage,
}

/// A model that turns text into vectors.
///
/// Rules of every implementation: the same text gives the same vector, whatever it is batched with;
/// the longest text is cut at `tokens_max`, never refused; an empty text gets a vector too.
#[async_trait]
pub trait Embedder: Send + Sync + Debug {
    /// Which model this is.
    fn model(&self) -> &EmbeddingModel;

    /// The length of a text in the model's tokens, without the marks it puts around it.
    fn count_tokens(&self, text: &str) -> usize;

    /// Embeds texts. Any number may be given; batching is the embedder's business.
    async fn embed(&self, texts: &[&str], purpose: Purpose) -> Result<Embedded>;
}
