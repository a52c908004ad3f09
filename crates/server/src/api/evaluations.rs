//! What evaluations have found over time: keeping it, listing and forgetting.

use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with};
use alexandria_core::id::EvaluationId;
use alexandria_library::evaluate::{EVALUATION_NAME_BYTES_MAX, EVALUATIONS_KEPT_MAX};
use alexandria_library::{EvaluationQuery, PAGE_ITEMS_MAX};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::Shared;
use super::extract::{Asker, Body, Parameters, Segments};
use super::idempotency::{Key, digest};
use super::problem::Problem;
use super::wire::{NewPastEvaluationBody, PAGE_ITEMS_DEFAULT, PageBody, PastEvaluationBody};

/// Where they are.
const PATH: &str = "/api/v1/evaluations";

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            PATH,
            get_with(list, |operation| {
                operation
                    .id("evaluations_list")
                    .tag("feedback")
                    .summary("List what evaluations have found, newest first")
                    .description("Needs the scope `admin`.")
            })
            .post_with(keep, |operation| {
                operation
                    .id("evaluations_keep")
                    .tag("feedback")
                    .summary("Keep what an evaluation has found")
                    .description(
                        format!(
                            "What `POST /api/v1/evaluation/run` and `alexandria eval` find is kept by them; \
                             this is for figures from elsewhere. The last {EVALUATIONS_KEPT_MAX} are kept. \
                             Needs the scope `admin`."
                        )
                        .as_str(),
                    )
                    .response::<201, Json<PastEvaluationBody>>()
            }),
        )
        .api_route(
            "/api/v1/evaluations/{evaluation}",
            delete_with(forget, |operation| {
                operation
                    .id("evaluations_delete")
                    .tag("feedback")
                    .summary("Forget what an evaluation has found")
                    .response::<204, ()>()
            }),
        )
}

/// Which evaluations.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListParameters {
    /// On what they were measured.
    #[schemars(length(min = 1, max = EVALUATION_NAME_BYTES_MAX))]
    name: Option<String>,
    /// Where the page before ended, from its `next`.
    #[schemars(length(min = 1))]
    cursor: Option<String>,
    /// Items on the page, 200 at most; 50 unless given.
    #[schemars(range(min = 1, max = PAGE_ITEMS_MAX))]
    limit: Option<u32>,
}

/// Which evaluation.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The evaluation's id.
    #[schemars(with = "Uuid")]
    evaluation: EvaluationId,
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(wanted): Parameters<ListParameters>,
) -> Result<Json<PageBody<PastEvaluationBody>>, Problem> {
    let query = EvaluationQuery {
        name: wanted.name,
        cursor: wanted.cursor,
        limit: wanted.limit.unwrap_or(PAGE_ITEMS_DEFAULT),
    };
    let page = app.library.evaluations(&principal, &query).await?;
    Ok(Json(page.into()))
}

async fn keep(
    State(app): State<Shared>,
    Asker(principal): Asker,
    key: Key,
    Body(new): Body<NewPastEvaluationBody>,
) -> Result<Response, Problem> {
    let request = digest(&new);
    let make = async {
        let name = new.name.clone();
        let kept = app
            .library
            .keep_evaluation(&principal, &name, &new.measured())
            .await?;
        Ok((
            format!("{PATH}/{}", kept.id),
            PastEvaluationBody::from(kept),
        ))
    };
    key.once((&app, &principal), request, make).await
}

async fn forget(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<StatusCode, Problem> {
    let id = which.evaluation;
    app.library.forget_evaluation(&principal, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
