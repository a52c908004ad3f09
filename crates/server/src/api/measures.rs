//! `/metrics`, in the format that Prometheus reads.

use alexandria_core::principal::Scope;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Shared;
use super::extract::is_local;
use super::problem::Problem;

/// The media type of the format.
const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/metrics", get(measures))
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
