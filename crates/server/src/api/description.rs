//! The description of the API: OpenAPI 3.1, and the two pages that show it. Everything they need is
//! in the binary; the fence on the pages keeps a browser from loading anything else.

use std::sync::OnceLock;

use aide::redoc::Redoc;
use aide::swagger::Swagger;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Shared;

/// Where the description is.
const DESCRIPTION_PATH: &str = "/openapi.json";

/// What a page of documentation may load: only what it holds itself, and the description.
const FENCE: &str = "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src \
                     'unsafe-inline'; img-src 'self' data:; font-src data:; connect-src 'self'; \
                     worker-src blob:; child-src blob:; base-uri 'none'; form-action 'self'; \
                     frame-ancestors 'none'";

/// The first words of the description.
pub(super) const INTRODUCTION: &str = "\
Put documents in, search them by words and meaning, ask questions, and get answers whose every \
sentence is tied to the exact words that support it.

- Lists are given in pages: `items`, and `next` to be sent as `cursor` for the page after.
- Anything that is not right is told as problem details (RFC 9457), whose `instance` is the id of \
the request: the header `X-Request-Id`, taken from the request or made.
- What creates something takes an `Idempotency-Key`: the same request with the same key is answered \
the same, and nothing is made twice.
- Positions in texts count bytes of the document's stored text (UTF-8), which never changes within \
a version; rectangles are in points (1/72 inch) from the top left of the page.";

/// The one picture that the second page would take from elsewhere is not shown.
const WITHOUT_REMOTE_PICTURE: &str = "<style>img[src^=\"https://\"]{display:none}</style></head>";

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(DESCRIPTION_PATH, get(description))
        .route("/docs", get(swagger))
        .route("/redoc", get(redoc))
}

async fn description(State(app): State<Shared>) -> Response {
    let json = app.description.get().cloned().unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], json).into_response()
}

async fn swagger() -> Response {
    static PAGE: OnceLock<Bytes> = OnceLock::new();
    let build = || {
        Swagger::new(DESCRIPTION_PATH)
            .with_title("Alexandria API")
            .html()
    };
    page(PAGE.get_or_init(|| Bytes::from(build())))
}

async fn redoc() -> Response {
    static PAGE: OnceLock<Bytes> = OnceLock::new();
    let build = || {
        let page = Redoc::new(DESCRIPTION_PATH)
            .with_title("Alexandria API")
            .html();
        page.replacen("</head>", WITHOUT_REMOTE_PICTURE, 1)
    };
    page(PAGE.get_or_init(|| Bytes::from(build())))
}

fn page(html: &Bytes) -> Response {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, FENCE),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ] {
        headers.insert(name, axum::http::HeaderValue::from_static(value));
    }
    (headers, html.clone()).into_response()
}
