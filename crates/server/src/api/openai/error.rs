//! What is not right, in this dialect's words: `{"error": {"message", "type", "param", "code"}}`.

use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response as Described, SchemaObject};
use alexandria_core::error::Error;
use axum::Json;
use axum::extract::multipart::MultipartError;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::problem::Problem;

/// Which API's words a reply is told in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::api) enum Dialect {
    /// Our own: problem details.
    Ours,
    /// That of OpenAI.
    OpenAi,
    /// That of directories.
    Scim,
}

impl Dialect {
    /// The dialect that is spoken at an address.
    pub(in crate::api) fn of(path: &str) -> Self {
        if path == "/v1" || path.starts_with("/v1/") {
            Self::OpenAi
        } else if path.starts_with("/scim/") {
            Self::Scim
        } else {
            Self::Ours
        }
    }

    /// A problem as a reply.
    pub(in crate::api) fn render(
        self,
        problem: &Problem,
        request_id: &str,
        debug: bool,
    ) -> Response {
        match self {
            Self::Ours => problem.render(request_id, debug),
            Self::OpenAi => render(problem, request_id, debug),
            Self::Scim => crate::api::scim::error::render(problem, request_id, debug),
        }
    }
}

/// An error as it crosses the wire.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiError")]
pub(super) struct ErrorBody {
    /// The error.
    error: ErrorInner,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiErrorInner")]
struct ErrorInner {
    /// What is wrong, and what to do about it.
    message: String,
    /// The sort of error: `invalid_request_error`, `rate_limit_error` or `server_error`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The parameter that stands in the way, where there is one.
    param: Option<String>,
    /// A name that programs can rely on, where there is one.
    code: Option<&'static str>,
}

impl ErrorBody {
    fn new(problem: &Problem, message: String) -> Self {
        let status = problem.status();
        let param = problem.parameter().map(str::to_owned);
        let kind = match status.as_u16() {
            429 => "rate_limit_error",
            _ if status.is_client_error() => "invalid_request_error",
            _ => "server_error",
        };
        let code = match status.as_u16() {
            401 => Some("invalid_api_key"),
            403 => Some("insufficient_permissions"),
            404 if param.as_deref() == Some("model") => Some("model_not_found"),
            404 => Some("not_found"),
            413 => Some("request_too_large"),
            429 => Some("rate_limit_exceeded"),
            _ => None,
        };
        let error = ErrorInner {
            message,
            kind,
            param,
            code,
        };
        Self { error }
    }

    /// What a stream that has begun says when it cannot go on. The log is told here.
    pub(super) fn of_stream(problem: &Problem) -> Self {
        tracing::warn!("a stream failed: {}", problem.for_log());
        Self::new(problem, problem.detail().to_owned())
    }

    /// The sentence.
    pub(super) fn message(&self) -> &str {
        &self.error.message
    }
}

/// A problem in this dialect. What does not fit is 400 here, never 422.
fn render(problem: &Problem, request_id: &str, debug: bool) -> Response {
    let status = match problem.status() {
        StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        status => status,
    };
    let body = ErrorBody::new(problem, problem.sentence(request_id, debug));
    let mut response = (status, Json(body)).into_response();
    problem.say_when(response.headers_mut());
    response
}

/// What a handler of this dialect returns when it cannot serve.
#[derive(Clone, Debug)]
pub(super) struct Refusal(Problem);

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

impl From<MultipartError> for Refusal {
    fn from(error: MultipartError) -> Self {
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
        let media = MediaType {
            schema: Some(SchemaObject {
                json_schema: ctx.schema.subschema_for::<ErrorBody>(),
                example: None,
                external_docs: None,
            }),
            ..MediaType::default()
        };
        Some(Described {
            description: "Anything that is not right.".to_owned(),
            content: [("application/json".to_owned(), media)]
                .into_iter()
                .collect(),
            ..Described::default()
        })
    }

    fn inferred_responses(
        ctx: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<u16>, Described)> {
        Self::operation_response(ctx, operation)
            .map(|response| (None, response))
            .into_iter()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Dialect;

    #[test]
    fn the_dialect_is_that_of_the_address() {
        for path in ["/v1", "/v1/models", "/v1/nowhere"] {
            assert_eq!(Dialect::of(path), Dialect::OpenAi, "{path}");
        }
        for path in ["/", "/v10", "/api/v1/ask", "/mcp"] {
            assert_eq!(Dialect::of(path), Dialect::Ours, "{path}");
        }
    }
}
