//! Responses: the same answers in the newer form, with citations of files. Nothing is kept: a
//! response cannot be looked up or gone on from later.

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::Refusal;
use super::parameters::{Rule, Rules, check, is_off, is_text, is_zero};
use super::reply::{self, Cited, ContentBody, Reply};
use super::{TAG, file_id, invalid};
use crate::api::Shared;
use crate::api::events;
use crate::api::extract::{Asker, Body};
use crate::api::wire::CitationBody;

mod script;

use script::Script;

/// What becomes of the parameters that are no fields of [`AskBody`].
const RULES: &Rules = &[
    ("background", Rule::OnlyIf(is_off)),
    ("conversation", Rule::Refused),
    ("context_management", Rule::Refused),
    ("include", Rule::LetBe),
    ("max_output_tokens", Rule::LetBe),
    ("max_tool_calls", Rule::LetBe),
    ("moderation", Rule::Refused),
    ("parallel_tool_calls", Rule::LetBe),
    ("previous_response_id", Rule::Refused),
    ("prompt", Rule::Refused),
    ("prompt_cache_key", Rule::LetBe),
    ("prompt_cache_options", Rule::LetBe),
    ("prompt_cache_retention", Rule::LetBe),
    ("reasoning", Rule::LetBe),
    ("safety_identifier", Rule::LetBe),
    ("service_tier", Rule::LetBe),
    ("store", Rule::LetBe),
    ("stream_options", Rule::LetBe),
    ("temperature", Rule::LetBe),
    ("text", Rule::OnlyIf(is_text_form)),
    ("tool_choice", Rule::OnlyIf(is_own_choice)),
    ("top_logprobs", Rule::OnlyIf(is_zero)),
    ("top_p", Rule::LetBe),
    ("truncation", Rule::LetBe),
    ("user", Rule::LetBe),
];

/// Whether a form of reply is plain text, or says nothing about it.
fn is_text_form(value: &Value) -> bool {
    value.get("format").is_none_or(is_text)
}

/// Whether a choice of tools leaves searching to the library, which always searches.
fn is_own_choice(value: &Value) -> bool {
    let named = value.get("type").and_then(Value::as_str);
    matches!(
        value.as_str().or(named),
        Some("none" | "auto" | "required" | "file_search")
    )
}

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(
        "/v1/responses",
        post_with(respond, |operation| {
            operation
                .id("openai_responses")
                .tag(TAG)
                .summary("Ask a question")
                .description(
                    "The input, or the last message of the user in it, is the question. The tool \
                     `file_search` restricts the answer to the vector stores it names. With `stream` \
                     the reply comes as server-sent events from `response.created` to \
                     `response.completed`. Nothing is kept.",
                )
                .response::<200, Json<ResponseBody>>()
        }),
    )
}

/// A question.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "OpenAiResponseRequest")]
struct AskBody {
    /// `alexandria`, or `alexandria/NAME` to ask one collection.
    model: String,
    /// The question, or a conversation that ends with it.
    input: InputBody,
    /// Taken, told again in the reply, and without effect on it.
    instructions: Option<String>,
    /// Told again in the reply.
    metadata: Option<Map<String, Value>>,
    /// Whether the reply comes in events.
    stream: Option<bool>,
    /// `file_search` alone, with the ids of vector stores.
    #[serde(default)]
    tools: Option<Vec<ToolBody>>,
    /// Further parameters: see the handbook for what becomes of each.
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// What is asked.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "the input must be a text or a list of messages with role and content"
)]
#[schemars(rename = "OpenAiInput")]
enum InputBody {
    /// The question.
    Text(String),
    /// A conversation.
    Items(Vec<ItemBody>),
}

/// A message of a conversation.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "OpenAiInputItem")]
struct ItemBody {
    /// `message`, which is meant when nothing is said.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Who said it.
    role: Option<String>,
    /// What was said.
    content: Option<ContentBody>,
}

/// A tool.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "OpenAiTool")]
struct ToolBody {
    /// `file_search`.
    #[serde(rename = "type")]
    kind: String,
    /// The vector stores to search.
    #[serde(default)]
    vector_store_ids: Vec<String>,
    /// What else is said of it.
    #[serde(flatten)]
    others: Map<String, Value>,
}

impl AskBody {
    fn question(&self) -> Result<String, Refusal> {
        let items = match &self.input {
            InputBody::Text(text) => return Ok(text.clone()),
            InputBody::Items(items) => items,
        };
        let strange = items.iter().filter_map(|item| item.kind.as_deref());
        if let Some(kind) = strange.into_iter().find(|kind| *kind != "message") {
            let sentence = format!("the input may hold messages, and this is {kind:?}");
            return Err(invalid("input", sentence));
        }
        let is_user = |item: &&ItemBody| item.role.as_deref() == Some("user");
        let asked = items.iter().rev().find(is_user);
        let Some(content) = asked.and_then(|item| item.content.as_ref()) else {
            let sentence = "there is no question: send a message with the role \"user\"";
            return Err(invalid("input", sentence));
        };
        content.check("input")?;
        Ok(content.text())
    }

    fn prompts(&self) -> Vec<String> {
        let mut prompts: Vec<String> = self.instructions.iter().cloned().collect();
        match &self.input {
            InputBody::Text(text) => prompts.push(text.clone()),
            InputBody::Items(items) => {
                let contents = items.iter().filter_map(|item| item.content.as_ref());
                prompts.extend(contents.map(ContentBody::text));
            }
        }
        prompts
    }

    fn tools(&self) -> &[ToolBody] {
        self.tools.as_deref().unwrap_or_default()
    }

    /// The vector stores that are to be searched; everything when there are none.
    fn stores(&self) -> Result<Vec<String>, Refusal> {
        let mut stores = Vec::new();
        for tool in self.tools() {
            let kind = &tool.kind;
            if kind != "file_search" || tool.vector_store_ids.is_empty() {
                let sentence = format!(
                    "the one tool here is file_search with the ids of vector stores, and this is \
                     {kind:?}"
                );
                return Err(invalid("tools", sentence));
            }
            stores.extend(tool.vector_store_ids.iter().cloned());
        }
        Ok(stores)
    }
}

/// A reply.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiResponse")]
struct ResponseBody {
    /// The reply's id; nothing is kept under it.
    id: String,
    /// Always `response`.
    object: &'static str,
    /// When it was made, in seconds since 1970.
    created_at: i64,
    /// `in_progress`, `completed` or `failed`.
    status: &'static str,
    /// What went wrong.
    error: Option<FailureBody>,
    /// Always null.
    incomplete_details: Option<Value>,
    /// As they were given.
    instructions: Option<String>,
    /// As it was given.
    metadata: Map<String, Value>,
    /// The model that was asked.
    model: String,
    /// The reply: one message.
    output: Vec<OutputBody>,
    /// Always false.
    parallel_tool_calls: bool,
    /// Always null.
    previous_response_id: Option<String>,
    /// Always false: nothing is kept.
    store: bool,
    /// Always null.
    temperature: Option<f64>,
    /// Always null.
    top_p: Option<f64>,
    /// Always `auto`.
    tool_choice: &'static str,
    /// As they were given.
    tools: Vec<ToolBody>,
    /// Always `disabled`.
    truncation: &'static str,
    /// The tokens counted, once it is complete.
    usage: Option<UsageBody>,
}

/// Why a reply broke off.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiFailure")]
struct FailureBody {
    /// Always `server_error`.
    code: &'static str,
    /// What went wrong.
    message: String,
}

/// A message of a reply.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiOutput")]
struct OutputBody {
    /// Its id.
    id: String,
    /// Always `message`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// `in_progress` or `completed`.
    status: &'static str,
    /// Always `assistant`.
    role: &'static str,
    /// What is said: one text.
    content: Vec<TextBody>,
}

/// A text with what its marks stand for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiOutputText")]
struct TextBody {
    /// Always `output_text`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Exact sentences of the library, each followed by marks such as [1].
    text: String,
    /// What the marks stand for, in their order.
    annotations: Vec<FileCitationBody>,
    /// Always empty.
    logprobs: Vec<Value>,
}

/// What a mark stands for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiFileCitation")]
struct FileCitationBody {
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
struct UsageBody {
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
    fn new((input_tokens, output_tokens): (u64, u64)) -> Self {
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
    fn begun(body: AskBody, id: String, created_at: i64) -> Self {
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
        }
    }

    /// The reply with all that was said.
    fn complete(&mut self, message: OutputBody, counted: (u64, u64)) {
        self.status = "completed";
        self.output = vec![message];
        self.usage = Some(UsageBody::new(counted));
    }
}

impl OutputBody {
    /// A message that says this.
    fn new(id: &str, reply: &Reply) -> Self {
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
    fn new(reply: &Reply) -> Self {
        Self {
            kind: "output_text",
            text: reply.text.clone(),
            annotations: reply.cited.iter().map(FileCitationBody::from).collect(),
            logprobs: Vec::new(),
        }
    }
}

async fn respond(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Body(body): Body<AskBody>,
) -> Result<Response, Refusal> {
    check(&body.others, RULES)?;
    let asked = (body.model.as_str(), body.question()?);
    let stores = body.stores()?;
    let request = reply::question(&app, &principal, asked, &stores).await?;
    let prompts = body.prompts();
    let pieces = reply::say(&app, principal.clone(), request).await?;
    let id = format!("resp_{}", app.ids.next().simple());
    let message = format!("msg_{}", app.ids.next().simple());
    let streams = body.stream == Some(true);
    let mut response = ResponseBody::begun(body, id, app.clock.now().as_second());
    if streams {
        let script = Script::new(&app, principal, prompts, response, message);
        return Ok(events::reply(&app, reply::script(pieces, script)));
    }
    let said = reply::whole(pieces).await?;
    let counted = reply::count(&app, &principal, &prompts, &said.text).await?;
    response.complete(OutputBody::new(&message, &said), counted);
    Ok(Json(response).into_response())
}
