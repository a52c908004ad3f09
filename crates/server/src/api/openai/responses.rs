//! Responses: the same answers in the newer form, with citations of files. Nothing is kept: a
//! response cannot be looked up or gone on from later.

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use alexandria_core::access::Scope;
use alexandria_library::Exchange;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::Refusal;
use super::parameters::{Rule, Rules, check, is_off, is_text, is_zero};
use super::reply::{self, ContentBody};
use super::{TAG, invalid};
use crate::api::Shared;
use crate::api::events;
use crate::api::extract::{Asker, Body};

mod body;
mod script;

use body::ResponseBody;
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

    /// What was asked and answered before.
    fn history(&self) -> Vec<Exchange> {
        let InputBody::Items(items) = &self.input else {
            return Vec::new();
        };
        let said = items.iter().filter_map(|item| {
            let content = item.content.as_ref()?;
            Some((item.role.as_deref()?, content.text()))
        });
        reply::history(said)
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

async fn respond(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Body(body): Body<AskBody>,
) -> Result<Response, Refusal> {
    principal.require(Scope::Ask)?;
    check(&body.others, RULES)?;
    let asked = (body.model.as_str(), body.question()?);
    let stores = body.stores()?;
    let mut request = reply::question(&app, &principal, asked, &stores).await?;
    request.history = body.history();
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
    response.complete(&message, &said, counted);
    Ok(Json(response).into_response())
}
