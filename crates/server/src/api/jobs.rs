//! Background work: listing it, and following one piece of it live.

use std::time::Duration;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use alexandria_core::id::{DocumentId, JobId};
use alexandria_core::principal::Principal;
use alexandria_store::catalog::{Job, JobQuery, JobState, PAGE_ITEMS_MAX};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use futures::stream;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Shared;
use super::ask::wants_events;
use super::events::{self, Told};
use super::extract::{Asker, Parameters, Segments};
use super::problem::Problem;
use super::wire::{PAGE_ITEMS_DEFAULT, PageBody};

/// How often a followed job is looked at.
const FOLLOW_EVERY: Duration = Duration::from_millis(250);

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/jobs",
            get_with(list, |operation| {
                operation
                    .id("jobs_list")
                    .tag("jobs")
                    .summary("List background work, newest first")
            }),
        )
        .api_route(
            "/api/v1/jobs/{job}",
            get_with(get, |operation| {
                operation
                    .id("jobs_get")
                    .tag("jobs")
                    .summary("Look at a job, or follow it")
                    .description(
                        "With `Accept: text/event-stream` an event `progress` comes whenever the \
                         job has moved, and `done` when it has ended.",
                    )
                    .response::<200, Json<JobBody>>()
            }),
        )
        .api_route(
            "/api/v1/jobs/{job}/retry",
            post_with(retry, |operation| {
                operation
                    .id("jobs_retry")
                    .tag("jobs")
                    .summary("Try a job again")
                    .description(
                        "For one that has failed or was cancelled; it is queued as if it had never been \
                         tried. 409 for any other, and when the same work is queued already.",
                    )
                    .response::<409, ()>()
            }),
        )
        .api_route(
            "/api/v1/jobs/{job}/cancel",
            post_with(cancel, |operation| {
                operation
                    .id("jobs_cancel")
                    .tag("jobs")
                    .summary("Cancel a job")
                    .description(
                        "For one that waits or runs; the worker of a running one notices at once or \
                         within 15 seconds, by how it comes on. A document that was to be read is `failed` then, until the job is tried again. 409 for a \
                         job that has ended, and for one that clears away what was removed.",
                    )
                    .response::<409, ()>()
            }),
        )
}

/// A piece of background work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Job")]
pub(crate) struct JobBody {
    /// Its identity.
    #[schemars(with = "Uuid")]
    pub(crate) id: JobId,
    /// What it does.
    pub(crate) kind: String,
    /// The document it works on.
    #[schemars(with = "Option<Uuid>")]
    pub(crate) document_id: Option<DocumentId>,
    /// How far it has come: `waiting`, `running`, `done`, `failed` or `cancelled`.
    pub(crate) state: String,
    /// How much of it is done.
    pub(crate) progress: ProgressBody,
    /// How often it has been begun.
    pub(crate) attempts: u32,
    /// Why the last attempt failed.
    pub(crate) error: Option<String>,
    /// When it was queued.
    pub(crate) created: Timestamp,
    /// When it ended.
    pub(crate) finished: Option<Timestamp>,
}

/// How much of a job is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Progress")]
pub(crate) struct ProgressBody {
    /// So many are done.
    pub(crate) done: u64,
    /// Of so many; absent while unknown.
    pub(crate) total: Option<u64>,
    /// What is counted, such as `pages`.
    pub(crate) unit: String,
}

impl From<Job> for JobBody {
    fn from(job: Job) -> Self {
        let total = (job.progress.total > 0).then_some(job.progress.total);
        Self {
            id: job.id,
            kind: job.kind,
            document_id: job.document,
            state: job.state.name().to_owned(),
            progress: ProgressBody {
                done: job.progress.done,
                total,
                unit: job.progress.unit,
            },
            attempts: job.attempts,
            error: job.last_error,
            created: job.created,
            finished: job.finished,
        }
    }
}

/// Which jobs, and which page of the list.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct ListParameters {
    /// So far come.
    state: Option<StateBody>,
    /// Of this kind.
    kind: Option<String>,
    /// Working on this document.
    #[schemars(with = "Option<Uuid>")]
    document: Option<DocumentId>,
    /// Where the page before ended, from its `next`.
    #[schemars(length(min = 1))]
    cursor: Option<String>,
    /// Items on the page, 200 at most; 50 unless given.
    #[schemars(range(min = 1, max = PAGE_ITEMS_MAX))]
    limit: Option<u32>,
}

/// How far a job has come.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "JobState")]
enum StateBody {
    /// Not yet begun, or to be tried again.
    Waiting,
    /// Being worked on.
    Running,
    /// It has succeeded.
    Done,
    /// It has failed for good.
    Failed,
    /// Somebody did not want it any more.
    Cancelled,
}

impl From<StateBody> for JobState {
    fn from(state: StateBody) -> Self {
        match state {
            StateBody::Waiting => Self::Waiting,
            StateBody::Running => Self::Running,
            StateBody::Done => Self::Done,
            StateBody::Failed => Self::Failed,
            StateBody::Cancelled => Self::Cancelled,
        }
    }
}

/// Which job.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The job's id.
    #[schemars(with = "Uuid")]
    job: JobId,
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(wanted): Parameters<ListParameters>,
) -> Result<Json<PageBody<JobBody>>, Problem> {
    let query = JobQuery {
        state: wanted.state.map(JobState::from),
        kind: wanted.kind,
        document: wanted.document,
        cursor: wanted.cursor,
        limit: wanted.limit.unwrap_or(PAGE_ITEMS_DEFAULT),
    };
    let page = app.library.jobs(&principal, &query).await?;
    let items = page.items.into_iter().map(JobBody::from).collect();
    Ok(Json(PageBody {
        items,
        next: page.next,
    }))
}

async fn get(
    State(app): State<Shared>,
    Asker(principal): Asker,
    headers: HeaderMap,
    Segments(which): Segments<Which>,
) -> Result<Response, Problem> {
    let job = JobBody::from(app.library.job(&principal, which.job).await?);
    if !wants_events(&headers) {
        return Ok(Json(job).into_response());
    }
    Ok(events::reply(&app, follow(app.clone(), principal, job)))
}

async fn retry(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<JobBody>, Problem> {
    Ok(Json(
        app.library.retry_job(&principal, which.job).await?.into(),
    ))
}

async fn cancel(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<JobBody>, Problem> {
    Ok(Json(
        app.library.cancel_job(&principal, which.job).await?.into(),
    ))
}

/// Where following a job stands.
enum Follow {
    /// This is to be told next.
    Tell(Box<JobBody>),
    /// This was told last.
    Told(Box<JobBody>),
    /// Everything was told.
    End,
}

/// Tells a job now, whenever it has moved, and when it has ended.
fn follow(
    app: Shared,
    principal: Principal,
    job: JobBody,
) -> impl futures::Stream<Item = Told> + Send {
    stream::unfold(
        (Follow::Tell(Box::new(job)), app, principal),
        async |(at, app, principal)| {
            let job = match at {
                Follow::Tell(job) => job,
                Follow::Told(last) => match next(&app, &principal, &last).await {
                    Ok(job) => Box::new(job),
                    Err(problem) => {
                        let told = Told::problem(&app, &principal, &problem);
                        return Some((told, (Follow::End, app, principal)));
                    }
                },
                Follow::End => return None,
            };
            let ended = job.finished.is_some();
            let told = Told::event(if ended { "done" } else { "progress" }, &job);
            let then = if ended {
                Follow::End
            } else {
                Follow::Told(job)
            };
            Some((told, (then, app, principal)))
        },
    )
}

/// The job as soon as it differs from what was told last.
async fn next(app: &Shared, principal: &Principal, last: &JobBody) -> Result<JobBody, Problem> {
    loop {
        tokio::time::sleep(FOLLOW_EVERY).await;
        let job = JobBody::from(app.library.job(principal, last.id).await?);
        if job != *last {
            return Ok(job);
        }
    }
}
