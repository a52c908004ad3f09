//! What models cost: a table in the project, and a file beside it that a user can edit.
//!
//! Prices change and models come; the built-in table holds what was read off the providers' own pages
//! on the day it names, for ordinary calls (no batches, no surcharge for very long prompts).

use std::collections::BTreeMap;
use std::path::Path;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use serde::Deserialize;

use super::Usage;
use crate::provider::Provider;

/// The table of the project.
const BUILT_IN: &str = include_str!("prices.toml");

/// The largest file of prices, in bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// The highest price, in dollars for a million tokens; above it a point was forgotten.
const DOLLARS_MAX: f64 = 100_000.0;

/// What a model costs, in millionths of a US dollar for a million tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Price {
    /// Tokens of the prompt.
    pub prompt: u64,
    /// Tokens of the prompt that the provider had kept.
    pub cached: u64,
    /// Tokens written.
    pub completion: u64,
}

impl Price {
    /// What a call costs, in millionths of a US dollar, rounded up.
    #[must_use]
    pub fn cost(&self, usage: &Usage) -> u64 {
        let fresh = usage.prompt_tokens.saturating_sub(usage.cached_tokens);
        let parts = [
            (fresh, self.prompt),
            (usage.cached_tokens, self.cached),
            (usage.completion_tokens, self.completion),
        ];
        let sum = parts
            .iter()
            .map(|(tokens, price)| u128::from(*tokens).saturating_mul(u128::from(*price)))
            .fold(0, u128::saturating_add);
        u64::try_from(sum.div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }
}

/// The prices of models by provider and name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prices(BTreeMap<(String, String), Price>);

/// A price as files hold it, in US dollars for a million tokens.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    prompt: f64,
    /// As the rest of the prompt where the provider gives no rebate.
    cached: Option<f64>,
    #[serde(default)]
    completion: f64,
}

impl Prices {
    /// The built-in table, and over it the user's file where there is one.
    ///
    /// # Errors
    /// `Invalid` naming the file that cannot be read.
    pub fn read(file: Option<&Path>) -> Result<Self> {
        let mut prices = Self::parse(BUILT_IN).context(ErrorKind::Internal, || {
            "the built-in table of prices is broken".to_owned()
        })?;
        if let Some(path) = file {
            let about = || format!("cannot read the prices in {}", path.display());
            let size = fs_err::metadata(path)
                .context(ErrorKind::Invalid, about)?
                .len();
            if size > FILE_BYTES_MAX {
                let message = format!("{}: it is larger than {FILE_BYTES_MAX} bytes", about());
                return Err(Error::new(ErrorKind::Invalid, message));
            }
            let text = fs_err::read_to_string(path).context(ErrorKind::Invalid, about)?;
            let own = Self::parse(&text).context(ErrorKind::Invalid, about)?;
            prices.0.extend(own.0);
        }
        Ok(prices)
    }

    /// Reads a table: `[provider."model"]` with `prompt`, `completion` and perhaps `cached`, each in US
    /// dollars for a million tokens.
    ///
    /// # Errors
    /// `Invalid` when it is not such a table.
    pub fn parse(text: &str) -> Result<Self> {
        let table: BTreeMap<String, BTreeMap<String, Written>> =
            toml::from_str(text).context(ErrorKind::Invalid, || {
                "a price is [provider.\"model\"] with prompt, completion and perhaps cached, in US \
                 dollars for a million tokens"
                    .to_owned()
            })?;
        let mut prices = BTreeMap::new();
        for (provider, models) in table {
            for (name, written) in models {
                let price = Price {
                    prompt: micros(&name, written.prompt)?,
                    cached: micros(&name, written.cached.unwrap_or(written.prompt))?,
                    completion: micros(&name, written.completion)?,
                };
                prices.insert((provider.clone(), name), price);
            }
        }
        Ok(Self(prices))
    }

    /// The models of a provider with what they cost, by name.
    pub fn of_provider(&self, provider: &str) -> impl Iterator<Item = (&str, Price)> {
        let all = self.0.iter().filter(move |((of, _), _)| of == provider);
        all.map(|((_, name), price)| (name.as_str(), *price))
    }

    /// What a model costs, if that is known. A version of a model (`-2026-04-14`, `-20260414`, `-001`)
    /// costs what the model costs. What runs on Ollama costs nothing unless a price says so.
    #[must_use]
    pub fn find(&self, provider: Provider, name: &str) -> Option<Price> {
        let of = |name: &str| {
            let key = (provider.name().to_owned(), name.to_owned());
            self.0.get(&key).copied()
        };
        let free = (provider == Provider::Ollama).then(Price::default);
        of(name).or_else(|| of(undated(name))).or(free)
    }
}

fn micros(name: &str, dollars: f64) -> Result<u64> {
    if !(0.0..=DOLLARS_MAX).contains(&dollars) {
        let message = format!("the price of {name:?} must be from 0 to {DOLLARS_MAX} dollars");
        return Err(Error::new(ErrorKind::Invalid, message));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it lies between 0 and a hundred thousand million"
    )]
    Ok((dollars * 1e6).round() as u64)
}

/// The name without the version that it ends with.
fn undated(name: &str) -> &str {
    ["-dddd-dd-dd", "-dddddddd", "-ddd"]
        .iter()
        .find_map(|pattern| {
            let head = name.len().checked_sub(pattern.len())?;
            let (head, tail) = name.split_at_checked(head)?;
            let fits = |(sign, wanted): (char, char)| match wanted {
                'd' => sign.is_ascii_digit(),
                _ => sign == wanted,
            };
            tail.chars().zip(pattern.chars()).all(fits).then_some(head)
        })
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use alexandria_core::error::ErrorKind;

    use super::super::Usage;
    use super::{Price, Prices};
    use crate::provider::Provider;

    #[test]
    fn a_call_costs_its_tokens_rounded_up() {
        let price = Price {
            prompt: 150_000,
            cached: 75_000,
            completion: 600_000,
        };
        let cost = |prompt_tokens, cached_tokens, completion_tokens| {
            price.cost(&Usage {
                prompt_tokens,
                cached_tokens,
                completion_tokens,
                ..Usage::default()
            })
        };
        assert_eq!(cost(0, 0, 0), 0);
        assert_eq!(cost(1, 0, 0), 1);
        assert_eq!(cost(1_000_000, 0, 0), 150_000);
        assert_eq!(cost(1_000_000, 1_000_000, 1_000_000), 675_000);
        assert_eq!(cost(u64::MAX, 0, 0), 2_767_011_611_056_432_743);
        let usage = Usage {
            prompt_tokens: u64::MAX,
            ..Usage::default()
        };
        let price = Price {
            prompt: u64::MAX,
            ..price
        };
        assert_eq!(price.cost(&usage), u64::MAX);
    }

    #[test]
    fn a_model_is_found_by_its_name_with_or_without_a_version() {
        let prices = Prices::read(None).unwrap();
        let prompt = |provider, name| prices.find(provider, name).map(|price| price.prompt);
        assert_eq!(prompt(Provider::OpenAi, "gpt-4.1"), Some(2_000_000));
        assert_eq!(
            prompt(Provider::OpenAi, "gpt-4.1-2025-04-14"),
            Some(2_000_000)
        );
        assert_eq!(prompt(Provider::OpenAi, "gpt-4.1-mini"), Some(400_000));
        assert_eq!(prompt(Provider::OpenAi, "gpt-4.1-unheard-of"), None);
        assert_eq!(
            prompt(Provider::Gemini, "gemini-2.5-flash-001"),
            Some(300_000)
        );
        assert_eq!(
            prompt(Provider::Anthropic, "claude-haiku-4-5-20251001"),
            Some(1_000_000)
        );
        assert_eq!(prompt(Provider::Compatible, "gpt-4.1"), None);
        assert_eq!(prompt(Provider::Ollama, "llama3.2"), Some(0));
        assert_eq!(prompt(Provider::OpenAi, "é-123"), None);
    }

    #[test]
    fn a_users_file_adds_and_corrects() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("prices.toml");
        let text = "[openai.\"gpt-4.1\"]\nprompt = 1\ncompletion = 2.5\n\
                    [compatible.\"my/model\"]\nprompt = 0.01\n";
        fs_err::write(&path, text).unwrap();
        let prices = Prices::read(Some(&path)).unwrap();
        let expected = Price {
            prompt: 1_000_000,
            cached: 1_000_000,
            completion: 2_500_000,
        };
        assert_eq!(prices.find(Provider::OpenAi, "gpt-4.1"), Some(expected));
        let own = prices.find(Provider::Compatible, "my/model").unwrap();
        assert_eq!(own.prompt, 10_000);
        assert!(prices.find(Provider::OpenAi, "gpt-4.1-mini").is_some());
    }

    #[test]
    fn a_file_that_is_no_table_of_prices_is_refused() {
        let missing = Prices::read(Some(std::path::Path::new("no-such-file.toml"))).unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::Invalid);
        assert!(missing.message().contains("no-such-file.toml"));
        let check = |text: &str, says: &str| {
            let error = Prices::parse(text).unwrap_err();
            assert!(error.message().contains(says), "{error:?}");
        };
        check("[openai.x]\nprice = 1", "US dollars");
        check("[openai.x]\nprompt = -1", "from 0");
        check("[openai.x]\nprompt = nan", "from 0");
        check("[openai.x]\nprompt = 2_000_000", "from 0");
        check("prompt = 1", "US dollars");
    }
}
