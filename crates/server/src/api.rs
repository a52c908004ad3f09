//! The HTTP API: everything under `/api/v1`, its description, and the paths that operators watch.
//!
//! A new endpoint is a handler in `api/<noun>.rs` and a line in that noun's `routes`.

use std::sync::{Arc, OnceLock};

use aide::axum::ApiRouter;
use aide::openapi::{Info, License, OpenApi};
use alexandria_core::clock::Clock;
use alexandria_core::error::Result;
use alexandria_core::id::IdSource;
use alexandria_library::Library;
use alexandria_library::clock::{SystemClock, SystemIds};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{from_fn_with_state, map_response_with_state};
use axum::response::Response;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use crate::access::Gate;
use crate::config::{Config, Origins, Settled};
use crate::presence::INSTANCE_HEADER;
use crate::serve::certificates::Certificates;

mod access_review;
pub(crate) mod answers;
mod ask;
pub(crate) mod audit;
pub(crate) mod auth;
pub(crate) mod budgets;
mod cases;
mod collections;
pub(crate) mod compromised;
mod consents;
pub(crate) mod conversations;
mod covers;
pub(crate) mod description;
pub(crate) mod documents;
pub(crate) mod encryption;
pub(crate) mod erasures;
mod evaluations;
mod events;
mod experiments;
mod exports;
pub(crate) mod extract;
mod factors;
mod feedback;
pub(crate) mod form;
mod grants;
pub(crate) mod health;
mod idempotency;
pub(crate) mod invitations;
pub(crate) mod jobs;
pub(crate) mod keys;
pub(crate) mod limit;
pub(crate) mod me;
mod measures;
mod observe;
mod oidc;
mod openai;
pub(crate) mod originals;
pub(crate) mod personas;
pub(crate) mod problem;
mod query;
mod reader;
mod record;
pub(crate) mod requests;
mod scim;
mod search;
mod second_step;
pub(crate) mod security_events;
mod settings;
pub(crate) mod status;
mod streams;
mod tags;
pub(crate) mod tenants;
pub(crate) mod upload;
pub(crate) mod usage;
pub(crate) mod users;
mod ways;
pub(crate) mod wire;

pub(crate) use observe::RequestId;
use problem::Problem;

/// Where files are put in.
pub(crate) const UPLOAD_PATH: &str = "/api/v1/documents";

/// Where a request may take as long as a large file does.
const UPLOAD_PATHS: [&str; 2] = [UPLOAD_PATH, openai::FILES_PATH];

/// What looks at the whole library, and may take as long as an upload.
const LONG_PATHS: [&str; 4] = [
    "/api/v1/doctor",
    "/api/v1/rebuild",
    cases::RUN_PATH,
    erasures::DOCUMENT_PATH,
];

/// What every handler shares.
pub(crate) type Shared = Arc<App>;

/// The library behind the API, and what the API itself needs.
#[derive(Debug)]
pub(crate) struct App {
    /// The library.
    pub(crate) library: Arc<Library>,
    /// The settings in force.
    pub(crate) config: Config,
    /// Where they came from.
    pub(crate) origins: Origins,
    /// Renders the measures; absent inside the command line.
    pub(crate) measures: Option<PrometheusHandle>,
    /// The certificates that the server shows, where it speaks TLS.
    pub(crate) certificates: Option<Arc<Certificates>>,
    /// Which start of the server this is.
    pub(crate) instance: String,
    /// For how long browsers are to come back through TLS only; nothing where it is off.
    pub(crate) transport_security: Option<HeaderValue>,
    /// Cancelled when the server stops: replies that stream end then.
    pub(crate) stop: CancellationToken,
    /// Who is let in.
    pub(crate) gate: Gate,
    /// Where the time comes from.
    pub(crate) clock: Arc<dyn Clock>,
    /// Where ids of requests come from.
    pub(crate) ids: Arc<dyn IdSource>,
    /// Places for requests that are worked on.
    pub(crate) places: Semaphore,
    /// How the parts did when they were last looked at.
    pub(crate) checker: health::Checker,
    /// The streams of answers that can be read again.
    pub(crate) streams: streams::Streams,
    /// The names of the operations, for the audit log.
    pub(crate) operations: OnceLock<record::Operations>,
    /// The description of the API, as JSON.
    pub(crate) description: OnceLock<String>,
    /// The pages that show it.
    pub(crate) pages: description::Pages,
}

impl App {
    /// For a server.
    ///
    /// # Errors
    /// When the secret that signs access tokens cannot be kept.
    pub(crate) fn new(
        library: Arc<Library>,
        (config, origins): (Config, Origins),
        measures: Option<PrometheusHandle>,
        certificates: Option<Arc<Certificates>>,
        stop: CancellationToken,
    ) -> Result<Shared> {
        let ids: Arc<dyn IdSource> = Arc::new(SystemIds);
        Ok(Arc::new(Self {
            gate: Gate::open(&config)?,
            library,
            measures,
            certificates,
            instance: ids.next().to_string(),
            transport_security: transport_security(&config),
            stop,
            clock: Arc::new(SystemClock),
            ids,
            places: Semaphore::new(config.requests_max),
            checker: health::Checker::default(),
            streams: streams::Streams::default(),
            operations: OnceLock::new(),
            description: OnceLock::new(),
            pages: description::Pages::default(),
            config,
            origins,
        }))
    }

    /// For the command line, which asks its own library.
    ///
    /// # Errors
    /// As for [`Self::new`].
    pub(crate) fn inside(library: Arc<Library>, settled: &Settled) -> Result<Shared> {
        let (measures, certificates) = (None, None);
        let stop = CancellationToken::new();
        let settings = (settled.config.clone(), settled.origins.clone());
        Self::new(library, settings, measures, certificates, stop)
    }
}

/// Everything that is served.
pub(crate) fn router(app: Shared) -> Router {
    let (router, api) = described(&app);
    app.operations.get_or_init(|| record::Operations::of(&api));
    app.description.get_or_init(|| description::render(api));
    let mcp = crate::mcp::routes()
        .layer(from_fn_with_state(Arc::clone(&app), extract::authenticated))
        .layer(from_fn_with_state(Arc::clone(&app), observe::admit));
    let cors = cors(&app.config);
    let body_bytes_max = app.config.body_bytes_max;
    router
        .merge(mcp)
        .merge(description::routes())
        .fallback(crate::front::nowhere)
        .method_not_allowed_fallback(async || Problem::of_status(StatusCode::METHOD_NOT_ALLOWED))
        .layer(DefaultBodyLimit::max(body_bytes_max))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(Arc::clone(&app), limit::limit))
        .layer(from_fn_with_state(Arc::clone(&app), record::record))
        // Pages lie in memory and cost nothing: they are not counted as requests.
        .merge(crate::front::routes())
        .layer(from_fn_with_state(Arc::clone(&app), observe::observe))
        .layer(cors)
        .layer(map_response_with_state(Arc::clone(&app), name_instance))
        .with_state(app)
}

/// The documented part of the router, and its description under the name of the installation. What
/// operators watch is let in however many requests are worked on.
fn described(app: &Shared) -> (Router<Shared>, OpenApi) {
    let mut api = OpenApi {
        info: Info {
            title: app.config.name.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            summary: Some("A library that you can ask.".to_owned()),
            description: Some(description::INTRODUCTION.to_owned()),
            license: Some(License {
                name: "Apache-2.0".to_owned(),
                identifier: Some("Apache-2.0".to_owned()),
                ..License::default()
            }),
            ..Info::default()
        },
        tags: description::tags(),
        components: Some(description::components()),
        security: vec![description::requirement()],
        ..OpenApi::default()
    };
    aide::generate::extract_schemas(true);
    aide::generate::infer_responses(true);
    let router = ApiRouter::new()
        .merge(shelves())
        .merge(search::routes())
        .merge(ask::routes())
        .merge(streams::routes())
        .merge(conversations::routes())
        .merge(answers::routes())
        .merge(query::routes())
        .merge(personas::routes())
        .merge(feedback::routes())
        .merge(cases::routes())
        .merge(evaluations::routes())
        .merge(experiments::routes())
        .merge(jobs::routes())
        .merge(status::routes())
        .merge(encryption::routes())
        .merge(settings::routes())
        .merge(usage::routes())
        .merge(budgets::routes())
        .merge(audit::routes())
        .merge(security_events::routes())
        .merge(openai::routes())
        .merge(scim::routes())
        .merge(limit::report::routes())
        .merge(tenants::routes())
        .merge(users::routes())
        .merge(invitations::routes())
        .merge(access_review::routes())
        .merge(compromised::routes())
        .merge(keys::routes())
        .merge(grants::routes())
        .merge(factors::routes())
        .merge(exports::routes())
        .merge(erasures::routes())
        .merge(consents::routes())
        .merge(auth::own_routes())
        .merge(me::routes())
        .layer(from_fn_with_state(Arc::clone(app), extract::authenticated))
        .merge(auth::routes())
        .merge(oidc::routes())
        .merge(second_step::routes())
        .merge(ways::routes())
        .layer(from_fn_with_state(Arc::clone(app), observe::admit))
        .merge(health::routes())
        .merge(measures::routes())
        .finish_api(&mut api);
    (router, api)
}

/// What is put in, and what is read of it.
fn shelves() -> ApiRouter<Shared> {
    ApiRouter::new()
        .merge(collections::routes())
        .merge(documents::routes())
        .merge(upload::routes())
        .merge(tags::routes())
        .merge(originals::routes())
        .merge(reader::routes())
        .merge(covers::routes())
}

/// A panic in a handler is a fault of ours, told like any other.
fn panicked(_panic: Box<dyn std::any::Any + Send>) -> Response {
    let error = alexandria_core::error::Error::new(
        alexandria_core::error::ErrorKind::Internal,
        "a handler panicked",
    );
    axum::response::IntoResponse::into_response(Problem::from(error))
}

fn transport_security(config: &Config) -> Option<HeaderValue> {
    let seconds = config.tls_hsts_seconds;
    let on = config.speaks_tls() && seconds > 0;
    HeaderValue::from_str(&format!("max-age={seconds}"))
        .ok()
        .filter(|_value| on)
}

fn cors(config: &Config) -> CorsLayer {
    let origins = &config.allowed_origins;
    let allowed = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(
            origins
                .iter()
                .filter_map(|origin| HeaderValue::from_str(origin).ok()),
        )
    };
    CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        // The origin decides; clients of other dialects send headers of their own.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([
            header::LOCATION,
            header::CONTENT_RANGE,
            header::RETRY_AFTER,
            limit::RATE_LIMIT,
            limit::RATE_LIMIT_POLICY,
            observe::REQUEST_ID,
            streams::STREAM_ID,
        ])
}

/// Says which instance answers, so that the command line knows the server of its directory.
async fn name_instance(
    axum::extract::State(app): axum::extract::State<Shared>,
    mut response: Response,
) -> Response {
    if let Ok(value) = HeaderValue::from_str(&app.instance) {
        response
            .headers_mut()
            .insert(HeaderName::from_static(INSTANCE_HEADER), value);
    }
    response
}
