//! How verbs reach the library: through the server that runs on the data directory, or by opening
//! the directory themselves. Both ways speak the same API, so a verb does not know which it took.

use std::sync::Arc;
use std::time::Duration;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_library::Library;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Method, Request, Response, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::Setting;
use super::patience::patiently;
use crate::access::TENANT_HEADER;
use crate::api::problem::{ProblemBody, kind_of};
use crate::presence::{INSTANCE_HEADER, Presence};

/// How long a server may take to say that it is there.
const PRESENCE_TIMEOUT: Duration = Duration::from_secs(2);

/// The largest reply that a verb takes, in bytes.
const REPLY_BYTES_MAX: usize = 256 * 1024 * 1024;

/// What a verb does with the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// It only looks: there must be a library.
    Look,
    /// It puts something in, and begins a library where there is none.
    Store,
    /// The same, and jobs are worked on until the door closes.
    Jobs,
}

/// The way to the library.
#[derive(Debug)]
pub(crate) enum Door {
    /// Through a running server.
    Server(Server),
    /// By opening the data directory.
    Here(Box<Here>),
}

/// A running server.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    address: String,
    token: String,
    tenant: Option<String>,
    client: reqwest::Client,
}

/// The library, opened by this process.
#[derive(Clone, Debug)]
pub(crate) struct Here {
    tenant: Option<String>,
    library: Arc<Library>,
    router: Router,
    stop: CancellationToken,
    tracker: TaskTracker,
}

impl Door {
    /// Opens the way: the server when one answers, the directory otherwise.
    ///
    /// # Errors
    /// When the library cannot be opened, or there is none to look at.
    pub(crate) async fn open(setting: &Setting, work: Work) -> Result<Self> {
        if let Some(server) = Server::find(setting).await {
            return Ok(Self::Server(server));
        }
        if work == Work::Look {
            crate::library::require(setting.config())?;
        }
        let library = crate::library::open(setting.config()).await?;
        let stop = CancellationToken::new();
        let tracker = TaskTracker::new();
        if work == Work::Jobs {
            let (library, stop) = (Arc::clone(&library), stop.clone());
            tracker.spawn(async move { crate::library::work(&library, &stop).await });
        }
        let app = crate::api::App::inside(Arc::clone(&library), &setting.settled)?;
        let router = crate::api::router(app);
        Ok(Self::Here(Box::new(Here {
            tenant: setting.tenant.clone(),
            library,
            router,
            stop,
            tracker,
        })))
    }

    /// Lets go: work under way is finished or given back.
    pub(crate) async fn close(self) {
        if let Self::Here(here) = self {
            here.stop.cancel();
            here.tracker.close();
            here.tracker.wait().await;
            drop(here.router);
            if let Err(error) = here.library.close().await {
                tracing::warn!("the library did not close in order: {}", error.chain());
            }
        }
    }

    /// Sends a request; a reply that is not a success becomes an error with its sentence.
    ///
    /// # Errors
    /// What the library said, or that the server cannot be reached.
    pub(crate) async fn send(&self, request: Request<Body>) -> Result<Response<Body>> {
        let response = self.send_plainly(request).await?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(problem(response).await)
    }

    /// Sends a request and takes any reply.
    ///
    /// # Errors
    /// That the server cannot be reached.
    pub(crate) async fn send_plainly(&self, mut request: Request<Body>) -> Result<Response<Body>> {
        if let Some(tenant) = self.tenant() {
            // Names may hold what headers may not.
            let value = HeaderValue::from_str(&super::encode(tenant));
            let value = value.context(ErrorKind::Invalid, || {
                "that cannot be the name of a tenant".to_owned()
            })?;
            request.headers_mut().insert(TENANT_HEADER, value);
        }
        match self {
            Self::Server(server) => server.send(request).await,
            Self::Here(here) => match here.router.clone().oneshot(request).await {
                Ok(response) => Ok(response),
                Err(never) => match never {},
            },
        }
    }

    /// The same way, into another tenant.
    #[must_use]
    pub(crate) fn within(&self, tenant: &str) -> Self {
        let tenant = Some(tenant.to_owned());
        match self {
            Self::Server(server) => Self::Server(Server {
                tenant,
                ..server.clone()
            }),
            Self::Here(here) => Self::Here(Box::new(Here {
                tenant,
                ..here.as_ref().clone()
            })),
        }
    }

    /// The tenant that is looked into, where it is not the installation's own.
    fn tenant(&self) -> Option<&str> {
        match self {
            Self::Server(server) => server.tenant.as_deref(),
            Self::Here(here) => here.tenant.as_deref(),
        }
    }

    /// Does something that has no body and answers.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub(crate) async fn reply<T: DeserializeOwned>(&self, method: Method, path: &str) -> Result<T> {
        self.call(method, path, Bytes::new()).await
    }

    /// Asks for something.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.call(Method::GET, path, Bytes::new()).await
    }

    /// Sends something.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T> {
        self.call(Method::POST, path, json(body)?).await
    }

    /// Puts something in the place of what was there.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub(crate) async fn put<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T> {
        self.call(Method::PUT, path, json(body)?).await
    }

    /// Changes something.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub(crate) async fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T> {
        self.call(Method::PATCH, path, json(body)?).await
    }

    /// Removes something.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub(crate) async fn delete(&self, path: &str) -> Result<()> {
        let sent = patiently(async || {
            let request = Request::builder().method(Method::DELETE).uri(path);
            let request = request
                .body(Body::empty())
                .context(ErrorKind::Internal, || "cannot make the request".to_owned())?;
            self.send(request).await.map(drop)
        });
        sent.await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<T> {
        let response = patiently(async || {
            let request = Request::builder()
                .method(method.clone())
                .uri(path)
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body.clone()))
                .context(ErrorKind::Internal, || "cannot make the request".to_owned())?;
            self.send(request).await
        });
        read_json(response.await?).await
    }
}

/// A body of JSON.
fn json(body: &impl Serialize) -> Result<Bytes> {
    let json = serde_json::to_vec(body).context(ErrorKind::Internal, || {
        "cannot write the request".to_owned()
    })?;
    Ok(Bytes::from(json))
}

/// Reads a JSON reply.
///
/// # Errors
/// When it ends early or is of another shape.
pub(crate) async fn read_json<T: DeserializeOwned>(response: Response<Body>) -> Result<T> {
    let about = || "cannot read the library's reply".to_owned();
    let bytes = axum::body::to_bytes(response.into_body(), REPLY_BYTES_MAX)
        .await
        .context(ErrorKind::Unavailable, about)?;
    serde_json::from_slice(&bytes).context(ErrorKind::Internal, about)
}

/// The error behind a reply that is not a success.
async fn problem(response: Response<Body>) -> Error {
    let status = response.status();
    let retry_after = response.headers().get(header::RETRY_AFTER);
    let wait = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
    let bytes = axum::body::to_bytes(response.into_body(), REPLY_BYTES_MAX).await;
    let body = bytes
        .ok()
        .and_then(|bytes| serde_json::from_slice::<ProblemBody>(&bytes).ok());
    let sentence = body.map_or_else(
        || format!("the server answered {status} without saying why"),
        |problem| problem.detail,
    );
    let kind = match status {
        StatusCode::INTERNAL_SERVER_ERROR => ErrorKind::Internal,
        _ => kind_of(status.as_u16()),
    };
    let error = Error::new(kind, sentence);
    match wait {
        Some(seconds) => error.with_retry_after(Duration::from_secs(seconds)),
        None => error,
    }
}

impl Server {
    /// The server that runs on the data directory, if one does.
    pub(crate) async fn find(setting: &Setting) -> Option<Self> {
        let presence = Presence::read(&setting.config().data)?;
        let client = crate::web::client_for_server(presence.certificate.as_deref()).ok()?;
        let asked = client.get(format!("{}/health/live", presence.address));
        let answer = asked.timeout(PRESENCE_TIMEOUT).send().await.ok()?;
        let instance = answer.headers().get(INSTANCE_HEADER)?;
        (instance.as_bytes() == presence.instance.as_bytes()).then_some(Self {
            address: presence.address,
            token: presence.token,
            tenant: setting.tenant.clone(),
            client,
        })
    }

    /// Where it answers.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>> {
        let (parts, body) = request.into_parts();
        let address = format!("{}{}", self.address, parts.uri);
        let sent = self
            .client
            .request(parts.method, address)
            .headers(parts.headers)
            .bearer_auth(&self.token)
            .body(reqwest::Body::wrap_stream(body.into_data_stream()))
            .send()
            .await
            .context(ErrorKind::Unavailable, || {
                format!(
                    "cannot reach the server at {}; is it still running?",
                    self.address
                )
            })?;
        let status = sent.status();
        let headers = sent.headers().clone();
        let mut response = Response::new(Body::from_stream(sent.bytes_stream()));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}
