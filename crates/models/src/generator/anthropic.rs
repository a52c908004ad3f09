//! Anthropic's messages, as server-sent events.
//!
//! A message starts (with what the prompt used), its text comes in deltas, it gets a reason for its
//! end (with what was written), and it stops; pings come in between. Written after the public API
//! reference.

use alexandria_core::error::Result;
use serde::Deserialize;
use serde_json::{Value, json};

use super::meter::Tokens;
use super::remote::{Piece, Protocol, parse, set};
use super::{FinishReason, Prompt, Role};
use crate::provider::{Framing, Provider, told};

/// The highest temperature that is taken.
const TEMPERATURE_MAX: f32 = 1.0;

/// A model behind this protocol.
#[derive(Debug)]
pub(super) struct Anthropic {
    name: String,
}

impl Anthropic {
    pub(super) const fn new(name: String) -> Self {
        Self { name }
    }
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    what: Option<String>,
    message: Option<Message>,
    delta: Option<Change>,
    usage: Option<Used>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Message {
    usage: Option<Used>,
}

#[derive(Deserialize)]
struct Change {
    #[serde(rename = "type")]
    what: Option<String>,
    text: Option<String>,
    stop_reason: Option<String>,
}

#[derive(Deserialize)]
struct Used {
    input_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    output_tokens: Option<u64>,
}

impl Used {
    fn tokens(&self) -> Tokens {
        let cached = self.cache_read_input_tokens.unwrap_or(0);
        let kept = self.cache_creation_input_tokens.unwrap_or(0);
        let whole = |fresh: u64| fresh.saturating_add(cached).saturating_add(kept);
        Tokens {
            // Gateways say nothing here and the right number elsewhere.
            prompt: self.input_tokens.map(whole).filter(|tokens| *tokens > 0),
            completion: self.output_tokens,
            cached: self.cache_read_input_tokens,
        }
    }
}

impl Protocol for Anthropic {
    fn framing(&self) -> Framing {
        Framing::Events
    }

    fn path(&self) -> String {
        "/v1/messages".to_owned()
    }

    fn body(&self, prompt: &Prompt, temperature: Option<f32>) -> Value {
        let messages = prompt.messages.iter().map(|message| {
            let role = match message.role {
                Role::User => "user",
                Role::Assistant => "assistant",
            };
            json!({ "role": role, "content": message.text })
        });
        let mut body = json!({
            "model": self.name,
            "max_tokens": prompt.tokens_max,
            "messages": messages.collect::<Vec<_>>(),
            "stream": true,
        });
        if !prompt.system.is_empty() {
            set(&mut body, "system", json!(prompt.system));
        }
        if let Some(temperature) = temperature {
            let temperature = temperature.min(TEMPERATURE_MAX);
            set(&mut body, "temperature", json!(temperature));
        }
        body
    }

    fn read(&self, frame: &[u8]) -> Result<Vec<Piece>> {
        let event: Event = parse(Provider::Anthropic, frame)?;
        let mut pieces = Vec::new();
        match event.what.as_deref() {
            Some("error") => {
                let error = event.error.unwrap_or_default();
                return Err(told(Provider::Anthropic, &error));
            }
            Some("message_start") => {
                let used = event.message.and_then(|message| message.usage);
                pieces.extend(used.map(|used| Piece::Tokens(used.tokens())));
            }
            Some("content_block_delta") => {
                // What the model thinks comes in deltas of another kind.
                let text = event
                    .delta
                    .filter(|delta| delta.what.as_deref() == Some("text_delta"));
                pieces.extend(text.and_then(|delta| delta.text).map(Piece::Text));
            }
            Some("message_delta") => {
                pieces.extend(event.usage.map(|used| Piece::Tokens(used.tokens())));
                let told = event.delta.and_then(|delta| delta.stop_reason);
                pieces.extend(told.map(|told| Piece::Reason(reason(&told))));
            }
            Some("message_stop") => pieces.push(Piece::End),
            // Pings, beginnings and ends of blocks, and what may be added.
            Some(_) | None => {}
        }
        Ok(pieces)
    }

    fn check_path(&self) -> String {
        format!("/v1/models/{}", self.name)
    }
}

fn reason(told: &str) -> FinishReason {
    match told {
        "max_tokens" | "model_context_window_exceeded" => FinishReason::Length,
        "refusal" => FinishReason::Refused,
        _ => FinishReason::Stop,
    }
}
