//! A model that a provider runs: one call, its stream, its sign of life.
//!
//! Everything that all providers share is here and in [`super::writing`]; what differs is a
//! [`Protocol`].

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use alexandria_core::error::{Error, ErrorKind, Result};
use futures::stream::BoxStream;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;

use super::anthropic::Anthropic;
use super::gemini::Gemini;
use super::meter::{Meter, Tokens};
use super::ollama::Ollama;
use super::openai::OpenAi;
use super::prices::{Price, Prices};
use super::writing::Writing;
use super::{Delta, FinishReason, GeneratorModel, Prompt};
use crate::provider::{Connection, Failure, Framing, Limits, Provider, ProviderConfig};

/// What differs between providers: where a prompt goes, how it is written, how the reply is read.
pub(super) trait Protocol: Send + Sync + Debug {
    /// How the pieces of a reply follow each other.
    fn framing(&self) -> Framing;

    /// Where prompts go.
    fn path(&self) -> String;

    /// The prompt as the provider takes it. The temperature is left out when there is none.
    fn body(&self, prompt: &Prompt, temperature: Option<f32>) -> Value;

    /// What a piece of the reply says. Any bytes may come.
    ///
    /// # Errors
    /// `Unavailable` for what is no such piece; the provider's own errors by their kind.
    fn read(&self, frame: &[u8]) -> Result<Vec<Piece>>;

    /// Where the cheapest question goes that shows whether the provider is there.
    fn check_path(&self) -> String;

    /// What the answer to that question says.
    ///
    /// # Errors
    /// `NotFound` when the provider is there and the model is not.
    fn judge(&self, _reply: &[u8]) -> Result<()> {
        Ok(())
    }
}

/// What a piece of a reply says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text of the answer; empty text says nothing.
    Text(String),
    /// What was used.
    Tokens(Tokens),
    /// The model has stopped, for this reason. More may be said about what was used.
    Reason(FinishReason),
    /// Nothing more will come.
    End,
}

/// A model of a provider.
#[derive(Debug)]
pub(super) struct Remote {
    model: GeneratorModel,
    protocol: Arc<dyn Protocol>,
    connection: Arc<Connection>,
    price: Price,
    limits: Limits,
    /// Whether the model has refused to be told a temperature: the newest choose it themselves.
    refuses_temperature: AtomicBool,
}

impl Remote {
    pub(super) fn open(provider: Provider, config: &ProviderConfig) -> Result<Self> {
        let connection = Connection::open(provider, config)?;
        let name = config.name.clone();
        let protocol: Arc<dyn Protocol> = match provider {
            Provider::OpenAi => Arc::new(OpenAi::original(name.clone())),
            Provider::Compatible => Arc::new(OpenAi::compatible(name.clone())),
            Provider::Gemini => Arc::new(Gemini::new(name.clone())),
            Provider::Ollama => Arc::new(Ollama::new(name.clone(), config.context_tokens_max)),
            Provider::Anthropic => Arc::new(Anthropic::new(name.clone())),
        };
        let prices = Prices::read(config.prices.as_deref())?;
        let price = prices.find(provider, &name).unwrap_or_else(|| {
            tracing::warn!(
                provider = provider.name(),
                model = name,
                "what the model {name} of {} costs is not known and is counted as nothing: give its \
                 price in the file of the setting models.prices",
                provider.name()
            );
            Price::default()
        });
        Ok(Self {
            model: GeneratorModel {
                provider: provider.name().to_owned(),
                name,
                context_tokens_max: config.context_tokens_max,
            },
            protocol,
            connection: Arc::new(connection),
            price,
            limits: config.limits,
            refuses_temperature: AtomicBool::new(false),
        })
    }

    pub(super) const fn model(&self) -> &GeneratorModel {
        &self.model
    }

    pub(super) const fn price(&self) -> Price {
        self.price
    }

    pub(super) fn provider(&self) -> Provider {
        self.connection.provider()
    }

    /// Makes one call; the stream ends at the deadline at the latest.
    ///
    /// # Errors
    /// What was in the way before the reply began.
    pub(super) async fn begin(
        &self,
        prompt: &Prompt,
        deadline: Instant,
    ) -> Result<BoxStream<'static, Result<Delta>>, Failure> {
        let first = deadline.min(Instant::now() + self.limits.first);
        let refuses = self.refuses_temperature.load(Ordering::Relaxed);
        let temperature = (!refuses).then_some(prompt.temperature);
        let path = self.protocol.path();
        let body = self.protocol.body(prompt, temperature);
        let mut reply = self.connection.post(&path, &body, first).await;
        if let Err(failure) = &reply
            && failure.is_about_temperature
            && temperature.is_some()
        {
            self.refuses_temperature.store(true, Ordering::Relaxed);
            let body = self.protocol.body(prompt, None);
            reply = self.connection.post(&path, &body, first).await;
        }
        let writing = Writing::new(
            reply?,
            Arc::clone(&self.connection),
            Arc::clone(&self.protocol),
            Meter::new(prompt, self.price),
            super::writing::Deadlines {
                first,
                silence: self.limits.silence,
                whole: deadline,
            },
        );
        Ok(writing.stream())
    }

    /// Asks for a sign of life.
    ///
    /// # Errors
    /// As for [`super::Generator::check`].
    pub(super) async fn check(&self) -> Result<()> {
        let deadline = Instant::now() + self.limits.check;
        let path = self.protocol.check_path();
        match self.connection.get(&path, deadline).await {
            Ok(reply) => self.protocol.judge(&reply),
            // Not every server that speaks as OpenAI does can list its models; it is there.
            Err(failure)
                if failure.error.kind() == ErrorKind::NotFound
                    && self.provider() == Provider::Compatible =>
            {
                Ok(())
            }
            Err(failure) => Err(failure.error),
        }
    }
}

/// Adds a field to an object.
pub(super) fn set(object: &mut Value, field: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(field.to_owned(), value);
    }
}

/// Reads a piece of a reply. What it says is not repeated in the error: it may be text of an answer.
pub(super) fn parse<T: DeserializeOwned>(provider: Provider, frame: &[u8]) -> Result<T> {
    serde_json::from_slice(frame).map_err(|_source| {
        let name = provider.name();
        Error::new(
            ErrorKind::Unavailable,
            format!("{name} sends something that is no piece of a reply"),
        )
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};
    use serde_json::{Value, json};

    use super::super::anthropic::Anthropic;
    use super::super::gemini::Gemini;
    use super::super::ollama::Ollama;
    use super::super::openai::OpenAi;
    use super::Protocol;
    use crate::provider::Frames;

    fn protocols() -> [Box<dyn Protocol>; 4] {
        let name = || "model".to_owned();
        [
            Box::new(OpenAi::compatible(name())),
            Box::new(Gemini::new(name())),
            Box::new(Ollama::new(name(), 8192)),
            Box::new(Anthropic::new(name())),
        ]
    }

    /// JSON made of the words that the protocols know, put together at random.
    fn reply() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            prop::sample::select(vec![
                "",
                "stop",
                "STOP",
                "error",
                "text_delta",
                "message_delta"
            ])
            .prop_map(Value::from),
        ];
        let names = prop::sample::select(vec![
            "choices",
            "delta",
            "content",
            "finish_reason",
            "usage",
            "prompt_tokens",
            "error",
            "candidates",
            "parts",
            "text",
            "thought",
            "finishReason",
            "usageMetadata",
            "type",
            "promptTokenCount",
            "message",
            "done",
            "done_reason",
            "models",
            "name",
            "details",
            "prompt_tokens_details",
            "cached_tokens",
            "stop_reason",
            "input_tokens",
            "code",
        ]);
        leaf.prop_recursive(5, 60, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((names.clone(), inner), 0..6).prop_map(|fields| {
                    let fields = fields
                        .into_iter()
                        .map(|(name, value)| (name.to_owned(), value));
                    Value::Object(fields.collect())
                }),
            ]
        })
    }

    #[test]
    fn numbers_that_no_provider_means_do_not_overflow() {
        let most = u64::MAX;
        let replies = [
            json!({ "usageMetadata": { "candidatesTokenCount": most, "thoughtsTokenCount": most }}),
            json!({ "type": "message_delta", "usage": { "input_tokens": most,
                "cache_read_input_tokens": most, "cache_creation_input_tokens": most }}),
        ];
        for reply in replies {
            for protocol in protocols() {
                protocol.read(&serde_json::to_vec(&reply).unwrap()).unwrap();
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_a_reader(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            for protocol in protocols() {
                let mut frames = Frames::new(protocol.framing());
                let mut found = frames.push(&bytes).unwrap();
                found.extend(frames.finish().unwrap());
                found.push(bytes.clone());
                for frame in found {
                    drop(protocol.read(&frame));
                    drop(protocol.judge(&frame));
                }
            }
        }

        #[test]
        fn no_json_breaks_a_reader(reply in reply()) {
            let frame = serde_json::to_vec(&reply).unwrap();
            for protocol in protocols() {
                drop(protocol.read(&frame));
                drop(protocol.judge(&frame));
            }
        }
    }
}
