//! What a response looks like.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{AskBody, ToolBody};
use crate::api::openai::file_id;
use crate::api::openai::reply::{Cited, Reply};
use crate::api::wire::CitationBody;

/// A reply.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiResponse")]
pub(super) struct ResponseBody {
    /// The reply's id; nothing is kept under it.
    pub(super) id: String,
    /// Always `response`.
    pub(super) object: &'static str,
    /// When it was made, in seconds since 1970.
    pub(super) created_at: i64,
    /// `in_progress`, `completed` or `failed`.
    pub(super) status: &'static str,
    /// What went wrong.
    pub(super) error: Option<FailureBody>,
    /// Always null.
    pub(super) incomplete_details: Option<Value>,
    /// As they were given.
    pub(super) instructions: Option<String>,
    /// As it was given.
    pub(super) metadata: Map<String, Value>,
    /// The model that was asked.
    pub(super) model: String,
    /// The reply: one message.
    pub(super) output: Vec<OutputBody>,
    /// Always false.
    pub(super) parallel_tool_calls: bool,
    /// Always null.
    pub(super) previous_response_id: Option<String>,
    /// Always false: nothing is kept.
    pub(super) store: bool,
    /// Always null.
    pub(super) temperature: Option<f64>,
    /// Always null.
    pub(super) top_p: Option<f64>,
    /// Always `auto`.
    pub(super) tool_choice: &'static str,
    /// As they were given.
    pub(super) tools: Vec<ToolBody>,
    /// Always `disabled`.
    pub(super) truncation: &'static str,
    /// The tokens counted, once it is complete.
    pub(super) usage: Option<UsageBody>,
    /// What was left out in making the reply, and why: a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) degraded: Vec<String>,
}

/// Why a reply broke off.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiFailure")]
pub(super) struct FailureBody {
    /// Always `server_error`.
    pub(super) code: &'static str,
    /// What went wrong.
    pub(super) message: String,
}

/// A message of a reply.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiOutput")]
pub(super) struct OutputBody {
    /// Its id.
    pub(super) id: String,
    /// Always `message`.
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    /// `in_progress` or `completed`.
    pub(super) status: &'static str,
    /// Always `assistant`.
    pub(super) role: &'static str,
    /// What is said: one text.
    pub(super) content: Vec<TextBody>,
}

/// A text with what its marks stand for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiOutputText")]
pub(super) struct TextBody {
    /// Always `output_text`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Exact sentences of the library, each followed by marks such as `[1]`.
    text: String,
    /// What the marks stand for, in their order.
    annotations: Vec<FileCitationBody>,
    /// Always empty.
    logprobs: Vec<Value>,
}

/// What a mark stands for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiFileCitation")]
pub(super) struct FileCitationBody {
    /// Always `file_citation`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The file that is cited.
    file_id: String,
    /// Its name.
    filename: String,
    /// The character of the text behind which the mark stands.
    index: usize,
    /// The exact words, with their document, page and place.
    citation: CitationBody,
}

impl From<&Cited> for FileCitationBody {
    fn from(cited: &Cited) -> Self {
        Self {
            kind: "file_citation",
            file_id: file_id(cited.citation.document_id),
            filename: cited.file.clone(),
            index: cited.end,
            citation: cited.citation.clone(),
        }
    }
}

/// The tokens counted, as the embedding model cuts them.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiResponseUsage")]
pub(super) struct UsageBody {
    /// Of the input.
    input_tokens: u64,
    /// How many of them were remembered: none.
    input_tokens_details: InputDetails,
    /// Of the reply.
    output_tokens: u64,
    /// How many of them were thoughts: none.
    output_tokens_details: OutputDetails,
    /// Of both.
    total_tokens: u64,
}

#[derive(Clone, Copy, Debug, Default, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiInputDetails")]
struct InputDetails {
    cached_tokens: u64,
    cache_write_tokens: u64,
}

#[derive(Clone, Copy, Debug, Default, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiOutputDetails")]
struct OutputDetails {
    reasoning_tokens: u64,
}

impl UsageBody {
    pub(super) fn new((input_tokens, output_tokens): (u64, u64)) -> Self {
        Self {
            input_tokens,
            input_tokens_details: InputDetails::default(),
            output_tokens,
            output_tokens_details: OutputDetails::default(),
            total_tokens: input_tokens + output_tokens,
        }
    }
}

impl ResponseBody {
    /// A reply that has been begun.
    pub(super) fn begun(body: AskBody, id: String, created_at: i64) -> Self {
        Self {
            id,
            object: "response",
            created_at,
            status: "in_progress",
            error: None,
            incomplete_details: None,
            instructions: body.instructions,
            metadata: body.metadata.unwrap_or_default(),
            model: body.model,
            output: Vec::new(),
            parallel_tool_calls: false,
            previous_response_id: None,
            store: false,
            temperature: None,
            top_p: None,
            tool_choice: "auto",
            tools: body.tools.unwrap_or_default(),
            truncation: "disabled",
            usage: None,
            degraded: Vec::new(),
        }
    }

    /// The reply with all that was said.
    pub(super) fn complete(&mut self, id: &str, reply: &Reply, counted: (u64, u64)) {
        let message = OutputBody::new(id, reply);
        self.degraded.clone_from(&reply.degraded);
        self.status = "completed";
        self.output = vec![message];
        self.usage = Some(UsageBody::new(counted));
    }
}

impl OutputBody {
    /// A message that says this.
    pub(super) fn new(id: &str, reply: &Reply) -> Self {
        Self {
            id: id.to_owned(),
            kind: "message",
            status: "completed",
            role: "assistant",
            content: vec![TextBody::new(reply)],
        }
    }
}

impl TextBody {
    pub(super) fn new(reply: &Reply) -> Self {
        Self {
            kind: "output_text",
            text: reply.text.clone(),
            annotations: reply.cited.iter().map(FileCitationBody::from).collect(),
            logprobs: Vec::new(),
        }
    }
}
