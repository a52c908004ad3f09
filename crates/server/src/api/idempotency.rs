//! Requests that may be sent twice: with the header `Idempotency-Key` the second gets the reply of
//! the first, and nothing is made twice.
//!
//! A key is noted together with the reply, once the work is done. A request that was killed before
//! that has left documents at most, and those are found by their digest when it is sent again. Of two
//! that are sent at the same time both get the reply of the one that was done first.

use alexandria_core::error::{Error, ErrorKind};
use alexandria_core::principal::Principal;
use alexandria_store::blobs::Digest;
use alexandria_store::catalog::StoredReply;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::Shared;
use super::problem::Problem;

/// The header that carries the key.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The header of a reply that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The longest key, in bytes.
const KEY_BYTES_MAX: usize = 200;

/// The key of a request, if it has one.
#[derive(Clone, Debug)]
pub(super) struct Key(Option<String>);

impl FromRequestParts<Shared> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &Shared) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(IDEMPOTENCY_KEY) else {
            return Ok(Self(None));
        };
        let text = value.to_str().ok().filter(|key| {
            !key.is_empty()
                && key.len() <= KEY_BYTES_MAX
                && key
                    .bytes()
                    .all(|byte| byte.is_ascii_graphic() || byte == b' ')
        });
        let Some(text) = text else {
            let message = format!(
                "the header Idempotency-Key must hold 1 to {KEY_BYTES_MAX} printable characters"
            );
            return Err(Error::new(ErrorKind::Invalid, message).into());
        };
        Ok(Self(Some(format!(
            "{} {} {text}",
            parts.method,
            parts.uri.path()
        ))))
    }
}

impl aide::OperationInput for Key {
    fn operation_input(
        ctx: &mut aide::generate::GenContext,
        operation: &mut aide::openapi::Operation,
    ) {
        use aide::openapi::{HeaderStyle, Parameter, ParameterData, ParameterSchemaOrContent};
        let json_schema = schemars::json_schema!({ "type": "string", "minLength": 1,
            "maxLength": KEY_BYTES_MAX, "pattern": "^[ -~]+$" });
        let schema = aide::openapi::SchemaObject {
            json_schema,
            external_docs: None,
            example: None,
        };
        let parameter = Parameter::Header {
            parameter_data: ParameterData {
                name: "Idempotency-Key".to_owned(),
                description: Some(
                    "A key of your choice. The same request with the same key gets the same reply, \
                     and nothing is made twice."
                        .to_owned(),
                ),
                required: false,
                deprecated: None,
                format: ParameterSchemaOrContent::Schema(schema),
                example: None,
                examples: Default::default(),
                explode: None,
                extensions: Default::default(),
            },
            style: HeaderStyle::Simple,
        };
        aide::operation::add_parameters(ctx, operation, [parameter]);
    }
}

impl Key {
    /// Whether an earlier request had this key, so that this one must be compared with it.
    pub(super) async fn is_known(&self, app: &Shared, asker: &Principal) -> Result<bool, Problem> {
        let Some(key) = &self.0 else { return Ok(false) };
        Ok(app.library.catalog().reply(asker, key).await?.is_some())
    }

    /// The reply of an earlier request with this key, if there was one.
    ///
    /// # Errors
    /// `Conflict` when that request was another.
    pub(super) async fn recall(
        &self,
        app: &Shared,
        asker: &Principal,
        request: Digest,
    ) -> Result<Option<Response>, Problem> {
        let Some(key) = &self.0 else { return Ok(None) };
        match app.library.catalog().reply(asker, key).await? {
            None => Ok(None),
            Some((known, _)) if known != request => Err(reused().into()),
            Some((_, reply)) => Ok(Some(replay(&reply))),
        }
    }

    /// Makes a thing, once for each key: a request that was sent before gets the reply it got then.
    /// `make` gives where the thing is and what it is.
    ///
    /// # Errors
    /// `Conflict` when the key was used for another request; those of `make`.
    pub(super) async fn once<B: Serialize>(
        &self,
        (app, asker): (&Shared, &Principal),
        request: Digest,
        make: impl Future<Output = Result<(String, B), Problem>>,
    ) -> Result<Response, Problem> {
        if let Some(reply) = self.recall(app, asker, request).await? {
            return Ok(reply);
        }
        let (location, body) = match make.await {
            Ok(made) => made,
            // The same request may have made it since it was looked for.
            Err(problem) if problem.status() == StatusCode::CONFLICT => {
                let earlier = self.recall(app, asker, request).await?;
                return earlier.ok_or(problem);
            }
            Err(problem) => return Err(problem),
        };
        let reply = Reply::new(StatusCode::CREATED, Some(location), &body);
        self.keep(app, asker, request, reply).await
    }

    /// Keeps a reply and gives it; when another request with this key was quicker, gives its reply.
    pub(super) async fn keep(
        &self,
        app: &Shared,
        asker: &Principal,
        request: Digest,
        reply: Reply,
    ) -> Result<Response, Problem> {
        let Some(key) = &self.0 else {
            return Ok(reply.into_response());
        };
        let catalog = app.library.catalog();
        let earlier = catalog
            .keep_reply(asker, key, request, &reply.stored())
            .await?;
        Ok(earlier.map_or_else(|| reply.into_response(), |earlier| replay(&earlier)))
    }
}

/// What tells a request from another: the digest of its body.
pub(super) fn digest(body: &impl Serialize) -> Digest {
    // Twins of the wire always have a JSON form.
    Digest::of(&serde_json::to_vec(body).unwrap_or_default())
}

fn reused() -> Error {
    Error::new(
        ErrorKind::Conflict,
        "this Idempotency-Key was used for another request; choose a new one",
    )
}

/// A reply that can be kept: a status, where the new thing is, and JSON.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    status: StatusCode,
    location: Option<String>,
    json: Vec<u8>,
}

impl Reply {
    /// A reply about a new thing.
    pub(super) fn new(status: StatusCode, location: Option<String>, body: &impl Serialize) -> Self {
        // Twins of the wire always have a JSON form.
        Self {
            status,
            location,
            json: serde_json::to_vec(body).unwrap_or_default(),
        }
    }

    /// The location stands in the first line of what is stored, the JSON below.
    fn stored(&self) -> StoredReply {
        let mut body = self.location.clone().unwrap_or_default().into_bytes();
        body.push(b'\n');
        body.extend_from_slice(&self.json);
        StoredReply {
            status: self.status.as_u16(),
            body,
        }
    }

    /// The reply as it is sent.
    pub(super) fn into_response(self) -> Response {
        let mut response = (self.status, Body::from(self.json)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        if let Some(location) = self
            .location
            .and_then(|path| HeaderValue::from_str(&path).ok())
        {
            headers.insert(header::LOCATION, location);
        }
        response
    }
}

fn replay(stored: &StoredReply) -> Response {
    let mut parts = stored.body.splitn(2, |byte| *byte == b'\n');
    let location = parts
        .next()
        .and_then(|line| String::from_utf8(line.to_vec()).ok());
    let reply = Reply {
        status: StatusCode::from_u16(stored.status).unwrap_or(StatusCode::OK),
        location: location.filter(|path| !path.is_empty()),
        json: parts.next().unwrap_or_default().to_vec(),
    };
    let mut response = reply.into_response();
    response
        .headers_mut()
        .insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
