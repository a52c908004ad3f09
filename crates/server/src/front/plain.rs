//! The plain page: one page of HTML, in the binary, that needs nothing from elsewhere. It bears the
//! name of the installation.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};

use super::application;
use crate::api::Shared;
use crate::api::description::escape;

/// Where the name stands in the page.
const NAME: &str = "{{name}}";

/// Where the page points to the application.
const OTHER: &str = "{{other}}";

/// The page.
const PAGE: &str = include_str!("plain.html");

/// How one gets to the application.
const TO_APPLICATION: &str = "<a href=\"/?front=application\">Open the web application</a> · ";

/// What the page may load: itself, and the API beside it.
const FENCE: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
                     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action \
                     'none'; frame-ancestors 'none'";

/// The page.
pub(super) async fn page(State(app): State<Shared>) -> Response {
    let other = if application::is_built_in() {
        TO_APPLICATION
    } else {
        ""
    };
    let page = PAGE
        .replace(OTHER, other)
        .replace(NAME, &escape(&app.config.name));
    let mut response = Html(page).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(FENCE),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-cache, private"),
    );
    response
}
