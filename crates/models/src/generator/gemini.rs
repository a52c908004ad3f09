//! Google's Gemini: `streamGenerateContent` as server-sent events.
//!
//! Every event is a whole reply with the next parts; the last has a reason for the end, and nothing
//! but the end of the stream comes after it. Written after the public API reference.

use alexandria_core::error::Result;
use serde::Deserialize;
use serde_json::{Value, json};

use super::meter::Tokens;
use super::remote::{Piece, Protocol, parse, set};
use super::{FinishReason, Prompt, Role};
use crate::provider::{Framing, Provider, told};

/// A model behind this protocol.
#[derive(Debug)]
pub(super) struct Gemini {
    name: String,
}

impl Gemini {
    pub(super) const fn new(name: String) -> Self {
        Self { name }
    }

    /// How much the model may think before it writes: as little as it can, because what it thinks
    /// counts as written, and a quote needs no thought.
    fn thinking(&self) -> Option<Value> {
        if self.name.starts_with("gemini-2.5-flash") {
            Some(json!({ "thinkingBudget": 0 }))
        } else if self.name.starts_with("gemini-3") {
            Some(json!({ "thinkingLevel": "low" }))
        } else {
            None
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Chunk {
    candidates: Option<Vec<Candidate>>,
    prompt_feedback: Option<Feedback>,
    usage_metadata: Option<Used>,
    error: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    content: Option<Content>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Content {
    parts: Option<Vec<Part>>,
}

#[derive(Deserialize)]
struct Part {
    text: Option<String>,
    thought: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feedback {
    block_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Used {
    prompt_token_count: Option<u64>,
    candidates_token_count: Option<u64>,
    thoughts_token_count: Option<u64>,
    cached_content_token_count: Option<u64>,
}

impl Protocol for Gemini {
    fn framing(&self) -> Framing {
        Framing::Events
    }

    fn path(&self) -> String {
        format!("/v1beta/models/{}:streamGenerateContent?alt=sse", self.name)
    }

    fn body(&self, prompt: &Prompt, temperature: Option<f32>) -> Value {
        let messages = prompt.messages.iter().map(|message| {
            let role = match message.role {
                Role::User => "user",
                Role::Assistant => "model",
            };
            json!({ "role": role, "parts": [{ "text": message.text }] })
        });
        let mut config = json!({ "maxOutputTokens": prompt.tokens_max });
        if let Some(temperature) = temperature {
            set(&mut config, "temperature", json!(temperature));
        }
        if let Some(thinking) = self.thinking() {
            set(&mut config, "thinkingConfig", thinking);
        }
        let messages = messages.collect::<Vec<_>>();
        let mut body = json!({ "contents": messages, "generationConfig": config });
        if !prompt.system.is_empty() {
            let system = json!({ "parts": [{ "text": prompt.system }] });
            set(&mut body, "systemInstruction", system);
        }
        body
    }

    fn read(&self, frame: &[u8]) -> Result<Vec<Piece>> {
        let chunk: Chunk = parse(Provider::Gemini, frame)?;
        if let Some(error) = chunk.error {
            return Err(told(Provider::Gemini, &error));
        }
        let mut pieces = Vec::new();
        for candidate in chunk.candidates.into_iter().flatten().take(1) {
            let parts = candidate.content.and_then(|content| content.parts);
            let spoken = |part: Part| part.text.filter(|_| part.thought != Some(true));
            let texts = parts.into_iter().flatten().filter_map(spoken);
            pieces.extend(texts.map(Piece::Text));
            pieces.extend(reason(candidate.finish_reason.as_deref()).map(Piece::Reason));
        }
        if chunk
            .prompt_feedback
            .is_some_and(|feedback| feedback.block_reason.is_some())
        {
            pieces.push(Piece::Reason(FinishReason::Refused));
        }
        pieces.extend(chunk.usage_metadata.map(|used| {
            let written = used.candidates_token_count;
            let thought = used.thoughts_token_count;
            let both = written.unwrap_or(0).saturating_add(thought.unwrap_or(0));
            Piece::Tokens(Tokens {
                prompt: used.prompt_token_count,
                completion: written.or(thought).map(|_| both),
                cached: used.cached_content_token_count,
            })
        }));
        Ok(pieces)
    }

    fn check_path(&self) -> String {
        format!("/v1beta/models/{}", self.name)
    }
}

fn reason(told: Option<&str>) -> Option<FinishReason> {
    match told? {
        "" | "FINISH_REASON_UNSPECIFIED" => None,
        "STOP" => Some(FinishReason::Stop),
        "MAX_TOKENS" => Some(FinishReason::Length),
        // Safety, recitation, forbidden words, personal data and what else a filter may find.
        _ => Some(FinishReason::Refused),
    }
}
