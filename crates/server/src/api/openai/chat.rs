//! Chat completions: the last message of the user is the question, the answer is the reply.

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use alexandria_core::access::Scope;
use alexandria_core::principal::Principal;
use alexandria_library::Exchange;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::error::{ErrorBody, Refusal};
use super::parameters::{
    Rule, Rules, check, is_empty, is_off, is_one, is_text, is_text_alone, is_zero, needs_no_tool,
};
use super::reply::{self, Cited, ContentBody, Piece, Reply, Writer};
use super::{TAG, invalid};
use crate::api::Shared;
use crate::api::events::{self, Told};
use crate::api::extract::{Asker, Body};
use crate::api::problem::Problem;
use crate::api::wire::CitationBody;

/// What a stream says last.
const DONE: &str = "[DONE]";

/// What becomes of the parameters that are no fields of [`ChatBody`].
const RULES: &Rules = &[
    ("audio", Rule::Refused),
    ("frequency_penalty", Rule::LetBe),
    ("function_call", Rule::OnlyIf(needs_no_tool)),
    ("functions", Rule::OnlyIf(is_empty)),
    ("logit_bias", Rule::LetBe),
    ("logprobs", Rule::OnlyIf(is_off)),
    ("max_completion_tokens", Rule::LetBe),
    ("max_tokens", Rule::LetBe),
    ("metadata", Rule::LetBe),
    ("modalities", Rule::OnlyIf(is_text_alone)),
    ("n", Rule::OnlyIf(is_one)),
    ("parallel_tool_calls", Rule::LetBe),
    ("presence_penalty", Rule::LetBe),
    ("prompt_cache_key", Rule::LetBe),
    ("prompt_cache_options", Rule::LetBe),
    ("prompt_cache_retention", Rule::LetBe),
    ("reasoning_effort", Rule::LetBe),
    ("response_format", Rule::OnlyIf(is_text)),
    ("safety_identifier", Rule::LetBe),
    ("seed", Rule::LetBe),
    ("service_tier", Rule::LetBe),
    ("stop", Rule::LetBe),
    ("store", Rule::LetBe),
    ("temperature", Rule::LetBe),
    ("tool_choice", Rule::OnlyIf(needs_no_tool)),
    ("tools", Rule::OnlyIf(is_empty)),
    ("top_logprobs", Rule::OnlyIf(is_zero)),
    ("top_p", Rule::LetBe),
    ("user", Rule::LetBe),
    ("verbosity", Rule::LetBe),
    ("moderation", Rule::Refused),
    ("prediction", Rule::Refused),
    ("web_search_options", Rule::Refused),
];

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(
        "/v1/chat/completions",
        post_with(complete, |operation| {
            operation
                .id("openai_chat_completions")
                .tag(TAG)
                .summary("Ask a question as a chat")
                .description(
                    "The last message of the user is the question. It is understood from earlier \
                     messages of the user and the assistant; those of the system are taken and \
                     change nothing. The reply is made of exact sentences \
                     with marks such as [1], and `annotations` say what each mark stands for. With \
                     `stream` it comes as server-sent events that end with `data: [DONE]`.",
                )
                .response::<200, Json<CompletionBody>>()
        }),
    )
}

/// A question as a chat.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "OpenAiChatRequest")]
struct ChatBody {
    /// `alexandria`, or `alexandria/NAME` to ask one collection.
    model: String,
    /// The conversation so far; the last message of the user is the question.
    #[schemars(length(min = 1))]
    messages: Vec<MessageBody>,
    /// Whether the reply comes in pieces.
    stream: Option<bool>,
    /// How it comes in pieces.
    stream_options: Option<StreamOptions>,
    /// Further parameters: see the handbook for what becomes of each.
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// A message of a conversation.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "OpenAiMessage")]
struct MessageBody {
    /// Who said it: `user`, `assistant`, `system`, `developer` or `tool`.
    role: String,
    /// What was said.
    content: Option<ContentBody>,
}

/// How a reply comes in pieces.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "OpenAiStreamOptions")]
struct StreamOptions {
    /// Whether the last piece says how many tokens were counted.
    include_usage: Option<bool>,
}

impl ChatBody {
    /// The question.
    fn question(&self) -> Result<String, Refusal> {
        let asked = self.messages.iter().rev().find(|said| said.role == "user");
        let content = asked.and_then(|message| message.content.as_ref());
        let Some(content) = content else {
            let sentence = "there is no question: send a message with the role \"user\"";
            return Err(invalid("messages", sentence));
        };
        content.check("messages")?;
        Ok(content.text())
    }

    /// What was asked and answered before.
    fn history(&self) -> Vec<Exchange> {
        let said = self.messages.iter().filter_map(|message| {
            let content = message.content.as_ref()?;
            Some((message.role.as_str(), content.text()))
        });
        reply::history(said)
    }

    /// Everything that was said so far.
    fn prompts(&self) -> Vec<String> {
        let contents = self
            .messages
            .iter()
            .filter_map(|said| said.content.as_ref());
        contents.map(ContentBody::text).collect()
    }
}

/// A reply.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiChatCompletion")]
struct CompletionBody {
    /// The reply's id.
    id: String,
    /// Always `chat.completion`.
    object: &'static str,
    /// When it was made, in seconds since 1970.
    created: i64,
    /// The model that was asked.
    model: String,
    /// The reply; there is one.
    choices: Vec<ChoiceBody>,
    /// The tokens counted.
    usage: UsageBody,
    /// Always null.
    system_fingerprint: Option<String>,
    /// What was left out in making the reply, and why: a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    degraded: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiChoice")]
struct ChoiceBody {
    /// Always 0.
    index: u32,
    /// What is said.
    message: SaidBody,
    /// Always null.
    logprobs: Option<Value>,
    /// Always `stop`.
    finish_reason: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiSaid")]
struct SaidBody {
    /// Always `assistant`.
    role: &'static str,
    /// Exact sentences of the library, each followed by marks such as `[1]`.
    content: String,
    /// Always null.
    refusal: Option<String>,
    /// What the marks stand for, in their order.
    annotations: Vec<AnnotationBody>,
}

/// What a mark stands for.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiAnnotation")]
struct AnnotationBody {
    /// Always `url_citation`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Where the source is found.
    url_citation: UrlCitationBody,
    /// The exact words, with their document, page and place.
    citation: CitationBody,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiUrlCitation")]
struct UrlCitationBody {
    /// The first character of the sentence that the source supports.
    start_index: usize,
    /// One past its last character.
    end_index: usize,
    /// The document's title.
    title: String,
    /// The original file on this server, with the page where there is one.
    url: String,
}

impl From<&Cited> for AnnotationBody {
    fn from(cited: &Cited) -> Self {
        let citation = cited.citation.clone();
        let page = citation.page.map(|page| format!("#page={page}"));
        let (document, page) = (citation.document_id, page.unwrap_or_default());
        Self {
            kind: "url_citation",
            url_citation: UrlCitationBody {
                start_index: cited.start,
                end_index: cited.end,
                title: citation.title.clone(),
                url: format!("/api/v1/documents/{document}/original{page}"),
            },
            citation,
        }
    }
}

/// The tokens counted, as the embedding model cuts them.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiUsage")]
struct UsageBody {
    /// Of the conversation.
    prompt_tokens: u64,
    /// Of the reply.
    completion_tokens: u64,
    /// Of both.
    total_tokens: u64,
}

impl UsageBody {
    fn new((prompt_tokens, completion_tokens): (u64, u64)) -> Self {
        Self {
            prompt_tokens,
            completion_tokens,
            total_tokens: prompt_tokens + completion_tokens,
        }
    }
}

async fn complete(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Body(body): Body<ChatBody>,
) -> Result<Response, Refusal> {
    principal.require(Scope::Ask)?;
    check(&body.others, RULES)?;
    let asked = (body.model.as_str(), body.question()?);
    let mut request = reply::question(&app, &principal, asked, &[]).await?;
    request.history = body.history();
    let prompts = body.prompts();
    let pieces = reply::say(&app, principal.clone(), request).await?;
    let id = format!("chatcmpl-{}", app.ids.next().simple());
    let created = app.clock.now().as_second();
    if body.stream == Some(true) {
        let options = body.stream_options.unwrap_or_default();
        let writer = Chunks {
            app: Shared::clone(&app),
            principal,
            prompts,
            usage: options.include_usage == Some(true),
            head: json!({ "id": id, "object": "chat.completion.chunk", "created": created,
                "model": body.model, "system_fingerprint": null }),
        };
        return Ok(events::reply(&app, reply::script(pieces, writer)));
    }
    let Reply {
        text,
        cited,
        degraded,
    } = reply::whole(pieces).await?;
    let counted = reply::count(&app, &principal, &prompts, &text).await?;
    let message = SaidBody {
        role: "assistant",
        content: text,
        refusal: None,
        annotations: cited.iter().map(AnnotationBody::from).collect(),
    };
    let choice = ChoiceBody {
        index: 0,
        message,
        logprobs: None,
        finish_reason: "stop",
    };
    Ok(Json(CompletionBody {
        id,
        object: "chat.completion",
        created,
        model: body.model,
        choices: vec![choice],
        usage: UsageBody::new(counted),
        system_fingerprint: None,
        degraded,
    })
    .into_response())
}

/// Writes a reply in chunks.
struct Chunks {
    app: Shared,
    principal: Principal,
    prompts: Vec<String>,
    /// Whether the tokens are told at the end.
    usage: bool,
    /// What stands in every chunk.
    head: Value,
}

impl Chunks {
    /// A chunk that adds something to the reply.
    fn delta(&self, delta: &Value, finish_reason: Option<&str>) -> Told {
        let choice = json!({ "index": 0, "delta": delta, "logprobs": null,
            "finish_reason": finish_reason });
        self.chunk(json!([choice]), None)
    }

    fn chunk(&self, choices: Value, usage: Option<UsageBody>) -> Told {
        let mut chunk = self.head.clone();
        if let Some(fields) = chunk.as_object_mut() {
            fields.insert("choices".to_owned(), choices);
            if self.usage {
                fields.insert("usage".to_owned(), json!(usage));
            }
        }
        Told::data(&chunk)
    }
}

impl Writer for Chunks {
    fn begin(&mut self) -> Vec<Told> {
        vec![self.delta(&json!({ "role": "assistant", "content": "" }), None)]
    }

    fn piece(&mut self, piece: &Piece) -> Vec<Told> {
        let mut delta = json!({ "content": piece.text });
        let annotations: Vec<_> = piece.cited.iter().map(AnnotationBody::from).collect();
        if let Some(fields) = delta.as_object_mut()
            && !annotations.is_empty()
        {
            fields.insert("annotations".to_owned(), json!(annotations));
        }
        vec![self.delta(&delta, None)]
    }

    async fn end(&mut self, reply: &Reply) -> Vec<Told> {
        if let Some(fields) = self.head.as_object_mut()
            && !reply.degraded.is_empty()
        {
            fields.insert("degraded".to_owned(), json!(reply.degraded));
        }
        let mut told = vec![self.delta(&json!({}), Some("stop"))];
        if self.usage {
            let text = &reply.text;
            match reply::count(&self.app, &self.principal, &self.prompts, text).await {
                Ok(counted) => told.push(self.chunk(json!([]), Some(UsageBody::new(counted)))),
                Err(error) => return self.fail(&error.into()),
            }
        }
        told.push(Told::Data(DONE.to_owned()));
        told
    }

    fn fail(&mut self, problem: &Problem) -> Vec<Told> {
        vec![Told::data(&ErrorBody::of_stream(problem))]
    }
}
