//! Writing text with a language model: the contract of every generator, and which there are.
//!
//! A generator is a [`remote`] model behind a [`guarded`] door: the one speaks a provider's protocol
//! ([`openai`], [`gemini`], [`ollama`], [`anthropic`]), the other decides when it is asked at all. A
//! [`local`] model needs neither.

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;

use alexandria_core::clock::Clock;
use alexandria_core::error::Result;
use async_trait::async_trait;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};

use crate::provider::{Provider, ProviderConfig};

mod anthropic;
mod gemini;
mod guarded;
mod local;
mod meter;
mod ollama;
mod openai;
mod prices;
mod remote;
mod writing;

pub use local::{LOCAL_NAME, LocalConfig};
pub use meter::estimate_tokens;
pub use prices::{Price, Prices};

use guarded::Guarded;
use remote::Remote;

/// Which generator to use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum GeneratorConfig {
    /// None: answers are made of the sentences of the documents alone.
    #[default]
    Off,
    /// OpenAI.
    OpenAi(ProviderConfig),
    /// Any server that speaks as OpenAI does: llama.cpp, vLLM, LiteLLM and so on.
    Compatible(ProviderConfig),
    /// Google's Gemini.
    Gemini(ProviderConfig),
    /// Ollama, usually on this machine.
    Ollama(ProviderConfig),
    /// Anthropic.
    Anthropic(ProviderConfig),
    /// A model in this process, from a file.
    Local(LocalConfig),
}

impl GeneratorConfig {
    /// The file of prices beside the built-in ones, where there is one.
    #[must_use]
    pub fn prices(&self) -> Option<&Path> {
        match self {
            Self::Off | Self::Local(_) => None,
            Self::OpenAi(config)
            | Self::Compatible(config)
            | Self::Gemini(config)
            | Self::Ollama(config)
            | Self::Anthropic(config) => config.prices.as_deref(),
        }
    }
}

/// Opens the generator that the configuration names, if it names one. Nothing is sent: whether the
/// provider answers is a question for [`Generator::check`].
///
/// # Errors
/// [`ErrorKind::Invalid`](alexandria_core::error::ErrorKind::Invalid) for a key that is missing, an
/// address, a name, a file of prices or of a model that cannot be one; `Unsupported` for a model in
/// this process in a program that was built without.
pub fn open(config: &GeneratorConfig, clock: Arc<dyn Clock>) -> Result<Option<Arc<dyn Generator>>> {
    let (provider, config) = match config {
        GeneratorConfig::Off => return Ok(None),
        GeneratorConfig::OpenAi(config) => (Provider::OpenAi, config),
        GeneratorConfig::Compatible(config) => (Provider::Compatible, config),
        GeneratorConfig::Gemini(config) => (Provider::Gemini, config),
        GeneratorConfig::Ollama(config) => (Provider::Ollama, config),
        GeneratorConfig::Anthropic(config) => (Provider::Anthropic, config),
        GeneratorConfig::Local(config) => return local::open(config).map(Some),
    };
    let remote = Remote::open(provider, config)?;
    Ok(Some(Arc::new(Guarded::new(remote, config.limits, clock))))
}

/// Which model writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratorModel {
    /// Who runs it: `openai`, `ollama`, `gemini` and so on.
    pub provider: String,
    /// Its name, as the provider calls it.
    pub name: String,
    /// Tokens of prompt and answer together that it takes at most.
    pub context_tokens_max: usize,
}

/// Who has said a message of a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The person who asks.
    User,
    /// The model, earlier.
    Assistant,
}

/// A message of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who has said it.
    pub role: Role,
    /// What was said.
    pub text: String,
}

/// What a model is asked to go on from.
#[derive(Clone, Debug, PartialEq)]
pub struct Prompt {
    /// What the model is told before anything else.
    pub system: String,
    /// The messages so far; the last is a person's.
    pub messages: Vec<Message>,
    /// Tokens it may write.
    pub tokens_max: u32,
    /// How freely it chooses words: 0 for always the likeliest.
    pub temperature: f32,
}

/// What a call used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the prompt, those taken from the provider's cache included.
    pub prompt_tokens: u64,
    /// Tokens written.
    pub completion_tokens: u64,
    /// Tokens of the prompt that the provider had kept from an earlier call.
    pub cached_tokens: u64,
    /// What it cost by the table of prices, in millionths of a US dollar.
    pub cost_micros: u64,
    /// Whether the provider has not said how many tokens it used, so that they are estimated here.
    pub is_estimated: bool,
}

impl Usage {
    /// What two calls used together; nothing when neither was made.
    #[must_use]
    pub fn sum(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let (Some(one), Some(other)) = (one, other) else {
            return one.or(other);
        };
        Some(Self {
            prompt_tokens: one.prompt_tokens + other.prompt_tokens,
            completion_tokens: one.completion_tokens + other.completion_tokens,
            cached_tokens: one.cached_tokens + other.cached_tokens,
            cost_micros: one.cost_micros + other.cost_micros,
            is_estimated: one.is_estimated || other.is_estimated,
        })
    }
}

/// Why a model has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinishReason {
    /// It has said what it wanted to.
    Stop,
    /// It has written as many tokens as it may.
    Length,
    /// It, or its provider's filter, does not want to answer.
    Refused,
}

/// A piece of what a model writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delta {
    /// The next piece of text; never empty.
    Text(String),
    /// The end, once, after all text. There may have been no text: a model that spends all its
    /// tokens on thinking, or whose provider filters the prompt, ends without a word.
    Done {
        /// Why it ends.
        reason: FinishReason,
        /// What it used.
        usage: Usage,
    },
}

/// A language model.
///
/// Rules of every implementation: the stream ends with [`Delta::Done`] or with an error, never
/// without either, so that half an answer is not taken for a whole one; dropping the stream ends the
/// call; each wait has a limit; keys are in no error, log line or `Debug` text.
#[async_trait]
pub trait Generator: Send + Sync + Debug {
    /// Which model this is.
    fn model(&self) -> &GeneratorModel;

    /// Whether a call costs money by the table of prices.
    fn costs(&self) -> bool;

    /// Begins to write. Nothing is tried again once the first piece has been given.
    ///
    /// # Errors
    /// `Unavailable` when the provider is down or its circuit is open, `Exhausted` when it wants fewer
    /// calls (with its `retry_after`), `Timeout`, `Forbidden` for a key it does not take, `NotFound`
    /// for a model it does not have, `Invalid` for a prompt it does not take. The stream ends with
    /// the same kinds when the provider breaks off, is silent for too long or writes without end.
    async fn generate(&self, prompt: &Prompt) -> Result<BoxStream<'static, Result<Delta>>>;

    /// What its tokens cost; nothing for a model that costs nothing.
    fn price(&self) -> Price {
        Price::default()
    }

    /// Whether the provider can be reached, by its cheapest call, which costs nothing.
    ///
    /// # Errors
    /// As for [`Self::generate`].
    async fn check(&self) -> Result<()>;
}
