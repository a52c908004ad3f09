//! `POST /api/query`: a question to a philosopher, as the operations handbook's clients put it.

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use alexandria_core::id::AnswerId;
use alexandria_core::persona::PERSONA_NAME_BYTES_MAX;
use alexandria_library::ask::{Answer, AskRequest};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Shared;
use super::extract::{Asker, Body};
use super::problem::Problem;
use super::wire::SentenceBody;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(
        "/api/query",
        post_with(query, |operation| {
            operation
                .id("query")
                .tag("ask")
                .summary("Ask a philosopher")
                .description(
                    "The same as `/api/v1/ask` with a persona, in the words of clients that know \
                     philosophers. An `Authorization: Bearer` header may be sent; as everywhere, \
                     nobody looks at it while there is no login. A philosopher that there is not is \
                     `404`, and the detail names those that there are.",
                )
        }),
    )
}

/// A question to a philosopher.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PhilosopherQuery")]
struct QueryBody {
    /// The question in your own words.
    #[schemars(length(min = 1, max = 8192), example = "What is courage?")]
    query: String,
    /// The persona that answers, by name or id; the whole library when there is none.
    #[serde(default)]
    #[schemars(length(min = 1, max = PERSONA_NAME_BYTES_MAX), example = &"Aristotle")]
    philosopher: Option<String>,
}

/// What a philosopher answers.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PhilosopherAnswer")]
struct QueryReply {
    /// Under which the answer is kept and can be verified again; absent where answers are not kept.
    #[schemars(with = "Option<Uuid>")]
    id: Option<AnswerId>,
    /// The question.
    query: String,
    /// The name of the persona that answers.
    philosopher: Option<String>,
    /// Whether the question is answered.
    answered: bool,
    /// The sentences joined, or the statement that nothing was found.
    answer: String,
    /// Each sentence with its citations.
    sentences: Vec<SentenceBody>,
    /// Whether the answer was made for an equal question before, and nothing has changed since.
    cached: bool,
    /// Sentences that say which part did not work; empty when all did.
    degraded: Vec<String>,
    /// How long it took, in milliseconds.
    latency_ms: f64,
}

impl QueryReply {
    fn of(query: String, answer: Answer) -> Self {
        Self {
            id: answer.id,
            query,
            philosopher: answer.persona,
            answered: answer.answered,
            answer: answer.text,
            sentences: answer
                .sentences
                .into_iter()
                .map(SentenceBody::from)
                .collect(),
            cached: answer.cached,
            degraded: answer.degraded,
            latency_ms: answer.timings.total,
        }
    }
}

async fn query(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Body(body): Body<QueryBody>,
) -> Result<Json<QueryReply>, Problem> {
    let mut request = AskRequest::new(body.query.clone());
    request.persona = body.philosopher;
    request.participation.takes_part = true;
    let answer = app.library.ask(&principal, &request).await?;
    Ok(Json(QueryReply::of(body.query, answer)))
}
