//! The start page: one page of plain HTML, in the binary, that needs nothing from elsewhere. It bears
//! the name of the installation.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::Shared;
use super::description::escape;

/// Where the name stands in the page.
const NAME: &str = "{{name}}";

/// The page.
const PAGE: &str = include_str!("start.html");

/// What the page may load: itself, and the API beside it.
const FENCE: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
                     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action \
                     'none'; frame-ancestors 'none'";

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/", get(start))
}

async fn start(State(app): State<Shared>) -> Response {
    let page = PAGE.replace(NAME, &escape(&app.config.name));
    let mut response = Html(page).into_response();
    let fence = HeaderValue::from_static(FENCE);
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, fence);
    response
}
