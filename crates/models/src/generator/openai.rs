//! The chat completions of OpenAI, and of the many servers that speak the same way.
//!
//! Streamed as server-sent events: pieces of text, then a reason for the end, then what was used (it
//! has to be asked for), then the word `[DONE]`. Written after the public API reference.

use alexandria_core::error::Result;
use serde::Deserialize;
use serde_json::{Value, json};

use super::meter::Tokens;
use super::remote::{Piece, Protocol, parse, set};
use super::{FinishReason, Prompt, Role};
use crate::provider::{Framing, Provider, told};

/// What ends a stream.
const LAST_FRAME: &[u8] = b"[DONE]";

/// A model behind this protocol.
#[derive(Debug)]
pub(super) struct OpenAi {
    name: String,
    provider: Provider,
}

impl OpenAi {
    /// A model of OpenAI.
    pub(super) const fn original(name: String) -> Self {
        Self {
            name,
            provider: Provider::OpenAi,
        }
    }

    /// A model of another server.
    pub(super) const fn compatible(name: String) -> Self {
        Self {
            name,
            provider: Provider::Compatible,
        }
    }
}

#[derive(Deserialize)]
struct Chunk {
    choices: Option<Vec<Choice>>,
    usage: Option<Used>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Option<Written>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Written {
    content: Option<String>,
    refusal: Option<String>,
}

#[derive(Deserialize)]
struct Used {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    prompt_tokens_details: Option<PromptUsed>,
}

#[derive(Deserialize)]
struct PromptUsed {
    cached_tokens: Option<u64>,
}

impl Protocol for OpenAi {
    fn framing(&self) -> Framing {
        Framing::Events
    }

    fn path(&self) -> String {
        "/chat/completions".to_owned()
    }

    fn body(&self, prompt: &Prompt, temperature: Option<f32>) -> Value {
        let mut messages = Vec::with_capacity(prompt.messages.len() + 1);
        if !prompt.system.is_empty() {
            messages.push(json!({ "role": "system", "content": prompt.system }));
        }
        for message in &prompt.messages {
            let role = match message.role {
                Role::User => "user",
                Role::Assistant => "assistant",
            };
            messages.push(json!({ "role": role, "content": message.text }));
        }
        // The older name is the only one that all other servers know.
        let tokens_max = if self.provider == Provider::OpenAi {
            "max_completion_tokens"
        } else {
            "max_tokens"
        };
        let mut body = json!({
            "model": self.name,
            "messages": messages,
            "stream": true,
            "stream_options": { "include_usage": true },
            tokens_max: prompt.tokens_max,
        });
        if let Some(temperature) = temperature {
            set(&mut body, "temperature", json!(temperature));
        }
        body
    }

    fn read(&self, frame: &[u8]) -> Result<Vec<Piece>> {
        if frame.trim_ascii() == LAST_FRAME {
            return Ok(vec![Piece::End]);
        }
        let chunk: Chunk = parse(self.provider, frame)?;
        if let Some(error) = chunk.error {
            return Err(told(self.provider, &error));
        }
        let mut pieces = Vec::new();
        for choice in chunk.choices.into_iter().flatten().take(1) {
            if let Some(written) = choice.delta {
                pieces.extend(written.content.map(Piece::Text));
                if written.refusal.is_some_and(|text| !text.is_empty()) {
                    pieces.push(Piece::Reason(FinishReason::Refused));
                }
            }
            match choice.finish_reason.as_deref() {
                None | Some("") => {}
                // Gateways say so when the provider behind them has broken off.
                Some("error") => return Err(told(self.provider, &Value::Null)),
                Some(reason) => pieces.push(Piece::Reason(match reason {
                    "length" => FinishReason::Length,
                    "content_filter" => FinishReason::Refused,
                    _ => FinishReason::Stop,
                })),
            }
        }
        pieces.extend(chunk.usage.map(|used| {
            let details = used.prompt_tokens_details;
            Piece::Tokens(Tokens {
                prompt: used.prompt_tokens,
                completion: used.completion_tokens,
                cached: details.and_then(|details| details.cached_tokens),
            })
        }));
        Ok(pieces)
    }

    fn check_path(&self) -> String {
        if self.provider == Provider::OpenAi {
            format!("/models/{}", self.name)
        } else {
            "/models".to_owned()
        }
    }
}
