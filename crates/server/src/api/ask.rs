//! Asking: an answer with its citations, whole as JSON or as it comes as server-sent events.

use std::time::Duration;

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use alexandria_library::ask::{AskEvent, AskRequest, Participation};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt as _, stream};
use tokio::time::timeout;

use super::Shared;
use super::events::{self, Told};
use super::extract::{Asker, Body};
use super::problem::Problem;
use super::requests::QuestionBody;
use super::streams;
use super::wire::{AnswerBody, PassageBody, SentenceBody};

/// How long the head of a reply waits for the first event.
const FIRST_WAIT: Duration = Duration::from_secs(1);

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(
        "/api/v1/ask",
        post_with(ask, |operation| {
            operation
                .id("ask")
                .tag("ask")
                .summary("Ask a question")
                .description(
                    "An answer whose every sentence rests on exact words of the library, or `answered: \
                     false` when the library does not answer it. With `Accept: text/event-stream` \
                     the same comes in events: `passages`, then one `sentence` after another, then \
                     `done` with the whole answer. Where a language model writes, `draft` brings its \
                     text as it comes, before it is checked; `removed` names a sentence that nothing \
                     supports, and `restart` says that the model has failed and exact sentences \
                     follow instead. `problem` ends a stream that has failed, with the problem details \
                     that a reply would have had. In a conversation `standalone` comes first, with the question that \
                     is searched for. Every event has an id; a reader that was cut off goes on with \
                     `GET /api/v1/streams/{stream}` and `Last-Event-ID`.",
                )
                .response::<200, Json<AnswerBody>>()
        }),
    )
}

async fn ask(
    State(app): State<Shared>,
    Asker(principal): Asker,
    headers: HeaderMap,
    Body(body): Body<QuestionBody>,
) -> Result<Response, Problem> {
    let mut request = AskRequest::new(body.question);
    request.filter = body.filter.resolve(&app.library, &principal).await?;
    request.participation = Participation {
        takes_part: true,
        gives_passages: body.passages.is_some(),
        gives_writer: body.writer.is_some(),
    };
    request.passages = body.passages.unwrap_or(request.passages);
    request.writer = body.writer.unwrap_or_default().into();
    request.persona = body.persona;
    request.conversation = body.conversation_id;
    request.fresh = body.fresh;
    if !wants_events(&headers) {
        let answer = app.library.ask(&principal, &request).await?;
        return Ok(Json(AnswerBody::from(answer)).into_response());
    }
    let mut stream = app.library.ask_stream(principal.clone(), request);
    // What keeps a question from being answered at all is told as the reply, where it shows at once.
    let first = timeout(FIRST_WAIT, stream.next()).await.ok().flatten();
    let first = first.transpose()?;
    let stream = stream::iter(first.map(Ok)).chain(stream);
    let (shared, asker) = (Shared::clone(&app), principal.clone());
    let stream = stream.map(move |event| match event {
        Ok(event) => told(event),
        Err(error) => Told::problem(&shared, &asker, &error.into()),
    });
    streams::reply(&app, &principal, stream.boxed())
}

/// Whether the caller wants events.
pub(super) fn wants_events(headers: &HeaderMap) -> bool {
    let accepts = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok());
    accepts.flat_map(|value| value.split(',')).any(|item| {
        item.split(';')
            .next()
            .is_some_and(|kind| kind.trim() == events::EVENT_STREAM)
    })
}

fn told(event: AskEvent) -> Told {
    match event {
        AskEvent::Standalone(question) => {
            Told::event("standalone", &serde_json::json!({ "question": question }))
        }
        AskEvent::Passages(passages) => {
            let passages: Vec<_> = passages.into_iter().map(PassageBody::from).collect();
            Told::event("passages", &serde_json::json!({ "passages": passages }))
        }
        AskEvent::Draft(text) => Told::event("draft", &serde_json::json!({ "text": text })),
        AskEvent::Sentence(sentence) => Told::event("sentence", &SentenceBody::from(sentence)),
        AskEvent::Removed(sentence) => Told::event("removed", &SentenceBody::from(sentence)),
        AskEvent::Restart => Told::event("restart", &serde_json::json!({})),
        AskEvent::Done(answer) => Told::event("done", &AnswerBody::from(*answer)),
    }
}
