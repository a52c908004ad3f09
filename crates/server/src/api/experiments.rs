//! Experiments on live traffic: making, starting, stopping and looking at them. All need the scope
//! `admin`.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use alexandria_library::Experiment;
use alexandria_library::experiments::Plan;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::extract::{Asker, Body, Parameters, Segments};
use super::idempotency::{Key, digest};
use super::problem::Problem;
use super::wire::{
    ExperimentBody, ExperimentReportBody, NewExperimentBody, PageBody, PageParameters,
};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/experiments",
            get_with(list, |operation| {
                operation
                    .id("experiments_list")
                    .tag("experiments")
                    .summary("List the experiments, newest first")
            })
            .post_with(create, |operation| {
                operation
                    .id("experiments_create")
                    .tag("experiments")
                    .summary("Make an experiment")
                    .description(
                        "It does not run before it is started. A variant that would change nothing under the \
                         present settings is refused.",
                    )
                    .response::<201, Json<ExperimentBody>>()
            }),
        )
        .api_route(
            "/api/v1/experiments/{experiment}",
            get_with(get, |operation| {
                operation
                    .id("experiments_get")
                    .tag("experiments")
                    .summary("Look at an experiment and what has come out")
            })
            .patch_with(change, |operation| {
                operation
                    .id("experiments_change")
                    .tag("experiments")
                    .summary("Change the share of traffic that takes part")
                    .description("Also while it runs. Who takes part already keeps their variant.")
            })
            .delete_with(remove, |operation| {
                operation
                    .id("experiments_remove")
                    .tag("experiments")
                    .summary("Remove an experiment with its figures")
                    .response::<204, ()>()
            }),
        )
        .api_route(
            "/api/v1/experiments/{experiment}/start",
            post_with(start, |operation| {
                operation
                    .id("experiments_start")
                    .tag("experiments")
                    .summary("Start an experiment; one runs at a time, and each once")
            }),
        )
        .api_route(
            "/api/v1/experiments/{experiment}/stop",
            post_with(stop, |operation| {
                operation
                    .id("experiments_stop")
                    .tag("experiments")
                    .summary("Stop an experiment")
            }),
        )
}

/// Which experiment.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The experiment's id or its name.
    experiment: String,
}

/// What to change about an experiment.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ExperimentChange", example = &serde_json::json!({ "share": 25 }))]
struct ChangeBody {
    /// The share of traffic that takes part, in percent.
    #[schemars(range(min = 0, max = 100))]
    share: u8,
}

/// The twin of an experiment.
fn body(experiment: Experiment) -> Result<ExperimentBody, Problem> {
    let plan = Plan::read(&experiment)?;
    Ok(ExperimentBody::of(experiment, plan))
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(wanted): Parameters<PageParameters>,
) -> Result<Json<PageBody<ExperimentBody>>, Problem> {
    let limit = wanted.limit();
    let page = app
        .library
        .experiments(&principal, wanted.cursor.as_deref(), limit)
        .await?;
    Ok(Json(PageBody {
        items: page.items.into_iter().map(body).collect::<Result<_, _>>()?,
        next: page.next,
    }))
}

async fn create(
    State(app): State<Shared>,
    Asker(principal): Asker,
    key: Key,
    Body(new): Body<NewExperimentBody>,
) -> Result<Response, Problem> {
    let request = digest(&new);
    let make = async {
        let (name, share) = (new.name.clone(), new.share);
        let made = app
            .library
            .create_experiment(&principal, &name, share, &Plan::from(new))
            .await?;
        Ok((format!("/api/v1/experiments/{}", made.id), body(made)?))
    };
    key.once((&app, &principal), request, make).await
}

async fn get(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<ExperimentReportBody>, Problem> {
    let found = app
        .library
        .find_experiment(&principal, &which.experiment)
        .await?;
    let report = app.library.report(&principal, &found).await?;
    Ok(Json(ExperimentReportBody {
        experiment: body(found)?,
        report: report.into(),
    }))
}

async fn change(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Body(change): Body<ChangeBody>,
) -> Result<Json<ExperimentBody>, Problem> {
    let changed = app
        .library
        .share_experiment(&principal, &which.experiment, change.share)
        .await?;
    Ok(Json(body(changed)?))
}

async fn start(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<ExperimentBody>, Problem> {
    let started = app
        .library
        .start_experiment(&principal, &which.experiment)
        .await?;
    Ok(Json(body(started)?))
}

async fn stop(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<ExperimentBody>, Problem> {
    let stopped = app
        .library
        .stop_experiment(&principal, &which.experiment)
        .await?;
    Ok(Json(body(stopped)?))
}

async fn remove(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<StatusCode, Problem> {
    app.library
        .remove_experiment(&principal, &which.experiment)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
