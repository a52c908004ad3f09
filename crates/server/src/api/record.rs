//! Writes down what every request changes or takes along, before its reply leaves.
//!
//! Invariant: what was acknowledged is in the audit log. Everything that is not a question is recorded:
//! a new route needs nothing to be covered. Refused requests are security events as well.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use aide::openapi::{OpenApi, ReferenceOr};
use alexandria_core::audit::{Deed, Outcome, Target};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{DocumentId, UserId};
use alexandria_core::principal::{Origin, Principal};
use alexandria_library::audit::Recorder;
use axum::extract::{
    ConnectInfo, FromRequestParts as _, MatchedPath, RawPathParams, Request, State,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

use super::Shared;
use super::observe::RequestId;
use super::problem::Problem;

mod seen;

pub(super) use seen::{Seen, Visit};

/// What may be sent with a method that changes things and changes none: questions, in the names of the
/// description of the API, or as method and path where it does not describe them.
pub(super) const QUESTIONS: [&str; 9] = [
    "answers_verify",
    "ask",
    "openai_chat_completions",
    "openai_embeddings",
    "openai_responses",
    "openai_vector_stores_search",
    "POST /mcp",
    "query",
    "search",
];

/// What takes files or lists out of the library, although it changes nothing.
pub(super) const EXPORTS: [&str; 10] = [
    "audit_export",
    "cases_export",
    "conversations_export",
    "documents_original",
    "me_export",
    // A session is taken along.
    "oidc_callback",
    "openai_files_content",
    "tenants_export",
    "usage_export",
    "users_export",
];

/// The longest id of a path that is written down as it is, in bytes.
const ID_BYTES_MAX: usize = 64;

/// The names of the operations, by method and path.
#[derive(Debug, Default)]
pub(crate) struct Operations(HashMap<(Method, String), String>);

impl Operations {
    /// Those of a description.
    pub(super) fn of(api: &OpenApi) -> Self {
        let mut names = HashMap::new();
        let paths = api.paths.iter().flat_map(|paths| &paths.paths);
        for (path, item) in paths {
            let ReferenceOr::Item(item) = item else {
                continue;
            };
            for (method, operation) in item.iter() {
                let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes());
                if let (Ok(method), Some(id)) = (method, &operation.operation_id) {
                    names.insert((method, path.clone()), id.clone());
                }
            }
        }
        Self(names)
    }

    /// The name of an operation; its method and path where it has none.
    fn name(&self, method: &Method, path: &str) -> String {
        let known = self.0.get(&(method.clone(), path.to_owned()));
        known.map_or_else(|| format!("{method} {path}"), Clone::clone)
    }
}

/// The documents that a request put in, left in its response: each has an entry of its own.
#[derive(Clone, Debug)]
pub(super) struct PutIn(pub(super) Vec<DocumentId>);

/// Why a request is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    /// It may change something.
    Change,
    /// It takes something along, if it succeeds.
    Export,
    /// It does not have to be.
    No,
}

impl Due {
    fn of(method: &Method, action: &str) -> Self {
        let changes = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
        if changes.contains(method) {
            return if QUESTIONS.contains(&action) {
                Self::No
            } else {
                Self::Change
            };
        }
        if *method == Method::GET && EXPORTS.contains(&action) {
            return Self::Export;
        }
        Self::No
    }
}

/// Serves a request and writes down what it did.
pub(super) async fn record(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Some(path) = parts.extensions.get::<MatchedPath>().cloned() else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    let seen = Seen::default();
    parts.extensions.insert(seen.clone());
    let operations = app.operations.get_or_init(Operations::default);
    let action = operations.name(&parts.method, path.as_str());
    let due = Due::of(&parts.method, &action);
    let origin = Arc::new(origin(&parts));
    let deed = match due {
        Due::Change | Due::Export => named(&mut parts, &action).await,
        Due::No => Deed::new("", Outcome::Done),
    };
    let mut unfinished = (due == Due::Change).then(|| Unfinished {
        recorder: app.library.recorder().clone(),
        seen: seen.clone(),
        origin: Arc::clone(&origin),
        deed: Some(deed.clone()),
    });
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let principal = principal(&seen, &origin);
    let status = response.status();
    let is_due = match due {
        Due::Change => true,
        Due::Export => is_taken(&response),
        Due::No => false,
    };
    // Nothing is waited for between the end of the change and the beginning of its entry: whoever
    // gives up the request meanwhile finds it written down either way.
    if let Some(unfinished) = &mut unfinished {
        unfinished.deed = None;
    }
    let written = match principal.as_ref().filter(|_| is_due) {
        Some(principal) => {
            let deed = by_id(deed, seen.named());
            write_down(&app, principal, deed, &mut response).await
        }
        None => Ok(()),
    };
    if let (true, Due::Export, Some(principal)) = (is_due, due, &principal) {
        app.library.security().exported(principal, &action).await;
    }
    notice(&app, principal.as_ref(), &origin, &action, status).await;
    told(response, written)
}

/// Writes down a deed, once for each document that it has put in.
async fn write_down(
    app: &Shared,
    principal: &Principal,
    deed: Deed,
    response: &mut Response,
) -> Result<()> {
    let deed = ended(deed, response.status(), response.headers());
    let deeds = match response.extensions_mut().remove::<PutIn>() {
        Some(PutIn(documents)) if !documents.is_empty() => each(&deed, &documents),
        Some(_) | None => vec![deed],
    };
    app.library.recorder().record(principal, deeds).await
}

/// The reply, or that what was done could not be written down.
fn told(response: Response, written: Result<()>) -> Response {
    let status = response.status();
    match written {
        Ok(()) => response,
        // What was refused or failed says why, which is worth more to the caller.
        Err(error) if status.is_client_error() || status.is_server_error() => {
            tracing::error!("cannot write to the audit log: {}", error.chain());
            response
        }
        Err(error) => unwritten(error),
    }
}

/// The same deed for each of the documents.
fn each(deed: &Deed, documents: &[DocumentId]) -> Vec<Deed> {
    let of = |document: &DocumentId| Deed {
        target: Some(Target {
            kind: "document".to_owned(),
            id: document.to_string(),
        }),
        ..deed.clone()
    };
    documents.iter().map(of).collect()
}

/// A change that is under way. When the request is given up (its caller has gone, or it took too long)
/// it is written down as interrupted.
struct Unfinished {
    recorder: Recorder,
    seen: Seen,
    origin: Arc<Origin>,
    deed: Option<Deed>,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let Some(mut deed) = self.deed.take() else {
            return;
        };
        let Some(principal) = principal(&self.seen, &self.origin) else {
            return;
        };
        deed = by_id(deed, self.seen.named());
        deed.outcome = Outcome::Interrupted;
        if tokio::runtime::Handle::try_current().is_ok() {
            // Nobody is left to be told; the recorder logs what it cannot write.
            drop(self.recorder.begin(principal, deed));
        }
    }
}

/// Who asked, and from where.
fn principal(seen: &Seen, origin: &Arc<Origin>) -> Option<Principal> {
    let principal = seen.principal()?.clone();
    if principal.origin().is_some() {
        return Some(principal);
    }
    Some(principal.asking_from(Arc::clone(origin)))
}

/// Tells what notices attacks of a request that was refused.
async fn notice(
    app: &Shared,
    principal: Option<&Principal>,
    origin: &Origin,
    action: &str,
    status: StatusCode,
) {
    let security = app.library.security();
    match (status, principal) {
        (StatusCode::UNAUTHORIZED, _) | (StatusCode::FORBIDDEN, None) => {
            security.unauthenticated(origin, action).await;
        }
        (StatusCode::FORBIDDEN, Some(known)) => security.forbidden(known, action).await,
        (StatusCode::TOO_MANY_REQUESTS, known) => {
            security.rate_limited(known, origin, action).await;
        }
        _other => {}
    }
}

/// Where a request comes from.
pub(super) fn origin(parts: &Parts) -> Origin {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let id = parts.extensions.get::<RequestId>();
    Origin {
        address: peer.map(|ConnectInfo(address)| address.ip().to_canonical()),
        request: id.map(|RequestId(id)| id.clone()).unwrap_or_default(),
    }
}

/// What is to be done, by the ids of the path: the last one is the target, the others are details.
async fn named(parts: &mut Parts, action: &str) -> Deed {
    let mut deed = Deed::new(action, Outcome::Done);
    let found = RawPathParams::from_request_parts(parts, &()).await;
    let Ok(found) = found else { return deed };
    for (kind, id) in &found {
        let target = Target {
            kind: kind.to_owned(),
            id: plain(id),
        };
        if let Some(outer) = deed.target.replace(target) {
            deed.details.insert(outer.kind, outer.id);
        }
    }
    deed
}

/// The deed with the id of a person whom the path names by an address; an address that is nobody's is
/// not written down, nor is its fingerprint, which could be guessed.
fn by_id(mut deed: Deed, named: Option<UserId>) -> Deed {
    let id = || named.map_or_else(|| "unknown".to_owned(), |id| id.to_string());
    let is_print = |id: &str| id.starts_with("sha256:");
    if let Some(target) = &mut deed.target
        && target.kind == "user"
        && is_print(&target.id)
    {
        target.id = id();
    }
    if let Some(detail) = deed.details.get_mut("user")
        && is_print(detail)
    {
        *detail = id();
    }
    deed
}

/// An id as it is; of anything else, which may be a name that somebody has chosen, a fingerprint.
fn plain(id: &str) -> String {
    let is_plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    if !id.is_empty() && id.len() <= ID_BYTES_MAX && id.bytes().all(is_plain) {
        return id.to_owned();
    }
    let digest = Sha256::digest(id.as_bytes());
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

/// The deed with its end. What was made is known by its address.
fn ended(mut deed: Deed, status: StatusCode, headers: &HeaderMap) -> Deed {
    deed.outcome = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS => {
            Outcome::Refused
        }
        other if other.is_client_error() || other.is_server_error() => Outcome::Failed,
        _done => Outcome::Done,
    };
    if let Some(made) = made(headers) {
        deed.target = Some(made);
    }
    deed.with("status", status.as_str())
}

/// What a reply says was made, by the address where it is: `/api/v1/documents/ID`.
fn made(headers: &HeaderMap) -> Option<Target> {
    let location = headers.get(header::LOCATION)?.to_str().ok()?;
    let mut segments = location.rsplit('/');
    let id = segments.next()?;
    let kind = segments.next()?;
    let kind = kind.strip_suffix('s').unwrap_or(kind);
    Some(Target {
        kind: kind.to_owned(),
        id: plain(id),
    })
}

/// Whether a file left, or its beginning: a reader that takes a file in parts takes it once.
fn is_taken(response: &Response) -> bool {
    match response.status() {
        StatusCode::OK => true,
        StatusCode::PARTIAL_CONTENT => {
            let range = response.headers().get(header::CONTENT_RANGE);
            range.is_none_or(|range| range.as_bytes().starts_with(b"bytes 0-"))
        }
        _other => false,
    }
}

/// The reply to a request that was served and could not be written down.
fn unwritten(error: Error) -> Response {
    let why = error.message();
    let message = format!(
        "what was asked has been done, but it could not be written to the audit log ({why}): see to \
         the database before anything else is changed"
    );
    Problem::from(Error::new(ErrorKind::Unavailable, message).with_source(error)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_somebody_has_chosen_are_not_written_down() {
        let id = "0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69";
        assert_eq!(plain(id), id);
        for name in ["anna@example.org", "the red book", "", &"a".repeat(65)] {
            let written = plain(name);
            assert!(
                written.starts_with("sha256:") && written.len() == 71,
                "{written}"
            );
        }
    }

    #[test]
    fn whatever_may_change_something_is_recorded_unless_it_is_a_question() {
        for (method, action, due) in [
            (Method::POST, "ask", Due::No),
            (Method::POST, "something_new", Due::Change),
            (Method::DELETE, "ask", Due::No),
            (Method::PATCH, "PATCH /new/{thing}", Due::Change),
            (Method::GET, "documents_list", Due::No),
            (Method::GET, "documents_original", Due::Export),
            (Method::HEAD, "documents_original", Due::No),
        ] {
            assert_eq!(Due::of(&method, action), due, "{method} {action}");
        }
    }
}
