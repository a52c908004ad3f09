//! `/metrics`, in the format that Prometheus reads.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_core::access::Scope;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::Shared;
use super::extract::is_local;
use super::problem::Problem;

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
                .description("Open to the machine the server runs on, if the settings allow it.")
                .response::<200, String>()
        }),
    )
}

/// The measures, for whoever has the scope `metrics`, and for this machine when the settings allow
/// it. Nobody can show a scope before there is a login.
async fn measures(State(app): State<Shared>, request: Request) -> Result<Response, Problem> {
    let (parts, _body) = request.into_parts();
    if !(app.config.metrics_loopback.is_on() && is_local(&parts)) {
        let name = Scope::Metrics.name();
        let message = format!(
            "the measures need the scope \"{name}\"; ALEXANDRIA_METRICS_LOOPBACK=true opens them \
             to this machine"
        );
        return Err(Problem::new(axum::http::StatusCode::FORBIDDEN, message));
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
