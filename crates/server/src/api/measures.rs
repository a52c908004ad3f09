//! `/metrics`, in the format that Prometheus reads.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_core::access::Scope;
use alexandria_core::principal::Actor;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Shared;
use super::extract::Asker;
use super::problem::Problem;
use crate::access;

/// The media type of the format.
const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(
        "/metrics",
        get_with(measures, |operation| {
            operation
                .id("metrics")
                .tag("operations")
                .summary("The measures, as Prometheus reads them")
                .description("For whoever has the scope `metrics`; without accounts, for the machine the server runs on.")
                .response::<200, String>()
        }),
    )
}

/// The measures, for whoever has the scope `metrics`. In a library without accounts and keys they are
/// open to this machine, unless the settings close them.
async fn measures(State(app): State<Shared>, request: Request) -> Result<Response, Problem> {
    let (mut parts, _body) = request.into_parts();
    let Asker(principal) = Asker::from_request_parts(&mut parts, &app).await?;
    principal.require(Scope::Metrics)?;
    let open = app.config.metrics_loopback.is_on();
    if *principal.actor() == Actor::Owner && !open && access::peer(&parts).is_some() {
        let message = "the measures are closed to this machine: ALEXANDRIA_METRICS_LOOPBACK=true \
                       opens them, and a key with the scope \"metrics\" reads them from anywhere";
        return Err(Problem::new(StatusCode::FORBIDDEN, message));
    }
    let text = app
        .measures
        .as_ref()
        .map(metrics_exporter_prometheus::PrometheusHandle::render);
    Ok((
        [(header::CONTENT_TYPE, PROMETHEUS_TEXT)],
        text.unwrap_or_default(),
    )
        .into_response())
}
