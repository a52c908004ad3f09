//! The description of the API: OpenAPI 3.1, and the two pages that show it. Everything they need is
//! in the binary; the fence on the pages keeps a browser from loading anything else.

use std::sync::OnceLock;

use aide::openapi::{
    Components, MediaType, OpenApi, ReferenceOr, SchemaObject, SecurityRequirement, SecurityScheme,
    Tag,
};
use aide::redoc::Redoc;
use aide::swagger::Swagger;
use aide::transform::{TransformOperation, TransformResponse};
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
- Replies say in `RateLimit-Policy` and `RateLimit` what the limits are and what is left. One request \
too many is 429, and `Retry-After` says in how many seconds to come back.
- Positions in texts count bytes of the document's stored text (UTF-8), which never changes within \
a version; rectangles are in points (1/72 inch) from the top left of the page.";

/// The one picture that the second page would take from elsewhere.
const REMOTE_PICTURE: &str = "https://cdn.redoc.ly/redoc/logo-mini.svg";

/// The picture that stands there instead, and is not shown.
const NO_PICTURE: &str = "data:,";

/// The style that hides it.
const WITHOUT_PICTURE: &str = "<style>img[src=\"data:,\"]{display:none}</style></head>";

/// What both pages leave unsaid: that they fit on a telephone, and that they have no picture of their
/// own, which browsers would ask for in vain.
const FOR_BOTH: &str = "<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, \
                        initial-scale=1\"><link rel=\"icon\" href=\"data:,\"></head>";

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(DESCRIPTION_PATH, get(description))
        .route("/docs", get(swagger))
        .route("/redoc", get(redoc))
}

/// The name of the one way to show who asks.
const BEARER: &str = "bearer";

/// How a caller shows who they are.
pub(super) fn components() -> Components {
    let about = "An access token of a session (`POST /api/v1/auth/sign-in`) or a key \
                 (`POST /api/v1/keys`, or the setting `API_KEYS`). A library without accounts and \
                 keys asks for none and serves the machine it runs on alone.";
    let scheme = SecurityScheme::Http {
        scheme: "bearer".to_owned(),
        bearer_format: None,
        description: Some(about.to_owned()),
        extensions: Default::default(),
    };
    Components {
        security_schemes: [(BEARER.to_owned(), ReferenceOr::Item(scheme))].into(),
        ..Components::default()
    }
}

/// That a caller has to.
pub(super) fn requirement() -> SecurityRequirement {
    [(BEARER.to_owned(), Vec::new())].into()
}

/// Describes a reply that is a file of one of these media types.
pub(super) fn file<'a, T>(
    mut reply: TransformResponse<'a, T>,
    media_types: &[&str],
    about: &str,
) -> TransformResponse<'a, T> {
    let bytes = schemars::json_schema!({ "type": "string", "format": "binary" });
    for media_type in media_types {
        let media = MediaType {
            schema: Some(SchemaObject {
                json_schema: bytes.clone(),
                external_docs: None,
                example: None,
            }),
            ..MediaType::default()
        };
        let content = &mut reply.inner().content;
        content.insert((*media_type).to_owned(), media);
    }
    reply.description(about)
}

/// Says that nothing has to be shown.
pub(super) fn open(mut operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.inner_mut().security = vec![SecurityRequirement::default()];
    operation
}

/// The sorts of calls, in the order in which a newcomer meets them.
pub(super) fn tags() -> Vec<Tag> {
    [
        (
            "documents",
            "Put files in, look at them, and take them out.",
        ),
        ("search", "Find passages by their words and their meaning."),
        (
            "ask",
            "Get answers in sentences that are quoted word for word.",
        ),
        (
            "feedback",
            "What people think of their answers, and the cases that are made of it.",
        ),
        (
            "experiments",
            "Try another way of answering on a share of the questions, and compare.",
        ),
        ("collections", "The collections in which documents are."),
        (
            "personas",
            "Names under which the library answers in a voice and from some collections.",
        ),
        ("jobs", "The work in the background: reading and embedding."),
        (
            "people",
            "Signing in, the people of a tenant, their roles and sessions, and the keys of programs.",
        ),
        (
            "privacy",
            "What is kept of a person, taking it along, erasing it, and what people accept.",
        ),
        (
            "budgets",
            "What may be spent in a month for whom, what was spent, and what it will be.",
        ),
        (
            "scim",
            "The people of a tenant for a directory that looks after them (SCIM 2.0).",
        ),
        ("tenants", "Who owns: for those who look after the installation."),
        ("status", "What the library holds and how it does."),
        ("audit", "Who did what, and what looked like an attack."),
        (
            "operations",
            "What operators and their programs watch: health and measures.",
        ),
        (
            "openai",
            "The same library for programs that speak the OpenAI API: their base address is `/v1`.",
        ),
    ]
    .map(|(name, about)| Tag {
        name: name.to_owned(),
        description: Some(about.to_owned()),
        ..Tag::default()
    })
    .into()
}

/// The description as it is sent, without the schemas that nothing in it refers to: those of queries
/// and paths, whose fields stand at their calls.
pub(super) fn render(mut api: OpenApi) -> String {
    loop {
        // The description is made of strings and numbers, which always have a JSON form.
        let text = serde_json::to_string_pretty(&api).unwrap_or_default();
        let Some(components) = api.components.as_mut() else {
            return text;
        };
        let before = components.schemas.len();
        let is_used = |name: &str| text.contains(&format!("\"#/components/schemas/{name}\""));
        components.schemas.retain(|name, _schema| is_used(name));
        if components.schemas.len() == before {
            return text;
        }
    }
}

/// The pages that show the description: made when they are first asked for, and then kept.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    swagger: OnceLock<Bytes>,
    redoc: OnceLock<Bytes>,
}

async fn description(State(app): State<Shared>) -> Response {
    let json = app.description.get().cloned().unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], json).into_response()
}

async fn swagger(State(app): State<Shared>) -> Response {
    let title = title(&app);
    let build = || {
        let page = Swagger::new(DESCRIPTION_PATH).with_title(&title).html();
        Bytes::from(page.replacen("</head>", FOR_BOTH, 1))
    };
    page(app.pages.swagger.get_or_init(build))
}

async fn redoc(State(app): State<Shared>) -> Response {
    let title = title(&app);
    let build = || {
        let page = Redoc::new(DESCRIPTION_PATH).with_title(&title).html();
        let page = page.replace(REMOTE_PICTURE, NO_PICTURE);
        let page = page.replacen("</head>", WITHOUT_PICTURE, 1);
        Bytes::from(page.replacen("</head>", FOR_BOTH, 1))
    };
    page(app.pages.redoc.get_or_init(build))
}

fn title(app: &Shared) -> String {
    escape(&app.config.name) + " API"
}

/// Text as it can stand in a page.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
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
