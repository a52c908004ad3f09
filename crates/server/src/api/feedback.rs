//! Feedback: what people think of the answers they got.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, put_with};
use alexandria_core::feedback::Thumb;
use alexandria_core::id::AnswerId;
use alexandria_library::{FeedbackQuery, PAGE_ITEMS_MAX};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::Shared;
use super::extract::{Asker, Body, Parameters, Segments};
use super::problem::Problem;
use super::wire::{FeedbackBody, OpinionBody, PAGE_ITEMS_DEFAULT, PageBody, ThumbBody};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/answers/{answer}/feedback",
            put_with(give, |operation| {
                operation
                    .id("feedback_give")
                    .tag("feedback")
                    .summary("Say what you think of an answer")
                    .description(
                        "A thumb, a reason, a comment, and what the answer should have said. It takes the \
                         place of what you said of this answer before.",
                    )
            })
            .get_with(get, |operation| {
                operation
                    .id("feedback_get")
                    .tag("feedback")
                    .summary("Read what you said of an answer")
            })
            .delete_with(forget, |operation| {
                operation
                    .id("feedback_delete")
                    .tag("feedback")
                    .summary("Take back what you said of an answer")
                    .response::<204, ()>()
            }),
        )
        .api_route(
            "/api/v1/feedback",
            get_with(list, |operation| {
                operation
                    .id("feedback_list")
                    .tag("feedback")
                    .summary("List what everybody said of their answers, newest first")
                    .description("Needs the scope `admin`.")
            }),
        )
}

/// Which answer.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The answer's id.
    #[schemars(with = "Uuid")]
    answer: AnswerId,
}

/// Which feedback.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct ListParameters {
    /// Only with this thumb.
    thumb: Option<ThumbBody>,
    /// Where the page before ended, from its `next`.
    #[schemars(length(min = 1))]
    cursor: Option<String>,
    /// Items on the page, 200 at most; 50 unless given.
    #[schemars(range(min = 1, max = PAGE_ITEMS_MAX))]
    limit: Option<u32>,
}

async fn give(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Body(opinion): Body<OpinionBody>,
) -> Result<Json<FeedbackBody>, Problem> {
    let kept = app
        .library
        .give_feedback(&principal, which.answer, opinion.into())
        .await?;
    Ok(Json(kept.into()))
}

async fn get(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<FeedbackBody>, Problem> {
    let found = app.library.feedback(&principal, which.answer).await?;
    Ok(Json(found.into()))
}

async fn forget(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<StatusCode, Problem> {
    app.library
        .forget_feedback(&principal, which.answer)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(wanted): Parameters<ListParameters>,
) -> Result<Json<PageBody<FeedbackBody>>, Problem> {
    let query = FeedbackQuery {
        thumb: wanted.thumb.map(Thumb::from),
        cursor: wanted.cursor,
        limit: wanted.limit.unwrap_or(PAGE_ITEMS_DEFAULT),
    };
    let page = app.library.all_feedback(&principal, &query).await?;
    Ok(Json(page.into()))
}
