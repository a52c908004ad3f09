//! The settings of the language model, put together for the provider that was chosen.

use std::path::PathBuf;
use std::time::Duration;

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_models::generator::{GeneratorConfig, LocalConfig};
use alexandria_models::provider::{Limits, Provider, ProviderConfig, Secret};

use super::settings::Config;
use super::value::Writer;

/// The generator that the settings name.
///
/// # Errors
/// `Invalid` naming the setting that is missing or cannot be, and the remedy.
pub(crate) fn settings(config: &Config) -> Result<GeneratorConfig> {
    let (provider, into): (_, fn(ProviderConfig) -> GeneratorConfig) = match config.generator {
        Writer::Off => return Ok(GeneratorConfig::Off),
        Writer::OpenAi => (Provider::OpenAi, GeneratorConfig::OpenAi),
        Writer::Compatible => (Provider::Compatible, GeneratorConfig::Compatible),
        Writer::Gemini => (Provider::Gemini, GeneratorConfig::Gemini),
        Writer::Ollama => (Provider::Ollama, GeneratorConfig::Ollama),
        Writer::Anthropic => (Provider::Anthropic, GeneratorConfig::Anthropic),
        Writer::Local => return local(config),
    };
    let limits = limits(config)?;
    let (url, key) = reach(provider, config);
    let missing = unnamed(provider, config).or_else(|| unreachable(provider, config));
    if let Some(missing) = missing {
        let name = provider.name();
        let message = format!(
            "ALEXANDRIA_GENERATOR is {name}, and {missing}; or set ALEXANDRIA_GENERATOR=off for \
             answers made of quotes alone"
        );
        return Err(Error::new(ErrorKind::Invalid, message));
    }
    Ok(into(ProviderConfig {
        url,
        key,
        name: config.generator_name.clone(),
        context_tokens_max: config.generator_context_tokens_max,
        prices: config.prices.as_ref().map(PathBuf::from),
        limits,
    }))
}

/// A model in this process.
fn local(config: &Config) -> Result<GeneratorConfig> {
    let file = config.generator_file.as_ref().map(PathBuf::from);
    let file = file.ok_or_else(|| {
        Error::new(
            ErrorKind::Invalid,
            "ALEXANDRIA_GENERATOR is local, and no model is named: set ALEXANDRIA_GENERATOR_FILE to a \
             file in the GGUF format; or set ALEXANDRIA_GENERATOR=off for answers made of quotes alone",
        )
    })?;
    Ok(GeneratorConfig::Local(LocalConfig {
        file,
        context_tokens_max: config.generator_context_tokens_max,
        limits: limits(config)?,
    }))
}

/// The address and the key that the settings give a provider.
pub(super) fn reach(provider: Provider, config: &Config) -> (Option<String>, Option<Secret>) {
    let (url, key) = match provider {
        Provider::OpenAi | Provider::Compatible => {
            (config.openai_url.clone(), &config.openai_api_key)
        }
        Provider::Gemini => (None, &config.google_api_key),
        Provider::Ollama => (Some(config.ollama_url.clone()), &None),
        Provider::Anthropic => (None, &config.anthropic_api_key),
    };
    (url, key.as_ref().map(Secret::new))
}

/// What a provider cannot be reached without, with the remedy.
pub(super) fn unreachable(provider: Provider, config: &Config) -> Option<String> {
    let (url, key) = reach(provider, config);
    if provider.url().is_none() && url.is_none() {
        return Some(
            "no server is named: set OPENAI_URL to its address, such as http://localhost:8080/v1"
                .to_owned(),
        );
    }
    let variable = provider.key_variable().filter(|_| provider.is_key_needed());
    variable
        .filter(|_| key.is_none())
        .map(|variable| format!("there is no key: set {variable}"))
}

fn unnamed(provider: Provider, config: &Config) -> Option<String> {
    if !config.generator_name.is_empty() {
        return None;
    }
    let example = match provider {
        Provider::OpenAi => "gpt-4.1-mini",
        Provider::Compatible => "the one that the server runs",
        Provider::Gemini => "gemini-2.5-flash",
        Provider::Ollama => "llama3.2, after `ollama pull llama3.2`",
        Provider::Anthropic => "claude-haiku-4-5",
    };
    Some(format!(
        "no model is named: set ALEXANDRIA_GENERATOR_NAME to one, such as {example}"
    ))
}

fn limits(config: &Config) -> Result<Limits> {
    let numbers = [
        ("first_seconds_max", config.generator_first_seconds_max),
        ("silence_seconds_max", config.generator_silence_seconds_max),
        ("seconds_max", config.generator_seconds_max),
        ("calls_max", config.generator_calls_max as u64),
        (
            "context_tokens_max",
            config.generator_context_tokens_max as u64,
        ),
    ];
    if let Some((name, _)) = numbers.iter().find(|(_, number)| *number == 0) {
        let message = format!("the setting models.generator_{name} is 0: it must be at least 1");
        return Err(Error::new(ErrorKind::Invalid, message));
    }
    Ok(Limits {
        first: Duration::from_secs(config.generator_first_seconds_max),
        silence: Duration::from_secs(config.generator_silence_seconds_max),
        whole: Duration::from_secs(config.generator_seconds_max),
        calls_max: config.generator_calls_max,
        ..Limits::default()
    })
}
