//! What handlers take from a request: who asks, the body, the query, the parts of the path. What
//! does not fit becomes a [`Problem`].

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, RequestBody, SchemaObject};
use alexandria_core::principal::Principal;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{
    DefaultBodyLimit, FromRequest, FromRequestParts, Multipart, Path, Query, Request, State,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize as _;
use serde::de::{DeserializeOwned, Error as _};

use super::Shared;
use super::problem::Problem;
use super::record::Seen;
use super::upload::address::AddressBody;
use crate::access;

/// Who asks: every handler that touches the library takes one. Authentication has put it beside the
/// request before any handler runs; see [`authenticated`].
#[derive(Clone, Debug)]
pub(crate) struct Asker(pub(crate) Principal);

impl FromRequestParts<Shared> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let asker = Self(access::authenticate(app, parts).await?);
        Seen::leave(parts, &asker.0);
        Seen::leave_named(app, parts, &asker.0).await;
        parts.extensions.insert(asker.clone());
        Ok(asker)
    }
}

/// Lets nobody further who has not shown who they are. Stands before every route but the few that are
/// open to all.
pub(crate) async fn authenticated(
    State(app): State<Shared>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    Asker::from_request_parts(&mut parts, &app).await?;
    Ok(next.run(Request::from_parts(parts, body)).await)
}

impl OperationInput for Asker {}

/// A JSON body.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Shared> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Problem> {
        let JsonBytes(bytes) = JsonBytes::from_request(request, app).await?;
        // A list would be taken for an object whose fields come in their order.
        if bytes.trim_ascii_start().first() != Some(&b'{') {
            let message = "the body must be a JSON object: {…}";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, message));
        }
        let Json(value) = Json::from_bytes(&bytes)?;
        Ok(Self(value))
    }
}

/// A part of a body that must be an object as well: a list would be taken for its fields in their order.
///
/// # Errors
/// For anything but an object, and for one that does not fit.
pub(crate) fn object<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: DeserializeOwned,
{
    let fields = serde_json::Map::deserialize(deserializer)?;
    T::deserialize(serde_json::Value::Object(fields)).map_err(D::Error::custom)
}

/// The same for a part that may be left out or null.
///
/// # Errors
/// For anything but an object or null, and for an object that does not fit.
pub(crate) fn optional_object<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: DeserializeOwned,
{
    let fields = Option::<serde_json::Map<_, _>>::deserialize(deserializer)?;
    let part = fields.map(|fields| T::deserialize(serde_json::Value::Object(fields)));
    part.transpose().map_err(D::Error::custom)
}

/// Tells a field of text that is null from one that is absent.
///
/// # Errors
/// For anything but text or null.
pub(crate) fn given<'de, D>(deserializer: D) -> Result<Option<Option<String>>, D::Error>
where
    D: serde::Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// A JSON body that is read by whoever takes it.
#[derive(Debug)]
pub(crate) struct JsonBytes(pub(crate) Bytes);

impl FromRequest<Shared> for JsonBytes {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Problem> {
        plain(request.headers())?;
        let kind = request.headers().get(header::CONTENT_TYPE);
        if !kind.is_some_and(|kind| is_json(kind.as_bytes())) {
            let message = "the body must be JSON: send it with Content-Type: application/json";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
        }
        Ok(Self(Bytes::from_request(request, app).await?))
    }
}

/// Whether a content type is JSON, or made of it.
fn is_json(kind: &[u8]) -> bool {
    let kind = kind.split(|byte| *byte == b';').next().unwrap_or_default();
    let kind = kind.trim_ascii().to_ascii_lowercase();
    kind == b"application/json" || (kind.starts_with(b"application/") && kind.ends_with(b"+json"))
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

/// What is put in: a form with files, or a web address as JSON.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// Files.
    Form(Multipart),
    /// What stands at a web address.
    Address(AddressBody),
}

impl FromRequest<Shared> for Incoming {
    type Rejection = Problem;

    async fn from_request(mut request: Request, app: &Shared) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.map(|value| value.as_bytes().to_ascii_lowercase());
        let kind = kind.unwrap_or_default();
        if kind.starts_with(b"application/json") {
            // Forms have no limit here: each of their files has its own.
            DefaultBodyLimit::max(app.config.body_bytes_max).apply(&mut request);
            let Body(body) = Body::from_request(request, app).await?;
            return Ok(Self::Address(body));
        }
        if !kind.starts_with(b"multipart/form-data") {
            let message = "files are put in as a form (multipart/form-data), and web addresses as \
                           JSON (application/json): {\"url\": \"https://…\"}";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
        }
        plain(request.headers())?;
        Ok(Self::Form(Multipart::from_request(request, app).await?))
    }
}

/// Refuses bodies that are packed: they would have to be unpacked to an unknown size.
pub(super) fn plain(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get(header::CONTENT_ENCODING) {
        Some(packed) if packed != "identity" => {
            let message = "a packed body is not taken: send it without Content-Encoding";
            Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
        }
        Some(_) | None => Ok(()),
    }
}

/// The fields of the form, and the address, as the description tells them.
impl OperationInput for Incoming {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        let text = |about: &str| serde_json::json!({ "type": "string", "description": about });
        let json_schema = schemars::json_schema!({
            "type": "object",
            "properties": {
                "collection": text("The collection, by name or id; made if there is none of that name."),
                "tag": text("A tag; may come several times."),
                "category": text("What the files are about."),
                "classification": text("How closely the files are held: public, internal (unless given), confidential or restricted."),
                "title": text("The title, where you know better than the file."),
                "file": {
                    "type": "string",
                    "format": "binary",
                    "description": "A file; may come several times.",
                },
            },
            "required": ["file"],
        });
        let form = media(json_schema);
        let address = media(ctx.schema.subschema_for::<AddressBody>());
        let body = RequestBody {
            content: [
                ("multipart/form-data".to_owned(), form),
                ("application/json".to_owned(), address),
            ]
            .into_iter()
            .collect(),
            required: true,
            ..RequestBody::default()
        };
        aide::operation::set_body(ctx, operation, body);
    }
}

fn media(json_schema: schemars::Schema) -> MediaType {
    MediaType {
        schema: Some(SchemaObject {
            json_schema,
            external_docs: None,
            example: None,
        }),
        ..MediaType::default()
    }
}
