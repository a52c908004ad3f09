//! Turning text into vectors: the contract of every embedder.

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;

use alexandria_core::clock::Clock;
use alexandria_core::error::Result;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

pub mod minilm;
mod remote;

pub use remote::{RemoteConfig, calls};

use minilm::{MiniLm, MiniLmConfig};
use remote::Remote;

use crate::generator::Price;
use crate::provider::Provider;

/// Which embedder to use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "engine", rename_all = "lowercase", deny_unknown_fields)]
pub enum EmbedderConfig {
    /// all-MiniLM-L6-v2 on this machine: English, 384 dimensions, no other process.
    MiniLm(MiniLmConfig),
    /// A model of OpenAI. What holds a key is written nowhere.
    #[serde(skip)]
    OpenAi(RemoteConfig),
    /// A model of a server that speaks as OpenAI does.
    #[serde(skip)]
    Compatible(RemoteConfig),
    /// A model of Gemini.
    #[serde(skip)]
    Gemini(RemoteConfig),
    /// A model of Ollama.
    #[serde(skip)]
    Ollama(RemoteConfig),
    /// None: the library searches by words alone.
    Off {},
}

impl Default for EmbedderConfig {
    fn default() -> Self {
        Self::MiniLm(MiniLmConfig::default())
    }
}

/// Opens the embedder that the configuration names, if it names one; `models` is the directory that
/// `scripts/fetch-models` fills.
///
/// # Errors
/// [`ErrorKind::Unavailable`](alexandria_core::error::ErrorKind::Unavailable) if its model has not been
/// fetched, [`ErrorKind::Corrupt`](alexandria_core::error::ErrorKind::Corrupt) if it is damaged,
/// [`ErrorKind::Invalid`](alexandria_core::error::ErrorKind::Invalid) for settings of a provider that
/// cannot be. A provider is not asked.
pub fn open(
    config: &EmbedderConfig,
    models: &Path,
    clock: &Arc<dyn Clock>,
) -> Result<Option<Arc<dyn Embedder>>> {
    let remote = |provider, config| -> Result<Option<Arc<dyn Embedder>>> {
        let remote = Remote::open(provider, config, Arc::clone(clock))?;
        Ok(Some(Arc::new(remote)))
    };
    match config {
        EmbedderConfig::MiniLm(config) => Ok(Some(Arc::new(MiniLm::open(config, models)?))),
        EmbedderConfig::OpenAi(config) => remote(Provider::OpenAi, config),
        EmbedderConfig::Compatible(config) => remote(Provider::Compatible, config),
        EmbedderConfig::Gemini(config) => remote(Provider::Gemini, config),
        EmbedderConfig::Ollama(config) => remote(Provider::Ollama, config),
        EmbedderConfig::Off {} => Ok(None),
    }
}

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

/// Whose model it is and what its tokens cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Billed<'a> {
    /// Who runs it.
    pub provider: &'a str,
    /// The model, as the provider calls it.
    pub name: &'a str,
    /// What its tokens cost.
    pub price: Price,
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

    /// Whether a text is in a writing that the model was trained on. The vectors of others say little,
    /// and what is made of several signs leaves them out.
    fn knows(&self, text: &str) -> bool;

    /// How well the model knows the words of a text in such a writing: from 0, when it spells them
    /// out, to 1, when most are words of its vocabulary. How much meaning weighs beside words follows
    /// it.
    fn grasp(&self, text: &str) -> f32;

    /// Who runs the model and what it costs; nothing for one in this process.
    fn billed(&self) -> Option<Billed<'_>> {
        None
    }

    /// Embeds texts. Any number may be given; batching is the embedder's business.
    async fn embed(&self, texts: &[&str], purpose: Purpose) -> Result<Embedded>;
}
