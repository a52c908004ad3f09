//! The protocol over HTTP: one address, one message a request, one JSON object a reply.
//!
//! Pages of other sites must not reach a library on this machine through the browser of its owner, so
//! a request with an `Origin` is served only when that is this machine or one that the settings allow.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::message::{Fault, Incoming, Message, Reply, Sort};
use super::{MODERN, answer, claimed};
use crate::api::Shared;
use crate::api::extract::{Asker, JsonBytes};

/// Where the protocol is spoken.
pub(crate) const PATH: &str = "/mcp";

/// The header with the revision of a request.
const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");

/// The header with the method of a request.
const METHOD: HeaderName = HeaderName::from_static("mcp-method");

/// The header with the name of the tool that is called.
const NAME: HeaderName = HeaderName::from_static("mcp-name");

/// What stands around a value that a header cannot hold as it is.
const ENCODED: (&str, &str) = ("=?base64?", "?=");

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route(PATH, post(receive))
}

async fn receive(
    State(app): State<Shared>,
    Asker(principal): Asker,
    headers: HeaderMap,
    JsonBytes(bytes): JsonBytes,
) -> Response {
    if !may_come_from(&headers, &app.config.allowed_origins) {
        let fault = Fault::malformed("requests from pages of this origin are not served");
        return reply(StatusCode::FORBIDDEN, &fault.into(), None);
    }
    let message = match Incoming::read(&bytes) {
        Ok(Incoming::Message(message)) => message,
        Ok(Incoming::Reply) => return StatusCode::ACCEPTED.into_response(),
        Err(fault) => return reply(StatusCode::BAD_REQUEST, &fault.into(), None),
    };
    if message.id.is_none() {
        return StatusCode::ACCEPTED.into_response();
    }
    let answered = match check(&headers, &message) {
        Err(fault) => fault.into(),
        Ok(()) => answer(&app, &principal, &message, text(&headers, &VERSION)).await,
    };
    let status = status(&answered, &message);
    reply(status, &answered, message.id.as_ref())
}

/// Clients of the newer kind see in the status what is wrong; those of the older kind in the message
/// alone, unless the request as such cannot be served.
fn status(answered: &Reply, message: &Message) -> StatusCode {
    let Reply::Fault(fault) = answered else {
        return StatusCode::OK;
    };
    match fault.sort {
        Sort::Request => StatusCode::BAD_REQUEST,
        Sort::Method if claimed(message).is_some() => StatusCode::NOT_FOUND,
        Sort::Params if claimed(message).is_some() => StatusCode::BAD_REQUEST,
        Sort::Method | Sort::Params => StatusCode::OK,
    }
}

fn reply(status: StatusCode, reply: &Reply, id: Option<&Value>) -> Response {
    let json = reply.render(id).to_string();
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (status, kind, json).into_response()
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Whether a request comes from no page, from one of this machine, or from one that is allowed.
fn may_come_from(headers: &HeaderMap, allowed: &[String]) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    allowed.iter().any(|known| known == "*" || known == origin) || is_here(origin)
}

/// Whether an origin is this machine.
fn is_here(origin: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(origin) else {
        return false;
    };
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.to_canonical().is_loopback()),
        None => false,
    }
}

/// Makes sure that the headers of a request of the newer kind say what its message says: whoever
/// stands between goes by the headers.
fn check(headers: &HeaderMap, message: &Message) -> Result<(), Fault> {
    let Some(claimed) = claimed(message) else {
        return Ok(());
    };
    same(headers, &VERSION, claimed)?;
    if claimed != MODERN {
        return Ok(());
    }
    same(headers, &METHOD, &message.method)?;
    match named(message) {
        Some(name) => same(headers, &NAME, name),
        None => Ok(()),
    }
}

/// The name of what a message is about, which a header repeats.
fn named(message: &Message) -> Option<&str> {
    let is_call = message.method == "tools/call";
    message
        .param("name")
        .and_then(Value::as_str)
        .filter(|_name| is_call)
}

fn same(headers: &HeaderMap, name: &HeaderName, said: &str) -> Result<(), Fault> {
    let Some(value) = text(headers, name) else {
        return Err(Fault::header(format!("the header {name} is missing")));
    };
    let (before, behind) = ENCODED;
    let encoded = value.strip_prefix(before);
    let encoded = encoded.and_then(|rest| rest.strip_suffix(behind));
    let is_same = match encoded {
        Some(encoded) => STANDARD
            .decode(encoded)
            .is_ok_and(|bytes| bytes == said.as_bytes()),
        None => value == said,
    };
    if is_same {
        return Ok(());
    }
    let sentence = format!("the header {name} says {value:?} and the message says {said:?}");
    Err(Fault::header(sentence))
}

/// The headers that a message goes with, for whoever got it without any.
pub(crate) fn headers_for(bytes: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    let Ok(Incoming::Message(message)) = Incoming::read(bytes) else {
        return headers;
    };
    let Some(claimed) = claimed(&message) else {
        return headers;
    };
    let (before, behind) = ENCODED;
    let said = [
        (VERSION, Some(claimed)),
        (METHOD, Some(message.method.as_str())),
        (NAME, named(&message)),
    ];
    for (header, said) in said {
        let Some(said) = said else { continue };
        let encoded = format!("{before}{}{behind}", STANDARD.encode(said));
        let is_plain =
            said.bytes().all(|byte| byte.is_ascii_graphic()) && !said.starts_with(before);
        let value = if is_plain { said } else { encoded.as_str() };
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(header, value);
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::is_here;

    #[test]
    fn only_this_machine_is_here() {
        let check = |origin: &str, here: bool| assert_eq!(is_here(origin), here, "{origin}");
        check("http://localhost:3000", true);
        check("http://127.0.0.1", true);
        check("https://[::1]:8000", true);
        check("http://localhost.evil.example", false);
        check("http://127.0.0.1.evil.example", false);
        check("http://192.168.0.7:8000", false);
        check("https://evil.example", false);
        check("null", false);
        check("", false);
    }
}
