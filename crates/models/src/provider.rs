//! Reaching a provider of models: the one HTTP client, its limits, and what its refusals mean.
//!
//! A provider is asked by these rules: its key goes into one header and nowhere else (never into an
//! address, an error, a log line or a `Debug` text); redirects are not followed, so that a key is
//! never carried to another machine; every wait has an end; every reply has a size it may not pass.
//! What a provider writes about an error is not passed on, because it may repeat the prompt or the
//! key: only its short codes are.
//!
//! The protocols are written out in this crate instead of taken from a library; see
//! `docs/decisions/0003-providers-are-spoken-to-directly.md`.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

mod circuit;
mod connection;
mod door;
mod failure;
mod frames;

pub(crate) use connection::Connection;
pub(crate) use door::{Door, Permit};
pub(crate) use failure::{Failure, told};
pub(crate) use frames::{Frames, Framing};

/// A key. Its text is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

/// Who runs models for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// OpenAI.
    OpenAi,
    /// Any server that speaks as OpenAI does.
    Compatible,
    /// Google's Gemini.
    Gemini,
    /// Ollama, usually on this machine.
    Ollama,
    /// Anthropic.
    Anthropic,
}

impl Provider {
    /// What it is called in settings, logs and tables of prices.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Compatible => "compatible",
            Self::Gemini => "gemini",
            Self::Ollama => "ollama",
            Self::Anthropic => "anthropic",
        }
    }

    /// Where it is unless the settings say otherwise.
    #[must_use]
    pub const fn url(self) -> Option<&'static str> {
        match self {
            Self::OpenAi => Some("https://api.openai.com/v1"),
            Self::Compatible => None,
            Self::Gemini => Some("https://generativelanguage.googleapis.com"),
            Self::Ollama => Some("http://localhost:11434"),
            Self::Anthropic => Some("https://api.anthropic.com"),
        }
    }

    /// The variable that holds its key, where it takes one.
    #[must_use]
    pub const fn key_variable(self) -> Option<&'static str> {
        match self {
            Self::OpenAi | Self::Compatible => Some("OPENAI_API_KEY"),
            Self::Gemini => Some("GOOGLE_API_KEY"),
            Self::Ollama => None,
            Self::Anthropic => Some("ANTHROPIC_API_KEY"),
        }
    }

    /// Whether it answers nobody without a key.
    #[must_use]
    pub const fn is_key_needed(self) -> bool {
        matches!(self, Self::OpenAi | Self::Gemini | Self::Anthropic)
    }

    /// The header that carries its key, and what stands before the key there.
    const fn key_header(self) -> (&'static str, &'static str) {
        match self {
            Self::OpenAi | Self::Compatible | Self::Ollama => ("authorization", "Bearer "),
            Self::Gemini => ("x-goog-api-key", ""),
            Self::Anthropic => ("x-api-key", ""),
        }
    }
}

/// How a provider is reached, and with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderConfig {
    /// Its address; [`Provider::url`] when none is given.
    pub url: Option<String>,
    /// The key that it wants.
    pub key: Option<Secret>,
    /// The model, as the provider calls it.
    pub name: String,
    /// Tokens of prompt and answer together that are given to it at most.
    pub context_tokens_max: usize,
    /// A file of prices beside the built-in ones.
    pub prices: Option<PathBuf>,
    /// How long it may take, and how often it is asked.
    pub limits: Limits,
}

impl ProviderConfig {
    /// A model of a provider at its usual address, without a key.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            url: None,
            key: None,
            name: name.into(),
            context_tokens_max: CONTEXT_TOKENS_MAX_DEFAULT,
            prices: None,
            limits: Limits::default(),
        }
    }
}

/// Tokens that are given to a model at most unless the settings say otherwise: what small models on
/// one's own machine take, too.
pub const CONTEXT_TOKENS_MAX_DEFAULT: usize = 8192;

/// How long a provider may take, and how often it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long connecting may take.
    pub connect: Duration,
    /// How long the first piece of text may take: a model on one's own machine may have to be loaded.
    pub first: Duration,
    /// How long it may be silent between two pieces.
    pub silence: Duration,
    /// How long everything may take, every attempt included.
    pub whole: Duration,
    /// How long a sign of life may take.
    pub check: Duration,
    /// How often a call is tried before its first byte, the first time included.
    pub attempts_max: u32,
    /// The longest wait between two attempts; a provider that asks for more is left alone.
    pub pause_max: Duration,
    /// Calls under way at the same time.
    pub calls_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            first: Duration::from_secs(30),
            silence: Duration::from_secs(20),
            // Less than a request to the server may take, so that there is time left without it.
            whole: Duration::from_secs(50),
            check: Duration::from_secs(2),
            attempts_max: 3,
            pause_max: Duration::from_secs(5),
            calls_max: 8,
        }
    }
}

#[cfg(test)]
mod tests;
