//! The small picture that a document is shown by.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;

use super::Shared;
use super::description::file;
use super::documents::Which;
use super::extract::{Asker, Parameters, Segments};
use super::originals::is_known;
use super::problem::Problem;
use super::wire::COVER_VERSION_CHARACTERS;

/// For how long a cover is kept whose address names it: for good, as another has another address.
const KEPT_FOR_GOOD: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// What comes under an address that may give another cover one day.
const ASKED_ANEW: HeaderValue = HeaderValue::from_static("private, no-cache");

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(
        "/api/v1/documents/{document}/cover",
        get_with(cover, |operation| {
            operation
                .id("documents_cover")
                .tag("documents")
                .summary("Get the cover of a document, as JPEG")
                .description(
                    "The first page of a PDF file, a picture itself, the cover that a book names, the \
                     miniature in an office file; at most 480 pixels high. 404 where there is none. \
                     Under the address that a document gives as its `cover` it may be kept for good.",
                )
                .response_with::<200, (), _>(|reply| file(reply, &["image/jpeg"], "The picture."))
                .response_with::<304, (), _>(|reply| reply.description("It is unchanged."))
        }),
    )
}

/// Which cover.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CoverParameters {
    /// What the address in the document names it by.
    #[schemars(length(min = 1, max = 64))]
    version: Option<String>,
}

async fn cover(
    State(app): State<Shared>,
    Asker(principal): Asker,
    headers: HeaderMap,
    Segments(which): Segments<Which>,
    Parameters(wanted): Parameters<CoverParameters>,
) -> Result<Response, Problem> {
    let cover = app.library.cover(&principal, which.document).await?;
    let tag = format!("\"{}\"", cover.digest);
    let is_named = wanted.version.is_some_and(|version| {
        version.len() >= COVER_VERSION_CHARACTERS && cover.digest.starts_with(&version)
    });
    let kept = if is_named { KEPT_FOR_GOOD } else { ASKED_ANEW };
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let mut response = if known.is_some_and(|known| is_known(known, &tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = HeaderValue::from_static("image/jpeg");
        ([(header::CONTENT_TYPE, kind)], cover.bytes).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, kept);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    Ok(response)
}
