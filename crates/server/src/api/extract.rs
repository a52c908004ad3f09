//! What handlers take from a request: who asks, the body, the query, the parts of the path. What
//! does not fit becomes a [`Problem`].

use std::net::SocketAddr;

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, RequestBody, SchemaObject};
use alexandria_core::id::TENANT_DEFAULT;
use alexandria_core::principal::{Actor, Principal, Scope, Scopes};
use axum::Json;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Multipart, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::Shared;
use super::problem::Problem;

/// Who asks. Every handler that touches the library takes one; authentication slots in here.
///
/// There is no login yet: whoever reaches the address of this machine alone is the owner of the
/// library, and whoever reaches a public address (which has to be allowed expressly) may put in and
/// ask.
#[derive(Clone, Debug)]
pub(crate) struct Asker(pub(crate) Principal);

impl FromRequestParts<Shared> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &Shared) -> Result<Self, Problem> {
        if is_local(parts) {
            return Ok(Self(Principal::owner()));
        }
        let scopes = Scopes::of(&[Scope::Ingest, Scope::Ask]);
        Ok(Self(Principal::authenticated(
            TENANT_DEFAULT,
            Actor::Owner,
            scopes,
        )))
    }
}

/// Whether the request comes from this machine. A request without an address comes from inside this
/// process: the command line asks its own library.
pub(crate) fn is_local(parts: &Parts) -> bool {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.is_none_or(|ConnectInfo(address)| address.ip().to_canonical().is_loopback())
}

impl OperationInput for Asker {}

/// A JSON body.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Shared> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Problem> {
        let Json(value) = Json::from_request(request, app).await?;
        Ok(Self(value))
    }
}

impl<T: JsonSchema> OperationInput for Body<T> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        Json::<T>::operation_input(ctx, operation);
    }
}

/// The query of the address.
#[derive(Debug)]
pub(crate) struct Parameters<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Shared> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let Query(value) = Query::from_request_parts(parts, app).await?;
        Ok(Self(value))
    }
}

impl<T: JsonSchema> OperationInput for Parameters<T> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        Query::<T>::operation_input(ctx, operation);
    }
}

/// The variable parts of the path.
#[derive(Debug)]
pub(crate) struct Segments<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Shared> for Segments<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let Path(value) = Path::from_request_parts(parts, app).await?;
        Ok(Self(value))
    }
}

impl<T: JsonSchema> OperationInput for Segments<T> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        Path::<T>::operation_input(ctx, operation);
    }
}

/// A form with files.
#[derive(Debug)]
pub(crate) struct Form(pub(crate) Multipart);

impl FromRequest<Shared> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Problem> {
        let is_form = request
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|value| {
                value
                    .as_bytes()
                    .to_ascii_lowercase()
                    .starts_with(b"multipart/form-data")
            });
        if !is_form {
            let message = "files are put in as a form: send multipart/form-data";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
        }
        Ok(Self(Multipart::from_request(request, app).await?))
    }
}

/// The fields of the form, as the description tells them.
impl OperationInput for Form {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        let text = |about: &str| serde_json::json!({ "type": "string", "description": about });
        let json_schema = schemars::json_schema!({
            "type": "object",
            "properties": {
                "collection": text("The shelf, by name or id; made if there is none of that name."),
                "tag": text("A tag; may come several times."),
                "category": text("What the files are about."),
                "title": text("The title, where you know better than the file."),
                "file": {
                    "type": "string",
                    "format": "binary",
                    "description": "A file; may come several times.",
                },
            },
            "required": ["file"],
        });
        let media = MediaType {
            schema: Some(SchemaObject {
                json_schema,
                external_docs: None,
                example: None,
            }),
            ..MediaType::default()
        };
        let body = RequestBody {
            content: [("multipart/form-data".to_owned(), media)]
                .into_iter()
                .collect(),
            required: true,
            ..RequestBody::default()
        };
        aide::operation::set_body(ctx, operation, body);
    }
}
