//! What happens to every request: an id, a span for the log, the measures, a deadline, and the
//! rendering of problems.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::Shared;
use super::openai::error::Dialect;
use super::problem::Problem;
use crate::telemetry::{PERFORMANCE, measures};

/// The header that carries a request's id, in and out.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, for whoever wants to name it.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) String);

/// The longest id of a request that is taken from a caller, in bytes.
const REQUEST_ID_BYTES_MAX: usize = 128;

/// The endpoint under which requests are counted that match no route, so that callers cannot make
/// up new labels.
const ENDPOINT_UNKNOWN: &str = "unmatched";

/// Serves a request under an id, within its deadline, and tells the log and the measures.
pub(crate) async fn observe(
    State(app): State<Shared>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = request_id(&app, &request);
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>();
    let endpoint = matched
        .map_or(ENDPOINT_UNKNOWN, MatchedPath::as_str)
        .to_owned();
    let begun = Instant::now();
    let span = tracing::info_span!("request", request_id = %id, method = %method, endpoint);
    let deadline = deadline(&app, &request, &endpoint);
    let dialect = Dialect::of(request.uri().path());
    metrics::gauge!(measures::HTTP_REQUESTS_ACTIVE).increment(1.0);
    let response = async {
        let served = tokio::time::timeout(deadline, next.run(request)).await;
        let response = served.unwrap_or_else(|_elapsed| {
            let detail = format!(
                "this took longer than the {} s it may take",
                deadline.as_secs()
            );
            axum::response::IntoResponse::into_response(Problem::new(
                StatusCode::GATEWAY_TIMEOUT,
                detail,
            ))
        });
        finish(&app, response, &id, dialect)
    }
    .instrument(span.clone())
    .await;
    metrics::gauge!(measures::HTTP_REQUESTS_ACTIVE).decrement(1.0);
    let seconds = begun.elapsed().as_secs_f64();
    let status = response.status().as_u16();
    let labels = [
        ("method", method.to_string()),
        ("endpoint", endpoint.clone()),
    ];
    metrics::histogram!(measures::HTTP_REQUEST_DURATION_SECONDS, &labels).record(seconds);
    let [method_label, endpoint_label] = labels;
    let labels = [method_label, endpoint_label, ("status", status.to_string())];
    metrics::counter!(measures::HTTP_REQUESTS_TOTAL, &labels).increment(1);
    let latency_ms = (seconds * 1e6).round() / 1e3;
    span.in_scope(|| {
        tracing::info!(
            target: PERFORMANCE,
            request_id = %id,
            route = endpoint,
            status,
            latency_ms,
            "request"
        );
        tracing::debug!(status, latency_ms, "answered {method} {endpoint}");
    });
    response
}

/// The caller's id when it is one, or else a new one.
fn request_id(app: &Shared, request: &Request) -> String {
    let given = request
        .headers()
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok());
    let fits = |id: &&str| {
        !id.is_empty()
            && id.len() <= REQUEST_ID_BYTES_MAX
            && id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    given
        .filter(fits)
        .map_or_else(|| app.ids.next().to_string(), str::to_owned)
}

/// How long a request may take. Uploads and looks at the whole library have their own limit, and
/// replies that stream have begun long before their deadline.
fn deadline(app: &Shared, request: &Request, endpoint: &str) -> Duration {
    let upload =
        request.method() == axum::http::Method::POST && super::UPLOAD_PATHS.contains(&endpoint);
    let long = upload || super::LONG_PATHS.contains(&endpoint);
    let seconds = if long {
        app.config.upload_seconds_max
    } else {
        app.config.request_seconds_max
    };
    Duration::from_secs(seconds)
}

/// Renders what has gone wrong and puts the id and the fences on.
fn finish(app: &Shared, mut response: Response, id: &str, dialect: Dialect) -> Response {
    if response.status().is_client_error() || response.status().is_server_error() {
        let carried = response.extensions_mut().remove::<Problem>();
        let problem = carried
            .or_else(|| (!is_told(&response)).then(|| Problem::of_status(response.status())));
        if let Some(problem) = problem {
            tell(&problem);
            let rendered = dialect.render(&problem, id, app.config.debug.is_on());
            let (mut parts, _empty) = response.into_parts();
            let (new_parts, body): (_, Body) = rendered.into_parts();
            parts.status = new_parts.status;
            parts.headers.remove(header::CONTENT_LENGTH);
            parts.headers.extend(new_parts.headers);
            response = Response::from_parts(parts, body);
        }
    }
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    if let Some(value) = app.transport_security.clone() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    response
}

/// Whether a reply says for itself what is wrong, to a program (readiness says 503 with its checks) or on a
/// page to a person, and is left as it is.
fn is_told(response: &Response) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    content_type.is_some_and(|value| {
        let kind = value.as_bytes();
        kind.starts_with(b"application/") || kind.starts_with(b"text/html")
    })
}

#[expect(
    clippy::cognitive_complexity,
    reason = "the macros of the log count for branches; there are three lines"
)]
fn tell(problem: &Problem) {
    let status = problem.status().as_u16();
    if problem.status() == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(status, "the request failed: {}", problem.for_log());
    } else if problem.status().is_server_error() {
        tracing::warn!(status, "the request failed: {}", problem.for_log());
    } else {
        // The sentence may quote what the caller sent; only the status is told.
        tracing::debug!(status, "the request was refused");
    }
}

/// Lets a request in only while there is room.
pub(crate) async fn admit(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let Ok(_place) = app.places.try_acquire() else {
        let error = alexandria_core::error::Error::new(
            alexandria_core::error::ErrorKind::Exhausted,
            "too many requests are being worked on; try again in a second",
        )
        .with_retry_after(Duration::from_secs(1));
        return axum::response::IntoResponse::into_response(Problem::from(error));
    };
    next.run(request).await
}
