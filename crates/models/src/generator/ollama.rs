//! Ollama's own chat: one JSON object a line.
//!
//! Its native way is spoken and not its imitation of OpenAI's, because only here the length of the
//! context can be set: by default it cuts long prompts without a word. Written after the public
//! documentation.

use alexandria_core::error::{Error, ErrorKind, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use super::meter::Tokens;
use super::remote::{Piece, Protocol, parse, set};
use super::{FinishReason, Prompt, Role};
use crate::provider::{Framing, Provider, told};

/// A model behind this protocol.
#[derive(Debug)]
pub(super) struct Ollama {
    name: String,
    context_tokens_max: usize,
}

impl Ollama {
    pub(super) const fn new(name: String, context_tokens_max: usize) -> Self {
        Self {
            name,
            context_tokens_max,
        }
    }
}

#[derive(Deserialize)]
struct Chunk {
    message: Option<Written>,
    done: Option<bool>,
    done_reason: Option<String>,
    prompt_eval_count: Option<u64>,
    eval_count: Option<u64>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Written {
    content: Option<String>,
}

#[derive(Deserialize)]
struct Tags {
    models: Option<Vec<Tag>>,
}

#[derive(Deserialize)]
struct Tag {
    name: Option<String>,
}

impl Protocol for Ollama {
    fn framing(&self) -> Framing {
        Framing::Lines
    }

    fn path(&self) -> String {
        "/api/chat".to_owned()
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
        let mut options = json!({
            "num_predict": prompt.tokens_max,
            "num_ctx": self.context_tokens_max,
        });
        if let Some(temperature) = temperature {
            set(&mut options, "temperature", json!(temperature));
        }
        json!({ "model": self.name, "messages": messages, "stream": true, "options": options })
    }

    fn read(&self, frame: &[u8]) -> Result<Vec<Piece>> {
        let chunk: Chunk = parse(Provider::Ollama, frame)?;
        if let Some(error) = chunk.error {
            return Err(told(Provider::Ollama, &error));
        }
        let text = chunk.message.and_then(|message| message.content);
        let mut pieces = Vec::from_iter(text.map(Piece::Text));
        if chunk.done == Some(true) {
            pieces.push(Piece::Tokens(Tokens {
                prompt: chunk.prompt_eval_count,
                completion: chunk.eval_count,
                cached: None,
            }));
            pieces.push(Piece::Reason(match chunk.done_reason.as_deref() {
                Some("length") => FinishReason::Length,
                _ => FinishReason::Stop,
            }));
            pieces.push(Piece::End);
        }
        Ok(pieces)
    }

    fn check_path(&self) -> String {
        "/api/tags".to_owned()
    }

    fn judge(&self, reply: &[u8]) -> Result<()> {
        let tags: Tags = parse(Provider::Ollama, reply)?;
        let mut names = tags.models.into_iter().flatten().filter_map(|tag| tag.name);
        let latest = format!("{}:latest", self.name);
        if names.any(|name| name == self.name || name == latest) {
            return Ok(());
        }
        let name = &self.name;
        Err(Error::new(
            ErrorKind::NotFound,
            format!("ollama does not have the model {name}: fetch it with `ollama pull {name}`"),
        ))
    }
}
