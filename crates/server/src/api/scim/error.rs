//! What is not right, in SCIM's words (RFC 7644, 3.12).

use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{Operation, Response as Described};
use alexandria_core::error::Error;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use super::{SCIM_JSON, described};
use crate::api::problem::Problem;

/// An error as it crosses the wire.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ScimError")]
pub(super) struct ErrorBody {
    /// What this is.
    schemas: [&'static str; 1],
    /// The HTTP status.
    status: String,
    /// A name that programs can rely on, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    scim_type: Option<String>,
    /// What is wrong, and what to do about it.
    detail: String,
}

/// A problem in this dialect. What does not fit is 400 here, never 422.
pub(in crate::api) fn render(problem: &Problem, request_id: &str, debug: bool) -> Response {
    let status = match problem.status() {
        StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        status => status,
    };
    let kind = match status.as_u16() {
        409 => Some("uniqueness"),
        400 => Some(problem.parameter().unwrap_or("invalidValue")),
        _ => None,
    };
    let body = ErrorBody {
        schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
        status: status.as_u16().to_string(),
        scim_type: kind.map(str::to_owned),
        detail: problem.sentence(request_id, debug),
    };
    let mut response = (status, Json(body)).into_response();
    let kind = HeaderValue::from_static(SCIM_JSON);
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    problem.say_when(response.headers_mut());
    response
}

/// What a handler of this dialect returns when it cannot serve.
#[derive(Clone, Debug)]
pub(super) struct Refusal(Problem);

impl Refusal {
    /// A request that cannot be served, for a reason that has a name in SCIM.
    pub(super) fn new(name: &str, sentence: impl Into<String>) -> Self {
        Self(Problem::new(StatusCode::BAD_REQUEST, sentence).at(name))
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

impl OperationOutput for Refusal {
    type Inner = ErrorBody;

    fn operation_response(ctx: &mut GenContext, _operation: &mut Operation) -> Option<Described> {
        let schema = ctx.schema.subschema_for::<ErrorBody>();
        Some(described(schema, "Anything that is not right."))
    }

    fn inferred_responses(
        ctx: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<u16>, Described)> {
        let response = Self::operation_response(ctx, operation);
        response
            .map(|response| (None, response))
            .into_iter()
            .collect()
    }
}
