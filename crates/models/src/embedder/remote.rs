//! Embedding models that a provider runs: OpenAI and what speaks like it, Gemini, Ollama.
//!
//! Texts leave this machine for it. How long a text is in the model's own tokens is not known here and
//! is estimated, with room to spare where a text must be cut. Vectors are brought to length 1 here,
//! because not every provider does so for shortened ones. Written after the public API references.

use std::sync::Arc;

use alexandria_core::clock::Clock;
use alexandria_core::error::{Error, ErrorKind, Result};
use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Billed, Embedded, Embedder, EmbeddingModel, Purpose, Usage};
use crate::generator::{Price, Prices, estimate_tokens};
use crate::provider::{Connection, Door, Failure, Limits, Provider, ProviderConfig};

/// Texts of one call.
const BATCH_TEXTS_MAX: usize = 64;

/// Tokens of one call, as far as they can be estimated.
const BATCH_TOKENS_MAX: usize = 50_000;

/// The largest reply, in bytes: a number takes some twenty.
const REPLY_BYTES_MAX: usize = 32 * 1024 * 1024;

/// The most numbers of a vector.
const DIMENSIONS_MAX: usize = 16_384;

/// What is embedded in place of nothing, which providers refuse.
const TEXT_EMPTY: &str = "-";

/// An embedding model of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteConfig {
    /// How it is reached, and its name.
    pub provider: ProviderConfig,
    /// Numbers in its vectors. Vectors of another length are refused.
    pub dimensions: usize,
}

/// A model behind the door of its provider.
#[derive(Debug)]
pub(super) struct Remote {
    model: EmbeddingModel,
    name: String,
    connection: Connection,
    door: Arc<Door>,
    price: Price,
    limits: Limits,
}

impl Remote {
    pub(super) fn open(
        provider: Provider,
        config: &RemoteConfig,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        let (name, dimensions) = (config.provider.name.clone(), config.dimensions);
        if !(1..=DIMENSIONS_MAX).contains(&dimensions) {
            let message =
                format!("vectors have from 1 to {DIMENSIONS_MAX} numbers, not {dimensions}");
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        let prices = Prices::read(config.provider.prices.as_deref())?;
        let model = EmbeddingModel {
            name: format!("{}/{name}@{dimensions}", provider.name()),
            dimensions,
            tokens_max: config.provider.context_tokens_max,
        };
        Ok(Self {
            connection: Connection::open(provider, &config.provider)?,
            door: Door::new(provider.name(), clock),
            price: prices.find(provider, &name).unwrap_or_default(),
            limits: config.provider.limits,
            model,
            name,
        })
    }

    async fn embed_batch(&self, texts: &[&str], purpose: Purpose) -> Result<Embedded> {
        let texts: Vec<&str> = texts.iter().map(|text| self.fitting(text)).collect();
        let provider = self.connection.provider();
        let body = body(provider, &self.name, self.model.dimensions, &texts, purpose);
        let path = path(provider, &self.name);
        let deadline = Instant::now() + self.limits.whole;
        let call = || self.call(&path, &body, deadline);
        let (reply, mut permit) = self.door.pass(&self.limits, deadline, call).await?;
        let read = read(provider, &reply).and_then(|(vectors, tokens)| {
            let vectors = self.checked(vectors, texts.len())?;
            Ok((vectors, tokens))
        });
        let (vectors, tokens) = read.inspect_err(|error| permit.note(error))?;
        permit.succeeded();
        let estimate = || texts.iter().map(|text| estimate_tokens(text) as u64).sum();
        let tokens = tokens.unwrap_or_else(estimate);
        let usage = crate::generator::Usage {
            prompt_tokens: tokens,
            ..crate::generator::Usage::default()
        };
        Ok(Embedded {
            vectors,
            usage: Usage {
                tokens,
                cost_micros: self.price.cost(&usage),
            },
        })
    }

    async fn call(&self, path: &str, body: &Value, deadline: Instant) -> Result<Vec<u8>, Failure> {
        let mut response = self.connection.post(path, body, deadline).await?;
        // To embed twice does no harm, but it is paid twice, so a reply that broke off is an error.
        let read = self
            .connection
            .read(&mut response, REPLY_BYTES_MAX, deadline);
        Ok(read.await?)
    }

    /// The text as far as the model surely takes it.
    fn fitting<'text>(&self, text: &'text str) -> &'text str {
        if text.trim().is_empty() {
            return TEXT_EMPTY;
        }
        let tokens_max = self.model.tokens_max / 4 * 3;
        if estimate_tokens(text) <= tokens_max {
            return text;
        }
        // An estimate never falls when the text grows, so the cut can be looked for by halves.
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let fits = |end: &usize| {
            let head = text.get(..*end).unwrap_or_default();
            estimate_tokens(head) <= tokens_max
        };
        let count = ends.partition_point(fits);
        let end = count.checked_sub(1).and_then(|last| ends.get(last));
        let head = end.and_then(|end| text.get(..*end)).unwrap_or_default();
        if head.trim().is_empty() {
            TEXT_EMPTY
        } else {
            head
        }
    }

    /// The vectors, each of length 1.
    fn checked(&self, vectors: Vec<Vec<f32>>, wanted: usize) -> Result<Vec<Vec<f32>>> {
        let name = self.connection.provider().name();
        let wrong = |what: String| Err(Error::new(ErrorKind::Unavailable, what));
        if vectors.len() != wanted {
            let found = vectors.len();
            return wrong(format!("{name} gives {found} vectors for {wanted} texts"));
        }
        let mut checked = Vec::with_capacity(wanted);
        for vector in vectors {
            let (found, dimensions) = (vector.len(), self.model.dimensions);
            if found != dimensions {
                return wrong(format!(
                    "{name} gives vectors of {found} numbers, and the settings say {dimensions}"
                ));
            }
            let Some(unit) = unit(&vector) else {
                return wrong(format!("{name} gives a vector without a direction"));
            };
            checked.push(unit);
        }
        Ok(checked)
    }
}

#[async_trait]
impl Embedder for Remote {
    fn model(&self) -> &EmbeddingModel {
        &self.model
    }

    fn count_tokens(&self, text: &str) -> usize {
        estimate_tokens(text)
    }

    /// These models are trained on many writings, and which ones is not told.
    fn knows(&self, _text: &str) -> bool {
        true
    }

    fn grasp(&self, _text: &str) -> f32 {
        1.0
    }

    fn billed(&self) -> Option<Billed<'_>> {
        Some(Billed {
            provider: self.connection.provider().name(),
            name: &self.name,
            price: self.price,
        })
    }

    async fn embed(&self, texts: &[&str], purpose: Purpose) -> Result<Embedded> {
        let mut all = Embedded {
            vectors: Vec::with_capacity(texts.len()),
            usage: Usage::default(),
        };
        for batch in calls(texts) {
            let embedded = self.embed_batch(batch, purpose).await?;
            all.vectors.extend(embedded.vectors);
            all.usage.tokens += embedded.usage.tokens;
            all.usage.cost_micros += embedded.usage.cost_micros;
        }
        Ok(all)
    }
}

/// The texts in the calls that are made for them: none that a provider refuses for its size.
#[must_use]
pub fn calls<'all, 'text>(texts: &'all [&'text str]) -> Vec<&'all [&'text str]> {
    let mut batches = Vec::new();
    let mut rest = texts;
    while !rest.is_empty() {
        let mut tokens = 0_usize;
        let fits = |text: &&&str| {
            tokens = tokens.saturating_add(estimate_tokens(text));
            tokens <= BATCH_TOKENS_MAX
        };
        // A text that is too long for every call is cut later.
        let count = rest.iter().take(BATCH_TEXTS_MAX).take_while(fits).count();
        let (batch, others) = rest.split_at(count.max(1));
        batches.push(batch);
        rest = others;
    }
    batches
}

fn unit(vector: &[f32]) -> Option<Vec<f32>> {
    let square: f64 = vector.iter().map(|number| f64::from(*number).powi(2)).sum();
    let length = square.sqrt();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the numbers of a vector of length 1 are kept in single precision"
    )]
    let shorten = |number: &f32| (f64::from(*number) / length) as f32;
    (length.is_finite() && length > 0.0).then(|| vector.iter().map(shorten).collect())
}

fn path(provider: Provider, name: &str) -> String {
    match provider {
        Provider::OpenAi | Provider::Compatible | Provider::Anthropic => "/embeddings".to_owned(),
        Provider::Gemini => format!("/v1beta/models/{name}:batchEmbedContents"),
        Provider::Ollama => "/api/embed".to_owned(),
    }
}

fn body(
    provider: Provider,
    name: &str,
    dimensions: usize,
    texts: &[&str],
    purpose: Purpose,
) -> Value {
    match provider {
        // Few other servers know how to shorten vectors, and some refuse to be asked.
        Provider::Compatible | Provider::Anthropic => {
            json!({ "model": name, "input": texts, "encoding_format": "float" })
        }
        Provider::OpenAi => json!({
            "model": name,
            "input": texts,
            "encoding_format": "float",
            "dimensions": dimensions,
        }),
        Provider::Ollama => json!({ "model": name, "input": texts, "truncate": true }),
        Provider::Gemini => {
            let task = match purpose {
                Purpose::Passage => "RETRIEVAL_DOCUMENT",
                Purpose::Query => "RETRIEVAL_QUERY",
            };
            let request = |text: &&str| {
                json!({
                    "model": format!("models/{name}"),
                    "content": { "parts": [{ "text": text }] },
                    "taskType": task,
                    "outputDimensionality": dimensions,
                })
            };
            json!({ "requests": texts.iter().map(request).collect::<Vec<_>>() })
        }
    }
}

#[derive(Deserialize)]
struct List {
    data: Vec<Item>,
    usage: Option<Used>,
}

#[derive(Deserialize)]
struct Item {
    index: Option<usize>,
    embedding: Vec<f32>,
}

#[derive(Deserialize)]
struct Used {
    prompt_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct Batch {
    embeddings: Vec<Values>,
}

#[derive(Deserialize)]
struct Values {
    values: Vec<f32>,
}

#[derive(Deserialize)]
struct Local {
    embeddings: Vec<Vec<f32>>,
    prompt_eval_count: Option<u64>,
}

/// The vectors of a reply in the order of the texts, and the tokens read where it says so.
fn read(provider: Provider, reply: &[u8]) -> Result<(Vec<Vec<f32>>, Option<u64>)> {
    let read = match provider {
        Provider::OpenAi | Provider::Compatible | Provider::Anthropic => {
            serde_json::from_slice::<List>(reply).map(|mut list| {
                list.data.sort_by_key(|item| item.index);
                let tokens = list.usage.and_then(|used| used.prompt_tokens);
                let vectors = list.data.into_iter().map(|item| item.embedding);
                (vectors.collect(), tokens)
            })
        }
        Provider::Gemini => serde_json::from_slice::<Batch>(reply).map(|batch| {
            let vectors = batch.embeddings.into_iter().map(|values| values.values);
            (vectors.collect(), None)
        }),
        Provider::Ollama => serde_json::from_slice::<Local>(reply)
            .map(|local| (local.embeddings, local.prompt_eval_count)),
    };
    read.map_err(|_source| {
        let name = provider.name();
        let message = format!("{name} sends something that is no list of vectors");
        Error::new(ErrorKind::Unavailable, message)
    })
}

#[cfg(test)]
mod tests {
    use alexandria_core::error::ErrorKind;
    use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};

    use super::super::Purpose;
    use super::{BATCH_TEXTS_MAX, body, calls, path, read, unit};
    use crate::provider::Provider;

    #[test]
    fn each_provider_is_asked_in_its_own_way() {
        let ask = |provider| body(provider, "model", 8, &["a", "b"], Purpose::Query);
        let openai = ask(Provider::OpenAi);
        assert_eq!(openai["dimensions"], 8);
        assert_eq!(openai["input"][1], "b");
        assert!(ask(Provider::Compatible).get("dimensions").is_none());
        let gemini = ask(Provider::Gemini);
        assert_eq!(gemini["requests"][1]["content"]["parts"][0]["text"], "b");
        assert_eq!(gemini["requests"][0]["taskType"], "RETRIEVAL_QUERY");
        assert_eq!(
            path(Provider::Gemini, "m"),
            "/v1beta/models/m:batchEmbedContents"
        );
        assert_eq!(path(Provider::Ollama, "m"), "/api/embed");
    }

    /// Replies written after the public formats.
    #[test]
    fn each_provider_is_understood() {
        let check = |provider: Provider, reply: &str, tokens: Option<u64>| {
            let expected = (vec![vec![1.0, 0.0], vec![0.0, 1.0]], tokens);
            assert_eq!(read(provider, reply.as_bytes()).unwrap(), expected);
        };
        let list = r#"{"object":"list","data":[
            {"object":"embedding","index":1,"embedding":[0,1]},
            {"object":"embedding","index":0,"embedding":[1,0]}],
            "model":"m","usage":{"prompt_tokens":5,"total_tokens":5}}"#;
        check(Provider::OpenAi, list, Some(5));
        check(Provider::Compatible, list, Some(5));
        let batch = r#"{"embeddings":[{"values":[1,0]},{"values":[0,1]}]}"#;
        check(Provider::Gemini, batch, None);
        let local = r#"{"model":"m","embeddings":[[1,0],[0,1]],"prompt_eval_count":7}"#;
        check(Provider::Ollama, local, Some(7));
        for provider in [Provider::OpenAi, Provider::Gemini, Provider::Ollama] {
            let error = read(provider, b"{\"data\":\"secret\"}").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unavailable);
            assert!(!error.chain().contains("secret"));
        }
    }

    #[test]
    fn a_vector_without_a_direction_has_no_unit() {
        assert_eq!(unit(&[3.0, 4.0]), Some(vec![0.6, 0.8]));
        assert_eq!(unit(&[0.0, 0.0]), None);
        assert_eq!(unit(&[f32::INFINITY, 0.0]), None);
        assert_eq!(unit(&[f32::NAN, 1.0]), None);
    }

    proptest! {
        #[test]
        fn batches_hold_every_text_once_and_in_order(
            sizes in prop::collection::vec(0..300_000_usize, 0..200),
        ) {
            let long = "x".repeat(300_000);
            let texts: Vec<&str> = sizes.iter().map(|size| long.split_at(*size).0).collect();
            let batches = calls(&texts);
            prop_assert!(batches.iter().all(|batch| (1..=BATCH_TEXTS_MAX).contains(&batch.len())));
            prop_assert_eq!(batches.concat(), texts);
        }

        #[test]
        fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            for provider in [Provider::OpenAi, Provider::Gemini, Provider::Ollama] {
                drop(read(provider, &bytes));
            }
        }
    }
}
