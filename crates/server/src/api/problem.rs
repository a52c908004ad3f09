//! What callers are told when something is not right: problem details (RFC 9457), always.
//!
//! A handler returns [`Problem`]; the observer of requests renders it with the request's id. The one
//! table that turns a kind of error into an HTTP status is [`status_of`].

use std::time::Duration;

use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response as Described, SchemaObject};
use alexandria_core::error::{Error, ErrorKind};
use alexandria_library::budgets::OverBudget;
use alexandria_library::consents::ConsentRequired;
use alexandria_store::catalog::NoRoom;
use axum::body::Body;
use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::extract::rejection::{
    BytesRejection, ExtensionRejection, JsonRejection, PathRejection, QueryRejection,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The media type of problem details.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// Problem details as they cross the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(crate) struct ProblemBody {
    /// A name for the sort of problem that programs can rely on.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// The sort of problem in a few words.
    pub(crate) title: String,
    /// The HTTP status.
    pub(crate) status: u16,
    /// What is wrong here, and what to do about it.
    pub(crate) detail: String,
    /// The id of the request, under which the log holds the rest.
    pub(crate) instance: String,
    /// In how many seconds to come back, where that is known: the same as the header `Retry-After`, which a
    /// stream that has begun has no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after: Option<u64>,
}

/// What went wrong, on its way to the caller.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    /// What the log is told and the caller is not, unless debugging.
    hidden: Option<String>,
    retry_after: Option<Duration>,
    /// The part of the request that stands in the way, where that is known.
    parameter: Option<String>,
    /// Its name and title, where a program has to tell it from others of its status.
    sort: Option<(&'static str, &'static str)>,
}

/// What a person is told who has not accepted what their tenant asks for.
const CONSENT_REQUIRED: (&str, &str) = ("consent-required", "Consent is required");

/// What somebody is told who wants more than a budget or a plan allows in a month.
const BUDGET_REACHED: (&str, &str) = ("budget-reached", "The budget is used up");

/// What somebody is told whose tenant holds as much as it may.
const LIBRARY_FULL: (&str, &str) = ("library-full", "There is no room left");

/// The one table from kinds of errors to HTTP statuses.
fn status_of(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::Unsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorKind::Exhausted => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Corrupt | ErrorKind::Internal | _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The kind of error behind a status that a server sent: the table read backwards.
pub(crate) fn kind_of(status: u16) -> ErrorKind {
    match status {
        400 | 405 | 416 | 422 => ErrorKind::Invalid,
        401 | 403 => ErrorKind::Forbidden,
        404 => ErrorKind::NotFound,
        409 => ErrorKind::Conflict,
        413 => ErrorKind::TooLarge,
        415 => ErrorKind::Unsupported,
        429 => ErrorKind::Exhausted,
        408 | 504 => ErrorKind::Timeout,
        502 | 503 => ErrorKind::Unavailable,
        _ => ErrorKind::Internal,
    }
}

/// The name of a sort of problem, and its title.
fn sort_of(status: StatusCode) -> (&'static str, &'static str) {
    match status.as_u16() {
        400 => ("bad-request", "The request cannot be understood"),
        401 => ("unauthorized", "Not signed in"),
        403 => ("forbidden", "Not allowed"),
        404 => ("not-found", "Not found"),
        405 => ("method-not-allowed", "That method does not work here"),
        408 => ("request-timeout", "The request took too long"),
        409 => ("conflict", "It contradicts what is there"),
        410 => ("gone", "It is not there any more"),
        413 => ("too-large", "Too large"),
        415 => (
            "unsupported-media-type",
            "That kind of content cannot be read",
        ),
        416 => ("range-not-satisfiable", "There are no such bytes"),
        422 => ("invalid", "The request does not fit"),
        429 => ("too-many-requests", "Too many requests"),
        503 => ("unavailable", "Not available at present"),
        504 => ("timeout", "It did not finish in time"),
        _ if status.is_client_error() => ("bad-request", "The request cannot be served"),
        _ => ("internal", "A fault of ours"),
    }
}

/// The same of the cause of an error, where a program has to tell it from others of its status.
fn sort_of_cause(
    cause: &(dyn std::error::Error + 'static),
) -> Option<(&'static str, &'static str)> {
    if cause.is::<ConsentRequired>() {
        return Some(CONSENT_REQUIRED);
    }
    if cause.is::<NoRoom>() {
        return Some(LIBRARY_FULL);
    }
    cause.is::<OverBudget>().then_some(BUDGET_REACHED)
}

impl Problem {
    /// A problem with nothing behind it.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            hidden: None,
            retry_after: None,
            parameter: None,
            sort: None,
        }
    }

    /// Nobody known has sent the request.
    pub(crate) fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    /// The problem that a bare status stands for.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let detail = match status.as_u16() {
            404 => "there is nothing at this address; /docs lists what there is",
            405 => "this address does not take that method; the Allow header lists those it takes",
            413 => "the request is larger than this address takes",
            415 => "this address takes another content type; /docs says which",
            _ => "the request could not be served",
        };
        Self::new(status, detail)
    }

    /// Names the part of the request that stands in the way.
    #[must_use]
    pub(crate) fn at(mut self, parameter: &str) -> Self {
        self.parameter = Some(parameter.to_owned());
        self
    }

    /// The part of the request that stands in the way, where that is known.
    pub(crate) fn parameter(&self) -> Option<&str> {
        self.parameter.as_deref()
    }

    /// The status.
    pub(crate) const fn status(&self) -> StatusCode {
        self.status
    }

    /// What the caller is told.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// What the log is told.
    pub(crate) fn for_log(&self) -> &str {
        self.hidden.as_deref().unwrap_or(&self.detail)
    }

    /// What the caller of the request of this id is told.
    pub(crate) fn sentence(&self, request_id: &str, debug: bool) -> String {
        match &self.hidden {
            Some(hidden) if debug => hidden.clone(),
            Some(_) if self.status == StatusCode::INTERNAL_SERVER_ERROR => {
                format!("{}; the log holds the rest under {request_id}", self.detail)
            }
            _ => self.detail.clone(),
        }
    }

    /// Says in the headers when to try again, where that is known.
    pub(crate) fn say_when(&self, headers: &mut HeaderMap) {
        if self.status == StatusCode::UNAUTHORIZED {
            // RFC 6750, section 3.
            let how = HeaderValue::from_static("Bearer realm=\"alexandria\"");
            headers.insert(header::WWW_AUTHENTICATE, how);
        }
        if let Some(seconds) = self.retry_seconds() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
    }

    fn retry_seconds(&self) -> Option<u64> {
        self.retry_after.map(|wait| wait.as_secs().max(1))
    }

    /// The details, for the request of this id.
    pub(crate) fn body(&self, request_id: &str, debug: bool) -> ProblemBody {
        let (name, title) = self.sort.unwrap_or_else(|| sort_of(self.status));
        ProblemBody {
            kind: format!("urn:alexandria:problem:{name}"),
            title: title.to_owned(),
            status: self.status.as_u16(),
            detail: self.sentence(request_id, debug),
            instance: request_id.to_owned(),
            retry_after: self.retry_seconds(),
        }
    }

    /// The response, for the request of this id.
    pub(crate) fn render(&self, request_id: &str, debug: bool) -> Response {
        let body = self.body(request_id, debug);
        // A struct of strings and a number always has a JSON form.
        let json = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (self.status, Body::from(json)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        self.say_when(headers);
        response
    }
}

/// Until the observer renders it, a problem is a bare status that carries it along.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = status_of(error.kind());
        let sort = std::error::Error::source(&error).and_then(sort_of_cause);
        let retry_after = error.retry_after().or_else(|| {
            (status == StatusCode::SERVICE_UNAVAILABLE).then_some(Duration::from_secs(5))
        });
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "kinds to come are told to the caller like most"
        )]
        let (detail, hidden) = match error.kind() {
            // The cause is the sort, and the sentence says it.
            _ if sort.is_some() => (error.message().to_owned(), None),
            ErrorKind::Internal | ErrorKind::Corrupt => (
                "something went wrong inside the library".to_owned(),
                Some(error.chain()),
            ),
            // What the database says beneath a conflict is nobody's business but the log's.
            ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::Conflict => {
                (error.message().to_owned(), Some(error.chain()))
            }
            _ => (error.chain(), None),
        };
        Self {
            status,
            detail,
            hidden,
            retry_after,
            parameter: None,
            sort,
        }
    }
}

macro_rules! rejections {
    ($($rejection:ty),*) => {$(
        impl From<$rejection> for Problem {
            fn from(rejection: $rejection) -> Self {
                let status = match rejection.status() {
                    // A body that is not what it should be is 422, whether it is bad JSON or good
                    // JSON of another shape.
                    StatusCode::BAD_REQUEST => StatusCode::UNPROCESSABLE_ENTITY,
                    status => status,
                };
                Self::new(status, rejection.body_text())
            }
        }
    )*};
}

rejections!(
    BytesRejection,
    ExtensionRejection,
    JsonRejection,
    MultipartError,
    MultipartRejection,
    PathRejection,
    QueryRejection
);

impl OperationOutput for Problem {
    type Inner = ProblemBody;

    fn operation_response(ctx: &mut GenContext, _operation: &mut Operation) -> Option<Described> {
        let schema = ctx.schema.subschema_for::<ProblemBody>();
        let media = MediaType {
            schema: Some(SchemaObject {
                json_schema: schema,
                example: None,
                external_docs: None,
            }),
            ..MediaType::default()
        };
        Some(Described {
            description: "Anything that is not right, as problem details (RFC 9457).".to_owned(),
            content: [(PROBLEM_JSON.to_owned(), media)].into_iter().collect(),
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
    use super::*;

    fn told(error: Error) -> ProblemBody {
        Problem::from(error).body("request", false)
    }

    #[test]
    fn what_is_used_up_is_told_from_other_problems() {
        let error = || {
            Error::new(ErrorKind::Exhausted, "the month is over")
                .with_retry_after(Duration::from_secs(90))
        };
        let limit = told(error());
        assert_eq!(limit.kind, "urn:alexandria:problem:too-many-requests");
        assert_eq!(limit.retry_after, Some(90));
        let budget = told(error().with_source(OverBudget));
        assert_eq!(budget.kind, "urn:alexandria:problem:budget-reached");
        assert_eq!(budget.detail, "the month is over");
        assert_eq!((budget.status, budget.retry_after), (429, Some(90)));
        let full = told(Error::new(ErrorKind::Forbidden, "remove some").with_source(NoRoom));
        assert_eq!(full.kind, "urn:alexandria:problem:library-full");
        assert_eq!((full.status, full.detail.as_str()), (403, "remove some"));
        let invalid = told(Error::new(ErrorKind::Invalid, "no"));
        let json = serde_json::to_string(&invalid).unwrap();
        assert!(!json.contains("retry_after"), "{json}");
    }
}
