//! Cases: questions with the answers they should get, made of feedback by one call.

use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with, post_with};
use alexandria_core::id::CaseId;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::Shared;
use super::description::file;
use super::extract::{Asker, Body, Parameters, Segments};
use super::idempotency::{Key, digest};
use super::problem::Problem;
use super::requests::WriterChoiceBody;
use super::wire::{CaseBody, EvaluationBody, NewCaseBody, PageBody, PageParameters, QuestionLine};

/// Where cases are.
const PATH: &str = "/api/v1/evaluation/cases";

/// Where they are asked, which may take long.
pub(super) const RUN_PATH: &str = "/api/v1/evaluation/run";

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            PATH,
            get_with(list, |operation| {
                operation
                    .id("cases_list")
                    .tag("feedback")
                    .summary("List the cases, newest first")
                    .description("Needs the scope `admin`.")
            })
            .post_with(add, |operation| {
                operation
                    .id("cases_add")
                    .tag("feedback")
                    .summary("Make a case of an answer and its feedback")
                    .description(
                        "The right answer is the feedback's correction, or the words that the answer cites \
                         when its thumb is up; a thumb down with the reason `not_in_library` makes a question \
                         that must not be answered. A thumb down that does not say what is right makes no \
                         case (`409`) unless `answers` are given here. A second case of an answer takes the \
                         place of the first. Needs the scope `admin`.",
                    )
                    .response::<201, Json<CaseBody>>()
            }),
        )
        .api_route(
            "/api/v1/evaluation/cases/export",
            get_with(export, |operation| {
                operation
                    .id("cases_export")
                    .tag("feedback")
                    .summary("Read all cases as a question set")
                    .description(
                        "One JSON object a line, oldest first, as `alexandria eval` reads them. Needs the \
                         scope `admin`.",
                    )
                    .response_with::<200, (), _>(|reply| {
                        file(reply, &["application/x-ndjson"], "The cases.")
                    })
            }),
        )
        .api_route(
            RUN_PATH,
            post_with(run, |operation| {
                operation
                    .id("cases_run")
                    .tag("feedback")
                    .summary("Ask the question of every case and measure what comes back")
                    .description(
                        "The answers are not kept and take no part in experiments. It takes as long as all \
                         the answers do. Needs the scope `admin`.",
                    )
            }),
        )
        .api_route(
            "/api/v1/evaluation/cases/{case}",
            delete_with(forget, |operation| {
                operation
                    .id("cases_delete")
                    .tag("feedback")
                    .summary("Forget a case")
                    .response::<204, ()>()
            }),
        )
}

/// How the cases are asked.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "RunCases", example = &serde_json::json!({ "writer": "extractive" }))]
struct RunBody {
    /// Who writes the answers; `auto` unless given.
    writer: WriterChoiceBody,
}

/// Which case.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The case's id.
    #[schemars(with = "Uuid")]
    case: CaseId,
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(wanted): Parameters<PageParameters>,
) -> Result<Json<PageBody<CaseBody>>, Problem> {
    let limit = wanted.limit();
    let page = app
        .library
        .cases(&principal, wanted.cursor.as_deref(), limit)
        .await?;
    Ok(Json(page.into()))
}

async fn add(
    State(app): State<Shared>,
    Asker(principal): Asker,
    key: Key,
    Body(new): Body<NewCaseBody>,
) -> Result<Response, Problem> {
    let request = digest(&new);
    let make = async {
        let made = app
            .library
            .add_case(&principal, new.answer_id, new.answers)
            .await?;
        Ok((format!("{PATH}/{}", made.id), CaseBody::from(made)))
    };
    key.once((&app, &principal), request, make).await
}

async fn export(State(app): State<Shared>, Asker(principal): Asker) -> Result<Response, Problem> {
    let cases = app.library.all_cases(&principal).await?;
    let lines = cases.into_iter().map(QuestionLine::from);
    // Twins of the wire always have a JSON form.
    let lines: Vec<String> = lines
        .map(|line| serde_json::to_string(&line).unwrap_or_default() + "\n")
        .collect();
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
    Ok((kind, lines.concat()).into_response())
}

async fn run(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Body(wanted): Body<RunBody>,
) -> Result<Json<EvaluationBody>, Problem> {
    let writer = wanted.writer.into();
    let found = app.library.evaluate_cases(&principal, writer).await?;
    Ok(Json(EvaluationBody::of(&found)?))
}

async fn forget(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<StatusCode, Problem> {
    app.library.forget_case(&principal, which.case).await?;
    Ok(StatusCode::NO_CONTENT)
}
