//! Limits of use at the door: every request is counted, and one too many is told when to come back.
//!
//! First the address is counted, before anything is spent on finding out who asks; then the tenant and
//! the person or key. What remains is told in the fields `RateLimit-Policy` and `RateLimit` of
//! draft-ietf-httpapi-ratelimit-headers-10, a refusal also in `Retry-After`. The paths that operators
//! watch are exempt, and so is the command line that asks its own library.

pub(crate) mod caller;
mod held;
pub(super) mod report;

use std::net::SocketAddr;
use std::time::Duration;

use alexandria_core::error::Error;
use alexandria_library::limits::{Standing, Verdict};
use axum::extract::{ConnectInfo, FromRequestParts as _, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use self::caller::Caller;
use self::held::Held;
use super::Shared;
use super::extract::Asker;
use super::problem::Problem;

/// The header that names the limits.
pub(super) const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The header that says what is left of the tightest.
pub(super) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// What operators watch, which must answer when nothing else does.
const EXEMPT_PATHS: [&str; 5] = [
    "/health",
    "/healthz",
    "/health/live",
    "/health/ready",
    "/metrics",
];

/// Counts a request and lets it in, or refuses it.
pub(crate) async fn limit(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let Some(ConnectInfo(peer)) = peer else {
        return next.run(request).await;
    };
    let peer = peer.ip().to_canonical();
    let address = caller::address(peer, request.headers(), &app.config.trusted_proxies);
    request.extensions_mut().insert(Caller(address));
    if EXEMPT_PATHS.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let limits = app.library.limits();
    let verdict = limits.admit_address(address).await;
    if let Some(error) = verdict.refusal() {
        return refuse(error, &verdict);
    }
    let (mut parts, body) = request.into_parts();
    let asker = Asker::from_request_parts(&mut parts, &app).await;
    let Ok(Asker(principal)) = asker else {
        // The handler finds the same, and says what is wrong with the credentials.
        let response = next.run(Request::from_parts(parts, body)).await;
        return tell(response, &verdict);
    };
    let verdict = limits.admit_principal(&principal).await;
    if let Some(error) = verdict.refusal() {
        return refuse(error, &verdict);
    }
    let place = match limits.take_place(&principal) {
        Ok(place) => place,
        Err(error) => return refuse(error, &verdict),
    };
    let response = next.run(Request::from_parts(parts, body)).await;
    // The place is held until the last byte has left, or the caller has.
    tell(response.map(|body| Held::body(body, place)), &verdict)
}

fn refuse(error: Error, verdict: &Verdict) -> Response {
    tell(Problem::from(error).into_response(), verdict)
}

/// Says in the headers what the limits are and what is left.
fn tell(mut response: Response, verdict: &Verdict) -> Response {
    let policies: Vec<String> = verdict.standings.iter().map(policy).collect();
    if !policies.is_empty() {
        insert(
            response.headers_mut(),
            RATE_LIMIT_POLICY,
            &policies.join(", "),
        );
    }
    if let Some(tightest) = verdict.tightest() {
        insert(response.headers_mut(), RATE_LIMIT, &left(tightest));
    }
    response
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// A limit as `RateLimit-Policy` names it: its quota and the seconds of its window.
fn policy(standing: &Standing) -> String {
    let counter = &standing.applied.counter;
    let (name, quota, window) = (
        standing.applied.name,
        counter.quota(),
        counter.window().as_secs(),
    );
    format!("\"{name}\";q={quota};w={window}")
}

/// What is left of a limit, and the seconds until there is more.
fn left(standing: &Standing) -> String {
    let (name, counter) = (standing.applied.name, &standing.applied.counter);
    let remaining = standing.count.remaining(counter);
    let more_in = match remaining {
        0 => standing.count.wait(counter),
        _ => counter
            .window()
            .saturating_sub(Duration::from_millis(standing.count.elapsed_ms)),
    };
    let seconds = more_in.as_secs() + u64::from(more_in.subsec_nanos() > 0);
    format!("\"{name}\";r={remaining};t={seconds}")
}
