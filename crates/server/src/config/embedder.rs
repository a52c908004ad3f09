//! The settings of the embedding model, put together for who runs it.

use std::path::PathBuf;

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_models::embedder::minilm::{MiniLmConfig, Precision};
use alexandria_models::embedder::{EmbedderConfig, RemoteConfig};
use alexandria_models::provider::{Provider, ProviderConfig};

use super::generator::{reach, unreachable};
use super::settings::Config;

/// Tokens of a text that a provider's embedding model is given at most: what all of them take, and
/// ten times a passage.
const TOKENS_MAX: usize = 2048;

/// The embedder that the settings name.
///
/// # Errors
/// `Invalid` naming the setting that is missing or cannot be, and the remedy.
pub(crate) fn settings(config: &Config) -> Result<EmbedderConfig> {
    let here = |precision| {
        EmbedderConfig::MiniLm(MiniLmConfig {
            precision,
            ..MiniLmConfig::default()
        })
    };
    let (provider, into): (_, fn(RemoteConfig) -> EmbedderConfig) = match config.embedder.as_str() {
        "off" => return Ok(EmbedderConfig::Off {}),
        "int8" => return Ok(here(Precision::Int8)),
        "f32" => return Ok(here(Precision::F32)),
        "openai" => (Provider::OpenAi, EmbedderConfig::OpenAi),
        "compatible" => (Provider::Compatible, EmbedderConfig::Compatible),
        "gemini" | "google" => (Provider::Gemini, EmbedderConfig::Gemini),
        "ollama" => (Provider::Ollama, EmbedderConfig::Ollama),
        other => {
            return Err(Error::new(
                ErrorKind::Invalid,
                format!(
                    "the setting models.embedder is \"{other}\": it must be one of: int8, f32, off, \
                     openai, compatible, gemini, ollama"
                ),
            ));
        }
    };
    if let Some(missing) = unsaid(provider, config).or_else(|| unreachable(provider, config)) {
        let name = provider.name();
        let message = format!(
            "ALEXANDRIA_EMBEDDER is {name}, and {missing}; or set ALEXANDRIA_EMBEDDER=int8 for the \
             model on this machine"
        );
        return Err(Error::new(ErrorKind::Invalid, message));
    }
    let (url, key) = reach(provider, config);
    Ok(into(RemoteConfig {
        provider: ProviderConfig {
            url,
            key,
            context_tokens_max: TOKENS_MAX,
            prices: config.prices.as_ref().map(PathBuf::from),
            ..ProviderConfig::new(config.embedder_name.clone())
        },
        dimensions: config.embedder_dimensions,
    }))
}

/// Whether the embedder is the one that has to be fetched to this machine.
pub(crate) fn is_here(config: &Config) -> bool {
    matches!(config.embedder.as_str(), "int8" | "f32")
}

fn unsaid(provider: Provider, config: &Config) -> Option<String> {
    let (name, dimensions) = match provider {
        Provider::OpenAi | Provider::Compatible | Provider::Anthropic => {
            ("text-embedding-3-small", 1536)
        }
        Provider::Gemini => ("gemini-embedding-001", 1536),
        Provider::Ollama => ("nomic-embed-text", 768),
    };
    if config.embedder_name.is_empty() {
        return Some(format!(
            "no model is named: set ALEXANDRIA_EMBEDDER_NAME to one, such as {name}"
        ));
    }
    (config.embedder_dimensions == 0).then(|| {
        format!(
            "the length of its vectors is not said: set ALEXANDRIA_EMBEDDER_DIMENSIONS to it \
             ({dimensions} for {name})"
        )
    })
}
